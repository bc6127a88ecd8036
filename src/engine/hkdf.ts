/** HKDF with SHA-256 (RFC 5869), by the engine's own HMAC. */
import { KEY_BYTES } from "../abi.js";
import type { Engine } from "./engine.js";
import { hmacBy } from "./kernels.js";
import { loadKey } from "./loading.js";
import type { Memory } from "./memory.js";

const HASH_BYTES = 32;

export class Hkdf {
  /** Wipes the pseudorandom key; knows nothing of the object, at whose end it may be called. */
  readonly release: () => void;
  readonly #memory: Memory;
  /** The record of the pseudorandom key (§2.2). */
  readonly #record: number;

  /** Without a `salt`, 32 zeros are one. */
  constructor({ memory }: Engine, master: Uint8Array, salt: Uint8Array = new Uint8Array(HASH_BYTES)) {
    this.#memory = memory;
    const record = memory.allocate(KEY_BYTES);
    this.#record = record;
    this.release = () => memory.release(record, KEY_BYTES);
    loadKey(memory, record, { algorithm: "HS256", secret: salt });
    const pseudorandom = this.#hmac(master);
    loadKey(memory, record, { algorithm: "HS256", secret: pseudorandom });
    // The blocks after the salt's first are those of no key.
    memory.exports.forgetFirstBlocksOf(record);
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
    return hmacBy(this.#memory, "HS256", this.#record, message);
  }
}
