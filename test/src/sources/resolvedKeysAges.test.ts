/** How long keys that were looked up serve: ages, clocks that jump, look-ups ahead of time, sources that fail. */
import "../../support/followFakes.js";
import { describe, expect, it, vi } from "vitest";
import { createVerifier, type KeyInput, type ResolvedKeysOptions, resolveKeys } from "../../../src/index.js";
import { testSecret, tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

type Answer = KeyInput | undefined;
const turns = async () => {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
};

/** A source of keys whose answers and time a test sets. */
function setUp(options: ResolvedKeysOptions = {}, { later = false } = {}) {
  const source = {
    now: 1000,
    asked: [] as string[],
    errors: [] as string[],
    answer: (name: string): Answer | Promise<Answer> => ({ secret: testSecret(name) }),
  };
  const give = (name: string) => {
    source.asked.push(name);
    return source.answer(name);
  };
  const keys = resolveKeys(later ? async (name) => give(name) : give, {
    currentDate: () => source.now,
    onError: ({ message }) => source.errors.push(message),
    ...options,
  });
  const verifier = createVerifier({ keys, currentDate: NOW });
  const judge = (name: string) => {
    const verdict = verifier.verify(tokenOf(name));
    return verdict.ok ? "ACCEPTED" : verdict.code;
  };
  const judgeAsync = async (name: string) => {
    const verdict = await verifier.verifyAsync(tokenOf(name));
    return verdict.ok ? "ACCEPTED" : verdict.code;
  };
  return { source, keys, verifier, judge, judgeAsync };
}

it("a clock that fails, of keys of one issuer, stops no verdict: their age goes on by the monotonic one", () => {
  let fails = false;
  const keys = resolveKeys((name) => ({ secret: testSecret(name) }), {
    currentDate: () => {
      if (fails) throw new Error("the clock's");
      return NOW;
    },
  });
  const issuers = [
    { issuer: "a", keys },
    { issuer: "b", keys: { secret: testSecret("2") } },
  ];
  const verifier = createVerifier({ issuers, currentDate: NOW });
  const tokens = [tokenOf("1", { iss: "a" }), tokenOf("2", { iss: "b" })];
  expect([...verifier.verifyBatch(tokens).codes]).toEqual([0, 0]);
  fails = true;
  expect([...verifier.verifyBatch(tokens).codes]).toEqual([0, 0]);
  const steady = performance.now();
  const clock = vi.spyOn(performance, "now").mockImplementation(() => steady + 601_000);
  try {
    verifier.verify(tokens[1] as string);
    expect(keys.size).toBe(0);
  } finally {
    clock.mockRestore();
  }
});

const none = () => undefined;
const fail = () => {
  throw new Error("the database is gone");
};

describe("a key's age", () => {
  it("counts on when it was asked for while the clock was ahead, and so does that of keys asked for after it", () => {
    const { source, judge } = setUp({ maxAge: 600 });
    source.now += 7200;
    expect(judge("ahead")).toBe("ACCEPTED");
    source.now -= 7200;
    expect(judge("after")).toBe("ACCEPTED");
    source.answer = none;
    source.now += 599;
    expect([judge("ahead"), judge("after")]).toEqual(["ACCEPTED", "ACCEPTED"]);
    source.now += 1;
    expect([judge("ahead"), judge("after")]).toEqual(["KEY_NOT_FOUND", "KEY_NOT_FOUND"]);
  });

  it("counts on while the clock stands still or is set back", () => {
    const { source, judge } = setUp({ maxAge: 600 });
    expect(judge("device")).toBe("ACCEPTED");
    source.answer = none;
    source.now -= 5000;
    const steady = performance.now();
    const clock = vi.spyOn(performance, "now").mockImplementation(() => steady + 601_000);
    try {
      expect(judge("device")).toBe("KEY_NOT_FOUND");
    } finally {
      clock.mockRestore();
    }
  });

  it("counts from the asking: an answer that comes late is as old as its question", async () => {
    const { source, judge } = setUp({ maxAge: 600 }, { later: true });
    let answer: (key: Answer) => void = () => undefined;
    source.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    judge("slow");
    await turns();
    source.now += 500;
    answer({ secret: testSecret("slow") });
    await turns();
    expect(judge("slow")).toBe("ACCEPTED");
    source.now += 100;
    source.answer = none;
    judge("slow");
    await turns();
    expect(judge("slow")).toBe("KEY_NOT_FOUND");
  });

  it("can make an answer too old when it comes", async () => {
    const { source, keys, judge } = setUp({ maxAge: 600 }, { later: true });
    judge("slow");
    source.now += 600;
    keys.at(0);
    await turns();
    expect([judge("slow"), keys.size]).toEqual(["KEY_UNAVAILABLE", 0]);
    expect(source.errors).toEqual([expect.stringContaining("within the `maxAge`")]);
  });

  it("ends it although a token array asked for it while it could not be removed", () => {
    const { source, verifier, judge, keys } = setUp({ maxAge: 600 });
    expect(judge("device")).toBe("ACCEPTED");
    source.answer = none;
    const tokens = [""];
    Object.defineProperty(tokens, 0, {
      get: () => {
        source.now += 601;
        expect(() => judge("device")).toThrow("Expected no use of the engine");
        expect(() => keys.forget("device")).toThrow("Expected no use of the engine");
        return "a.b.c";
      },
    });
    verifier.verifyBatch(tokens);
    expect(judge("device")).toBe("KEY_NOT_FOUND");
    expect(keys.size).toBe(0);
  });

  it("is heeded by `expire` alone, for verifiers that watch many sources", () => {
    const { source, keys, judge } = setUp({ maxAge: 600 });
    judge("device");
    source.now += 600;
    keys.expire?.();
    expect(keys.size).toBe(0);
  });
});

describe("a key in use", () => {
  it("is looked up again in the background ahead of its end, and one that is not used is not", async () => {
    const { source, judge, judgeAsync } = setUp({ maxAge: 100 }, { later: true });
    for (const name of ["used", "idle"]) expect(await judgeAsync(name)).toBe("ACCEPTED");
    source.now = 1050;
    expect(judge("used")).toBe("ACCEPTED");
    source.now = 1075;
    expect(judge("used")).toBe("ACCEPTED");
    expect(source.asked).toEqual(["used", "idle"]);
    await turns();
    expect(source.asked).toEqual(["used", "idle", "used"]);
    source.now = 1174;
    expect([judge("used"), judge("idle")]).toEqual(["ACCEPTED", "KEY_UNAVAILABLE"]);
  });

  it("is not looked up again with all others at once", async () => {
    const { source, keys, verifier } = setUp({ maxAge: 100, maxPending: 8 }, { later: true });
    const names = Array.from({ length: 60 }, (_, index) => `device ${index}`);
    for (let from = 0; from < names.length; from += 6) {
      await verifier.verifyBatchAsync(names.slice(from, from + 6).map((name) => tokenOf(name)));
    }
    expect(keys.size).toBe(60);
    let busy = 0;
    let most = 0;
    source.answer = async (name) => {
      most = Math.max(most, ++busy);
      await turns();
      busy--;
      return { secret: testSecret(name) };
    };
    const all = names.map((name) => tokenOf(name));
    for (source.now of [1050, 1075]) expect(verifier.verifyBatch(all).accepted).toBe(60);
    while (source.asked.length < 120) await turns();
    await turns();
    expect([most, source.asked.length]).toEqual([4, 120]);
    source.now = 1174;
    expect(verifier.verifyBatch(all).accepted).toBe(60);
  });

  it("ends at once where the source has none any more", async () => {
    const { source, judge } = setUp({ maxAge: 100, maxStale: 1000 });
    judge("device");
    source.answer = none;
    for (source.now of [1050, 1075]) expect(judge("device")).toBe("ACCEPTED");
    await turns();
    expect(judge("device")).toBe("KEY_NOT_FOUND");
  });
});

describe("a source that fails", () => {
  it("leaves keys to the end of their age, and then leaves it open whether there are any", () => {
    const { source, judge } = setUp({ maxAge: 100 });
    judge("device");
    source.answer = fail;
    source.now = 1099;
    expect(judge("device")).toBe("ACCEPTED");
    source.now = 1100;
    expect([judge("device"), judge("new")]).toEqual(["KEY_UNAVAILABLE", "KEY_UNAVAILABLE"]);
    source.now = 1102;
    source.answer = (name) => ({ secret: testSecret(name) });
    expect([judge("device"), judge("new")]).toEqual(["ACCEPTED", "ACCEPTED"]);
  });

  it.each([false, true])("has keys serve within `maxStale`, used ones and idle ones (later: %s)", async (later) => {
    const { source, judge, judgeAsync } = setUp({ maxAge: 100, maxStale: 300 }, { later });
    for (const name of ["used", "idle"]) expect(await judgeAsync(name)).toBe("ACCEPTED");
    source.answer = fail;
    for (source.now of [1050, 1075]) expect(judge("used")).toBe("ACCEPTED");
    await turns();
    expect(source.errors).toEqual(["the database is gone"]);
    source.now = 1100;
    expect(judge("used")).toBe("ACCEPTED");
    expect(await judgeAsync("idle")).toBe("ACCEPTED");
    expect(judge("idle")).toBe("ACCEPTED");
    source.now = 1399;
    expect([judge("used"), judge("idle")]).toEqual(["ACCEPTED", "ACCEPTED"]);
    source.now = 1400;
    expect([await judgeAsync("used"), await judgeAsync("idle")]).toEqual(["KEY_UNAVAILABLE", "KEY_UNAVAILABLE"]);
  });

  it("is asked again for a key that is used beyond its age, whose withdrawal then ends it", async () => {
    const { source, judge } = setUp({ maxAge: 100, maxStale: 300, unknownAge: 0.02 });
    judge("device");
    source.answer = fail;
    for (source.now of [1050, 1075, 1100]) {
      expect(judge("device")).toBe("ACCEPTED");
      await turns();
    }
    source.answer = none;
    await vi.waitFor(() => {
      source.now += 1;
      expect(judge("device")).toBe("KEY_NOT_FOUND");
    });
    expect(source.now).toBeLessThan(1300);
  });

  it("does not have a key serve without a look-up that failed: age alone ends it", () => {
    const { source, keys, judge } = setUp({ maxAge: 100, maxStale: 300 }, { later: true });
    judge("device");
    return turns().then(() => {
      expect(judge("device")).toBe("ACCEPTED");
      source.now = 1100;
      expect([judge("device"), keys.size]).toEqual(["KEY_UNAVAILABLE", 0]);
    });
  });

  it("is asked again after a wait that grows up to `unknownAge`", () => {
    const { source, judge } = setUp({ unknownAge: 5 });
    source.answer = fail;
    const start = source.now;
    const times: number[] = [];
    for (; source.now < start + 22; source.now += 0.5) {
      const before = source.asked.length;
      expect(judge("device")).toBe("KEY_UNAVAILABLE");
      if (source.asked.length > before) times.push(source.now - start);
    }
    expect(times).toEqual([0, 1, 3, 7, 12, 17]);
  });

  it("is reported, but not for each token", () => {
    const { source, judge } = setUp();
    source.answer = fail;
    for (let index = 0; index < 500; index++) judge(`made up ${index}`);
    expect(source.asked.length).toBe(500);
    expect(source.errors.length).toBe(10);
    source.now += 2;
    for (let index = 0; index < 500; index++) judge(`more ${index}`);
    expect(source.errors.length).toBe(12);
  });
});

describe("a promise that never settles", () => {
  it("holds no call beyond the deadline, is reported, and blocks neither its name nor others for good", async () => {
    const { source, verifier, judgeAsync } = setUp({ timeout: 0.03, maxPending: 2, unknownAge: 0.01 });
    source.answer = () => new Promise(() => undefined);
    const start = performance.now();
    const names = ["a", "b", "c", "d"].map((name) => tokenOf(name));
    expect([...(await verifier.verifyBatchAsync(names)).codes]).toEqual([26, 26, 26, 26]);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(source.asked.length).toBe(2);
    expect(source.errors).toEqual(Array(2).fill("Expected the resolver to answer within 0.03 seconds"));
    source.answer = (name) => ({ secret: testSecret(name) });
    source.now += 1;
    for (const name of ["a", "b", "c", "d"]) expect(await judgeAsync(name)).toBe("ACCEPTED");
  });

  it("has a key serve that is within `maxStale`", async () => {
    const { source, judgeAsync } = setUp({ maxAge: 100, maxStale: 100, timeout: 0.02 });
    await judgeAsync("device");
    source.answer = () => new Promise(() => undefined);
    source.now = 1150;
    expect(await judgeAsync("device")).toBe("ACCEPTED");
  });

  it("that settles after all is not heard", async () => {
    const { source, judgeAsync } = setUp({ timeout: 0.02, unknownAge: 0.01 });
    let answer: (key: Answer) => void = () => undefined;
    source.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    expect(await judgeAsync("device")).toBe("KEY_UNAVAILABLE");
    source.now += 1;
    source.answer = (name) => ({ secret: testSecret(name) });
    expect(await judgeAsync("device")).toBe("ACCEPTED");
    answer({ secret: testSecret("withdrawn") });
    await turns();
    expect(await judgeAsync("device")).toBe("ACCEPTED");
  });
});
