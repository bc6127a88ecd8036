/**
 * SHA-256 on five messages at once: four in the 32-bit lanes of vectors, one in scalar registers (FIPS 180-4 §6.2).
 *
 * A processor has other units for vectors than for integers, and the rounds of four lanes leave the latter idle: taken in
 * turn, the fifth message costs next to nothing. What they must be is taken in turn: a compiler is free to gather all that
 * concerns one message, and V8 11 does, which makes a block cost 92 ns rather than 65. A store of no other use at the
 * end of each round pins it to its place. It also keeps the code a quarter smaller when compressed.
 *
 * The first sixteen rounds stand alone, the other 48 are a loop of three times sixteen: unrolling all 64 spills
 * registers and costs half as much again on Node 20. State and schedule live in locals.
 */
import { PINNED, ROUND_CONSTANTS, STATE, WORDS } from "../src/abi";
import { CONSTANTS } from "./constants";
import { bigSigma0, bigSigma0x4, schedule, schedulex4, temporary, temporaryx4 } from "./rounds";

/** Transposes the next 64 bytes of four messages into WORDS, big-endian words in native order. */
export function loadBlocks(m0: usize, m1: usize, m2: usize, m3: usize): void {
  for (let column: usize = 0; column < 64; column += 16) {
    const r0 = swapBytes(v128.load(m0 + column));
    const r1 = swapBytes(v128.load(m1 + column));
    const r2 = swapBytes(v128.load(m2 + column));
    const r3 = swapBytes(v128.load(m3 + column));
    storeTransposed(WORDS + 4 * column, r0, r1, r2, r3);
  }
}

/** Transposes four states of 32 bytes into eight lane-wise words at `target`. */
export function loadStates(target: usize, s0: usize, s1: usize, s2: usize, s3: usize): void {
  storeTransposed(target, v128.load(s0), v128.load(s1), v128.load(s2), v128.load(s3));
  storeTransposed(target + 64, v128.load(s0, 16), v128.load(s1, 16), v128.load(s2, 16), v128.load(s3, 16));
}

/** Writes the four digests of STATE to `target`, 32 bytes each, in byte order. */
export function storeDigests(target: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const w0 = v128.load(STATE + 64 * half);
    const w1 = v128.load(STATE + 64 * half, 16);
    const w2 = v128.load(STATE + 64 * half, 32);
    const w3 = v128.load(STATE + 64 * half, 48);
    const a = v128.shuffle<i32>(w0, w1, 0, 4, 1, 5);
    const b = v128.shuffle<i32>(w2, w3, 0, 4, 1, 5);
    const c = v128.shuffle<i32>(w0, w1, 2, 6, 3, 7);
    const d = v128.shuffle<i32>(w2, w3, 2, 6, 3, 7);
    const digest = target + 16 * half;
    v128.store(digest, swapBytes(v128.shuffle<i64>(a, b, 0, 2)));
    v128.store(digest, swapBytes(v128.shuffle<i64>(a, b, 1, 3)), 32);
    v128.store(digest, swapBytes(v128.shuffle<i64>(c, d, 0, 2)), 64);
    v128.store(digest, swapBytes(v128.shuffle<i64>(c, d, 1, 3)), 96);
  }
}

/** Compresses the block in WORDS into STATE, in four lanes, and the block at `message` into the 32-byte state at `state`. */
export function compressFive(state: usize, message: usize): void {
  let a = v128.load(STATE, 0);
  let b = v128.load(STATE, 16);
  let c = v128.load(STATE, 32);
  let d = v128.load(STATE, 48);
  let e = v128.load(STATE, 64);
  let f = v128.load(STATE, 80);
  let g = v128.load(STATE, 96);
  let h = v128.load(STATE, 112);
  let w0 = v128.load(WORDS, 0);
  let w1 = v128.load(WORDS, 16);
  let w2 = v128.load(WORDS, 32);
  let w3 = v128.load(WORDS, 48);
  let w4 = v128.load(WORDS, 64);
  let w5 = v128.load(WORDS, 80);
  let w6 = v128.load(WORDS, 96);
  let w7 = v128.load(WORDS, 112);
  let w8 = v128.load(WORDS, 128);
  let w9 = v128.load(WORDS, 144);
  let w10 = v128.load(WORDS, 160);
  let w11 = v128.load(WORDS, 176);
  let w12 = v128.load(WORDS, 192);
  let w13 = v128.load(WORDS, 208);
  let w14 = v128.load(WORDS, 224);
  let w15 = v128.load(WORDS, 240);

  let sA = load<u32>(state, 0);
  let sB = load<u32>(state, 4);
  let sC = load<u32>(state, 8);
  let sD = load<u32>(state, 12);
  let sE = load<u32>(state, 16);
  let sF = load<u32>(state, 20);
  let sG = load<u32>(state, 24);
  let sH = load<u32>(state, 28);
  let sW0 = bswap(load<u32>(message, 0));
  let sW1 = bswap(load<u32>(message, 4));
  let sW2 = bswap(load<u32>(message, 8));
  let sW3 = bswap(load<u32>(message, 12));
  let sW4 = bswap(load<u32>(message, 16));
  let sW5 = bswap(load<u32>(message, 20));
  let sW6 = bswap(load<u32>(message, 24));
  let sW7 = bswap(load<u32>(message, 28));
  let sW8 = bswap(load<u32>(message, 32));
  let sW9 = bswap(load<u32>(message, 36));
  let sW10 = bswap(load<u32>(message, 40));
  let sW11 = bswap(load<u32>(message, 44));
  let sW12 = bswap(load<u32>(message, 48));
  let sW13 = bswap(load<u32>(message, 52));
  let sW14 = bswap(load<u32>(message, 56));
  let sW15 = bswap(load<u32>(message, 60));

  let x: v128;
  let y = v128.xor(b, c);
  let t: v128;
  let sX: u32;
  let sY = sB ^ sC;
  let sT: u32;

  t = temporaryx4(e, f, g, h, v128.load(ROUND_CONSTANTS, 0), w0);
  d = i32x4.add(d, t);
  x = v128.xor(a, b);
  h = i32x4.add(t, i32x4.add(bigSigma0x4(a), v128.xor(b, v128.and(x, y))));
  v128.store(PINNED, h);
  sT = temporary(sE, sF, sG, sH, load<u32>(CONSTANTS, 0), sW0);
  sD += sT;
  sX = sA ^ sB;
  sH = sT + bigSigma0(sA) + (sB ^ (sX & sY));
  store<u32>(PINNED, sH, 16);
  t = temporaryx4(d, e, f, g, v128.load(ROUND_CONSTANTS, 16), w1);
  c = i32x4.add(c, t);
  y = v128.xor(h, a);
  g = i32x4.add(t, i32x4.add(bigSigma0x4(h), v128.xor(a, v128.and(y, x))));
  v128.store(PINNED, g);
  sT = temporary(sD, sE, sF, sG, load<u32>(CONSTANTS, 4), sW1);
  sC += sT;
  sY = sH ^ sA;
  sG = sT + bigSigma0(sH) + (sA ^ (sY & sX));
  store<u32>(PINNED, sG, 16);
  t = temporaryx4(c, d, e, f, v128.load(ROUND_CONSTANTS, 32), w2);
  b = i32x4.add(b, t);
  x = v128.xor(g, h);
  f = i32x4.add(t, i32x4.add(bigSigma0x4(g), v128.xor(h, v128.and(x, y))));
  v128.store(PINNED, f);
  sT = temporary(sC, sD, sE, sF, load<u32>(CONSTANTS, 8), sW2);
  sB += sT;
  sX = sG ^ sH;
  sF = sT + bigSigma0(sG) + (sH ^ (sX & sY));
  store<u32>(PINNED, sF, 16);
  t = temporaryx4(b, c, d, e, v128.load(ROUND_CONSTANTS, 48), w3);
  a = i32x4.add(a, t);
  y = v128.xor(f, g);
  e = i32x4.add(t, i32x4.add(bigSigma0x4(f), v128.xor(g, v128.and(y, x))));
  v128.store(PINNED, e);
  sT = temporary(sB, sC, sD, sE, load<u32>(CONSTANTS, 12), sW3);
  sA += sT;
  sY = sF ^ sG;
  sE = sT + bigSigma0(sF) + (sG ^ (sY & sX));
  store<u32>(PINNED, sE, 16);
  t = temporaryx4(a, b, c, d, v128.load(ROUND_CONSTANTS, 64), w4);
  h = i32x4.add(h, t);
  x = v128.xor(e, f);
  d = i32x4.add(t, i32x4.add(bigSigma0x4(e), v128.xor(f, v128.and(x, y))));
  v128.store(PINNED, d);
  sT = temporary(sA, sB, sC, sD, load<u32>(CONSTANTS, 16), sW4);
  sH += sT;
  sX = sE ^ sF;
  sD = sT + bigSigma0(sE) + (sF ^ (sX & sY));
  store<u32>(PINNED, sD, 16);
  t = temporaryx4(h, a, b, c, v128.load(ROUND_CONSTANTS, 80), w5);
  g = i32x4.add(g, t);
  y = v128.xor(d, e);
  c = i32x4.add(t, i32x4.add(bigSigma0x4(d), v128.xor(e, v128.and(y, x))));
  v128.store(PINNED, c);
  sT = temporary(sH, sA, sB, sC, load<u32>(CONSTANTS, 20), sW5);
  sG += sT;
  sY = sD ^ sE;
  sC = sT + bigSigma0(sD) + (sE ^ (sY & sX));
  store<u32>(PINNED, sC, 16);
  t = temporaryx4(g, h, a, b, v128.load(ROUND_CONSTANTS, 96), w6);
  f = i32x4.add(f, t);
  x = v128.xor(c, d);
  b = i32x4.add(t, i32x4.add(bigSigma0x4(c), v128.xor(d, v128.and(x, y))));
  v128.store(PINNED, b);
  sT = temporary(sG, sH, sA, sB, load<u32>(CONSTANTS, 24), sW6);
  sF += sT;
  sX = sC ^ sD;
  sB = sT + bigSigma0(sC) + (sD ^ (sX & sY));
  store<u32>(PINNED, sB, 16);
  t = temporaryx4(f, g, h, a, v128.load(ROUND_CONSTANTS, 112), w7);
  e = i32x4.add(e, t);
  y = v128.xor(b, c);
  a = i32x4.add(t, i32x4.add(bigSigma0x4(b), v128.xor(c, v128.and(y, x))));
  v128.store(PINNED, a);
  sT = temporary(sF, sG, sH, sA, load<u32>(CONSTANTS, 28), sW7);
  sE += sT;
  sY = sB ^ sC;
  sA = sT + bigSigma0(sB) + (sC ^ (sY & sX));
  store<u32>(PINNED, sA, 16);
  t = temporaryx4(e, f, g, h, v128.load(ROUND_CONSTANTS, 128), w8);
  d = i32x4.add(d, t);
  x = v128.xor(a, b);
  h = i32x4.add(t, i32x4.add(bigSigma0x4(a), v128.xor(b, v128.and(x, y))));
  v128.store(PINNED, h);
  sT = temporary(sE, sF, sG, sH, load<u32>(CONSTANTS, 32), sW8);
  sD += sT;
  sX = sA ^ sB;
  sH = sT + bigSigma0(sA) + (sB ^ (sX & sY));
  store<u32>(PINNED, sH, 16);
  t = temporaryx4(d, e, f, g, v128.load(ROUND_CONSTANTS, 144), w9);
  c = i32x4.add(c, t);
  y = v128.xor(h, a);
  g = i32x4.add(t, i32x4.add(bigSigma0x4(h), v128.xor(a, v128.and(y, x))));
  v128.store(PINNED, g);
  sT = temporary(sD, sE, sF, sG, load<u32>(CONSTANTS, 36), sW9);
  sC += sT;
  sY = sH ^ sA;
  sG = sT + bigSigma0(sH) + (sA ^ (sY & sX));
  store<u32>(PINNED, sG, 16);
  t = temporaryx4(c, d, e, f, v128.load(ROUND_CONSTANTS, 160), w10);
  b = i32x4.add(b, t);
  x = v128.xor(g, h);
  f = i32x4.add(t, i32x4.add(bigSigma0x4(g), v128.xor(h, v128.and(x, y))));
  v128.store(PINNED, f);
  sT = temporary(sC, sD, sE, sF, load<u32>(CONSTANTS, 40), sW10);
  sB += sT;
  sX = sG ^ sH;
  sF = sT + bigSigma0(sG) + (sH ^ (sX & sY));
  store<u32>(PINNED, sF, 16);
  t = temporaryx4(b, c, d, e, v128.load(ROUND_CONSTANTS, 176), w11);
  a = i32x4.add(a, t);
  y = v128.xor(f, g);
  e = i32x4.add(t, i32x4.add(bigSigma0x4(f), v128.xor(g, v128.and(y, x))));
  v128.store(PINNED, e);
  sT = temporary(sB, sC, sD, sE, load<u32>(CONSTANTS, 44), sW11);
  sA += sT;
  sY = sF ^ sG;
  sE = sT + bigSigma0(sF) + (sG ^ (sY & sX));
  store<u32>(PINNED, sE, 16);
  t = temporaryx4(a, b, c, d, v128.load(ROUND_CONSTANTS, 192), w12);
  h = i32x4.add(h, t);
  x = v128.xor(e, f);
  d = i32x4.add(t, i32x4.add(bigSigma0x4(e), v128.xor(f, v128.and(x, y))));
  v128.store(PINNED, d);
  sT = temporary(sA, sB, sC, sD, load<u32>(CONSTANTS, 48), sW12);
  sH += sT;
  sX = sE ^ sF;
  sD = sT + bigSigma0(sE) + (sF ^ (sX & sY));
  store<u32>(PINNED, sD, 16);
  t = temporaryx4(h, a, b, c, v128.load(ROUND_CONSTANTS, 208), w13);
  g = i32x4.add(g, t);
  y = v128.xor(d, e);
  c = i32x4.add(t, i32x4.add(bigSigma0x4(d), v128.xor(e, v128.and(y, x))));
  v128.store(PINNED, c);
  sT = temporary(sH, sA, sB, sC, load<u32>(CONSTANTS, 52), sW13);
  sG += sT;
  sY = sD ^ sE;
  sC = sT + bigSigma0(sD) + (sE ^ (sY & sX));
  store<u32>(PINNED, sC, 16);
  t = temporaryx4(g, h, a, b, v128.load(ROUND_CONSTANTS, 224), w14);
  f = i32x4.add(f, t);
  x = v128.xor(c, d);
  b = i32x4.add(t, i32x4.add(bigSigma0x4(c), v128.xor(d, v128.and(x, y))));
  v128.store(PINNED, b);
  sT = temporary(sG, sH, sA, sB, load<u32>(CONSTANTS, 56), sW14);
  sF += sT;
  sX = sC ^ sD;
  sB = sT + bigSigma0(sC) + (sD ^ (sX & sY));
  store<u32>(PINNED, sB, 16);
  t = temporaryx4(f, g, h, a, v128.load(ROUND_CONSTANTS, 240), w15);
  e = i32x4.add(e, t);
  y = v128.xor(b, c);
  a = i32x4.add(t, i32x4.add(bigSigma0x4(b), v128.xor(c, v128.and(y, x))));
  v128.store(PINNED, a);
  sT = temporary(sF, sG, sH, sA, load<u32>(CONSTANTS, 60), sW15);
  sE += sT;
  sY = sB ^ sC;
  sA = sT + bigSigma0(sB) + (sC ^ (sY & sX));
  store<u32>(PINNED, sA, 16);

  let sK: usize = CONSTANTS + 64;
  const lastRound: usize = ROUND_CONSTANTS + 1024;
  for (let k: usize = ROUND_CONSTANTS + 256; k < lastRound; k += 256) {
    w0 = schedulex4(w0, w1, w9, w14);
    t = temporaryx4(e, f, g, h, v128.load(k, 0), w0);
    d = i32x4.add(d, t);
    x = v128.xor(a, b);
    h = i32x4.add(t, i32x4.add(bigSigma0x4(a), v128.xor(b, v128.and(x, y))));
    v128.store(PINNED, h);
    sW0 = schedule(sW0, sW1, sW9, sW14);
    sT = temporary(sE, sF, sG, sH, load<u32>(sK, 0), sW0);
    sD += sT;
    sX = sA ^ sB;
    sH = sT + bigSigma0(sA) + (sB ^ (sX & sY));
    store<u32>(PINNED, sH, 16);
    w1 = schedulex4(w1, w2, w10, w15);
    t = temporaryx4(d, e, f, g, v128.load(k, 16), w1);
    c = i32x4.add(c, t);
    y = v128.xor(h, a);
    g = i32x4.add(t, i32x4.add(bigSigma0x4(h), v128.xor(a, v128.and(y, x))));
    v128.store(PINNED, g);
    sW1 = schedule(sW1, sW2, sW10, sW15);
    sT = temporary(sD, sE, sF, sG, load<u32>(sK, 4), sW1);
    sC += sT;
    sY = sH ^ sA;
    sG = sT + bigSigma0(sH) + (sA ^ (sY & sX));
    store<u32>(PINNED, sG, 16);
    w2 = schedulex4(w2, w3, w11, w0);
    t = temporaryx4(c, d, e, f, v128.load(k, 32), w2);
    b = i32x4.add(b, t);
    x = v128.xor(g, h);
    f = i32x4.add(t, i32x4.add(bigSigma0x4(g), v128.xor(h, v128.and(x, y))));
    v128.store(PINNED, f);
    sW2 = schedule(sW2, sW3, sW11, sW0);
    sT = temporary(sC, sD, sE, sF, load<u32>(sK, 8), sW2);
    sB += sT;
    sX = sG ^ sH;
    sF = sT + bigSigma0(sG) + (sH ^ (sX & sY));
    store<u32>(PINNED, sF, 16);
    w3 = schedulex4(w3, w4, w12, w1);
    t = temporaryx4(b, c, d, e, v128.load(k, 48), w3);
    a = i32x4.add(a, t);
    y = v128.xor(f, g);
    e = i32x4.add(t, i32x4.add(bigSigma0x4(f), v128.xor(g, v128.and(y, x))));
    v128.store(PINNED, e);
    sW3 = schedule(sW3, sW4, sW12, sW1);
    sT = temporary(sB, sC, sD, sE, load<u32>(sK, 12), sW3);
    sA += sT;
    sY = sF ^ sG;
    sE = sT + bigSigma0(sF) + (sG ^ (sY & sX));
    store<u32>(PINNED, sE, 16);
    w4 = schedulex4(w4, w5, w13, w2);
    t = temporaryx4(a, b, c, d, v128.load(k, 64), w4);
    h = i32x4.add(h, t);
    x = v128.xor(e, f);
    d = i32x4.add(t, i32x4.add(bigSigma0x4(e), v128.xor(f, v128.and(x, y))));
    v128.store(PINNED, d);
    sW4 = schedule(sW4, sW5, sW13, sW2);
    sT = temporary(sA, sB, sC, sD, load<u32>(sK, 16), sW4);
    sH += sT;
    sX = sE ^ sF;
    sD = sT + bigSigma0(sE) + (sF ^ (sX & sY));
    store<u32>(PINNED, sD, 16);
    w5 = schedulex4(w5, w6, w14, w3);
    t = temporaryx4(h, a, b, c, v128.load(k, 80), w5);
    g = i32x4.add(g, t);
    y = v128.xor(d, e);
    c = i32x4.add(t, i32x4.add(bigSigma0x4(d), v128.xor(e, v128.and(y, x))));
    v128.store(PINNED, c);
    sW5 = schedule(sW5, sW6, sW14, sW3);
    sT = temporary(sH, sA, sB, sC, load<u32>(sK, 20), sW5);
    sG += sT;
    sY = sD ^ sE;
    sC = sT + bigSigma0(sD) + (sE ^ (sY & sX));
    store<u32>(PINNED, sC, 16);
    w6 = schedulex4(w6, w7, w15, w4);
    t = temporaryx4(g, h, a, b, v128.load(k, 96), w6);
    f = i32x4.add(f, t);
    x = v128.xor(c, d);
    b = i32x4.add(t, i32x4.add(bigSigma0x4(c), v128.xor(d, v128.and(x, y))));
    v128.store(PINNED, b);
    sW6 = schedule(sW6, sW7, sW15, sW4);
    sT = temporary(sG, sH, sA, sB, load<u32>(sK, 24), sW6);
    sF += sT;
    sX = sC ^ sD;
    sB = sT + bigSigma0(sC) + (sD ^ (sX & sY));
    store<u32>(PINNED, sB, 16);
    w7 = schedulex4(w7, w8, w0, w5);
    t = temporaryx4(f, g, h, a, v128.load(k, 112), w7);
    e = i32x4.add(e, t);
    y = v128.xor(b, c);
    a = i32x4.add(t, i32x4.add(bigSigma0x4(b), v128.xor(c, v128.and(y, x))));
    v128.store(PINNED, a);
    sW7 = schedule(sW7, sW8, sW0, sW5);
    sT = temporary(sF, sG, sH, sA, load<u32>(sK, 28), sW7);
    sE += sT;
    sY = sB ^ sC;
    sA = sT + bigSigma0(sB) + (sC ^ (sY & sX));
    store<u32>(PINNED, sA, 16);
    w8 = schedulex4(w8, w9, w1, w6);
    t = temporaryx4(e, f, g, h, v128.load(k, 128), w8);
    d = i32x4.add(d, t);
    x = v128.xor(a, b);
    h = i32x4.add(t, i32x4.add(bigSigma0x4(a), v128.xor(b, v128.and(x, y))));
    v128.store(PINNED, h);
    sW8 = schedule(sW8, sW9, sW1, sW6);
    sT = temporary(sE, sF, sG, sH, load<u32>(sK, 32), sW8);
    sD += sT;
    sX = sA ^ sB;
    sH = sT + bigSigma0(sA) + (sB ^ (sX & sY));
    store<u32>(PINNED, sH, 16);
    w9 = schedulex4(w9, w10, w2, w7);
    t = temporaryx4(d, e, f, g, v128.load(k, 144), w9);
    c = i32x4.add(c, t);
    y = v128.xor(h, a);
    g = i32x4.add(t, i32x4.add(bigSigma0x4(h), v128.xor(a, v128.and(y, x))));
    v128.store(PINNED, g);
    sW9 = schedule(sW9, sW10, sW2, sW7);
    sT = temporary(sD, sE, sF, sG, load<u32>(sK, 36), sW9);
    sC += sT;
    sY = sH ^ sA;
    sG = sT + bigSigma0(sH) + (sA ^ (sY & sX));
    store<u32>(PINNED, sG, 16);
    w10 = schedulex4(w10, w11, w3, w8);
    t = temporaryx4(c, d, e, f, v128.load(k, 160), w10);
    b = i32x4.add(b, t);
    x = v128.xor(g, h);
    f = i32x4.add(t, i32x4.add(bigSigma0x4(g), v128.xor(h, v128.and(x, y))));
    v128.store(PINNED, f);
    sW10 = schedule(sW10, sW11, sW3, sW8);
    sT = temporary(sC, sD, sE, sF, load<u32>(sK, 40), sW10);
    sB += sT;
    sX = sG ^ sH;
    sF = sT + bigSigma0(sG) + (sH ^ (sX & sY));
    store<u32>(PINNED, sF, 16);
    w11 = schedulex4(w11, w12, w4, w9);
    t = temporaryx4(b, c, d, e, v128.load(k, 176), w11);
    a = i32x4.add(a, t);
    y = v128.xor(f, g);
    e = i32x4.add(t, i32x4.add(bigSigma0x4(f), v128.xor(g, v128.and(y, x))));
    v128.store(PINNED, e);
    sW11 = schedule(sW11, sW12, sW4, sW9);
    sT = temporary(sB, sC, sD, sE, load<u32>(sK, 44), sW11);
    sA += sT;
    sY = sF ^ sG;
    sE = sT + bigSigma0(sF) + (sG ^ (sY & sX));
    store<u32>(PINNED, sE, 16);
    w12 = schedulex4(w12, w13, w5, w10);
    t = temporaryx4(a, b, c, d, v128.load(k, 192), w12);
    h = i32x4.add(h, t);
    x = v128.xor(e, f);
    d = i32x4.add(t, i32x4.add(bigSigma0x4(e), v128.xor(f, v128.and(x, y))));
    v128.store(PINNED, d);
    sW12 = schedule(sW12, sW13, sW5, sW10);
    sT = temporary(sA, sB, sC, sD, load<u32>(sK, 48), sW12);
    sH += sT;
    sX = sE ^ sF;
    sD = sT + bigSigma0(sE) + (sF ^ (sX & sY));
    store<u32>(PINNED, sD, 16);
    w13 = schedulex4(w13, w14, w6, w11);
    t = temporaryx4(h, a, b, c, v128.load(k, 208), w13);
    g = i32x4.add(g, t);
    y = v128.xor(d, e);
    c = i32x4.add(t, i32x4.add(bigSigma0x4(d), v128.xor(e, v128.and(y, x))));
    v128.store(PINNED, c);
    sW13 = schedule(sW13, sW14, sW6, sW11);
    sT = temporary(sH, sA, sB, sC, load<u32>(sK, 52), sW13);
    sG += sT;
    sY = sD ^ sE;
    sC = sT + bigSigma0(sD) + (sE ^ (sY & sX));
    store<u32>(PINNED, sC, 16);
    w14 = schedulex4(w14, w15, w7, w12);
    t = temporaryx4(g, h, a, b, v128.load(k, 224), w14);
    f = i32x4.add(f, t);
    x = v128.xor(c, d);
    b = i32x4.add(t, i32x4.add(bigSigma0x4(c), v128.xor(d, v128.and(x, y))));
    v128.store(PINNED, b);
    sW14 = schedule(sW14, sW15, sW7, sW12);
    sT = temporary(sG, sH, sA, sB, load<u32>(sK, 56), sW14);
    sF += sT;
    sX = sC ^ sD;
    sB = sT + bigSigma0(sC) + (sD ^ (sX & sY));
    store<u32>(PINNED, sB, 16);
    w15 = schedulex4(w15, w0, w8, w13);
    t = temporaryx4(f, g, h, a, v128.load(k, 240), w15);
    e = i32x4.add(e, t);
    y = v128.xor(b, c);
    a = i32x4.add(t, i32x4.add(bigSigma0x4(b), v128.xor(c, v128.and(y, x))));
    v128.store(PINNED, a);
    sW15 = schedule(sW15, sW0, sW8, sW13);
    sT = temporary(sF, sG, sH, sA, load<u32>(sK, 60), sW15);
    sE += sT;
    sY = sB ^ sC;
    sA = sT + bigSigma0(sB) + (sC ^ (sY & sX));
    store<u32>(PINNED, sA, 16);
    sK += 64;
  }

  v128.store(STATE, i32x4.add(v128.load(STATE, 0), a), 0);
  v128.store(STATE, i32x4.add(v128.load(STATE, 16), b), 16);
  v128.store(STATE, i32x4.add(v128.load(STATE, 32), c), 32);
  v128.store(STATE, i32x4.add(v128.load(STATE, 48), d), 48);
  v128.store(STATE, i32x4.add(v128.load(STATE, 64), e), 64);
  v128.store(STATE, i32x4.add(v128.load(STATE, 80), f), 80);
  v128.store(STATE, i32x4.add(v128.load(STATE, 96), g), 96);
  v128.store(STATE, i32x4.add(v128.load(STATE, 112), h), 112);
  store<u32>(state, load<u32>(state, 0) + sA, 0);
  store<u32>(state, load<u32>(state, 4) + sB, 4);
  store<u32>(state, load<u32>(state, 8) + sC, 8);
  store<u32>(state, load<u32>(state, 12) + sD, 12);
  store<u32>(state, load<u32>(state, 16) + sE, 16);
  store<u32>(state, load<u32>(state, 20) + sF, 20);
  store<u32>(state, load<u32>(state, 24) + sG, 24);
  store<u32>(state, load<u32>(state, 28) + sH, 28);
}

function swapBytes(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}

/** Stores a 4 × 4 matrix of words with rows and columns exchanged. */
function storeTransposed(target: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const a = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  const d = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i64>(a, b, 0, 2));
  v128.store(target, v128.shuffle<i64>(a, b, 1, 3), 16);
  v128.store(target, v128.shuffle<i64>(c, d, 0, 2), 32);
  v128.store(target, v128.shuffle<i64>(c, d, 1, 3), 48);
}

/** Spreads the round constants (FIPS 180-4 §4.2.2) over four lanes, once. */
export function spreadRoundConstants(): void {
  for (let round: usize = 0; round < 64; round++) {
    v128.store(ROUND_CONSTANTS + 16 * round, i32x4.splat(load<i32>(CONSTANTS + 4 * round)));
  }
}
