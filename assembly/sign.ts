/**
 * Signs a chunk of claims sets (RFC 7515 §5.1). The host has written one encoded header with its dot, and each claims
 * set as JSON with its place in a record; the tokens are put together in the payload area.
 */
import {
  ALGORITHM_HS256,
  ALGORITHM_HS384,
  CODES,
  INPUT,
  KEY_ALGORITHM,
  KEY_INNER,
  MISSED_BLOCK,
  PAYLOADS,
  PENDING,
  RECORD_BLOCKS,
  RECORD_BYTES,
  RECORD_INNER,
  RECORD_KEY,
  RECORD_LENGTH,
  RECORD_MISSES,
  RECORD_PAYLOAD,
  RECORD_PAYLOAD_LENGTH,
  RECORD_SIGNING_LENGTH,
  RECORD_START,
  RECORDS,
  TAGS,
  TOKEN_SLACK,
} from "../src/abi";
import { encodeBase64url, encodeTwelve } from "./base64url";
import { HS384_SIGNATURE, HS512_SIGNATURE } from "./compact";
import { learnFirstBlock, recallFirstBlock } from "./firstBlocks";
import { authenticateNext, padInPlace } from "./hmac";
import { authenticateNext512, padInPlace512 } from "./hmac512";
import { beginOrder, countBlocks, inOrder, placeInOrder } from "./order";
import { wipeInput, wipeKernel, wipeKernel512 } from "./wipe";

const DOT: u8 = 0x2e;

/** Signs `count` records with `key`; the header is the `headerLength` bytes at `header`. */
export function signTokens(key: usize, header: usize, headerLength: u32, count: u32): void {
  const is512 = load<u8>(key, KEY_ALGORITHM) !== <u8>ALGORITHM_HS256;
  let inputEnd: usize = INPUT;
  let target: usize = PAYLOADS;
  beginOrder();
  for (let index: u32 = 0; index < count; index++) {
    const record = RECORDS + RECORD_BYTES * <usize>index;
    inputEnd = load<u32>(record, RECORD_START) + load<u32>(record, RECORD_LENGTH);
    const length = encodeSigningInput(record, key, header, headerLength, target);
    target += is512 ? pad512(record, target, length) : pad(record, key, target, length);
    store<u8>(CODES + index, PENDING);
    countBlocks(load<u32>(record, RECORD_BLOCKS));
  }
  placeInOrder(count, PENDING);
  // First blocks are learnt when all are hashed, as in `verify.ts`: records point into the memory of them until then.
  for (let place: u32 = 0; place < count; ) {
    const group = is512 ? authenticateNext512(place, count) : authenticateNext(place, count);
    for (let lane: u32 = 0; lane < group; lane++) {
      if (is512) appendSignature512(inOrder(place + lane), TAGS + 64 * <usize>lane);
      else appendSignature(inOrder(place + lane), TAGS + 32 * <usize>lane);
    }
    place += group;
  }
  for (let place: u32 = 0; place < count; place++) {
    const record = inOrder(place);
    if (load<u32>(record, RECORD_MISSES)) learnFirstBlock(record);
  }
  wipeInput(inputEnd);
  wipeKernel();
  if (is512) wipeKernel512();
}

/** header "." payload at `target`; returns its length. */
function encodeSigningInput(record: usize, key: usize, header: usize, headerLength: u32, target: usize): u32 {
  const start: usize = load<u32>(record, RECORD_START);
  const end = start + load<u32>(record, RECORD_LENGTH);
  v128.store(end, i64x2.splat(0));
  memory.copy(target, header, headerLength);
  const length = headerLength + encodeBase64url(start, end, target + headerLength);
  store<u32>(record, <u32>target, RECORD_START);
  store<u32>(record, length, RECORD_SIGNING_LENGTH);
  store<u32>(record, <u32>key, RECORD_KEY);
  return length;
}

/** Pads a signing input; returns how far behind it the next one goes. */
function pad(record: usize, key: usize, target: usize, length: u32): u32 {
  const blocks = padInPlace(target, length, 64);
  const inner = length >= 64 ? recallFirstBlock(key, target) : 0;
  store<u32>(record, inner ? blocks - 1 : blocks, RECORD_BLOCKS);
  store<u32>(record, <u32>(inner ? inner : key + KEY_INNER), RECORD_INNER);
  store<u32>(record, length >= 64 && !inner ? MISSED_BLOCK : 0, RECORD_MISSES);
  return 64 * blocks + TOKEN_SLACK;
}

/** The same for HS384 and HS512: a dot and six times sixteen characters are going to be written behind the signing input. */
function pad512(record: usize, target: usize, length: u32): u32 {
  store<u32>(record, padInPlace512(target, length, 128), RECORD_BLOCKS);
  store<u32>(record, 0, RECORD_MISSES);
  return (length + 97 + 127) & ~127;
}

/** "." and the signature, over the padding. */
function appendSignature(record: usize, tag: usize): void {
  const start = load<u32>(record, RECORD_START);
  const length = load<u32>(record, RECORD_SIGNING_LENGTH);
  const dot: usize = start + length;
  store<u8>(dot, DOT);
  v128.store(dot, encodeTwelve(v128.load(tag)), 1);
  v128.store(dot, encodeTwelve(v128.load(tag, 12)), 17);
  v128.store(dot, encodeTwelve(v128.and(v128.load(tag, 24), i64x2(-1, 0))), 33);
  store<u32>(record, start, RECORD_PAYLOAD);
  store<u32>(record, length + 44, RECORD_PAYLOAD_LENGTH);
}

function appendSignature512(record: usize, tag: usize): void {
  const isShort = load<u8>(load<u32>(record, RECORD_KEY), KEY_ALGORITHM) === <u8>ALGORITHM_HS384;
  const start = load<u32>(record, RECORD_START);
  const length = load<u32>(record, RECORD_SIGNING_LENGTH);
  const dot: usize = start + length;
  store<u8>(dot, DOT);
  for (let group: usize = 0; group < 5; group++) v128.store(dot + 16 * group, encodeTwelve(v128.load(tag + 12 * group)), 1);
  v128.store(dot, encodeTwelve(v128.and(v128.load(tag, 60), i32x4(-1, 0, 0, 0))), 81);
  store<u32>(record, start, RECORD_PAYLOAD);
  store<u32>(record, length + 1 + (isShort ? HS384_SIGNATURE : HS512_SIGNATURE), RECORD_PAYLOAD_LENGTH);
}
