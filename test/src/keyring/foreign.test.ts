/** Code that is not ours: sources that never answer, or too late, and callbacks that call the ring. Every wait ends, and no key comes back. */
import "../../support/followFakes.js";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createVerifier } from "../../../src/index.js";
import { callback } from "../../../src/keyring/callback.js";
import type { FetchResponse } from "../../../src/keyring/document.js";
import type { RingKeysInput } from "../../../src/keyring/input.js";
import type { KeyRing, KeyRingOptions } from "../../../src/keyring/keyRing.js";
import type { Loaded, LoadRequest, RingSource } from "../../../src/keyring/loading.js";
import { remote } from "../../../src/keyring/remote.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { kidsOf, testJwk, testSecret, testSet, tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1000 * NOW, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const run = (seconds: number) => vi.advanceTimersByTimeAsync(1000 * seconds);
const never = () => new Promise<never>(() => undefined);

function ringOf(source: RingSource, options: KeyRingOptions = {}): KeyRing {
  const ring = createKeyRing({ source, ...options });
  onTestFinished(() => ring.close());
  return ring;
}

/** What a promise has come to within some seconds; undefined where it still hangs. */
async function within<Value>(seconds: number, promise: Promise<Value>): Promise<Value | undefined> {
  let value: Value | undefined;
  promise.then(
    (each) => {
      value = each;
    },
    (error) => {
      value = error.message;
    },
  );
  await run(seconds);
  return value;
}

/** Sources that never answer, and their time. */
const HANGING: readonly [string, (answer: () => Promise<unknown>) => RingSource, number, string][] = [
  ["a callback", (answer) => callback(answer as () => Promise<RingKeysInput>), 10, "Expected callback within 10 s, got no complete answer"],
  [
    "a callback with a time of its own",
    (answer) => callback(answer as () => Promise<RingKeysInput>, { timeout: 2 }),
    2,
    "Expected callback within 2 s, got no complete answer",
  ],
  [
    "a source of one's own",
    (answer) => ({ name: "my source", maxAge: 600, load: answer as () => Promise<Loaded> }),
    10,
    "Expected my source within 10 s, got no complete answer",
  ],
  [
    "a `fetch`",
    (answer) => remote("https://example.com/", { fetch: answer as () => Promise<FetchResponse> }),
    5,
    "Expected the JWK set at https://example.com/ within 5 s, got no complete answer",
  ],
  [
    "the body of a `fetch`",
    (answer) =>
      remote("https://example.com/", {
        fetch: async () => ({ status: 200, headers: { get: () => null }, arrayBuffer: answer as () => Promise<ArrayBuffer> }),
      }),
    5,
    "Expected the JWK set at https://example.com/ within 5 s, got no complete answer",
  ],
];

describe.each(HANGING)("%s that never answers", (_, sourceOf, timeout, message) => {
  it("ends every wait, is told of, and is asked again", async () => {
    const answer = vi.fn(never);
    const onError = vi.fn();
    const ring = ringOf(sourceOf(answer), { onError });
    const verifier = createVerifier({ keys: ring });
    const waits = Promise.all([
      ring.ready().catch((error) => error.message),
      ring.reload(),
      ring.refresh(),
      verifier.verifyAsync(tokenOf("a")),
      verifier.verifyBatchAsync([tokenOf("a")]).then(({ codes }) => codes[0]),
    ]);
    expect(await within(timeout - 0.01, waits)).toBeUndefined();
    expect(await within(0.02, waits)).toEqual([message, false, false, { ok: false, code: "KEY_UNAVAILABLE" }, 26]);
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual([message]);
    await run(30);
    expect(answer).toHaveBeenCalledTimes(2);
  });

  it("is not waited for once the ring is closed", async () => {
    const ring = ringOf(sourceOf(never));
    const waits = Promise.all([ring.ready().catch((error) => error.message), ring.reload(), ring.refresh()]);
    ring.close();
    expect(await within(0, waits)).toEqual([expect.stringContaining("got the ring closed"), false, false]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an answer that comes too late", () => {
  it("changes nothing, and its secrets are wiped", async () => {
    const answers: ((keys: Loaded) => void)[] = [];
    const requests: LoadRequest[] = [];
    const list = async (kid: string) => (await callback(() => testSet(kid)).load({} as LoadRequest)) as Exclude<Loaded, "unchanged">;
    const load = (request: LoadRequest) => {
      requests.push(request);
      return new Promise<Loaded>((resolve) => answers.push(resolve));
    };
    const ring = ringOf({ name: "slow", load, timeout: 3 });
    await run(3);
    const second = ring.reload();
    answers[1]?.(await list("new"));
    expect([await second, kidsOf(ring)]).toEqual([true, ["new"]]);
    const old = await list("old");
    answers[0]?.(old);
    await run(0);
    expect([kidsOf(ring), old.keys[0]?.key.copies([])]).toEqual([["new"], []]);
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });
});

describe("a load under way", () => {
  /** A ring with the keys `a` and `b`, and a load under way that will bring both again. */
  async function loading() {
    let give = (): void => undefined;
    let isFirst = true;
    const ring = ringOf(
      callback(() => {
        if (!isFirst) return new Promise<RingKeysInput>((resolve) => (give = () => resolve(testSet("a", "b"))));
        isFirst = false;
        return testSet("a", "b");
      }),
    );
    await ring.ready();
    const underWay = ring.reload();
    const end = () => {
      give();
      return underWay;
    };
    return { ring, end };
  }

  it("does not bring back a key that is removed meanwhile", async () => {
    const { ring, end } = await loading();
    ring.remove("a");
    expect([await end(), kidsOf(ring)]).toEqual([true, ["b"]]);
  });

  it("does not prolong a key that is retired meanwhile", async () => {
    const { ring, end } = await loading();
    ring.retire("a", NOW + 5);
    await end();
    expect([kidsOf(ring, NOW), kidsOf(ring, NOW + 5)]).toEqual([["a", "b"], ["b"]]);
  });

  it("does not take the place of a key that is added meanwhile", async () => {
    const { ring, end } = await loading();
    ring.remove("a");
    ring.add({ ...testJwk("other"), kid: "a" });
    await end();
    expect(ring.at(NOW).load()).toMatchObject([{ kid: "a", secret: testSecret("other") }, { kid: "b" }]);
  });

  it("is followed by another where something has changed since it began", async () => {
    let changed = (): void => undefined;
    const answers: string[] = [];
    const source: RingSource = {
      name: "watched",
      load: async () => {
        const keys = testSet(answers.length ? "b" : "a");
        answers.push("asked");
        await new Promise((resolve) => setTimeout(resolve, 1000));
        return callback(() => keys).load({} as LoadRequest);
      },
      watch: (tell) => {
        changed = tell;
        return () => undefined;
      },
    };
    const ring = ringOf(source);
    await run(0.5);
    changed();
    await run(0.6);
    expect(kidsOf(ring)).toEqual(["a"]);
    await run(1);
    expect([kidsOf(ring), answers.length]).toEqual([["b"], 2]);
  });
});

describe("a callback that calls the ring", () => {
  /** Whatever a ring can be told; each leaves it usable. */
  const CALLS: readonly [string, (ring: KeyRing) => unknown][] = [
    ["reloads", (ring) => ring.reload()],
    ["refreshes", (ring) => ring.refresh()],
    ["awaits it", (ring) => ring.ready().catch(() => undefined)],
    ["removes a key", (ring) => ring.remove("a")],
    ["retires a key", (ring) => ring.retire("a", NOW - 1)],
    ["verifies", (ring) => createVerifier({ keys: ring }).verify(tokenOf("a"))],
    ["reads its status", (ring) => ring.status()],
  ];

  it.each(CALLS)("that %s, from the source, a listener or the clock, ends and is obeyed", async (what, call) => {
    let isInside = false;
    let ring: KeyRing | undefined;
    let calls = 0;
    const reenter = () => {
      if (isInside || !ring) return;
      isInside = true;
      calls++;
      call(ring);
      isInside = false;
    };
    let answer: () => RingKeysInput = () => testSet("a", "b");
    const onReload = vi.fn(reenter);
    const onError = vi.fn(reenter);
    ring = ringOf(
      callback(() => {
        reenter();
        return answer();
      }),
      {
        onReload,
        onError,
        currentDate: () => {
          reenter();
          return NOW;
        },
      },
    );
    await ring.ready();
    answer = () => undefined as never;
    expect(await within(60, ring.reload())).toBe(false);
    answer = () => testSet("a", "b", "c");
    expect(await within(60, ring.reload())).toBe(true);
    const isGone = what.endsWith("a key");
    expect(kidsOf(ring)).toEqual(isGone ? ["b", "c"] : ["a", "b", "c"]);
    expect([calls > 5, onReload.mock.calls.length < 10, onError.mock.calls.length < 10]).toEqual([true, true, true]);
  });

  it("that waits for the load it is asked by has its time, and no more", async () => {
    let ring: KeyRing | undefined;
    const give = vi.fn(async () => {
      await ring?.reload();
      return testSet("a");
    });
    ring = ringOf(callback(give, { timeout: 3 }));
    await run(0);
    expect(kidsOf(ring)).toEqual(["a"]);
    expect(await within(3.1, ring.reload())).toBe(false);
    expect(give).toHaveBeenCalledTimes(2);
  });

  it.each(["onReload", "onError"] as const)("that closes it from %s leaves no timer", async (name) => {
    let ring: KeyRing | undefined;
    const close = () => ring?.close();
    const source = callback(name === "onReload" ? () => testSet("a") : never, { timeout: 1 });
    ring = ringOf(source, { [name]: close });
    await run(2);
    expect([vi.getTimerCount(), await ring.reload()]).toEqual([0, false]);
  });

  it("and fails by promise has failed unheard", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const fail = () => Promise.reject(new Error("the listener's")) as never;
    const ring = ringOf(
      callback(() => testSet("a")),
      { onReload: fail, onError: fail },
    );
    await ring.ready();
    await vi.waitFor(() => undefined);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

it.each([undefined, null, {}, 5])("a source of the caller's that gives %j too late is heard by nobody", async (garbage) => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  onTestFinished(() => void process.off("unhandledRejection", unhandled));
  const late = async () => new Promise<Loaded>((resolve) => setTimeout(() => resolve(garbage as never), 2000));
  ringOf({ name: "mine", timeout: 1, load: late });
  await run(3);
  vi.useRealTimers();
  await new Promise(setImmediate);
  expect(unhandled).not.toHaveBeenCalled();
});

describe("a source with a time that is none", () => {
  it.each(["maxAge", "coolDown", "timeout", "pollInterval"])("is refused: %s", (name) => {
    for (const value of [0, Number.NaN, Number.POSITIVE_INFINITY, "5"]) {
      const source = { ...callback(() => testSet("a")), [name]: value };
      expect(() => createKeyRing({ source })).toThrow(`Expected \`source.${name}\` to be a number of seconds from 0.001 to 86400`);
    }
  });

  it("does not get it from what all objects have", async () => {
    Object.defineProperty(Object.prototype, "maxAge", { value: 1, configurable: true, enumerable: false });
    onTestFinished(() => {
      delete (Object.prototype as { maxAge?: number }).maxAge;
    });
    const load = vi.fn(() => callback(() => testSet("a")).load({} as LoadRequest));
    ringOf({ name: "mine", load });
    await run(100);
    expect(load).toHaveBeenCalledTimes(1);
  });
});
