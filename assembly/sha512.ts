/**
 * SHA-512 on one message (FIPS 180-4 §6.4), for keys and for a token that comes alone. The rounds are one long chain in scalar
 * registers; the schedule is made in vectors, eight words before the rounds that come sixteen ahead of them.
 */
import { SCHEDULE_512 } from "../src/abi";
import { CONSTANTS_512 } from "./constants512";
import { bigSigma0of512, schedule512x2, swapBytes512, temporary512 } from "./rounds512";

/** Behind the 80 words of the schedule are the same with the round's constant added. */
const SUMS = 640;

/** Compresses `blocks` blocks of 128 bytes at `message` into the 64-byte state at `state`. */
export function compressOne512(state: usize, message: usize, blocks: u32): void {
  for (; blocks > 0; blocks--, message += 128) compressBlock(state, message);
}

function compressBlock(state: usize, message: usize): void {
  for (let word: usize = 0; word < 128; word += 16) schedule(SCHEDULE_512 + word, swapBytes512(v128.load(message + word)));
  let a = load<u64>(state, 0);
  let b = load<u64>(state, 8);
  let c = load<u64>(state, 16);
  let d = load<u64>(state, 24);
  let e = load<u64>(state, 32);
  let f = load<u64>(state, 40);
  let g = load<u64>(state, 48);
  let h = load<u64>(state, 56);

  // Maj(a, b, c) = b ^ ((a ^ b) & (b ^ c)), and b ^ c is the round before's a ^ b: x and y take turns.
  let x: u64;
  let y = b ^ c;
  let t: u64;

  for (let at: usize = SCHEDULE_512; at < <usize>SCHEDULE_512 + 640; at += 64) {
    if (at < <usize>SCHEDULE_512 + 512) {
      extend(at);
      extend(at + 16);
      extend(at + 32);
      extend(at + 48);
    }
    t = temporary512(e, f, g, h, load<u64>(at, SUMS + 0));
    d += t;
    x = a ^ b;
    h = t + bigSigma0of512(a) + (b ^ (x & y));
    t = temporary512(d, e, f, g, load<u64>(at, SUMS + 8));
    c += t;
    y = h ^ a;
    g = t + bigSigma0of512(h) + (a ^ (y & x));
    t = temporary512(c, d, e, f, load<u64>(at, SUMS + 16));
    b += t;
    x = g ^ h;
    f = t + bigSigma0of512(g) + (h ^ (x & y));
    t = temporary512(b, c, d, e, load<u64>(at, SUMS + 24));
    a += t;
    y = f ^ g;
    e = t + bigSigma0of512(f) + (g ^ (y & x));
    t = temporary512(a, b, c, d, load<u64>(at, SUMS + 32));
    h += t;
    x = e ^ f;
    d = t + bigSigma0of512(e) + (f ^ (x & y));
    t = temporary512(h, a, b, c, load<u64>(at, SUMS + 40));
    g += t;
    y = d ^ e;
    c = t + bigSigma0of512(d) + (e ^ (y & x));
    t = temporary512(g, h, a, b, load<u64>(at, SUMS + 48));
    f += t;
    x = c ^ d;
    b = t + bigSigma0of512(c) + (d ^ (x & y));
    t = temporary512(f, g, h, a, load<u64>(at, SUMS + 56));
    e += t;
    y = b ^ c;
    a = t + bigSigma0of512(b) + (c ^ (y & x));
  }

  store<u64>(state, load<u64>(state, 0) + a, 0);
  store<u64>(state, load<u64>(state, 8) + b, 8);
  store<u64>(state, load<u64>(state, 16) + c, 16);
  store<u64>(state, load<u64>(state, 24) + d, 24);
  store<u64>(state, load<u64>(state, 32) + e, 32);
  store<u64>(state, load<u64>(state, 40) + f, 40);
  store<u64>(state, load<u64>(state, 48) + g, 48);
  store<u64>(state, load<u64>(state, 56) + h, 56);
}

/** Sets two words of the schedule, and their sums with the round constants. */
function schedule(at: usize, words: v128): void {
  v128.store(at, words);
  v128.store(at, i64x2.add(words, v128.load(at - SCHEDULE_512 + CONSTANTS_512)), SUMS);
}

/** The two words that are sixteen behind `at`. */
function extend(at: usize): void {
  schedule(at + 128, schedule512x2(v128.load(at), v128.load(at, 8), v128.load(at, 72), v128.load(at, 112)));
}
