/**
 * Known answers, checked once for each algorithm before its first key is loaded: a miscompiled kernel must not judge a single
 * token. The repetition lets the runtime compile the hot path before the first real batch.
 */
import { ACCEPTED, BAD_SIGNATURE } from "../abi.js";
import type { SecretAlgorithm } from "../base/algorithms.js";
import { placeContext, release } from "./context.js";
import type { Engine } from "./engine.js";
import type { SecretKey } from "./key.js";
import { KeyMemory } from "./keyMemory.js";
import type { Policy } from "./policy.js";

/** The example of RFC 7515 appendix A.1: its key, its token, and when it expires; and the like, made with node:crypto. */
const KEY = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const PAYLOAD = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
/** Header and signature. */
const SEGMENTS = {
  HS256: ["eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"],
  HS384: ["eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzM4NCJ9", "zNYRMiE6HlDTUGWByO8O3N-5VGM4q9YOCsvIFakmhWHmujznVDOgrMKSR6LUI-VD"],
  HS512: ["eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9", "j7xb6e5uw-j5pt-T40gLdkAcjIOJTZIMVDTN6njnC90SBOhDT3-ZXU2PkROihw84os9xBB2YZB_Zr93qmkbr3Q"],
} as const satisfies Record<SecretAlgorithm, readonly [string, string]>;
const BEFORE_EXPIRY = 1300819379;

/** Groups of five lanes or of three, and one token for the scalar kernel. */
const COUNT = 31;
const ROUNDS = 4;

/** @throws Error when the engine gives a wrong answer; nothing may be verified with it then. */
export function selfTest(engine: Engine, algorithm: SecretAlgorithm): void {
  const keys = new KeyMemory(engine);
  keys.put([[exampleKey(algorithm)]]);
  const context = placeContext(engine, examplePolicy(algorithm), keys);
  const [header, signature] = SEGMENTS[algorithm];
  const right = `${header}.${PAYLOAD}.${signature}`;
  // Every third token is tampered with, each in another character of its signature.
  const tokens = Array.from({ length: COUNT }, (_, index) => (index % 3 === 1 ? tamper(right, right.length - 2 - index) : right));
  const codes = new Uint8Array(COUNT);
  for (let round = 0; round < ROUNDS; round++) {
    engine.chunks.verifyChunk(context.address, tokens, 0, 8192, BEFORE_EXPIRY, codes, []);
    if (codes.some((code, index) => code !== (index % 3 === 1 ? BAD_SIGNATURE : ACCEPTED))) {
      throw new Error("wasm-jwt: the engine failed its known-answer test");
    }
  }
  release(engine, context, true);
  keys.release();
}

function tamper(token: string, place: number): string {
  return token.slice(0, place) + (token[place] === "A" ? "B" : "A") + token.slice(place + 1);
}

function exampleKey(algorithm: SecretAlgorithm): SecretKey {
  const binary = atob(KEY.replaceAll("-", "+").replaceAll("_", "/"));
  const secret = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return { kid: undefined, algorithm, secret, isDefault: true };
}

function examplePolicy(algorithm: SecretAlgorithm): Policy {
  return {
    keyClaim: undefined,
    algorithms: [algorithm],
    expected: { issuer: ["joe"], audience: [], subject: [], jwtId: [], nonce: [] },
    typ: ["jwt"],
    crit: [],
    requiredClaims: [],
    needsTextId: false,
    takesBytes: false,
    clockTolerance: 0,
    maxTokenAge: undefined,
    maxLifetime: undefined,
    ignoreExpiration: false,
    ignoreNotBefore: false,
  };
}
