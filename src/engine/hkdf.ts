/** HKDF with SHA-256 (RFC 5869), by the engine's own HMAC. */
import { ALGORITHM_HS256, INPUT, KEY_BYTES, TOKEN_SLACK } from "../abi.js";
import type { Engine } from "./engine.js";

const HASH_BYTES = 32;

export class Hkdf {
  /** Wipes the pseudorandom key; knows nothing of the object, at whose end it may be called. */
  readonly release: () => void;
  readonly #engine: Engine;
  /** The record of the pseudorandom key (§2.2). */
  readonly #record: number;

  /** Without a `salt`, 32 zeros are one. */
  constructor(engine: Engine, master: Uint8Array, salt: Uint8Array = new Uint8Array(HASH_BYTES)) {
    this.#engine = engine;
    const record = engine.allocate(KEY_BYTES);
    this.#record = record;
    this.release = () => engine.release(record, KEY_BYTES);
    engine.loadKey(record, ALGORITHM_HS256, salt);
    const pseudorandom = this.#hmac(master);
    engine.loadKey(record, ALGORITHM_HS256, pseudorandom);
    // The blocks after the salt's first are those of no key.
    engine.exports.forgetFirstBlocksOf(record);
    pseudorandom.fill(0);
  }

  /** The first `length` bytes of what `info` is expanded to (§2.3), at most 255 times 32. */
  expand(info: Uint8Array, length: number): Uint8Array {
    const output = new Uint8Array(length);
    let block = new Uint8Array(0);
    for (let from = 0, counter = 1; from < length; from += HASH_BYTES, counter++) {
      const message = new Uint8Array(block.length + info.length + 1);
      message.set(block);
      message.set(info, block.length);
      message[message.length - 1] = counter;
      block.fill(0);
      block = this.#hmac(message);
      message.fill(0);
      output.set(block.subarray(0, length - from), from);
    }
    block.fill(0);
    return output;
  }

  #hmac(message: Uint8Array): Uint8Array<ArrayBuffer> {
    const engine = this.#engine;
    engine.takeAreas();
    engine.bytes.set(message, INPUT);
    engine.exports.hmac(this.#record, INPUT, message.length);
    const tag = engine.digest(HASH_BYTES);
    engine.bytes.fill(0, INPUT, INPUT + message.length + 3 * TOKEN_SLACK);
    return tag;
  }
}
