/**
 * Tokens in, codes out, a chunk at a time: writes tokens, has the engine judge them, and reads what became of each of the chunk
 * judged last.
 */
import * as abi from "../abi.js";
import type { VerificationKey } from "../runtime/platform.js";
import { type Memory, recordOf } from "./memory.js";
import { resumeWithNumbers } from "./numbers.js";
import { FULL, wipeInput, writeToken, writeTokens } from "./tokens.js";

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
  /** Characters of the signing input (RFC 7515 §5.1); a dot and the signature come after them. */
  readonly signingLength: number;
}

/** What is revoked, as a verifier's call finds it. */
export interface RevocationState {
  /** The address of the list. */
  readonly list: number;
  /** It is too old to be relied on: nothing is accepted by it. */
  readonly isStale: boolean;
}

export class Chunks {
  readonly #memory: Memory;
  readonly #publicKeys: ReadonlyMap<number, VerificationKey>;

  /** Public keys are found by the addresses of their records. */
  constructor(memory: Memory, publicKeys: ReadonlyMap<number, VerificationKey>) {
    this.#memory = memory;
    this.#publicKeys = publicKeys;
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
    const memory = this.#memory;
    this.#enter(revoked);
    try {
      const count = writeTokens(memory, tokens, from, codes.length, longest, texts);
      const chunk = this.#judged(from, count, memory.exports.verifyTokens(context, count, now), now, revoked);
      codes.set(memory.bytes.subarray(abi.CODES, abi.CODES + count), from);
      return chunk;
    } catch (error) {
      // The caller's array threw: what was written of it has not been judged, nor wiped.
      wipeInput(memory);
      throw error;
    } finally {
      memory.unlockAreas();
    }
  }

  /** Judges one token and returns its code. */
  verifyOne(context: number, token: string, longest: number, now: number, revoked?: RevocationState): number {
    const memory = this.#memory;
    this.#enter(revoked);
    try {
      writeToken(memory, token, 0, abi.INPUT, longest);
      memory.exports.verifyTokens(context, 1, now);
      // As in `writeToken`, read from the views themselves.
      if (memory.words[abi.NEEDS_NUMBER_COUNT >>> 2]) resumeWithNumbers(memory, 1, now);
      if (revoked) memory.exports.rejectRevoked(1, revoked.isStale ? 1 : 0);
      return memory.bytes[abi.CODES] as number;
    } finally {
      memory.unlockAreas();
    }
  }

  /**
   * Judges as many of `tokens` as fit one chunk, beginning with number `from`: tokens that were NEEDS_PLATFORM and whose signatures the platform
   * has verified since, each with the key of its record, or none where that is another's by now. Their codes are read with `code`.
   */
  judgeAuthentic(tokens: readonly PlatformToken[], from: number, now: number, revoked?: RevocationState): Chunk {
    const memory = this.#memory;
    this.#enter(revoked);
    try {
      const end = Math.min(tokens.length, from + abi.CHUNK_TOKENS);
      let cursor = abi.INPUT;
      let index = from;
      for (; index < end; index++) {
        const { text, key, context, verification } = tokens[index] as PlatformToken;
        cursor = writeToken(memory, text, index - from, cursor, abi.LARGEST_TOKEN);
        if (cursor === FULL) break;
        const record = recordOf(index - from);
        // Another key may have been placed where it was: an address alone does not tell them apart.
        memory.setWord(record, abi.RECORD_KEY, this.#publicKeys.get(key) === verification ? key : 0);
        memory.setWord(record, abi.RECORD_CONTEXT, context);
      }
      const count = index - from;
      return this.#judged(from, count, memory.exports.finishAuthentic(count, now), now, revoked);
    } finally {
      memory.unlockAreas();
    }
  }

  /** What has become of a chunk, numbers and revocations included. */
  #judged(from: number, count: number, byEngine: number, now: number, revoked: RevocationState | undefined): Chunk {
    const memory = this.#memory;
    const unconverted = memory.word(abi.NEEDS_NUMBER_COUNT);
    let accepted = unconverted ? byEngine + resumeWithNumbers(memory, count, now) : byEngine;
    if (revoked && accepted) accepted -= memory.exports.rejectRevoked(count, revoked.isStale ? 1 : 0);
    const hasFaults = unconverted + memory.word(abi.FAULT_COUNT) > 0;
    return { from, count, accepted, hasFaults, generation: memory.generation };
  }

  #enter(revoked?: RevocationState): void {
    const memory = this.#memory;
    memory.lockAreas();
    memory.words[abi.REVOCATIONS >>> 2] = revoked?.list ?? 0;
  }

  /** Are there tokens in the chunk judged last whose signatures the platform is to verify? */
  get hasPlatformTokens(): boolean {
    return this.#memory.word(abi.NEEDS_PLATFORM_COUNT) !== 0;
  }

  /** One token of the chunk judged last that is NEEDS_PLATFORM; `text` and `index` are its text and its number in the batch. */
  platformToken(record: number, text: string, index: number): PlatformToken {
    const key = this.key(record);
    const context = this.#memory.word(recordOf(record), abi.RECORD_CONTEXT);
    const signingLength = this.#memory.word(recordOf(record), abi.RECORD_SIGNING_LENGTH);
    return { index, text, key, context, verification: this.#publicKeys.get(key), signingLength };
  }

  /** The numbers of the contexts by whose rules the first tokens of the chunk judged last were judged. */
  issuers(count: number): Uint16Array {
    return new Uint16Array(this.#memory.bytes.buffer, abi.ISSUERS, count);
  }

  /** The number of the context by whose rules a token of the chunk judged last was judged. */
  issuer(index: number): number {
    const low = this.#memory.byte(abi.ISSUERS, 2 * index);
    return low | (this.#memory.byte(abi.ISSUERS, 2 * index + 1) << 8);
  }

  /** The code of a token in the chunk judged last. */
  code(index: number): number {
    return this.#memory.byte(abi.CODES, index);
  }

  /** The address of the record of the key that such a token was judged with. */
  key(index: number): number {
    return this.#memory.word(recordOf(index), abi.RECORD_KEY);
  }

  /** The number of the claim that the rejection of such a token is about, where its code is about one that it does not name. */
  claim(index: number): number {
    return this.#memory.word(recordOf(index), abi.RECORD_CLAIM);
  }
}
