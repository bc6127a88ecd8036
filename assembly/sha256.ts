/**
 * SHA-256 on one message (FIPS 180-4 §6.2), for a token that comes alone: the four-lane kernel would hash it four
 * times over. Built like its sibling: sixteen rounds, then three times sixteen in a loop, all of it in locals.
 */

import { CONSTANTS } from "./constants";
import { bigSigma0, schedule, temporary } from "./rounds";

/** Compresses `blocks` blocks at `message` into the 32-byte state at `state`. */
export function compressOne(state: usize, message: usize, blocks: u32): void {
  for (; blocks > 0; blocks--, message += 64) compressBlock(state, message);
}

function compressBlock(state: usize, message: usize): void {
  let a = load<u32>(state, 0);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  let w0 = bswap(load<u32>(message, 0));
  let w1 = bswap(load<u32>(message, 4));
  let w2 = bswap(load<u32>(message, 8));
  let w3 = bswap(load<u32>(message, 12));
  let w4 = bswap(load<u32>(message, 16));
  let w5 = bswap(load<u32>(message, 20));
  let w6 = bswap(load<u32>(message, 24));
  let w7 = bswap(load<u32>(message, 28));
  let w8 = bswap(load<u32>(message, 32));
  let w9 = bswap(load<u32>(message, 36));
  let w10 = bswap(load<u32>(message, 40));
  let w11 = bswap(load<u32>(message, 44));
  let w12 = bswap(load<u32>(message, 48));
  let w13 = bswap(load<u32>(message, 52));
  let w14 = bswap(load<u32>(message, 56));
  let w15 = bswap(load<u32>(message, 60));

  // Maj(a, b, c) = b ^ ((a ^ b) & (b ^ c)), and b ^ c is the round before's a ^ b: x and y take turns.
  let x: u32;
  let y = b ^ c;
  let t: u32;

  let k: usize = CONSTANTS;
  while (true) {
    t = temporary(e, f, g, h, load<u32>(k, 0), w0);
    d += t;
    x = a ^ b;
    h = t + bigSigma0(a) + (b ^ (x & y));
    t = temporary(d, e, f, g, load<u32>(k, 4), w1);
    c += t;
    y = h ^ a;
    g = t + bigSigma0(h) + (a ^ (y & x));
    t = temporary(c, d, e, f, load<u32>(k, 8), w2);
    b += t;
    x = g ^ h;
    f = t + bigSigma0(g) + (h ^ (x & y));
    t = temporary(b, c, d, e, load<u32>(k, 12), w3);
    a += t;
    y = f ^ g;
    e = t + bigSigma0(f) + (g ^ (y & x));
    t = temporary(a, b, c, d, load<u32>(k, 16), w4);
    h += t;
    x = e ^ f;
    d = t + bigSigma0(e) + (f ^ (x & y));
    t = temporary(h, a, b, c, load<u32>(k, 20), w5);
    g += t;
    y = d ^ e;
    c = t + bigSigma0(d) + (e ^ (y & x));
    t = temporary(g, h, a, b, load<u32>(k, 24), w6);
    f += t;
    x = c ^ d;
    b = t + bigSigma0(c) + (d ^ (x & y));
    t = temporary(f, g, h, a, load<u32>(k, 28), w7);
    e += t;
    y = b ^ c;
    a = t + bigSigma0(b) + (c ^ (y & x));
    t = temporary(e, f, g, h, load<u32>(k, 32), w8);
    d += t;
    x = a ^ b;
    h = t + bigSigma0(a) + (b ^ (x & y));
    t = temporary(d, e, f, g, load<u32>(k, 36), w9);
    c += t;
    y = h ^ a;
    g = t + bigSigma0(h) + (a ^ (y & x));
    t = temporary(c, d, e, f, load<u32>(k, 40), w10);
    b += t;
    x = g ^ h;
    f = t + bigSigma0(g) + (h ^ (x & y));
    t = temporary(b, c, d, e, load<u32>(k, 44), w11);
    a += t;
    y = f ^ g;
    e = t + bigSigma0(f) + (g ^ (y & x));
    t = temporary(a, b, c, d, load<u32>(k, 48), w12);
    h += t;
    x = e ^ f;
    d = t + bigSigma0(e) + (f ^ (x & y));
    t = temporary(h, a, b, c, load<u32>(k, 52), w13);
    g += t;
    y = d ^ e;
    c = t + bigSigma0(d) + (e ^ (y & x));
    t = temporary(g, h, a, b, load<u32>(k, 56), w14);
    f += t;
    x = c ^ d;
    b = t + bigSigma0(c) + (d ^ (x & y));
    t = temporary(f, g, h, a, load<u32>(k, 60), w15);
    e += t;
    y = b ^ c;
    a = t + bigSigma0(b) + (c ^ (y & x));
    k += 64;
    if (k === CONSTANTS + 256) break;
    w0 = schedule(w0, w1, w9, w14);
    w1 = schedule(w1, w2, w10, w15);
    w2 = schedule(w2, w3, w11, w0);
    w3 = schedule(w3, w4, w12, w1);
    w4 = schedule(w4, w5, w13, w2);
    w5 = schedule(w5, w6, w14, w3);
    w6 = schedule(w6, w7, w15, w4);
    w7 = schedule(w7, w8, w0, w5);
    w8 = schedule(w8, w9, w1, w6);
    w9 = schedule(w9, w10, w2, w7);
    w10 = schedule(w10, w11, w3, w8);
    w11 = schedule(w11, w12, w4, w9);
    w12 = schedule(w12, w13, w5, w10);
    w13 = schedule(w13, w14, w6, w11);
    w14 = schedule(w14, w15, w7, w12);
    w15 = schedule(w15, w0, w8, w13);
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
