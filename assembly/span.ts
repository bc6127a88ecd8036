/** A text in linear memory as one number, for functions that find one: where it begins, and its length in the upper half. No text is 0. */

export function span(start: usize, length: u32): u64 {
  return ((<u64>length) << 32) | <u64>start;
}

export function startOf(text: u64): usize {
  return <usize>text;
}

export function lengthOf(text: u64): u32 {
  return <u32>(text >> 32);
}
