/** Holds the library's verdicts against the reference's. */
import { deepStrictEqual } from "node:assert";
import type { BatchVerdicts, JwtClaims, Verdict } from "../../src/index.js";
import { type ReferenceOptions, type ReferenceVerdict, verify as verifyByReference } from "../reference/verify.js";

/** A verdict with its lazy parts read. */
export function plain(verdict: Verdict): ReferenceVerdict {
  return verdict.ok ? { ok: true, claims: verdict.claims, header: verdict.header } : { ...verdict };
}

/** Every verdict, its claims and header, and what can be read without building them. */
export function expectAsReference(batch: BatchVerdicts, tokens: readonly unknown[], options: ReferenceOptions): void {
  deepStrictEqual(batch.length, tokens.length);
  let accepted = 0;
  tokens.forEach((token, index) => {
    const expected = verifyByReference(token, options);
    // Before the claims are built: these read the engine's own notes.
    const read = { sub: batch.subject(index), jti: batch.jwtId(index), exp: batch.expiresAt(index) };
    deepStrictEqual(plain(batch.at(index)), expected);
    deepStrictEqual(read, expected.ok ? readable(expected.claims) : readable({}));
    if (expected.ok) accepted++;
  });
  deepStrictEqual(batch.accepted, accepted);
}

function readable(claims: JwtClaims): { sub: string | undefined; jti: string | undefined; exp: number | undefined } {
  const text = (name: string) => (Object.hasOwn(claims, name) && typeof claims[name] === "string" ? claims[name] : undefined);
  return { sub: text("sub"), jti: text("jti"), exp: claims.exp };
}
