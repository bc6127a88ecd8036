/** The engine's kernels by themselves: a message in, a hash, a MAC or a text out. Nothing of either stays in linear memory. */
import { INPUT, INPUT_BYTES, LARGEST_SECRET, PAYLOADS, TAGS, TOKEN_SLACK } from "../abi.js";
import { ALGORITHMS, type SecretAlgorithm } from "../base/algorithms.js";
import type { Engine } from "./engine.js";
import { loadKey } from "./loading.js";
import type { Memory } from "./memory.js";

/** The longest message, in bytes. */
export const LARGEST_INPUT = INPUT_BYTES / 2;

/** The hash that an algorithm is made of (FIPS 180-4). @throws RangeError when there is too much. */
export function hash({ memory }: Engine, algorithm: SecretAlgorithm, message: Uint8Array): Uint8Array {
  stage(memory, message);
  const { sha256, sha512 } = memory.exports;
  if (algorithm === "HS256") sha256(INPUT, message.length);
  else sha512(ALGORITHMS[algorithm].engine, INPUT, message.length);
  return digest(memory, algorithm, message.length);
}

/** HMAC (RFC 2104). @throws RangeError when key or message is too long. */
export function hmac({ memory }: Engine, algorithm: SecretAlgorithm, secret: Uint8Array, message: Uint8Array): Uint8Array {
  checkLength(message);
  if (secret.length > LARGEST_SECRET) throw new RangeError(`Expected a key of at most ${LARGEST_SECRET} bytes, got ${secret.length}`);
  const { keyBytes } = ALGORITHMS[algorithm];
  const record = memory.allocate(keyBytes);
  loadKey(memory, record, { algorithm, secret });
  const tag = hmacBy(memory, algorithm, record, message);
  memory.release(record, keyBytes);
  return tag;
}

/** HMAC with the key that is loaded in a record. */
export function hmacBy(memory: Memory, algorithm: SecretAlgorithm, record: number, message: Uint8Array): Uint8Array<ArrayBuffer> {
  stage(memory, message);
  const { hmac: hmac256, hmac512 } = memory.exports;
  (algorithm === "HS256" ? hmac256 : hmac512)(record, INPUT, message.length);
  return digest(memory, algorithm, message.length);
}

/** base64url without padding. @throws RangeError when there is too much. */
export function encodeBase64url({ memory }: Engine, bytes: Uint8Array): string {
  stage(memory, bytes);
  const length = memory.exports.encodeBase64url(INPUT, INPUT + bytes.length, PAYLOADS);
  const text = memory.text.latin1Slice(PAYLOADS, PAYLOADS + length);
  wipe(memory, bytes.length);
  memory.bytes.fill(0, PAYLOADS, PAYLOADS + length + TOKEN_SLACK);
  return text;
}

/** Is this JSON in UTF-8, of so many levels at most? @throws RangeError when there is too much. */
export function isJson({ memory }: Engine, bytes: Uint8Array, levels: number): boolean {
  stage(memory, bytes);
  const accepted = memory.exports.isJson(INPUT, INPUT + bytes.length, levels) !== 0;
  wipe(memory, bytes.length);
  return accepted;
}

function checkLength(bytes: Uint8Array): void {
  if (bytes.length > LARGEST_INPUT) throw new RangeError(`Expected at most ${LARGEST_INPUT} bytes, got ${bytes.length}`);
}

function stage(memory: Memory, bytes: Uint8Array): void {
  checkLength(bytes);
  memory.takeAreas();
  memory.bytes.set(bytes, INPUT);
}

/** Takes the digest or MAC that a hash function left; the message is wiped. */
function digest(memory: Memory, algorithm: SecretAlgorithm, messageLength: number): Uint8Array<ArrayBuffer> {
  const taken = memory.bytes.slice(TAGS, TAGS + ALGORITHMS[algorithm].secretBytes);
  memory.exports.wipeKernel();
  memory.exports.wipeKernel512();
  wipe(memory, messageLength);
  return taken;
}

function wipe({ bytes }: Memory, length: number): void {
  bytes.fill(0, INPUT, INPUT + length + 3 * TOKEN_SLACK);
}
