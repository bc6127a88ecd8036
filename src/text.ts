/**
 * Text in and out of bytes. Node's Buffer methods are several times faster than TextEncoder on short strings, so they
 * are used where they exist; elsewhere the standard ones are.
 */

/** The few methods of Node's Buffer that matter here; they take the view they are called on. */
interface FastBuffer extends Uint8Array {
  utf8Write(text: string, offset: number): number;
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

interface BufferConstructor {
  from(buffer: ArrayBufferLike, offset?: number, length?: number): FastBuffer;
  readonly prototype: Partial<FastBuffer>;
}

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

const NodeBuffer = (globalThis as unknown as { Buffer?: BufferConstructor }).Buffer;
const hasFastBuffer =
  typeof NodeBuffer?.prototype.utf8Write === "function" &&
  typeof NodeBuffer.prototype.latin1Slice === "function" &&
  typeof NodeBuffer.prototype.utf8Slice === "function";

/** Text access to one stretch of memory. */
export interface TextWindow {
  /** Writes a string as UTF-8 at a byte offset and returns the bytes written: its length only if it is all ASCII. */
  write(text: string, offset: number): number;
  /** Reads bytes as text, one character a byte. */
  readLatin1(start: number, end: number): string;
  readUtf8(start: number, end: number): string;
}

export function textWindow(buffer: ArrayBuffer): TextWindow {
  return hasFastBuffer && NodeBuffer ? nodeWindow(NodeBuffer.from(buffer)) : standardWindow(new Uint8Array(buffer));
}

function nodeWindow(view: FastBuffer): TextWindow {
  return {
    write: (text, offset) => view.utf8Write(text, offset),
    readLatin1: (start, end) => view.latin1Slice(start, end),
    readUtf8: (start, end) => view.utf8Slice(start, end),
  };
}

function standardWindow(view: Uint8Array): TextWindow {
  return {
    write: (text, offset) => encoder.encodeInto(text, view.subarray(offset)).written,
    readLatin1: (start, end) => latin1(view, start, end),
    readUtf8: (start, end) => utf8.decode(view.subarray(start, end)),
  };
}

/** Bytes as text, one character a byte: no byte is lost, none becomes another. */
export function latin1Text(bytes: Uint8Array): string {
  return hasFastBuffer && NodeBuffer
    ? NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).latin1Slice(0, bytes.byteLength)
    : latin1(bytes, 0, bytes.length);
}

/** In pieces, since an argument list has a limit. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let from = start; from < end; from += 4096) {
    text += String.fromCharCode(...bytes.subarray(from, Math.min(from + 4096, end)));
  }
  return text;
}

export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

export function utf8Text(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** Decodes base64url that is known to be valid. */
export function base64urlBytes(text: string): Uint8Array {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
