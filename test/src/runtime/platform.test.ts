/** Signatures of public keys: every algorithm, at once and as a promise, through node:crypto and through WebCrypto. */
import crypto, { generateKeyPairSync, type KeyObject, webcrypto } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createSigner, createVerifier, type PublicAlgorithm } from "../../../src/index.js";
import { verify as verifyByReference } from "../../reference/verify.js";
import { ALGORITHM_NAMES, OTHER_PAIRS, PAIRS, signatureWith, signWith, withoutNodeCrypto } from "../../support/pairs.js";
import { base64url, NOW } from "../../support/tokens.js";
import { verdictsOf } from "../../support/verdicts.js";

afterEach(() => vi.restoreAllMocks());

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The token with another character at `place`, counted from its end. */
function changed(token: string, place: number): string {
  const at = token.length - 1 - place;
  const next = ALPHABET[(ALPHABET.indexOf(token[at] as string) + 16) % 64] as string;
  return token.slice(0, at) + next + token.slice(at + 1);
}

function withSignature(token: string, signature: Uint8Array): string {
  return `${token.slice(0, token.lastIndexOf("."))}.${base64url(signature)}`;
}

function signatureOf(token: string): Buffer {
  return Buffer.from(token.slice(token.lastIndexOf(".") + 1), "base64url");
}

/** Everything that is nearly right, and nothing of it is. */
function wrongTokens(alg: PublicAlgorithm): string[] {
  const token = signWith(alg, `{"sub":"device-7","exp":${NOW + 60}}`);
  const [header, payload] = token.split(".") as [string, string];
  const signature = signatureOf(token);
  const places = [0, 1, 2, 5, 21, 42, 43, signature.length, ...Array.from({ length: 12 }, (_, index) => 7 * index)];
  return [
    ...places.map((place) => changed(token, place)),
    ...[1, 2, 3, 32, signature.length - 1].map((bytes) => withSignature(token, signature.subarray(0, -bytes))),
    ...[1, 2, 32].map((bytes) => withSignature(token, Buffer.concat([signature, Buffer.alloc(bytes)]))),
    withSignature(token, Buffer.concat([Buffer.of(0), signature])),
    withSignature(token, Buffer.alloc(signature.length)),
    withSignature(token, Buffer.alloc(signature.length, 0xff)),
    withSignature(token, Buffer.from(signature).reverse()),
    signWith(alg, "{}", undefined, OTHER_PAIRS[alg].privateKey),
    `${header}.${payload}.${base64url(signatureWith(alg, payload))}`,
    `${header}.${base64url('{"sub":"device-8"}')}.${base64url(signature)}`,
    `${base64url(`{"alg":"${alg}","x":1}`)}.${payload}.${base64url(signature)}`,
    `${header}.${payload}.`,
    `${header}.${payload}`,
    `${token}=`,
  ];
}

describe.each(ALGORITHM_NAMES)("%s", (alg) => {
  const { publicKey } = PAIRS[alg];
  const keys = { alg, publicKey };
  const verifier = createVerifier({ keys, currentDate: NOW });
  const byPromise = withoutNodeCrypto(() => createVerifier({ keys, currentDate: NOW }));
  const right = [0, 1, 2].map((number) => signWith(alg, `{"sub":"device-${number}","exp":${NOW + 60}}`));
  const wrong = wrongTokens(alg);
  const expected = wrong.map((token) => verifyByReference(token, { keys: [keys], currentDate: NOW }));

  it("is accepted with its claims, however it is asked for", async () => {
    for (const verdicts of await verdictsOf(verifier, right)) {
      verdicts.forEach((verdict, number) => {
        expect(verdict).toMatchObject({ ok: true, claims: { sub: `device-${number}` }, header: { alg } });
      });
    }
  });

  it("is rejected when anything is changed, with the reference's code", async () => {
    expect(expected.some(({ ok }) => ok)).toBe(false);
    for (const verdicts of await verdictsOf(verifier, wrong)) expect(verdicts).toEqual(expected);
  });

  it("is judged the same by WebCrypto", async () => {
    expect((await byPromise.verifyBatchAsync(right)).accepted).toBe(right.length);
    expect([...(await byPromise.verifyBatchAsync(wrong))]).toEqual(expected);
    expect(await byPromise.verifyAsync(right[0] as string)).toMatchObject({ ok: true, claims: { sub: "device-0" } });
    expect(await byPromise.verifyAsync(wrong[0] as string)).toEqual(expected[0]);
  });

  it("cannot be judged at once without node:crypto, whatever the token", () => {
    for (const token of [right[0], wrong[0], "", 7] as string[]) {
      expect(() => byPromise.verify(token)).toThrow("use `verifyAsync`");
      expect(() => byPromise.verifyBatch([token])).toThrow(TypeError);
      expect(() => byPromise.verifyOrThrow(token)).toThrow(TypeError);
    }
  });

  it("expires, and is not valid yet, as any other", async () => {
    const tokens = [signWith(alg, `{"exp":${NOW}}`), signWith(alg, `{"nbf":${NOW + 1}}`), signWith(alg, '{"exp":"1"}'), signWith(alg, "x")];
    for (const verdicts of await verdictsOf(verifier, tokens)) {
      expect(verdicts).toEqual([
        { ok: false, code: "EXPIRED", claim: "exp" },
        { ok: false, code: "NOT_YET_VALID", claim: "nbf" },
        { ok: false, code: "CLAIM_INVALID", claim: "exp" },
        { ok: false, code: "MALFORMED" },
      ]);
    }
  });

  it("is a bad signature when the platform throws, or answers with anything but true", async () => {
    const bad = { ok: false, code: "BAD_SIGNATURE" };
    const [token] = right as [string];
    const spy = vi.spyOn(crypto, "verify");
    const createSpy = vi.spyOn(crypto, "createVerify");
    /** A platform that gives `answer` when it is asked about a signature, in either way. */
    const answerWith = (answer: () => unknown) => {
      spy.mockImplementation(answer as never);
      createSpy.mockImplementation((() => {
        const own = { update: () => own, verify: answer };
        return own;
      }) as never);
    };
    answerWith(() => true);
    expect(verifier.verify(wrong[0] as string).ok).toBe(true);
    for (const answer of [1, "true", {}, undefined, null, false]) {
      answerWith(() => answer);
      expect(verifier.verify(token)).toEqual(bad);
    }
    answerWith(() => {
      throw new Error("not today");
    });
    for (const verdicts of await verdictsOf(verifier, [token])) expect(verdicts).toEqual([bad]);
    spy.mockImplementation(((...parts: unknown[]) =>
      (parts[4] as (error: unknown, valid: boolean) => void)(new Error("no"), true)) as never);
    expect(await verifier.verifyAsync(token)).toEqual(bad);
    vi.spyOn(globalThis.crypto.subtle, "verify").mockRejectedValue(new Error("not today"));
    expect(await byPromise.verifyAsync(token)).toEqual(bad);
  });
});

describe("signatures of ECDSA", () => {
  const ORDER = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");

  it.each(["ES256", "ES384", "ES512"] as const)("of %s in DER, with zeros, or with halves in the other order are bad", async (alg) => {
    const verifier = createVerifier({ keys: PAIRS[alg].publicKey, currentDate: NOW });
    const token = signWith(alg, "{}");
    const signature = signatureOf(token);
    const half = signature.length / 2;
    const [r, s] = [signature.subarray(0, half), signature.subarray(half)];
    const input = token.slice(0, token.lastIndexOf("."));
    const hash = `sha${alg.slice(2)}`;
    const inDer = crypto.sign(hash, Buffer.from(input), PAIRS[alg].privateKey);
    const zero = Buffer.alloc(half);
    const wrong = [
      inDer,
      Buffer.concat([inDer, Buffer.alloc(Math.max(0, signature.length - inDer.length))]),
      Buffer.concat([zero, s]),
      Buffer.concat([r, zero]),
      Buffer.concat([zero, zero]),
      Buffer.concat([Buffer.of(0), r, Buffer.of(0), s]),
      Buffer.concat([s, r]),
      Buffer.concat([r, r]),
      ...(alg === "ES256" ? [Buffer.concat([ORDER, s]), Buffer.concat([r, ORDER]), Buffer.concat([ORDER, ORDER])] : []),
    ];
    expect(verifier.verify(token).ok).toBe(true);
    for (const each of wrong) {
      for (const verdicts of await verdictsOf(verifier, [withSignature(token, each)])) {
        expect(verdicts).toEqual([{ ok: false, code: "BAD_SIGNATURE" }]);
      }
    }
  });
});

describe("signatures of RSA", () => {
  it("of PSS have a salt as long as the hash", () => {
    const verifier = createVerifier({ keys: { alg: "PS256", publicKey: PAIRS.PS256.publicKey }, currentDate: NOW });
    const input = `${base64url('{"alg":"PS256"}')}.${base64url("{}")}`;
    const signed = (saltLength: number) =>
      crypto.sign("sha256", Buffer.from(input), {
        key: PAIRS.PS256.privateKey,
        padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
        saltLength,
      });
    expect(verifier.verify(`${input}.${base64url(signed(32))}`).ok).toBe(true);
    for (const length of [0, 20, 31, 33, 64]) expect(verifier.verify(`${input}.${base64url(signed(length))}`).ok).toBe(false);
  });

  it.each(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const)("of %s serve no other algorithm of the same key", (alg) => {
    const payload = "{}";
    for (const other of ALGORITHM_NAMES.filter((name) => /^[RP]S/.test(name) && name !== alg)) {
      const verifier = createVerifier({ keys: { alg: other, publicKey: PAIRS[other].publicKey }, currentDate: NOW });
      expect(verifier.verify(signWith(alg, payload))).toEqual({ ok: false, code: "ALGORITHM_NOT_ALLOWED" });
      const input = `${base64url(`{"alg":"${other}"}`)}.${base64url(payload)}`;
      expect(verifier.verify(`${input}.${base64url(signatureWith(alg, input))}`)).toEqual({ ok: false, code: "BAD_SIGNATURE" });
    }
  });

  it("of an odd number of bits are as long as the modulus", () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2050 });
    const verifier = createVerifier({ keys: { alg: "RS256", publicKey }, currentDate: NOW });
    const token = signWith("RS256", "{}", undefined, privateKey);
    expect(signatureOf(token).length).toBe(257);
    expect(verifier.verify(token).ok).toBe(true);
  });
});

describe("Ed448", () => {
  const pair = generateKeyPairSync("ed448");
  const token = signWith("EdDSA", "{}", undefined, pair.privateKey);

  it("is EdDSA as well, where the runtime has it", async () => {
    const verifier = createVerifier({ keys: pair.publicKey, currentDate: NOW });
    for (const verdicts of await verdictsOf(verifier, [token])) expect(verdicts).toMatchObject([{ ok: true }]);
    expect(verifier.verify(changed(token, 9)).ok).toBe(false);
    expect(verifier.verify(signWith("EdDSA", "{}")).ok).toBe(false);
  });

  it("is refused where only WebCrypto is", () => {
    const jwk = pair.publicKey.export({ format: "jwk" }) as { kty: "OKP" };
    expect(() => withoutNodeCrypto(() => createVerifier({ keys: jwk }))).toThrow("that this runtime has");
  });
});

describe("a CryptoKey", () => {
  const HASHED = { name: "ECDSA", namedCurve: "P-256" };

  async function cryptoKey(key: KeyObject, parameters: object, extractable = true): Promise<CryptoKey> {
    const jwk = key.export({ format: "jwk" }) as webcrypto.JsonWebKey;
    return (await webcrypto.subtle.importKey("jwk", jwk, parameters as never, extractable, ["verify"])) as CryptoKey;
  }

  it.each<[PublicAlgorithm, object]>([
    ["RS256", { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }],
    ["PS512", { name: "RSA-PSS", hash: "SHA-512" }],
    ["ES256", HASHED],
    ["ES512", { name: "ECDSA", namedCurve: "P-521" }],
    ["EdDSA", { name: "Ed25519" }],
  ])("of %s says itself what it is for", async (alg, parameters) => {
    const keys = await cryptoKey(PAIRS[alg].publicKey, parameters);
    const token = signWith(alg, "{}");
    for (const verdicts of await verdictsOf(createVerifier({ keys, currentDate: NOW }), [token, changed(token, 9)])) {
      expect(verdicts).toMatchObject([{ ok: true }, { ok: false, code: "BAD_SIGNATURE" }]);
    }
    const byPromise = withoutNodeCrypto(() => createVerifier({ keys: { kid: "k", key: keys }, currentDate: NOW }));
    expect([...(await byPromise.verifyBatchAsync([token, changed(token, 9)])).codes]).toEqual([0, 7]);
  });

  it("is refused for another algorithm, and where it may not verify", async () => {
    const rsa = await cryptoKey(PAIRS.RS256.publicKey, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" });
    for (const alg of ["RS384", "PS256", "ES256", "EdDSA"] as const) {
      expect(() => createVerifier({ keys: { alg, publicKey: rsa } })).toThrow(`a key for ${alg}, got another kind of key`);
    }
    const { publicKey, privateKey } = (await webcrypto.subtle.generateKey(HASHED, false, ["sign", "verify"])) as CryptoKeyPair;
    expect(() => createVerifier({ keys: privateKey })).toThrow('CryptoKey of type "public" that may "verify"');
    expect(() => createVerifier({ keys: publicKey })).not.toThrow();
    const forEncryption = (await webcrypto.subtle.generateKey(
      { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
      true,
      ["encrypt", "decrypt"],
    )) as CryptoKeyPair;
    expect(() => createVerifier({ keys: forEncryption.publicKey })).toThrow(TypeError);
    const secret = (await webcrypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign", "verify"])) as CryptoKey;
    expect(() => createVerifier({ keys: { publicKey: secret } })).toThrow(TypeError);
  });

  const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const PSS = { name: "RSA-PSS", hash: "SHA-256" };

  describe.each([
    ["with node:crypto", <Result>(act: () => Result) => act()],
    ["without node:crypto", withoutNodeCrypto],
  ])("of RSA, %s,", (_, within) => {
    it.each([RSA, PSS])("is refused with SHA-1, of $name", async ({ name }) => {
      const { publicKey, privateKey } = PAIRS.RS256;
      const key = await cryptoKey(publicKey, { name, hash: "SHA-1" });
      const jwk = privateKey.export({ format: "jwk" }) as webcrypto.JsonWebKey;
      const signing = await webcrypto.subtle.importKey("jwk", jwk, { name, hash: "SHA-1" }, true, ["sign"]);
      for (const alg of [undefined, "RS256", "PS256"] as const) {
        const options = alg && { alg };
        expect(() => within(() => createVerifier({ keys: { ...options, key } }))).toThrow("with the hash SHA-256, SHA-384 or SHA-512");
        expect(() => within(() => createSigner({ key: { ...options, privateKey: signing as CryptoKey } }))).toThrow(
          "with the hash SHA-256",
        );
      }
    });

    it.each(["AQ", "Ag", "AAE", "AQAAAAAAAAAB"])("is refused with the exponent %s, by which one could forge", async (e) => {
      const { n } = PAIRS.RS256.publicKey.export({ format: "jwk" }) as { n: string };
      for (const parameters of [RSA, PSS]) {
        const imported = webcrypto.subtle.importKey("jwk", { kty: "RSA", n, e }, parameters, true, ["verify"]);
        const key = await imported.catch(() => undefined);
        // Some runtimes refuse it themselves.
        if (key) expect(() => within(() => createVerifier({ keys: key as CryptoKey }))).toThrow("to be an odd number from 3 on");
      }
    });
  });
});
