/** Many verifiers on the one engine, their sources, lists, guards and sessions, and what each verdict must be. */
import { deepStrictEqual } from "node:assert";
import { sign } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Batcher,
  type BatchVerdicts,
  createBatcher,
  createVerifier,
  type Verdict,
  type Verifier,
  type VerifierOptions,
} from "../../../src/index.js";
import { concerns, type RevocationEntry, type TokenIdentity } from "../../../src/revocation/entry.js";
import { createRevocationList, type RevocationList } from "../../../src/revocation/list.js";
import { createReplayGuard, type ReplayGuard } from "../../../src/revocation/replayGuard.js";
import { createSessionRegistry, type SessionRegistry } from "../../../src/sessions/registry.js";
import { sessionToken } from "../../../src/sessions/token.js";
import { type ReferenceOptions, verify as verifyByReference } from "../../reference/verify.js";
import { PAIRS } from "../../support/pairs.js";
import { TestTime } from "../../support/time.js";
import { base64url, NOW, OTHER_TEST_SECRET, signatureOf } from "../../support/tokens.js";
import { KIDS, Source, type SourceKind } from "./source.js";

/** A token, and what the model knows of it without reading it. */
export interface Made {
  readonly text: string;
  readonly source: Source;
  /** The slot of its key: its `kid`, or "" where it names none. */
  readonly slot: string;
  readonly claims: { readonly iss: string; readonly sub: string; readonly jti: string; readonly iat: number; readonly exp?: number };
}

export interface Judge {
  readonly verifier: Verifier;
  readonly batcher: Batcher<unknown>;
  readonly sources: readonly Source[];
  readonly hasIssuers: boolean;
  readonly list: Revoked | undefined;
  readonly guard: Used | undefined;
  readonly tolerance: number;
}

interface Revoked {
  readonly list: RevocationList;
  readonly entries: RevocationEntry[];
  readonly registry: SessionRegistry;
  /** The greatest of those that judge by it: what is forgotten was of no use for so long. */
  tolerance: number;
  /** A greater one came late: until this it is not known what was forgotten. */
  until: number;
}

interface Used {
  readonly guard: ReplayGuard;
  readonly tokens: Map<string, number>;
  tolerance: number;
  until: number;
}

interface Pending {
  readonly judge: Judge;
  readonly tokens: readonly Made[];
  readonly from: number;
  readonly possible: Set<string>[];
  readonly isBatcher: boolean;
  isSettled: boolean;
  done: Promise<void>;
}

interface Session {
  readonly identity: TokenIdentity;
  readonly end: number;
  readonly revoked: Revoked;
  /** What its token had left, and since when. */
  readonly left: number;
  readonly since: number;
  closed: boolean;
  mayBeClosed: boolean;
}

/** Seconds by which a session may be late. */
const LATE = 2;
const TOLERANCES = [0, 5] as const;

export class World {
  readonly time = new TestTime(NOW);
  readonly sources: Source[] = [];
  readonly judges: Judge[] = [];
  readonly #begin = this.time.now();
  readonly #lists: Revoked[] = [];
  readonly #guards: Used[] = [];
  readonly #made: Made[] = [];
  readonly #sessions: Session[] = [];
  /** Verdicts that are read again at the end: what they say must be what it was. */
  readonly #kept: (() => void)[] = [];
  #pending: Pending[] = [];
  #count = 0;

  static async build(kinds: readonly SourceKind[]): Promise<World> {
    const world = new World();
    world.time.install();
    for (const [index, kind] of kinds.entries()) world.sources.push(new Source(`https://${index}.example`, kind, world.time));
    for (const source of world.sources) await source.ready();
    for (let index = 0; index < 2; index++) {
      const list = createRevocationList();
      world.#lists.push({ list, entries: [], registry: createSessionRegistry({ revocations: list }), tolerance: 0, until: 0 });
      world.#guards.push({ guard: createReplayGuard(), tokens: new Map(), tolerance: 0, until: 0 });
    }
    return world;
  }

  close(): void {
    for (const source of this.sources) source.close();
    for (const { registry } of this.#lists) registry.close();
    this.time.restore();
  }

  // ---- verifiers -----------------------------------------------------------------------------------------------------------

  addJudge(dice: number, mask: number): void {
    const chosen = this.sources.filter((_, index) => (mask >> index) & 1);
    const hasIssuers = dice % 3 > 0 && chosen.length > 0;
    const sources = hasIssuers ? chosen : [this.sources[mask % this.sources.length] as Source];
    const list = this.#lists[(dice >> 2) % 3];
    const guard = (dice >> 4) % 4 === 0 ? this.#guards[(dice >> 6) % 2] : undefined;
    const clockTolerance = TOLERANCES[(dice >> 7) % 2] as number;
    const keys: Pick<VerifierOptions, "keys" | "issuers"> = hasIssuers
      ? { issuers: sources.map((source) => ({ issuer: source.name, keys: source.keys })) }
      : { keys: (sources[0] as Source).keys };
    const verifier = createVerifier({
      ...keys,
      clockTolerance,
      ...(list && { revocation: list.list }),
      ...(guard && { replay: guard.guard }),
    });
    const judge = {
      verifier,
      batcher: createBatcher(verifier, { maxBatch: 8 }),
      sources,
      hasIssuers,
      list,
      guard,
      tolerance: clockTolerance,
    };
    if (this.judges.length < 12) this.judges.push(judge);
    else this.judges[dice % 12] = judge;
  }

  judge(dice: number): Judge {
    if (this.judges.length === 0) this.addJudge(dice, dice);
    return this.judges[dice % this.judges.length] as Judge;
  }

  // ---- tokens --------------------------------------------------------------------------------------------------------------

  /** A token as the bits of `dice` have it, mostly a good one of one of the judge's sources; sometimes one that was made before. */
  token(dice: number, judge: Judge): Made {
    const bits = new Bits(dice);
    if (bits.take(5) === 0 && this.#made.length) return this.#made[bits.take(1 << 12) % this.#made.length] as Made;
    const all = bits.take(8) ? judge.sources : this.sources;
    const source = all[bits.take(64) % all.length] as Source;
    const slot = source.kids[bits.take(KIDS.length) % source.kids.length] as string;
    const way = bits.take(12);
    const version = source.versionFor(slot, way === 0);
    const { wall } = this.time;
    const life = [1, 6, 30, 200, 1000, 1000, 100_000, undefined, -3][bits.take(9)];
    const iss = bits.take(12) === 0 ? "https://nobody.example" : source.name;
    const claims = {
      iss,
      sub: `subject ${bits.take(3)}`,
      jti: `token ${bits.take(12) === 0 ? bits.take(4) : this.#count++}`,
      iat: Math.floor(wall) - bits.take(20),
      ...(life === undefined ? {} : { exp: Math.floor(wall) + life }),
      ...(bits.take(16) === 0 ? { padding: "p".repeat(4000) } : {}),
    };
    const kid = way === 1 ? "unknown" : slot;
    const header = source.kind === "ring of one" ? { alg: source.algorithm } : { alg: source.algorithm, kid };
    const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
    const signed = `${input}.${way === 2 ? foreign(source, input) : signature(source, input, kid, version)}`;
    const made = { text: way === 3 ? tampered(signed, dice) : signed, source, slot: source.kind === "ring of one" ? slot : kid, claims };
    this.#made.push(made);
    return made;
  }

  /** All that the verdict may be: codes, and key names of those accepted. */
  expected(judge: Judge, made: Made, canWait: boolean, now = this.time.wall): Set<string> {
    const source = judge.hasIssuers ? judge.sources.find(({ name }) => name === made.claims.iss) : (judge.sources[0] as Source);
    const rules = {
      currentDate: now,
      clockTolerance: judge.tolerance,
      ...(judge.guard && { requiredClaims: ["jti", "exp"] }),
    };
    // Of no key at all: what is wrong with the token whatever its key is.
    const shape = codeOf(made.text, { ...rules, keys: NO_KEYS });
    if (shape !== "KEY_NOT_FOUND") return new Set([shape]);
    if (!source) return new Set(["ISSUER_NOT_FOUND"]);
    // A token of another source: its name, if it has one, selects a key of this one.
    const isOfOne = source.kind === "ring of one";
    const slot = isOfOne ? source.kids[0] : made.source.kind === "ring of one" ? undefined : made.slot;
    const isNamed = made.source.kind !== "ring of one";
    if (slot === undefined || (isOfOne && isNamed) || source.algorithm !== made.source.algorithm) {
      return new Set(["KEY_NOT_FOUND", "KEY_UNAVAILABLE", "ALGORITHM_NOT_ALLOWED", "BAD_SIGNATURE"]);
    }
    const { versions, mayBeNone, mayBeUnavailable } = source.possible(slot, canWait);
    const codes = new Set<string>();
    if (mayBeNone) codes.add("KEY_NOT_FOUND");
    if (mayBeUnavailable) codes.add("KEY_UNAVAILABLE");
    for (const version of versions) {
      const key = source.referenceKey(slot, version);
      const code = codeOf(made.text, { ...rules, keys: [key] });
      if (code !== "ACCEPTED") codes.add(code);
      else for (const each of this.#fates(judge, made, source.keyName(slot, version), now)) codes.add(each);
    }
    return codes;
  }

  /** What becomes of a token that its key and its claims are for. */
  #fates(judge: Judge, made: Made, keyName: string, now: number): string[] {
    const identity = { ...made.claims, kid: keyName };
    const concerned = judge.list?.entries.filter((entry) => concerns(entry, identity)) ?? [];
    const { list, guard } = judge;
    if (concerned.some(({ exp }) => exp === undefined || !this.#hasPassed(exp + (list?.tolerance ?? 0)))) return ["REVOKED"];
    const fates = [`ACCEPTED by ${keyName}`];
    if (concerned.length) fates.push("REVOKED");
    // At a time that is past, by a clock that was set back or because a call waited, what is forgotten may concern tokens: it is not known.
    if (list && (this.#hasPassed(now + 1) || this.time.steady < list.until)) fates.push("REVOCATION_STALE");
    if (!guard) return fates;
    const end = guard.tokens.get(useOf(made));
    if (end !== undefined && !this.#hasPassed(end + guard.tolerance)) return [...fates.slice(1), "REPLAYED"];
    if (end !== undefined || this.#isPending(guard, made)) fates.push("REPLAYED");
    if (this.time.steady < guard.until || this.#hasPassed((made.claims.exp ?? 0) + guard.tolerance - 1))
      fates.push("REPLAY_GUARD_FULL", "REPLAYED");
    return fates;
  }

  /** Has this time surely come? The system's clock alone does not tell. */
  #hasPassed(seconds: number): boolean {
    return this.#begin.wall + (this.time.steady - this.#begin.steady) >= seconds;
  }

  #isPending(guard: Used, made: Made): boolean {
    return this.#pending.some(({ judge, tokens }) => judge.guard === guard && tokens.some((each) => useOf(each) === useOf(made)));
  }

  // ---- calls ---------------------------------------------------------------------------------------------------------------

  verify(judge: Judge, made: Made): void {
    const expected = this.expected(judge, made, false);
    this.#check(judge, made, judge.verifier.verify(made.text), expected);
  }

  verifyBatch(judge: Judge, tokens: readonly Made[]): void {
    const batch = judge.verifier.verifyBatch(tokens.map(({ text }) => text));
    this.#checkBatch(judge, tokens, batch, () => undefined);
  }

  /** Each in turn: what is used by one is used for those after it. */
  #checkBatch(judge: Judge, tokens: readonly Made[], batch: BatchVerdicts, possible: (index: number) => Set<string> | undefined): void {
    deepStrictEqual(batch.length, tokens.length);
    for (const [index, made] of tokens.entries()) {
      const expected = possible(index) ?? this.expected(judge, made, false);
      this.#check(judge, made, batch.at(index), expected);
      if (batch.codes[index] === 0) this.#kept.push(() => deepStrictEqual(batch.claims(index), made.claims));
    }
  }

  begin(judge: Judge, tokens: readonly Made[], way: "verifyAsync" | "verifyBatchAsync" | "batcher"): void {
    const pending: Pending = {
      judge,
      tokens,
      from: this.time.wall,
      possible: tokens.map((made) => this.expected(judge, made, true)),
      isBatcher: way === "batcher",
      isSettled: false,
      done: Promise.resolve(),
    };
    this.#pending.push(pending);
    const verdicts = this.#call(judge, tokens, way);
    pending.done = verdicts.then((given) => {
      this.#note();
      pending.isSettled = true;
      this.#pending = this.#pending.filter((each) => each !== pending);
      given.forEach((verdict, index) => {
        this.#check(judge, tokens[index] as Made, verdict, pending.possible[index] as Set<string>);
      });
    });
    // What it throws is met when it is awaited.
    pending.done.catch(() => undefined);
    this.#all.push(pending);
  }

  readonly #all: Pending[] = [];

  async #call(judge: Judge, tokens: readonly Made[], way: string): Promise<readonly Verdict<unknown>[]> {
    const texts = tokens.map(({ text }) => text);
    if (way === "verifyBatchAsync") return [...(await judge.verifier.verifyBatchAsync(texts))];
    const one = way === "batcher" ? judge.batcher : judge.verifier;
    return Promise.all(texts.map((text) => one.verifyAsync(text)));
  }

  /** What has changed may have changed the verdicts of calls under way: they are right by what was, and by what is. */
  #note(): void {
    for (const { judge, tokens, from, possible, isBatcher } of this.#pending) {
      tokens.forEach((made, index) => {
        const set = possible[index] as Set<string>;
        for (const each of this.expected(judge, made, true, from)) set.add(each);
        if (isBatcher) for (const each of this.expected(judge, made, true)) set.add(each);
      });
    }
  }

  /** Does something to the world while calls are under way. */
  async act(work: () => Promise<void> | void): Promise<void> {
    this.#note();
    await work();
    this.#note();
  }

  async run(seconds: number): Promise<void> {
    await this.time.run(seconds);
    for (const source of this.sources) source.pass(seconds);
    this.#note();
    await this.#settled();
    if (seconds >= LATE) this.#checkSessions();
  }

  /** Both clocks go on, and no timer does. */
  freeze(seconds: number): void {
    for (const source of this.sources) source.mark();
    this.time.freeze(seconds);
    this.#disturb();
  }

  jump(seconds: number): void {
    for (const source of this.sources) source.mark();
    this.time.jump(seconds);
    this.#disturb();
  }

  jumpBack(): void {
    this.jump(this.#begin.wall + this.time.steady - this.#begin.steady - this.time.wall);
  }

  #disturb(): void {
    for (const source of this.sources) source.disturb();
    for (const session of this.#sessions) session.mayBeClosed ||= this.#shouldEnd(session);
  }

  /** Those calls that have ended have ended well. */
  async #settled(): Promise<void> {
    for (const pending of this.#all.splice(0)) {
      if (pending.isSettled) await pending.done;
      else {
        const isDone = await Promise.race([pending.done.then(() => true), new Promise<false>((end) => setImmediate(() => end(false)))]);
        if (!isDone) this.#all.push(pending);
      }
    }
  }

  /** All calls end, whatever their sources do: within a minute. */
  async finish(): Promise<void> {
    for (let second = 0; second < 60 && this.#all.length; second += 5) await this.run(5);
    // Threads that verify signatures take a time of their own.
    for (let wait = 0; wait < 500 && this.#all.length; wait++) {
      await sleep(10);
      await this.#settled();
    }
    const still = this.#all.map(({ judge }) => judge.sources.map(({ kind, health }) => `${kind}, ${health}`).join("; "));
    deepStrictEqual(still, [], "Expected all calls to end within a minute");
    for (const check of this.#kept) check();
  }

  #check(judge: Judge, made: Made, verdict: Verdict<unknown>, expected: ReadonlySet<string>): void {
    const got = verdict.ok ? `ACCEPTED by ${verdict.keyName}` : verdict.code;
    if (!expected.has(got)) {
      const about = judge.sources.map(({ kind, health }) => `${kind}, ${health}`).join("; ");
      throw new Error(`Expected ${[...expected].join(" or ")}, got ${got} (of ${about}; ${made.source.kind} ${made.slot})`);
    }
    if (!verdict.ok) return;
    const name = verdict.keyName;
    const read = () => {
      deepStrictEqual(verdict.claims, made.claims);
      deepStrictEqual(verdict.header, JSON.parse(Buffer.from(made.text.split(".")[0] as string, "base64url").toString()));
      deepStrictEqual(verdict.keyName, name);
    };
    if (this.#kept.length % 2) read();
    this.#kept.push(read);
    const end = judge.guard?.tokens.get(useOf(made));
    if (end !== undefined && !this.#hasPassed(end)) throw new Error(`Expected ${made.claims.jti} to be accepted once, got it twice`);
    judge.guard?.tokens.set(useOf(made), made.claims.exp as number);
    if (judge.list && !judge.tolerance) this.#addSession(judge.list, made, verdict);
  }

  // ---- revocations and sessions -------------------------------------------------------------------------------------------

  revoke(dice: number): void {
    const bits = new Bits(dice);
    const revoked = this.#lists[bits.take(2)] as Revoked;
    const made = this.#made.at(-1 - bits.take(20));
    if (!made) return;
    const { iss, sub, jti, iat, exp } = made.claims;
    const of = bits.take(2) ? { iss } : {};
    const before = iat + bits.take(3);
    const kind = bits.take(8);
    // A key and an issuer's tokens seldom: little would be left to accept.
    const entry: RevocationEntry =
      kind < 4
        ? { jti, ...of, ...(exp === undefined || bits.take(2) ? {} : { exp }) }
        : kind < 7
          ? { sub, before, ...of }
          : bits.take(2)
            ? { kid: made.slot || "only 0", before, iss }
            : { before: before - 10, iss };
    revoked.entries.push(entry);
    void revoked.list.revoke(entry);
  }

  #addSession(revoked: Revoked, made: Made, verdict: Extract<Verdict<unknown>, { ok: true }>): void {
    const identity = sessionToken(verdict as never);
    const end = made.claims.exp ?? Number.POSITIVE_INFINITY;
    const { wall, steady } = this.time;
    const session: Session = { identity, end, revoked, left: end - wall, since: steady, closed: false, mayBeClosed: false };
    this.#sessions.push(session);
    revoked.registry.add(identity, () => {
      session.closed = true;
    });
  }

  #shouldEnd({ identity, end, left, since, revoked }: Session): boolean {
    return (
      this.time.wall >= end ||
      this.time.steady >= since + left ||
      this.#hasPassed(end) ||
      revoked.entries.some((entry) => concerns(entry, identity))
    );
  }

  /** Timers have run for a while: what was to go is gone, and nothing else. */
  #checkSessions(): void {
    for (const session of this.#sessions) {
      // An entry whose end has passed may be forgotten: it is about tokens that have ended by then.
      const isRevoked = session.revoked.entries.some(
        (entry) => concerns(entry, session.identity) && !(entry.exp !== undefined && this.#hasPassed(entry.exp)),
      );
      const isOver = isRevoked || this.time.wall >= session.end + LATE;
      session.mayBeClosed ||= this.#shouldEnd(session);
      if (isOver && !session.closed) throw new Error(`Expected the session of ${session.identity.jti} to be closed, got it open`);
      if (session.closed && !session.mayBeClosed)
        throw new Error(`Expected the session of ${session.identity.jti} to be open, got it closed`);
    }
  }
}

/** Takes numbers out of one. */
class Bits {
  #rest: number;

  constructor(dice: number) {
    this.#rest = dice >>> 0;
  }

  take(count: number): number {
    // As a linear generator goes on: a number of 32 bits is not enough for all there is to choose.
    this.#rest = (Math.imul(this.#rest, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#rest / 2 ** 32) * count);
  }
}

/** Keys that no token names, one for each algorithm. */
const NO_KEYS: ReferenceOptions["keys"] = [
  { kid: "\0 1", secret: OTHER_TEST_SECRET },
  { kid: "\0 2", alg: "ES256", publicKey: PAIRS.ES256.publicKey },
  { kid: "\0 3", alg: "EdDSA", publicKey: PAIRS.EdDSA.publicKey },
];

function codeOf(text: string, options: ReferenceOptions): string {
  const verdict = verifyByReference(text, options);
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

function useOf({ claims }: Made): string {
  return JSON.stringify([claims.iss, claims.jti]);
}

function signature(source: Source, input: string, kid: string, version: number): string {
  if (source.algorithm === "HS256") return signatureOf(input, source.secret(kid, version));
  return signatureBy(source, input, version);
}

/** By a key that no source has ever had. */
function foreign(source: Source, input: string): string {
  return source.algorithm === "HS256" ? signatureOf(input, OTHER_TEST_SECRET) : signatureBy(source, `${input} `, 0);
}

function signatureBy(source: Source, input: string, version: number): string {
  const key = source.pair(version).privateKey;
  const data = Buffer.from(input);
  return base64url(source.algorithm === "EdDSA" ? sign(null, data, key) : sign("sha256", data, { key, dsaEncoding: "ieee-p1363" }));
}

function tampered(token: string, dice: number): string {
  const character = "AB0_.="[dice % 6] as string;
  // Letters in its signature alone: what its header and payload name, the model knows.
  const from = "=.".includes(character) ? 0 : token.lastIndexOf(".") + 1;
  const place = from + ((dice >>> 3) % (token.length - from));
  return token.slice(0, place) + character + token.slice(place + 1);
}
