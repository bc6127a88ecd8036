/** For how long keys of a source are used: the age is compared when they are, since a timer stands still while a process is frozen. */
import "../../support/followFakes.js";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createVerifier, type VerifierOptions } from "../../../src/index.js";
import { callback } from "../../../src/keyring/callback.js";
import type { RingKeysInput } from "../../../src/keyring/input.js";
import { parseJwks } from "../../../src/keyring/jwks.js";
import type { KeyRing, KeyRingOptions } from "../../../src/keyring/keyRing.js";
import type { RingSource } from "../../../src/keyring/loading.js";
import { file } from "../../../src/keyring/node/index.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { testJwk, testSet, tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

const DAY = 86_400;

beforeEach(() => {
  vi.useFakeTimers({ now: 1000 * NOW, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** As a process that is stopped meets it: time has passed, no timer has fired. */
function freeze(seconds: number): void {
  vi.setSystemTime(Date.now() + 1000 * seconds);
}

const run = (seconds: number) => vi.advanceTimersByTimeAsync(1000 * seconds);

const ISSUER = "https://a.example.com";
const ways: readonly [string, (keys: KeyRing) => VerifierOptions][] = [
  ["one issuer", (keys) => ({ keys })],
  [
    "many issuers",
    (keys) => ({
      issuers: [
        { issuer: ISSUER, keys },
        { issuer: "b", keys: createKeyRing({ keys: testSet("b") }) },
      ],
    }),
  ],
];

describe.each(ways)("a key that its source has withdrawn, with %s", (_, optionsOf) => {
  /** A verifier whose source has given the key `a`, and then has it no more. */
  async function opened(options: KeyRingOptions = {}) {
    let answer: () => RingKeysInput | Promise<RingKeysInput> = () => testSet("a");
    const errors: string[] = [];
    const give = vi.fn(() => answer());
    const onError = ({ message }: Error) => errors.push(message);
    const ring = createKeyRing({ source: callback(give, { maxAge: 600, timeout: 5 }), onError, ...options });
    onTestFinished(() => ring.close());
    await ring.ready();
    const verifier = createVerifier(optionsOf(ring));
    const token = (kid = "a") => tokenOf(kid, { iss: ISSUER });
    const verdict = (kid?: string) => {
      const verdict = verifier.verify(token(kid));
      return verdict.ok ? "ACCEPTED" : verdict.code;
    };
    const promised = async (kid?: string) => {
      const verdict = await verifier.verifyAsync(token(kid));
      return verdict.ok ? "ACCEPTED" : verdict.code;
    };
    expect(verdict()).toBe("ACCEPTED");
    const gives = (next: typeof answer) => {
      answer = next;
    };
    gives(() => testSet("b"));
    return { ring, verifier, verdict, promised, give, gives, errors, token };
  }

  it("is not accepted by promise once it is older than `maxAge`, though no timer has fired", async () => {
    const { promised, give, verifier, token } = await opened();
    freeze(599);
    expect(await promised()).toBe("ACCEPTED");
    freeze(1);
    const batch = verifier.verifyBatchAsync([token("a"), token("b")]);
    expect(await Promise.all([promised("a"), promised("b")])).toEqual(["KEY_NOT_FOUND", "ACCEPTED"]);
    expect([...(await batch).codes]).toEqual([6, 0]);
    expect(give).toHaveBeenCalledTimes(2);
  });

  it("is not accepted at once after a day in which the process was frozen", async () => {
    const { verdict, ring } = await opened();
    freeze(DAY);
    expect([verdict("a"), verdict("b")]).toEqual(["KEY_UNAVAILABLE", "KEY_UNAVAILABLE"]);
    expect(ring.status()).toMatchObject({ keys: 0, staleSince: NOW + DAY });
    // The first call has had it loaded.
    await ring.reload();
    expect([verdict("a"), verdict("b"), ring.status().staleSince]).toEqual(["KEY_NOT_FOUND", "ACCEPTED", undefined]);
  });

  it("is accepted at once for no longer than `maxAge` and twice the time of a load", async () => {
    const { verdict, give } = await opened();
    freeze(605);
    expect(verdict()).toBe("ACCEPTED");
    expect(give).toHaveBeenCalledTimes(2);
    freeze(5);
    expect(verdict()).toBe("KEY_UNAVAILABLE");
  });

  it("is not accepted for a load that began before the freeze, whether it comes or fails", async () => {
    for (const end of ["comes", "fails"]) {
      const { promised, gives, ring, verdict } = await opened();
      let settle = (): void => undefined;
      gives(() => new Promise((resolve, reject) => (settle = () => (end === "comes" ? resolve(testSet("a")) : reject(new Error())))));
      const underWay = ring.reload();
      freeze(DAY);
      gives(() => testSet("b"));
      settle();
      await underWay;
      expect(verdict()).toBe("KEY_UNAVAILABLE");
      expect(await promised()).toBe("KEY_NOT_FOUND");
      ring.close();
    }
  });

  it("is not accepted by callers that wait for such a load either: they wait for one of now", async () => {
    const { promised, gives, ring } = await opened();
    let settle = (): void => undefined;
    gives(() => new Promise((resolve) => (settle = () => resolve(testSet("a")))));
    void ring.reload();
    freeze(605);
    gives(() => testSet("b"));
    const verdict = promised();
    settle();
    expect(await verdict).toBe("KEY_NOT_FOUND");
  });

  it("is accepted while its source is down, for ever unless it is told otherwise, and no call waits twice", async () => {
    const { verdict, promised, give, gives, errors } = await opened();
    gives(() => Promise.reject(new Error()));
    for (let day = 1; day <= 3; day++) {
      freeze(DAY);
      expect(await promised()).toBe("ACCEPTED");
      expect([give.mock.calls.length, errors.length, verdict("b")]).toEqual([1 + day, day, "KEY_UNAVAILABLE"]);
      expect([verdict(), await promised(), give.mock.calls.length]).toEqual(["ACCEPTED", "ACCEPTED", 1 + day]);
    }
  });

  it("is accepted for `maxStaleness` while its source is down, which is told once, and again when it is up", async () => {
    const { verdict, promised, gives, errors, ring } = await opened({ maxStaleness: 3600, keys: testJwk("own") });
    gives(() => Promise.reject(new Error()));
    await run(3599);
    expect([verdict(), await promised()]).toEqual(["ACCEPTED", "ACCEPTED"]);
    await run(1);
    for (let turn = 0; turn < 5; turn++) {
      expect([verdict(), await promised(), verdict("own")]).toEqual(["KEY_UNAVAILABLE", "KEY_UNAVAILABLE", "ACCEPTED"]);
      await run(60);
    }
    expect(errors.filter((message) => message.includes("maxStaleness"))).toEqual([
      "Expected callback to be loaded within 3600 s (`maxStaleness`), got no good load: its keys are not used until there is one",
    ]);
    expect(ring.status()).toMatchObject({ keys: 1, staleSince: NOW + 3600, lastError: expect.stringContaining("exception") });
    gives(() => testSet("a"));
    await run(60);
    expect([verdict(), ring.status().staleSince]).toEqual(["ACCEPTED", undefined]);
  });

  it("does not grow stale while its source answers, however short `maxStaleness` is", async () => {
    const { verdict, gives } = await opened({ maxStaleness: 20 });
    gives(async () => {
      await new Promise((resolve) => setTimeout(resolve, 4000));
      return testSet("a");
    });
    for (let second = 0; second < 200; second++) {
      await run(1);
      expect(verdict()).toBe("ACCEPTED");
    }
  });

  it("is judged by whichever clock has gone further, and no jump makes it young again", async () => {
    let now = NOW;
    const { promised, give } = await opened({ currentDate: () => now });
    now -= DAY;
    vi.advanceTimersByTime(0);
    freeze(DAY);
    expect([await promised(), give.mock.calls.length]).toEqual(["ACCEPTED", 1]);
    now += 599;
    expect([await promised(), give.mock.calls.length]).toEqual(["ACCEPTED", 1]);
    now += 1;
    expect([await promised(), give.mock.calls.length]).toEqual(["KEY_NOT_FOUND", 2]);
  });

  it("is judged by the monotonic clock where the ring's own fails", async () => {
    let fails = false;
    const { ring, verdict, promised } = await opened({
      currentDate: () => {
        if (fails) throw new Error("the clock's");
        return NOW;
      },
    });
    fails = true;
    await run(601);
    expect([verdict(), await promised(), ring.status().lastError]).toEqual(["KEY_NOT_FOUND", "KEY_NOT_FOUND", undefined]);
  });

  it("stays where the ring is closed, for `maxStaleness`", async () => {
    const { verdict, promised, ring, give } = await opened({ maxStaleness: 3600 });
    ring.close();
    freeze(3599);
    expect([verdict(), await promised()]).toEqual(["ACCEPTED", "ACCEPTED"]);
    freeze(1);
    expect([verdict(), await promised(), give.mock.calls.length]).toEqual(["KEY_UNAVAILABLE", "KEY_UNAVAILABLE", 1]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a file", () => {
  function opened(options: KeyRingOptions = {}, wrapped = (source: RingSource) => source) {
    const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-staleness-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "jwks.json");
    const write = (...kids: string[]) => writeFileSync(path, JSON.stringify(testSet(...kids)));
    write("a");
    const ring = createKeyRing({ source: wrapped(file(path)), ...options });
    onTestFinished(() => ring.close());
    const verifier = createVerifier({ keys: ring });
    const codeOf = (kid: string) => {
      const verdict = verifier.verify(tokenOf(kid));
      return verdict.ok ? "ACCEPTED" : verdict.code;
    };
    expect(codeOf("a")).toBe("ACCEPTED");
    return { write, codeOf, path, ring };
  }

  it("that has changed while the process was frozen is read before its keys are used", () => {
    const { write, codeOf } = opened();
    write("b");
    freeze(DAY);
    expect([codeOf("a"), codeOf("b")]).toEqual(["KEY_NOT_FOUND", "ACCEPTED"]);
  });

  it("that does not change does not grow stale; one that is gone does, from then on", async () => {
    const { codeOf, path, write } = opened({ maxStaleness: 3600 });
    freeze(30 * DAY);
    expect(codeOf("a")).toBe("ACCEPTED");
    rmSync(path);
    await run(10);
    freeze(3500);
    expect([codeOf("a"), codeOf("b")]).toEqual(["ACCEPTED", "KEY_UNAVAILABLE"]);
    freeze(100);
    expect(codeOf("a")).toBe("KEY_UNAVAILABLE");
    write("a");
    await run(40);
    expect(codeOf("a")).toBe("ACCEPTED");
  });

  it("that could not be read when it changed is read again, though it does not change once more", async () => {
    let fails = false;
    const { codeOf, write } = opened({}, (source) => ({
      ...source,
      load: (request) => {
        if (fails) throw new Error("Expected the file to be readable, got EMFILE");
        return source.load(request);
      },
    }));
    fails = true;
    write("b");
    await run(10);
    expect(codeOf("a")).toBe("ACCEPTED");
    fails = false;
    await run(30);
    expect([codeOf("a"), codeOf("b")]).toEqual(["KEY_NOT_FOUND", "ACCEPTED"]);
  });
});

it("a source that was read just when it was to be looked at is looked at the next time", () => {
  const rules = { allowWeak: false, allowSecrets: true, algorithms: undefined };
  const look = vi.fn();
  let change = (): void => undefined;
  const ring = createKeyRing({
    source: {
      name: "watched",
      pollInterval: 5,
      load: () => parseJwks(testSet("a"), "watched", rules),
      watch: (changed) => {
        change = changed;
        return Object.assign(() => undefined, { look });
      },
    },
  });
  onTestFinished(() => ring.close());
  freeze(5);
  change();
  freeze(5);
  createVerifier({ keys: ring }).verify(tokenOf("a"));
  expect(look).toHaveBeenCalledTimes(1);
});

describe("`maxStaleness`", () => {
  it("counts from the beginning for a source that has never answered", async () => {
    const onError = vi.fn();
    const source = callback(() => Promise.reject(new Error()));
    const ring = createKeyRing({ source, maxStaleness: 3600, onError });
    onTestFinished(() => ring.close());
    await run(1);
    expect(onError).toHaveBeenCalledTimes(1);
    await run(3600);
    const told = onError.mock.calls.filter(([{ message }]) => message.includes("maxStaleness"));
    expect([told.length, ring.status().staleSince]).toEqual([1, undefined]);
  });

  it.each([0, Number.NaN, Number.POSITIVE_INFINITY, "an hour"])("is not %j", (maxStaleness) => {
    expect(() => createKeyRing({ maxStaleness: maxStaleness as number })).toThrow(
      "Expected `maxStaleness` to be a number of seconds, 1 or more",
    );
  });
});
