/** Random numbers that come again for the same seed: xoshiro128** by Blackman and Vigna, seeded through SplitMix32. */
export interface Random {
  /** A whole number from 0 to `limit` - 1; `limit` is at most 2^32. */
  below(limit: number): number;
  /** `length` hexadecimal digits. */
  hex(length: number): string;
}

export function seededRandom(seed: number): Random {
  const state = Uint32Array.from({ length: 4 }, splitMix(seed));
  const next = () => {
    const [a, b, c, d] = state as unknown as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const third = c ^ a;
    const fourth = d ^ b;
    state[1] = b ^ third;
    state[0] = a ^ fourth;
    state[2] = third ^ (b << 9);
    state[3] = rotate(fourth, 11);
    return result;
  };
  return {
    below: (limit) => Math.floor((next() / 2 ** 32) * limit),
    hex(length) {
      let digits = "";
      while (digits.length < length) digits += next().toString(16).padStart(8, "0");
      return digits.slice(0, length);
    },
  };
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Takes both halves of a seed of up to 53 bits. */
function splitMix(seed: number): () => number {
  let state = (seed % 2 ** 32) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b9);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
