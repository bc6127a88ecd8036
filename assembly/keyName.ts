/**
 * The name by which a token selects its key, for a host that has to get the key: read as the engine itself reads it to select one. The token
 * has proved nothing yet: use the name to look for a key, and for nothing else.
 */
import { MALFORMED, PARSED_KID, PAYLOADS, RECORD_NAME_LENGTH, RECORDS } from "../src/abi";
import { decodeBase64url } from "./base64url";
import { readClaim } from "./claimName";
import { findDot, findSecondDot } from "./compact";
import { judgeHeader } from "./header";
import { lengthOf, startOf } from "./span";

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
    if (length < 0 || judgeHeader(0, PAYLOADS, PAYLOADS + length) === MALFORMED) return 0;
    return leave(load<u64>(PARSED_KID));
  }
  const second = findSecondDot(first, end);
  return second < end ? leave(readClaim(first + 1, second, entry, isRegistered)) : 0;
}

function leave(name: u64): usize {
  store<u32>(RECORDS, lengthOf(name), RECORD_NAME_LENGTH);
  return startOf(name);
}
