/**
 * Undoes, as far as they can be found, the encodings that a key is kept in: base64 in either alphabet, hex, percent signs, escapes
 * of JSON, UTF-16, and UTF-8 of what was Latin-1. Nothing is demanded of the text around.
 */

/** What a byte is worth in an alphabet; or that it may stand within a run; or that it ends one. */
type Alphabet = Int8Array;
const WITHIN = -1;
const END = -2;

const HEX = alphabet("0123456789abcdef", "ABCDEF", 10);
const BASE64 = alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "-_", 62);

/** Other names of the values from `from` on are `others`. White space, NUL and the colons of a dump do not end a run. */
function alphabet(characters: string, others: string, from: number): Alphabet {
  const values = new Int8Array(256).fill(END);
  for (const character of "\t\n\v\f\r \0:") values[character.charCodeAt(0)] = WITHIN;
  for (const [value, character] of [...characters].entries()) values[character.charCodeAt(0)] = value;
  for (const [index, character] of [...others].entries()) values[character.charCodeAt(0)] = from + index;
  return values;
}

/** What each run of hex or base64 stands for that is `least` bytes or more, at each place where junk may have shifted its groups to. */
export function* decodedRuns(bytes: Uint8Array, least: number): Generator<Uint8Array> {
  for (const values of runs(bytes, HEX, 2 * least)) {
    yield* lent(packed(values, 0, 4));
    yield* lent(packed(values, 1, 4));
  }
  for (const values of runs(bytes, BASE64, Math.ceil((8 * least) / 6))) {
    if (values.every(looksHex)) continue;
    for (let phase = 0; phase < 4; phase++) yield* lent(packed(values, phase, 6));
  }
}

/** A copy for as long as it is looked at: it may be that of a secret, and is wiped then. */
function* lent(copy: Uint8Array): Generator<Uint8Array> {
  try {
    yield copy;
  } finally {
    copy.fill(0);
  }
}

/** By its value in base64: is the character a digit of hex? No key's base64 has nothing but those. */
function looksHex(value: number): boolean {
  return value <= 5 || (value >= 26 && value <= 31) || (value >= 52 && value <= 61);
}

function* runs(bytes: Uint8Array, values: Alphabet, least: number): Generator<Uint8Array> {
  let start = 0;
  let count = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const value = at < bytes.length ? (values[bytes[at] as number] as number) : END;
    if (value >= 0) count++;
    if (value !== END) continue;
    if (count >= least) yield* lent(run(bytes, start, values, count));
    start = at + 1;
    count = 0;
  }
}

function run(bytes: Uint8Array, start: number, values: Alphabet, count: number): Uint8Array {
  const found = new Uint8Array(count);
  let filled = 0;
  for (let at = start; filled < count; at++) {
    const value = values[bytes[at] as number] as number;
    if (value >= 0) found[filled++] = value;
  }
  return found;
}

/** Digits of `bits` bits from `phase` on, put together; bits that make no byte are dropped. */
function packed(values: Uint8Array, phase: number, bits: number): Uint8Array {
  const found = new Uint8Array(((values.length - phase) * bits) >> 3);
  let held = 0;
  let heldBits = 0;
  let filled = 0;
  for (let at = phase; filled < found.length; at++) {
    held = ((held << bits) | (values[at] as number)) & 0xffff;
    heldBits += bits;
    if (heldBits < 8) continue;
    heldBits -= 8;
    found[filled++] = held >> heldBits;
  }
  return found;
}

const NUL = 0x00;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", '"': '"', "'": "'", "/": "/", "\\": "\\" };

/**
 * The bytes without percent signs and escapes; without NULs and pairs of UTF-8 too, where every eighth byte is or begins one, as in
 * UTF-16 and in binary that was taken for Latin-1. In binary what looks like an escape may be none: then there are readings more, with
 * one kind or both left as they are. None where nothing would change.
 */
export function* plainForms(bytes: Uint8Array): Generator<Uint8Array> {
  let zeros = 0;
  let pairs = 0;
  const marks = new Set<number>();
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === NUL) zeros++;
    else if (byte === PERCENT || byte === BACKSLASH) marks.add(byte);
    else if (isPair(bytes, at)) pairs++;
  }
  const dropsZeros = 8 * zeros >= bytes.length;
  const joinsPairs = 8 * pairs >= bytes.length;
  const found = [...marks];
  const others = dropsZeros || joinsPairs ? [...(found.length > 1 ? found.map((mark) => [mark]) : []), []] : [];
  for (const undone of found.length > 0 ? [found, ...others] : others) {
    const plain = withoutEncoding(bytes, dropsZeros, joinsPairs, undone);
    if (plain.length < bytes.length) yield* lent(plain);
    else plain.fill(0);
  }
}

function withoutEncoding(bytes: Uint8Array, dropsZeros: boolean, joinsPairs: boolean, marks: readonly number[]): Uint8Array {
  const found = new Uint8Array(bytes.length);
  let filled = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === NUL && dropsZeros) continue;
    if (joinsPairs && isPair(bytes, at)) found[filled++] = (byte << 6) | ((bytes[++at] as number) & 0x3f);
    else {
      const { value, length } = (marks.includes(byte) && markedAt(bytes, at)) || { value: byte, length: 1 };
      found[filled++] = value;
      at += length - 1;
    }
  }
  return found.subarray(0, filled);
}

function markedAt(bytes: Uint8Array, at: number): Decoded | undefined {
  return bytes[at] === PERCENT ? percentAt(bytes, at) : escapeAt(bytes, at);
}

/** A character from U+0080 to U+00FF. */
function isPair(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] as number;
  return (first === 0xc2 || first === 0xc3) && ((bytes[at + 1] ?? 0) & 0xc0) === 0x80;
}

interface Decoded {
  readonly value: number;
  /** Of the encoded form, in bytes. */
  readonly length: number;
}

function percentAt(bytes: Uint8Array, at: number): Decoded | undefined {
  const value = hexNumber(bytes, at + 1, 2);
  return value === undefined ? undefined : { value, length: 3 };
}

/** RFC 8259 §7, and `\x`. */
function escapeAt(bytes: Uint8Array, at: number): Decoded | undefined {
  const letter = String.fromCharCode(bytes[at + 1] ?? 0);
  const plain = ESCAPES[letter];
  if (plain !== undefined) return { value: plain.charCodeAt(0), length: 2 };
  const digits = letter === "u" ? 4 : letter === "x" ? 2 : 0;
  const value = digits ? hexNumber(bytes, at + 2, digits) : undefined;
  return value === undefined ? undefined : { value, length: 2 + digits };
}

function hexNumber(bytes: Uint8Array, start: number, digits: number): number | undefined {
  let number = 0;
  for (let at = start; at < start + digits; at++) {
    const value = HEX[bytes[at] ?? 0] as number;
    if (value < 0) return undefined;
    number = 16 * number + value;
  }
  return number;
}
