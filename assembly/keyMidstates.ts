/** Midstates of many HMAC-SHA-256 keys (RFC 2104): what `keyMidstates` does for one, five side by side. */
import { INITIAL_STATE, INPUT, KEY_INNER, KEY_OUTER, RECORD_BYTES, RECORD_KEY, RECORDS, SCALAR_STATE, STATE, TAGS } from "../src/abi";
import { loadBlocks, loadStates, storeDigests } from "./lanes";
import { swapBytes } from "./rounds";
import { compressFive } from "./sha256x5";
import { wipeKernel } from "./wipe";

const LANES: u32 = 5;

/**
 * Writes both midstates of `count` keys into their records, whose addresses are in the tokens' records. The secrets stand in the input
 * area, 64 bytes each, filled up with zeros. They are wiped before this returns.
 */
export function keyMidstatesOf(count: u32): void {
  for (let from: u32 = 0; from < count; from += LANES) {
    mask(from, count, 0x36);
    hashPads(from, count, KEY_INNER);
    mask(from, count, 0x36 ^ 0x5c);
    hashPads(from, count, KEY_OUTER);
  }
  memory.fill(INPUT, 0, 64 * <usize>count);
  wipeKernel();
}

function mask(from: u32, count: u32, byte: u8): void {
  const all = i8x16.splat(byte);
  const end = INPUT + 64 * <usize>min<u32>(from + LANES, count);
  for (let place = INPUT + 64 * <usize>from; place < end; place += 16) v128.store(place, v128.xor(v128.load(place), all));
}

/** Where keys are fewer than lanes, the last one stands in for those that are not there. */
function hashPads(from: u32, count: u32, field: usize): void {
  const last = count - 1;
  copyState(INITIAL_STATE, SCALAR_STATE);
  loadStates(STATE, INITIAL_STATE, INITIAL_STATE, INITIAL_STATE, INITIAL_STATE);
  loadBlocks(pad(min(from + 1, last)), pad(min(from + 2, last)), pad(min(from + 3, last)), pad(min(from + 4, last)));
  compressFive(SCALAR_STATE, pad(from));
  copyState(SCALAR_STATE, recordOf(from) + field);
  storeDigests(TAGS);
  for (let lane: u32 = 1; lane < min<u32>(LANES, count - from); lane++) {
    const digest = TAGS + 32 * <usize>(lane - 1);
    const state = recordOf(from + lane) + field;
    v128.store(state, swapBytes(v128.load(digest)));
    v128.store(state, swapBytes(v128.load(digest, 16)), 16);
  }
}

function pad(index: u32): usize {
  return INPUT + 64 * <usize>index;
}

function recordOf(index: u32): usize {
  return load<u32>(RECORDS + RECORD_BYTES * <usize>index, RECORD_KEY);
}

function copyState(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
}
