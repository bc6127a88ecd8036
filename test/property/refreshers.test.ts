/**
 * Refreshers against a plain model: logins, rotations, reuse, logouts and log-outs everywhere, side by side and one after the other, by
 * clocks that jump both ways.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JwtClaims } from "../../src/index.js";
import type { TokenPair } from "../../src/revocation/pairs.js";
import type { RefresherOptions } from "../../src/revocation/refresherOptions.js";
import { claimsOf, HOUR, ISSUER, World } from "../support/logins.js";
import { runs } from "../support/runs.js";

const ACCESS_LIFETIME = 900;
const SUBJECTS = ["a", "b"];
const JUMPS = [0, 0.0003, 0.001, 0.4, 1, 7, 700, 5 * HOUR, 26 * HOUR, 400 * 24 * HOUR, -0.0005, -0.7, -1, -40, -3 * HOUR, -400 * 24 * HOUR];

type Call = "start" | "refresh" | "latest" | "end" | "endFamily" | "logOut";

interface Step {
  readonly calls: readonly { readonly what: Call; readonly which: number }[];
  readonly jump: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    // Most of the time one call, else some at once.
    calls: fc.oneof({ weight: 4, arbitrary: calls(1) }, { weight: 1, arbitrary: calls(6) }),
    jump: fc.constantFrom(...JUMPS, 0, 0, 0, 1, 2),
  }),
  { minLength: 1, maxLength: 40 },
);

function calls(maxLength: number) {
  const what = fc.constantFrom<Call>("start", "start", "refresh", "refresh", "latest", "latest", "latest", "end", "endFamily", "logOut");
  return fc.array(fc.record({ what, which: fc.nat(50) }), { minLength: 1, maxLength });
}

/** A token pair as the model knows it. */
interface Known {
  readonly pair: TokenPair;
  readonly login: Login;
  readonly number: number;
  readonly accessExp: number;
  readonly refreshExp: number;
  /** At which step it was handed out. */
  readonly step: number;
}

interface Login {
  readonly sub: string;
  readonly family: string;
  isEnded: boolean;
  latest: number;
}

class Model {
  readonly world: World;
  readonly known: Known[] = [];
  readonly logins = new Map<string, Login>();
  /** The latest step at which all of a subject were logged out. */
  readonly loggedOut = new Map<string, number>();
  readonly hasGrace: boolean;
  step = 0;

  constructor(more: Partial<RefresherOptions>) {
    this.hasGrace = more.reuseGrace !== undefined;
    this.world = new World({ ...more, accessLifetime: ACCESS_LIFETIME });
  }

  /** Does the calls of a step at once; what became of each. */
  async take({ calls, jump }: Step): Promise<void> {
    this.step++;
    const before = [...this.known];
    const done = await Promise.all(calls.map(({ what, which }) => this.call(what, which, before)));
    const logOuts = calls.filter(({ what }) => what === "logOut").map(({ which }) => SUBJECTS[which % 2] as string);
    for (const sub of logOuts) this.loggedOut.set(sub, this.step);
    for (const enter of done) enter();
    this.world.now += jump;
  }

  async call(what: Call, which: number, before: readonly Known[]): Promise<() => void> {
    const { refresher, list } = this.world;
    const sub = SUBJECTS[which % 2] as string;
    const live = what === "latest" ? before.filter(({ login, number }) => number === login.latest) : before;
    const token = live[which % (live.length || 1)];
    if (what === "start") {
      const pair = await refresher.start({ sub });
      return () => this.enter(pair, { sub, family: pair.family, isEnded: false, latest: 0 });
    }
    if (what === "logOut") {
      await list.revoke(which % 4 < 2 ? { iss: ISSUER, sub } : { sub });
      return () => {};
    }
    if (!token) return () => {};
    const { login, pair } = token;
    if (what === "endFamily") {
      await refresher.endFamily(login.family);
      return () => this.end(login);
    }
    if (what === "end") {
      const answer = await refresher.end(pair.refreshToken);
      return () => answer.ok && this.end(login);
    }
    const answer = await refresher.refresh(pair.refreshToken);
    return () => {
      if (answer.ok) this.enter(answer, login);
      else if (answer.code === "REPLAYED") this.end(login);
    };
  }

  enter(pair: TokenPair, login: Login): void {
    this.logins.set(login.family, login);
    const { jti, exp } = claimsOf(pair.accessToken) as { jti: string; exp: number };
    const refreshExp = claimsOf(pair.refreshToken).exp as number;
    const number = Number(jti.split(".")[1]);
    if (this.known.some(({ pair: { refreshToken } }) => refreshToken === pair.refreshToken)) return;
    this.known.push({ pair, login, number, accessExp: exp, refreshExp, step: this.step });
    login.latest = Math.max(login.latest, number);
  }

  end(login: Login): void {
    login.isEnded = true;
  }

  /** Issued at an earlier step than the last log-out of its subject; of the same step it may be either. */
  isLoggedOut({ login, step }: Known): boolean | undefined {
    const at = this.loggedOut.get(login.sub);
    if (at === undefined || step > at) return false;
    return step < at ? true : undefined;
  }

  /** A token of which the model is sure, one way or the other. */
  checkAccess(): void {
    for (const token of this.known) {
      const { pair, login, number, accessExp } = token;
      const isLoggedOut = this.isLoggedOut(token);
      const code = this.world.access(pair.accessToken);
      if (this.world.now >= accessExp) expect(code).toBe("EXPIRED");
      else if (login.isEnded || isLoggedOut || number <= login.latest - 16) expect(code).toBe("REVOKED");
      else if (isLoggedOut === false) expect(code).toBe("ACCEPTED");
    }
  }

  /** No two refresh tokens of one family, and none that is spent, can be used: told by numbers, since asking spends. */
  checkNumbers(): void {
    const numbers = new Map<string, string>();
    for (const { pair, login, number } of this.known) {
      const name = `${login.family} ${number}`;
      expect(numbers.get(name) ?? pair.refreshToken).toBe(pair.refreshToken);
      numbers.set(name, pair.refreshToken);
    }
  }

  /** An ended family and a spent token are remembered for as long as any of its tokens may be used. */
  checkEntries(): void {
    for (const { login, refreshExp } of this.known) {
      if (!login.isEnded && login.latest === 0) continue;
      expect(this.world.list.revokedSubject(`family:${login.family}`)?.exp).toBeGreaterThanOrEqual(refreshExp);
    }
  }

  /** Uses all refresh tokens that there are, one after the other, the latest of each family first. */
  async exhaust(): Promise<void> {
    for (const token of [...this.known].sort((left, right) => right.number - left.number)) {
      const { login, number, pair, refreshExp } = token;
      const isLoggedOut = this.isLoggedOut(token);
      const answer = await this.world.refresher.refresh(pair.refreshToken);
      const isExpired = this.world.now >= refreshExp;
      const isRepeated = number === login.latest - 1 && this.hasGrace;
      if (isExpired || login.isEnded || isLoggedOut || (number < login.latest && !isRepeated)) expect(answer.ok).toBe(false);
      else if (isLoggedOut === false && !isRepeated) expect(answer.ok).toBe(true);
      if (answer.ok) this.enter(answer, login);
      if (!answer.ok && answer.code === "REPLAYED") this.end(login);
      this.checkNumbers();
    }
    this.checkAccess();
    this.checkEntries();
  }
}

describe("a refresher", () => {
  it.each<[string, Partial<RefresherOptions>]>([
    ["by itself", {}],
    ["with an end of families", { familyLifetime: 20 * HOUR }],
    ["with claims that take their time", { accessClaims: slow }],
    ["with a grace", { reuseGrace: 30 }],
    ["with a grace and claims that take their time", { reuseGrace: 30, accessClaims: slow }],
  ])(
    "%s has one live refresh token a family, none of an ended one, and tells log-outs from logins",
    async (_, more) => {
      await fc.assert(
        fc.asyncProperty(steps, async (taken) => {
          const model = new Model(more);
          for (const step of taken) {
            await model.take(step);
            model.checkNumbers();
            model.checkAccess();
            model.checkEntries();
          }
          await model.exhaust();
        }),
        runs(150),
      );
    },
    120_000,
  );
});

function slow(): Promise<JwtClaims> {
  return new Promise((resolve) => setImmediate(() => resolve({})));
}
