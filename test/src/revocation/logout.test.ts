/** "Log out everywhere, stay here": what was issued before a subject was revoked is refused, what is issued after it is accepted. */
import { describe, expect, it } from "vitest";
import { createSigner, createVerifier } from "../../../src/index.js";
import { createRevocationList, type RevocationList } from "../../../src/revocation/list.js";
import type { TokenPair } from "../../../src/revocation/pairs.js";
import type { RefresherOptions } from "../../../src/revocation/refresherOptions.js";
import { ACCESS_KEY, claimsOf, HOUR, ISSUER, World } from "../../support/logins.js";
import { NOW } from "../../support/tokens.js";

const SUBJECT = { iss: ISSUER, sub: "a" };

/** By the clock of the system. */
function realWorld(more: Partial<RefresherOptions> = {}): World {
  const world = new World({ ...more, revocations: createRevocationList() });
  Object.defineProperty(world, "now", { get: () => Date.now() / 1000 });
  return world;
}

async function expectRefused(world: World, pair: TokenPair): Promise<void> {
  expect([world.access(pair.accessToken), await world.codeOf(pair)]).toEqual(["REVOKED", "REVOKED"]);
}

async function expectGood(world: World, pair: TokenPair): Promise<TokenPair> {
  expect(world.access(pair.accessToken)).toBe("ACCEPTED");
  const next = await world.refresh(pair);
  expect(world.access(next.accessToken)).toBe("ACCEPTED");
  return next;
}

describe("a log-out everywhere", () => {
  it.each([NOW, NOW + 0.5, NOW + 0.123, NOW + 0.1234567])("lets a login after it be, and none before it, at one time: %d", async (now) => {
    const world = new World();
    world.now = now;
    const before = await world.refresher.start({ sub: "a" });
    const rotated = await world.refresh(await world.refresher.start({ sub: "a" }));
    await world.list.revoke(SUBJECT);
    const after = await world.refresher.start({ sub: "a" });
    await expectRefused(world, before);
    await expectRefused(world, rotated);
    await expectGood(world, after);
  });

  it("may come many times in one millisecond", async () => {
    const world = new World();
    let last = await world.refresher.start({ sub: "a" });
    for (let time = 0; time < 50; time++) {
      await world.list.revoke(time % 2 ? { sub: "a" } : SUBJECT);
      const next = await world.refresher.start({ sub: "a" });
      expect([last, next].map(({ accessToken }) => world.access(accessToken))).toEqual(["REVOKED", "ACCEPTED"]);
      last = next;
    }
    await expectGood(world, last);
  });

  it("holds by the clock of the system, and for verifiers with a `maxTokenAge` as well", async () => {
    const world = realWorld({ currentDate: () => Date.now() / 1000 });
    const gateway = createVerifier({ keys: ACCESS_KEY, maxTokenAge: 60, revocation: world.list });
    let last = await world.refresher.start({ sub: "a" });
    for (let time = 0; time < 200; time++) {
      await world.list.revoke(SUBJECT);
      const next = await world.refresher.start({ sub: "a" });
      expect([last, next].map(({ accessToken }) => gateway.verify(accessToken))).toMatchObject([
        { ok: false, code: "REVOKED" },
        { ok: true },
      ]);
      last = next;
    }
  });

  it.each([1, 3 * HOUR, 400 * 24 * HOUR])("holds where the clock is set back by %i s before it", async (back) => {
    const world = new World();
    const before = await world.refresher.start({ sub: "a" });
    world.now -= back;
    await world.list.revoke(SUBJECT);
    const after = await world.refresher.start({ sub: "a" });
    await expectRefused(world, before);
    const next = await expectGood(world, after);
    world.now += back + 5;
    await world.list.revoke(SUBJECT);
    expect(world.access(next.accessToken)).toMatch(/REVOKED|EXPIRED/);
    await expectGood(world, await world.refresher.start({ sub: "a" }));
  });

  it.each([1, 3 * HOUR, 400 * 24 * HOUR])(
    "holds where the clock is set back by %i s after it, also when it comes once more",
    async (back) => {
      const world = new World();
      const before = await world.refresher.start({ sub: "a" });
      await world.list.revoke(SUBJECT);
      world.now -= back;
      await expectRefused(world, before);
      const after = await world.refresher.start({ sub: "a" });
      const rotated = await world.refresh(await world.refresher.start({ sub: "a" }));
      await expectGood(world, await world.refresher.start({ sub: "a" }));
      await world.list.revoke(SUBJECT);
      await expectRefused(world, after);
      await expectRefused(world, rotated);
      await expectGood(world, await world.refresher.start({ sub: "a" }));
    },
  );

  it("of one issuer is reached by one of all issuers, in the same millisecond", async () => {
    const world = new World();
    await world.list.revoke([SUBJECT, { iss: "another", sub: "a" }]);
    const pair = await world.refresher.start({ sub: "a" });
    await world.list.revoke({ sub: "a" });
    await expectRefused(world, pair);
  });

  it("refuses what a signer in whole seconds issues in that second, before it or after it", async () => {
    const world = new World();
    world.now = NOW + 0.4;
    const sign = (iat: number) =>
      createSigner({ key: ACCESS_KEY, issuer: ISSUER, audience: "api", typ: "at+jwt" }).sign({ sub: "a", jti: "j", iat });
    await world.list.revoke(SUBJECT);
    expect([NOW - 1, NOW, NOW + 0.4, NOW + 1].map((iat) => world.access(sign(iat)))).toEqual(["REVOKED", "REVOKED", "REVOKED", "ACCEPTED"]);
  });

  it("does not concern others, nor their times", async () => {
    const world = new World();
    await world.list.revoke(SUBJECT);
    const pair = await world.refresher.start({ sub: "b" });
    expect([claimsOf(pair.accessToken).iat, claimsOf(pair.refreshToken).iat]).toEqual([NOW, NOW]);
  });

  it("gives times that are fractions to `iat` alone", async () => {
    const world = new World({ familyLifetime: 40 * HOUR });
    world.now = NOW + 0.25;
    const pair = await world.refresher.start({ sub: "a" });
    expect(claimsOf(pair.accessToken)).toMatchObject({ iat: NOW + 0.25, exp: NOW + 900 });
    expect(claimsOf(pair.refreshToken)).toMatchObject({ iat: NOW + 0.25, exp: NOW + 24 * HOUR, end: NOW + 40 * HOUR });
    expect(pair.expiresIn).toBe(900);
  });

  it("is known by what signers add: issuer and subject", async () => {
    const options = { key: ACCESS_KEY, issuer: "another", subject: "service" };
    const world = new World({ accessSigner: createSigner(options) });
    await world.list.revoke({ iss: "another", sub: "service" });
    const { accessToken } = await world.refresher.start({});
    expect(createVerifier({ keys: ACCESS_KEY, currentDate: NOW, revocation: world.list }).verify(accessToken).ok).toBe(true);
  });

  it("during a login leaves it to the moment of signing which came first, and a rotation that is under way is refused", async () => {
    let logOut = async () => {};
    const world: World = new World({ accessClaims: () => logOut().then(() => ({})) });
    const pair = await world.refresher.start({ sub: "a" });
    logOut = () => world.list.revoke(SUBJECT);
    await expectGood(world, await world.refresher.start({ sub: "b" }));
    await expectRefused(world, pair);
  });
});

describe("a time that was chosen", () => {
  it.each([
    { sub: "a", before: NOW + HOUR },
    { iss: ISSUER, before: NOW + HOUR },
    { kid: "access", before: NOW + HOUR },
    { kid: "access" },
  ])("lies ahead so that nothing is issued until then: %o", async (entry) => {
    const world = new World();
    await world.list.revoke(entry);
    const { accessToken } = await world.refresher.start({ sub: "a" });
    expect([world.access(accessToken), claimsOf(accessToken).iat]).toEqual(["REVOKED", NOW]);
  });

  it("is not put off by what comes without one", async () => {
    const world = new World();
    await world.list.revoke({ sub: "a", before: NOW + HOUR });
    await world.list.revoke([SUBJECT, { sub: "a" }]);
    expect(world.access((await world.refresher.start({ sub: "a" })).accessToken)).toBe("REVOKED");
  });
});

describe("on several machines", () => {
  /** Two lists of one clock, which hear of each other when they are told to. */
  class Cluster extends World {
    skew = 0;
    readonly far: RevocationList = createRevocationList({ currentDate: () => this.now + this.skew });
    sync(): void {
      this.far.apply([...this.list.snapshot()]);
      this.list.apply([...this.far.snapshot()]);
    }
  }

  it.each([0, 5, -0.5, 3 * HOUR])("a log-out that was heard of is before a login here, though clocks differ by %d s", async (skew) => {
    const cluster = new Cluster();
    cluster.skew = skew;
    const before = await cluster.refresher.start({ sub: "a" });
    cluster.now += 1;
    await cluster.far.revoke(SUBJECT);
    cluster.sync();
    const after = await cluster.refresher.start({ sub: "a" });
    for (const list of [cluster.list, cluster.far]) {
      expect([before, after].map(({ accessToken }) => cluster.access(accessToken, list))).toEqual(["REVOKED", "ACCEPTED"]);
    }
    await expectGood(cluster, after);
    await cluster.list.revoke(SUBJECT);
    cluster.sync();
    expect(cluster.access(after.accessToken, cluster.far)).toBe("REVOKED");
  });

  it("one that was not heard of yet is so too, if clocks agree to less than what has passed", async () => {
    const cluster = new Cluster();
    cluster.now = NOW + 0.2;
    const before = await cluster.refresher.start({ sub: "a" });
    cluster.now += 0.001;
    await cluster.far.revoke(SUBJECT);
    cluster.now += 0.001;
    const after = await cluster.refresher.start({ sub: "a" });
    cluster.sync();
    for (const list of [cluster.list, cluster.far]) {
      expect([before, after].map(({ accessToken }) => cluster.access(accessToken, list))).toEqual(["REVOKED", "ACCEPTED"]);
    }
    await expectGood(cluster, after);
  });

  it("one is after a restart, from what its file had, where the clock was set back", async () => {
    const world = new World();
    await world.list.revoke(SUBJECT);
    const list = createRevocationList({ currentDate: world.clock });
    list.apply(JSON.parse(JSON.stringify([...world.list.snapshot()])));
    world.now -= HOUR;
    const pair = await world.withList(list).start({ sub: "a" });
    expect(world.access(pair.accessToken, list)).toBe("ACCEPTED");
  });
});

describe("a signer of one's own", () => {
  it("asks the list for the time that its tokens say", async () => {
    const list = createRevocationList({ currentDate: () => NOW + 0.5 });
    const signer = createSigner({ key: ACCESS_KEY });
    const sign = () => signer.sign({ ...SUBJECT, jti: "j", iat: list.issueTime(SUBJECT) });
    const before = sign();
    await list.revoke(SUBJECT);
    const verifier = createVerifier({ keys: ACCESS_KEY, currentDate: NOW + 0.5, revocation: list });
    expect([before, sign()].map((token) => verifier.verify(token).ok)).toEqual([false, true]);
  });

  it.each<[unknown, unknown, string]>([
    ["a", undefined, "Expected `token` to be an object, what is known of a token"],
    [{}, "now", "Expected `now` to be a number of seconds"],
    [{}, Number.NaN, "Expected `now` to be a number of seconds"],
    [{}, 1000 * NOW, "as many as of milliseconds"],
  ])("is refused what makes no sense: %o at %o", (token, now, message) => {
    expect(() => createRevocationList().issueTime(token as never, now as never)).toThrow(message);
  });
});
