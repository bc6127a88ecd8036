/** Verifiers whose keys come from a ring: what they judge by, and that a swap disturbs nobody. */
import { describe, expect, it, vi } from "vitest";
import { openEngine } from "../../../src/engine/openEngine.js";
import { createVerifier, type Verdict, type VerifierOptions } from "../../../src/index.js";
import { callback } from "../../../src/keyring/callback.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import type { KeySource } from "../../../src/sources/keySource.js";
import { ALGORITHM_NAMES, OTHER_PAIRS, PAIRS, signWith } from "../../support/pairs.js";
import { publicJwk, testJwk, testSecret, testSet, tokenOf } from "../../support/ring.js";
import { base64url, LONG_TEST_SECRET, NOW, signClaims, signWith as signMac } from "../../support/tokens.js";

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

  it.each(ALGORITHM_NAMES)("judges by public keys of %s beside secrets, at once and by promise", async (alg) => {
    const ring = createKeyRing({ keys: { keys: [publicJwk("public", alg), testJwk("secret")] } });
    const verifier = createVerifier({ keys: ring, currentDate: NOW });
    const header = `{"alg":"${alg}","kid":"public"}`;
    const tokens = [
      signWith(alg, '{"sub":"a"}', header),
      tokenOf("secret"),
      signWith(alg, '{"sub":"b"}', header, OTHER_PAIRS[alg].privateKey),
      signWith(alg, `{"exp":${NOW}}`, header),
      signClaims({}, { alg: "HS256", kid: "public" }, testSecret("secret")),
    ];
    const codes = ["ACCEPTED", "ACCEPTED", "BAD_SIGNATURE", "EXPIRED", "ALGORITHM_NOT_ALLOWED"];
    expect(tokens.map((token) => codeOf(verifier.verify(token)))).toEqual(codes);
    expect([...verifier.verifyBatch(tokens)].map(codeOf)).toEqual(codes);
    expect((await Promise.all(tokens.map((token) => verifier.verifyAsync(token)))).map(codeOf)).toEqual(codes);
    expect([...(await verifier.verifyBatchAsync(tokens))].map(codeOf)).toEqual(codes);
    ring.remove("public");
    expect([...verifier.verifyBatch([tokens[1] as string, tokens[0] as string])].map(codeOf)).toEqual(["ACCEPTED", "KEY_NOT_FOUND"]);
  });

  it("takes public keys in the forms a verifier takes them, with their times, but for CryptoKeys", async () => {
    const { publicKey } = PAIRS.EdDSA;
    const pem = publicKey.export({ type: "spki", format: "pem" }) as string;
    const token = signWith("EdDSA", "{}");
    for (const key of [pem, publicKey, { publicKey: pem }, { key: publicKey, nbf: NOW, exp: NOW + 1 }]) {
      expect(judge(token, createKeyRing({ keys: key }))).toBe("ACCEPTED");
    }
    const later = createKeyRing({ keys: { publicKey: pem, kid: "later", nbf: NOW + 1 } });
    expect(judge(token, later)).toBe("KEY_NOT_FOUND");
    const cryptoKey = await crypto.subtle.importKey("jwk", publicKey.export({ format: "jwk" }), "Ed25519", true, ["verify"]);
    expect(() => createKeyRing({ keys: { publicKey: cryptoKey } })).toThrow(
      "Expected `keys` to be PEM, DER, a JWK or a KeyObject: a ring cannot tell CryptoKeys apart",
    );
  });

  it.each(["HS384", "HS512"] as const)("takes a secret for %s", (alg) => {
    const ring = createKeyRing({ keys: { keys: [{ kty: "oct", k: base64url(LONG_TEST_SECRET), alg, kid: "a" }, testJwk("b")] } });
    expect(judge(signMac(alg, "{}", LONG_TEST_SECRET, "a"), ring)).toBe("ACCEPTED");
    expect(judge(tokenOf("b"), ring)).toBe("ACCEPTED");
    expect(judge(signMac(alg, "{}", LONG_TEST_SECRET, "b"), ring)).toBe("ALGORITHM_NOT_ALLOWED");
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
      "Expected `allowWeakSecrets` to be an option of the ring or table that `keys` is",
    );
  });

  it("takes no array, bytes or text for a ring, though they have an `at`", () => {
    expect(() => createVerifier({ keys: [] })).toThrow("Expected `keys` to be at least one key");
    expect(judge(signClaims({}, undefined, testSecret("a")), testSecret("a") as never)).toBe("ACCEPTED");
  });
});

describe("a promised verdict on a token of an unknown key", () => {
  /** A ring that knows `old`, and `new` once it was asked again. */
  function refreshable() {
    const ring = createKeyRing({ keys: testSet("old") });
    const refresh = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (refresh.mock.calls.length === 1) ring.add(testJwk("new"));
    });
    const missed = vi.fn();
    const keys: KeySource = { at: (now) => ring.at(now), missed, refresh };
    return { keys, refresh, missed, ring };
  }

  it("comes when the source was asked for others", async () => {
    const { keys, refresh, missed } = refreshable();
    const verifier = createVerifier({ keys, currentDate: NOW });
    expect(codeOf(await verifier.verifyAsync(tokenOf("new")))).toBe("ACCEPTED");
    expect(codeOf(await verifier.verifyAsync(tokenOf("none")))).toBe("KEY_NOT_FOUND");
    expect(refresh).toHaveBeenCalledTimes(2);
    expect(missed).not.toHaveBeenCalled();
  });

  it("comes of a load that the ring makes for it, if it may", async () => {
    let now = NOW;
    let set = testSet("old");
    const give = vi.fn(async () => set);
    const ring = createKeyRing({ source: callback(give, { coolDown: 30 }), currentDate: () => now });
    await ring.ready();
    const verifier = createVerifier({ keys: ring, currentDate: () => now });
    set = testSet("old", "new");
    expect(codeOf(await verifier.verifyAsync(tokenOf("new")))).toBe("KEY_NOT_FOUND");
    now += 30;
    const calls = [verifier.verifyAsync(tokenOf("new")), verifier.verifyAsync(tokenOf("none"))];
    expect((await Promise.all(calls)).map(codeOf)).toEqual(["ACCEPTED", "KEY_NOT_FOUND"]);
    expect(give).toHaveBeenCalledTimes(2);
    ring.close();
  });

  it("asks once for a batch, and judges no other token again", async () => {
    const { keys, refresh, ring } = refreshable();
    const verifier = createVerifier({ keys, currentDate: NOW, requiredClaims: ["sub"] });
    const tokens = Array.from({ length: 2500 }, (_, sub) => tokenOf(["old", "new", "none"][sub % 3] as string, { sub: `${sub}` }));
    tokens.push(tokenOf("new", { n: 1 }), tokenOf("old", { n: 2 }), "a.b.c", tokenOf("new", { sub: "s", exp: NOW }));
    const batch = verifier.verifyBatchAsync(tokens);
    ring.retire("old", NOW);
    const verdicts = await batch;
    const codes = ["ACCEPTED", "ACCEPTED", "KEY_NOT_FOUND"];
    expect([...verdicts].map(codeOf)).toEqual([
      ...tokens.slice(0, 2500).map((_, index) => codes[index % 3]),
      "CLAIM_MISSING",
      "CLAIM_MISSING",
      "MALFORMED",
      "EXPIRED",
    ]);
    expect(verdicts.accepted).toBe([...verdicts].filter(({ ok }) => ok).length);
    expect(verdicts.at(2500)).toMatchObject({ claim: "sub" });
    expect(verdicts.at(2501)).toMatchObject({ claim: "sub" });
    expect(verdicts.at(1)).toMatchObject({ ok: true, claims: { sub: "1" } });
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("is of a public key as well", async () => {
    const ring = createKeyRing({ keys: publicJwk("old", "EdDSA") });
    const refresh = async () =>
      ring.add({ ...publicJwk("new", "EdDSA"), ...OTHER_PAIRS.EdDSA.publicKey.export({ format: "jwk" }) } as never);
    const verifier = createVerifier({ keys: { at: (now) => ring.at(now), refresh }, currentDate: NOW });
    const token = signWith("EdDSA", '{"sub":"new"}', '{"alg":"EdDSA","kid":"new"}', OTHER_PAIRS.EdDSA.privateKey);
    const old = signWith("EdDSA", '{"sub":"old"}', '{"alg":"EdDSA","kid":"old"}');
    expect([...(await verifier.verifyBatchAsync([token, old]))].map(codeOf)).toEqual(["ACCEPTED", "ACCEPTED"]);
  });

  it("does not wait for a source that cannot be asked, but tells it", async () => {
    const { keys, missed, ring } = refreshable();
    const verifier = createVerifier({ keys: { at: (now) => keys.at(now), missed }, currentDate: NOW });
    expect(codeOf(await verifier.verifyAsync(tokenOf("new")))).toBe("KEY_NOT_FOUND");
    expect((await verifier.verifyBatchAsync([tokenOf("new"), tokenOf("old")])).accepted).toBe(1);
    expect(missed).toHaveBeenCalledTimes(2);
    expect(codeOf(await createVerifier({ keys: { at: (now) => ring.at(now) }, currentDate: NOW }).verifyAsync(tokenOf("new")))).toBe(
      "KEY_NOT_FOUND",
    );
  });
});

describe("a swap", () => {
  it("gives back the memory of the keys before", () => {
    const ring = createKeyRing({ keys: testJwk("a") });
    const verifier = createVerifier({ keys: ring });
    const engine = openEngine();
    const size = () => engine.memory.exports.memory.buffer.byteLength;
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
