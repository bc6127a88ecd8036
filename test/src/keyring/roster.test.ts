/** Rosters: which keys are valid when, and what a snapshot gives. */
import { describe, expect, it } from "vitest";
import { parseJwks } from "../../../src/keyring/jwks.js";
import { HeldKey, Roster } from "../../../src/keyring/roster.js";
import { secretOf, testJwk, testSecret } from "../../support/ring.js";

function roster(...jwks: object[]): Roster {
  return new Roster(parseJwks({ keys: jwks }, "the set", { allowWeak: false, allowSecrets: true, algorithms: undefined }).keys);
}

function kidsAt(keys: Roster, now: number): (string | undefined)[] {
  return keys
    .at(now)
    .load()
    .map(({ kid }) => kid);
}

describe("a roster", () => {
  const keys = roster(testJwk("old", { exp: 20 }), testJwk("new", { nbf: 10 }), testJwk("brief", { nbf: 10, exp: 20 }), testJwk("always"));

  it.each<[number, string[]]>([
    [-1e9, ["old", "always"]],
    [9.999, ["old", "always"]],
    [10, ["old", "new", "brief", "always"]],
    [19.999, ["old", "new", "brief", "always"]],
    [20, ["new", "always"]],
    [1e12, ["new", "always"]],
  ])("at %d has %j", (now, kids) => {
    expect(kidsAt(keys, now)).toEqual(kids);
  });

  it("has one snapshot between two boundaries, in whatever order it is asked", () => {
    const [before, within, after] = [keys.at(0), keys.at(15), keys.at(25)];
    expect(new Set([before, within, after]).size).toBe(3);
    for (let now = 30; now >= 0; now -= 0.5) expect(keys.at(now)).toBe(now < 10 ? before : now < 20 ? within : after);
    expect(keys.at(5)).toBe(before);
    expect(keys.at(25)).toBe(after);
  });

  it("of no key has an empty snapshot", () => {
    expect(kidsAt(roster(), 0)).toEqual([]);
  });
});

describe("a snapshot", () => {
  it("may be loaded again and again, and wiping a copy wipes no other", () => {
    const snapshot = roster(testJwk("a")).at(0);
    for (let count = 0; count < 3; count++) {
      const [key] = snapshot.load();
      expect(secretOf(key)).toEqual(testSecret("a"));
      secretOf(key)?.fill(0);
    }
  });

  it("marks its only key as the default, and none of several", () => {
    const keys = roster(testJwk("a"), testJwk("b", { nbf: 10 }));
    expect(keys.at(0).load()).toMatchObject([{ kid: "a", isDefault: true }]);
    expect(
      keys
        .at(10)
        .load()
        .map(({ isDefault }) => isDefault),
    ).toEqual([false, false]);
  });

  it("marks those without a name, up to four secrets for each algorithm", () => {
    const nameless = (count: number) => roster(...Array.from({ length: count }, (_, index) => testJwk(`${index}`, { kid: undefined })));
    const marks = (count: number) =>
      nameless(count)
        .at(0)
        .load()
        .map(({ isDefault }) => isDefault);
    expect(marks(4)).toEqual([true, true, true, true]);
    expect(marks(5)).toEqual([false, false, false, false, false]);
  });

  it("never gives a key that has been wiped: its zeros would be a secret that everybody knows", () => {
    const keys = roster(testJwk("a"), testJwk("b"));
    const snapshot = keys.at(0);
    keys.keys[0]?.key.wipe();
    expect(snapshot.load().map(({ kid }) => kid)).toEqual(["b"]);
    keys.keys[1]?.key.wipe();
    expect(snapshot.load()).toEqual([]);
  });

  it("is of keys whose own bytes are zeros once they are wiped", () => {
    const secret = testSecret("a");
    const key = new HeldKey([{ kid: "a", algorithm: "HS256", secret, isDefault: false }], "thumbprint");
    const [copy] = key.copies([]);
    key.wipe();
    expect(secret.every((byte) => byte === 0)).toBe(true);
    expect(secretOf(copy)).toEqual(testSecret("a"));
  });
});
