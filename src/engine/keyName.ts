/** The name by which a token selects its key, as the engine reads it. */
import * as abi from "../abi.js";
import type { Engine } from "./engine.js";

/**
 * The name of a token that was judged, unverified: the `kid`, or a claim, which is a registered one or not. Undefined where there is none,
 * or one that is no text.
 */
export function readKeyName({ memory }: Engine, token: string, claim: string | undefined, isRegistered: boolean): string | undefined {
  memory.takeAreas();
  const { bytes, text } = memory;
  const entry = claim === undefined ? 0 : abi.NAMES;
  if (claim !== undefined) memory.setWord(entry, 0, text.utf8Write(claim, entry + abi.ENTRY_TEXT));
  const end = abi.INPUT + text.utf8Write(token, abi.INPUT);
  const start = memory.exports.readKeyName(abi.INPUT, end, entry, isRegistered ? 1 : 0);
  bytes.fill(0, abi.INPUT, end);
  const name = start ? text.utf8Slice(start, start + memory.word(abi.RECORDS, abi.RECORD_NAME_LENGTH)) : undefined;
  // Bytes that are not UTF-8 would become the name of another key.
  return name?.includes("\ufffd") ? undefined : name;
}
