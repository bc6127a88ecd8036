/**
 * The WebAssembly engine: the one place that touches linear memory. `openEngine` makes
 * the one instance of a thread.
 */
import * as abi from "../abi.js";
import { isBytes, lengthOfBytes, viewOf } from "../base/brands.js";
import { instantiate } from "../runtime/instance.js";
import type { VerificationKey } from "../runtime/platform.js";
import { latin1Text, type TextWindow, textWindow } from "../runtime/text.js";
import { Heap, type LinearMemory } from "./heap.js";
import type { SecretKey } from "./key.js";
import { Shape } from "./shapes.js";

/** What `assembly/index.ts` exports; addresses and lengths are bytes. */
interface EngineExports extends Record<string, unknown> {
  readonly memory: LinearMemory;
  start(key0: bigint, key1: bigint): void;
  verifyTokens(context: number, count: number, now: number): number;
  resumeWithNumbers(index: number, now: number): number;
  finishAuthentic(count: number, now: number): number;
  rejectRevoked(count: number, isStale: number): number;
  signTokens(key: number, header: number, headerLength: number, count: number): void;
  keyMidstates(record: number, secret: number, length: number): void;
  keyMidstates512(record: number, secret: number, length: number): void;
  keyMidstatesOf(count: number): void;
  enterNames(table: number, count: number): void;
  findName(table: number, name: number, length: number): number;
  moveNames(table: number, slots: number, mask: number): void;
  removeName(table: number, name: number, length: number): number;
  enterRevocations(list: number, count: number): void;
  findRevocation(list: number, kind: number, issuer: number, name: number, length: number): number;
  moveRevocations(list: number, slots: number, tags: number, mask: number): void;
  sweepRevocations(list: number, from: number, count: number, now: number): number;
  readKeyName(start: number, end: number, entry: number, isRegistered: number): number;
  forget(start: number, end: number): void;
  forgetFirstBlocksOf(key: number): void;
  wipeKernel(): void;
  wipeKernel512(): void;
  sha256(start: number, length: number): void;
  sha512(algorithm: number, start: number, length: number): void;
  hmac(key: number, start: number, length: number): void;
  hmac512(key: number, start: number, length: number): void;
  decodeBase64url(start: number, end: number, target: number): number;
  encodeBase64url(start: number, end: number, target: number): number;
  isJson(start: number, end: number, levels: number): number;
}

const INPUT_END = abi.INPUT + abi.INPUT_BYTES;
/** Where a token goes that does not fit the chunk. */
const FULL = -1;
const RECORD_WORDS = abi.RECORD_BYTES / 4;

/** One engine call's tokens, as they were judged. */
export interface Chunk {
  /** The first token's number in the batch, and how many there are. */
  readonly from: number;
  readonly count: number;
  readonly accepted: number;
  /** Whether there may be codes that do not name the claim they are about. */
  readonly hasFaults: boolean;
  /** Payloads can be read from linear memory while the engine's generation is this one. */
  readonly generation: number;
}

/** A token whose signature the platform is to verify: everything else about its shape and header is judged. */
export interface PlatformToken {
  /** Its number in the batch. */
  readonly index: number;
  readonly text: string;
  /** The address of the record of the key that it selects, and of the context in which it does. */
  readonly key: number;
  readonly context: number;
  /** The key itself. */
  readonly verification: VerificationKey | undefined;
  /** Characters of the signing input (RFC 7515 §5.1); behind them a dot and the signature. */
  readonly signingLength: number;
}

/** What is revoked, as a verifier's call finds it. */
export interface RevocationState {
  /** The address of the list. */
  readonly list: number;
  /** It is too old to be relied on: nothing is accepted by it. */
  readonly isStale: boolean;
}

export class Engine {
  readonly exports: EngineExports;
  readonly heap: Heap;
  bytes!: Uint8Array;
  words!: Uint32Array;
  doubles!: Float64Array;
  text!: TextWindow;
  /** Public keys by the addresses of their records. */
  readonly publicKeys = new Map<number, VerificationKey>();
  /** Counts uses of the input and payload areas. */
  generation = 0;
  /** What claims objects are copied from, by the address of the engine's own shape. */
  readonly #shapes = new Map<number, { stamp: number; shape: Shape | undefined }>();
  #busy = false;

  constructor() {
    this.exports = instantiate() as EngineExports;
    this.heap = new Heap(this.exports.memory, abi.HEAP);
    this.#view();
    // Unpredictable, for names come from attackers. Under Node 20 this loads `crypto`, which takes 1.7 ms once in a process.
    const [key0, key1] = crypto.getRandomValues(new BigUint64Array(2));
    this.exports.start(key0 as bigint, key1 as bigint);
  }

  /** Takes a zeroed block of the heap. */
  allocate(size: number): number {
    this.takeAreas();
    const address = this.heap.allocate(size);
    if (this.bytes.buffer !== this.exports.memory.buffer) this.#view();
    return address;
  }

  /** Gives back a block: whatever was remembered of the keys or contexts in it is forgotten. */
  release(address: number, size: number): void {
    this.releaseUnused(address, size);
    this.exports.forget(address, address + size);
    this.#shapes.clear();
  }

  /** Gives back a block by which no token has been judged. */
  releaseUnused(address: number, size: number): void {
    this.heap.release(address, size);
  }

  #view(): void {
    const { buffer } = this.exports.memory;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.text = textWindow(buffer);
  }

  /**
   * Judges as many of `tokens` as fit one chunk, beginning with number `from`. Their codes go to `codes`, their texts
   * to `texts`, both at their own numbers; a token that is no string, no bytes, too long or not ASCII has its code
   * without being judged.
   */
  verifyChunk(
    context: number,
    tokens: readonly unknown[],
    from: number,
    longest: number,
    now: number,
    codes: Uint8Array,
    texts: unknown[],
    revoked?: RevocationState,
  ): Chunk {
    this.#enter(revoked);
    try {
      const count = this.#writeTokens(tokens, from, codes.length, longest, texts);
      const chunk = this.#judged(from, count, this.exports.verifyTokens(context, count, now), now, revoked);
      codes.set(this.bytes.subarray(abi.CODES, abi.CODES + count), from);
      return chunk;
    } catch (error) {
      // The caller's array threw: what was written of it has not been judged, nor wiped.
      this.bytes.fill(0, abi.INPUT, INPUT_END);
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  /**
   * Judges as many of `tokens` as fit one chunk, beginning with number `from`: tokens that were NEEDS_PLATFORM and whose signatures the platform
   * has verified since, each with the key of its record, or none where that is another's by now. Their codes are read with `code`.
   */
  judgeAuthentic(tokens: readonly PlatformToken[], from: number, now: number, revoked?: RevocationState): Chunk {
    this.#enter(revoked);
    try {
      const end = Math.min(tokens.length, from + abi.CHUNK_TOKENS);
      let cursor = abi.INPUT;
      let index = from;
      for (; index < end; index++) {
        const { text, key, context, verification } = tokens[index] as PlatformToken;
        cursor = this.#writeToken(text, index - from, cursor, abi.LARGEST_TOKEN);
        if (cursor === FULL) break;
        const record = (abi.RECORDS + abi.RECORD_BYTES * (index - from)) / 4;
        // Another key may have been placed where it was: an address alone does not tell them apart.
        this.words[record + abi.RECORD_KEY / 4] = this.publicKeys.get(key) === verification ? key : 0;
        this.words[record + abi.RECORD_CONTEXT / 4] = context;
      }
      const count = index - from;
      return this.#judged(from, count, this.exports.finishAuthentic(count, now), now, revoked);
    } finally {
      this.#busy = false;
    }
  }

  /** What has become of a chunk, deferred numbers and revocations included. */
  #judged(from: number, count: number, byEngine: number, now: number, revoked: RevocationState | undefined): Chunk {
    const deferred = this.words[abi.NEEDS_NUMBER_COUNT / 4] as number;
    let accepted = deferred ? byEngine + this.#judgeDeferred(count, now) : byEngine;
    if (revoked && accepted) accepted -= this.exports.rejectRevoked(count, revoked.isStale ? 1 : 0);
    const hasFaults = deferred + (this.words[abi.FAULT_COUNT / 4] as number) > 0;
    return { from, count, accepted, hasFaults, generation: this.generation };
  }

  /** Are there tokens in the chunk judged last whose signatures the platform is to verify? */
  get hasPlatformTokens(): boolean {
    return this.words[abi.NEEDS_PLATFORM_COUNT / 4] !== 0;
  }

  /** One token of the chunk judged last that is NEEDS_PLATFORM; `text` and `index` are its text and its number in the batch. */
  platformToken(record: number, text: string, index: number): PlatformToken {
    const key = this.field(record, abi.RECORD_KEY);
    const context = this.field(record, abi.RECORD_CONTEXT);
    const signingLength = this.field(record, abi.RECORD_SIGNING_LENGTH);
    return { index, text, key, context, verification: this.publicKeys.get(key), signingLength };
  }

  /** The numbers of the contexts by whose rules the first tokens of the chunk judged last were judged. */
  issuers(count: number): Uint16Array {
    return new Uint16Array(this.exports.memory.buffer, abi.ISSUERS, count);
  }

  /** The number of the context by whose rules a token of the chunk judged last was judged. */
  issuer(index: number): number {
    const place = abi.ISSUERS + 2 * index;
    return (this.bytes[place] as number) | ((this.bytes[place + 1] as number) << 8);
  }

  /** The code of a token in the chunk judged last. */
  code(index: number): number {
    return this.bytes[abi.CODES + index] as number;
  }

  /** Judges one token and returns its code. */
  verifyOne(context: number, token: string, longest: number, now: number, revoked?: RevocationState): number {
    this.#enter(revoked);
    try {
      this.#writeToken(token, 0, abi.INPUT, longest);
      this.exports.verifyTokens(context, 1, now);
      if (this.words[abi.NEEDS_NUMBER_COUNT / 4]) this.#judgeDeferred(1, now);
      if (revoked) this.exports.rejectRevoked(1, revoked.isStale ? 1 : 0);
      return this.bytes[abi.CODES] as number;
    } finally {
      this.#busy = false;
    }
  }

  /**
   * The name by which a token that was judged selects its key, unverified, as the engine reads it: the `kid`, or a claim, which is a registered
   * one or not. Undefined where there is none, or one that is no text.
   */
  keyNameOf(token: string, claim: string | undefined, isRegistered: boolean): string | undefined {
    this.takeAreas();
    const { bytes, words, text } = this;
    const entry = claim === undefined ? 0 : abi.NAMES;
    if (claim !== undefined) words[entry / 4] = text.utf8Write(claim, entry + abi.ENTRY_TEXT);
    const end = abi.INPUT + text.utf8Write(token, abi.INPUT);
    const start = this.exports.readKeyName(abi.INPUT, end, entry, isRegistered ? 1 : 0);
    bytes.fill(0, abi.INPUT, end);
    const name = start ? text.utf8Slice(start, start + this.field(0, abi.RECORD_NAME_LENGTH)) : undefined;
    // Bytes that are not UTF-8 would become the name of another key.
    return name?.includes("\ufffd") ? undefined : name;
  }

  #enter(revoked?: RevocationState): void {
    this.takeAreas();
    this.words[abi.REVOCATIONS / 4] = revoked?.list ?? 0;
    this.#busy = true;
  }

  /**
   * Begins each use of the input and payload areas. Reading the caller's array may run the caller's code, which must
   * not use the areas that are being filled, nor move them by growing the memory.
   */
  takeAreas(): void {
    if (this.#busy) throw new Error("Expected no use of the engine within the reading of a batch's tokens");
    this.generation++;
  }

  /** `total` is how many tokens there were when the batch began: what reading them does to the array changes nothing. */
  #writeTokens(tokens: readonly unknown[], from: number, total: number, longest: number, texts: unknown[]): number {
    const end = Math.min(total, from + abi.CHUNK_TOKENS);
    let cursor = abi.INPUT;
    let index = from;
    for (; index < end; index++) {
      const token = tokenText(tokens[index], longest);
      cursor = this.#writeToken(token ?? "", index - from, cursor, longest);
      if (cursor === FULL) break;
      texts[index] = token;
    }
    return index - from;
  }

  /**
   * Writes one token to the input area at `cursor`, and its place into its record; returns where the next one goes. What
   * is no token by its length or its characters is not kept: its record has length 0, and its code is there already.
   */
  #writeToken(token: string, index: number, cursor: number, longest: number): number {
    const { bytes, words } = this;
    const { length } = token;
    const record = (abi.RECORDS + abi.RECORD_BYTES * index) >> 2;
    words[record] = cursor;
    words[record + 1] = 0;
    if (length === 0 || length > longest) {
      bytes[abi.CODES + index] = length === 0 ? abi.MALFORMED : abi.TOKEN_TOO_LONG;
      return cursor;
    }
    // A character may take three bytes: what does not surely fit waits for the next chunk.
    if (cursor + 3 * length + abi.TOKEN_SLACK > INPUT_END) return FULL;
    const written = this.text.utf8Write(token, cursor);
    if (written !== length) {
      bytes.fill(0, cursor, cursor + written);
      bytes[abi.CODES + index] = abi.MALFORMED;
      return cursor;
    }
    words[record + 1] = length;
    return (cursor + length + abi.TOKEN_SLACK + 63) & ~63;
  }

  /** The host's `Number()` converts what the engine's own arithmetic cannot; the engine judges on. */
  #judgeDeferred(count: number, now: number): number {
    let accepted = 0;
    for (let index = 0; index < count; index++) {
      if (this.bytes[abi.CODES + index] !== abi.NEEDS_NUMBER) continue;
      const record = abi.RECORDS + abi.RECORD_BYTES * index;
      const flags = (record + abi.RECORD_FLAGS) / 4;
      for (let claim = abi.CLAIM_EXP; claim <= abi.CLAIM_IAT; claim++) {
        const raw = 1 << (abi.FLAG_RAW + claim);
        if (!((this.words[flags] as number) & raw)) continue;
        const slot = record + abi.RECORD_TIMES + 8 * claim;
        const start = this.words[slot / 4] as number;
        const length = this.words[slot / 4 + 1] as number;
        this.doubles[slot / 8] = Number(this.text.latin1Slice(start, start + length));
        this.words[flags] = ((this.words[flags] as number) & ~raw) | (1 << (abi.FLAG_TYPED + claim));
      }
      const code = this.exports.resumeWithNumbers(index, now);
      this.bytes[abi.CODES + index] = code;
      if (code === abi.ACCEPTED) accepted++;
    }
    return accepted;
  }

  /** One u32 field of a token's record in the chunk judged last. */
  field(index: number, field: number): number {
    return this.words[(abi.RECORDS + abi.RECORD_BYTES * index + field) / 4] as number;
  }

  /** The claims of an accepted token of the chunk judged last, an object of the caller's own. */
  claims(index: number): unknown {
    const start = this.field(index, abi.RECORD_PAYLOAD);
    const end = start + this.field(index, abi.RECORD_PAYLOAD_LENGTH);
    if (this.field(index, abi.RECORD_FLAGS) & abi.FLAG_NON_ASCII) return JSON.parse(this.text.utf8Slice(start, end));
    const payload = this.text.latin1Slice(start, end);
    const entry = this.field(index, abi.RECORD_SHAPE);
    if (!entry) return JSON.parse(payload);
    const times = (abi.RECORDS + abi.RECORD_BYTES * index + abi.RECORD_TIMES) / 8;
    const shape = this.#shapeAt(entry, this.field(index, abi.RECORD_STAMP), payload, times);
    return shape ? shape.claims(payload, this.doubles, times) : JSON.parse(payload);
  }

  #shapeAt(entry: number, stamp: number, payload: string, times: number): Shape | undefined {
    const known = this.#shapes.get(entry);
    if (known?.stamp === stamp) return known.shape;
    // Another shape may have been learnt in its place since.
    if (this.words[(entry + abi.SHAPE_STAMP) / 4] !== stamp) return undefined;
    const text = this.text.latin1Slice(entry + abi.SHAPE_TEXT, entry + abi.SHAPE_TEXT + payload.length);
    const mask = this.bytes.subarray(entry + abi.SHAPE_MASK, entry + abi.SHAPE_MASK + payload.length);
    const shape = Shape.of(text, mask, payload, this.doubles, times);
    this.#shapes.set(entry, { stamp, shape });
    return shape;
  }

  /**
   * The text of `iss`, `sub` or `jti` in the chunk judged last: undefined where it is absent or no string, null where it has
   * escapes and must be read from the claims object.
   */
  claimText(index: number, claim: number): string | undefined | null {
    const flags = this.field(index, abi.RECORD_FLAGS);
    if (!(flags & (1 << (abi.FLAG_TYPED + claim)))) return undefined;
    if (flags & (1 << (abi.FLAG_RAW + claim))) return null;
    const slot = abi.RECORD_TEXTS + 8 * (claim - abi.CLAIM_ISS);
    const start = this.field(index, slot);
    const end = start + this.field(index, slot + 4);
    return flags & abi.FLAG_NON_ASCII ? this.text.utf8Slice(start, end) : this.text.latin1Slice(start, end);
  }

  /** `exp` of an accepted token of the chunk judged last, in seconds. */
  expiry(index: number): number | undefined {
    if (!(this.field(index, abi.RECORD_FLAGS) & (1 << abi.CLAIM_EXP))) return undefined;
    return this.doubles[(abi.RECORDS + abi.RECORD_BYTES * index + abi.RECORD_TIMES) / 8] as number;
  }

  /**
   * Signs as many of `payloads` (text as UTF-8, or bytes) as fit one chunk, beginning with number `from`; tokens are appended to
   * `tokens`. Returns how many.
   */
  signChunk(
    key: number,
    header: number,
    headerLength: number,
    payloads: readonly (string | Uint8Array)[],
    from: number,
    tokens: string[],
  ): number {
    this.#enter();
    try {
      const last = Math.min(payloads.length, from + abi.CHUNK_TOKENS);
      let end = abi.PAYLOADS as number;
      let record = abi.RECORDS / 4;
      let cursor = abi.INPUT;
      let room = abi.PAYLOADS_BYTES;
      let index = from;
      for (; index < last; index++, record += RECORD_WORDS) {
        const payload = payloads[index] as string | Uint8Array;
        // The worst case: three bytes a character, four characters for three bytes, padding and signature.
        room -= headerLength + 4 * payload.length + 4 * abi.TOKEN_SLACK;
        if (room < 0 || cursor + 3 * payload.length + abi.TOKEN_SLACK > INPUT_END) break;
        let { length } = payload;
        if (typeof payload === "string") length = this.text.utf8Write(payload, cursor);
        else this.bytes.set(payload, cursor);
        this.words[record] = cursor;
        this.words[record + 1] = length;
        cursor = (cursor + length + abi.TOKEN_SLACK + 63) & ~63;
      }
      const count = index - from;
      this.exports.signTokens(key, header, headerLength, count);
      for (let signed = 0; signed < count; signed++) {
        const start = this.field(signed, abi.RECORD_PAYLOAD);
        end = start + this.field(signed, abi.RECORD_PAYLOAD_LENGTH);
        tokens.push(this.text.latin1Slice(start, end));
      }
      // Signed tokens are credentials.
      this.bytes.fill(0, abi.PAYLOADS, end);
      return count;
    } catch (error) {
      this.bytes.fill(0, abi.INPUT, abi.PAYLOADS + abi.PAYLOADS_BYTES);
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  /** Takes the digest or MAC, of `length` bytes, that a hash function of the engine left. */
  digest(length: number): Uint8Array<ArrayBuffer> {
    const digest = this.bytes.slice(abi.TAGS, abi.TAGS + length);
    this.exports.wipeKernel();
    this.exports.wipeKernel512();
    return digest;
  }

  /**
   * Puts a key's algorithm, by its number, and its midstates into its record; no copy of the secret stays in linear
   * memory (RFC 2104).
   */
  loadKey(record: number, algorithm: number, secret: Uint8Array): void {
    this.takeAreas();
    this.bytes[record + abi.KEY_ALGORITHM] = algorithm;
    this.bytes.set(secret, abi.INPUT);
    const { keyMidstates, keyMidstates512 } = this.exports;
    (algorithm === abi.ALGORITHM_HS256 ? keyMidstates : keyMidstates512)(record, abi.INPUT, secret.length);
  }

  /** The same for up to 1024 keys of HS256 whose secrets have at most 64 bytes, their algorithm being in their records. */
  loadKeys(records: readonly number[], keys: readonly SecretKey[]): void {
    if (!records.length) return;
    this.takeAreas();
    for (let index = 0; index < records.length; index++) {
      this.bytes.set((keys[index] as SecretKey).secret, abi.INPUT + 64 * index);
      this.words[(abi.RECORDS + abi.RECORD_BYTES * index + abi.RECORD_KEY) / 4] = records[index] as number;
    }
    this.exports.keyMidstatesOf(records.length);
  }
}

/** The text of what was given as a token: bytes are as good as a string. Undefined for anything else, which is no token. */
export function tokenText(given: unknown, longest: number): string | undefined {
  if (typeof given === "string") return given;
  // None of a buffer that was transferred away.
  if (!isBytes(given)) return undefined;
  return lengthOfBytes(given) === 0 ? "" : latin1Text(viewOf(given, longest + 1));
}
