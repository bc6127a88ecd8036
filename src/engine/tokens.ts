/** Tokens on their way into linear memory: what is a token by its type, and where each goes. */
import * as abi from "../abi.js";
import { isBytes, lengthOfBytes, viewOf } from "../base/brands.js";
import { latin1Text } from "../runtime/text.js";
import { type Memory, recordOf } from "./memory.js";

const INPUT_END = abi.INPUT + abi.INPUT_BYTES;
/** Where a token goes that does not fit the chunk. */
export const FULL = -1;

/** The text of what was given as a token: bytes are as good as a string. Undefined for anything else, which is no token. */
export function tokenText(given: unknown, longest: number): string | undefined {
  if (typeof given === "string") return given;
  // None of a buffer that was transferred away.
  if (!isBytes(given)) return undefined;
  return lengthOfBytes(given) === 0 ? "" : latin1Text(viewOf(given, longest + 1));
}

/**
 * Writes as many of `tokens` as fit one chunk, beginning with number `from`, and their texts to `texts`; returns how many. `total` is how
 * many tokens there were when the batch began: what reading them does to the array changes nothing.
 */
export function writeTokens(
  memory: Memory,
  tokens: readonly unknown[],
  from: number,
  total: number,
  longest: number,
  texts: unknown[],
): number {
  const end = Math.min(total, from + abi.CHUNK_TOKENS);
  let cursor = abi.INPUT;
  let index = from;
  for (; index < end; index++) {
    const token = tokenText(tokens[index], longest);
    cursor = writeToken(memory, token ?? "", index - from, cursor, longest);
    if (cursor === FULL) break;
    texts[index] = token;
  }
  return index - from;
}

/**
 * Writes one token to the input area at `cursor`, and its place into its record; returns where the next one goes. What
 * is no token by its length or its characters is not kept: its record has length 0, and its code is there already. It writes to the views
 * themselves: by `setWord` a call for one token took 2 % longer under Node 20.
 */
export function writeToken(memory: Memory, token: string, index: number, cursor: number, longest: number): number {
  const { bytes, words } = memory;
  const { length } = token;
  const record = recordOf(index);
  const lengthPlace = (record + abi.RECORD_LENGTH) >>> 2;
  words[(record + abi.RECORD_START) >>> 2] = cursor;
  words[lengthPlace] = 0;
  if (length === 0 || length > longest) {
    bytes[abi.CODES + index] = length === 0 ? abi.MALFORMED : abi.TOKEN_TOO_LONG;
    return cursor;
  }
  // A character may take three bytes: what does not surely fit waits for the next chunk.
  if (cursor + 3 * length + abi.TOKEN_SLACK > INPUT_END) return FULL;
  const written = memory.text.utf8Write(token, cursor);
  if (written !== length) {
    bytes.fill(0, cursor, cursor + written);
    bytes[abi.CODES + index] = abi.MALFORMED;
    return cursor;
  }
  words[lengthPlace] = length;
  return nextInput(cursor, length);
}

/** Where the next text goes after one of so many bytes: at the beginning of a line of the cache, beyond what padding takes. */
export function nextInput(cursor: number, length: number): number {
  return (cursor + length + abi.TOKEN_SLACK + 63) & ~63;
}

/** Wipes tokens that were written and not judged. */
export function wipeInput({ bytes }: Memory): void {
  bytes.fill(0, abi.INPUT, INPUT_END);
}
