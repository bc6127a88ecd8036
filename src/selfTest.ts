/**
 * Known answers, checked once when the engine starts: a miscompiled kernel must not judge a single token. The
 * repetition lets the runtime compile the hot path before the first real batch.
 */
import { ACCEPTED, BAD_SIGNATURE } from "./abi.js";
import { placeContext } from "./context.js";
import type { Engine } from "./engine.js";
import type { Plan } from "./options.js";

/** The example of RFC 7515 appendix A.1: its key, its token, and when it expires. */
const KEY = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const TOKEN =
  "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9" +
  ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ" +
  ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const BEFORE_EXPIRY = 1300819379;

/** Six groups of five lanes, and two tokens for the scalar kernel. */
const TOKENS = 32;
const ROUNDS = 4;

/** @throws Error when the engine gives a wrong answer; nothing may be verified with it then. */
export function selfTest(engine: Engine): void {
  const context = placeContext(engine, examplePlan());
  // Every third token is tampered with, each in another character of its signature.
  const tokens = Array.from({ length: TOKENS }, (_, index) => (index % 3 === 1 ? tamper(TOKEN, TOKEN.length - 2 - index) : TOKEN));
  const codes = new Uint8Array(TOKENS);
  for (let round = 0; round < ROUNDS; round++) {
    engine.verifyChunk(context.address, tokens, 0, 8192, BEFORE_EXPIRY, codes, []);
    if (codes.some((code, index) => code !== (index % 3 === 1 ? BAD_SIGNATURE : ACCEPTED))) {
      throw new Error("wasm-jwt: the engine failed its known-answer test");
    }
  }
  engine.release(context.address, context.size);
}

function tamper(token: string, place: number): string {
  return token.slice(0, place) + (token[place] === "A" ? "B" : "A") + token.slice(place + 1);
}

function examplePlan(): Plan {
  const binary = atob(KEY.replaceAll("-", "+").replaceAll("_", "/"));
  const secret = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return {
    keys: [{ kid: undefined, algorithm: "HS256", secret, isDefault: true }],
    source: undefined,
    algorithms: ["HS256"],
    expected: { issuer: ["joe"], audience: [], subject: [], jwtId: [], nonce: [] },
    typ: ["jwt"],
    crit: [],
    requiredClaims: [],
    clockTolerance: 0,
    maxTokenAge: undefined,
    maxLifetime: undefined,
    maxTokenLength: 8192,
    ignoreExpiration: false,
    ignoreNotBefore: false,
    now: () => BEFORE_EXPIRY,
    validate: undefined,
  };
}
