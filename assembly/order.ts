/**
 * Orders the records of a chunk that are pending by one hash by the number of blocks they still need: a counting sort, so
 * that the lanes of a group end together.
 */
import { BLOCK_COUNTS, BLOCK_COUNTS_ROOM, CODES, MOST_BLOCKS, ORDER, RECORD_BLOCKS, RECORD_BYTES, RECORDS } from "../src/abi";

export function beginOrder(): void {
  store<u32>(MOST_BLOCKS, 0);
}

/** Counts one pending record. */
export function countBlocks(blocks: u32): void {
  // No caller may pass so many; if one ever does, to stop is better than to count over other areas.
  if (blocks >= <u32>BLOCK_COUNTS_ROOM) unreachable();
  const most = load<u32>(MOST_BLOCKS);
  if (blocks > most) {
    memory.fill(BLOCK_COUNTS + 4 * <usize>(most + 1), 0, 4 * <usize>(blocks - most));
    store<u32>(MOST_BLOCKS, blocks);
  }
  const place = BLOCK_COUNTS + 4 * <usize>blocks;
  store<u32>(place, load<u32>(place) + 1);
}

/** Writes the addresses of those of `count` records that have the code `pending` to ORDER, shortest first; returns how many. */
export function placeInOrder(count: u32, pending: u32): u32 {
  const most = load<u32>(MOST_BLOCKS);
  let total: u32 = 0;
  for (let blocks: u32 = 1; blocks <= most; blocks++) {
    const place = BLOCK_COUNTS + 4 * <usize>blocks;
    const here = load<u32>(place);
    store<u32>(place, total);
    total += here;
  }
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(CODES + index) !== pending) continue;
    const record = RECORDS + RECORD_BYTES * <usize>index;
    const place = BLOCK_COUNTS + 4 * <usize>load<u32>(record, RECORD_BLOCKS);
    const position = load<u32>(place);
    store<u32>(place, position + 1);
    store<u32>(ORDER + 4 * <usize>position, <u32>record);
  }
  return total;
}

/** The record at a place in the order. */
export function inOrder(place: u32): usize {
  return load<u32>(ORDER + 4 * <usize>place);
}
