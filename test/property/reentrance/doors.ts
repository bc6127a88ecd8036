/** Sources of keys that call `at` at each place where the library calls the caller's code: one door for each kind there is. */
import { createHash, type KeyObject } from "node:crypto";
import type { Key } from "../../../src/engine/key.js";
import {
  createKeyTable,
  type DerivedKeysOptions,
  deriveKeys,
  deriveSecret,
  type KeyInput,
  resolveKeys,
  type VerifierOptions,
} from "../../../src/index.js";
import { callback } from "../../../src/keyring/callback.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { parseKeys } from "../../../src/keys/key.js";
import type { KeySnapshot, KeySource } from "../../../src/sources/keySource.js";
import { OTHER_PAIRS, PAIRS, signWith } from "../../support/pairs.js";
import { base64url, NOW, signText } from "../../support/tokens.js";

/** Tells of a callback, by its name; may re-enter the library. */
export type At = (callback: string) => void;

export type DoorAlgorithm = "HS256" | "ES256";

/** Keys of a verifier: "own" is always there, "spare" comes and goes, "unknown" never is. */
export interface Door {
  readonly algorithm: DoorAlgorithm;
  /** The secrets of this door, or of foreigners, begin so. */
  readonly name: string;
  readonly keys: NonNullable<VerifierOptions["keys"]>;
  /** Every name has a key. */
  readonly isDerived: boolean;
  /** Can "spare" come and go? */
  readonly canChange: boolean;
  /** Others than before, "own" among them, and "spare" or not. */
  change(hasSpare: boolean): void;
  /** Takes all keys out and puts those back that were there, one after the other. */
  renew(): void;
  close(): void;
}

export const NAMES = ["own", "spare", "unknown"] as const;

/** A test key, public as this file is: one for each door and name. */
export function secretOf(door: string, kid: string): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(`test key ${kid} of ${door}, to be used nowhere`).digest());
}

function jwkOf(door: string, kid: string, algorithm: DoorAlgorithm): { kty: "oct"; k: string; kid: string } | { kty: "EC"; kid: string } {
  if (algorithm === "HS256") return { kty: "oct", k: base64url(secretOf(door, kid)), kid };
  return { ...(isForeign(door) ? FOREIGN_JWK : OWN_JWK), kid };
}

export function keyOf(door: string, kid: string, algorithm: DoorAlgorithm): KeyInput {
  if (algorithm === "HS256") return { kid, secret: secretOf(door, kid) };
  return { kid, alg: "ES256", publicKey: pairOf(door).publicKey };
}

/** There are two pairs: foreigners have another one, and that is what counts. */
function pairOf(door: string): { publicKey: KeyObject; privateKey: KeyObject } {
  return isForeign(door) ? OTHER_PAIRS.ES256 : PAIRS.ES256;
}

function isForeign(door: string): boolean {
  return door.startsWith("foreign");
}

const OWN_JWK = jwkOfPair(PAIRS.ES256.publicKey);
const FOREIGN_JWK = jwkOfPair(OTHER_PAIRS.ES256.publicKey);

function jwkOfPair(publicKey: KeyObject): { kty: "EC" } {
  return { ...(publicKey.export({ format: "jwk" }) as { kty: "EC" }), ...{ alg: "ES256" } };
}

const signed = new Map<string, string>();

/** A token of that door's key, or of what would be it; signed once, as ECDSA is slow. */
export function tokenOf(door: string, kid: string, algorithm: DoorAlgorithm, claims: object): string {
  const id = JSON.stringify([door, kid, algorithm, claims]);
  const known = signed.get(id);
  if (known !== undefined) return known;
  const header = JSON.stringify({ alg: algorithm, kid });
  const payload = JSON.stringify(claims);
  const secret = door.startsWith("derived") ? deriveSecret(derivation(door), kid) : secretOf(door, kid);
  const token = algorithm === "HS256" ? signText(payload, header, secret) : signWith("ES256", payload, header, pairOf(door).privateKey);
  signed.set(id, token);
  return token;
}

export function derivation(door: string): DerivedKeysOptions {
  return { master: secretOf(door, "master"), info: "test" };
}

// ---- doors ---------------------------------------------------------------------------------------------------------------

export async function ringDoor(name: string, algorithm: DoorAlgorithm, at: At): Promise<Door> {
  let time = NOW;
  let loads = 0;
  const ring = createKeyRing({
    keys: [jwkOf(name, "own", algorithm), jwkOf(name, "spare", algorithm)],
    source: callback(
      () => {
        at("callback of a ring");
        if (loads++ % 3 === 2) throw new Error("a source that is down");
        return [jwkOf(name, `loaded ${loads}`, algorithm)];
      },
      { coolDown: 1 },
    ),
    currentDate: () => {
      at("currentDate of a ring");
      time += 10;
      return time;
    },
    onReload: () => at("onReload of a ring"),
    onError: () => at("onError of a ring"),
  });
  await ring.ready();
  let changes = 0;
  const put = (kid: string, isThere: boolean) => {
    ring.remove(kid);
    if (isThere) ring.add(jwkOf(name, kid, algorithm));
  };
  return {
    algorithm,
    name,
    keys: ring,
    isDerived: false,
    canChange: true,
    change: (hasSpare) => {
      put("spare", hasSpare);
      ring.remove(`other ${changes++}`);
      ring.add(jwkOf(name, `other ${changes}`, algorithm));
    },
    renew: () => {
      ring.remove("own");
      ring.add(jwkOf(name, "own", algorithm));
      void ring.reload();
    },
    close: () => ring.close(),
  };
}

export function tableDoor(name: string, algorithm: DoorAlgorithm): Door {
  const key = (kid: string) => keyOf(name, kid, algorithm);
  const table = createKeyTable({ keys: [key("own"), key("spare")] });
  let hasSpareNow = true;
  return {
    algorithm,
    name,
    keys: table,
    isDerived: false,
    canChange: true,
    change: (hasSpare) => {
      if (hasSpare) table.set([key("own"), key("spare"), key("other")]);
      else table.delete("spare");
      hasSpareNow = hasSpare;
    },
    renew: () => {
      table.clear();
      table.set(hasSpareNow ? [key("own"), key("spare")] : [key("own")]);
    },
    close: () => undefined,
  };
}

export function resolverDoor(name: string, algorithm: DoorAlgorithm, at: At, byPromise: boolean): Door {
  let hasSpareNow = true;
  let time = NOW;
  const keys = resolveKeys(
    (kid) => {
      at("resolver, when it is asked");
      if (kid === "own" || (kid === "spare" && hasSpareNow)) {
        const key = keyOf(name, kid, algorithm);
        at("resolver, when it has the key");
        return byPromise ? Promise.resolve(key) : key;
      }
      at("resolver, when it has no key");
      if (kid === "spare") return undefined;
      throw new Error("a source that is down");
    },
    {
      // What is not there is forgotten by the next call, what is there never is.
      unknownAge: 1,
      maxAge: 1e9,
      currentDate: () => {
        at("currentDate of a resolver");
        time += 2;
        return time;
      },
      onError: () => at("onError of a resolver"),
    },
  );
  return {
    algorithm,
    name,
    keys,
    isDerived: false,
    canChange: true,
    change: (hasSpare) => {
      hasSpareNow = hasSpare;
      for (const kid of NAMES) keys.forget(kid);
    },
    renew: () => {
      for (const kid of NAMES) keys.forget(kid);
    },
    close: () => undefined,
  };
}

export function derivedDoor(name: string): Door {
  const keys = deriveKeys({ ...derivation(name), maxKeys: 2 });
  return { algorithm: "HS256", name, keys, isDerived: true, canChange: false, change: () => {}, renew: () => {}, close: () => {} };
}

export function fixedDoor(name: string, algorithm: DoorAlgorithm): Door {
  const keys = [keyOf(name, "own", algorithm), keyOf(name, "spare", algorithm)];
  return { algorithm, name, keys, isDerived: false, canChange: false, change: () => {}, renew: () => {}, close: () => {} };
}

const parsedKeys = new Map<string, Key>();

/** A key for an engine to load, which wipes it if it is a secret. */
function parsed(door: string, kid: string, algorithm: DoorAlgorithm): Key {
  const parse = () =>
    (parseKeys(keyOf(door, kid, algorithm), "key", { allowWeak: false, algorithms: undefined }) as readonly Key[])[0] as Key;
  if (algorithm === "HS256") return parse();
  const id = `${door} ${kid}`;
  const key = parsedKeys.get(id) ?? parse();
  parsedKeys.set(id, key);
  return key;
}

/** A source of the caller's own: every call places its keys anew, as a source may that is not clever. */
export function customDoor(name: string, algorithm: DoorAlgorithm, at: At): Door {
  let hasSpareNow = true;
  const there = () => (hasSpareNow ? ["own", "spare"] : ["own"]);
  const source: KeySource = {
    at() {
      at("at() of a source, before");
      const kids = there();
      const snapshot: KeySnapshot = {
        get size() {
          at("size of a snapshot");
          return kids.length;
        },
        load() {
          at("load() of a snapshot, before");
          const keys = kids.map((kid) => withGetters(parsed(name, kid, algorithm), at));
          at("load() of a snapshot, after");
          return keys;
        },
      };
      at("at() of a source, after");
      return snapshot;
    },
    missed: () => at("missed() of a source"),
    refresh: async () => {
      at("refresh() of a source");
      return true;
    },
    supply: (names) => {
      at("supply() of a source");
      return names.includes("spare") ? Promise.resolve(true) : true;
    },
    isUnavailable: () => {
      at("isUnavailable() of a source");
      return false;
    },
    proved: () => at("proved() of a source"),
  };
  return {
    algorithm,
    name,
    keys: source,
    isDerived: false,
    canChange: true,
    change: (hasSpare) => {
      hasSpareNow = hasSpare;
    },
    renew: () => undefined,
    close: () => undefined,
  };
}

/** The key, one of its members being read by the caller's code. */
function withGetters(key: Key, at: At): Key {
  const { kid } = key;
  return Object.defineProperty({ ...key }, "kid", {
    enumerable: true,
    get() {
      at("getter of a loaded key");
      return kid;
    },
  });
}
