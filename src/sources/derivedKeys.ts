/**
 * Keys of devices, each derived from one master secret and the device's name, so that a million of them need not be stored. What is derived is
 * kept as midstates, as long as there is room, and only once a token has proved authentic. A flood of made-up names leaves nothing in memory, and
 * has a limited number of keys derived.
 */
import { LARGEST_SECRET } from "../abi.js";
import { ALGORITHMS, algorithmNames, isSecretAlgorithm, type SecretAlgorithm } from "../base/algorithms.js";
import { Allowance } from "../base/allowance.js";
import { isBytes } from "../base/brands.js";
import { whole } from "../base/check.js";
import { atCaller, optionError } from "../base/errors.js";
import { ownOptions } from "../base/own.js";
import { RecentNames } from "../base/recentNames.js";
import { holding, wipe } from "../base/wipe.js";
import { Hkdf } from "../engine/hkdf.js";
import type { SecretKey } from "../engine/key.js";
import { KeyMemory } from "../engine/keyMemory.js";
import { openEngine } from "../engine/openEngine.js";
import { parseSecretKey, type SecretSource } from "../keys/secret.js";
import { released } from "../runtime/released.js";
import { utf8Bytes } from "../runtime/text.js";
import { monotonic } from "../runtime/timer.js";
import type { KeySource } from "./keySource.js";

/** How a device's secret follows from the master's: HKDF with SHA-256 (RFC 5869). */
export interface DerivationOptions {
  /** The master secret: bytes, text, an oct JWK or a secret KeyObject, of at least 32 bytes. */
  readonly master: SecretSource;
  /** The salt of §2.2; 32 zeros unless given. */
  readonly salt?: Uint8Array | string;
  /** What `info` (§2.3) begins with; the device's name in UTF-8 is behind it. Says what the secrets are for, so that others are others. */
  readonly info?: Uint8Array | string;
  /** What the secrets are for, HS256 unless said otherwise: as long as its hash, 32, 48 or 64 bytes. */
  readonly alg?: SecretAlgorithm;
}

export interface DerivedKeysOptions extends DerivationOptions {
  /** How many devices' keys are kept ready; 100,000 unless given, 145 bytes each. Those of devices not heard of lately go first. */
  readonly maxKeys?: number;
  /**
   * How many keys a second may be derived in vain, for names that no token has proved so far; 10,000 unless given. While there are more,
   * tokens of such names are KEY_UNAVAILABLE; a device that has proved its name is not affected.
   */
  readonly maxFailures?: number;
}

/** Keys derived as they are needed. Give it to verifiers as `keys`; tokens name their device by `kid`, or as `keyFrom` says. */
export interface DerivedKeys extends KeySource {
  /** @internal */
  at(now: number): KeyMemory;
  /** How many keys are ready. */
  readonly size: number;
}

/**
 * Keys of all devices there may be, by one master secret. Every name has a key, so that to know a device from a made-up one is up to
 * whoever hands out its secret; single ones are refused by revoking them.
 * @throws TypeError for a wrong option, naming it.
 */
export const deriveKeys = /* @__PURE__ */ atCaller(function deriveKeys(options: DerivedKeysOptions): DerivedKeys {
  const own = ownOptions(options, "options", [...OPTION_NAMES, "maxKeys", "maxFailures"], SEPARATING);
  const plan = parseDerivation(own);
  const most = whole(own.maxKeys, "maxKeys", 1, 2 ** 24, "keys") ?? 100_000;
  const maxFailures = whole(own.maxFailures, "maxFailures", 1, 2 ** 24, "derivations a second") ?? 10_000;
  const keys = new KeyMemory(openEngine([plan.algorithm]));
  keys.open();
  const hkdf = plan.begin();
  const derived = new Derived(plan, hkdf, keys, most, maxFailures);
  released.register(derived, () => {
    hkdf.release();
    keys.release();
  });
  return derived;
});

/**
 * The secret of one device, to be handed to it: what `deriveKeys` verifies its tokens with.
 * @throws TypeError for a wrong option, naming it.
 */
export const deriveSecret = /* @__PURE__ */ atCaller(function deriveSecret(options: DerivationOptions, name: string): Uint8Array {
  const plan = parseDerivation(ownOptions(options, "options", OPTION_NAMES, SEPARATING));
  if (typeof name !== "string" || !name.isWellFormed()) throw optionError("name", "a well-formed string", name);
  const hkdf = plan.begin();
  try {
    return plan.secretOf(hkdf, name);
  } finally {
    hkdf.release();
  }
});

interface Derivation {
  readonly algorithm: SecretAlgorithm;
  /** Reads the master secret and wipes its copy: the last thing that can fail. */
  begin(): Hkdf;
  secretOf(hkdf: Hkdf, name: string): Uint8Array;
}

const OPTION_NAMES: readonly (keyof DerivationOptions)[] = ["master", "salt", "info", "alg"];

/** Those by which secrets for one thing are no secrets for another. */
const SEPARATING = ["salt", "info"] as const;

/** A master secret as a JWK says that it is for deriving, or that what it leads to signs or verifies. */
const MASTER_OPERATIONS = ["deriveKey", "deriveBits", "sign", "verify"] as const;

/** Parses options that are the caller's own and known. */
function parseDerivation(options: DerivationOptions): Derivation {
  const algorithm = options.alg ?? "HS256";
  if (!isSecretAlgorithm(algorithm)) throw optionError("alg", `one of ${algorithmNames("secret")}`, algorithm);
  const salt = bytesOf(options.salt, "salt");
  const info = bytesOf(options.info, "info") ?? new Uint8Array(0);
  if (options.master === undefined) throw optionError("master", "a secret", options.master);
  const { secretBytes } = ALGORITHMS[algorithm];
  return {
    algorithm,
    begin: () => {
      const engine = openEngine();
      const { secret } = parseSecretKey({ secret: options.master }, "master", false, MASTER_OPERATIONS);
      try {
        return new Hkdf(engine, secret, salt);
      } finally {
        secret.fill(0);
      }
    },
    secretOf: (hkdf, name) => {
      const text = utf8Bytes(name);
      const all = new Uint8Array(info.length + text.length);
      all.set(info);
      all.set(text, info.length);
      return hkdf.expand(all, secretBytes);
    },
  };
}

function bytesOf(value: unknown, name: string): Uint8Array | undefined {
  if (value === undefined) return undefined;
  const bytes = typeof value === "string" && value.isWellFormed() ? utf8Bytes(value) : value;
  if (!isBytes(bytes) || bytes.length > LARGEST_SECRET) {
    throw optionError(name, `bytes or well-formed text, at most ${LARGEST_SECRET} bytes`, value);
  }
  return new Uint8Array(bytes);
}

/** How many names of devices whose keys are gone are remembered for each key that may be kept. */
const GONE_PER_KEY = 4;
/** How many derivations in vain there may be at once: as many as a verifier asks for at a time. */
const MOST_NAMES = 1024;

class Derived implements DerivedKeys {
  readonly changes = { count: 0 };
  readonly #plan: Derivation;
  readonly #hkdf: Hkdf;
  readonly #keys: KeyMemory;
  readonly #most: number;
  /** Names whose keys are kept, those first that have been kept longest without being asked for. */
  readonly #kept = new Set<string>();
  /** Names that were proved, and whose keys are not kept any more. */
  readonly #gone: RecentNames;
  /** Names whose keys are kept until it is known whether their tokens are authentic, with whether a derivation in vain counts. */
  readonly #onTrial = new Map<string, boolean>();
  readonly #vain: Allowance;

  constructor(plan: Derivation, hkdf: Hkdf, keys: KeyMemory, most: number, maxFailures: number) {
    this.#plan = plan;
    this.#hkdf = hkdf;
    this.#keys = keys;
    this.#most = most;
    this.#gone = new RecentNames(GONE_PER_KEY * most);
    this.#vain = new Allowance(Math.min(maxFailures, MOST_NAMES), maxFailures, monotonic());
  }

  at(): KeyMemory {
    return this.#keys;
  }

  get size(): number {
    return this.#kept.size;
  }

  supply(names: readonly string[]): boolean {
    const now = monotonic();
    let areThere = false;
    holding(wipe, (keys: SecretKey[]) => {
      for (const name of names) {
        const isKnown = this.#kept.has(name) || this.#onTrial.has(name);
        if (!isKnown && !this.#mayDerive(name, now)) continue;
        areThere = true;
        if (!isKnown) keys.push(this.#derive(name));
      }
      if (keys.length) this.#keys.put([keys]);
    });
    return areThere;
  }

  #mayDerive(name: string, now: number): boolean {
    return this.#gone.has(name) || this.#vain.take(now);
  }

  #derive(name: string): SecretKey {
    this.#onTrial.set(name, !this.#gone.has(name));
    return { kid: name, algorithm: this.#plan.algorithm, secret: this.#plan.secretOf(this.#hkdf, name), isDefault: false };
  }

  proved(names: readonly string[], authentic: ReadonlySet<string>): void {
    for (const name of names) {
      const counted = this.#onTrial.get(name);
      if (counted === undefined) continue;
      this.#onTrial.delete(name);
      if (!authentic.has(name)) {
        this.#keys.remove(name);
        continue;
      }
      if (counted) this.#vain.giveBack();
      this.#gone.delete(name);
      this.#kept.add(name);
    }
    while (this.#kept.size > this.#most) this.#dropOne();
  }

  /** Each name has a key: a token that has found none was refused its derivation. */
  isUnavailable(name: string | undefined): boolean {
    return name !== undefined;
  }

  /** One that was used since it was looked at last gets another turn. */
  #dropOne(): void {
    for (const name of this.#kept) {
      this.#kept.delete(name);
      if (!this.#keys.takeUse(name)) {
        this.#keys.remove(name);
        this.#gone.add(name);
        return;
      }
      this.#kept.add(name);
    }
  }
}
