import "../../support/followFakes.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RevocationEntry, RevocationSource, TokenIdentity } from "../../../src/revocation/entry.js";
import { createRevocationList } from "../../../src/revocation/index.js";
import { createSessionRegistry, type SessionEnd, type SessionRegistryOptions, type SessionToken } from "../../../src/sessions/index.js";

const START = 1_700_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: 1000 * START, toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A registry, and what became of its sessions. */
function registryWith(options: SessionRegistryOptions = {}) {
  const registry = createSessionRegistry(options);
  const ended: [name: string, reason: SessionEnd][] = [];
  const open = (name: string, token: SessionToken = {}) => registry.add(token, (reason) => ended.push([name, reason]));
  return { registry, ended, open };
}

function pass(seconds: number): void {
  vi.advanceTimersByTime(1000 * seconds);
}

describe("a session", () => {
  it.each([1, 2, 59, 255, 256, 257, 3600, 65_535, 65_536, 100_000])("that has %i s is closed at the end of them, not before", (seconds) => {
    const { ended, open } = registryWith();
    open("a", { exp: START + seconds });
    pass(seconds - 0.001);
    expect(ended).toEqual([]);
    pass(0.002);
    expect(ended).toEqual([["a", "expired"]]);
  });

  it("is closed in time where the clock stands between two seconds when it comes", () => {
    const { ended, open } = registryWith();
    pass(0.7);
    open("a", { exp: START + 2 });
    pass(1.299);
    expect(ended).toEqual([]);
    pass(0.002);
    expect(ended).toEqual([["a", "expired"]]);
  });

  it("is closed within a second of an `exp` that has a fraction", () => {
    const { ended, open } = registryWith();
    open("a", { exp: START + 2.25 });
    pass(2.249);
    expect(ended).toEqual([]);
    pass(0.8);
    expect(ended).toEqual([["a", "expired"]]);
  });

  it("is closed where its token is revoked by the clock that is read as it begins", () => {
    const list = createRevocationList();
    let isBeginning = false;
    const currentDate = () => {
      if (isBeginning) list.apply([{ jti: "1" }]);
      return START;
    };
    const { ended, open } = registryWith({ revocations: list, currentDate });
    isBeginning = true;
    open("a", { jti: "1" });
    expect(ended).toEqual([["a", "revoked"]]);
  });

  it("may have years", () => {
    let now = START;
    const { ended, open } = registryWith({ currentDate: () => now });
    for (const years of [1, 10, 50]) open(`${years}`, { exp: START + years * 31_557_600 });
    open("beyond all times", { exp: 1e15 });
    now += 31_557_599;
    pass(1);
    expect(ended).toEqual([]);
    now += 1;
    pass(1);
    expect(ended).toEqual([["1", "expired"]]);
    now += 49 * 31_557_600;
    pass(1);
    expect(ended.map(([name]) => name).sort()).toEqual(["1", "10", "50"]);
  });

  it("without `exp` never expires, and keeps no timer", () => {
    const { ended, open } = registryWith();
    open("a");
    expect(vi.getTimerCount()).toBe(0);
    pass(1e6);
    expect(ended).toEqual([]);
  });

  it("is closed before `add` returns where its token has expired", () => {
    const { registry, ended, open } = registryWith();
    open("a", { exp: START });
    expect(ended).toEqual([["a", "expired"]]);
    expect(registry.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lives on for the tolerance of the verifier", () => {
    const { ended, open } = registryWith({ clockTolerance: 5 });
    open("a", { exp: START - 3 });
    pass(1.9);
    expect(ended).toEqual([]);
    pass(0.2);
    expect(ended).toEqual([["a", "expired"]]);
  });

  it("is not closed when it was removed, once or twice", () => {
    const { registry, ended, open } = registryWith();
    const handle = open("a", { exp: START + 5 });
    open("b", { exp: START + 5 });
    handle.remove();
    handle.remove();
    expect(registry.size).toBe(1);
    pass(6);
    expect(ended).toEqual([["b", "expired"]]);
    handle.remove();
    expect(registry.size).toBe(0);
  });

  it("does not remove another that has come in its place", () => {
    const { registry, open } = registryWith();
    const gone = open("a");
    gone.remove();
    open("b");
    gone.remove();
    expect(registry.size).toBe(1);
  });

  it("may fail to close, and may add and remove others meanwhile", () => {
    const { registry, ended, open } = registryWith();
    const other = open("other", { exp: START + 5 });
    registry.add({ exp: START + 1 }, () => {
      other.remove();
      open("next", { exp: START + 2 });
      throw new Error("closing fails");
    });
    open("last", { exp: START + 1 });
    pass(1.1);
    expect(ended).toEqual([["last", "expired"]]);
    pass(10);
    expect(ended).toEqual([
      ["last", "expired"],
      ["next", "expired"],
    ]);
    expect(registry.size).toBe(0);
  });
});

it("may fail to close by a promise", async () => {
  const { registry, open } = registryWith({ onClose: async () => Promise.reject(new Error("listening fails")) });
  registry.add({ exp: START + 1 }, async () => Promise.reject(new Error("closing fails")));
  open("a", { exp: START + 1 });
  pass(1.1);
  // A rejection that nobody handles would fail the run.
  await new Promise((resolve) => setImmediate(resolve));
  expect(registry.size).toBe(0);
});

describe("the clock", () => {
  it("may jump ahead: what expired meanwhile is closed within a second", () => {
    let now = START;
    const { ended, open } = registryWith({ currentDate: () => now });
    open("a", { exp: START + 3000 });
    open("b", { exp: START + 70_000 });
    now += 50_000;
    pass(1);
    expect(ended).toEqual([["a", "expired"]]);
    now += 50_000;
    pass(1);
    expect(ended.map(([name]) => name)).toEqual(["a", "b"]);
  });

  it("may be set back: sessions live by the time it tells", () => {
    let now = START;
    const { ended, open } = registryWith({ currentDate: () => now });
    open("a", { exp: START + 10 });
    now -= 5000;
    open("b", { exp: START - 4000 });
    pass(60);
    expect(ended).toEqual([]);
    now += 1000;
    pass(1);
    expect(ended).toEqual([["b", "expired"]]);
    now += 4011;
    pass(1);
    expect(ended.map(([name]) => name)).toEqual(["b", "a"]);
  });
});

describe("a session whose clock is not to be relied on", () => {
  beforeEach(() => {
    vi.useRealTimers();
    vi.useFakeTimers({ now: 1000 * START, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  });

  it("lasts no longer than its token had left, though the clock is set back", () => {
    let back = 0;
    const { ended, open } = registryWith({ currentDate: () => Date.now() / 1000 - back });
    open("a", { exp: START + 100 });
    pass(10);
    back = 5000;
    open("b", { exp: START - 5000 + 50 });
    pass(89.9);
    expect(ended).toEqual([["b", "expired"]]);
    pass(2.1);
    expect(ended).toEqual([
      ["b", "expired"],
      ["a", "expired"],
    ]);
  });

  it("lasts no longer than its token has left, though the clock was ahead for a moment and all others came and went", () => {
    let ahead = 0;
    const { registry, ended, open } = registryWith({ currentDate: () => Date.now() / 1000 + ahead });
    open("before", { exp: START + 9000 });
    ahead = 7200;
    pass(6);
    open("during", { exp: START + 7300 });
    ahead = 0;
    pass(100);
    expect(ended).toEqual([["during", "expired"]]);
    pass(9000);
    expect(ended.map(([name]) => name)).toEqual(["during", "before"]);
    expect([registry.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("ends though the clock fails once or for good", () => {
    let isBroken = false;
    const { ended, open } = registryWith({
      currentDate: () => {
        if (isBroken) throw new Error("no clock");
        return Date.now() / 1000;
      },
    });
    open("a", { exp: START + 10 });
    open("b", { exp: START + 20 });
    isBroken = true;
    pass(12);
    expect(ended).toEqual([["a", "expired"]]);
    isBroken = false;
    pass(9);
    expect(ended.map(([name]) => name)).toEqual(["a", "b"]);
  });
});

describe("the timer", () => {
  it("is one for all sessions, and none when they are gone", () => {
    const { registry, open } = registryWith();
    expect(vi.getTimerCount()).toBe(0);
    const handles = Array.from({ length: 5000 }, (_, index) => open("", { exp: START + 5 + index }));
    expect(vi.getTimerCount()).toBe(1);
    pass(3);
    expect(vi.getTimerCount()).toBe(1);
    for (const handle of handles) handle.remove();
    expect(vi.getTimerCount()).toBe(0);
    open("a", { exp: START + 5 });
    expect(vi.getTimerCount()).toBe(1);
    registry.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps no process alive", () => {
    vi.useRealTimers();
    const unref = vi.spyOn(Object.getPrototypeOf(setTimeout(() => {}, 0)) as { unref(): void }, "unref");
    const { registry, open } = registryWith();
    open("a", { exp: Date.now() / 1000 + 60 });
    expect(unref).toHaveBeenCalledTimes(1);
    registry.close();
    unref.mockRestore();
  });
});

describe("what is revoked", () => {
  const TOKENS: Readonly<Record<string, SessionToken>> = {
    one: { iss: "A", sub: "ann", jti: "1", kid: "k1", iat: START - 100, exp: START + 1000 },
    two: { iss: "B", sub: "ann", jti: "2", kid: "k1", iat: START - 50, exp: START + 1000 },
    three: { iss: "A", sub: "bob", jti: "1", kid: "k2", iat: START - 10, exp: START + 1000 },
    four: { iss: "A", sub: "bob", jti: "3" },
    bare: {},
  };

  it.each<[what: string, entry: RevocationEntry, names: string[]]>([
    ["a token of any issuer", { jti: "1" }, ["one", "three"]],
    ["a token of one issuer", { jti: "2", iss: "B" }, ["two"]],
    ["a token of another issuer", { jti: "2", iss: "A" }, []],
    ["a subject", { sub: "ann", before: START }, ["one", "two"]],
    ["a subject up to a time", { sub: "ann", before: START - 50 }, ["one"]],
    ["a subject, also where it is not said when tokens were issued", { sub: "bob", before: START - 60 }, ["four"]],
    ["a key", { kid: "k1" }, ["one", "two"]],
    ["a key of one issuer", { kid: "k1", iss: "A" }, ["one"]],
    ["a key up to a time", { kid: "k1", before: START - 60 }, ["one"]],
    ["all up to a time", { before: START - 40 }, ["bare", "four", "one", "two"]],
    ["all of an issuer", { iss: "A", before: START }, ["four", "one", "three"]],
    ["nothing there is", { jti: "9" }, []],
  ])("%s is closed at once", async (_, entry, names) => {
    const revocations = createRevocationList();
    const { registry, ended, open } = registryWith({ revocations });
    for (const [name, token] of Object.entries(TOKENS)) open(name, token);
    await revocations.revoke(entry);
    expect(ended.map(([name]) => name).sort()).toEqual(names);
    expect(ended.every(([, reason]) => reason === "revoked")).toBe(true);
    expect(registry.size).toBe(5 - names.length);
  });

  it("may be much at a time, each closed once", () => {
    const revocations = createRevocationList();
    const { ended, open } = registryWith({ revocations });
    for (const [name, token] of Object.entries(TOKENS)) open(name, token);
    revocations.apply([{ jti: "1" }, { sub: "ann", before: START }, { kid: "k2" }, { iss: "B", before: START }, { before: START - 60 }]);
    expect(ended.map(([name]) => name).sort()).toEqual(["bare", "four", "one", "three", "two"]);
  });

  it("is not let in: `close` is called before `add` returns", () => {
    const revocations = createRevocationList();
    revocations.apply([{ jti: "1", iss: "A" }]);
    const { registry, ended, open } = registryWith({ revocations });
    open("a", { jti: "1", iss: "A", exp: START + 10 });
    open("b", { jti: "1", iss: "B", exp: START + 10 });
    expect(ended).toEqual([["a", "revoked"]]);
    expect(registry.size).toBe(1);
  });

  it("is asked of a source that can tell, and only heard of from one that cannot", () => {
    let listener: ((entries: readonly RevocationEntry[]) => void) | undefined;
    const asked: TokenIdentity[] = [];
    const source: RevocationSource = {
      subscribe: (given) => {
        listener = given;
        return () => {
          listener = undefined;
        };
      },
    };
    const { registry, ended, open } = registryWith({ revocations: source });
    open("a", { jti: "1" });
    listener?.([{ jti: "1" }]);
    expect(ended).toEqual([["a", "revoked"]]);
    source.isRevoked = (token) => asked.push(token) > 0;
    open("b", { jti: "2" });
    expect(asked).toEqual([{ jti: "2" }]);
    expect(ended).toHaveLength(2);
    registry.close();
    expect(listener).toBeUndefined();
  });

  it("is found by texts that are equal, not by those that look like them", () => {
    const revocations = createRevocationList();
    const { ended, open } = registryWith({ revocations });
    const texts = [
      "",
      "a",
      "A",
      "a ",
      "é",
      "e\u0301",
      "\ud800",
      "constructor",
      "__proto__",
      ...Array.from({ length: 3000 }, (_, n) => `${n}`),
    ];
    for (const jti of texts) open(jti, { jti });
    for (const jti of ["a", "__proto__", "2999", "é"]) revocations.apply([{ jti }]);
    expect(ended.map(([name]) => name)).toEqual(["a", "__proto__", "2999", "é"]);
  });
});

describe("the registry", () => {
  it("tells of what it closed, whatever the listener does", () => {
    const heard: unknown[] = [];
    const onClose = (reason: SessionEnd, token: SessionToken) => {
      heard.push([reason, token]);
      throw new Error("listening fails");
    };
    const { open } = registryWith({ onClose });
    open("a", { iss: "A", sub: "ann", jti: "1", kid: "k", iat: START, exp: START + 1 });
    pass(1.1);
    expect(heard).toEqual([["expired", { iss: "A", sub: "ann", jti: "1", kid: "k", iat: START }]]);
  });

  it("forgets all when it is closed, and takes no more", () => {
    const { registry, ended, open } = registryWith();
    const handle = open("a", { exp: START + 1 });
    registry.close();
    pass(5);
    handle.remove();
    expect(ended).toEqual([]);
    expect(registry.size).toBe(0);
    expect(() => open("b")).toThrow("Expected the registry of sessions to be open, got it closed");
  });

  it.each<[options: object, message: RegExp]>([
    [createRevocationList(), /Expected `options` to be an object with the list as `revocations`, got an object/],
    [{ revocation: {} }, /Unknown option `revocation`: did you mean `revocations`\?/],
    [{ revocations: [] }, /Expected `revocations` to be a revocation list/],
    [{ currentDate: 5 }, /Expected `currentDate` to be a function/],
    [{ clockTolerance: -1 }, /Expected `clockTolerance`/],
    [{ onClose: true }, /Expected `onClose` to be a function/],
  ])("refuses %o", (options, message) => {
    expect(() => createSessionRegistry(options as SessionRegistryOptions)).toThrow(message);
  });

  it("refuses sessions without a function to close them, or with a time that is none", () => {
    const { registry, open } = registryWith();
    expect(() => registry.add({}, undefined as never)).toThrow(/Expected `close` to be a function/);
    expect(() => open("a", { exp: Number.NaN })).toThrow(/Expected `exp` to be a number of seconds/);
    expect(() => open("a", { exp: "5" as never })).toThrow(/Expected `exp` to be a number of seconds, got a string/);
  });
});
