/** Keys that sign elsewhere: what they are given, what of theirs is taken, and what is said when they fail. */
import { createHmac } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { type Algorithm, createSigner, createVerifier, type ExternalKeyOptions, signatureFromDer } from "../../../src/index.js";
import { ALGORITHM_NAMES, OTHER_PAIRS, PAIRS, signatureWith } from "../../support/pairs.js";
import { HASHES, LONG_TEST_SECRET } from "../../support/tokens.js";

type Give = ExternalKeyOptions["sign"];

/** A service that signs with the test pair. */
const service =
  (alg: (typeof ALGORITHM_NAMES)[number]): Give =>
  async (bytes) =>
    signatureWith(alg, Buffer.from(bytes).toString("latin1"));

function failing(alg: Algorithm, sign: unknown, more: object = {}): Promise<string> {
  return createSigner({ key: { alg, sign, ...more } as ExternalKeyOptions }).signAsync({ sub: "confidential" });
}

describe("a key that signs elsewhere", () => {
  it.each(ALGORITHM_NAMES)("makes tokens of %s", async (alg) => {
    const { publicKey } = PAIRS[alg];
    const signer = createSigner({ key: { alg, kid: "hsm", sign: service(alg), publicKey }, header: { cty: "x" }, expiresIn: "5m" });
    const tokens = [await signer.signAsync({ n: 0 }), ...(await signer.signBatchAsync(Array.from({ length: 100 }, (_, n) => ({ n }))))];
    const batch = await createVerifier({ keys: { kid: "hsm", alg, publicKey } }).verifyBatchAsync(tokens);
    expect(batch.accepted).toBe(101);
    expect(batch.claims(100)).toMatchObject({ n: 99 });
    expect(batch.header(0)).toEqual({ alg, typ: "JWT", kid: "hsm", cty: "x" });
  });

  it.each(["HS256", "HS384", "HS512"] as const)("makes tokens of %s, and may answer at once or with an ArrayBuffer", async (alg) => {
    const sign: Give = (bytes) => Uint8Array.from(createHmac(HASHES[alg], LONG_TEST_SECRET).update(bytes).digest()).buffer;
    const token = await createSigner({ key: { alg, sign } }).signAsync({});
    expect(createVerifier({ keys: { alg, secret: LONG_TEST_SECRET } }).verify(token).ok).toBe(true);
  });

  it("is asked as a method of what was given", async () => {
    const key: ExternalKeyOptions = {
      alg: "ES256",
      sign(bytes) {
        expect(this).toBe(key);
        return service("ES256")(bytes);
      },
    };
    expect(await createSigner({ key }).signAsync({})).toMatch(/^e/);
  });

  it("has the name of its public JWK unless given", async () => {
    const publicKey = { ...PAIRS.ES256.publicKey.export({ format: "jwk" }), kid: "of the JWK" } as never;
    const token = await createSigner({ key: { alg: "ES256", sign: service("ES256"), publicKey } }).signAsync({});
    expect(JSON.parse(Buffer.from(token.split(".")[0] as string, "base64url").toString()).kid).toBe("of the JWK");
  });

  it("gets bytes of its own: what it writes to them changes no token, and there is nothing beside them", async () => {
    const sign: Give = (bytes) => {
      const signature = service("ES256")(Uint8Array.from(bytes));
      expect(bytes.buffer.byteLength).toBe(bytes.length);
      bytes.fill(0x41);
      return signature;
    };
    const { publicKey } = PAIRS.ES256;
    const token = await createSigner({ key: { alg: "ES256", sign, publicKey } }).signAsync({ sub: "a" });
    expect(createVerifier({ keys: publicKey }).verify(token)).toMatchObject({ ok: true, claims: { sub: "a" } });
  });

  it("gives bytes that are copied: what it writes to them later changes no token", async () => {
    const given: Uint8Array[] = [];
    const sign: Give = async (bytes) => {
      for (const earlier of given) earlier.fill(0);
      const signature = new Uint8Array(await service("ES256")(bytes));
      given.push(signature);
      return signature;
    };
    const tokens = await createSigner({ key: { alg: "ES256", sign } }).signBatchAsync([{}, {}, {}]);
    expect(createVerifier({ keys: PAIRS.ES256.publicKey }).verifyBatch(tokens).accepted).toBe(3);
  });

  it.each(["sign", "signBatch"] as const)("promises only: `%s` says so", (method) => {
    const signer = createSigner({ key: { alg: "ES256", sign: service("ES256") } });
    expect(() => signer[method]([{}] as never)).toThrow(TypeError);
    expect(() => signer.signBatch([{}])).toThrow("Expected `signAsync` or `signBatchAsync`: this signer's key signs elsewhere");
  });
});

describe("a signature from elsewhere", () => {
  it.each<[string, Algorithm, unknown, string]>([
    ["nothing", "ES256", undefined, "Expected `key.sign` to give the signature as a Uint8Array or an ArrayBuffer, got undefined"],
    ["text", "ES256", "x".repeat(64), "got a string"],
    ["an object of a service", "ES256", { Signature: new Uint8Array(64) }, "got an object (Object)"],
    ["an array", "ES256", Array(64).fill(1), "got an array"],
    ["too short", "ES256", new Uint8Array(63), "Expected `key.sign` to give a signature of ES256 of 64 bytes, got 63"],
    ["empty", "RS256", new Uint8Array(0), "Expected `key.sign` to give a signature of RS256 of 256 to 2048 bytes, got 0"],
    ["DER", "ES256", Buffer.from(`3045${"00".repeat(69)}`, "hex"), "of 64 bytes, got one in DER, which `signatureFromDer` converts"],
    ["DER", "ES512", Buffer.from(`30818a${"00".repeat(136)}`, "hex"), "of 132 bytes, got one in DER, which `signatureFromDer` converts"],
    ["of another hash", "HS256", new Uint8Array(64), "of HS256 of 32 bytes, got 64"],
    ["of another curve", "ES384", new Uint8Array(64), "of ES384 of 96 bytes, got 64"],
    ["of no curve", "EdDSA", new Uint8Array(63), "of EdDSA of 64 or 114 bytes, got 63"],
    ["too long", "PS256", new Uint8Array(2049), "of PS256 of 256 to 2048 bytes, got 2049"],
  ])("that is %s is refused with %s", async (_, alg, given, message) => {
    await expect(failing(alg, async () => given)).rejects.toThrow(message);
    await expect(failing(alg, () => given)).rejects.toThrow(message);
  });

  it.each<[string, Give]>([
    ["another key's", async (bytes) => signatureWith("ES256", Buffer.from(bytes).toString("latin1"), OTHER_PAIRS.ES256.privateKey)],
    ["other bytes'", async () => signatureWith("ES256", "other")],
    ["zeros", async () => new Uint8Array(64)],
  ])("that is %s is refused where the public key is known", async (_, sign) => {
    await expect(failing("ES256", sign, { publicKey: PAIRS.ES256.publicKey })).rejects.toThrow(
      "Expected `key.sign` to give a signature that `key.publicKey` verifies, got another",
    );
  });

  it("is taken as it is where no public key is known", async () => {
    expect(await failing("ES256", async () => new Uint8Array(64))).toMatch(new RegExp(`\\.${"A".repeat(86)}$`));
  });
});

describe("a key that fails elsewhere", () => {
  const leak = (bytes: Uint8Array) => Buffer.from(bytes).toString();
  class AccessDeniedException extends Error {
    override readonly name = "AccessDeniedException";
  }

  it.each<[string, Give, string]>([
    [
      "throws",
      (bytes) => {
        throw new Error(leak(bytes));
      },
      "Expected `key.sign` to give a signature, got an error (Error)",
    ],
    [
      "rejects",
      async (bytes) => {
        throw new AccessDeniedException(leak(bytes));
      },
      "got an error (AccessDeniedException)",
    ],
    [
      "rejects with a code",
      async (bytes) => {
        throw Object.assign(new Error(leak(bytes)), { code: "ECONNREFUSED" });
      },
      "got ECONNREFUSED",
    ],
    [
      "rejects with a code that is the token",
      async (bytes) => {
        throw Object.assign(new Error("x"), { code: leak(bytes), name: leak(bytes) });
      },
      "got an error",
    ],
    ["rejects with text", (bytes) => Promise.reject(leak(bytes)), "got an error"],
  ])("and %s is told by what it names, with nothing of the token", async (_, sign, message) => {
    const error = await failing("ES256", sign).then(
      () => expect.fail("signed"),
      (reason: unknown) => reason as Error,
    );
    expect(error.message).toContain(message);
    const seen = [error.message, error.stack, String(error.cause), JSON.stringify(error)].join();
    for (const part of ["eyJ", "confidential"]) expect(seen).not.toContain(part);
    expect(error.cause).toBeUndefined();
  });

  it("and never answers is not waited for longer than `timeout`", async () => {
    vi.useFakeTimers();
    try {
      const waiting = failing("ES256", () => new Promise(() => {}), { timeout: "3s" });
      const late = expect(waiting).rejects.toThrow("Expected `key.sign` to answer within 3 s");
      await vi.advanceTimersByTimeAsync(3000);
      await late;
    } finally {
      vi.useRealTimers();
    }
  });

  it("is asked for no more of a batch", async () => {
    let asked = 0;
    const sign = async () => {
      asked++;
      throw new Error("no");
    };
    await expect(createSigner({ key: { alg: "ES256", sign } }).signBatchAsync(Array(1000).fill({}))).rejects.toThrow("got an error");
    expect(asked).toBeLessThanOrEqual(64);
  });
});

describe("a key that signs elsewhere is refused", () => {
  const sign = service("ES256");
  it.each<[string, object, string]>([
    ["without `alg`", { sign }, "Expected `key.alg` to be one of HS256"],
    ["with `alg` none", { sign, alg: "none" }, "Expected `key.alg` to be one of HS256"],
    ["with a member that is misspelt", { sign, alg: "ES256", publickey: "x" }, "Unknown option `key.publickey`: did you mean `publicKey`?"],
    ["with a secret besides", { sign, alg: "HS256", secret: LONG_TEST_SECRET }, "Unknown option `key.sign`"],
    ["with a private key besides", { sign, alg: "ES256", privateKey: "x" }, "Unknown option `key.sign`"],
    ["with a `sign` that is none", { sign: "no", alg: "ES256" }, "Expected `key` to be a secret"],
    [
      "with a `sign` of its class",
      new (class {
        alg = "ES256";
        sign() {}
      })(),
      "Expected `sign` of `key` to be a member of its own, got it inherited",
    ],
    [
      "with a public key that is undefined",
      { sign, alg: "ES256", publicKey: undefined },
      "Expected `key.publicKey` to be a public key, got undefined",
    ],
    [
      "with a public key of another algorithm",
      { sign, alg: "ES256", publicKey: PAIRS.ES384.publicKey },
      "Expected `key` to be a key for ES256, got another kind of key",
    ],
    [
      "with a public key of a secret",
      { sign, alg: "HS256", publicKey: PAIRS.ES256.publicKey },
      "Expected `key` to have no `publicKey`: HS256 has secrets",
    ],
    [
      "with a timeout that is too long",
      { sign, alg: "ES256", timeout: "1h" },
      "Expected `key.timeout` to be a number of seconds from 0.001 to 600, got 3600",
    ],
    ["with a kid that is too long", { sign, alg: "ES256", kid: "x".repeat(257) }, "Expected `key.kid`"],
  ])("%s", (_, key, message) => {
    expect(() => createSigner({ key: key as ExternalKeyOptions })).toThrow(TypeError);
    expect(() => createSigner({ key: key as ExternalKeyOptions })).toThrow(message);
  });
});

describe("signatureFromDer", () => {
  it.each(["ES256", "ES384", "ES512"] as const)("gives the signature of %s as a JWS has it", async (alg) => {
    const { sign: signBytes } = await import("node:crypto");
    const sign: Give = async (bytes) => signatureFromDer(alg, signBytes(`sha${alg.slice(2)}`, bytes, PAIRS[alg].privateKey));
    const tokens = await createSigner({ key: { alg, sign, publicKey: PAIRS[alg].publicKey } }).signBatchAsync(Array(300).fill({}));
    expect(createVerifier({ keys: { alg, publicKey: PAIRS[alg].publicKey } }).verifyBatch(tokens).accepted).toBe(300);
  });

  it.each([
    ["nothing", ""],
    ["r and s", "11".repeat(64)],
    ["one number", "3003020101"],
    ["three numbers", "3009020101020101020101"],
    ["a zero", "3006020100020101"],
    ["a negative number", "3006020180020101"],
    ["a number with a zero too many", "300702020001020101"],
    ["a number that is too long", `3026022100${"ff".repeat(32)}020101`.replace("3026022100", "302702220100")],
    ["a byte more", "300602010102010100"],
    ["another form of length", "308106020101020101"],
    ["half of it", "30060201"],
  ])("refuses %s", (_, hex) => {
    expect(() => signatureFromDer("ES256", Buffer.from(hex, "hex"))).toThrow("Expected `der` to be a signature of ES256 in DER");
  });

  it.each(["RS256", "EdDSA", "HS256", "toString", undefined])("knows no %s", (alg) => {
    expect(() => signatureFromDer(alg as never, new Uint8Array(70))).toThrow("Expected `algorithm` to be ES256, ES384 or ES512");
  });

  it("takes bytes only", () => {
    expect(() => signatureFromDer("ES256", "3006" as never)).toThrow("Expected `der` to be a Uint8Array, got a string");
  });
});
