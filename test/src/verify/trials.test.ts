/** Secrets without `kid`: a token that names none is tried with each of its algorithm, wherever tokens are judged. */
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/index.js";
import { createBatcher, createVerifier, type VerifierOptions } from "../../../src/index.js";
import { createKeyRing } from "../../../src/keyring/index.js";
import { createReplayGuard, createRevocationList } from "../../../src/revocation/index.js";
import { PAIRS, signWith as signWithPair } from "../../support/pairs.js";
import { NOW, signWith, type TestAlgorithm } from "../../support/tokens.js";

function secretOf(name: string): Uint8Array {
  return Uint8Array.from(Buffer.alloc(64, `a test key, to be used nowhere else: ${name} `));
}

const secretsOf = (alg: TestAlgorithm) => ["newest", "new", "old", "oldest"].map((name) => secretOf(`${name} ${alg}`));
const SECRETS = secretsOf("HS256");
const STRANGE = secretOf("strange");
const HMACS = ["HS256", "HS384", "HS512"] as const;

/** A payload of so many bytes at least, so that tokens have many lengths. */
function payloadOf(number: number, length = 0): string {
  return JSON.stringify({ iss: "a", sub: `user ${number}`, jti: `${number}`, exp: NOW + 60, pad: "x".repeat(length) });
}

function tokenOf(number: number, secret: Uint8Array, alg: TestAlgorithm = "HS256", length = 0, kid?: string): string {
  return signWith(alg, payloadOf(number, length), secret, kid);
}

/** Of each secret, and of one that is none, in lengths that differ within each group of lanes. */
function mixed(count: number): { token: string; isGood: boolean }[] {
  return Array.from({ length: count }, (_, number) => {
    const alg = HMACS[number % 3] as TestAlgorithm;
    const secret = [...secretsOf(alg), STRANGE][(number * 7) % 5] as Uint8Array;
    return { token: tokenOf(number, secret, alg, (number * 37) % 400), isGood: secret !== STRANGE };
  });
}

const all = HMACS.flatMap((alg) => secretsOf(alg).map((secret) => ({ alg, secret })));
const other = { issuer: "b", keys: secretOf("b") };

describe.each<[string, () => VerifierOptions]>([
  ["keys", () => ({ keys: all })],
  ["keys beside one that has a name", () => ({ keys: [{ kid: "x", secret: STRANGE }, ...all, PAIRS.EdDSA.publicKey] })],
  ["a ring", () => ({ keys: createKeyRing({ keys: [...all, { kid: "x", secret: STRANGE }] }) })],
  ["one of several issuers", () => ({ issuers: [other, { issuer: "a", keys: all }] })],
])("secrets without `kid`, of %s", (_, optionsOf) => {
  const verifier = createVerifier({ ...optionsOf(), currentDate: NOW });
  const tokens = mixed(2500);
  const texts = tokens.map(({ token }) => token);

  it("are each tried, in batches of any size, and no other is", async () => {
    for (const size of [1, 2, 3, 5, 6, 64, 2500]) {
      const some = tokens.slice(0, size);
      for (const batch of [
        verifier.verifyBatch(some.map(({ token }) => token)),
        await verifier.verifyBatchAsync(some.map(({ token }) => token)),
      ]) {
        expect([...batch.codes]).toEqual(some.map(({ isGood }) => (isGood ? 0 : 7)));
        for (const [number, { isGood }] of some.entries()) expect(batch.subject(number)).toBe(isGood ? `user ${number}` : undefined);
      }
    }
  });

  it("are each tried for a token alone, and in a batcher", async () => {
    const batcher = createBatcher(verifier);
    const verdicts = await Promise.all(texts.slice(0, 100).map((token) => batcher.verifyAsync(token)));
    for (const [number, { token, isGood }] of tokens.slice(0, 100).entries()) {
      expect([verifier.verify(token).ok, (await verifier.verifyAsync(token)).ok, verdicts[number]?.ok]).toEqual([isGood, isGood, isGood]);
    }
  });
});

describe("a token of the second secret", () => {
  const [first, second] = SECRETS as [Uint8Array, Uint8Array];

  it("keeps later ones of the first from nothing, once its header is remembered", () => {
    const verifier = createVerifier({ keys: [first, second], currentDate: NOW });
    for (let turn = 0; turn < 3; turn++) {
      expect(verifier.verify(tokenOf(turn, second)).ok).toBe(true);
      expect(verifier.verify(tokenOf(turn, first)).ok).toBe(true);
      expect(verifier.verify(tokenOf(turn, STRANGE)).ok).toBe(false);
    }
  });

  it("is no splice of two: one that begins as another and ends otherwise is not taken, whoever's first block is remembered", () => {
    const verifier = createVerifier({ keys: [first, second], currentDate: NOW });
    const texts = Array.from({ length: 600 }, (_, number) => tokenOf(number, number % 2 ? first : second, "HS256", 200));
    for (let turn = 0; turn < 3; turn++) expect(verifier.verifyBatch(texts).accepted).toBe(600);
    const spliced = texts.map((token, number) => {
      const [header, payload, signature] = token.split(".") as [string, string, string];
      const [, otherPayload] = (texts[(number + 1) % 600] as string).split(".") as [string, string];
      return [header, payload.slice(0, 100) + otherPayload.slice(100), signature].join(".");
    });
    const changed = spliced.filter((token, number) => token !== texts[number]);
    expect(verifier.verifyBatch(changed.flatMap((token, number) => [token, texts[number] as string])).accepted).toBeLessThanOrEqual(
      changed.length,
    );
    for (const [index, code] of verifier.verifyBatch(changed).codes.entries()) expect([index, code]).toEqual([index, 7]);
  });

  it("is not tried with it where its `kid` names another key", () => {
    const verifier = createVerifier({ keys: [{ kid: "a", secret: first }, { kid: "b", secret: second }, ...SECRETS.slice(2)] });
    expect(verifier.verify(tokenOf(1, second, "HS256", 0, "a"))).toEqual({ ok: false, code: "BAD_SIGNATURE" });
    expect(verifier.verify(tokenOf(1, SECRETS[2] as Uint8Array, "HS256", 0, "a"))).toEqual({ ok: false, code: "BAD_SIGNATURE" });
    expect(verifier.verify(tokenOf(1, SECRETS[3] as Uint8Array, "HS256", 0, "c"))).toEqual({ ok: false, code: "KEY_NOT_FOUND" });
  });

  it("is judged by its claims as any other is", () => {
    const verifier = createVerifier({ keys: [first, second], currentDate: NOW + 60, requiredClaims: ["role"] });
    expect(verifier.verify(tokenOf(1, second))).toEqual({ ok: false, code: "EXPIRED", claim: "exp" });
    expect(createVerifier({ keys: [first, second], currentDate: NOW, requiredClaims: ["role"] }).verify(tokenOf(1, second))).toEqual({
      ok: false,
      code: "CLAIM_MISSING",
      claim: "role",
    });
  });

  it("is of one use, where a guard counts", () => {
    const verifier = createVerifier({ keys: [first, second], currentDate: NOW, replay: createReplayGuard({ currentDate: () => NOW }) });
    expect([...verifier.verifyBatch([tokenOf(1, second), tokenOf(1, first), tokenOf(2, first)]).codes]).toEqual([0, 24, 0]);
  });

  it("is explained as verified", async () => {
    const keys = [{ secret: first }, { secret: second }];
    const checkOf = async (token: string) =>
      (await explain(token, { currentDate: NOW, keys })).checks.find(({ name }) => name === "signature");
    expect((await checkOf(tokenOf(1, second)))?.status).toBe("passed");
    expect(await checkOf(tokenOf(1, STRANGE))).toMatchObject({ status: "failed", code: "BAD_SIGNATURE" });
  });
});

describe("the name of the key that a token is accepted with", () => {
  const pair = PAIRS.EdDSA;
  const ring = createKeyRing({
    keys: [
      { secret: SECRETS[0] as Uint8Array },
      { secret: SECRETS[1] as Uint8Array },
      { kid: "c", secret: SECRETS[2] as Uint8Array, default: true },
      { kid: "d", secret: SECRETS[3] as Uint8Array, alg: "HS512", default: true },
      { publicKey: pair.publicKey },
    ],
  });
  const names = ring
    .at(NOW)
    .load()
    .map(({ kid }) => kid);
  const tokens = [
    tokenOf(0, SECRETS[0] as Uint8Array),
    tokenOf(1, SECRETS[1] as Uint8Array),
    tokenOf(2, SECRETS[2] as Uint8Array),
    tokenOf(3, SECRETS[3] as Uint8Array, "HS512"),
    signWithPair("EdDSA", payloadOf(4)),
    tokenOf(5, SECRETS[1] as Uint8Array, "HS256", 0, names[1]),
  ];
  const expected = [...names, names[1]];

  it("is told of tokens that name none, in every way they are judged", async () => {
    for (const options of [{ keys: ring }, { issuers: [other, { issuer: "a", keys: ring }] }]) {
      const verifier = createVerifier({ ...options, currentDate: NOW });
      const nameOf = (verdict: { readonly ok: boolean; readonly keyName?: string | undefined }) => (verdict.ok ? verdict.keyName : "none");
      const many = Array.from({ length: 300 }, () => tokens).flat();
      expect(tokens.map((token) => nameOf(verifier.verify(token)))).toEqual(expected);
      for (const batch of [verifier.verifyBatch(many), await verifier.verifyBatchAsync(many)]) {
        // Of the first chunk, which is no longer in linear memory, as well.
        expect([...batch].slice(0, 6).map(nameOf)).toEqual(expected);
        expect([...batch].slice(-6).map(nameOf)).toEqual(expected);
      }
      for (const [index, token] of tokens.entries()) expect(nameOf(await verifier.verifyAsync(token))).toBe(expected[index]);
    }
  });

  it("is that by which such tokens are revoked", async () => {
    const revocation = createRevocationList({ currentDate: () => NOW });
    const verifier = createVerifier({ keys: ring, revocation, currentDate: NOW });
    await revocation.revoke({ kid: names[1] as string });
    expect([...verifier.verifyBatch(tokens).codes]).toEqual([0, 22, 0, 0, 0, 22]);
    await revocation.revoke({ kid: "c" });
    expect([...verifier.verifyBatch(tokens).codes]).toEqual([0, 22, 22, 0, 0, 22]);
  });
});
