/**
 * The engine, with an entrance to each step of `assembly/verify.ts` by itself: each function does one step for all records of
 * a chunk that has been judged before. For `bench/stages` alone.
 */

import { decodeBase64url } from "../../assembly/base64url";
import { scanClaims } from "../../assembly/claims";
import { findDot, findSecondDot } from "../../assembly/compact";
import { signatureMatches } from "../../assembly/equal";
import { recallFirstBlock } from "../../assembly/firstBlocks";
import { recallHeader } from "../../assembly/header";
import { authenticateNext, padInPlace } from "../../assembly/hmac";
import { loadBlocks } from "../../assembly/lanes";
import { beginOrder, countBlocks, placeInOrder } from "../../assembly/order";
import { checkTimes, judgeClaims } from "../../assembly/policy";
import { compressFive } from "../../assembly/sha256x5";
import { recallShape } from "../../assembly/shapes";
import { wipeInput } from "../../assembly/wipe";
import {
  INPUT,
  PAYLOADS,
  PENDING,
  RECORD_BLOCKS,
  RECORD_BYTES,
  RECORD_KEY,
  RECORD_LENGTH,
  RECORD_PAYLOAD,
  RECORD_PAYLOAD_LENGTH,
  RECORD_SHAPE,
  RECORD_SIGNING_LENGTH,
  RECORD_START,
  RECORDS,
  SCALAR_STATE,
  SIGNATURE_BYTES,
  SIGNATURES,
  TAGS,
} from "../../src/abi";

/** Each returns something that depends on all it did, so that nothing is left out. */
export function split(count: u32): usize {
  let sum: usize = 0;
  for (let index: u32 = 0; index < count; index++) {
    const record = recordOf(index);
    const start: usize = load<u32>(record, RECORD_START);
    const end = start + load<u32>(record, RECORD_LENGTH);
    const first = findDot(start, end);
    sum += first + findSecondDot(first, end);
  }
  return sum;
}

export function header(context: usize, count: u32): usize {
  let sum: usize = 0;
  for (let index: u32 = 0; index < count; index++) {
    const record = recordOf(index);
    const start: usize = load<u32>(record, RECORD_START);
    const end = start + load<u32>(record, RECORD_LENGTH);
    sum += recallHeader(context, start, findDot(start, end) + 1);
    sum += recallFirstBlock(load<u32>(record, RECORD_KEY), start);
  }
  return sum;
}

/** Padding, sorting and hashing; the signatures are overwritten. */
export function hash(count: u32): u32 {
  beginOrder();
  for (let index: u32 = 0; index < count; index++) {
    const record = recordOf(index);
    padInPlace(load<u32>(record, RECORD_START), load<u32>(record, RECORD_SIGNING_LENGTH), 64);
    countBlocks(load<u32>(record, RECORD_BLOCKS));
  }
  const pending = placeInOrder(count, PENDING);
  for (let place: u32 = 0; place < pending; ) place += authenticateNext(place, pending);
  return pending;
}

/** So many compressions of five blocks and nothing else. */
export function kernel(times: u32): void {
  for (; times; times--) {
    loadBlocks(INPUT, INPUT + 64, INPUT + 128, INPUT + 192);
    compressFive(SCALAR_STATE, INPUT + 256);
  }
}

export function compare(count: u32): u32 {
  let matches: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    if (signatureMatches(TAGS + 32 * <usize>(index % 5), SIGNATURES + SIGNATURE_BYTES * <usize>index)) matches++;
  }
  return matches;
}

/** From the first dot of each token's text; the payloads are left where they were. */
export function decode(count: u32): i32 {
  let sum: i32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const record = recordOf(index);
    const start: usize = load<u32>(record, RECORD_START);
    const end = start + load<u32>(record, RECORD_SIGNING_LENGTH);
    sum += decodeBase64url(findDot(start, end) + 1, end, load<u32>(record, RECORD_PAYLOAD));
  }
  return sum;
}

/** Held against its shape where it has one, as all the stages' claims sets have; scanned where not. */
export function scan(context: usize, count: u32): u32 {
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const record = recordOf(index);
    const payload: usize = load<u32>(record, RECORD_PAYLOAD);
    const length = load<u32>(record, RECORD_PAYLOAD_LENGTH);
    if (!recallShape(record, context, payload, length)) sum += scanClaims(record, context, payload, payload + length);
  }
  return sum;
}

export function judge(context: usize, count: u32, now: f64): u32 {
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const record = recordOf(index);
    sum += load<u32>(record, RECORD_SHAPE) ? checkTimes(record, context, now) : judgeClaims(record, context, now, PAYLOADS + 1000000);
  }
  return sum;
}

export function wipe(end: usize): void {
  wipeInput(end);
}

/** How many compressions of its own each token takes, the outer hash included. */
export function compressions(count: u32): u32 {
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count; index++) sum += load<u32>(recordOf(index), RECORD_BLOCKS) + 1;
  return sum;
}

function recordOf(index: u32): usize {
  return RECORDS + RECORD_BYTES * <usize>index;
}
