/**
 * Whose a token is: the issuer that it names selects the context it is judged by, and proves nothing.
 *
 * What belongs to a thousand issuers does not stay in the nearest caches, and a token needs much of it, one thing found by another: slot,
 * issuer's record, context, header, key, first block. So some tokens at a time have theirs loaded before the first of them is admitted,
 * one step of all before the next, in loops without branches, so that the processor waits for many at once. They only load: what is there
 * is found and compared anew for each token.
 */
import {
  CONTEXT_ISSUERS,
  CONTEXT_KEY_CLAIM,
  HEADER_MEANING,
  ISSUER_CONTEXT,
  KEY_OUTER,
  LATEST_ISSUER,
  NAME_ROOM,
  NAMES,
  RECORD_BYTES,
  RECORD_CONTEXT,
  RECORD_ISSUER,
  RECORD_KEY,
  RECORD_LENGTH,
  RECORD_NAME,
  RECORD_NAME_HASH,
  RECORD_NAME_LENGTH,
  RECORD_PAYLOAD,
  RECORD_START,
  RECORDS,
} from "../src/abi";
import { readClaim } from "./claimName";
import { findDot, findSecondDot } from "./compact";
import { touchFirstBlock } from "./firstBlocks";
import { headerEntry } from "./header";
import { findNamed, isNamed, likelyRecord } from "./names";
import { refreshHeaders } from "./select";
import { hashText } from "./sipHash";
import { lengthOf, startOf } from "./span";

/** Tokens that are looked up together: few enough that what they need is still near when they are admitted. */
export const ISSUER_WINDOW: u32 = 32;

/** Begins a chunk. */
export function beginIssuers(): void {
  store<u32>(LATEST_ISSUER, 0);
}

/** The context of the issuer that a token of the window names, before that is known to be true; 0 where it names none of them. */
export function contextOfIssuer(context: usize, record: usize): usize {
  const issuer = issuerOf(context, record);
  store<u32>(LATEST_ISSUER, <u32>issuer);
  if (!issuer) return 0;
  const rules: usize = load<u32>(issuer, ISSUER_CONTEXT);
  refreshHeaders(rules);
  return rules;
}

function issuerOf(context: usize, record: usize): usize {
  const known: usize = load<u32>(record, RECORD_ISSUER);
  const name: usize = load<u32>(record, RECORD_NAME);
  if (known || !name) return known;
  const hash = load<u32>(record, RECORD_NAME_HASH);
  return findNamed(load<u32>(context, CONTEXT_ISSUERS), hash, name, load<u32>(record, RECORD_NAME_LENGTH));
}

/** Reads the names of the tokens whose records are numbers `from` to `to`, and brings near what is theirs. */
export function reachIssuers(context: usize, from: u32, to: u32): void {
  const start = RECORDS + RECORD_BYTES * <usize>from;
  const end = RECORDS + RECORD_BYTES * <usize>to;
  if (!noteIssuers(context, start, end)) return;
  let all = touchContexts(load<u32>(context, CONTEXT_ISSUERS), start, end);
  all ^= touchHeaders(start, end);
  all ^= touchKeys(start, end);
  // Kept, or the loads would not be made.
  store<u32>(NAMES - 16, all);
}

/** Notes the names of the window's issuers; says whether there are others among them than the latest one. */
function noteIssuers(context: usize, start: usize, end: usize): bool {
  const entry: usize = load<u32>(context, CONTEXT_KEY_CLAIM);
  const latest: usize = load<u32>(LATEST_ISSUER);
  let hasOthers = false;
  let name: usize = NAMES;
  for (let record = start; record < end; record += RECORD_BYTES, name += NAME_ROOM) {
    store<u32>(record, 0, RECORD_NAME);
    store<u32>(record, 0, RECORD_ISSUER);
    const text: usize = load<u32>(record, RECORD_START);
    const textEnd = text + load<u32>(record, RECORD_LENGTH);
    const first = findDot(text, textEnd);
    const second = findSecondDot(first, textEnd);
    store<u32>(record, <u32>first, RECORD_PAYLOAD);
    const claim = second < textEnd ? readClaim(first + 1, second, entry, true) : 0;
    if (!claim) continue;
    if (latest && isNamed(latest, startOf(claim), lengthOf(claim))) {
      store<u32>(record, <u32>latest, RECORD_ISSUER);
      continue;
    }
    noteName(record, name, claim);
    hasOthers = true;
  }
  return hasOthers;
}

/** Copies a name to where it stays until the token is admitted. */
function noteName(record: usize, name: usize, claim: u64): void {
  const start = startOf(claim);
  const length = lengthOf(claim);
  for (let offset: usize = 0; offset < length; offset += 16) v128.store(name + offset, v128.load(start + offset));
  store<u32>(record, <u32>name, RECORD_NAME);
  store<u32>(record, length, RECORD_NAME_LENGTH);
  store<u32>(record, hashText(name, length), RECORD_NAME_HASH);
}

// Address 0 stands for what is not there: nothing but zeros follows it.

function touchContexts(issuers: usize, start: usize, end: usize): u32 {
  let all: u32 = 0;
  for (let record = start; record < end; record += RECORD_BYTES) {
    const rules: usize = load<u32>(likelyRecord(issuers, load<u32>(record, RECORD_NAME_HASH)), ISSUER_CONTEXT);
    store<u32>(record, <u32>rules, RECORD_CONTEXT);
    all ^= load<u32>(rules) ^ load<u32>(rules, 64);
  }
  return all;
}

function touchHeaders(start: usize, end: usize): u32 {
  let all: u32 = 0;
  for (let record = start; record < end; record += RECORD_BYTES) {
    const dot: usize = load<u32>(record, RECORD_PAYLOAD);
    const entry = headerEntry(load<u32>(record, RECORD_CONTEXT), dot + 1, <u32>(dot + 1) - load<u32>(record, RECORD_START));
    store<u32>(record, <u32>entry, RECORD_KEY);
    all ^= load<u32>(entry) ^ load<u32>(entry, 64);
  }
  return all;
}

function touchKeys(start: usize, end: usize): u32 {
  let all: u32 = 0;
  for (let record = start; record < end; record += RECORD_BYTES) {
    const key: usize = load<u32>(load<u32>(record, RECORD_KEY), HEADER_MEANING);
    all ^= load<u32>(key) ^ load<u32>(key, KEY_OUTER + 16) ^ touchFirstBlock(key, load<u32>(record, RECORD_START));
  }
  return all;
}
