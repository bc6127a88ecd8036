/** Made-up names, and calls from within the resolver: neither keeps a device from its key. */
import { describe, expect, it } from "vitest";
import { createVerifier, type KeyInput, type ResolvedKeysOptions, resolveKeys } from "../../../src/index.js";
import { testSecret, tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

type Answer = KeyInput | undefined;

/** A source that knows devices, takes its time for them, and never answers for names that hang. */
function setUp(options: ResolvedKeysOptions = {}, { later = false } = {}) {
  const state = { now: 1000, asked: [] as string[] };
  const give = (name: string): Answer | Promise<Answer> => {
    state.asked.push(name);
    if (name.startsWith("hanging")) return new Promise(() => undefined);
    const key = name.startsWith("device") ? testSecret(name) : undefined;
    return later ? new Promise((resolve) => setTimeout(resolve, 1, key)) : key;
  };
  const keys = resolveKeys(give, { currentDate: () => state.now, ...options });
  const verifier = createVerifier({ keys, currentDate: NOW });
  const codes = (names: readonly string[]) => [...verifier.verifyBatch(names.map((name) => tokenOf(name))).codes];
  return { state, keys, verifier, codes };
}

const namesOf = (kind: string, count: number, from = 0) => Array.from({ length: count }, (_, index) => `${kind} ${from + index}`);
const [ACCEPTED, KEY_NOT_FOUND, KEY_UNAVAILABLE] = [0, 6, 26];

describe("a flood of made-up names", () => {
  it("leaves devices alone whose keys have grown old, or made room for others", () => {
    const { state, codes } = setUp({ maxUnknown: 20, maxKeys: 3, maxAge: 60 });
    expect(new Set(codes(namesOf("device", 10)))).toEqual(new Set([ACCEPTED]));
    for (let round = 0; round < 20; round++) {
      state.now += 30;
      codes(namesOf("made up", 200, 200 * round));
      expect(new Set(codes(namesOf("device", 10)))).toEqual(new Set([ACCEPTED]));
    }
  });

  it("costs so many look-ups at once, and so many in each `unknownAge`", () => {
    const { state, codes } = setUp({ maxUnknown: 20, unknownAge: 30 });
    for (let second = 0; second < 90; second++, state.now++) codes(namesOf("made up", 10, 10 * second));
    expect(state.asked.length).toBeGreaterThan(70);
    expect(state.asked.length).toBeLessThanOrEqual(20 + 60);
  });

  it("leaves open whether a name beyond that has a key, and says that one has none that was asked for", () => {
    const { codes } = setUp({ maxUnknown: 5 });
    const names = namesOf("made up", 12);
    const found = codes(names);
    expect([KEY_NOT_FOUND, KEY_UNAVAILABLE].map((code) => found.filter((each) => each === code).length)).toEqual([5, 7]);
    expect(codes(names)).toEqual(found);
  });

  it("does not count new devices among it", () => {
    const { codes } = setUp({ maxUnknown: 5 });
    expect(new Set(codes(namesOf("device", 100).slice(0, 5)))).toEqual(new Set([ACCEPTED]));
    for (let from = 5; from < 100; from += 5) expect(new Set(codes(namesOf("device", 5, from)))).toEqual(new Set([ACCEPTED]));
  });

  it("in a batch does not take what there is from a new device, wherever its token stands", () => {
    const accepted = Array.from({ length: 60 }, () => {
      const { codes } = setUp({ maxUnknown: 20 });
      return codes([...namesOf("made up", 30), "device"]).at(-1);
    });
    expect(accepted).toContain(ACCEPTED);
    expect(accepted).toContain(KEY_UNAVAILABLE);
  });

  it("that hangs in the source blocks no name that once had a key", async () => {
    const { state, verifier, codes } = setUp({ maxPending: 5, maxAge: 60, timeout: 0.2 }, { later: true });
    const devices = namesOf("device", 5).map((name) => tokenOf(name));
    expect((await verifier.verifyBatchAsync(devices)).accepted).toBe(5);
    const hanging = verifier.verifyBatchAsync(namesOf("hanging", 500).map((name) => tokenOf(name)));
    state.now += 60;
    expect((await verifier.verifyBatchAsync(devices)).accepted).toBe(5);
    expect(new Set((await hanging).codes)).toEqual(new Set([KEY_UNAVAILABLE]));
    expect(state.asked.length).toBe(15);
    expect(codes(["device 1"])).toEqual([ACCEPTED]);
  });

  it("is forgotten in the order in which it came: what is remembered of it is bounded", () => {
    const { state, codes } = setUp({ maxUnknown: 10, unknownAge: 10 });
    codes(namesOf("made up", 10));
    state.now += 5;
    codes(namesOf("more", 5));
    state.asked.length = 0;
    expect(codes(["made up 0", "made up 9", "more 0"])).toEqual([KEY_UNAVAILABLE, KEY_NOT_FOUND, KEY_NOT_FOUND]);
    expect(state.asked).toEqual([]);
  });
});

describe("fewer keys than a batch has names", () => {
  it.each([false, true])("reject no authentic token (later: %s)", async (later) => {
    const { keys, verifier, codes } = setUp({ maxKeys: 3 }, { later });
    const names = namesOf("device", 40);
    const tokens = names.map((name) => tokenOf(name));
    expect((await verifier.verifyBatchAsync(tokens)).accepted).toBe(40);
    expect(keys.size).toBe(3);
    const singly = await Promise.all(tokens.map((token) => verifier.verifyAsync(token)));
    expect(singly.filter(({ ok }) => ok).length).toBe(40);
    const twice = await Promise.all([verifier.verifyBatchAsync(tokens), verifier.verifyBatchAsync(tokens.toReversed())]);
    expect(twice.map(({ accepted }) => accepted)).toEqual([40, 40]);
    if (!later) expect(new Set(codes(names))).toEqual(new Set([ACCEPTED]));
    expect(keys.size).toBe(3);
  });

  it("keep none for a call that could not wait", async () => {
    const { keys, codes } = setUp({ maxKeys: 3 }, { later: true });
    codes(namesOf("device", 40));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(keys.size).toBe(3);
  });
});

describe("a resolver, its answer and its listener", () => {
  /** Calls that come from within: each may fail, none may break anything. */
  const calls: [string, (context: ReturnType<typeof within>, name: string) => unknown][] = [
    ["verify the same token", ({ verifier }, name) => verifier.verify(tokenOf(name))],
    ["verify a batch of others", ({ verifier }) => verifier.verifyBatch(["device 8", "made up", "device 9"].map((each) => tokenOf(each)))],
    ["verify by promise", ({ verifier }, name) => void verifier.verifyAsync(tokenOf(name))],
    ["forget the name", ({ keys }, name) => keys.forget(name)],
    ["forget all names", ({ keys }) => namesOf("device", 10).map((name) => keys.forget(name))],
    ["ask for the name", ({ keys }, name) => keys.supply?.([name])],
    ["ask for others", ({ keys }) => keys.supply?.(["device 5", "other"])],
    ["look at the keys", ({ keys }) => [keys.at(0), keys.size, keys.expire?.()]],
    ["make another verifier and use it", ({ keys }, name) => createVerifier({ keys, currentDate: NOW }).verify(tokenOf(name))],
    ["make a verifier of the key", ({ keys }) => createVerifier({ issuers: [{ issuer: "A", keys }] }).verify(tokenOf("x"))],
  ];

  function within(place: "resolver" | "key" | "listener" | "clock", later: boolean, call: (name: string) => unknown) {
    let depth = 0;
    let isOver = false;
    const enter = (name: string) => {
      if (depth > 3 || isOver) return;
      depth++;
      call(name);
      depth--;
    };
    const asked: string[] = [];
    const give = (name: string): Answer => {
      asked.push(name);
      if (place === "resolver") enter(name);
      if (place === "listener") throw new Error("the source is down");
      if (!name.startsWith("device")) return undefined;
      const key = { secret: testSecret(name) };
      if (place !== "key") return key;
      return Object.defineProperty({}, "secret", {
        enumerable: true,
        get: () => {
          enter(name);
          return testSecret(name);
        },
      }) as KeyInput;
    };
    const keys = resolveKeys(later ? async (name) => give(name) : give, {
      maxKeys: 4,
      onError: () => enter("device 1"),
      currentDate: () => {
        if (place === "clock" && asked.length) enter("device 1");
        return 1000;
      },
    });
    const end = () => {
      isOver = true;
    };
    return { keys, asked, end, verifier: createVerifier({ keys, currentDate: NOW }) };
  }

  const places = ["resolver", "key", "listener", "clock"] as const;
  const cases = places.flatMap((place) => [false, true].flatMap((later) => calls.map(([title, call]) => ({ place, later, title, call }))));

  it.each(cases)("may $title (from the $place, later: $later)", async ({ place, later, call }) => {
    const context: ReturnType<typeof within> = within(place, later, (name) => call(context, name));
    const { keys, asked, end, verifier } = context;
    const names = ["device 1", "device 2", "made up", "device 3"];
    const tokens = names.map((name) => tokenOf(name));
    for (let round = 0; round < 3; round++) {
      verifier.verifyBatch(tokens);
      const batch = await verifier.verifyBatchAsync(tokens);
      await Promise.all(tokens.map((token) => verifier.verifyAsync(token)));
      expect([ACCEPTED, KEY_UNAVAILABLE]).toContain(batch.codes[0]);
      expect([KEY_NOT_FOUND, KEY_UNAVAILABLE]).toContain(batch.codes[2]);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(asked.length).toBeLessThan(2000);
    expect(keys.size).toBeLessThanOrEqual(4);
    end();
    // What is known is in the table, and what is in the table is known.
    for (const name of [...namesOf("device", 10), "made up", "other", "x"]) keys.forget(name);
    expect([keys.size, keys.at(0).size]).toEqual([0, 0]);
  });
});
