/** Keys that are revoked by their name, however a token selects them: all who ask about a token take it for the same key's. */
import { describe, expect, it } from "vitest";
import {
  type Acceptance,
  createKeyTable,
  createSigner,
  createVerifier,
  deriveKeys,
  deriveSecret,
  type JwtClaims,
  type KeyTable,
  type VerifierOptions,
} from "../../../src/index.js";
import { callback, createKeyRing } from "../../../src/keyring/index.js";
import { createRefresher } from "../../../src/revocation/index.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { createReplayGuard } from "../../../src/revocation/replayGuard.js";
import { createSessionRegistry, sessionToken } from "../../../src/sessions/index.js";
import { PAIRS } from "../../support/pairs.js";
import { testSecret } from "../../support/ring.js";
import { NOW, signClaims } from "../../support/tokens.js";

const [ONE, TWO] = [testSecret("one"), testSecret("two")];
const CLAIMS = { iss: "https://a.example", sub: "device-1", iat: NOW - 10, exp: NOW + 3600 };
const { publicKey, privateKey } = PAIRS.ES256;

function token(kid?: string, claims: object = {}, secret = ONE): string {
  return signClaims({ ...CLAIMS, ...claims }, { alg: "HS256", ...(kid !== undefined && { kid }) }, secret);
}

/** A table of one device's key. */
function table(): KeyTable {
  return createKeyTable({ keys: [{ kid: "device-1", secret: ONE }] });
}

const byIssuer = [
  { issuer: "https://b.example", keys: { kid: "b", secret: TWO } },
  { issuer: CLAIMS.iss, keys: { kid: "a", secret: ONE } },
];
const derived = deriveKeys({ master: ONE, salt: "test" });

/** The keys, a token, and the name that its key has. */
const CASES: [string, Partial<VerifierOptions>, () => string | Promise<string>, string | undefined][] = [
  ["the only key, which the token does not name", { keys: { kid: "k", secret: ONE } }, () => token(), "k"],
  ["the only key, which the token names", { keys: { kid: "k", secret: ONE } }, () => token("k"), "k"],
  ["a nameless key, whatever the token says", { keys: ONE }, () => token("k"), undefined],
  [
    "the key for tokens that name none",
    {
      keys: [
        { kid: "other", secret: TWO },
        { kid: "k", secret: ONE, default: true },
      ],
    },
    () => token(),
    "k",
  ],
  ["the key that a claim names, not `kid`", { keys: table(), keyFrom: { claim: "sub" } }, () => token("k"), "device-1"],
  [
    "a public key, which the token does not name",
    { keys: { kid: "k", publicKey } },
    () => createSigner({ key: { privateKey } }).sign(CLAIMS),
    "k",
  ],
  ["the only key of one issuer of several", { issuers: byIssuer }, () => token(), "a"],
];

function verifierOf(keys: Partial<VerifierOptions>, more: Partial<VerifierOptions> = {}) {
  return createVerifier({ currentDate: NOW, ...keys, ...more } as VerifierOptions);
}

function accepted(verdict: { ok: boolean }): Acceptance<JwtClaims> {
  if (!verdict.ok) throw new Error(`Expected a token to be accepted, got ${JSON.stringify(verdict)}`);
  return verdict as Acceptance<JwtClaims>;
}

describe.each(CASES)("%s", (_, keys, make, name) => {
  it("is told by every verdict", async () => {
    const verifier = verifierOf(keys);
    const text = await make();
    const batch = verifier.verifyBatch([text, "no token", text]);
    const later = await verifier.verifyBatchAsync([text, text]);
    const verdicts = [verifier.verify(text), await verifier.verifyAsync(text), batch.at(0), batch.at(2), later.at(1)].map(accepted);
    expect(verdicts.map(({ keyName }) => keyName)).toEqual(Array(5).fill(name));
    expect(JSON.parse(JSON.stringify(verdicts[2])).keyName).toBe(name);
  });

  it("ends verdicts, sessions and refreshes alike when it is revoked", async () => {
    const text = await make();
    for (const [kid, isOurs] of [[name ?? "unknown", name !== undefined] as const, ["another", false] as const]) {
      const list = createRevocationList({ currentDate: () => NOW });
      const verifier = verifierOf(keys, { revocation: list });
      const sessions = createSessionRegistry({ revocations: list, currentDate: () => NOW });
      const ended: string[] = [];
      sessions.add(sessionToken(accepted(verifier.verify(text))), (reason) => ended.push(reason));
      await list.revoke({ kid });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect([kid, verifier.verify(text).ok, ended]).toEqual([kid, !isOurs, isOurs ? ["revoked"] : []]);
      sessions.add(sessionToken(accepted(verifierOf(keys).verify(text))), (reason) => ended.push(reason));
      expect(ended.length).toBe(isOurs ? 2 : 0);
      sessions.close();
    }
  });
});

describe("the name of a derived key", () => {
  it("is the claim's", () => {
    const verifier = verifierOf({ keys: derived, keyFrom: { claim: "sub" } });
    const secret = deriveSecret({ master: ONE, salt: "test" }, "device-1");
    expect(accepted(verifier.verify(token(undefined, {}, secret))).keyName).toBe("device-1");
  });
});

describe("the key of a ring", () => {
  it("is named as it was when the token was judged, though another has taken its place", async () => {
    let current = { kid: "old", secret: ONE };
    const ring = createKeyRing({ source: callback(() => [current]) });
    await ring.ready();
    const verifier = createVerifier({ keys: ring, currentDate: NOW });
    const verdict = accepted(verifier.verify(token()));
    current = { kid: "new", secret: TWO };
    await ring.reload();
    expect(accepted(verifier.verify(token("new", {}, TWO))).keyName).toBe("new");
    expect(verdict.keyName).toBe("old");
  });
});

describe("a refresh token", () => {
  const refresherWith = (more: Partial<VerifierOptions> = {}) => {
    const revocations = createRevocationList({ currentDate: () => NOW });
    const refresher = createRefresher({
      verifier: verifierOf({ keys: { kid: "refresh", secret: ONE } }, more),
      // Names no key.
      refreshSigner: createSigner({ key: { secret: ONE }, typ: "rt+jwt" }),
      accessSigner: createSigner({ key: { secret: TWO } }),
      revocations,
      accessLifetime: 60,
      refreshLifetime: 3600,
      currentDate: () => NOW,
    });
    return { refresher, revocations };
  };

  it("that does not name its key is REVOKED with it", async () => {
    const { refresher, revocations } = refresherWith();
    const pair = await refresher.start({ sub: "a" });
    await revocations.revoke({ kid: "refresh", before: NOW + 1 });
    expect(await refresher.refresh(pair.refreshToken)).toMatchObject({ ok: false, code: "REVOKED" });
  });

  it("whose key is revoked has no second chance where its verifier has a guard", async () => {
    const { refresher, revocations } = refresherWith({ replay: createReplayGuard() });
    const pair = await refresher.start({ sub: "a" });
    await revocations.revoke({ kid: "refresh", before: NOW + 1 });
    for (const code of ["REVOKED", "REPLAYED"]) expect(await refresher.refresh(pair.refreshToken)).toMatchObject({ ok: false, code });
  });
});
