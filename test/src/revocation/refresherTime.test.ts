/** What a refresher has remembered lasts as long as the tokens that it concerns, whatever the clock said when they were issued or ended. */
import { describe, expect, it } from "vitest";
import type { JwtClaims } from "../../../src/index.js";
import type { RevocationEntry } from "../../../src/revocation/entry.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import type { TokenPair } from "../../../src/revocation/pairs.js";
import type { Refresher } from "../../../src/revocation/refresher.js";
import type { RefresherOptions } from "../../../src/revocation/refresherOptions.js";
import { claimsOf, HOUR, World } from "../../support/logins.js";

const DAY = 24 * HOUR;

/** The same lists in another process, or after a restart: nothing but their entries is known. */
function restarted(world: World, more: Partial<RefresherOptions>): { refresher: Refresher; entries: () => RevocationEntry[] } {
  const list = createRevocationList({ currentDate: world.clock });
  list.apply([...world.list.snapshot()]);
  return { refresher: world.withList(list, more), entries: () => [...list.snapshot()] };
}

function expOf(token: string): number {
  return claimsOf(token).exp as number;
}

/** Each token of an ended family has an entry that does not end before it. */
function expectCovered(pairs: readonly TokenPair[], entries: readonly RevocationEntry[]): void {
  const until = (name: string) => entries.find((entry) => ("sub" in entry ? entry.sub : "jti" in entry && entry.jti) === name)?.exp ?? 0;
  for (const { family, accessToken, refreshToken } of pairs) {
    expect(until(`family:${family}`)).toBeGreaterThanOrEqual(expOf(refreshToken));
    expect(until(claimsOf(accessToken).jti as string)).toBeGreaterThanOrEqual(expOf(accessToken));
  }
}

const ENDS: [string, (refresher: Refresher, pairs: TokenPair[]) => Promise<unknown>][] = [
  ["its name", (refresher, [pair]) => refresher.endFamily((pair as TokenPair).family)],
  ["its latest token", (refresher, pairs) => refresher.end((pairs.at(-1) as TokenPair).refreshToken)],
  ["its first token", (refresher, [pair]) => refresher.end((pair as TokenPair).refreshToken)],
];
const LIMITS: [string, Partial<RefresherOptions>][] = [
  ["without an end", {}],
  ["with an end that is near", { familyLifetime: 2 * HOUR }],
];
const CASES = [0, 1, 3].flatMap((rotations) =>
  ENDS.flatMap(([by, end]) => LIMITS.map(([limit, more]) => ({ rotations, by, end, limit, more }))),
);

describe.each(CASES)("a family $limit, rotated $rotations times, ended by $by", ({ rotations, end, more }) => {
  async function rotate(world: World, jump: number): Promise<TokenPair[]> {
    const pairs = [await world.refresher.start({ sub: "a" })];
    for (let number = 1; number <= rotations; number++) {
      // The first of them was made while the clock was wrong.
      world.now += number === 1 ? jump : 60;
      pairs.push(await world.refresh(pairs.at(-1) as TokenPair));
    }
    return pairs;
  }

  it.each([HOUR, 30 * DAY])("is ended for all its tokens by a clock that is %i s slow, also in another process", async (behind) => {
    const world = new World(more);
    const pairs = await rotate(world, 60);
    world.now -= behind;
    const other = restarted(world, more);
    await end(other.refresher, pairs);
    expectCovered(pairs, other.entries());
    await end(world.refresher, pairs);
    expectCovered(pairs, [...world.list.snapshot()]);
  });

  it("is so where it was issued by a clock that was ahead", async () => {
    const world = new World(more);
    world.now += 30 * DAY;
    const pairs = await rotate(world, 60);
    world.now -= 30 * DAY;
    await end(world.refresher, pairs);
    expectCovered(pairs, [...world.list.snapshot()]);
  });

  it("is so where one rotation was", async () => {
    const world = new World(more);
    const pairs = await rotate(world, HOUR);
    world.now -= HOUR;
    await end(world.refresher, pairs);
    expectCovered(pairs, [...world.list.snapshot()]);
  });
});

describe("a spent token", () => {
  it("is remembered as long as any token of its family, though the clock is set back as it is rotated", async () => {
    let jump = 0;
    const signer = new World().refreshSigner();
    const refreshSigner = {
      signAsync: async (claims: JwtClaims) => {
        world.now += jump;
        return signer.signAsync(claims);
      },
    };
    const world: World = new World({ refreshSigner });
    const pairs = [await world.refresher.start({ sub: "a" })];
    for (const seconds of [-9 * HOUR, 3 * HOUR, -20 * HOUR, 60, -10 * HOUR]) {
      jump = seconds;
      world.now += 10 * HOUR;
      pairs.push(await world.refresh(pairs.at(-1) as TokenPair));
      const [entry] = [...world.list.snapshot()];
      expect(entry?.exp).toBeGreaterThanOrEqual(Math.max(...pairs.map((pair) => expOf(pair.refreshToken))));
    }
  });

  it("makes room for the new one by revoking the access token of sixteen rotations ago until that expires", async () => {
    const world = new World();
    world.now += 5 * HOUR;
    const pairs = [await world.refresher.start({ sub: "a" })];
    world.now -= 5 * HOUR;
    for (let number = 0; number < 16; number++) pairs.push(await world.refresh(pairs.at(-1) as TokenPair));
    expectCovered(pairs.slice(0, 1), [...world.list.snapshot()]);
  });
});

describe("a clock that is right", () => {
  it("has nothing remembered for longer than needed", async () => {
    const world = new World();
    let pair = await world.refresher.start({ sub: "a" });
    world.now += 10 * HOUR;
    pair = await world.refresh(pair);
    await world.refresher.endFamily(pair.family);
    const ends = new Set([...world.list.snapshot()].map(({ exp }) => (exp as number) - world.now));
    expect(ends).toEqual(new Set([DAY, 900]));
  });
});
