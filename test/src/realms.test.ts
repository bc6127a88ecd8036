/** Values that another realm has made, as a `vm` context or a test runner's sandbox does: they are what they are in ours. */
import { type KeyObject, webcrypto } from "node:crypto";
import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isBytes, isError, lengthOfBytes, secondsOfDate, viewOf } from "../../src/base/brands.js";
import {
  createBatcher,
  createKeyTable,
  createSigner,
  createVerifier,
  deriveKeys,
  deriveSecret,
  type KeyInput,
  resolveKeys,
  type VerifierOptions,
} from "../../src/index.js";
import { createKeyRing } from "../../src/keyring/index.js";
import { sha256, verifySignature } from "../../src/primitives.js";
import { createReplayGuard, createRevocationList } from "../../src/revocation/index.js";
import { createSessionRegistry } from "../../src/sessions/index.js";
import { PAIRS, signatureWith, signWith } from "../support/pairs.js";
import { NOW, OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../support/tokens.js";

const realm = createContext({});
const foreign = <Value>(code: string): Value => runInContext(code, realm) as Value;
const bytesOf = (bytes: Uint8Array): Uint8Array => foreign<(all: number[]) => Uint8Array>("(all) => Uint8Array.from(all)")([...bytes]);
const dateOf = (seconds: number): Date => foreign<(ms: number) => Date>("(ms) => new Date(ms)")(1000 * seconds);
const objectOf = <Value extends object>(members: Value): Value =>
  foreign<(text: string) => Value>("(text) => JSON.parse(text)")(JSON.stringify(members));

const token = signClaims({ exp: NOW + 60, jti: "1" });
const tokenBytes = bytesOf(Buffer.from(token));
const der = PAIRS.EdDSA.publicKey.export({ type: "spki", format: "der" });
const pkcs8 = PAIRS.EdDSA.privateKey.export({ type: "pkcs8", format: "der" });
const publicToken = signWith("EdDSA", `{"exp":${NOW + 60}}`);
const cryptoKey = () => webcrypto.subtle.importKey("spki", Uint8Array.from(der), { name: "Ed25519" }, true, ["verify"]);

describe("another realm's values", () => {
  it("are not made by our prototypes", () => {
    expect([tokenBytes instanceof Uint8Array, dateOf(0) instanceof Date, objectOf({}) instanceof Object]).toEqual([false, false, false]);
  });

  it("are known by what they are, and nothing else is taken for them", () => {
    expect([isBytes(tokenBytes), isBytes(Buffer.alloc(1)), secondsOfDate(dateOf(5))]).toEqual([true, true, 5]);
    const forged = [
      Object.create(Uint8Array.prototype),
      { [Symbol.toStringTag]: "Uint8Array", length: 1, 0: 1 },
      new Uint16Array(1),
      new Uint8ClampedArray(1),
      new DataView(new ArrayBuffer(1)),
      foreign("new Int8Array(1)"),
      foreign("new ArrayBuffer(1)"),
      [1],
      "a",
      null,
      undefined,
    ];
    expect(forged.map(isBytes)).toEqual(forged.map(() => false));
    expect([Object.create(Date.prototype), { getTime: () => 1 }, 5, null, undefined].map(secondsOfDate)).toEqual(Array(5).fill(undefined));
    expect([foreign("new TypeError('x')"), new RangeError("x"), { message: "x" }, "x"].map(isError)).toEqual([true, true, false, false]);
  });

  it("are read without asking them: what an heir says of its bytes is not heard", () => {
    class Liar extends Uint8Array {
      override get length(): number {
        return 1e9;
      }
      override get byteLength(): number {
        throw new Error("boom");
      }
      override subarray(): never {
        throw new Error("boom");
      }
    }
    const liar = new Liar(Uint8Array.from(Buffer.from(token)));
    expect([lengthOfBytes(liar), viewOf(liar, 3).length, Buffer.from(viewOf(liar)).toString()]).toEqual([token.length, 3, token]);
    expect(createVerifier({ keys: TEST_SECRET, currentDate: NOW }).verify(liar).ok).toBe(true);
  });
});

describe("a token in bytes of another realm", () => {
  const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
  const tokens = foreign<(one: Uint8Array) => Uint8Array[]>("(one) => [one, one]")(tokenBytes);

  it("is judged as its text", async () => {
    expect(verifier.verify(tokenBytes).ok).toBe(true);
    expect(verifier.verifyOrThrow(tokenBytes).ok).toBe(true);
    expect((await verifier.verifyAsync(tokenBytes)).ok).toBe(true);
    expect(verifier.verifyBatch(tokens).accepted).toBe(2);
    expect((await verifier.verifyBatchAsync(tokens)).accepted).toBe(2);
    expect((await createBatcher(verifier).verifyAsync(tokenBytes)).ok).toBe(true);
  });

  it("is too long where its text is, and MALFORMED where it is no token", () => {
    const short = createVerifier({ keys: TEST_SECRET, maxTokenLength: 20 });
    expect(short.verify(tokenBytes)).toMatchObject({ code: "TOKEN_TOO_LONG" });
    for (const none of ["new Uint8Array(0)", "new Uint16Array(9)", "new ArrayBuffer(9)", "({})", "[1, 2]"])
      expect(verifier.verify(foreign(none)), none).toMatchObject({ code: "MALFORMED" });
  });
});

describe("a key of another realm", () => {
  const accepts = (options: VerifierOptions, text = token) => createVerifier({ ...options, currentDate: NOW }).verify(text).ok;
  const jwk = (key: KeyObject, more: object = {}) => objectOf({ ...(key.export({ format: "jwk" }) as object), ...more });

  it.each<[string, KeyInput, string]>([
    ["a secret in bytes", bytesOf(TEST_SECRET), token],
    ["an object with it", { secret: bytesOf(TEST_SECRET) }, token],
    ["an oct JWK", objectOf({ kty: "oct", k: Buffer.from(TEST_SECRET).toString("base64url") }) as never, token],
    ["a KeyObject that exports such bytes", { type: "secret", export: () => bytesOf(TEST_SECRET) }, token],
    ["public DER", { publicKey: bytesOf(der) }, publicToken],
    [
      "public PEM in bytes",
      { publicKey: bytesOf(Buffer.from(PAIRS.EdDSA.publicKey.export({ type: "spki", format: "pem" }))) },
      publicToken,
    ],
    ["a public JWK", jwk(PAIRS.EdDSA.publicKey) as never, publicToken],
  ])("is taken as %s", (_, key, text) => {
    expect(accepts({ keys: key }, text)).toBe(true);
    expect(accepts({ keys: foreign<(one: unknown) => KeyInput[]>("(one) => [one]")(key) }, text)).toBe(true);
    expect(accepts({ keys: createKeyRing({ keys: key as never }) }, text)).toBe(true);
    expect(accepts({ keys: key }, signClaims({}, undefined, OTHER_TEST_SECRET))).toBe(false);
  });

  it("is taken as a CryptoKey whose class is no longer to be found", async () => {
    const key = await cryptoKey();
    const { CryptoKey: own } = globalThis;
    // As in a sandbox that has no WebCrypto, or one of its own.
    for (const other of [undefined, class CryptoKey {}]) {
      try {
        Object.defineProperty(globalThis, "CryptoKey", { value: other, configurable: true, writable: true });
        expect(accepts({ keys: key as never }, publicToken)).toBe(true);
      } finally {
        Object.defineProperty(globalThis, "CryptoKey", { value: own, configurable: true, writable: true, enumerable: false });
      }
    }
    expect(() => createVerifier({ keys: Object.create(CryptoKey.prototype) })).toThrow(TypeError);
  });

  it("is taken by tables, resolvers, derivations, signers and primitives", async () => {
    const named = signClaims({}, { alg: "HS256", kid: "a" });
    expect(accepts({ keys: createKeyTable({ keys: [{ kid: "a", secret: bytesOf(TEST_SECRET) }] }) }, named)).toBe(true);
    expect(accepts({ keys: resolveKeys(() => bytesOf(TEST_SECRET)) }, named)).toBe(true);
    const later = createVerifier({
      keys: resolveKeys(() => foreign<(one: unknown) => Promise<KeyInput>>("async (one) => one")(bytesOf(TEST_SECRET))),
    });
    expect((await later.verifyAsync(named)).ok).toBe(true);
    const derivation = { master: bytesOf(TEST_SECRET), salt: bytesOf(TEST_SECRET), info: bytesOf(TEST_SECRET) };
    expect(accepts({ keys: deriveKeys(derivation) }, signClaims({}, { alg: "HS256", kid: "a" }, deriveSecret(derivation, "a")))).toBe(true);
    expect(accepts({ keys: TEST_SECRET }, createSigner({ key: bytesOf(TEST_SECRET) }).sign(objectOf({ sub: "a" })))).toBe(true);
    const signer = createSigner({ key: { privateKey: bytesOf(pkcs8) } });
    expect(accepts({ keys: PAIRS.EdDSA.publicKey }, signer.sign(objectOf({ sub: "a" })))).toBe(true);
    expect(Buffer.from(sha256(tokenBytes)).equals(Buffer.from(sha256(Buffer.from(token))))).toBe(true);
    const signature = bytesOf(signatureWith("EdDSA", "abc"));
    expect(verifySignature({ publicKey: bytesOf(der) }, bytesOf(Buffer.from("abc")), signature)).toBe(true);
  });

  it("is no less refused: as a secret that is key material, or too short", () => {
    expect(() => createVerifier({ keys: bytesOf(der) })).toThrow("looks like");
    expect(() => createVerifier({ keys: bytesOf(Buffer.from("short")) })).toThrow("at least 32 bytes");
    expect(() => createVerifier({ keys: foreign("new Uint16Array(64)") })).toThrow(TypeError);
  });
});

describe("a Date of another realm", () => {
  it("is a moment, wherever one is given", async () => {
    expect(createVerifier({ keys: TEST_SECRET, currentDate: dateOf(NOW) }).verify(token).ok).toBe(true);
    expect(createVerifier({ keys: TEST_SECRET, currentDate: () => dateOf(NOW + 61) }).verify(token)).toMatchObject({ code: "EXPIRED" });
    const signed = createSigner({ key: TEST_SECRET, expiresIn: 5, currentDate: () => dateOf(NOW) }).sign({});
    expect(createVerifier({ keys: TEST_SECRET, currentDate: NOW + 4 }).verify(signed).ok).toBe(true);
    const ring = createKeyRing({ keys: { kid: "a", secret: TEST_SECRET }, currentDate: () => dateOf(NOW) });
    expect(ring.retire("a", dateOf(NOW + 5))).toBe(true);
    expect([ring.at(NOW + 4).size, ring.at(NOW + 5).size]).toEqual([1, 0]);
    const clocks = { currentDate: () => dateOf(NOW) };
    const revocation = createRevocationList(clocks);
    await revocation.revoke({ jti: "1", exp: NOW + 60 });
    expect(createVerifier({ keys: TEST_SECRET, currentDate: NOW, revocation }).verify(token)).toMatchObject({ code: "REVOKED" });
    const replay = createReplayGuard(clocks);
    const once = createVerifier({ keys: TEST_SECRET, currentDate: NOW, replay });
    expect([once.verify(tokenBytes).ok, once.verify(tokenBytes).ok]).toEqual([true, false]);
  });

  it("that is none is refused as ours is", () => {
    for (const currentDate of [foreign("new Date(NaN)"), new Date(Number.NaN), Object.create(Date.prototype)])
      expect(() => createVerifier({ keys: TEST_SECRET, currentDate: currentDate as Date })).toThrow("Expected `currentDate`");
  });
});

describe("a promise of another realm", () => {
  it("that fails is heard, so that it ends no process", async () => {
    const failures: unknown[] = [];
    const listener = (error: unknown) => failures.push(error);
    process.on("unhandledRejection", listener);
    try {
      const fails = foreign<() => Promise<void>>("async () => { throw new Error('boom') }");
      const registry = createSessionRegistry({ currentDate: () => NOW, onClose: () => fails() } as never);
      registry.add({ exp: NOW - 1 } as never, fails as never);
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      process.off("unhandledRejection", listener);
    }
    expect(failures).toEqual([]);
  });

  it("may bring the keys of a ring", async () => {
    const { callback } = await import("../../src/keyring/index.js");
    const give = foreign<(key: unknown) => () => Promise<never>>("(key) => async () => key")({ kid: "a", secret: bytesOf(TEST_SECRET) });
    const ring = createKeyRing({ source: callback(give) });
    await ring.ready();
    expect(createVerifier({ keys: ring, currentDate: NOW }).verify(token).ok).toBe(true);
    ring.close();
  });
});
