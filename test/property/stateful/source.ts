/**
 * Sources of keys, each with a plain record of what it would have given when: by it, a key may be used that the source gave a moment ago, as
 * long ago as its documents allow; and a key that has been there for longer than that must be.
 */
import { createHash } from "node:crypto";
import { newPair } from "../../../src/cli/keys/newPair.js";
import {
  createKeyTable,
  deriveKeys,
  deriveSecret,
  type KeyInput,
  type KeyTable,
  type ResolvedKeys,
  resolveKeys,
  type VerifierOptions,
} from "../../../src/index.js";
import { callback } from "../../../src/keyring/callback.js";
import type { RingKeyInput } from "../../../src/keyring/input.js";
import type { KeyRing } from "../../../src/keyring/keyRing.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import type { ReferenceKey } from "../../reference/verify.js";
import type { Pair } from "../../support/pairs.js";
import { ageOf, type Instant, type TestTime } from "../../support/time.js";
import { base64url } from "../../support/tokens.js";

export const SOURCE_KINDS = [
  "fixed",
  "fixed by the platform",
  "table",
  "table by the platform",
  "ring",
  "ring by the platform",
  "ring of one",
  "resolver",
  "resolver by promise",
  "derived",
] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export type Health = "well" | "failing" | "hanging";

/** Names of keys; the first is always there. A ring of one has keys for tokens that name none. */
export const KIDS = ["a", "b", "c"] as const;
const NONE = "";

/** A version of a key, and when the source gave it. */
interface Given {
  readonly kid: string;
  readonly version: number;
  until: Instant | undefined;
  /** Moments before clocks jumped, at which it was given. */
  readonly marks: Instant[];
}

/** What a token's key may be: one of these versions, or none. */
export interface Possible {
  readonly versions: readonly number[];
  readonly mayBeNone: boolean;
  readonly mayBeUnavailable: boolean;
}

/** Seconds for which a source's keys are used. */
const MAX_AGE = 60;
/** Seconds for which it is remembered that a resolver has no key; between two loads of a ring. */
const COOL_DOWN = 10;
/** How long a source may take, by its documents, and a little for timers. */
const PATIENCE = 15;

const EC_PAIRS: readonly Pair[] = Array.from({ length: 5 }, () => newPair("ec", { namedCurve: "P-256" }));
const ED_PAIRS: readonly Pair[] = Array.from({ length: 5 }, () => newPair("ed25519"));

export class Source {
  readonly name: string;
  readonly kind: SourceKind;
  readonly algorithm: "HS256" | "ES256" | "EdDSA";
  readonly keys: NonNullable<VerifierOptions["keys"]>;
  health: Health = "well";
  readonly #time: TestTime;
  readonly #given: Given[] = [];
  /** What a ring has been told itself, by `add` and `remove`. */
  readonly #told = new Map<string, number | undefined>();
  readonly #waiting: (() => void)[] = [];
  /** Seconds that have passed, with timers running, since a name's key changed. */
  readonly #stable = new Map<string, number>();
  /** The same, since the source was not well, or the clocks not either. */
  #quiet = 0;
  /** The same, since it was well again: until it is asked anew it is taken for what it was. */
  #recovered = Number.POSITIVE_INFINITY;
  #versions = 0;
  readonly #ring: KeyRing | undefined;
  readonly #table: KeyTable | undefined;
  readonly #resolved: ResolvedKeys | undefined;

  constructor(name: string, kind: SourceKind, time: TestTime) {
    this.name = name;
    this.kind = kind;
    this.#time = time;
    this.algorithm = !kind.endsWith("by the platform") ? "HS256" : kind.startsWith("fixed") ? "EdDSA" : "ES256";
    for (const kid of this.kids) this.#give(kid);
    if (kind.startsWith("ring")) this.#ring = this.#makeRing();
    if (kind.startsWith("table")) this.#table = createKeyTable({ keys: this.kids.map((kid) => this.#inputOf(kid)) });
    if (kind.startsWith("resolver")) this.#resolved = this.#makeResolver();
    this.keys = this.#ring ?? this.#table ?? this.#resolved ?? (kind === "derived" ? deriveKeys(this.#derivation()) : this.#fixed());
  }

  get kids(): readonly string[] {
    return this.kind === "ring of one" ? [NONE] : KIDS;
  }

  get canChange(): boolean {
    return this.#ring !== undefined || this.#table !== undefined || this.#resolved !== undefined;
  }

  get canFail(): boolean {
    return this.#ring !== undefined || this.#resolved !== undefined;
  }

  async ready(): Promise<void> {
    await this.#ring?.ready();
  }

  close(): void {
    this.#ring?.close();
  }

  // ---- what is done to it ----------------------------------------------------------------------------------------------

  /** Another key under the same name, or one that was not there. */
  rotate(kid: string): void {
    if (!this.canChange) return;
    this.#withdraw(kid);
    this.#give(kid);
    this.#table?.set([this.#inputOf(kid)]);
  }

  withdraw(kid: string): void {
    if (!this.canChange || kid === this.kids[0]) return;
    this.#withdraw(kid);
    this.#table?.delete(kid);
  }

  /** An answer without any key. */
  withdrawAll(): void {
    if (!this.canChange) return;
    for (const kid of this.kids) this.#withdraw(kid);
    this.#table?.clear();
  }

  /** Tells a ring, a resolver's memory, or a table as a whole. */
  tell(kid: string, dice: number): void {
    if (this.#resolved) {
      this.#resolved.forget(kid);
      // A look-up under way is not to be believed any more: its tokens end without a key.
      this.#stable.set(kid, 0);
      return;
    }
    if (!this.#ring || kid === this.kids[0]) return;
    if (this.#isRefused) this.disturb();
    if (dice % 2) {
      this.#ring.remove(kid);
      this.#told.set(kid, undefined);
      return;
    }
    if (this.#told.get(kid) !== undefined) return;
    this.#ring.remove(kid);
    const version = this.#versions++;
    this.#ring.add(this.#jwkOf(kid, version));
    this.#told.set(kid, version);
  }

  fail(health: Health): void {
    if (!this.canFail) return;
    this.health = health;
    this.#recovered = 0;
    this.disturb();
    if (health === "well") for (const answer of this.#waiting.splice(0)) answer();
  }

  /** Clocks are about to jump: what is asked now has the time of now. */
  mark(): void {
    for (const each of this.#now()) each.marks.push(this.#time.now());
  }

  /** Clocks have jumped or stood still. */
  disturb(): void {
    this.#quiet = 0;
  }

  /** So many seconds have passed with timers running. */
  pass(seconds: number): void {
    for (const kid of this.kids) this.#stable.set(kid, (this.#stable.get(kid) ?? 0) + seconds);
    if (this.health !== "well") return;
    this.#quiet += seconds;
    this.#recovered += seconds;
  }

  // ---- what is true ------------------------------------------------------------------------------------------------------

  possible(kid: string, canWait: boolean): Possible {
    const truth = this.#versionOf(kid);
    const exactly = { versions: truth === undefined ? [] : [truth], mayBeNone: truth === undefined, mayBeUnavailable: false };
    if (this.kind === "derived") return { versions: [0], mayBeNone: false, mayBeUnavailable: false };
    // Of a table a key may go, or another one come, while the platform verifies a signature.
    if (this.kind === "table by the platform" && canWait && (this.#stable.get(kid) ?? 1) < 1) return { ...exactly, mayBeNone: true };
    if (!this.canFail) return exactly;
    if (this.#told.has(kid)) {
      const version = this.#told.get(kid);
      // Of a ring that cannot reach its source it is not known what is there.
      return {
        versions: version === undefined ? [] : [version],
        mayBeNone: version === undefined,
        mayBeUnavailable: version === undefined,
      };
    }
    const settled = MAX_AGE + PATIENCE + COOL_DOWN;
    if (this.#quiet > settled && (this.#stable.get(kid) ?? this.#quiet) > settled) {
      if (canWait || this.kind !== "resolver by promise") return { ...exactly, mayBeUnavailable: truth === undefined && this.#isRefused };
      return { ...exactly, mayBeNone: true, mayBeUnavailable: true };
    }
    const now = this.#time.now();
    const versions = this.#given.filter((each) => each.kid === kid && this.#mayBeUsed(each, now)).map(({ version }) => version);
    return { versions, mayBeNone: true, mayBeUnavailable: true };
  }

  /** All that the source gives has names of keys that the ring was told: of such a set it is said that it holds no key for this ring. */
  get #isRefused(): boolean {
    const given = this.#now();
    return given.length > 0 && given.every(({ kid }) => this.#told.get(kid) !== undefined);
  }

  /** May a key still be used that the source gives no more? */
  #mayBeUsed({ until, marks }: Given, now: Instant): boolean {
    const longest = MAX_AGE + (this.#ring ? PATIENCE : 1);
    if (until === undefined || [until, ...marks].some((given) => ageOf(given, now) <= longest)) return true;
    // A ring whose source does not answer keeps its keys; that it answers again is heard by a timer, or when it is asked.
    return this.#ring !== undefined && (this.health !== "well" || this.#recovered <= MAX_AGE + PATIENCE);
  }

  referenceKey(kid: string, version: number): ReferenceKey {
    const name = this.kind === "ring of one" ? {} : { kid };
    if (this.algorithm === "HS256") return { ...name, secret: this.#secret(kid, version) };
    return { ...name, alg: this.algorithm, publicKey: this.pair(version).publicKey };
  }

  pair(version: number): Pair {
    const pairs = this.algorithm === "ES256" ? EC_PAIRS : ED_PAIRS;
    return pairs[version % pairs.length] as Pair;
  }

  secret(kid: string, version: number): Uint8Array {
    return this.#secret(kid, version);
  }

  /** The name by which a key is found. */
  keyName(kid: string, version: number): string {
    return this.kind === "ring of one" ? `only ${version}` : kid;
  }

  /** The version that the source would give now, or the one before that. */
  versionFor(kid: string, isOld: boolean): number {
    const all = this.#given.filter((each) => each.kid === kid);
    const told = this.#told.get(kid);
    if (told !== undefined && !isOld) return told;
    return (isOld ? all.at(-2) : all.at(-1))?.version ?? 0;
  }

  // ---- how it is made ------------------------------------------------------------------------------------------------------

  #makeRing(): KeyRing {
    const give = () => this.#answer(() => this.#now().map(({ kid, version }) => this.#jwkOf(kid, version)));
    return createKeyRing({ source: callback(give, { maxAge: MAX_AGE, coolDown: COOL_DOWN }) });
  }

  #makeResolver(): ResolvedKeys {
    const byPromise = this.kind === "resolver by promise";
    const options = { maxAge: MAX_AGE, unknownAge: COOL_DOWN };
    return resolveKeys((kid) => {
      const give = () => (this.#versionOf(kid) === undefined ? undefined : this.#inputOf(kid));
      if (byPromise || this.health === "hanging") return this.#answer(give);
      if (this.health === "failing") throw new Error("a source that is down");
      return give();
    }, options);
  }

  /** What the source gives when it answers: at once, or when it is well again. */
  #answer<Value>(give: () => Value): Promise<Value> {
    if (this.health === "failing") return Promise.reject(new Error("a source that is down"));
    if (this.health === "well") return Promise.resolve().then(give);
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(give()));
    });
  }

  #fixed(): KeyInput[] {
    return this.kids.map((kid) => this.#inputOf(kid));
  }

  #derivation() {
    return { master: createHash("sha256").update(`test master of ${this.name}`).digest(), info: "test" };
  }

  #inputOf(kid: string): KeyInput {
    const version = this.#versionOf(kid) as number;
    if (this.algorithm === "HS256") return { kid, secret: this.#secret(kid, version) };
    return { kid, alg: this.algorithm, publicKey: this.pair(version).publicKey };
  }

  #jwkOf(kid: string, version: number): RingKeyInput {
    const name = this.keyName(kid, version);
    if (this.algorithm === "HS256") return { kty: "oct", k: base64url(this.#secret(kid, version)), kid: name };
    return { ...(this.pair(version).publicKey.export({ format: "jwk" }) as { kty: "EC" }), kid: name };
  }

  #secret(kid: string, version: number): Uint8Array {
    if (this.kind === "derived") return deriveSecret(this.#derivation(), kid);
    return Uint8Array.from(createHash("sha256").update(`test key ${version} ${kid} of ${this.name}, to be used nowhere`).digest());
  }

  #now(): Given[] {
    return this.#given.filter(({ until }) => until === undefined);
  }

  #versionOf(kid: string): number | undefined {
    return this.#now().find((each) => each.kid === kid)?.version;
  }

  #give(kid: string): void {
    if (this.#isRefused) this.disturb();
    this.#given.push({ kid, version: this.#versions++, until: undefined, marks: [] });
    this.#stable.set(kid, 0);
  }

  #withdraw(kid: string): void {
    if (this.#isRefused) this.disturb();
    for (const each of this.#now()) if (each.kid === kid) each.until = this.#time.now();
    this.#stable.set(kid, 0);
  }
}
