/** What people write who come from another library, or whose environment lacks a variable: it is refused, in words that say what to write. */
import { describe, expect, it } from "vitest";
import { authenticate, requireScope } from "../../src/adapters/express.js";
import { parseBrokerOptions } from "../../src/adapters/mqtt/options.js";
import { parseUpgradeOptions } from "../../src/adapters/upgrade/options.js";
import {
  createBatcher,
  createJwsSigner,
  createJwsVerifier,
  createKeyTable,
  createSigner,
  createVerifier,
  deriveKeys,
  deriveSecret,
  resolveKeys,
  type VerifierOptions,
} from "../../src/index.js";
import { callback } from "../../src/keyring/callback.js";
import { directory } from "../../src/keyring/node/directory.js";
import { environment } from "../../src/keyring/node/environment.js";
import { file } from "../../src/keyring/node/file.js";
import { remote } from "../../src/keyring/remote.js";
import { createKeyRing } from "../../src/keyring/ring.js";
import { createRevocationList } from "../../src/revocation/list.js";
import { createRefresher } from "../../src/revocation/refresher.js";
import { createReplayGuard } from "../../src/revocation/replayGuard.js";
import { createSessionRegistry } from "../../src/sessions/registry.js";
import { base64url, NOW, signClaims, TEST_SECRET } from "../support/tokens.js";

function refusal(options: unknown): string {
  try {
    createVerifier(options as VerifierOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
  return "none";
}

describe("the options of other libraries are refused, with what to write", () => {
  it.each<[string, string]>([
    ["secret", "keys"],
    ["secretOrPublicKey", "keys"],
    ["secretOrKey", "keys"],
    ["publicKey", "keys: { publicKey }"],
    ["jwksUri", "keys: createKeyRing({ source: remote(url) })"],
    ["algorithm", "algorithms"],
    ["maxAge", "maxTokenAge"],
    ["clockTimestamp", "currentDate"],
    ["leeway", "clockTolerance"],
    ["jwtid", "jwtId"],
    ["jti", "jwtId"],
    ["allowedIss", "issuer"],
    ["allowedAud", "audience"],
    ["checkTyp", "typ"],
    ["isRevoked", "revocation"],
    ["complete", "verdict.header"],
  ])("`%s` of a verifier is `%s`", (name, here) => {
    expect(refusal({ keys: TEST_SECRET, [name]: "x" })).toBe(`Unknown option \`${name}\`: did you mean \`${here}\`?`);
  });

  it.each<[string, string]>([
    ["secret", "key"],
    ["secretOrPrivateKey", "key"],
    ["privateKey", "key: { privateKey }"],
    ["algorithm", "key: { alg }"],
    ["keyid", "key: { kid }"],
    ["noTimestamp", "issuedAt: false"],
  ])("`%s` of a signer is `%s`", (name, here) => {
    expect(() => createSigner({ key: TEST_SECRET, [name]: "x" })).toThrow(`Unknown option \`${name}\`: did you mean \`${here}\`?`);
  });

  it.each<[string, string]>([
    ["secret", "verifier: createVerifier({ keys })"],
    ["issuer", "verifier: createVerifier({ issuer })"],
    ["algorithms", "verifier: createVerifier({ algorithms })"],
    ["credentialsRequired", "optional"],
    ["getToken", "token: { from }"],
    ["cookie", "token: { cookie }"],
    ["requestProperty", "request.auth"],
  ])("`%s` of an adapter is `%s`", (name, here) => {
    const options = { verifier: createVerifier({ keys: TEST_SECRET }), [name]: "x" };
    expect(() => authenticate(options)).toThrow(`Unknown option \`${name}\`: did you mean \`${here}\`?`);
  });

  it.each<[string, string]>([
    ["requestHeaders", "headers"],
    ["timeoutDuration", "timeout"],
    ["cooldownDuration", "coolDown"],
    ["cacheMaxAge", "maxAge"],
  ])("`%s` of a key set on a server is `%s`", (name, here) => {
    expect(() => remote("https://a.example", { [name]: 1 })).toThrow(`Unknown option \`${name}\`: did you mean \`${here}\`?`);
  });

  it.each<[object, string]>([
    [{ jwks: "https://auth.example.com/jwks" }, "; write `keys: createKeyRing({ source: remote(url) })` for a set on a server"],
    [{ keys: async () => TEST_SECRET }, "got a function; write `createKeyRing({ source: callback(keys) })`, or `resolveKeys(keys)`"],
    [{ keys: { privateKey: "x" } }, "Expected `keys` to be a key to verify with, got a `privateKey`; write `{ publicKey }`"],
    [{ keys: { secret: TEST_SECRET, algorithm: "HS256" } }, "Unknown option `keys.algorithm`: did you mean `alg`?"],
    [{ keys: { secret: TEST_SECRET, keyid: "a" } }, "Unknown option `keys.keyid`: did you mean `kid`?"],
    [{ keys: { secret: "c2VjcmV0", encoding: "base64" } }, 'got a string; write `secret: Buffer.from(text, "base64")` for others'],
  ])("%o", (options, message) => {
    expect(refusal(options)).toContain(message);
  });
});

describe("an option that checks something and is undefined is an error", () => {
  const rule = "to be set, got undefined: leave the option out if nothing is to be checked";

  it.each([
    ...["algorithms", "alg", "issuer", "audience", "subject", "jwtId", "nonce", "typ", "requiredClaims", "requireJwtId"],
    ...["revocation", "replay", "maxTokenAge", "maxLifetime", "validate"],
  ])("%s of a verifier", (name) => {
    expect(refusal({ keys: TEST_SECRET, [name]: undefined })).toBe(`Expected \`${name}\` ${rule}`);
  });

  const verifier = createVerifier({ keys: TEST_SECRET });
  const revocations = createRevocationList();
  it.each<[string, string, (options: object) => unknown]>([
    ["typ", "a verifier of bytes", (options) => createJwsVerifier({ keys: TEST_SECRET, ...options })],
    ["algorithms", "a verifier of bytes", (options) => createJwsVerifier({ keys: TEST_SECRET, ...options })],
    ["salt", "derived keys", (options) => deriveKeys({ master: TEST_SECRET, ...options })],
    ["info", "derived keys", (options) => deriveKeys({ master: TEST_SECRET, ...options })],
    ["salt", "a derived secret", (options) => deriveSecret({ master: TEST_SECRET, ...options }, "device-1")],
    ["info", "a derived secret", (options) => deriveSecret({ master: TEST_SECRET, ...options }, "device-1")],
    ["scopeClaim", "an adapter", (options) => authenticate({ verifier, ...options })],
    ["scopeClaim", "a required scope", (options) => requireScope("a", options)],
    ["scope", "an adapter", (options) => authenticate({ verifier, ...options })],
    ["scopeClaim", "an adapter", (options) => authenticate({ verifier, ...options })],
    ["scopeClaim", "a required scope", (options) => requireScope("admin", options)],
    ["scope", "upgrades", (options) => parseUpgradeOptions({ verifier, ...options })],
    ["origins", "upgrades", (options) => parseUpgradeOptions({ verifier, ...options })],
    ["sessions", "upgrades", (options) => parseUpgradeOptions({ verifier, ...options })],
    ["bind", "a broker", (options) => parseBrokerOptions({ verifier, ...options })],
    ["aclClaim", "a broker", (options) => parseBrokerOptions({ verifier, ...options })],
    ["sessions", "a broker", (options) => parseBrokerOptions({ verifier, ...options })],
    ["maxStaleness", "a ring", (options) => createKeyRing({ keys: TEST_SECRET, ...options })],
    ["store", "a revocation list", (options) => createRevocationList(options)],
    ["maxStaleness", "a revocation list", (options) => createRevocationList(options)],
    ["revocations", "a session registry", (options) => createSessionRegistry(options)],
    [
      "familyLifetime",
      "a refresher",
      (options) => {
        const signer = createSigner({ key: TEST_SECRET });
        const signers = { accessSigner: signer, refreshSigner: signer };
        return createRefresher({ verifier, ...signers, revocations, accessLifetime: 1, refreshLifetime: 1, ...options });
      },
    ],
  ])("%s of %s", (name, _, make) => {
    expect(() => make({ [name]: undefined })).toThrow(`Expected \`${name}\` ${rule}`);
    expect(() => make({})).not.toThrow();
  });

  it.each(["nbf", "exp"])("%s of a ring's key", (name) => {
    for (const key of [{ secret: TEST_SECRET }, { kty: "oct", k: base64url(TEST_SECRET) } as const])
      expect(() => createKeyRing({ keys: [{ ...key, [name]: undefined }] })).toThrow(`Expected \`keys[0].${name}\` ${rule}`);
  });
});

describe("algorithms that no key has", () => {
  it.each<[string, object, string]>([
    ["a secret", { keys: TEST_SECRET, algorithms: ["RS256"] }, "HS256"],
    ["a secret of another hash", { keys: TEST_SECRET, algorithms: ["HS512", "ES256"] }, "HS256"],
    ["a set", { jwks: { keys: [{ kty: "oct", k: base64url(TEST_SECRET) }] }, algorithms: ["ES256"] }, "HS256"],
  ])("are refused beside %s", (_, options, own) => {
    expect(refusal(options)).toBe(`Expected \`algorithms\` to have one that a key is for (${own}), got none of them`);
  });
});

describe("a function whose answer is not waited for", () => {
  it.each<[string, unknown]>([
    ["validate", async () => true],
    ["validate", function* () {}],
    ["currentDate", async () => NOW],
  ])("may not be async: %s", (name, value) => {
    expect(refusal({ keys: TEST_SECRET, [name]: value })).toBe(
      `Expected \`${name}\` to be a function that answers at once, got one that is async or a generator`,
    );
  });

  it("that gives a promise all the same accepts nothing", () => {
    const validate = (() => Promise.resolve(true)) as unknown as () => boolean;
    expect(createVerifier({ keys: TEST_SECRET, validate }).verify(signClaims({}))).toMatchObject({ code: "VALIDATION_FAILED" });
  });
});

describe("the trace of an error ends at the caller's line", () => {
  const wrong = { nonsense: 1 } as never;
  const verifier = createVerifier({ keys: TEST_SECRET });
  const calls: Readonly<Record<string, () => unknown>> = {
    createVerifier: () => createVerifier(wrong),
    "createVerifier with a wrong key": () => createVerifier({ keys: "short" }),
    "createVerifier of issuers": () => createVerifier({ issuers: [wrong] }),
    createSigner: () => createSigner(wrong),
    createJwsVerifier: () => createJwsVerifier(wrong),
    createJwsSigner: () => createJwsSigner(wrong),
    createBatcher: () => createBatcher(verifier, wrong),
    createKeyTable: () => createKeyTable(wrong),
    resolveKeys: () => resolveKeys(() => undefined, wrong),
    deriveKeys: () => deriveKeys(wrong),
    deriveSecret: () => deriveSecret(wrong, ""),
    createKeyRing: () => createKeyRing(wrong),
    "createKeyRing without a file": () => createKeyRing({ source: file("/none") }),
    remote: () => remote("https://a.example", wrong),
    callback: () => callback(() => [], wrong),
    file: () => file("a", wrong),
    directory: () => directory("a", wrong),
    environment: () => environment("A", wrong),
    createRevocationList: () => createRevocationList(wrong),
    createReplayGuard: () => createReplayGuard(wrong),
    createRefresher: () => createRefresher(wrong),
    createSessionRegistry: () => createSessionRegistry(wrong),
    authenticate: () => authenticate(wrong),
    requireScope: () => requireScope("a", wrong),
  };

  it.each(Object.entries(calls))("of %s", (_, call) => {
    try {
      call();
    } catch (error) {
      const { stack = "", message } = error as Error;
      expect(stack.startsWith(`${(error as Error).name}: ${message}\n`)).toBe(true);
      expect(stack.slice(stack.indexOf("\n    at ")).split("\n")[1]).toMatch(/misuse\.test\.ts/);
      return;
    }
    expect.fail("nothing was thrown");
  });

  it("unless it is one of the caller's own code", () => {
    const ofCaller = new Error("out of order");
    const { stack } = ofCaller;
    const rows = {
      [Symbol.iterator](): Iterator<never> {
        throw ofCaller;
      },
    };
    expect(() => createKeyTable({ keys: rows })).toThrow(ofCaller);
    expect(ofCaller.stack).toBe(stack);
  });

  it("or one that cannot be written to", () => {
    const frozen = Object.freeze(new Error("Expected rows to be readable"));
    const rows = {
      [Symbol.iterator](): Iterator<never> {
        throw frozen;
      },
    };
    expect(() => createKeyTable({ keys: rows })).toThrow(frozen);
  });
});
