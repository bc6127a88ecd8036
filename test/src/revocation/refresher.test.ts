/** Refreshers: each refresh token once, and what becomes of its family when it is used again. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSigner, createVerifier, type JwtClaims, type VerifierOptions } from "../../../src/index.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import type { TokenPair } from "../../../src/revocation/pairs.js";
import { createReplayGuard } from "../../../src/revocation/replayGuard.js";
import type { RevocationStore } from "../../../src/revocation/store.js";
import { ACCESS_KEY, claimsOf, codeOf, HOUR, ISSUER, REFRESH_KEY, storeOf, World } from "../../support/logins.js";
import { PAIRS } from "../../support/pairs.js";
import { testSecret } from "../../support/ring.js";
import { runs } from "../../support/runs.js";
import { NOW } from "../../support/tokens.js";
import { NO_VERDICTS, WRAPPERS, wrapped } from "../../support/wrappers.js";

describe("a login", () => {
  it("begins with an access token that gateways take, and a refresh token that they do not", async () => {
    const world = new World();
    const pair = await world.refresher.start({ sub: "device-1", scope: "read" });
    expect(world.access(pair.accessToken)).toBe("ACCEPTED");
    expect(world.access(pair.refreshToken)).toBe("TYPE_MISMATCH");
    expect(pair.expiresIn).toBe(900);
    expect(claimsOf(pair.accessToken)).toEqual({
      iss: ISSUER,
      aud: "api",
      sub: "device-1",
      scope: "read",
      jti: `${pair.family}.0`,
      iat: NOW,
      exp: NOW + 900,
    });
    expect(claimsOf(pair.refreshToken)).toMatchObject({ iss: ISSUER, sub: "device-1", iat: NOW, exp: NOW + 24 * HOUR });
    expect(world.list.size).toBe(0);
  });

  it("has a family of its own", async () => {
    const { refresher } = new World();
    const families = await Promise.all(Array.from({ length: 200 }, async () => (await refresher.start({ sub: "a" })).family));
    expect(new Set(families).size).toBe(200);
    expect(families.every((family) => /^[\w-]{22}$/.test(family))).toBe(true);
  });

  it.each<[unknown, string]>([
    [undefined, "Expected `claims` to be a claims set, got undefined"],
    [[], "Expected `claims` to be a claims set, got an empty array"],
    [new Map(), "Expected `claims` to be a plain object"],
    [{ jti: "a" }, "Expected `claims` to have no `jti`: it is the refresher's to set"],
    [{ sub: "secret-name", exp: NOW }, "Expected `claims` to have no `exp`: it is the refresher's to set"],
  ])("is refused with the claims %o", async (claims, message) => {
    await expect(new World().refresher.start(claims as JwtClaims)).rejects.toThrow(message);
  });
});

describe("a rotation", () => {
  it("gives a new pair of the same claims, time after time", async () => {
    const world = new World();
    let pair = await world.refresher.start({ sub: "device-1", scope: "read" });
    for (let number = 1; number <= 40; number++) {
      world.now += 600;
      const next = await world.refresh(pair);
      expect(claimsOf(next.accessToken)).toMatchObject({ sub: "device-1", scope: "read", jti: `${pair.family}.${number}`, iat: world.now });
      expect(world.access(next.accessToken)).toBe("ACCEPTED");
      expect(world.access(pair.accessToken)).toBe("ACCEPTED");
      pair = next;
    }
  });

  it("is remembered by one entry a family, however many there are", async () => {
    const world = new World();
    let pair = await world.refresher.start({ sub: "device-1" });
    for (let number = 0; number < 15; number++) pair = await world.refresh(pair);
    expect([...world.list.snapshot()]).toEqual([{ sub: `family:${pair.family}`, before: 15, exp: NOW + 24 * HOUR }]);
  });

  it("leaves 16 access tokens of a family valid", async () => {
    const world = new World();
    const pairs = [await world.refresher.start({ sub: "device-1" })];
    for (let number = 0; number < 20; number++) pairs.push(await world.refresh(pairs.at(-1) as TokenPair));
    const codes = pairs.map(({ accessToken }) => world.access(accessToken));
    expect(codes).toEqual([...Array(5).fill("REVOKED"), ...Array(16).fill("ACCEPTED")]);
  });

  it("asks each time for the claims that change, and spends nothing if they do not come", async () => {
    let role: string | undefined = "admin";
    const accessClaims = async ({ sub }: JwtClaims) => {
      if (role === undefined) throw new Error("no database");
      return { role: `${role} ${sub}` };
    };
    const world = new World({ accessClaims });
    const first = await world.refresher.start({ sub: "a" });
    role = undefined;
    await expect(world.refresher.refresh(first.refreshToken)).rejects.toThrow("no database");
    role = "reader";
    const second = await world.refresh(first);
    expect([first, second].map(({ accessToken }) => claimsOf(accessToken).role)).toEqual(["admin a", "reader a"]);
    expect(claimsOf(second.refreshToken)).not.toHaveProperty("role");
  });

  it("refuses claims that are the refresher's own, spending nothing", async () => {
    let more: JwtClaims = {};
    const world = new World({ accessClaims: () => more });
    const pair = await world.refresher.start({ sub: "a" });
    more = { jti: "a" };
    await expect(world.refresher.refresh(pair.refreshToken)).rejects.toThrow("Expected `accessClaims()` to have no `jti`");
    more = {};
    expect(await world.codeOf(pair)).toBe("ok");
  });

  it("works with keys that the platform signs with", async () => {
    const { publicKey, privateKey } = PAIRS.ES256;
    const key = { kid: "p", alg: "ES256" as const };
    const world = new World({
      verifier: createVerifier({ keys: { ...key, publicKey }, currentDate: NOW }),
      refreshSigner: createSigner({ key: { ...key, privateKey }, typ: "rt+jwt" }),
    });
    const pair = await world.refresher.start({ sub: "a", iss: ISSUER });
    expect(await world.codeOf(pair)).toBe("ok");
    expect(await world.codeOf(pair)).toBe("REPLAYED jti");
  });
});

describe("a refresh token that is used again", () => {
  it("ends its family: no refresh token of it is good, nor any access token", async () => {
    const world = new World();
    const first = await world.refresher.start({ sub: "device-1" });
    const second = await world.refresh(first);
    const third = await world.refresh(second);
    expect(await world.codeOf(first)).toBe("REPLAYED jti");
    expect(await Promise.all([first, second, third].map((pair) => world.codeOf(pair)))).toEqual(Array(3).fill("REVOKED"));
    expect([first, second, third].map(({ accessToken }) => world.access(accessToken))).toEqual(Array(3).fill("REVOKED"));
  });

  it("ends it as well if the thief was the first to use it", async () => {
    const world = new World();
    const stolen = await world.refresher.start({ sub: "device-1" });
    let thief = await world.refresh(stolen);
    const kept = thief;
    for (let number = 0; number < 30; number++) thief = await world.refresh(thief);
    expect(await world.codeOf(stolen)).toBe("REPLAYED jti");
    expect(await world.codeOf(thief)).toBe("REVOKED");
    expect([kept, thief].map(({ accessToken }) => world.access(accessToken))).toEqual(["REVOKED", "REVOKED"]);
  });

  it("does no harm to other logins of the same subject", async () => {
    const world = new World();
    const [mine, other] = await Promise.all([world.refresher.start({ sub: "a" }), world.refresher.start({ sub: "a" })]);
    await world.refresh(mine);
    expect(await world.codeOf(mine)).toBe("REPLAYED jti");
    expect(world.access(other.accessToken)).toBe("ACCEPTED");
    expect(await world.codeOf(other)).toBe("ok");
  });

  it("at the same time fifty times gives one pair, and ends the family", async () => {
    const world = new World({ accessClaims: () => new Promise((resolve) => setTimeout(() => resolve({}), Math.random() * 5)) });
    const pair = await world.refresher.start({ sub: "a" });
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.refresher.refresh(pair.refreshToken)));
    const winners = answers.filter((answer) => answer.ok);
    expect(winners.length).toBe(1);
    expect(new Set(answers.map(codeOf))).toEqual(new Set(["ok", "REPLAYED jti", "REVOKED"]));
    expect(await world.codeOf(winners[0] as TokenPair)).toBe("REVOKED");
    expect(world.access((winners[0] as TokenPair).accessToken)).toBe("REVOKED");
  });

  it("is found out after a restart too", async () => {
    const world = new World();
    const first = await world.refresher.start({ sub: "a" });
    const second = await world.refresh(first);
    const list = createRevocationList({ currentDate: world.clock });
    list.apply([...world.list.snapshot()]);
    const restarted = world.withList(list);
    expect(await world.codeOf(first, restarted)).toBe("REPLAYED jti");
    expect(await world.codeOf(second, restarted)).toBe("REVOKED");
    expect(world.access(second.accessToken, list)).toBe("REVOKED");
  });

  it.each<[string, () => Partial<VerifierOptions>]>([
    ["has the list as well", () => ({})],
    ["has a replay guard", () => ({ replay: createReplayGuard() })],
  ])("is found out though its verifier %s", async (_, more) => {
    const list = createRevocationList({ currentDate: () => NOW });
    const verifier = createVerifier({ keys: REFRESH_KEY, currentDate: NOW, revocation: list, ...more() });
    const world = new World({ revocations: list, verifier });
    const first = await world.refresher.start({ sub: "a" });
    const second = await world.refresh(first);
    expect(await world.codeOf(first)).toBe("REPLAYED jti");
    expect(await world.codeOf(second)).toBe("REVOKED");
    expect(world.access(second.accessToken)).toBe("REVOKED");
  });

  it("on two machines at once is found out by the one that has heard of both rotations", async () => {
    const here = new World();
    const far = createRevocationList({ currentDate: here.clock });
    const there = here.withList(far);
    const pair = await here.refresher.start({ sub: "a" });
    const [mine, theirs] = [await here.refresh(pair), await there.refresh(pair.refreshToken)];
    if (!theirs.ok) throw new Error("Expected the other machine not to have heard");
    far.apply([...here.list.snapshot()]);
    here.list.apply([...far.snapshot()]);
    expect(await here.codeOf(mine)).toBe("ok");
    far.apply([...here.list.snapshot()]);
    expect(await here.codeOf(theirs, there)).toBe("REPLAYED jti");
    expect([mine, theirs].map(({ accessToken }) => here.access(accessToken, far))).toEqual(["REVOKED", "REVOKED"]);
  });
});

describe("what is no refresh token", () => {
  const world = new World();

  it.each<[string, () => unknown]>([
    ["MALFORMED", () => undefined],
    ["MALFORMED", () => "abc"],
    ["MALFORMED", () => new Uint8Array(9)],
    ["ISSUER_MISMATCH iss", () => world.refreshSigner({ issuer: "https://other.example" }).sign({ jti: id(), exp: NOW + 9 })],
    ["TYPE_MISMATCH", () => world.refreshSigner({ typ: "at+jwt" }).sign({ jti: id(), exp: NOW + 9 })],
    ["TYPE_MISMATCH", () => world.refreshSigner({ typ: null }).sign({ jti: id(), exp: NOW + 9 })],
    ["CLAIM_INVALID jti", () => world.refreshSigner().sign({ exp: NOW + 9 })],
    ["CLAIM_INVALID jti", () => world.refreshSigner().sign({ jti: id().replace(".refresh", ""), exp: NOW + 9 })],
    ["EXPIRED exp", () => world.refreshSigner().sign({ jti: id() })],
    ["KEY_NOT_FOUND", () => createSigner({ key: ACCESS_KEY, issuer: ISSUER, typ: "rt+jwt" }).sign({ jti: id(), exp: NOW + 9 })],
  ])("is %s", async (code, make) => {
    const strict = world.withList(world.list, {
      verifier: world.verifier({ keys: [REFRESH_KEY, { kid: "other", secret: testSecret("o") }] }),
    });
    expect(codeOf(await strict.refresh(make() as string))).toBe(code);
    if (code !== "EXPIRED exp") expect(codeOf(await strict.end(make() as string))).toBe(code);
  });

  it("an access token is none, even if one key signs both", async () => {
    const both = new World({ accessSigner: createSigner({ key: REFRESH_KEY, issuer: ISSUER }) });
    const pair = await both.refresher.start({ sub: "a" });
    expect(codeOf(await both.refresher.refresh(pair.accessToken))).toBe("TYPE_MISMATCH");
    expect(await both.codeOf(pair)).toBe("ok");
  });

  it("a forged one ends no family", async () => {
    const pair = await world.refresher.start({ sub: "a" });
    const next = await world.refresh(pair);
    const forged = `${pair.refreshToken.slice(0, -8)}AAAAAAAA`;
    expect(codeOf(await world.refresher.refresh(forged))).toBe("BAD_SIGNATURE");
    expect(codeOf(await world.refresher.end(forged))).toBe("BAD_SIGNATURE");
    expect(await world.codeOf(next)).toBe("ok");
  });

  function id(): string {
    return `${"x".repeat(22)}.0.refresh`;
  }
});

describe("a caller's own code around the verifier", () => {
  it.each(WRAPPERS)("is asked about each token, as %s", async (_, wrap) => {
    const { verifier, heard } = wrapped(wrap, new World().verifier(), "unwanted");
    const world = new World({ verifier });
    const [pair, unwanted] = [await world.refresher.start({ sub: "a" }), await world.refresher.start({ sub: "unwanted" })];
    expect([await world.codeOf(pair), await world.codeOf(unwanted)]).toEqual(["ok", "VALIDATION_FAILED"]);
    expect(heard).toEqual([pair.refreshToken, unwanted.refreshToken]);
  });

  it.each(NO_VERDICTS)("has nothing refreshed where it gives %s for a verdict", async (_, of) => {
    const inner = new World().verifier();
    const world = new World({ verifier: { verifyAsync: async (token) => of(await inner.verifyAsync(token)) as never } });
    const pair = await world.refresher.start({ sub: "a" });
    await expect(world.refresher.refresh(pair.refreshToken)).rejects.toThrow("Expected the verifier to give a verdict");
    expect(world.list.size).toBe(0);
  });
});

describe("time", () => {
  it("ends a refresh token that is not used, and each rotation gives it its time anew", async () => {
    const world = new World();
    const pair = await world.refresher.start({ sub: "a" });
    world.now += 24 * HOUR - 1;
    const next = await world.refresh(pair);
    world.now += 24 * HOUR;
    expect(await world.codeOf(next)).toBe("EXPIRED exp");
  });

  it("ends it to the second, whatever its verifier tolerates: the list may have forgotten it", async () => {
    const world = new World();
    const tolerant = world.withList(world.list, { verifier: world.verifier({ clockTolerance: 60 }) });
    const pair = await world.refresher.start({ sub: "a" });
    world.now += 24 * HOUR;
    expect(await world.codeOf(pair, tolerant)).toBe("EXPIRED exp");
  });

  it("ends a family when it has lived as long as it may, and no token of it outlives that", async () => {
    const world = new World({ familyLifetime: 40 * HOUR });
    let pair = await world.refresher.start({ sub: "a" });
    world.now += 23 * HOUR;
    pair = await world.refresh(pair);
    expect(claimsOf(pair.refreshToken).exp).toBe(NOW + 40 * HOUR);
    world.now += 17 * HOUR - 10;
    pair = await world.refresh(pair);
    expect([pair.expiresIn, claimsOf(pair.accessToken).exp, claimsOf(pair.refreshToken).exp]).toEqual([
      10,
      NOW + 40 * HOUR,
      NOW + 40 * HOUR,
    ]);
    world.now += 10;
    expect(await world.codeOf(pair)).toBe("EXPIRED exp");
  });

  it("that passes while claims are looked up is not lost sight of", async () => {
    let isSlow = false;
    const accessClaims = () => {
      if (isSlow) world.now += 24 * HOUR;
      return {};
    };
    const world: World = new World({ accessClaims });
    const pair = await world.refresher.start({ sub: "a" });
    isSlow = true;
    expect(await world.codeOf(pair)).toBe("EXPIRED exp");
  });
});

describe("the list", () => {
  it("of which a subject, a key, an issuer or a token is revoked, refuses their refresh tokens", async () => {
    for (const what of [{ sub: "a", before: NOW + 1 }, { kid: "refresh" }, { before: NOW + 1, iss: ISSUER }]) {
      const world = new World();
      const pair = await world.refresher.start({ sub: "a" });
      await world.list.revoke(what);
      expect(await world.codeOf(pair)).toBe("REVOKED");
    }
    const world = new World();
    const pair = await world.refresher.start({ sub: "a" });
    await world.list.revoke({ jti: claimsOf(pair.refreshToken).jti as string });
    expect(await world.codeOf(pair)).toBe("REVOKED");
  });

  it("that revokes a subject refuses nothing of a later login", async () => {
    const world = new World();
    await world.list.revoke([{ sub: "a", before: NOW }, { before: NOW - 1 }]);
    const pair = await world.refresher.start({ sub: "a" });
    expect(await world.codeOf(await world.refresh(pair))).toBe("ok");
    expect(await world.codeOf(pair)).toMatch(/REPLAYED|REVOKED/);
  });

  it("of the verifier's own is heard too", async () => {
    const own = createRevocationList({ currentDate: () => NOW });
    own.apply([{ sub: "a", before: NOW + 1 }]);
    const world = new World({ verifier: createVerifier({ keys: REFRESH_KEY, currentDate: NOW, revocation: own }) });
    expect(await world.codeOf(await world.refresher.start({ sub: "a" }))).toBe("REVOKED");
    expect(await world.codeOf(await world.refresher.start({ sub: "b" }))).toBe("ok");
  });

  it.each(["revocations", "families"])("that is stale has no token refreshed, and spends none: %s", async (which) => {
    let now = NOW;
    let sync = () => {};
    const open: RevocationStore["open"] = (sink) => {
      sync = sink.synced;
    };
    const list = createRevocationList({ store: storeOf({ open }), maxStaleness: 30, currentDate: () => now });
    const world = new World({ [which]: list });
    sync();
    const pair = await world.refresher.start({ sub: "a" });
    now += 31;
    expect(await world.codeOf(pair)).toBe("REVOCATION_STALE");
    sync();
    expect(await world.codeOf(pair)).toBe("ok");
  });

  it("of families may be another one: verifiers then have the access tokens alone", async () => {
    const families = createRevocationList({ currentDate: () => NOW });
    const world = new World({ families });
    const first = await world.refresher.start({ sub: "a" });
    const second = await world.refresh(first);
    expect([world.list.size, families.size]).toEqual([0, 1]);
    expect(await world.codeOf(first)).toBe("REPLAYED jti");
    expect(await world.codeOf(second)).toBe("REVOKED");
    expect([first, second].map(({ accessToken }) => world.access(accessToken))).toEqual(["REVOKED", "REVOKED"]);
    expect([world.list.size, families.size]).toEqual([2, 1]);
  });

  it("whose store fails gives out no pair, and the token is spent here all the same", async () => {
    let isBroken = true;
    const append = async () => {
      if (isBroken) throw new Error("disk full");
    };
    const world = new World({}, storeOf({ append }));
    const pair = await world.refresher.start({ sub: "a" });
    await expect(world.refresher.refresh(pair.refreshToken)).rejects.toThrow("disk full");
    isBroken = false;
    expect(await world.codeOf(pair)).toBe("REPLAYED jti");
  });

  it("has a pair handed out no earlier than its store has that the old token is spent", async () => {
    const happened: string[] = [];
    const append = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      happened.push("kept");
    };
    const world = new World({}, storeOf({ append }));
    await world.refresh(await world.refresher.start({ sub: "a" }));
    happened.push("handed out");
    expect(happened).toEqual(["kept", "handed out"]);
  });
});

describe("a logout", () => {
  it.each(["the last refresh token", "one that is spent"])("ends the family by %s", async (which) => {
    const world = new World();
    const first = await world.refresher.start({ sub: "a" });
    const second = await world.refresh(first);
    const { refreshToken } = which === "one that is spent" ? first : second;
    expect(codeOf(await world.refresher.end(refreshToken))).toBe("ok");
    expect([first, second].map(({ accessToken }) => world.access(accessToken))).toEqual(["REVOKED", "REVOKED"]);
    expect(await world.codeOf(second)).toBe("REVOKED");
    expect(codeOf(await world.refresher.end(second.refreshToken))).toBe("ok");
  });

  it("ends it by its name", async () => {
    const world = new World();
    const first = await world.refresher.start({ sub: "a" });
    const second = await world.refresh(first);
    await world.refresher.endFamily(first.family);
    expect([first, second].map(({ accessToken }) => world.access(accessToken))).toEqual(["REVOKED", "REVOKED"]);
    expect(await world.codeOf(second)).toBe("REVOKED");
    await expect(world.refresher.endFamily("device-1")).rejects.toThrow("Expected `family` to be the name of one, 22 characters");
  });

  it("is remembered for as long as a token of the family may be valid", async () => {
    const world = new World();
    const pair = await world.refresher.start({ sub: "a" });
    await world.refresher.endFamily(pair.family);
    expect([...world.list.snapshot()]).toEqual(
      expect.arrayContaining([
        { sub: `family:${pair.family}`, before: 1e11, exp: NOW + 24 * HOUR },
        { jti: `${pair.family}.0`, exp: NOW + 900 },
      ]),
    );
    expect(world.list.size).toBe(2);
  });

  it("stops a rotation that is under way", async () => {
    let end = async () => {};
    const accessClaims = async () => {
      await end();
      return {};
    };
    const world = new World({ accessClaims });
    const pair = await world.refresher.start({ sub: "a" });
    end = () => world.refresher.endFamily(pair.family);
    expect(await world.codeOf(pair)).toBe("REVOKED");
  });
});

describe("any sequence of rotations, reuses and logouts", () => {
  it("comes out as in a plain model", async () => {
    const action = fc.record({
      what: fc.constantFrom("start", "refresh", "refresh", "refresh", "latest", "latest", "latest", "end", "wait"),
      which: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
        const world = new World({ familyLifetime: 60 * HOUR });
        const tokens: { pair: TokenPair; login: Login; number: number; exp: number; accessExp: number }[] = [];
        for (const { what, which } of actions) {
          if (what === "wait") world.now += (which % 30) * HOUR + (which % 700);
          if (what === "start") {
            const login = { latest: 0, isEnded: false, end: world.now + 60 * HOUR };
            enter(await world.refresher.start({ sub: "a" }), login);
          }
          const live = what === "latest" ? tokens.filter(({ login, number }) => number === login.latest) : tokens;
          const token = live[which % (live.length || 1)];
          if (!token || what === "start" || what === "wait") continue;
          const { login } = token;
          const isExpired = world.now >= token.exp;
          if (what === "end") {
            expect(codeOf(await world.refresher.end(token.pair.refreshToken))).toBe(isExpired ? "EXPIRED exp" : "ok");
            login.isEnded ||= !isExpired;
          } else {
            const expected = isExpired ? "EXPIRED exp" : login.isEnded ? "REVOKED" : token.number < login.latest ? "REPLAYED jti" : "ok";
            const answer = await world.refresher.refresh(token.pair.refreshToken);
            expect(codeOf(answer)).toBe(expected);
            if (expected === "REPLAYED jti") login.isEnded = true;
            if (answer.ok) {
              login.latest++;
              enter(answer, login);
            }
          }
          for (const { pair, login: of, number, accessExp } of tokens) {
            const expected = world.now >= accessExp ? "EXPIRED" : of.isEnded || number <= of.latest - 16 ? "REVOKED" : "ACCEPTED";
            expect(world.access(pair.accessToken)).toBe(expected);
          }
        }

        function enter(pair: TokenPair, login: Login): void {
          const until = (seconds: number) => Math.min(world.now + seconds, login.end);
          tokens.push({ pair, login, number: login.latest, exp: until(24 * HOUR), accessExp: until(900) });
        }
      }),
      runs(40),
    );
  });

  interface Login {
    latest: number;
    isEnded: boolean;
    readonly end: number;
  }
});

describe("options", () => {
  it.each<[string, unknown, string]>([
    ["verifier", undefined, "Expected `verifier` to be a verifier of `createVerifier`, got undefined"],
    ["accessSigner", {}, "Expected `accessSigner` to be a signer of `createSigner`"],
    ["refreshSigner", "key", "Expected `refreshSigner` to be a signer of `createSigner`, got a string"],
    ["revocations", createReplayGuard(), "Expected `revocations` to be a list of `createRevocationList`"],
    ["families", "memory", "Expected `families` to be a list of `createRevocationList`, got a string"],
    ["accessLifetime", undefined, "Expected `accessLifetime` to be a whole number of seconds, got undefined"],
    ["accessLifetime", 0, "Expected `accessLifetime` to be a whole number of seconds from 1"],
    ["refreshLifetime", "0d", "Expected `refreshLifetime` to be a whole number of seconds from 1"],
    ["refreshLifetime", "1.0005s", "Expected `refreshLifetime` to be a whole number of seconds from 1"],
    ["refreshLifetime", "86400", "Expected `refreshLifetime` to be a whole number of seconds from 1"],
    ["familyLifetime", 1.5, "Expected `familyLifetime` to be a whole number of seconds from 1"],
    ["accessClaims", {}, "Expected `accessClaims` to be a function"],
    ["currentDate", NOW, "Expected `currentDate` to be a function"],
    ["lifetime", 1, "Unknown option `lifetime`"],
  ])("that are wrong are refused: %s %o", (name, value, message) => {
    expect(() => new World().withList(createRevocationList(), { [name]: value } as never)).toThrow(message);
  });

  it("of signers by which the two kinds could not be told apart are found out with the first pair", async () => {
    const world = new World();
    const confused = world.withList(world.list, { refreshSigner: world.refreshSigner({ typ: "JWT" }) });
    await expect(confused.start({ sub: "a" })).rejects.toThrow('Expected `refreshSigner` to have `typ: "rt+jwt"`');
    const alike = world.withList(world.list, { accessSigner: world.refreshSigner() });
    await expect(alike.start({ sub: "a" })).rejects.toThrow('Expected `accessSigner` to have another `typ` than "rt+jwt"');
  });
});
