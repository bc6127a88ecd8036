/** Payloads of the chunk judged last, read where they lie: claims objects, and single claims without building these. */
import * as abi from "../abi.js";
import { type Memory, recordOf } from "./memory.js";
import { Shape } from "./shapes.js";

export class Payloads {
  readonly #memory: Memory;
  /** What claims objects are copied from, by the address of the engine's own shape. */
  readonly #shapes = new Map<number, { stamp: number; shape: Shape | undefined }>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Payloads are those of the same chunk as long as this stays. */
  get generation(): number {
    return this.#memory.generation;
  }

  /** The claims of an accepted token, an object of the caller's own. */
  claims(index: number): unknown {
    const memory = this.#memory;
    const record = recordOf(index);
    const start = memory.word(record, abi.RECORD_PAYLOAD);
    const end = start + memory.word(record, abi.RECORD_PAYLOAD_LENGTH);
    if (memory.word(record, abi.RECORD_FLAGS) & abi.FLAG_NON_ASCII) return JSON.parse(memory.text.utf8Slice(start, end));
    const payload = memory.text.latin1Slice(start, end);
    const entry = memory.word(record, abi.RECORD_SHAPE);
    if (!entry) return JSON.parse(payload);
    const times = (record + abi.RECORD_TIMES) / 8;
    const shape = this.#shapeAt(entry, memory.word(record, abi.RECORD_STAMP), payload, times);
    return shape ? shape.claims(payload, memory.doubles, times) : JSON.parse(payload);
  }

  /**
   * The text of `iss`, `sub` or `jti`: undefined where it is absent or no string, null where it has escapes and must be read from
   * the claims object.
   */
  claimText(index: number, claim: number): string | undefined | null {
    const memory = this.#memory;
    const record = recordOf(index);
    const flags = memory.word(record, abi.RECORD_FLAGS);
    if (!(flags & (1 << (abi.FLAG_TYPED + claim)))) return undefined;
    if (flags & (1 << (abi.FLAG_RAW + claim))) return null;
    const place = record + abi.RECORD_TEXTS + 8 * (claim - abi.CLAIM_ISS);
    const start = memory.word(place);
    const end = start + memory.word(place, 4);
    return flags & abi.FLAG_NON_ASCII ? memory.text.utf8Slice(start, end) : memory.text.latin1Slice(start, end);
  }

  /** `exp` of an accepted token, in seconds. */
  expiry(index: number): number | undefined {
    const record = recordOf(index);
    if (!(this.#memory.word(record, abi.RECORD_FLAGS) & (1 << abi.CLAIM_EXP))) return undefined;
    return this.#memory.double(record, abi.RECORD_TIMES);
  }

  /** Forgets the shapes of claims sets, which hold what tokens have in common. */
  forget(): void {
    this.#shapes.clear();
  }

  #shapeAt(entry: number, stamp: number, payload: string, times: number): Shape | undefined {
    const known = this.#shapes.get(entry);
    if (known?.stamp === stamp) return known.shape;
    const { bytes, doubles, text } = this.#memory;
    // Another shape may have been learnt in its place since.
    if (this.#memory.word(entry, abi.SHAPE_STAMP) !== stamp) return undefined;
    const json = text.latin1Slice(entry + abi.SHAPE_TEXT, entry + abi.SHAPE_TEXT + payload.length);
    const mask = bytes.subarray(entry + abi.SHAPE_MASK, entry + abi.SHAPE_MASK + payload.length);
    const shape = Shape.of(json, mask, payload, doubles, times);
    this.#shapes.set(entry, { stamp, shape });
    return shape;
  }
}
