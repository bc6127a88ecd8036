/** What others' code does to a refresher: it does not answer, or calls the refresher while it is called. */
import { describe, expect, it } from "vitest";
import type { JwtClaims } from "../../../src/index.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import type { TokenPair } from "../../../src/revocation/pairs.js";
import type { Refreshed } from "../../../src/revocation/refresher.js";
import type { RefresherOptions } from "../../../src/revocation/refresherOptions.js";
import { codeOf, ISSUER, storeOf, World } from "../../support/logins.js";
import { NOW } from "../../support/tokens.js";

const TIMEOUT = 0.05;
const never = () => new Promise<never>(() => {});

/** A world of which one part hangs while `isHanging`. */
class Hanging extends World {
  readonly part: { isHanging: boolean };

  constructor(which: "verifier" | "accessSigner" | "refreshSigner" | "accessClaims", more: Partial<RefresherOptions> = {}) {
    const part = { isHanging: false };
    const good = new World();
    const hang = <Value>(work: () => Value) => (part.isHanging ? never() : work());
    const verifier = good.verifier();
    const signer = which === "accessSigner" ? good.accessSigner() : good.refreshSigner();
    const parts: Partial<RefresherOptions> = {
      verifier: { verifyAsync: async (token) => hang(() => verifier.verifyAsync(token)) },
      accessSigner: { signAsync: async (claims) => hang(() => signer.signAsync(claims)) },
      refreshSigner: { signAsync: async (claims) => hang(() => signer.signAsync(claims)) },
      accessClaims: async () => hang(() => ({})),
    };
    super({ timeout: TIMEOUT, ...more, [which]: parts[which] });
    this.part = part;
  }
}

const PARTS = ["verifier", "accessSigner", "refreshSigner", "accessClaims"] as const;

describe.each(PARTS)("a hanging `%s`", (which) => {
  it.each([0, 10])("has the promise rejected, and the token not spent: grace of %i s", async (reuseGrace) => {
    const world = new Hanging(which, { reuseGrace });
    const pair = await world.refresher.start({ sub: "a" });
    world.part.isHanging = true;
    const message = `Expected \`${which}\` to answer within 0.05 s`;
    await expect(world.refresher.refresh(pair.refreshToken)).rejects.toThrow(message);
    if (which !== "verifier") await expect(world.refresher.start({ sub: "a" })).rejects.toThrow(message);
    world.part.isHanging = false;
    const next = await world.refresh(pair);
    expect(await world.codeOf(next)).toBe("ok");
  });

  it("is waited for by each call that shares the rotation, and by none that comes later", async () => {
    const world = new Hanging(which, { reuseGrace: 10 });
    const pair = await world.refresher.start({ sub: "a" });
    world.part.isHanging = true;
    const answers = await Promise.allSettled([0, 1, 2].map(() => world.refresher.refresh(pair.refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array(3).fill("rejected"));
    world.part.isHanging = false;
    expect(await world.codeOf(pair)).toBe("ok");
  });
});

describe("what comes too late", () => {
  it("spends nothing and ends nothing, though a second call was good meanwhile", async () => {
    let answer: ((claims: JwtClaims) => void) | undefined;
    let isSlow = false;
    const accessClaims = () =>
      isSlow
        ? new Promise<JwtClaims>((resolve) => {
            answer = resolve;
          })
        : {};
    const world = new World({ timeout: TIMEOUT, accessClaims });
    const pair = await world.refresher.start({ sub: "a" });
    isSlow = true;
    await expect(world.refresher.refresh(pair.refreshToken)).rejects.toThrow("Expected `accessClaims` to answer within 0.05 s");
    isSlow = false;
    const next = await world.refresh(pair);
    answer?.({});
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(world.access(next.accessToken)).toBe("ACCEPTED");
    expect(await world.codeOf(next)).toBe("ok");
  });
});

describe("a store that hangs", () => {
  async function hanging(more: Partial<RefresherOptions>) {
    const store = { isHanging: true };
    const append = async () => {
      if (store.isHanging) await never();
    };
    const world = new World({ timeout: TIMEOUT, ...more }, storeOf({ append }));
    const pair = await world.refresher.start({ sub: "a" });
    return { world, pair, store };
  }

  it("has the promise rejected, and the token is spent here", async () => {
    const { world, pair, store } = await hanging({});
    await expect(world.refresher.refresh(pair.refreshToken)).rejects.toThrow("Expected the list's store to answer within 0.05 s");
    store.isHanging = false;
    expect(await world.codeOf(pair)).toBe("REPLAYED jti");
  });

  it("is asked again within a grace, and the pair that was made is handed out", async () => {
    const { world, pair, store } = await hanging({ reuseGrace: 10 });
    await expect(world.refresher.refresh(pair.refreshToken)).rejects.toThrow("Expected the list's store");
    store.isHanging = false;
    expect(await world.codeOf(await world.refresh(pair))).toBe("ok");
  });

  it("lets a logout hold here at once, and has its promise rejected", async () => {
    const { world, pair } = await hanging({});
    await expect(world.refresher.end(pair.refreshToken)).rejects.toThrow("Expected the list's store");
    await expect(world.refresher.endFamily(pair.family)).rejects.toThrow("Expected the list's store");
    expect(world.access(pair.accessToken)).toBe("REVOKED");
    expect(await world.codeOf(pair)).toBe("REVOKED");
  });
});

describe("what throws at once", () => {
  it.each(PARTS)("in `%s` is thrown as a rejection, and no other is left unheard", async (which) => {
    const fail = () => {
      throw new Error("at once");
    };
    const parts = { verifyAsync: fail, signAsync: fail };
    const world = new World({ [which]: which === "accessClaims" ? fail : parts });
    const pair = await new World().refresher.start({ sub: "a" });
    await expect(world.refresher.refresh(pair.refreshToken)).rejects.toThrow("at once");
  });
});

describe("a refresher that is called while it calls", () => {
  const PLACES = ["accessClaims", "accessSigner", "refreshSigner"] as const;

  /** Does `call` once, in the place that is named, while the token is refreshed. */
  async function reenter(
    place: (typeof PLACES)[number],
    more: Partial<RefresherOptions>,
    call: (world: World, pair: TokenPair) => unknown,
  ): Promise<{ world: World; pair: TokenPair; answers: Refreshed[] }> {
    let isArmed = false;
    const answers: Refreshed[] = [];
    const within = async () => {
      if (!isArmed) return;
      isArmed = false;
      const answer = await call(world, pair);
      if (answer) answers.push(answer as Refreshed);
    };
    const good = new World();
    const signing = (signer: Pick<ReturnType<World["refreshSigner"]>, "signAsync">) => ({
      signAsync: async (claims: JwtClaims) => {
        await within();
        return signer.signAsync(claims);
      },
    });
    const parts: Partial<RefresherOptions> = {
      accessClaims: () => within().then(() => ({})),
      accessSigner: signing(good.accessSigner()),
      refreshSigner: signing(good.refreshSigner()),
    };
    const world: World = new World({ timeout: TIMEOUT, ...more, [place]: parts[place] });
    const pair = await world.refresher.start({ sub: "a" });
    isArmed = true;
    const outer = await world.refresher.refresh(pair.refreshToken).catch(() => undefined);
    if (outer) answers.push(outer);
    return { world, pair, answers };
  }

  it.each(PLACES.flatMap((place) => [0, 10].map((reuseGrace) => ({ place, reuseGrace }))))(
    "with the same token, in $place, grace of $reuseGrace s: has no two live tokens",
    async ({ place, reuseGrace }) => {
      const { world, pair, answers } = await reenter(place, { reuseGrace }, ({ refresher }, { refreshToken }) =>
        refresher.refresh(refreshToken),
      );
      const tokens = new Set(answers.flatMap((answer) => (answer.ok ? [answer.refreshToken] : [])));
      expect(tokens.size).toBeLessThanOrEqual(1);
      // Calls that share a rotation cannot wait for each other: they are given up, and the token is as it was.
      if (reuseGrace) expect([answers, await world.codeOf(pair)]).toEqual([[], "ok"]);
    },
  );

  it.each(PLACES)("with `end`, `endFamily` or a revocation, in %s: hands nothing out", async (place) => {
    const calls: ((world: World, pair: TokenPair) => Promise<unknown>)[] = [
      ({ refresher }, { refreshToken }) => refresher.end(refreshToken).then(() => undefined),
      ({ refresher }, { family }) => refresher.endFamily(family),
      ({ list }) => list.revoke({ iss: ISSUER, sub: "a" }),
    ];
    for (const call of calls) {
      const { world, pair, answers } = await reenter(place, {}, call);
      expect(answers.map(codeOf)).toEqual(["REVOKED"]);
      expect([world.access(pair.accessToken), await world.codeOf(pair)]).toEqual(["REVOKED", "REVOKED"]);
    }
  });

  it.each(["the refresher's", "the list's"])("by %s clock at any time: no access token of an ended family is good", async (whose) => {
    for (let call = 1; call < 40; call++) {
      let calls = Number.NEGATIVE_INFINITY;
      const clock = () => {
        if (++calls === call) void world.refresher.endFamily(pair.family);
        return NOW;
      };
      const list = createRevocationList({ currentDate: whose === "the list's" ? clock : () => NOW });
      const world: World = new World({ revocations: list, ...(whose !== "the list's" && { currentDate: clock }) });
      const pair: TokenPair = await world.refresher.start({ sub: "a" });
      calls = 0;
      const answer = await world.refresher.refresh(pair.refreshToken);
      if (calls >= call && answer.ok)
        expect([world.access(answer.accessToken), await world.codeOf(answer)]).toEqual(["REVOKED", "REVOKED"]);
      if (calls >= call) expect([world.access(pair.accessToken), await world.codeOf(pair)]).toEqual(["REVOKED", "REVOKED"]);
    }
  });

  it("by a listener of the list: no access token of an ended family is good", async () => {
    const world = new World({ reuseGrace: 10 });
    const pair = await world.refresher.start({ sub: "a" });
    let isEnded = false;
    world.list.subscribe(() => {
      if (isEnded) return;
      isEnded = true;
      void world.refresher.endFamily(pair.family);
    });
    expect(await world.codeOf(pair)).toBe("REVOKED");
    expect(await world.codeOf(pair)).toBe("REVOKED");
    const numbers = [...world.list.snapshot()].flatMap((entry) => ("jti" in entry ? [entry.jti] : []));
    expect(numbers.sort()).toEqual([`${pair.family}.0`, `${pair.family}.1`]);
  });
});

describe("the option `timeout`", () => {
  it.each([0, -1, 601, "10", Number.NaN])("is a number of seconds, not %j", (timeout) => {
    expect(() => new World({ timeout } as never)).toThrow("Expected `timeout` to be a number of seconds from 0.001 to 600");
  });
});
