/** `reuseGrace`: the same pair again for the same old refresh token, for a few seconds. */
import "../../support/followFakes.js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createVerifier, type JwtClaims, type VerifierOptions } from "../../../src/index.js";
import { Grace } from "../../../src/revocation/grace.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import type { TokenPair } from "../../../src/revocation/pairs.js";
import { createRefresher, type Refreshed } from "../../../src/revocation/refresher.js";
import type { RefresherOptions } from "../../../src/revocation/refresherOptions.js";
import { createReplayGuard } from "../../../src/revocation/replayGuard.js";
import type { RevocationStore } from "../../../src/revocation/store.js";
import { claimsOf, codeOf, HOUR, ISSUER, REFRESH_KEY, storeOf, World } from "../../support/logins.js";
import { NOW } from "../../support/tokens.js";

const GRACE = { reuseGrace: 10 };

afterEach(() => {
  vi.useRealTimers();
});

/** What was handed out for a token, or why nothing was. */
async function answerOf(world: World, { refreshToken }: TokenPair): Promise<string> {
  const answer = await world.refresher.refresh(refreshToken);
  return answer.ok ? `${answer.accessToken} ${answer.refreshToken}` : codeOf(answer);
}

async function rotated(more: Partial<RefresherOptions> = {}): Promise<{ world: World; old: TokenPair; pair: TokenPair; text: string }> {
  const world = new World({ ...GRACE, ...more });
  const old = await world.refresher.start({ sub: "a" });
  const pair = await world.refresh(old);
  return { world, old, pair, text: `${pair.accessToken} ${pair.refreshToken}` };
}

describe("within the grace", () => {
  it("the old token is given the same pair again, as often as it comes, and nothing is rotated", async () => {
    let calls = 0;
    const { world, old, pair, text } = await rotated({ accessClaims: () => ({ call: ++calls }) });
    for (const passed of [0, 4, 5]) {
      world.now += passed;
      expect(await answerOf(world, old)).toBe(text);
    }
    expect(calls).toBe(2);
    expect(world.access(pair.accessToken)).toBe("ACCEPTED");
    expect(await world.codeOf(pair)).toBe("ok");
  });

  it("says for how long the access token is still valid", async () => {
    const { world, old } = await rotated();
    world.now += 9;
    expect(await world.refresher.refresh(old.refreshToken)).toMatchObject({ ok: true, expiresIn: 891 });
  });

  it("calls at the same time get one pair, and one rotation is made", async () => {
    let calls = 0;
    const accessClaims = () => new Promise<JwtClaims>((resolve) => setTimeout(() => resolve({ call: ++calls }), 5));
    const world = new World({ ...GRACE, accessClaims });
    const old = await world.refresher.start({ sub: "a" });
    const answers = await Promise.all(Array.from({ length: 50 }, () => answerOf(world, old)));
    expect([new Set(answers).size, calls]).toEqual([1, 2]);
    expect(answers[0]).toMatch(/^ey/);
  });

  it("the second of two tabs can go on with what it got", async () => {
    const { world, old } = await rotated();
    let pair = await world.refresh(old);
    for (let number = 0; number < 20; number++) {
      const first = await world.refresh(pair);
      pair = await world.refresh(pair);
      expect(pair.refreshToken).toBe(first.refreshToken);
    }
    expect(world.access(pair.accessToken)).toBe("ACCEPTED");
  });

  it("a replay guard of the verifier's own does not count the same token twice", async () => {
    const more: Partial<VerifierOptions> = { replay: createReplayGuard() };
    const { world, old, text } = await rotated({ verifier: createVerifier({ keys: REFRESH_KEY, currentDate: NOW, ...more }) });
    expect(await answerOf(world, old)).toBe(text);
  });
});

describe("the family ends as without a grace", () => {
  async function expectEnd(world: World, old: TokenPair, pairs: TokenPair[]): Promise<void> {
    expect(await world.codeOf(old)).toBe("REPLAYED jti");
    for (const pair of pairs) expect([world.access(pair.accessToken), await world.codeOf(pair)]).toEqual(["REVOKED", "REVOKED"]);
    expect(await world.codeOf(old)).toBe("REVOKED");
  }

  it("after the grace", async () => {
    const { world, old, pair } = await rotated();
    world.now += 10.01;
    await expectEnd(world, old, [pair]);
  });

  it("after the grace by the monotonic clock, where the system's was set back", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { world, old, pair } = await rotated();
    vi.advanceTimersByTime(5_000);
    world.now -= HOUR;
    vi.advanceTimersByTime(5_001);
    await expectEnd(world, old, [pair]);
  });

  it("where the new token has been used", async () => {
    const { world, old, pair } = await rotated();
    const next = await world.refresh(pair);
    await expectEnd(world, old, [pair, next]);
  });

  it("where the new token has been used in another process", async () => {
    const { world, old, pair } = await rotated();
    const list = createRevocationList({ currentDate: world.clock });
    list.apply([...world.list.snapshot()]);
    const next = await world.withList(list).refresh(pair.refreshToken);
    if (!next.ok) throw new Error("Expected a pair");
    world.list.apply([...list.snapshot()]);
    await expectEnd(world, old, [pair, next]);
  });

  it("where an older token comes", async () => {
    const { world, old, pair } = await rotated();
    await world.refresh(pair);
    await expectEnd(world, old, [pair]);
  });

  it("where another process has rotated it: its grace is its own", async () => {
    const { world, old, pair } = await rotated();
    const list = createRevocationList({ currentDate: world.clock });
    list.apply([...world.list.snapshot()]);
    expect(await world.codeOf(old, world.withList(list, GRACE))).toBe("REPLAYED jti");
    expect(await world.codeOf(pair, world.withList(list, GRACE))).toBe("REVOKED");
  });

  it("where another token of the same number comes, which another process has issued", async () => {
    const here = new World(GRACE);
    const far = createRevocationList({ currentDate: here.clock });
    const there = here.withList(far, GRACE);
    const old = await here.refresher.start({ sub: "a" });
    const mine = await here.refresh(old);
    here.now += 1;
    const theirs = await there.refresh(old.refreshToken);
    if (!theirs.ok) throw new Error("Expected the other process not to have heard");
    const next = await here.refresh(mine);
    expect(await here.codeOf(theirs)).toBe("REPLAYED jti");
    expect(here.access(next.accessToken)).toBe("REVOKED");
  });

  it("without the option, at once", async () => {
    for (const none of [{ reuseGrace: 0 }, {}]) {
      const world = new World(none);
      const old = await world.refresher.start({ sub: "a" });
      await expectEnd(world, old, [await world.refresh(old)]);
    }
  });
});

describe("nothing is handed out within the grace", () => {
  it.each<[string, string, (world: World, old: TokenPair, pair: TokenPair) => Promise<unknown>]>([
    ["that has ended by its name", "REVOKED", (world, { family }) => world.refresher.endFamily(family)],
    ["that has ended by its new token", "REVOKED", (world, _, pair) => world.refresher.end(pair.refreshToken)],
    ["that has ended by its old token", "REVOKED", (world, old) => world.refresher.end(old.refreshToken)],
    ["that has ended elsewhere", "REVOKED", async ({ list }, { family }) => list.apply([{ sub: `family:${family}`, before: 1e11 }])],
    ["whose subject is revoked", "REVOKED", ({ list }) => list.revoke({ iss: ISSUER, sub: "a" })],
    ["whose key is revoked", "REVOKED", ({ list }) => list.revoke({ kid: "refresh" })],
    ["whose new token is revoked", "REVOKED", ({ list }, { family }) => list.revoke({ jti: `${family}.1.refresh` })],
  ])("of a family %s", async (_, code, end) => {
    const { world, old, pair } = await rotated();
    await end(world, old, pair);
    expect(await world.codeOf(old)).toBe(code);
  });

  it("of a family that ends while the store is waited for", async () => {
    let write = () => {};
    const append = () =>
      new Promise<void>((resolve) => {
        write = resolve;
      });
    const world = new World(GRACE, storeOf({ append }));
    const old = await world.refresher.start({ sub: "a" });
    const answers = [0, 1, 2].map(() => world.codeOf(old));
    await vi.waitFor(() => expect(world.list.size).toBe(1));
    const late = world.codeOf(old);
    world.list.apply([{ sub: `family:${old.family}`, before: 1e11 }]);
    write();
    expect(await Promise.all([...answers, late])).toEqual(Array(4).fill("REVOKED"));
  });

  it("for a token that has expired meanwhile", async () => {
    const { world, old } = await rotated({ refreshLifetime: 5 });
    world.now += 6;
    expect(await world.codeOf(old)).toBe("EXPIRED exp");
  });

  it("while the list is stale", async () => {
    let sync = () => {};
    const open: RevocationStore["open"] = (sink) => {
      sync = sink.synced;
    };
    const store = storeOf({ open });
    const clock = { now: NOW };
    const list = createRevocationList({ store, maxStaleness: 5, currentDate: () => clock.now });
    const { world, old, text } = await rotated({ revocations: list });
    clock.now += 6;
    expect(await world.codeOf(old)).toBe("REVOCATION_STALE");
    sync();
    expect(await answerOf(world, old)).toBe(text);
  });
});

describe("a store that fails within the grace", () => {
  it("is tried again by the next call, which gets the pair that was made", async () => {
    let isBroken = true;
    let kept = 0;
    const append = async () => {
      if (isBroken) throw new Error("disk full");
      kept++;
    };
    const world = new World(GRACE, storeOf({ append }));
    const old = await world.refresher.start({ sub: "a" });
    for (let time = 0; time < 2; time++) await expect(world.refresher.refresh(old.refreshToken)).rejects.toThrow("disk full");
    isBroken = false;
    const pair = await world.refresh(old);
    expect([kept, claimsOf(pair.accessToken).jti]).toEqual([1, `${old.family}.1`]);
    await world.refresh(old);
    expect(kept).toBe(1);
    expect(await world.codeOf(pair)).toBe("ok");
  });
});

describe("what is kept for the grace", () => {
  it("is forgotten by a timer, whatever the clock says", async () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const grace = new Grace<string, Refreshed>(10, () => NOW);
    const forget = vi.spyOn(Map.prototype, "delete");
    for (const name of ["a", "b", "c"]) {
      grace.keep(name, "token", "pair", grace.time());
      vi.advanceTimersByTime(3_000);
    }
    expect(["a", "b", "c"].map((name) => grace.find(name, "token"))).toEqual(["pair", "pair", "pair"]);
    forget.mockClear();
    vi.advanceTimersByTime(1_000);
    expect(forget.mock.calls).toEqual([["a"]]);
    vi.advanceTimersByTime(6_001);
    expect(forget.mock.calls).toEqual([["a"], ["b"], ["c"]]);
    expect(vi.getTimerCount()).toBe(0);
    forget.mockRestore();
  });

  it("is forgotten where the clock fails", () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    let isBroken = false;
    const grace = new Grace<string, Refreshed>(10, () => {
      if (isBroken) throw new Error("no clock");
      return NOW;
    });
    grace.keep("a", "token", "pair", grace.time());
    isBroken = true;
    vi.advanceTimersByTime(10_000);
    isBroken = false;
    expect([grace.find("a", "token"), vi.getTimerCount()]).toEqual([undefined, 0]);
  });

  it("is of 10,000 families at most, the latest", () => {
    const grace = new Grace<number, Refreshed>(60, () => NOW);
    for (let family = 0; family < 10_010; family++) grace.keep(`${family}`, "token", family, grace.time());
    const kept = Array.from({ length: 10_010 }, (_, family) => grace.find(`${family}`, "token") !== undefined);
    expect([kept.indexOf(true), kept.filter(Boolean).length]).toEqual([10, 10_000]);
  });
});

describe("the option", () => {
  it.each([-1, 60.5, "10", Number.NaN, true])("is a number of seconds from 0 to 60, not %j", (reuseGrace) => {
    const options = { ...GRACE, reuseGrace } as never;
    expect(() => new World(options)).toThrow("Expected `reuseGrace` to be a number of seconds from 0 to 60");
  });

  it("is the refresher's own, not one that all objects have", () => {
    const inherited = Object.create({ reuseGrace: 10 });
    expect(() => createRefresher(inherited)).toThrow("Expected `reuseGrace` of `options` to be a member of its own, got it inherited");
  });
});
