/** Signs with a secret: its midstates and the header of its tokens lie in linear memory, where payloads become tokens (RFC 7515 §5.1). */
import * as abi from "../abi.js";
import { ALGORITHMS } from "../base/algorithms.js";
import type { Engine } from "./engine.js";
import type { SecretKey } from "./key.js";
import { loadKey } from "./loading.js";
import { type Memory, recordOf } from "./memory.js";
import { nextInput } from "./tokens.js";

const INPUT_END = abi.INPUT + abi.INPUT_BYTES;
const PAYLOADS_END = abi.PAYLOADS + abi.PAYLOADS_BYTES;

/** Text is signed as UTF-8. */
type Payload = string | Uint8Array;

export class PlacedSigner {
  /** Wipes key and header; knows nothing of the object, at whose end it may be called. */
  readonly release: () => void;
  readonly #memory: Memory;
  readonly #key: number;
  readonly #header: number;
  readonly #headerLength: number;

  /** `header` is a token's beginning, its dot included. The key's copy of the secret is wiped. */
  constructor({ memory }: Engine, key: SecretKey, header: Uint8Array) {
    const { keyBytes } = ALGORITHMS[key.algorithm];
    const record = memory.allocate(keyBytes);
    const address = memory.allocate(header.length);
    loadKey(memory, record, key);
    key.secret.fill(0);
    memory.bytes.set(header, address);
    this.#memory = memory;
    this.#key = record;
    this.#header = address;
    this.#headerLength = header.length;
    this.release = () => {
      memory.release(record, keyBytes);
      memory.release(address, header.length);
    };
  }

  sign(payloads: readonly Payload[]): string[] {
    const tokens: string[] = [];
    while (tokens.length < payloads.length) this.#signChunk(payloads, tokens.length, tokens);
    return tokens;
  }

  /** Signs as many of `payloads` as fit one chunk, beginning with number `from`; tokens are appended to `tokens`. */
  #signChunk(payloads: readonly Payload[], from: number, tokens: string[]): void {
    const memory = this.#memory;
    memory.lockAreas();
    try {
      const count = this.#write(payloads, from);
      memory.exports.signTokens(this.#key, this.#header, this.#headerLength, count);
      let end = abi.PAYLOADS as number;
      for (let index = 0; index < count; index++) {
        const start = memory.word(recordOf(index), abi.RECORD_PAYLOAD);
        end = start + memory.word(recordOf(index), abi.RECORD_PAYLOAD_LENGTH);
        tokens.push(memory.text.latin1Slice(start, end));
      }
      // Signed tokens are credentials; after the last one is padding, and what the hash has beyond a tag of HS384.
      memory.bytes.fill(0, abi.PAYLOADS, end + 2 * abi.TOKEN_SLACK);
    } catch (error) {
      memory.bytes.fill(0, abi.INPUT, PAYLOADS_END);
      throw error;
    } finally {
      memory.unlockAreas();
    }
  }

  /** Writes payloads, each with its place in its record; returns how many fit. */
  #write(payloads: readonly Payload[], from: number): number {
    const memory = this.#memory;
    const last = Math.min(payloads.length, from + abi.CHUNK_TOKENS);
    let cursor = abi.INPUT;
    let room = abi.PAYLOADS_BYTES;
    let index = from;
    for (; index < last; index++) {
      const payload = payloads[index] as Payload;
      // The worst case: three bytes a character, four characters for three bytes, padding and signature.
      room -= this.#headerLength + 4 * payload.length + 4 * abi.TOKEN_SLACK;
      if (room < 0 || cursor + 3 * payload.length + abi.TOKEN_SLACK > INPUT_END) break;
      const length = writePayload(memory, payload, cursor);
      const record = recordOf(index - from);
      memory.setWord(record, abi.RECORD_START, cursor);
      memory.setWord(record, abi.RECORD_LENGTH, length);
      cursor = nextInput(cursor, length);
    }
    return index - from;
  }
}

/** Returns how many bytes it takes. */
function writePayload({ bytes, text }: Memory, payload: Payload, cursor: number): number {
  if (typeof payload === "string") return text.utf8Write(payload, cursor);
  bytes.set(payload, cursor);
  return payload.length;
}
