/** One token, one verdict, under the test key at a fixed time. */
import { createVerifier, type VerifierOptions } from "../../src/index.js";
import type { ReferenceVerdict } from "../reference/verify.js";
import { plain } from "./compare.js";
import { NOW, signText, TEST_SECRET } from "./tokens.js";

type Options = Partial<VerifierOptions>;

export function judge(token: unknown, options: Options = {}): ReferenceVerdict {
  return plain(createVerifier({ keys: TEST_SECRET, currentDate: NOW, ...options }).verify(token as string));
}

/** The code of a verdict, "ACCEPTED" among them, with its claim: "CLAIM_MISSING exp". */
export function codeOf(token: unknown, options: Options = {}): string {
  const verdict = judge(token, options);
  if (verdict.ok) return "ACCEPTED";
  return verdict.claim === undefined ? verdict.code : `${verdict.code} ${verdict.claim}`;
}

/** The code for a payload that is signed as it stands. */
export function codeOfPayload(payload: string | Uint8Array, options: Options = {}): string {
  return codeOf(signText(payload), options);
}

/** The code for a header that is signed as it stands, over `{}`. */
export function codeOfHeader(header: string | Uint8Array, options: Options = {}): string {
  return codeOf(signText("{}", header), options);
}
