/** Comparing and unescaping the strings of a JSON text. */
import { ENTRY_MARK, ENTRY_TEXT } from "../src/abi";
import { hexValue, simpleEscape } from "./json";

const BACKSLASH: u8 = 0x5c;

/** Are `length` bytes equal? Not for secrets: it stops at the first difference. */
export function equalBytes(left: usize, right: usize, length: usize): bool {
  const end = left + length;
  if (length >= 16) {
    for (; left + 16 <= end; left += 16, right += 16) {
      if (v128.any_true(v128.xor(v128.load(left), v128.load(right)))) return false;
    }
    // The last sixteen overlap what was compared before.
    const back = left + 16 - end;
    return !v128.any_true(v128.xor(v128.load(left - back), v128.load(right - back)));
  }
  for (; left + 4 <= end; left += 4, right += 4) {
    if (load<u32>(left) !== load<u32>(right)) return false;
  }
  for (; left < end; left++, right++) {
    if (load<u8>(left) !== load<u8>(right)) return false;
  }
  return true;
}

/** The entry of a list that equals `length` bytes at `text`, or 0. */
export function findEntry(list: usize, count: u32, text: usize, length: u32): usize {
  for (let entry = list; count > 0; count--) {
    const entryLength = load<u32>(entry);
    if (entryLength === length && equalBytes(entry + ENTRY_TEXT, text, length)) return entry;
    entry = nextEntry(entry);
  }
  return 0;
}

function nextEntry(entry: usize): usize {
  return entry + ENTRY_TEXT + ((load<u32>(entry) + 7) & ~7);
}

export function clearMarks(list: usize, count: u32): void {
  for (let entry = list; count > 0; count--, entry = nextEntry(entry)) store<u32>(entry, 0, ENTRY_MARK);
}

/** The number of the first entry without a mark, or -1. */
export function firstUnmarked(list: usize, count: u32): i32 {
  let entry = list;
  for (let index: u32 = 0; index < count; index++, entry = nextEntry(entry)) {
    if (!load<u32>(entry, ENTRY_MARK)) return index;
  }
  return -1;
}

/**
 * Writes what the valid JSON string `[start, end)` spells to `target`, as UTF-8, and returns its length. A lone
 * surrogate becomes three bytes that no well-formed text has, so that it equals nothing expected.
 */
export function unescape(start: usize, end: usize, target: usize): u32 {
  let out = target;
  for (let cursor = start; cursor < end; ) {
    const byte = load<u8>(cursor);
    if (byte !== BACKSLASH) {
      store<u8>(out++, byte);
      cursor++;
      continue;
    }
    const kind = load<u8>(cursor, 1);
    if (kind !== 0x75) {
      store<u8>(out++, simpleEscape(kind));
      cursor += 2;
      continue;
    }
    let point = <u32>hexValue(cursor + 2);
    cursor += 6;
    if (point >>> 10 === 0x36 && cursor + 6 <= end && load<u16>(cursor) === 0x755c) {
      const low = <u32>hexValue(cursor + 2);
      if (low >>> 10 === 0x37) {
        point = 0x10000 + ((point & 0x3ff) << 10) + (low & 0x3ff);
        cursor += 6;
      }
    }
    out = putCodePoint(point, out);
  }
  return <u32>(out - target);
}

function putCodePoint(point: u32, out: usize): usize {
  if (point < 0x80) {
    store<u8>(out, point);
    return out + 1;
  }
  if (point < 0x800) {
    store<u8>(out, 0xc0 | (point >> 6));
    store<u8>(out, 0x80 | (point & 63), 1);
    return out + 2;
  }
  if (point < 0x10000) {
    store<u8>(out, 0xe0 | (point >> 12));
    store<u8>(out, 0x80 | ((point >> 6) & 63), 1);
    store<u8>(out, 0x80 | (point & 63), 2);
    return out + 3;
  }
  store<u8>(out, 0xf0 | (point >> 18));
  store<u8>(out, 0x80 | ((point >> 12) & 63), 1);
  store<u8>(out, 0x80 | ((point >> 6) & 63), 2);
  store<u8>(out, 0x80 | (point & 63), 3);
  return out + 4;
}
