/**
 * A verifier whose every callback may re-enter the library, and what it must say of each token whatever is done meanwhile: a verdict is right
 * if it was right at some moment of the call. After the call there is one such moment only.
 */
import { setImmediate as turn } from "node:timers/promises";
import { ACCEPTED } from "../../../src/abi.js";
import { type Batcher, createBatcher, createVerifier, type Verdict, type Verifier, type VerifierOptions } from "../../../src/index.js";
import { createRevocationList, type RevocationList } from "../../../src/revocation/list.js";
import type { RevocationStore } from "../../../src/revocation/store.js";
import type { Replays, Revocations } from "../../../src/verify/revocations.js";
import { NOW } from "../../support/tokens.js";
import {
  customDoor,
  type Door,
  type DoorAlgorithm,
  derivedDoor,
  fixedDoor,
  keyOf,
  NAMES,
  resolverDoor,
  ringDoor,
  tableDoor,
  tokenOf,
} from "./doors.js";

/** Ways to have keys; each is a verifier of its own. */
export const KINDS = [
  "ring",
  "ring of ES256",
  "table",
  "table of ES256",
  "resolver",
  "resolver by promise",
  "derived",
  "fixed",
  "source",
  "source of ES256",
  "issuers",
] as const;
export type Kind = (typeof KINDS)[number];

/** What is so at a moment. */
interface State {
  readonly hasSpare: boolean;
  readonly isRevoked: boolean;
  /** Keys are being taken out and put back, or removed while a signature is verified. */
  readonly isUnsettled: boolean;
}

export interface Sample {
  readonly name: string;
  readonly token: string;
  readonly door: Door | undefined;
  readonly kid: (typeof NAMES)[number];
  readonly claims: object;
  readonly alone: "good" | "foreign" | "crossed" | "expired" | "revoked" | "victim" | "invalid" | "garbage" | "no issuer";
}

/** At most so many times a call's callbacks re-enter: what they begin calls them as well. */
const MOST_ENTRIES = 10;

export class House {
  readonly kind: Kind;
  readonly fired = new Set<string>();
  readonly faults: string[] = [];
  /** What was begun within callbacks, and has not ended. */
  readonly begun: Promise<unknown>[] = [];
  readonly doors: Door[] = [];
  readonly foreigners: Verifier[] = [];
  samples: Sample[] = [];
  list!: RevocationList;
  outer!: Verifier;
  /** Of the same keys. */
  sibling!: Verifier;
  batcher!: Batcher<unknown>;
  hasIssuers = false;

  #state: State = { hasSpare: true, isRevoked: false, isUnsettled: false };
  #moments: State[] = [this.#state];
  #callback: string | undefined;
  #work: (() => void) | undefined;
  #depth = 0;
  readonly #refused = new Set<Door>();
  #entries = 0;
  /** Calls from within that are refused say so. */
  #mayThrow: Error | undefined;

  private constructor(kind: Kind) {
    this.kind = kind;
  }

  static async build(kind: Kind, hasGuard = true): Promise<House> {
    const house = new House(kind);
    const issuers = kind === "issuers";
    for (const each of issuers ? ISSUER_DOORS : [kind]) house.doors.push(await doorOf(each, house.at));
    house.hasIssuers = issuers;
    house.list = createRevocationList({
      store: quietStore(),
      maxStaleness: 1e6,
      currentDate: () => {
        house.at("currentDate of a list");
        return NOW;
      },
      onError: () => house.at("onError of a list"),
    });
    house.list.subscribe(() => house.at("listener of a list"));
    void house.list.revoke({ jti: "revoked" });
    const rules: Partial<VerifierOptions> = {
      revocation: house.#revocation(),
      ...(hasGuard ? { replay: house.#guard() } : {}),
      currentDate: () => {
        house.at("currentDate of a verifier");
        return NOW;
      },
      validate: (claims) => {
        house.at("validate");
        return claims.valid !== false;
      },
    };
    house.outer = createVerifier({ ...rules, ...house.#keys(house.doors) });
    house.sibling = createVerifier({ ...house.#keys(house.doors), currentDate: NOW });
    house.batcher = createBatcher(house.outer, { flush: "microtask" });
    house.samples = [...house.#samples()];
    return house;
  }

  /** Called by every callback, whose name it is given. */
  readonly at = (callback: string): void => {
    if (callback !== this.#callback || !this.#work || this.#depth > 0 || this.#entries >= MOST_ENTRIES) return;
    this.fired.add(callback);
    this.#entries++;
    this.#depth++;
    try {
      this.#work();
    } catch (error) {
      if (error === this.#mayThrow) throw error;
      this.faults.push(`A callback threw ${String(error)}`);
    } finally {
      this.#depth--;
    }
  };

  /** The tokens, as the callback wants them: an array that re-enters when it is read. */
  tokens(): string[] {
    const tokens = this.samples.map(({ token }) => token);
    const name = this.#callback ?? "";
    if (name === "Proxy of tokens") {
      return new Proxy(tokens, {
        get: (target, key) => {
          this.at(name);
          return Reflect.get(target, key);
        },
      });
    }
    if (!name.includes("tokens")) return tokens;
    return tokens.reduce<string[]>((array, token, index) => {
      return Object.defineProperty(array, index, {
        configurable: true,
        enumerable: true,
        get: () => {
          this.at(name);
          if (name === "tokens that shrink" && index === 3) array.length = 4;
          if (name === "tokens that grow" && index === 3) array.push(...tokens);
          return token;
        },
      });
    }, []);
  }

  // ---- what callbacks do ---------------------------------------------------------------------------------------------------

  /** Does something within a callback: it may be refused, clearly. */
  try(work: () => unknown): void {
    try {
      const result = work();
      if (result instanceof Promise) {
        this.begun.push(
          result.catch((error) => {
            this.#requireClear(error);
          }),
        );
      }
    } catch (error) {
      this.#requireClear(error);
    }
  }

  /** @throws Error from the callback that called. */
  throw(): never {
    this.#mayThrow = new Error("Expected the callback not to throw");
    throw this.#mayThrow;
  }

  /** Has the outer verifier's keys be others, so that the next call places them anew. */
  change(): void {
    const hasSpare = !this.#state.hasSpare;
    if (!this.doors.some(({ canChange }) => canChange)) return;
    // Several doors do not change at once.
    this.#enter({ isUnsettled: true });
    for (const door of this.doors) this.#refusing(door, () => door.change(hasSpare));
    this.#enter({ hasSpare, isUnsettled: false });
  }

  /** While an array of tokens is read, a source may refuse: it is told again when that is over. */
  #refusing(door: Door, work: () => void): void {
    this.try(() => {
      try {
        work();
      } catch (error) {
        this.#refused.add(door);
        throw error;
      }
    });
  }

  renew(): void {
    this.#enter({ isUnsettled: true });
    for (const door of this.doors) this.#refusing(door, () => door.renew());
    this.#enter({ isUnsettled: false });
  }

  /** What is promised to be revoked is so from then on; what is refused may be tried again. */
  revokeVictim(): void {
    this.#enter({ isUnsettled: true });
    this.try(async () => {
      await this.list.revoke({ jti: "victim" });
      this.#enter({ isRevoked: true, isUnsettled: false });
    });
  }

  /** Verifiers of other keys under the same names, as large as the outer one: they take what memory was given back. */
  steal(count: number): void {
    for (let index = 0; index < count; index++) this.try(() => this.foreigners.push(this.foreign()));
  }

  foreign(): Verifier {
    const doors = this.doors.map((door) => ({ ...door, name: `foreign ${door.name}` }));
    const keys = doors.map(({ name, algorithm }) => ({ keys: NAMES.map((kid) => keyOf(name, kid, algorithm)) }));
    const each = this.hasIssuers ? { issuers: keys.map((options, index) => ({ ...options, issuer: issuerOf(index) })) } : keys[0];
    return createVerifier({ currentDate: NOW, ...each });
  }

  // ---- calls and what they must come to ------------------------------------------------------------------------------------

  /** Does `call` while `callback` does `work`; every verdict must be right. */
  async during(callback: string, work: () => void, call: () => Promise<void> | void): Promise<void> {
    this.#callback = callback;
    this.#work = work;
    this.#entries = 0;
    this.#moments = [this.#state];
    this.#mayThrow = undefined;
    try {
      await call();
    } catch (error) {
      this.#requireClear(error);
    }
    // A call by promise may re-enter until it ends.
    for (let index = 0; index < this.begun.length; index++) await this.begun[index];
    this.begun.length = 0;
    for (const door of this.#refused) {
      door.renew();
      door.change(this.#state.hasSpare);
    }
    this.#refused.clear();
    this.#enter({ isUnsettled: false });
    this.#callback = this.#work = undefined;
    this.#mayThrow = undefined;
    this.#moments = [this.#state];
  }

  /** A verdict of the outer verifier or its sibling. */
  check(sample: Sample, verdict: Verdict<unknown>, isOuter = true): void {
    const possible = new Set(this.#moments.flatMap((state) => this.#codes(sample, state, isOuter)));
    const code = codeOf(verdict);
    // What an array has no more when it is read is no token.
    if (this.#callback === "tokens that shrink") possible.add("MALFORMED");
    // What was refused has not changed anything, whatever the model says.
    if (this.#refused.size) for (const each of REFUSED) if (sample.alone !== "foreign" && sample.alone !== "crossed") possible.add(each);
    if (!possible.has(code)) this.faults.push(`${sample.name}: expected ${[...possible].join(" or ")}, got ${code}`);
    if (!verdict.ok) return;
    if (JSON.stringify(verdict.claims) !== JSON.stringify(sample.claims))
      this.faults.push(`${sample.name}: got the claims of another token`);
    if (verdict.keyName !== sample.kid) this.faults.push(`${sample.name}: got the key name ${verdict.keyName}`);
  }

  checkAll(samples: readonly Sample[], verdicts: Iterable<Verdict<unknown>>, isOuter = true): void {
    const all = [...verdicts];
    if (all.length !== samples.length) this.faults.push(`Expected ${samples.length} verdicts, got ${all.length}`);
    for (const [index, verdict] of all.entries()) this.check(samples[index] as Sample, verdict, isOuter);
  }

  /** Plain calls of all verifiers, with no callback that does anything. */
  async checkAfter(): Promise<void> {
    const tokens = this.samples.map(({ token }) => token);
    for (const [verifier, isOuter] of [
      [this.outer, true],
      [this.sibling, false],
    ] as const) {
      this.checkAll(this.samples, await verifier.verifyBatchAsync(tokens), isOuter);
      this.checkAll(this.samples, verifier.verifyBatch(tokens), isOuter);
      for (const sample of this.samples) this.check(sample, verifier.verify(sample.token), isOuter);
    }
    for (const foreigner of this.foreigners.slice(-3)) {
      const codes = [...foreigner.verifyBatch(tokens)].map(codeOf);
      this.samples.forEach((sample, index) => {
        const isTheirs = sample.alone === "foreign";
        if ((codes[index] === "ACCEPTED") !== isTheirs) this.faults.push(`${sample.name}: a foreigner's verdict is ${codes[index]}`);
      });
    }
  }

  expect(name: string, got: string, expected: string): void {
    // What a callback that threw has stopped comes to nothing.
    if (got !== expected && !this.#mayThrow) this.faults.push(`${name}: expected ${expected}, got ${got}`);
  }

  async close(): Promise<void> {
    for (const door of this.doors) door.close();
    await this.list.close();
    await turn();
  }

  #enter(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.#moments.push(this.#state);
  }

  #requireClear(error: unknown): void {
    const isClear = error instanceof Error && error.message.startsWith("Expected ");
    if (!isClear) this.faults.push(`Got an exception that is not clear: ${error instanceof Error ? error.stack : String(error)}`);
  }

  /** What a verdict may be at a moment. */
  #codes({ alone, kid, door }: Sample, state: State, isOuter: boolean): string[] {
    if (alone === "garbage") return ["MALFORMED"];
    if (alone === "no issuer") return ["ISSUER_NOT_FOUND"];
    const isThere = kid === "own" || (kid === "spare" && (state.hasSpare || !door?.canChange)) || door?.isDerived;
    const missing = ["KEY_NOT_FOUND", "KEY_UNAVAILABLE"];
    // While a token by promise waits for its signature, its key may go, and another one may take its name.
    const unsettled = state.isUnsettled ? [...missing, "BAD_SIGNATURE"] : [];
    // A key has not come within the look-up of it, nor for callers that cannot wait.
    const isLookedUp = this.kind === "resolver" && this.#callback?.startsWith("resolver") === true;
    const byPromise = this.kind === "resolver by promise" || this.hasIssuers || isLookedUp ? missing : [];
    const thrown = this.#mayThrow ? [...missing, "VALIDATION_FAILED", "REPLAY_GUARD_FULL", "REVOCATION_STALE"] : [];
    if (!isThere && !state.isUnsettled) return missing;
    if (alone === "foreign" || alone === "crossed") return ["BAD_SIGNATURE", ...unsettled, ...byPromise, ...thrown];
    const good = () => {
      if (alone === "expired") return ["EXPIRED"];
      if (!isOuter) return ["ACCEPTED"];
      if (alone === "invalid") return ["VALIDATION_FAILED"];
      if (alone === "revoked") return ["REVOKED"];
      if (alone === "victim") return state.isUnsettled ? ["ACCEPTED", "REVOKED"] : [state.isRevoked ? "REVOKED" : "ACCEPTED"];
      return ["ACCEPTED"];
    };
    return [...(kid === "unknown" && !door?.isDerived ? [] : good()), ...unsettled, ...byPromise, ...thrown];
  }

  #keys(doors: readonly Door[]): Pick<VerifierOptions, "keys"> | Pick<VerifierOptions, "issuers"> {
    if (!this.hasIssuers) return { keys: (doors[0] as Door).keys };
    return { issuers: doors.map(({ keys }, index) => ({ issuer: issuerOf(index), keys })) };
  }

  /** Calls the list's own `place` between two callbacks. */
  #revocation(): Revocations {
    const { list, at } = this;
    return {
      place: () => {
        at("place(), before");
        const placed = list.place();
        at("place(), after");
        return placed;
      },
      outlive: (seconds) => list.outlive(seconds),
      health: () => {
        at("health()");
        return list.health();
      },
    };
  }

  #guard(): Replays {
    return {
      judge: () => {
        this.at("judge() of a guard");
        return ACCEPTED;
      },
      outlive: () => undefined,
    };
  }

  *#samples(): Generator<Sample> {
    const exp = NOW + 1000;
    for (const [index, door] of this.doors.entries()) {
      const { name, algorithm } = door;
      const iss = issuerOf(index);
      const make = (alone: Sample["alone"], kid: Sample["kid"], more: object, signer = name): Sample => {
        const claims = { iss, jti: `${alone} ${kid} ${index}`, exp, ...more };
        return { name: `${alone} ${kid} of ${name}`, token: tokenOf(signer, kid, algorithm, claims), door, kid, claims, alone };
      };
      yield make("good", "own", { sub: "a" });
      yield make("foreign", "own", { sub: "b" }, `foreign ${name}`);
      yield make("good", "spare", { sub: "c", padding: "p".repeat(200) });
      yield make("foreign", "spare", { sub: "d" }, `foreign ${name}`);
      yield make("foreign", "unknown", { sub: "e" }, `foreign ${name}`);
      yield make("expired", "own", { exp: NOW - 1 });
      yield make("revoked", "own", { jti: "revoked" });
      yield make("victim", "own", { jti: "victim" });
      yield make("invalid", "own", { valid: false });
      if (algorithm === "HS256") yield make("crossed", "own", { sub: "f" }, `crossed ${name}`);
    }
    const first = this.doors[0] as Door;
    const claims = { iss: "nobody", jti: "x", exp };
    const garbage = { door: undefined, kid: "own", claims: {} } as const;
    yield { ...garbage, name: "garbage", token: "a.b", alone: "garbage" };
    if (!this.hasIssuers) return;
    yield { ...garbage, name: "no issuer", token: tokenOf(first.name, "own", first.algorithm, claims), alone: "no issuer" };
  }
}

const REFUSED = ["ACCEPTED", "KEY_NOT_FOUND", "KEY_UNAVAILABLE", "BAD_SIGNATURE"];
const ISSUER_DOORS = ["ring", "source of ES256", "table", "resolver"] as const satisfies Kind[];

function issuerOf(index: number): string {
  return `https://${index}.example`;
}

async function doorOf(kind: Kind, at: (callback: string) => void): Promise<Door> {
  const algorithm: DoorAlgorithm = kind.endsWith("ES256") ? "ES256" : "HS256";
  if (kind.startsWith("ring")) return ringDoor(kind, algorithm, at);
  if (kind.startsWith("table")) return tableDoor(kind, algorithm);
  if (kind.startsWith("resolver")) return resolverDoor(kind, algorithm, at, kind !== "resolver");
  if (kind.startsWith("source")) return customDoor(kind, algorithm, at);
  return kind === "derived" ? derivedDoor(kind) : fixedDoor(kind, algorithm);
}

export function codeOf(verdict: Verdict<unknown>): string {
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

/** Others revoke as well, so that its list may grow stale and asks its clock. */
function quietStore(): RevocationStore {
  return { name: "store", open: () => undefined, append: async () => undefined, close: async () => undefined };
}
