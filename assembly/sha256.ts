/**
 * SHA-256 on one message (FIPS 180-4 §6.2), for a token that comes alone: the kernel of five would hash it five times over.
 *
 * The rounds are one long chain in scalar registers. The message schedule is not: four of its words at a time are made in
 * a vector, between the rounds and sixteen words ahead of them, where they cost next to nothing.
 */
import { SCHEDULE } from "../src/abi";
import { CONSTANTS } from "./constants";
import { bigSigma0, smallSigma0x4, smallSigma1x4, swapBytes, temporary } from "./rounds";

/** Behind the 64 words of the schedule are the same with the round's constant added. */
const SUMS = 256;

/** Compresses `blocks` blocks at `message` into the 32-byte state at `state`. */
export function compressOne(state: usize, message: usize, blocks: u32): void {
  for (; blocks > 0; blocks--, message += 64) compressBlock(state, message);
}

function compressBlock(state: usize, message: usize): void {
  for (let word: usize = 0; word < 64; word += 16) schedule(SCHEDULE + word, swapBytes(v128.load(message + word)));
  let a = load<u32>(state, 0);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);

  // Maj(a, b, c) = b ^ ((a ^ b) & (b ^ c)), and b ^ c is the round before's a ^ b: x and y take turns.
  let x: u32;
  let y = b ^ c;
  let t: u32;

  // The rounds stand here twice: with the branch between them, rather than around them, Node 20 takes a fifth longer.
  for (let at: usize = SCHEDULE; at < <usize>SCHEDULE + 256; at += 32) {
    if (at < <usize>SCHEDULE + 192) {
      extend(at);
      t = temporary(e, f, g, h, load<u32>(at, SUMS + 0));
      d += t;
      x = a ^ b;
      h = t + bigSigma0(a) + (b ^ (x & y));
      t = temporary(d, e, f, g, load<u32>(at, SUMS + 4));
      c += t;
      y = h ^ a;
      g = t + bigSigma0(h) + (a ^ (y & x));
      t = temporary(c, d, e, f, load<u32>(at, SUMS + 8));
      b += t;
      x = g ^ h;
      f = t + bigSigma0(g) + (h ^ (x & y));
      t = temporary(b, c, d, e, load<u32>(at, SUMS + 12));
      a += t;
      y = f ^ g;
      e = t + bigSigma0(f) + (g ^ (y & x));
      extend(at + 16);
      t = temporary(a, b, c, d, load<u32>(at, SUMS + 16));
      h += t;
      x = e ^ f;
      d = t + bigSigma0(e) + (f ^ (x & y));
      t = temporary(h, a, b, c, load<u32>(at, SUMS + 20));
      g += t;
      y = d ^ e;
      c = t + bigSigma0(d) + (e ^ (y & x));
      t = temporary(g, h, a, b, load<u32>(at, SUMS + 24));
      f += t;
      x = c ^ d;
      b = t + bigSigma0(c) + (d ^ (x & y));
      t = temporary(f, g, h, a, load<u32>(at, SUMS + 28));
      e += t;
      y = b ^ c;
      a = t + bigSigma0(b) + (c ^ (y & x));
    } else {
      t = temporary(e, f, g, h, load<u32>(at, SUMS + 0));
      d += t;
      x = a ^ b;
      h = t + bigSigma0(a) + (b ^ (x & y));
      t = temporary(d, e, f, g, load<u32>(at, SUMS + 4));
      c += t;
      y = h ^ a;
      g = t + bigSigma0(h) + (a ^ (y & x));
      t = temporary(c, d, e, f, load<u32>(at, SUMS + 8));
      b += t;
      x = g ^ h;
      f = t + bigSigma0(g) + (h ^ (x & y));
      t = temporary(b, c, d, e, load<u32>(at, SUMS + 12));
      a += t;
      y = f ^ g;
      e = t + bigSigma0(f) + (g ^ (y & x));
      t = temporary(a, b, c, d, load<u32>(at, SUMS + 16));
      h += t;
      x = e ^ f;
      d = t + bigSigma0(e) + (f ^ (x & y));
      t = temporary(h, a, b, c, load<u32>(at, SUMS + 20));
      g += t;
      y = d ^ e;
      c = t + bigSigma0(d) + (e ^ (y & x));
      t = temporary(g, h, a, b, load<u32>(at, SUMS + 24));
      f += t;
      x = c ^ d;
      b = t + bigSigma0(c) + (d ^ (x & y));
      t = temporary(f, g, h, a, load<u32>(at, SUMS + 28));
      e += t;
      y = b ^ c;
      a = t + bigSigma0(b) + (c ^ (y & x));
    }
  }

  store<u32>(state, load<u32>(state, 0) + a, 0);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}

/** Sets four words of the schedule, and their sums with the round constants. */
function schedule(at: usize, words: v128): void {
  v128.store(at, words);
  v128.store(at, i32x4.add(words, v128.load(at - SCHEDULE + CONSTANTS)), SUMS);
}

/** The four words that are sixteen behind `at`. The latter two of them need the former two. */
function extend(at: usize): void {
  const zero = i32x4.splat(0);
  const sum = i32x4.add(i32x4.add(v128.load(at), smallSigma0x4(v128.load(at, 4))), v128.load(at, 36));
  const former = i32x4.add(sum, v128.shuffle<i64>(smallSigma1x4(v128.load(at, 48)), zero, 1, 2));
  schedule(at + 64, i32x4.add(former, v128.shuffle<i64>(zero, smallSigma1x4(former), 0, 2)));
}
