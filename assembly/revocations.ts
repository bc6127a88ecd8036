/**
 * Is a token revoked: by its `jti`, its subject, the name of its key, or because all of its issuer, or all there are, issued before a time
 * are? Most are not, and cost one line of memory.
 */
import {
  ACCEPTED,
  CLAIM_IAT,
  CLAIM_INVALID,
  CLAIM_ISS,
  CLAIM_JTI,
  CLAIM_SUB,
  CODES,
  CONTEXT_EXPECTED,
  FLAG_RAW,
  FLAG_TYPED,
  KEY_NAME,
  KEY_NAME_LENGTH,
  LARGEST_KID,
  LATEST_CONTEXT,
  LATEST_NAME,
  LATEST_NAME_LENGTH,
  LATEST_NUMBER,
  LONGEST_REVOKED,
  LOOKUP_BYTES,
  LOOKUP_COUNT,
  LOOKUPS,
  PINNED,
  RECORD_BYTES,
  RECORD_CLAIM,
  RECORD_CONTEXT,
  RECORD_FLAGS,
  RECORD_KEY,
  RECORD_REVOKED_ISSUER,
  RECORD_TEXTS,
  RECORD_TIMES,
  RECORDS,
  REVOCATION_STALE,
  REVOCATIONS,
  REVOCATIONS_ISSUERS,
  REVOCATIONS_MASK,
  REVOCATIONS_OF_ANY,
  REVOCATIONS_OF_ONE,
  REVOCATIONS_TAGS,
  REVOKED,
  REVOKED_BEFORE,
  REVOKED_ISSUE,
  REVOKED_KEY,
  REVOKED_KINDS,
  REVOKED_SUBJECT,
  REVOKED_TOKEN,
} from "../src/abi";
import { findNamed } from "./names";
import { find, fullHash, isTagged, kindOf, whatOf } from "./revocationTable";
import { hashText } from "./sipHash";
import { lengthOf, span, startOf } from "./span";
import { equalBytes, unescape } from "./text";

/** The claims that must be strings, by their flags. */
const NAMING_CLAIMS: u32 = (1 << CLAIM_ISS) | (1 << CLAIM_SUB) | (1 << CLAIM_JTI);

/** Bits of REVOKED_KINDS, for a kind n: entries of one issuer, 1 << n; of any, 16 << n. */
const TOKENS_OF_ONE: u32 = 1 << REVOKED_TOKEN;
const TOKENS_OF_ANY: u32 = 16 << REVOKED_TOKEN;
const TOKENS: u32 = TOKENS_OF_ONE | TOKENS_OF_ANY;
const SUBJECTS: u32 = 17 << REVOKED_SUBJECT;
const KEYS: u32 = 17 << REVOKED_KEY;
const ISSUES: u32 = 17 << REVOKED_ISSUE;

/** Begins a chunk, which the host has put the list of into REVOCATIONS, if there is one. */
export function beginRevocations(): void {
  const list = listAtHand();
  if (!list) return;
  store<u32>(LOOKUP_COUNT, 0);
  store<u32>(LATEST_NAME, 0);
  store<u32>(LATEST_CONTEXT, 0);
  const none = i32x4.splat(0);
  const ofOne = i32x4.bitmask(i32x4.ne(v128.load(list, REVOCATIONS_OF_ONE), none));
  const ofAny = i32x4.bitmask(i32x4.ne(v128.load(list, REVOCATIONS_OF_ANY), none));
  store<u32>(REVOKED_KINDS, ofOne | (ofAny << 4));
}

/** The list that the chunk's tokens are looked up in, or 0. */
export function listAtHand(): usize {
  return load<u32>(REVOCATIONS);
}

/** Has the list entries of some of these kinds? */
function hasSome(kinds: u32): bool {
  return (load<u32>(REVOKED_KINDS) & kinds) !== 0;
}

/**
 * Notes what an accepted token is to be looked up by, while it is at hand: ACCEPTED, or CLAIM_INVALID where `iss`, `sub` or `jti` is no
 * string, so that it could not be told whether it is revoked. `scratch` is free memory behind the payloads.
 */
export function noteRevocable(record: usize, scratch: usize): u32 {
  const flags = load<u32>(record, RECORD_FLAGS);
  const notText = flags & NAMING_CLAIMS & ~(flags >>> FLAG_TYPED);
  if (notText) return deny(record, ctz(notText));
  if (!hasSome(TOKENS | SUBJECTS | KEYS | ISSUES)) return ACCEPTED;
  const issuer = numberOfIssuer(record, scratch);
  store<u32>(record, issuer, RECORD_REVOKED_ISSUER);
  if (!hasSome(TOKENS)) return ACCEPTED;
  const text = readText(record, CLAIM_JTI, scratch);
  const length = lengthOf(text);
  if (length > <u32>LONGEST_REVOKED) return deny(record, CLAIM_JTI);
  if (!length || !(issuer || hasSome(TOKENS_OF_ANY))) return ACCEPTED;
  const hash = hashText(startOf(text), length);
  const lookup = lookupsEnd();
  store<u32>(LOOKUP_COUNT, load<u32>(LOOKUP_COUNT) + 1);
  store<u32>(lookup, fullHash(whatOf(REVOKED_TOKEN, issuer, length), hash));
  store<u32>(lookup, fullHash(whatOf(REVOKED_TOKEN, 0, length), hash), 4);
  store<u32>(lookup, <u32>record, 8);
  return ACCEPTED;
}

function lookupsEnd(): usize {
  return LOOKUPS + LOOKUP_BYTES * <usize>load<u32>(LOOKUP_COUNT);
}

/** Rejects those of `count` accepted tokens that are revoked, or, where the list `isStale`, all; returns how many. */
export function rejectListed(count: u32, isStale: bool, scratch: usize): u32 {
  let rejected: u32 = 0;
  if (load<u32>(LOOKUP_COUNT) > 1) {
    if (hasSome(TOKENS_OF_ONE)) touchTags(LOOKUPS);
    if (hasSome(TOKENS_OF_ANY)) touchTags(LOOKUPS + 4);
  }
  const end = lookupsEnd();
  for (let lookup: usize = LOOKUPS; lookup < end; lookup += LOOKUP_BYTES) {
    const record: usize = load<u32>(lookup, 8);
    if (mayBeRevoked(lookup) && isTokenRevoked(record, scratch)) rejected += reject(<u32>((record - RECORDS) / RECORD_BYTES), REVOKED);
  }
  if (!isStale && !hasSome(SUBJECTS | KEYS | ISSUES)) return rejected;
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(CODES + index) !== ACCEPTED) continue;
    if (isRevokedOtherwise(RECORDS + RECORD_BYTES * <usize>index, scratch)) rejected += reject(index, REVOKED);
    else if (isStale) rejected += reject(index, REVOCATION_STALE);
  }
  return rejected;
}

/**
 * Loads the tags that the look-ups' hashes of one kind lead to. In a large list nearly each of them waits for memory: a loop that does nothing else
 * waits for many at once. After the last look-up it takes up to three of an earlier chunk along.
 */
function touchTags(hashes: usize): void {
  const list = listAtHand();
  const tags: usize = load<u32>(list, REVOCATIONS_TAGS);
  const mask = load<u32>(list, REVOCATIONS_MASK);
  const end = lookupsEnd();
  let all: u32 = 0;
  for (let lookup = hashes; lookup < end; lookup += 4 * LOOKUP_BYTES) {
    const first = load<u8>(tags + (load<u32>(lookup) & mask));
    const second = load<u8>(tags + (load<u32>(lookup, LOOKUP_BYTES) & mask));
    const third = load<u8>(tags + (load<u32>(lookup, 2 * LOOKUP_BYTES) & mask));
    const fourth = load<u8>(tags + (load<u32>(lookup, 3 * LOOKUP_BYTES) & mask));
    all |= first | second | third | fourth;
  }
  // Kept, or the loads would not be made: where nothing is read, for payloads may be anywhere in their area.
  store<u32>(PINNED, all);
}

function reject(index: u32, code: u32): u32 {
  store<u8>(CODES + index, code);
  return 1;
}

/** By the tags alone: an entry of one token that has not this one's hash is none of its. */
function mayBeRevoked(lookup: usize): bool {
  const list = listAtHand();
  return (hasSome(TOKENS_OF_ONE) && isTagged(list, load<u32>(lookup))) || (hasSome(TOKENS_OF_ANY) && isTagged(list, load<u32>(lookup, 4)));
}

function isTokenRevoked(record: usize, scratch: usize): bool {
  return isRevoked(record, REVOKED_TOKEN, readText(record, CLAIM_JTI, scratch));
}

/** By its subject, its key, or the time it was issued at. */
function isRevokedOtherwise(record: usize, scratch: usize): bool {
  if (hasSome(SUBJECTS)) {
    const subject = readText(record, CLAIM_SUB, scratch);
    // What is longer than any entry may be is in none, and cannot be told from one that should be.
    if (lengthOf(subject) > <u32>LONGEST_REVOKED) return true;
    if (lengthOf(subject) && isRevoked(record, REVOKED_SUBJECT, subject)) return true;
  }
  if (hasSome(KEYS)) {
    const key: usize = load<u32>(record, RECORD_KEY);
    const name = span(load<u32>(key, KEY_NAME), load<u16>(key, KEY_NAME_LENGTH));
    if (lengthOf(name) && isRevoked(record, REVOKED_KEY, name)) return true;
  }
  return hasSome(ISSUES) && isRevoked(record, REVOKED_ISSUE, 0);
}

/** The text of a claim, a string, unescaped; 0 where it is absent. */
function readText(record: usize, claim: u32, scratch: usize): u64 {
  const flags = load<u32>(record, RECORD_FLAGS);
  if (!(flags & (1 << claim))) return 0;
  const slot = record + RECORD_TEXTS + 8 * <usize>(claim - CLAIM_ISS);
  const start: usize = load<u32>(slot);
  const length = load<u32>(slot, 4);
  return flags & (1 << (FLAG_RAW + claim)) ? span(scratch, unescape(start, start + length, scratch)) : span(start, length);
}

function deny(record: usize, claim: u32): u32 {
  store<u32>(record, claim, RECORD_CLAIM);
  return CLAIM_INVALID;
}

/** The number of a token's issuer; 0 where nothing of it alone is revoked. */
function numberOfIssuer(record: usize, scratch: usize): u32 {
  const context: usize = load<u32>(record, RECORD_CONTEXT);
  if (<u32>context === load<u32>(LATEST_CONTEXT)) return load<u32>(LATEST_NUMBER);
  const text = readText(record, CLAIM_ISS, scratch);
  const start = startOf(text);
  const length = lengthOf(text);
  if (!length || length > <u32>LARGEST_KID) return 0;
  if (isLatestName(start, length)) return load<u32>(LATEST_NUMBER);
  const issuer = findNamed(load<u32>(listAtHand(), REVOCATIONS_ISSUERS), hashText(start, length), start, length);
  // What was unescaped does not stay where it is.
  store<u32>(LATEST_NAME, start === scratch ? 0 : <u32>start);
  store<u32>(LATEST_NAME_LENGTH, length);
  store<u32>(LATEST_NUMBER, issuer ? load<u32>(issuer) : 0);
  store<u32>(LATEST_CONTEXT, load<u32>(context, CONTEXT_EXPECTED + 4) === 1 ? <u32>context : 0);
  return load<u32>(LATEST_NUMBER);
}

function isLatestName(start: usize, length: u32): bool {
  const latest: usize = load<u32>(LATEST_NAME);
  return latest !== 0 && load<u32>(LATEST_NAME_LENGTH) === length && equalBytes(latest, start, length);
}

/** Is the token revoked by an entry of a kind with a name, of its issuer or of any? */
function isRevoked(record: usize, kind: u32, name: u64): bool {
  const list = listAtHand();
  const issuer = load<u32>(record, RECORD_REVOKED_ISSUER);
  const start = startOf(name);
  const length = lengthOf(name);
  const hash = hashText(start, length);
  const field = 4 * <usize>kind;
  if (issuer && load<u32>(list + field, REVOCATIONS_OF_ONE) && covers(find(list, kind, issuer, start, length, hash), record)) return true;
  return load<u32>(list + field, REVOCATIONS_OF_ANY) !== 0 && covers(find(list, kind, 0, start, length, hash), record);
}

/** Does an entry that names the token revoke it, by when it was issued? */
function covers(entry: usize, record: usize): bool {
  if (!entry) return false;
  if (kindOf(entry) === REVOKED_TOKEN) return true;
  if (!(load<u32>(record, RECORD_FLAGS) & (1 << CLAIM_IAT))) return true;
  return !(load<f64>(record + RECORD_TIMES + 8 * <usize>CLAIM_IAT) >= load<f64>(entry, REVOKED_BEFORE));
}
