/**
 * The name by which a token selects its key, for a host that has to get the key: read as the engine itself reads it to select one. The token
 * has proved nothing yet: use the name to look for a key, and for nothing else.
 */
import { MALFORMED, PAYLOADS, RECORD_NAME_LENGTH, RECORDS } from "../src/abi";
import { decodeBase64url } from "./base64url";
import { claimLength, claimStart, readClaim } from "./claimName";
import { findDot, findSecondDot } from "./compact";
import { judgeHeader, kidLength, kidStart } from "./header";

/**
 * The address of the name that the token `[start, end)` selects its key by, or 0; its length is in the first record. Without an entry that
 * names a claim it is the `kid`.
 */
export function readKeyName(start: usize, end: usize, entry: usize, isRegistered: bool): usize {
  const first = findDot(start, end);
  if (first >= end) return 0;
  if (!entry) {
    const length = decodeBase64url(start, first, PAYLOADS);
    // There is no context here: what its rules would say of the header does not matter.
    if (length < 0 || judgeHeader(0, PAYLOADS, PAYLOADS + length) === MALFORMED || !kidStart) return 0;
    store<u32>(RECORDS, kidLength, RECORD_NAME_LENGTH);
    return kidStart;
  }
  const second = findSecondDot(first, end);
  if (second >= end || !readClaim(first + 1, second, entry, isRegistered)) return 0;
  store<u32>(RECORDS, claimLength, RECORD_NAME_LENGTH);
  return claimStart;
}
