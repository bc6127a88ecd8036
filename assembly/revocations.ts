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
  LONGEST_REVOKED,
  LOOKUP_BYTES,
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
  REVOKED_SUBJECT,
  REVOKED_TOKEN,
} from "../src/abi";
import { findNamed } from "./names";
import { find, fullHash, isTagged, kindOf, whatOf } from "./revocationTable";
import { hashText } from "./sipHash";
import { equalBytes, unescape } from "./text";

/** The claims that must be strings, by their flags. */
const NAMING_CLAIMS: u32 = (1 << CLAIM_ISS) | (1 << CLAIM_SUB) | (1 << CLAIM_JTI);

/** The list of the chunk at hand, or 0, and what it has entries of; of tokens, those of one issuer and of any. */
let list: usize = 0;
let hasTokens: bool = false;
let hasOfOne: bool = false;
let hasOfAny: bool = false;
let hasSubjects: bool = false;
let hasKeys: bool = false;
let hasIssues: bool = false;

/** How many tokens of the chunk are to be looked up by their `jti`. */
let lookups: u32 = 0;

/** The claim that was read last, unescaped. */
let textStart: usize = 0;

/** `iss` of the token before, within a chunk, and its number: tokens of one issuer often come one behind the other. */
let latestName: usize = 0;
let latestLength: u32 = 0;
let latestNumber: u32 = 0;
/** The rules of that token where they expect one `iss` and no other, so that all that are accepted have it; else 0. */
let latestContext: usize = 0;

/** Begins a chunk; says whether there is a list. */
export function beginRevocations(): bool {
  list = load<u32>(REVOCATIONS);
  if (!list) return false;
  lookups = 0;
  latestName = 0;
  latestContext = 0;
  hasOfOne = load<u32>(list, REVOCATIONS_OF_ONE) !== 0;
  hasOfAny = load<u32>(list, REVOCATIONS_OF_ANY) !== 0;
  hasTokens = hasOfOne || hasOfAny;
  hasSubjects = has(REVOKED_SUBJECT);
  hasKeys = has(REVOKED_KEY);
  hasIssues = has(REVOKED_ISSUE);
  return true;
}

function has(kind: usize): bool {
  return (load<u32>(list + 4 * kind, REVOCATIONS_OF_ONE) | load<u32>(list + 4 * kind, REVOCATIONS_OF_ANY)) !== 0;
}

/**
 * Notes what an accepted token is to be looked up by, while it is at hand: ACCEPTED, or CLAIM_INVALID where `iss`, `sub` or `jti` is no
 * string, so that it could not be told whether it is revoked. `scratch` is free memory behind the payloads.
 */
export function noteRevocable(record: usize, scratch: usize): u32 {
  const flags = load<u32>(record, RECORD_FLAGS);
  const notText = flags & NAMING_CLAIMS & ~(flags >>> FLAG_TYPED);
  if (notText) return deny(record, ctz(notText));
  if (!(hasTokens || hasSubjects || hasKeys || hasIssues)) return ACCEPTED;
  const issuer = numberOfIssuer(record, scratch);
  store<u32>(record, issuer, RECORD_REVOKED_ISSUER);
  if (!hasTokens) return ACCEPTED;
  const length = readText(record, CLAIM_JTI, scratch);
  if (length > <u32>LONGEST_REVOKED) return deny(record, CLAIM_JTI);
  if (!length || !(issuer || hasOfAny)) return ACCEPTED;
  const hash = hashText(textStart, length);
  const lookup = LOOKUPS + LOOKUP_BYTES * <usize>lookups;
  lookups++;
  store<u32>(lookup, fullHash(whatOf(REVOKED_TOKEN, issuer, length), hash));
  store<u32>(lookup, fullHash(whatOf(REVOKED_TOKEN, 0, length), hash), 4);
  store<u32>(lookup, <u32>record, 8);
  return ACCEPTED;
}

/** Rejects those of `count` accepted tokens that are revoked, or, where the list `isStale`, all; returns how many. */
export function judgeRevocable(count: u32, isStale: bool, scratch: usize): u32 {
  let rejected: u32 = 0;
  if (lookups > 1) {
    if (hasOfOne) touchTags(LOOKUPS);
    if (hasOfAny) touchTags(LOOKUPS + 4);
  }
  const end: usize = LOOKUPS + LOOKUP_BYTES * <usize>lookups;
  for (let lookup: usize = LOOKUPS; lookup < end; lookup += LOOKUP_BYTES) {
    const record: usize = load<u32>(lookup, 8);
    if (mayBeRevoked(lookup) && isTokenRevoked(record, scratch)) rejected += reject(<u32>((record - RECORDS) / RECORD_BYTES), REVOKED);
  }
  if (!isStale && !(hasSubjects || hasKeys || hasIssues)) return rejected;
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(CODES + index) !== ACCEPTED) continue;
    if (isRevokedOtherwise(RECORDS + RECORD_BYTES * <usize>index, scratch)) rejected += reject(index, REVOKED);
    else if (isStale) rejected += reject(index, REVOCATION_STALE);
  }
  return rejected;
}

/**
 * Loads the tags that the look-ups' hashes of one kind lead to. In a large list nearly each of them waits for memory: a loop that does nothing else
 * waits for many at once. Behind the last look-up it takes up to three of an earlier chunk along.
 */
function touchTags(hashes: usize): void {
  const tags: usize = load<u32>(list, REVOCATIONS_TAGS);
  const mask = load<u32>(list, REVOCATIONS_MASK);
  const end: usize = LOOKUPS + LOOKUP_BYTES * <usize>lookups;
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
  return (hasOfOne && isTagged(list, load<u32>(lookup))) || (hasOfAny && isTagged(list, load<u32>(lookup, 4)));
}

function isTokenRevoked(record: usize, scratch: usize): bool {
  const length = readText(record, CLAIM_JTI, scratch);
  return isRevoked(record, REVOKED_TOKEN, load<u32>(record, RECORD_REVOKED_ISSUER), textStart, length, hashText(textStart, length));
}

/** By its subject, its key, or the time it was issued at. */
function isRevokedOtherwise(record: usize, scratch: usize): bool {
  const issuer = load<u32>(record, RECORD_REVOKED_ISSUER);
  if (hasSubjects) {
    const length = readText(record, CLAIM_SUB, scratch);
    // What is longer than any entry may be is in none, and cannot be told from one that should be.
    if (length > <u32>LONGEST_REVOKED) return true;
    if (length && isRevoked(record, REVOKED_SUBJECT, issuer, textStart, length, hashText(textStart, length))) return true;
  }
  if (hasKeys) {
    const key: usize = load<u32>(record, RECORD_KEY);
    const name: usize = load<u32>(key, KEY_NAME);
    const length = load<u16>(key, KEY_NAME_LENGTH);
    if (length && isRevoked(record, REVOKED_KEY, issuer, name, length, hashText(name, length))) return true;
  }
  return hasIssues && isRevoked(record, REVOKED_ISSUE, issuer, 0, 0, hashText(0, 0));
}

/** Leaves the text of a claim, a string, at `textStart`; returns its length, 0 where it is absent. */
function readText(record: usize, claim: u32, scratch: usize): u32 {
  const flags = load<u32>(record, RECORD_FLAGS);
  if (!(flags & (1 << claim))) return 0;
  const slot = record + RECORD_TEXTS + 8 * <usize>(claim - CLAIM_ISS);
  textStart = load<u32>(slot);
  if (!(flags & (1 << (FLAG_RAW + claim)))) return load<u32>(slot, 4);
  const length = unescape(textStart, textStart + load<u32>(slot, 4), scratch);
  textStart = scratch;
  return length;
}

function deny(record: usize, claim: u32): u32 {
  store<u32>(record, claim, RECORD_CLAIM);
  return CLAIM_INVALID;
}

/** The number of a token's issuer; 0 where nothing of it alone is revoked. */
function numberOfIssuer(record: usize, scratch: usize): u32 {
  const context: usize = load<u32>(record, RECORD_CONTEXT);
  if (context === latestContext) return latestNumber;
  const length = readText(record, CLAIM_ISS, scratch);
  if (!length || length > <u32>LARGEST_KID) return 0;
  if (latestName && latestLength === length && equalBytes(latestName, textStart, length)) return latestNumber;
  const issuer = findNamed(load<u32>(list, REVOCATIONS_ISSUERS), hashText(textStart, length), textStart, length);
  // What was unescaped does not stay where it is.
  latestName = textStart === scratch ? 0 : textStart;
  latestLength = length;
  latestNumber = issuer ? load<u32>(issuer) : 0;
  latestContext = load<u32>(context, CONTEXT_EXPECTED + 4) === 1 ? context : 0;
  return latestNumber;
}

function isRevoked(record: usize, kind: u32, issuer: u32, name: usize, length: u32, hash: u32): bool {
  const field = 4 * <usize>kind;
  if (issuer && load<u32>(list + field, REVOCATIONS_OF_ONE) && covers(find(list, kind, issuer, name, length, hash), record)) return true;
  return load<u32>(list + field, REVOCATIONS_OF_ANY) !== 0 && covers(find(list, kind, 0, name, length, hash), record);
}

/** Does an entry that names the token revoke it, by when it was issued? */
function covers(entry: usize, record: usize): bool {
  if (!entry) return false;
  if (kindOf(entry) === REVOKED_TOKEN) return true;
  if (!(load<u32>(record, RECORD_FLAGS) & (1 << CLAIM_IAT))) return true;
  return !(load<f64>(record + RECORD_TIMES + 8 * <usize>CLAIM_IAT) >= load<f64>(entry, REVOKED_BEFORE));
}
