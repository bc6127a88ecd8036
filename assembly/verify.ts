/**
 * One chunk of tokens, from text to verdicts. This file is the pipeline; each step has a file of its own.
 *
 *     split → issuer → header → key → HMAC, several at a time → compare → decode → scan → judge → revoked?
 *
 * The host has written each token to the input area and its place into its record; a record of length 0 has its code
 * already. A token that fails leaves a code and nothing else. Tokens of HS384 and HS512 are hashed by another kernel, in a
 * second pass behind HS256's.
 *
 * Where several secrets serve tokens that name no key, one whose signature is not of the first is hashed again with the next, in a pass of
 * its own, until it has been tried with all of them.
 *
 * A token whose key is of an algorithm of the platform is NEEDS_PLATFORM: it is left when its shape and header are judged, and comes again
 * to `finishAuthentic` once the host has had its signature verified.
 */
import {
  ACCEPTED,
  ALGORITHM_HS256,
  ALGORITHM_HS384,
  ALGORITHM_RS256,
  BAD_SIGNATURE,
  CLAIM_INVALID,
  CLAIM_MISSING,
  CODES,
  CONTEXT_FORMS,
  CONTEXT_ISSUERS,
  CONTEXT_KEY_CLAIM,
  CONTEXT_NUMBER,
  CONTEXT_OPTIONS,
  EXPIRED,
  FAULT_COUNT,
  ISSUER_NOT_FOUND,
  ISSUERS,
  KEY_ALGORITHM,
  KEY_INNER,
  KEY_NOT_FOUND,
  LIFETIME_TOO_LONG,
  MALFORMED,
  MISSED_BLOCK,
  MISSED_FORM,
  MISSED_HEADER,
  MISSED_KEY,
  NEEDS_NUMBER,
  NEEDS_NUMBER_COUNT,
  NEEDS_PLATFORM,
  NEEDS_PLATFORM_COUNT,
  NEXT_PAYLOAD,
  OPTION_BYTES,
  OPTION_SHARED_SHAPES,
  PAYLOADS,
  PENDING,
  PENDING_512,
  PENDING_512_COUNT,
  RECORD_BLOCKS,
  RECORD_BYTES,
  RECORD_CONTEXT,
  RECORD_INNER,
  RECORD_KEY,
  RECORD_LENGTH,
  RECORD_MISSES,
  RECORD_PAYLOAD,
  RECORD_PAYLOAD_LENGTH,
  RECORD_SIGNING_LENGTH,
  RECORD_START,
  RECORDS,
  RETRY_COUNT,
  SIGNATURE_BYTES,
  SIGNATURE_RESTS,
  SIGNATURES,
  TAGS,
} from "../src/abi";
import { decodeBase64url } from "./base64url";
import { scanClaims } from "./claims";
import { findDot, findSecondDot, HS256_SIGNATURE, HS384_SIGNATURE, HS512_SIGNATURE, isWellFormed } from "./compact";
import { longSignatureMatches, signatureMatches } from "./equal";
import { areFirstBlocksLookedFor, beginFirstBlocks, learnFirstBlock, recallFirstBlock } from "./firstBlocks";
import { learnHeaderForm, rememberHeader } from "./header";
import { authenticateNext, padInPlace } from "./hmac";
import { authenticateNext512, padInPlace512 } from "./hmac512";
import { beginIssuers, contextOfIssuer, ISSUER_WINDOW, reachIssuers } from "./issuers";
import { beginOrder, countBlocks, inOrder, placeInOrder } from "./order";
import { checkTimes, compareExpectedAfterIssuer, judgeClaims } from "./policy";
import { beginRevocations, listAtHand, noteRevocable, rejectListed } from "./revocations";
import { beginSelection, defaultKey, isCode, nextKey, refreshHeaders, selectKey } from "./select";
import { learnShape, recallShape } from "./shapes";
import { wipeInput, wipeKernel, wipeKernel512 } from "./wipe";

/** Judges `count` tokens; returns how many are accepted. Codes are at CODES, the input area is wiped. */
export function verifyTokens(context: usize, count: u32, now: f64): u32 {
  beginChunk();
  let accepted: u32 = 0;
  for (let pending = admitAll(context, count); pending; pending = load<u32>(RETRY_COUNT) ? orderAgain(count) : 0) {
    accepted += settleAll(pending, now, false);
    learnFirstBlocks(pending);
  }
  if (load<u32>(PENDING_512_COUNT)) {
    for (let pending = order512(count); pending; pending = load<u32>(RETRY_COUNT) ? order512(count) : 0)
      accepted += settleAll(pending, now, true);
    wipeKernel512();
  }
  wipe(count);
  return accepted;
}

function beginChunk(): void {
  store<u32>(NEXT_PAYLOAD, PAYLOADS);
  store<u32>(PENDING_512_COUNT, 0);
  store<u32>(NEEDS_NUMBER_COUNT, 0);
  store<u32>(FAULT_COUNT, 0);
  beginRevocations();
}

/** Hashes and judges the tokens that are in order; returns how many are accepted. */
function settleAll(pending: u32, now: f64, is512: bool): u32 {
  const tagBytes: usize = is512 ? 64 : 32;
  let accepted: u32 = 0;
  let retries: u32 = 0;
  for (let place: u32 = 0; place < pending; ) {
    const group = is512 ? authenticateNext512(place, pending) : authenticateNext(place, pending);
    for (let lane: u32 = 0; lane < group; lane++) {
      const record = inOrder(place + lane);
      const code = judgeHashed(record, now, TAGS + tagBytes * lane, is512);
      if (code === BAD_SIGNATURE && tryNextKey(record)) retries++;
      else accepted += settle(record, code);
    }
    place += group;
  }
  store<u32>(RETRY_COUNT, retries);
  return accepted;
}

/** Gives a token the next key of its algorithm, with which it is PENDING as before; false where there is none. */
function tryNextKey(record: usize): bool {
  const next = nextKey(load<u32>(record, RECORD_KEY));
  if (!next) return false;
  const place = CODES + (record - RECORDS) / RECORD_BYTES;
  store<u8>(place, load<u8>(next, KEY_ALGORITHM) === <u8>ALGORITHM_HS256 ? PENDING : PENDING_512);
  store<u32>(record, <u32>next, RECORD_KEY);
  store<u32>(record, (load<u32>(record, RECORD_MISSES) & ~MISSED_BLOCK) | MISSED_KEY, RECORD_MISSES);
  return true;
}

/**
 * Orders the tokens of HS256 that have been given another key; returns how many there are. What they begin with is looked for only now, when
 * those before have taught theirs: see `learnFirstBlocks`.
 */
function orderAgain(count: u32): u32 {
  beginOrder();
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(CODES + index) !== PENDING) continue;
    const record = RECORDS + RECORD_BYTES * <usize>index;
    beginHashing(record, load<u32>(record, RECORD_KEY), load<u32>(record, RECORD_SIGNING_LENGTH));
    countBlocks(load<u32>(record, RECORD_BLOCKS));
  }
  return placeInOrder(count, PENDING);
}

/** Orders the tokens of HS384 and HS512, which the first pass has passed over; returns how many there are. */
function order512(count: u32): u32 {
  beginOrder();
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(CODES + index) === PENDING_512) countBlocks(load<u32>(RECORDS + RECORD_BYTES * <usize>index, RECORD_BLOCKS));
  }
  return placeInOrder(count, PENDING_512);
}

/** Characters in the signature of HS384 or HS512, whichever the key is for. */
function longSignature(key: usize): u32 {
  return load<u8>(key, KEY_ALGORITHM) === <u8>ALGORITHM_HS384 ? HS384_SIGNATURE : HS512_SIGNATURE;
}

/** Takes each token up to its key; returns how many are to be hashed with SHA-256, in order of their length. */
function admitAll(context: usize, count: u32): u32 {
  let forPlatform: u32 = 0;
  beginSelection(context, count);
  beginFirstBlocks();
  const hasIssuers = load<u32>(context, CONTEXT_ISSUERS) !== 0;
  beginIssuers();
  beginOrder();
  for (let index: u32 = 0; index < count; index++) {
    if (hasIssuers && index % ISSUER_WINDOW === 0) reachIssuers(context, index, min(count, index + ISSUER_WINDOW));
    const record = RECORDS + RECORD_BYTES * <usize>index;
    if (!load<u32>(record, RECORD_LENGTH)) continue;
    const code = admit(record, context, SIGNATURES + SIGNATURE_BYTES * <usize>index);
    store<u8>(CODES + index, code);
    if (code === PENDING) countBlocks(load<u32>(record, RECORD_BLOCKS));
    else if (code === NEEDS_PLATFORM) forPlatform++;
  }
  store<u32>(NEEDS_PLATFORM_COUNT, forPlatform);
  return placeInOrder(count, PENDING);
}

/** Splits one token, judges its header and makes it ready to be hashed: PENDING; NEEDS_PLATFORM; or a code. */
function admit(record: usize, context: usize, signature: usize): u32 {
  const start: usize = load<u32>(record, RECORD_START);
  const end = start + load<u32>(record, RECORD_LENGTH);
  const hasIssuers = load<u32>(context, CONTEXT_ISSUERS) !== 0;
  // `reachIssuers` has found it already.
  const first = hasIssuers ? <usize>load<u32>(record, RECORD_PAYLOAD) : findDot(start, end);
  const second = findSecondDot(first, end);
  if (second >= end || first === start || end === second + 1) return MALFORMED;
  if (second === first + 1 && !takesBytes(context)) return MALFORMED;

  const rules = hasIssuers ? contextOfIssuer(context, record) : context;
  if (!rules) return denyWellFormed(start, first, second, end, ISSUER_NOT_FOUND);
  store<u32>(record, <u32>rules, RECORD_CONTEXT);
  store<u16>(ISSUERS + 2 * ((record - RECORDS) / RECORD_BYTES), load<u16>(rules, CONTEXT_NUMBER));
  const key = selectKey(record, rules, start, first, second);
  if (isCode(key)) return denyWellFormed(start, first, second, end, <u32>key);
  const algorithm = load<u8>(key, KEY_ALGORITHM);
  if (algorithm !== <u8>ALGORITHM_HS256) {
    return algorithm >= <u8>ALGORITHM_RS256
      ? leaveToPlatform(record, key, first, second, end)
      : admit512(record, key, first, second, end, signature);
  }
  if (end - second - 1 !== HS256_SIGNATURE) return denyWellFormed(start, first, second, end, BAD_SIGNATURE);

  const length = <u32>(second - start);
  beginHashing(record, key, length);
  setSignatureAside(second + 1, signature);
  padInPlace(start, length, 64);
  store<u32>(record, length, RECORD_SIGNING_LENGTH);
  store<u32>(record, <u32>key, RECORD_KEY);
  store<u32>(record, <u32>first, RECORD_PAYLOAD);
  return PENDING;
}

/** What there is to be hashed of a token: all its blocks, or those after the first, where the state after that one is remembered. */
function beginHashing(record: usize, key: usize, length: u32): void {
  const blocks = (length + 72) >> 6;
  let inner: usize = 0;
  if (length >= 64 && areFirstBlocksLookedFor()) {
    inner = recallFirstBlock(key, load<u32>(record, RECORD_START));
    if (!inner) store<u32>(record, load<u32>(record, RECORD_MISSES) | MISSED_BLOCK, RECORD_MISSES);
  }
  store<u32>(record, inner ? blocks - 1 : blocks, RECORD_BLOCKS);
  store<u32>(record, <u32>(inner ? inner : key + KEY_INNER), RECORD_INNER);
}

/** The rest of `admit` for a key of HS384 or HS512: PENDING_512, or a code. No first blocks are remembered of these. */
function admit512(record: usize, key: usize, first: usize, second: usize, end: usize, signature: usize): u32 {
  const start: usize = load<u32>(record, RECORD_START);
  if (end - second - 1 !== longSignature(key)) return denyWellFormed(start, first, second, end, BAD_SIGNATURE);

  const length = <u32>(second - start);
  setSignatureAside(second + 1, signature);
  setSignatureAside(second + 1 + SIGNATURE_BYTES, signature - SIGNATURES + SIGNATURE_RESTS);
  store<u32>(record, padInPlace512(start, length, 128), RECORD_BLOCKS);
  store<u32>(record, length, RECORD_SIGNING_LENGTH);
  store<u32>(record, <u32>key, RECORD_KEY);
  store<u32>(record, <u32>first, RECORD_PAYLOAD);
  store<u32>(PENDING_512_COUNT, load<u32>(PENDING_512_COUNT) + 1);
  return PENDING_512;
}

/** What the host must know of a token that the platform verifies, and `finishAuthentic` after it: NEEDS_PLATFORM, or MALFORMED. */
function leaveToPlatform(record: usize, key: usize, first: usize, second: usize, end: usize): u32 {
  const start: usize = load<u32>(record, RECORD_START);
  store<u32>(record, <u32>(second - start), RECORD_SIGNING_LENGTH);
  store<u32>(record, <u32>key, RECORD_KEY);
  store<u32>(record, <u32>first, RECORD_PAYLOAD);
  return denyWellFormed(start, first, second, end, NEEDS_PLATFORM);
}

/** Shape is judged before all else: a rejected token of the wrong shape is MALFORMED, whatever else it is. */
function denyWellFormed(start: usize, first: usize, second: usize, end: usize, code: u32): u32 {
  return isWellFormed(start, first, second, end, nextPayload()) ? code : MALFORMED;
}

/** Padding overwrites the signature; 48 bytes hold HS256's 43. */
function setSignatureAside(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
}

/** Gives one token its code; returns 1 when it is accepted. */
function settle(record: usize, code: u32): u32 {
  if (code === ACCEPTED && listAtHand()) code = noteRevocable(record, freeMemory());
  store<u8>(CODES + (record - RECORDS) / RECORD_BYTES, code);
  if (code === ACCEPTED) return 1;
  if (code === NEEDS_NUMBER) store<u32>(NEEDS_NUMBER_COUNT, load<u32>(NEEDS_NUMBER_COUNT) + 1);
  if (code === CLAIM_INVALID || code === CLAIM_MISSING) store<u32>(FAULT_COUNT, load<u32>(FAULT_COUNT) + 1);
  return 0;
}

/** Judges one hashed token. */
function judgeHashed(record: usize, now: f64, tag: usize, is512: bool): u32 {
  const place: usize = SIGNATURE_BYTES * ((record - RECORDS) / RECORD_BYTES);
  const length = decodePayload(record);
  const characters = is512 ? longSignature(load<u32>(record, RECORD_KEY)) : HS256_SIGNATURE;
  const isAuthentic = is512
    ? longSignatureMatches(tag, SIGNATURES + place, SIGNATURE_RESTS + place, characters)
    : signatureMatches(tag, SIGNATURES + place);
  if (!isAuthentic) return length >= 0 && isCanonical(place, characters) ? BAD_SIGNATURE : MALFORMED;
  return judgePayload(record, now, length);
}

/** Decodes the payload of a token that was admitted; returns its length, or -1. */
function decodePayload(record: usize): i32 {
  const first: usize = load<u32>(record, RECORD_PAYLOAD);
  const second: usize = load<u32>(record, RECORD_START) + load<u32>(record, RECORD_SIGNING_LENGTH);
  return decodeBase64url(first + 1, second, nextPayload());
}

/** Scans and judges the payload of an authentic token, just decoded to `length` bytes. */
function judgePayload(record: usize, now: f64, length: i32): u32 {
  if (length < 0) return MALFORMED;
  const context: usize = load<u32>(record, RECORD_CONTEXT);
  const start: usize = load<u32>(record, RECORD_START);
  const first: usize = load<u32>(record, RECORD_PAYLOAD);
  const payload = nextPayload();
  const end = payload + length;
  const scratch = (end + 64) & ~15;
  store<u32>(record, <u32>payload, RECORD_PAYLOAD);
  store<u32>(record, length, RECORD_PAYLOAD_LENGTH);
  let code: u32;
  if (takesBytes(context)) {
    code = ACCEPTED;
  } else if (recallShape(record, context, payload, length)) {
    code = checkTimes(record, context, now);
    if (code === ACCEPTED && load<u32>(context, CONTEXT_OPTIONS) & OPTION_SHARED_SHAPES)
      code = compareExpectedAfterIssuer(record, context, scratch);
  } else {
    code = scanClaims(record, context, payload, end);
    if (code === ACCEPTED) code = judgeClaims(record, context, now, scratch);
    if (code === ACCEPTED || isUntimely(code)) learnShape(record, context, payload, length, code, scratch);
  }
  if (code === ACCEPTED || code === NEEDS_NUMBER) store<u32>(NEXT_PAYLOAD, <u32>((end + 15) & ~15));
  if (code === ACCEPTED && load<u32>(record, RECORD_MISSES) & MISSED_HEADER) learnHeader(record, context, start, first);
  return code;
}

/** Are payloads bytes, of which nothing is judged? */
function takesBytes(context: usize): bool {
  return (load<u32>(context, CONTEXT_OPTIONS) & OPTION_BYTES) !== 0;
}

/** Remembers the header of an accepted token, and its form where it is of none that is known. */
function learnHeader(record: usize, context: usize, start: usize, first: usize): void {
  const algorithm = <u32>load<u8>(load<u32>(record, RECORD_KEY), KEY_ALGORITHM);
  // A header stands for the key that is tried first.
  const key = load<u32>(record, RECORD_MISSES) & MISSED_KEY ? defaultKey(context, algorithm) : <usize>load<u32>(record, RECORD_KEY);
  rememberHeader(context, start, first + 1, load<u32>(context, CONTEXT_KEY_CLAIM) ? <usize>algorithm : key);
  if (!(load<u32>(record, RECORD_MISSES) & MISSED_FORM) || !load<u32>(context, CONTEXT_FORMS)) return;
  const json = freeMemory();
  const length = decodeBase64url(start, first, json);
  if (length > 0) learnHeaderForm(context, json, json + length);
}

/** The codes that times alone lead to; they come before those of expected values. */
function isUntimely(code: u32): bool {
  return code >= <u32>EXPIRED && code <= <u32>LIFETIME_TOO_LONG;
}

/** Is a signature that was set aside strict base64url? Its first 48 characters decode by themselves. */
function isCanonical(place: usize, characters: u32): bool {
  const here = min<u32>(characters, SIGNATURE_BYTES);
  return (
    decodeBase64url(SIGNATURES + place, SIGNATURES + place + here, nextPayload()) >= 0 &&
    decodeBase64url(SIGNATURE_RESTS + place, SIGNATURE_RESTS + place + characters - here, nextPayload()) >= 0
  );
}

/**
 * Accepted tokens teach their first blocks, and only now: records point into the memory of first blocks until they are
 * hashed. To learn earlier would put the state after one token's first block under the rest of another token, and so
 * authenticate a splice of the two.
 */
function learnFirstBlocks(pending: u32): void {
  for (let place: u32 = 0; place < pending; place++) {
    const record = inOrder(place);
    if (!(load<u32>(record, RECORD_MISSES) & MISSED_BLOCK)) continue;
    if (load<u8>(CODES + (record - RECORDS) / RECORD_BYTES) === ACCEPTED) learnFirstBlock(record);
  }
}

/**
 * Judges `count` tokens whose signatures the platform has verified, each with the key whose address the host has put
 * into its record, by the context that it selected it in; returns how many are accepted. Nothing is taken on trust but the signature
 * itself: a token that does not select that very key, or a key the engine would hash for, is BAD_SIGNATURE; one whose key is gone
 * meanwhile, so that there is none in its record, KEY_NOT_FOUND.
 */
export function finishAuthentic(count: u32, now: f64): u32 {
  beginChunk();
  beginSelection(0, 0);
  // All headers come first: they are decoded where payloads go.
  for (let index: u32 = 0; index < count; index++) {
    const record = RECORDS + RECORD_BYTES * <usize>index;
    store<u8>(CODES + index, admitAuthentic(record, SIGNATURES + SIGNATURE_BYTES * <usize>index));
  }
  let accepted: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(CODES + index) !== PENDING) continue;
    const record = RECORDS + RECORD_BYTES * <usize>index;
    accepted += settle(record, judgePayload(record, now, decodePayload(record)));
  }
  wipe(count);
  return accepted;
}

/** The code of a token that comes from the platform: PENDING where it is the one that was verified. */
function admitAuthentic(record: usize, signature: usize): u32 {
  const verifiedWith = load<u32>(record, RECORD_KEY);
  if (!verifiedWith) return KEY_NOT_FOUND;
  const context: usize = load<u32>(record, RECORD_CONTEXT);
  refreshHeaders(context);
  const code = admit(record, context, signature);
  if (code === NEEDS_PLATFORM) return load<u32>(record, RECORD_KEY) === verifiedWith ? PENDING : BAD_SIGNATURE;
  return code === PENDING || code === PENDING_512 ? BAD_SIGNATURE : code;
}

/** Judges one deferred token again, the host having put the numbers it lacked into its record. */
export function resumeWithNumbers(index: u32, now: f64): u32 {
  const record = RECORDS + RECORD_BYTES * <usize>index;
  const code = judgeClaims(record, load<u32>(record, RECORD_CONTEXT), now, freeMemory());
  return code === ACCEPTED && listAtHand() ? noteRevocable(record, freeMemory()) : code;
}

/** Where the payload goes that is decoded next; it stays there if the token is accepted. */
function nextPayload(): usize {
  return load<u32>(NEXT_PAYLOAD);
}

/** What is after the payloads that stay. */
function freeMemory(): usize {
  return (nextPayload() + 64) & ~15;
}

/** The last step, after what is deferred: `count` tokens against the list of what is revoked; returns how many it rejects. */
export function rejectRevoked(count: u32, isStale: bool): u32 {
  return rejectListed(count, isStale, freeMemory());
}

/** No token outlives its batch in linear memory. */
function wipe(count: u32): void {
  if (!count) return;
  const last = RECORDS + RECORD_BYTES * <usize>(count - 1);
  const end: usize = load<u32>(last, RECORD_START) + load<u32>(last, RECORD_LENGTH);
  wipeInput(end);
  memory.fill(SIGNATURES, 0, SIGNATURE_BYTES * <usize>count);
  if (load<u32>(PENDING_512_COUNT)) memory.fill(SIGNATURE_RESTS, 0, SIGNATURE_BYTES * <usize>count);
  wipeKernel();
}
