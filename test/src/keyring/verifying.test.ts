/** Verifiers whose keys come from a ring: what they judge by, and that a swap disturbs nobody. */
import { describe, expect, it, vi } from "vitest";
import { createVerifier, type Verdict, type VerifierOptions } from "../../../src/index.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import type { KeySource } from "../../../src/keys/source.js";
import { openEngine } from "../../../src/openEngine.js";
import { testJwk, testSecret, testSet, tokenOf } from "../../support/ring.js";
import { NOW, signClaims } from "../../support/tokens.js";

function codeOf(verdict: Verdict): string {
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

/** One verdict, under the keys of a ring at a fixed time. */
function judge(token: string, keys: KeySource, options: Partial<VerifierOptions> = {}): string {
  return codeOf(createVerifier({ keys, currentDate: NOW, ...options }).verify(token));
}

describe("a verifier with a ring", () => {
  it("judges by the keys of the ring", () => {
    const ring = createKeyRing({ keys: testSet("a", "b") });
    expect([judge(tokenOf("a"), ring), judge(tokenOf("b"), ring)]).toEqual(["ACCEPTED", "ACCEPTED"]);
    expect(judge(tokenOf("c"), ring)).toBe("KEY_NOT_FOUND");
    expect(judge(signClaims({}, { alg: "HS256", kid: "a" }, testSecret("b")), ring)).toBe("BAD_SIGNATURE");
  });

  it("keeps its other options through a swap", () => {
    const ring = createKeyRing({ keys: testJwk("a") });
    const verifier = createVerifier({
      keys: ring,
      currentDate: NOW,
      issuer: "https://auth.example.com",
      audience: ["one", "two"],
      requiredClaims: ["scope"],
      typ: "JWT",
      crit: ["x"],
      clockTolerance: 5,
      maxLifetime: 100,
      validate: (claims) => claims.scope !== "none",
    });
    const claims = { iss: "https://auth.example.com", aud: "two", scope: "all", iat: NOW - 50, exp: NOW - 3 };
    const sign = (kid: string, more: object) =>
      signClaims({ ...claims, ...more }, { alg: "HS256", typ: "JWT", kid, crit: ["x"], x: 1 }, testSecret(kid));
    for (const kid of ["a", "b", "c"]) {
      if (kid !== "a") ring.add(testJwk(kid));
      const codes = [
        {},
        { iss: "another" },
        { aud: "three" },
        { scope: undefined },
        { exp: NOW - 5 },
        { exp: NOW + 51 },
        { scope: "none" },
      ].map((more) => codeOf(verifier.verify(sign(kid, more))));
      expect(codes).toEqual([
        "ACCEPTED",
        "ISSUER_MISMATCH",
        "AUDIENCE_MISMATCH",
        "CLAIM_MISSING",
        "EXPIRED",
        "LIFETIME_TOO_LONG",
        "VALIDATION_FAILED",
      ]);
    }
  });

  it("takes a token without `kid` with the only key, or the default", () => {
    const token = signClaims({}, { alg: "HS256" }, testSecret("a"));
    const ring = createKeyRing({ keys: { secret: testSecret("a"), kid: "a" } });
    expect(judge(token, ring)).toBe("ACCEPTED");
    ring.add(testJwk("b"));
    expect(judge(token, ring)).toBe("KEY_NOT_FOUND");
    ring.remove("a");
    expect(judge(token, ring)).toBe("BAD_SIGNATURE");
    ring.add({ secret: testSecret("a"), kid: "a", default: true });
    expect(judge(token, ring)).toBe("ACCEPTED");
  });

  it("judges by the keys of its own time, whatever others ask for", () => {
    const ring = createKeyRing({ keys: [testJwk("old", { exp: NOW }), testJwk("new", { nbf: NOW })] });
    const [before, after] = [NOW - 1, NOW].map((currentDate) => createVerifier({ keys: ring, currentDate }));
    for (let turn = 0; turn < 3; turn++) {
      expect(["old", "new"].map((kid) => codeOf(before?.verify(tokenOf(kid)) as Verdict))).toEqual(["ACCEPTED", "KEY_NOT_FOUND"]);
      expect(["old", "new"].map((kid) => codeOf(after?.verify(tokenOf(kid)) as Verdict))).toEqual(["KEY_NOT_FOUND", "ACCEPTED"]);
    }
  });

  it("follows its clock over the end of a key", () => {
    let now = NOW;
    const ring = createKeyRing({ keys: testSet("a", "b") });
    const verifier = createVerifier({ keys: ring, currentDate: () => now });
    ring.retire("a", NOW + 10);
    expect(verifier.verify(tokenOf("a")).ok).toBe(true);
    now = NOW + 10;
    expect(verifier.verify(tokenOf("a"))).toEqual({ ok: false, code: "KEY_NOT_FOUND" });
    expect(verifier.verifyBatch([tokenOf("a"), tokenOf("b")]).accepted).toBe(1);
  });

  it("accepts nothing without keys, and says what is missing", () => {
    const ring = createKeyRing();
    const verifier = createVerifier({ keys: ring });
    const tokens = [
      tokenOf("a"),
      signClaims({}, { alg: "HS256" }, new Uint8Array(32)),
      signClaims({}, { alg: "HS256", kid: "" }, new Uint8Array(0)),
    ];
    expect(tokens.map((token) => codeOf(verifier.verify(token)))).toEqual(tokens.map(() => "KEY_NOT_FOUND"));
    expect([...verifier.verifyBatch(tokens)].map(codeOf)).toEqual(tokens.map(() => "KEY_NOT_FOUND"));
    expect(codeOf(verifier.verify(signClaims({}, { alg: "none" }, new Uint8Array(0))))).toBe("ALGORITHM_NOT_ALLOWED");
    ring.add(testJwk("a"));
    expect(verifier.verify(tokens[0] as string).ok).toBe(true);
    ring.remove("a");
    expect(tokens.map((token) => codeOf(verifier.verify(token)))).toEqual(tokens.map(() => "KEY_NOT_FOUND"));
  });

  it("allows the algorithms of the keys, or those it was told to", () => {
    const ring = createKeyRing({ keys: testJwk("a") });
    expect(judge(tokenOf("a"), ring, { algorithms: ["HS256"] })).toBe("ACCEPTED");
    expect(judge(signClaims({}, { alg: "RS256", kid: "a" }), ring)).toBe("ALGORITHM_NOT_ALLOWED");
  });

  it("tells the ring of unknown keys, and of nothing else", () => {
    const ring = createKeyRing({ keys: testSet("a", "b") });
    const missed = vi.fn();
    const verifier = createVerifier({ keys: { at: (now) => ring.at(now), missed } });
    verifier.verify(tokenOf("a"));
    verifier.verify("a.b.c");
    verifier.verify(signClaims({}, { alg: "HS256", kid: "a" }, testSecret("b")));
    verifier.verifyBatch([tokenOf("a"), "a.b.c"]);
    expect(missed).not.toHaveBeenCalled();
    verifier.verify(tokenOf("c"));
    expect(missed).toHaveBeenCalledTimes(1);
    verifier.verifyBatch([tokenOf("c"), tokenOf("a"), tokenOf("d")]);
    expect(missed).toHaveBeenCalledTimes(2);
  });

  it("asks the ring once for each call", () => {
    const ring = createKeyRing({ keys: testSet("a", "b") });
    const at = vi.fn((now: number) => ring.at(now));
    const verifier = createVerifier({ keys: { at }, currentDate: NOW });
    expect(at).not.toHaveBeenCalled();
    verifier.verify(tokenOf("a"));
    verifier.verifyBatch(Array.from({ length: 3000 }, (_, sub) => tokenOf("b", { sub })));
    expect(at.mock.calls).toEqual([[NOW], [NOW]]);
  });

  it("refuses an option that is the ring's", () => {
    expect(() => createVerifier({ keys: createKeyRing(), allowWeakSecrets: true })).toThrow(
      "Expected `allowWeakSecrets` to be an option of the ring that `keys` is",
    );
  });

  it("takes no array, bytes or text for a ring, though they have an `at`", () => {
    expect(() => createVerifier({ keys: [] })).toThrow("Expected `keys` to be at least one key");
    expect(judge(signClaims({}, undefined, testSecret("a")), testSecret("a") as never)).toBe("ACCEPTED");
  });
});

describe("a swap", () => {
  it("gives back the memory of the keys before", () => {
    const ring = createKeyRing({ keys: testJwk("a") });
    const verifier = createVerifier({ keys: ring });
    const engine = openEngine();
    const size = () => engine.exports.memory.buffer.byteLength;
    verifier.verify(tokenOf("a"));
    const before = size();
    for (let turn = 0; turn < 2000; turn++) {
      ring.add(testJwk(`k${turn}`));
      expect(verifier.verify(tokenOf(`k${turn}`)).ok).toBe(true);
      ring.remove(`k${turn}`);
    }
    expect(size() - before).toBeLessThanOrEqual(65_536);
  });

  it("within the reading of a batch takes effect with the next", () => {
    const ring = createKeyRing({ keys: testSet("old", "other") });
    const verifier = createVerifier({ keys: ring, currentDate: NOW });
    const tokens = Array.from({ length: 2500 }, (_, sub) => tokenOf("old", { sub }));
    const swapping = new Proxy(tokens, {
      get(target, property) {
        if (property === "1500") ring.remove("old");
        return Reflect.get(target, property);
      },
    });
    expect(verifier.verifyBatch(swapping).accepted).toBe(2500);
    expect(verifier.verifyBatch(tokens).accepted).toBe(0);
  });

  it("while the length of a batch is read is over before it begins", () => {
    const ring = createKeyRing({ keys: testSet("old", "other") });
    const verifier = createVerifier({ keys: ring, currentDate: NOW });
    verifier.verify(tokenOf("old"));
    const swapping = new Proxy([tokenOf("old"), tokenOf("other")], {
      get(target, property) {
        if (property === "length") {
          ring.remove("old");
          verifier.verify(tokenOf("other"));
        }
        return Reflect.get(target, property);
      },
    });
    expect([...verifier.verifyBatch(swapping)].map(codeOf)).toEqual(["KEY_NOT_FOUND", "ACCEPTED"]);
  });

  it("leaves verdicts of before readable", () => {
    const ring = createKeyRing({ keys: testJwk("a") });
    const verifier = createVerifier({ keys: ring });
    const [single, batch] = [verifier.verify(tokenOf("a", { sub: "one" })), verifier.verifyBatch([tokenOf("a", { sub: "two" })])];
    ring.remove("a");
    verifier.verify(tokenOf("a"));
    expect([single, batch.at(0)]).toMatchObject([
      { ok: true, claims: { sub: "one" } },
      { ok: true, claims: { sub: "two" } },
    ]);
  });

  it("a thousand times under load makes no wrong verdict", () => {
    const ring = createKeyRing({ keys: testSet("stays", "key 0") });
    const verifiers = [
      createVerifier({ keys: ring, currentDate: NOW }),
      createVerifier({ keys: ring, currentDate: NOW, maxTokenLength: 4096 }),
    ];
    let judged = 0;
    for (let turn = 1; turn <= 1000; turn++) {
      const [old, current, next] = [`key ${turn - 1}`, `key ${turn}`, `key ${turn + 1}`];
      ring.add(testJwk(current));
      // Both the old and the new key, for as long as the rotation overlaps; each token is another one.
      const tokens = Array.from({ length: 100 }, (_, sub) => tokenOf(["stays", old, current, next][sub % 4] as string, { sub, turn }));
      tokens.push(signClaims({ turn }, { alg: "HS256", kid: old }, testSecret(current)));
      const [both, after] = [expected(tokens, ["stays", old, current], current), expected(tokens, ["stays", current], current)];
      for (const verifier of verifiers) expect([...verifier.verifyBatch(tokens).codes]).toEqual(both);
      ring.remove(old);
      for (const verifier of verifiers) expect([...verifier.verifyBatch(tokens).codes]).toEqual(after);
      expect(verifiers.map((verifier) => codeOf(verifier.verify(tokens[turn % 100] as string)))).toEqual(
        verifiers.map(() => (after[turn % 100] ? "KEY_NOT_FOUND" : "ACCEPTED")),
      );
      judged += 4 * tokens.length + 2;
    }
    expect(judged).toBeGreaterThan(400_000);
  });
});

const [ACCEPTED, KEY_NOT_FOUND, BAD_SIGNATURE] = [0, 6, 7];

/** What a plain reading says: is the key there, and is the signature its own? */
function expected(tokens: readonly string[], kids: readonly string[], forger: string): number[] {
  return tokens.map((token, index) => {
    const { kid } = JSON.parse(Buffer.from(token.split(".")[0] as string, "base64url").toString());
    if (!kids.includes(kid)) return KEY_NOT_FOUND as number;
    return (index === 100 && kid !== forger ? BAD_SIGNATURE : ACCEPTED) as number;
  });
}
