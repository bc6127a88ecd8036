/** Verdicts stand on a token's text alone, and on what its memory says while that is still there: no engine is needed for them. */
import { describe, expect, it } from "vitest";
import { ACCEPTED, CLAIM_SUB, EXPIRED } from "../../../src/abi.js";
import { AcceptedToken } from "../../../src/verify/acceptedToken.js";
import type { LivePayloads } from "../../../src/verify/livePayloads.js";
import { Verdicts } from "../../../src/verify/verdicts.js";
import { NOW, signClaims } from "../../support/tokens.js";

const claims = { sub: "device", jti: "1", exp: NOW + 60 };
const token = signClaims(claims);
const header = { alg: "HS256", typ: "JWT" };

/** A memory that counts how often it is read, and says what no token does. */
class Memory implements LivePayloads {
  generation = 1;
  reads = 0;
  claims(record: number): unknown {
    this.reads++;
    return { sub: `record ${record}` };
  }
  claimText(record: number): string {
    this.reads++;
    return `record ${record}`;
  }
  expiry(record: number): number {
    this.reads++;
    return record;
  }
}

const judged = (from: number | undefined) => ({
  codes: Uint8Array.of(ACCEPTED, EXPIRED, ACCEPTED),
  texts: [token, signClaims({ exp: 1 }), token],
  issuers: undefined,
  faults: undefined,
  accepted: 2,
  chunk: from === undefined ? undefined : { from, generation: 1 },
  keys: undefined,
  rules: undefined,
  rulesAgain: undefined,
});

describe("an accepted token", () => {
  it("without memory is read from its text", () => {
    const accepted = new AcceptedToken(token);
    expect([accepted.claims, accepted.header, accepted.keyName, accepted.expiresAt()]).toEqual([claims, header, undefined, NOW + 60]);
    expect(accepted.identity()).toEqual({ iss: undefined, jti: "1", exp: NOW + 60 });
    expect(JSON.parse(JSON.stringify(accepted))).toEqual({ ok: true, claims, header });
  });

  it("is read from its memory until that is written over, and then from its text", () => {
    const memory = new Memory();
    const read = () => {
      const accepted = new AcceptedToken<object>(token, undefined, undefined, undefined, memory, 1, 5);
      return [accepted.text(CLAIM_SUB), accepted.expiresAt(), accepted.claims];
    };
    expect(read()).toEqual(["record 5", 5, { sub: "record 5" }]);
    memory.generation = 2;
    const { reads } = memory;
    expect(read()).toEqual(["device", NOW + 60, claims]);
    expect(memory.reads).toBe(reads);
  });
});

describe("the verdicts of a batch", () => {
  it("without memory are read from texts", () => {
    const verdicts = new Verdicts(judged(undefined));
    expect([...verdicts]).toMatchObject([
      { ok: true, claims, header },
      { ok: false, code: "EXPIRED" },
      { ok: true, claims },
    ]);
    expect([verdicts.claims(0), verdicts.subject(2), verdicts.expiresAt(0), verdicts.claims(1)]).toEqual([
      claims,
      "device",
      NOW + 60,
      undefined,
    ]);
  });

  it("are read from memory for the tokens of the chunk that is there, and only while it is", () => {
    const memory = new Memory();
    const verdicts = new Verdicts<object>(judged(2), memory);
    const read = () => [verdicts.claims(0), verdicts.claims(2), verdicts.subject(0), verdicts.subject(2), verdicts.expiresAt(2)];
    expect(read()).toEqual([claims, { sub: "record 0" }, "device", "record 0", 0]);
    memory.generation = 2;
    expect(read()).toEqual([claims, claims, "device", "device", NOW + 60]);
  });
});
