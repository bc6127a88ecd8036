/**
 * Options that are there and undefined, as those of a variable that is not set. Each option of each function is either refused then, or named
 * here as one that checks nothing, or without which less is accepted. A new one is neither, and fails.
 */
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
} from "../../src/index.js";
import { callback } from "../../src/keyring/callback.js";
import { discover } from "../../src/keyring/discover.js";
import { directory } from "../../src/keyring/node/directory.js";
import { environment } from "../../src/keyring/node/environment.js";
import { file } from "../../src/keyring/node/file.js";
import { remote } from "../../src/keyring/remote.js";
import { createKeyRing } from "../../src/keyring/ring.js";
import { createRevocationList } from "../../src/revocation/list.js";
import { createRefresher } from "../../src/revocation/refresher.js";
import { createReplayGuard } from "../../src/revocation/replayGuard.js";
import { createSessionRegistry } from "../../src/sessions/registry.js";
import { PAIRS } from "../support/pairs.js";
import { TEST_SECRET } from "../support/tokens.js";

const verifier = createVerifier({ keys: TEST_SECRET });
const signer = createSigner({ key: TEST_SECRET });
const revocations = createRevocationList();
const { publicKey, privateKey } = PAIRS.ES256;
const lifetimes = { accessLifetime: 1, refreshLifetime: 1 };
const rules = ["crit", "clockTolerance", "ignoreExpiration", "ignoreNotBefore", "allowWeakSecrets", "keyFrom", "jwks"];
const own = ["maxTokenLength", "currentDate", "issuers"];
const ages = ["maxAge", "maxStale", "unknownAge", "timeout"];

type Make = (options: object) => unknown;
const functions: readonly (readonly [name: string, make: Make, harmless: readonly string[]])[] = [
  ["createVerifier", (options) => createVerifier({ keys: TEST_SECRET, ...options }), [...rules, ...own]],
  ["an issuer", (options) => createVerifier({ issuers: [{ issuer: "a", keys: TEST_SECRET, ...options }] }), rules],
  [
    "createJwsVerifier",
    (options) => createJwsVerifier({ keys: TEST_SECRET, ...options }),
    ["jwks", "crit", "maxTokenLength", "currentDate", "allowWeakSecrets"],
  ],
  [
    "createSigner",
    (options) => createSigner({ key: TEST_SECRET, ...options }),
    ["issuedAt", "typ", "header", "currentDate", "allowWeakSecrets"],
  ],
  ["sign", (options) => signer.sign({}, options), []],
  ["createJwsSigner", (options) => createJwsSigner({ key: TEST_SECRET, ...options }), ["typ", "header", "allowWeakSecrets"]],
  ["a secret", (options) => createVerifier({ keys: { secret: TEST_SECRET, ...options } }), ["kid", "alg", "encoding", "default"]],
  ["a public key", (options) => createVerifier({ keys: { publicKey, ...options } }), ["kid", "alg", "default"]],
  ["a private key", (options) => createSigner({ key: { privateKey, ...options } }), ["kid", "alg", "key", "passphrase"]],
  [
    "a key that signs elsewhere",
    (options) => createSigner({ key: { alg: "ES256", sign: () => TEST_SECRET, ...options } }),
    ["kid", "timeout"],
  ],
  ["createBatcher", (options) => createBatcher(verifier, options), ["maxBatch", "maxQueue", "flush"]],
  ["createKeyTable", (options) => createKeyTable(options), ["keys", "allowWeakSecrets"]],
  [
    "resolveKeys",
    (options) => resolveKeys(() => undefined, options),
    [...ages, "maxKeys", "maxUnknown", "maxPending", "allowWeakSecrets", "currentDate", "onError"],
  ],
  ["deriveKeys", (options) => deriveKeys({ master: TEST_SECRET, ...options }), ["alg", "maxKeys", "maxFailures"]],
  ["deriveSecret", (options) => deriveSecret({ master: TEST_SECRET, ...options }, "a"), ["alg"]],
  [
    "createKeyRing",
    (options) => createKeyRing({ keys: TEST_SECRET, ...options }),
    ["keys", "source", "allowWeakSecrets", "currentDate", "onReload", "onError"],
  ],
  [
    "remote",
    (options) => remote("https://auth.example.com/jwks", options),
    ["headers", "timeout", "coolDown", "maxAge", "maxLength", "fetch", "allowInsecureHttp"],
  ],
  [
    "discover",
    (options) => discover("https://auth.example.com", options),
    ["headers", "timeout", "coolDown", "maxAge", "maxLength", "fetch", "allowInsecureHttp", "wellKnown"],
  ],
  ["callback", (options) => callback(() => [], options), ["coolDown", "maxAge", "timeout"]],
  ["file", (options) => file("keys", options), ["format", "pollInterval"]],
  ["directory", (options) => directory("keys", options), ["format", "encoding", "pollInterval"]],
  ["environment", (options) => environment("KEYS", options), ["format"]],
  ["createRevocationList", (options) => createRevocationList(options), ["onStale", "onError", "currentDate"]],
  ["createReplayGuard", (options) => createReplayGuard(options), ["maxEntries", "currentDate"]],
  [
    "createRefresher",
    (options) => createRefresher({ verifier, accessSigner: signer, refreshSigner: signer, revocations, ...lifetimes, ...options }),
    ["families", "accessClaims", "reuseGrace", "timeout", "currentDate"],
  ],
  ["createSessionRegistry", (options) => createSessionRegistry(options), ["clockTolerance", "currentDate", "onClose"]],
  ["authenticate", (options) => authenticate({ verifier, ...options }), ["token", "optional", "realm", "preflight", "onRejected"]],
  ["requireScope", (options) => requireScope("a", options), ["realm", "preflight", "onRejected"]],
  [
    "authenticateUpgrade",
    (options) => parseUpgradeOptions({ verifier, ...options }),
    ["token", "optional", "realm", "onRejected", "session", "shouldHandle", "onError", "preflight"],
  ],
  ["protect", (options) => parseBrokerOptions({ verifier, ...options }), ["token", "aclDefault", "session", "onRejected"]],
];

function namesOf(make: Make): readonly string[] {
  try {
    make({ zzqqxx: 1 });
  } catch (error) {
    return (error as Error).message.split("known are ")[1]?.split(", ") ?? [];
  }
  return [];
}

function isTaken(make: Make, options: object): boolean {
  try {
    make(options);
    return true;
  } catch {
    return false;
  }
}

describe("an option that is undefined is refused, unless nothing more is accepted without it", () => {
  it.each(functions)("of %s", (_, make, harmless) => {
    const names = namesOf(make);
    expect(names.length).toBeGreaterThan(0);
    expect(isTaken(make, {})).toBe(true);
    const taken = names.filter((name) => isTaken(make, { [name]: undefined }));
    expect(taken.toSorted()).toEqual([...harmless].sort());
  });
});
