/** Reads DER (X.690), as much of it as keys and certificates are made of. Strict: one spelling, nothing left over. */

/** Universal tags, and the context's first. */
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const NULL = 0x05;
export const IDENTIFIER = 0x06;
export const SEQUENCE = 0x30;
export const FIRST_OF_CONTEXT = 0xa0;

export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}

/** The elements that `bytes` consists of, or undefined where it is no DER. */
export function elements(bytes: Uint8Array): Element[] | undefined {
  const found: Element[] = [];
  for (let cursor = 0; cursor < bytes.length; ) {
    const tag = bytes[cursor] as number;
    const length = lengthAt(bytes, cursor + 1);
    if (!length || (tag & 0x1f) === 0x1f || length.start + length.value > bytes.length) return undefined;
    const end = length.start + length.value;
    found.push({ tag, content: bytes.subarray(length.start, end), whole: bytes.subarray(cursor, end) });
    cursor = end;
  }
  return found;
}

/** The elements of the one sequence that `bytes` is; of these tags and no others, where tags are given. */
export function sequence(bytes: Uint8Array, ...tags: readonly number[]): Element[] | undefined {
  const [only, ...more] = elements(bytes) ?? [];
  if (only?.tag !== SEQUENCE || more.length > 0) return undefined;
  return membersOf(only, ...tags);
}

/** The elements within a sequence; of these tags and no others, where tags are given. */
export function membersOf(element: Element | undefined, ...tags: readonly number[]): Element[] | undefined {
  const members = element?.tag === SEQUENCE ? elements(element.content) : undefined;
  const fits =
    members && (tags.length === 0 || (tags.length === members.length && tags.every((tag, index) => members[index]?.tag === tag)));
  return fits ? members : undefined;
}

/** The bytes of a bit string that has no odd bits. */
export function wholeBytes(element: Element | undefined): Uint8Array | undefined {
  return element?.tag === BIT_STRING && element.content[0] === 0 ? element.content.subarray(1) : undefined;
}

/** The bytes of a positive integer, without a zero before them. */
export function positive(element: Element | undefined): Uint8Array | undefined {
  const [first, second] = element?.content ?? [];
  if (element?.tag !== INTEGER || first === undefined || first > 0x7f) return undefined;
  if (first > 0) return element.content;
  return second !== undefined && second > 0x7f ? element.content.subarray(1) : undefined;
}

/** A length, and where its content starts: definite, in as few bytes as it takes, at most three. */
export function lengthAt(bytes: Uint8Array, at: number): { value: number; start: number } | undefined {
  const first = bytes[at];
  if (first === undefined || first < 0x80) return first === undefined ? undefined : { value: first, start: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || at + count >= bytes.length) return undefined;
  let value = 0;
  for (let index = 1; index <= count; index++) value = value * 256 + (bytes[at + index] as number);
  const least = count === 1 ? 0x80 : 256 ** (count - 1);
  return value < least ? undefined : { value, start: at + 1 + count };
}
