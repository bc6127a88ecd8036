/**
 * What a value is, whichever realm has made it: a frame, a `vm` context, a test runner's sandbox. It is told by what only the language itself
 * can have put into it. A prototype tells nothing: each realm has its own, and anything can be given one.
 */

type Getter<Value> = (this: unknown) => Value;

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
const tag = getterOf<string | undefined>(typedArray, Symbol.toStringTag);
const buffer = getterOf<ArrayBufferLike>(typedArray, "buffer");
const byteOffset = getterOf<number>(typedArray, "byteOffset");
const byteLength = getterOf<number>(typedArray, "byteLength");
const { getTime } = Date.prototype;
const { toString: classOf } = Object.prototype;

function getterOf<Value>(prototype: object, name: string | symbol): Getter<Value> {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as Getter<Value>;
}

/** A Uint8Array or an heir of it, such as a Buffer. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tag.call(value) === "Uint8Array";
}

/** How many bytes there are, whatever an heir says. */
export function lengthOfBytes(bytes: Uint8Array): number {
  return byteLength.call(bytes);
}

/** The same bytes, at most `most` of them, as a Uint8Array of this realm and no heir's. */
export function viewOf(bytes: Uint8Array, most: number = byteLength.call(bytes)): Uint8Array {
  return new Uint8Array(buffer.call(bytes), byteOffset.call(bytes), Math.min(most, byteLength.call(bytes)));
}

const bufferLength = getterOf<number>(ArrayBuffer.prototype, "byteLength");

export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    bufferLength.call(value);
    return true;
  } catch {
    return false;
  }
}

/** The time of a Date, in seconds, NaN where it has none; undefined for what is no Date. */
export function secondsOfDate(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return getTime.call(value as Date) / 1000;
  } catch {
    return undefined;
  }
}

/** For reports: an object can be made to look like one. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || (typeof value === "object" && value !== null && classOf.call(value) === "[object Error]");
}
