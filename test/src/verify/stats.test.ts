/** A verifier's counters: each token once, with the verdict that the caller was given. */
import { describe, expect, it } from "vitest";
import { VERDICT_NAMES } from "../../../src/base/codes.js";
import {
  createKeyTable,
  createVerifier,
  deriveKeys,
  type KeyResolver,
  resolveKeys,
  type VerifierOptions,
  type VerifierStats,
} from "../../../src/index.js";
import { createKeyRing } from "../../../src/keyring/index.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { createReplayGuard } from "../../../src/revocation/replayGuard.js";
import type { KeySource } from "../../../src/sources/keySource.js";
import { deviceKeys, deviceSecret, deviceToken, fleet, tableOf } from "../../support/devices.js";
import { PAIRS, signWith, withoutNodeCrypto } from "../../support/pairs.js";
import { testJwk, testSecret, tokenOf } from "../../support/ring.js";
import { NOW, signClaims, TEST_SECRET } from "../../support/tokens.js";

const good = signClaims({ sub: "device" });
const expired = signClaims({ exp: NOW - 60 });
const forged = `${good.slice(0, -4)}AAAA`;
const rules = { keys: TEST_SECRET, currentDate: NOW };

/** The codes that tokens had, and how many. */
function codesOf({ codes }: VerifierStats): Record<string, number> {
  return Object.fromEntries(Object.entries(codes).filter(([, count]) => count > 0));
}

/** How many batches there were of each size, by the bounds. */
function sizesOf({ batches }: VerifierStats): Record<string, number> {
  return Object.fromEntries(batches.sizes.filter(({ count }) => count > 0).map(({ upTo, count }) => [upTo, count]));
}

describe("stats", () => {
  it("are zeros in the beginning, of every code", () => {
    const stats = createVerifier(rules).stats();
    expect(stats).toMatchObject({ tokens: 0, accepted: 0, keys: 1, batches: { count: 0 } });
    expect(Object.keys(stats.codes)).toEqual(VERDICT_NAMES);
    expect(new Set(Object.values(stats.codes))).toEqual(new Set([0]));
    expect(stats.batches.sizes.map(({ upTo }) => upTo)).toEqual([1, 4, 16, 64, 256, 1024, 4096, Number.POSITIVE_INFINITY]);
  });

  it("count every way of verifying a token, each once", async () => {
    const verifier = createVerifier(rules);
    verifier.verify(good);
    await verifier.verifyAsync(expired);
    verifier.verifyOrThrow(good);
    expect(() => verifier.verifyOrThrow(forged)).toThrow();
    verifier.verifyBatch([good, expired, forged, forged]);
    await verifier.verifyBatchAsync([good, "", "a".repeat(9000)]);
    const stats = verifier.stats();
    expect(codesOf(stats)).toEqual({ ACCEPTED: 4, EXPIRED: 2, BAD_SIGNATURE: 3, MALFORMED: 1, TOKEN_TOO_LONG: 1 });
    expect(stats).toMatchObject({ tokens: 11, accepted: 4, batches: { count: 6 } });
    expect(sizesOf(stats)).toEqual({ 1: 4, 4: 2 });
  });

  it("tell batches by size, a single token being a batch of one and none no batch", () => {
    const verifier = createVerifier(rules);
    for (const size of [0, 1, 2, 4, 5, 16, 17, 64, 65, 256, 257, 1024, 1025, 4096, 4097]) verifier.verifyBatch(new Array(size).fill(""));
    verifier.verify("");
    expect(sizesOf(verifier.stats())).toEqual({ 1: 2, 4: 2, 16: 2, 64: 2, 256: 2, 1024: 2, 4096: 2, Infinity: 1 });
  });

  it("are a new object each time, which does not change", () => {
    const verifier = createVerifier(rules);
    const before = verifier.stats();
    verifier.verifyBatch([good, forged]);
    expect([before.tokens, before.codes.ACCEPTED, verifier.stats().tokens]).toEqual([0, 0, 2]);
  });

  it("are of one verifier alone", () => {
    const [one, other] = [createVerifier(rules), createVerifier(rules)];
    one.verify(good);
    expect([one.stats().tokens, other.stats().tokens]).toEqual([1, 0]);
  });

  it("have what `validate` rejected as such", async () => {
    const verifier = createVerifier({ ...rules, validate: () => false });
    verifier.verify(good);
    verifier.verifyBatch([good, expired]);
    await verifier.verifyBatchAsync([good]);
    expect(codesOf(verifier.stats())).toEqual({ VALIDATION_FAILED: 3, EXPIRED: 1 });
  });

  it("count tokens of public keys when their signature is verified", async () => {
    const verifier = createVerifier({ keys: { publicKey: PAIRS.EdDSA.publicKey }, currentDate: NOW });
    const token = signWith("EdDSA", "{}");
    const bad = `${token.slice(0, -8)}AAAAAAAA`;
    const promised = Promise.all([
      verifier.verifyAsync(token),
      verifier.verifyAsync(bad),
      verifier.verifyBatchAsync([token, bad, "a.b.c"]),
    ]);
    expect(verifier.stats().tokens).toBe(0);
    await promised;
    verifier.verify(token);
    verifier.verifyBatch([token, bad]);
    expect(codesOf(verifier.stats())).toEqual({ ACCEPTED: 4, BAD_SIGNATURE: 3, MALFORMED: 1 });
  });

  it("count a call that could give no verdict as nothing", () => {
    const verifier = withoutNodeCrypto(() => createVerifier({ keys: { publicKey: PAIRS.EdDSA.publicKey } }));
    expect(() => verifier.verify("a.b.c")).toThrow(TypeError);
    expect(() => verifier.verifyBatch(["a.b.c"])).toThrow(TypeError);
    expect(verifier.stats().tokens).toBe(0);
  });

  it.each<[string, KeyResolver]>([
    ["at once", (name) => ({ secret: deviceSecret(name) })],
    ["by a promise", async (name) => ({ secret: deviceSecret(name) })],
  ])("count tokens once that are judged again, their key having come %s", async (_, resolver) => {
    const verifier = createVerifier({ keys: resolveKeys(resolver), currentDate: NOW });
    await verifier.verifyAsync(deviceToken("a"));
    await verifier.verifyBatchAsync([deviceToken("a"), deviceToken("b"), deviceToken("c", 1), "a.b.c"]);
    const stats = verifier.stats();
    expect(codesOf(stats)).toEqual({ ACCEPTED: 3, BAD_SIGNATURE: 1, MALFORMED: 1 });
    expect(sizesOf(stats)).toEqual({ 1: 1, 4: 1 });
  });

  it("count a token without a key as such, alone and in a batch", async () => {
    const verifier = createVerifier({ keys: createKeyRing({ keys: testJwk("a") }), currentDate: NOW });
    verifier.verify(tokenOf("b"));
    await verifier.verifyAsync(tokenOf("b"));
    verifier.verifyBatch([tokenOf("a"), tokenOf("b")]);
    expect(codesOf(verifier.stats())).toEqual({ ACCEPTED: 1, KEY_NOT_FOUND: 3 });
  });
});

describe("the number of keys", () => {
  const derived = deriveKeys({ master: testSecret("master") });
  const ring = createKeyRing({ keys: { keys: [testJwk("a"), testJwk("b")] } });
  const issuers = ["a", "b"].map((issuer) => ({ issuer, keys: [{ kid: "1", secret: testSecret(issuer) }] }));
  it.each<[string, VerifierOptions, number | undefined]>([
    ["one secret", { keys: TEST_SECRET }, 1],
    ["several keys", { keys: deviceKeys(["a", "b", "c"]) }, 3],
    ["a set", { jwks: { keys: [testJwk("a"), testJwk("b")] } }, 2],
    ["a table", { keys: tableOf(fleet(50)) }, 50],
    ["an empty table", { keys: createKeyTable() }, 0],
    ["derived keys, none having been asked for", { keys: derived }, 0],
    ["a ring", { keys: ring }, 2],
    ["issuers, a ring that two of them have once", { issuers: [...issuers, { issuer: "c", keys: ring }, { issuer: "d", keys: ring }] }, 4],
    ["a source that does not say", { keys: { at: () => ({ load: () => [] }) } }, undefined],
  ])("is that of %s", (_, options, count) => {
    expect(createVerifier(options).stats().keys).toBe(count);
  });

  it("is that of the moment", () => {
    let now = NOW;
    const keys = createKeyRing({ keys: [testJwk("a"), testJwk("b", { exp: NOW + 10 })] });
    const verifier = createVerifier({ keys, currentDate: () => now });
    keys.add({ ...testJwk("c"), nbf: NOW + 10 });
    keys.add(testJwk("d"));
    expect(verifier.stats().keys).toBe(3);
    now += 10;
    expect(verifier.stats().keys).toBe(3);
    keys.remove("a");
    expect(verifier.stats().keys).toBe(2);
  });

  it("is not known where the clock or the source fails, and nothing is thrown", () => {
    const failing = () => {
      throw new Error("no");
    };
    let isBroken = false;
    const keys: KeySource = { at: () => (isBroken ? failing() : { size: 1, load: () => [] }) };
    const byKeys = createVerifier({ keys });
    const byClock = createVerifier({ keys: TEST_SECRET, currentDate: failing });
    isBroken = true;
    expect([byKeys.stats().keys, byClock.stats().keys]).toEqual([undefined, undefined]);
  });
});

describe("the revocation list", () => {
  it("of a verifier that has one is told of, as it is now", () => {
    let now = NOW;
    const store = { name: "the test's store", open: () => undefined, append: async () => undefined, close: async () => undefined };
    const revocation = createRevocationList({ store, maxStaleness: 30, currentDate: () => now });
    const verifier = createVerifier({ ...rules, revocation });
    revocation.apply([{ jti: "a" }, { jti: "b" }]);
    now += 40;
    expect(verifier.stats().revocations).toMatchObject({ entries: 2, staleness: 40, isStale: true });
    expect(createVerifier(rules).stats().revocations).toBeUndefined();
  });

  it("has its tokens counted by the code that they were given", () => {
    const revocation = createRevocationList();
    const verifier = createVerifier({ ...rules, revocation, replay: createReplayGuard() });
    const tokens = ["a", "b", "c"].map((jti) => signClaims({ jti, exp: NOW + 5 }));
    revocation.apply([{ jti: "b" }]);
    verifier.verifyBatch([...tokens, tokens[0] as string]);
    verifier.verify(tokens[1] as string);
    verifier.verify(tokens[2] as string);
    expect(verifier.stats()).toMatchObject({ tokens: 6, accepted: 2, codes: { ACCEPTED: 2, REVOKED: 2, REPLAYED: 2 } });
  });
});
