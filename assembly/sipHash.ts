/**
 * The hash that names are looked up by: SipHash-1-3 (Aumasson and Bernstein, 2012), of which the lower 32 bits are taken.
 *
 * Names come in tokens: `kid`, `iss`, `sub`, `jti`, the claim of `keyFrom`. SipHash is a pseudorandom function: an attacker who does not
 * know its key cannot choose names that collide, even after learning from timing which names collided before. To an attacker each hash is a
 * random number, so linear probing has a constant expected cost. Per word it costs what a mixing multiplication does: about seven cycles.
 */

// In globals, unlike all other state: they are secret, and linear memory is what a bug would read or overwrite.
let key0: u64 = 0;
let key1: u64 = 0;

/** Sets the key. Hashes made with another key are of no use then. */
export function keyHashes(first: u64, second: u64): void {
  key0 = first;
  key1 = second;
}

/** The hash of `length` bytes. The round is written twice, as a function cannot return four words. */
export function hashText(text: usize, length: u32): u32 {
  let v0: u64 = key0 ^ 0x736f6d6570736575;
  let v1: u64 = key1 ^ 0x646f72616e646f6d;
  let v2: u64 = key0 ^ 0x6c7967656e657261;
  let v3: u64 = key1 ^ 0x7465646279746573;
  const rest = length & 7;
  const end = text + (length - rest);
  let word: u64;
  for (; text < end; text += 8) {
    word = load<u64>(text);
    v3 ^= word;
    v0 += v1;
    v2 += v3;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 = rotl<u64>(v0, 32) + v3;
    v2 += v1;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 = rotl<u64>(v2, 32);
    v0 ^= word;
  }
  // What precedes the rest is loaded with it: there is memory before each text, but not always after it.
  word = (<u64>length) << 56;
  if (rest) word |= load<u64>(end + rest - 8) >> (64 - 8 * rest);
  v3 ^= word;
  for (let round = 0; round < 4; round++) {
    v0 += v1;
    v2 += v3;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 = rotl<u64>(v0, 32) + v3;
    v2 += v1;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 = rotl<u64>(v2, 32);
    if (round) continue;
    v0 ^= word;
    v2 ^= 0xff;
  }
  return <u32>(v0 ^ v1 ^ v2 ^ v3);
}
