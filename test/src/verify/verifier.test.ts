/** Verifiers as they are used: one token, many, again and again, and by callers who do odd things. */
import { describe, expect, it } from "vitest";
import { openEngine } from "../../../src/engine/openEngine.js";
import { createSigner, createVerifier, decode, JwtError, type Verifier } from "../../../src/index.js";
import { base64urlDecode, hmacSha256, sha256 } from "../../../src/primitives.js";
import { NOW, OTHER_TEST_SECRET, signClaims, signText, TEST_SECRET } from "../../support/tokens.js";

const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
const good = signClaims({ sub: "device", jti: "1", exp: NOW + 60 });
const expired = signClaims({ exp: NOW - 60 });

describe("verify", () => {
  it("gives claims and header of an accepted token", () => {
    const verdict = verifier.verify(good);
    expect(verdict).toMatchObject({ ok: true, claims: { sub: "device", jti: "1", exp: NOW + 60 }, header: { alg: "HS256", typ: "JWT" } });
  });

  it("gives a code, and nothing of the token, for a rejected one", () => {
    expect(verifier.verify(expired)).toEqual({ ok: false, code: "EXPIRED", claim: "exp" });
  });

  it.each([
    undefined,
    null,
    0,
    NaN,
    {},
    [],
    () => good,
    Symbol.iterator,
    new Date(),
    new Uint16Array(8),
    new Proxy({}, {}),
    10n,
    Object.create(Uint8Array.prototype),
    new Proxy(new Uint8Array(3), {}),
  ])("takes %o for no token and does not throw", (token) => {
    expect(verifier.verify(token as unknown as string)).toEqual({ ok: false, code: "MALFORMED" });
  });

  it("takes bytes whose buffer is shared or gone as they are", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(good.length));
    shared.set(Buffer.from(good));
    expect(verifier.verify(shared).ok).toBe(true);
    const gone = Uint8Array.from(Buffer.from(good));
    structuredClone(gone, { transfer: [gone.buffer] });
    expect(verifier.verify(gone)).toEqual({ ok: false, code: "MALFORMED" });
  });

  it("does not change the bytes it is given, nor hang on them afterwards", () => {
    const bytes = Uint8Array.from(Buffer.from(good));
    const verdict = verifier.verify(bytes);
    expect(Buffer.from(bytes).toString()).toBe(good);
    bytes.fill(0);
    verifier.verify(expired);
    expect(verdict).toMatchObject({ ok: true, claims: { sub: "device" } });
  });
});

describe("verifyOrThrow", () => {
  it("returns what is accepted", () => {
    expect(verifier.verifyOrThrow(good).claims.sub).toBe("device");
  });

  it("throws a JwtError with the verdict's code and claim", () => {
    expect(() => verifier.verifyOrThrow(expired)).toThrow(JwtError);
    expect(() => verifier.verifyOrThrow(expired)).toThrow(expect.objectContaining({ name: "JwtError", code: "EXPIRED", claim: "exp" }));
    expect(() => verifier.verifyOrThrow("a.b")).toThrow(expect.objectContaining({ code: "MALFORMED" }));
  });
});

describe("verifyBatch", () => {
  it.each([undefined, null, good, { length: 1, 0: good }, new Set([good]), 5])("refuses %o, which is no array", (tokens) => {
    expect(() => verifier.verifyBatch(tokens as unknown as string[])).toThrow(TypeError);
  });

  it("takes an array with holes: each is no token", () => {
    const tokens = [good];
    tokens[3] = good;
    expect([...verifier.verifyBatch(tokens).codes]).toEqual([0, 2, 2, 0]);
  });

  it("asks for the time once in a batch", () => {
    let asked = 0;
    const clocked = createVerifier({ keys: TEST_SECRET, currentDate: () => NOW + 100 * asked++ });
    expect(clocked.verifyBatch(Array<string>(3000).fill(good)).accepted).toBe(3000);
    expect(asked).toBe(1);
    expect(clocked.verify(good)).toMatchObject({ code: "EXPIRED" });
    expect(asked).toBe(2);
  });

  it.each([() => NaN, () => new Date(NaN), () => "1", () => undefined])(
    "throws where the clock gives no time, and goes on afterwards (%#)",
    (currentDate) => {
      const clocked = createVerifier({ keys: TEST_SECRET, currentDate: currentDate as () => number });
      expect(() => clocked.verify(good)).toThrow(TypeError);
      expect(verifier.verify(good).ok).toBe(true);
    },
  );
});

describe("validate", () => {
  it.each<[string, (claims: object) => unknown, boolean]>([
    ["true", () => true, true],
    ["false", () => false, false],
    ["undefined", () => undefined, false],
    ["1", () => 1, false],
    ['"true"', () => "true", false],
    ["a promise", () => Promise.resolve(true), false],
    [
      "an exception",
      () => {
        throw new Error("not this one");
      },
      false,
    ],
  ])("that gives %s", (_, validate, ok) => {
    const strict = createVerifier({ keys: TEST_SECRET, currentDate: NOW, validate: validate as (claims: object) => boolean });
    expect(strict.verify(good).ok).toBe(ok);
    const batch = strict.verifyBatch([good, expired, good]);
    expect([...batch.codes]).toEqual(ok ? [0, 9, 0] : [20, 9, 20]);
    expect(batch.accepted).toBe(ok ? 2 : 0);
  });

  it("is asked about accepted tokens only, with their claims", () => {
    const seen: unknown[] = [];
    const strict = createVerifier({ keys: TEST_SECRET, currentDate: NOW, validate: (claims) => seen.push(claims.sub) > 0 });
    strict.verifyBatch([expired, good, signText("x"), signClaims({ sub: "other" })]);
    expect(seen).toEqual(["device", "other"]);
  });

  it("may verify itself, with the same verifier", () => {
    const nested: Verifier = createVerifier({
      keys: TEST_SECRET,
      currentDate: NOW,
      validate: (claims) => claims.sub === "inner" || nested.verify(signClaims({ sub: "inner" })).ok,
    });
    expect(nested.verifyBatch([good, good]).accepted).toBe(2);
  });
});

describe("a caller whose array runs code while it is read", () => {
  /** An array of which the second token is got by a function. */
  function arrayWith(get: () => unknown): string[] {
    const tokens = [good, good, signText('{"a":1}')];
    Object.defineProperty(tokens, 1, { get });
    return tokens;
  }

  it.each<[string, () => unknown]>([
    ["verifies", () => verifier.verify(expired)],
    ["verifies a batch", () => verifier.verifyBatch([expired, expired])],
    [
      "verifies with another verifier",
      (() => {
        const other = createVerifier({ keys: OTHER_TEST_SECRET });
        return () => other.verify(good);
      })(),
    ],
    ["makes a verifier", () => createVerifier({ keys: OTHER_TEST_SECRET })],
    ["makes a verifier with a JWK", () => createVerifier({ keys: { kty: "oct", k: "A".repeat(43) } })],
    ["makes a signer", () => createSigner({ key: OTHER_TEST_SECRET })],
    ["decodes", () => decode(good)],
    ["decodes base64url", () => base64urlDecode("AAAA")],
    ["hashes", () => sha256(new Uint8Array(100))],
    ["authenticates", () => hmacSha256(TEST_SECRET, new Uint8Array(100))],
  ])("gets no verdict when it %s, and nothing is confused afterwards", (_, act) => {
    expect(() => verifier.verifyBatch(arrayWith(act))).toThrow(/within the reading/);
    expect([...verifier.verifyBatch([good, expired]).codes]).toEqual([0, 9]);
  });

  it.each<[string, () => unknown]>([
    ["verifies", () => verifier.verify(expired)],
    ["makes a verifier", () => createVerifier({ keys: OTHER_TEST_SECRET })],
    ["decodes", () => decode(expired)],
  ])("gets right verdicts when it %s and minds no error", (_, act) => {
    const tokens = arrayWith(() => {
      try {
        act();
      } catch {
        // The other tokens must come out right all the same.
      }
      return expired;
    });
    const batch = verifier.verifyBatch(tokens);
    expect([...batch.codes]).toEqual([0, 9, 0]);
    expect(batch.claims(2)).toEqual({ a: 1 });
  });

  it("cannot make the memory grow by verifiers that are refused", () => {
    const { memory } = openEngine().memory.exports;
    const before = memory.buffer.byteLength;
    const batch = verifier.verifyBatch(
      arrayWith(() => {
        for (let attempt = 0; attempt < 3000; attempt++)
          expect(() => createVerifier({ keys: OTHER_TEST_SECRET })).toThrow("within the reading");
        return good;
      }),
    );
    expect(batch.accepted).toBe(3);
    expect(memory.buffer.byteLength).toBe(before);
  });

  it.each<[string, number]>([
    ["shrinks to ten", 10],
    ["shrinks to nothing", 0],
    ["grows", 5000],
  ])("gets as many verdicts as there were tokens, though the array %s over the border of a chunk", (_, length) => {
    const tokens = Array<string>(1500).fill(good);
    Object.defineProperty(tokens, 5, {
      get: () => {
        tokens.length = length;
        return good;
      },
      configurable: true,
    });
    const batch = verifier.verifyBatch(tokens);
    const read = Math.min(1500, Math.max(length, 6));
    expect(batch.length).toBe(1500);
    expect(batch.accepted).toBeLessThanOrEqual(1500);
    expect([...batch.codes].filter((code) => code === 0).length).toBe(batch.accepted);
    if (length < 1500) expect([batch.codes[0], batch.codes[5], batch.codes[read], batch.codes[1499]]).toEqual([0, 0, 2, 2]);
  });

  it("gets a verdict on what was read, though the array shrinks or grows meanwhile", () => {
    const tokens = [good, good, good];
    Object.defineProperty(tokens, 1, {
      get: () => {
        tokens.length = 2;
        return expired;
      },
      configurable: true,
    });
    expect([...verifier.verifyBatch(tokens).codes].slice(0, 2)).toEqual([0, 9]);
  });
});

describe("a thousand verifiers", () => {
  it("all work side by side, each with its own key and options", () => {
    const secrets = Array.from({ length: 1000 }, (_, index) => Buffer.alloc(32, `test key ${index} `));
    const verifiers: Verifier[] = secrets.map((secret, index) =>
      createVerifier({ keys: secret, issuer: `issuer ${index}`, currentDate: NOW }),
    );
    verifiers.forEach((one, index) => {
      const own = signClaims({ iss: `issuer ${index}` }, { alg: "HS256" }, secrets[index]);
      const foreign = signClaims({ iss: `issuer ${index}` }, { alg: "HS256" }, secrets[(index + 1) % 1000]);
      const other = signClaims({ iss: "issuer" }, { alg: "HS256" }, secrets[index]);
      expect([...one.verifyBatch([own, foreign, other, own]).codes]).toEqual([0, 7, 14, 0]);
    });
  });

  it("leave the first one as it was", () => {
    expect(verifier.verify(good).ok).toBe(true);
  });
});
