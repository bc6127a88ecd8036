/**
 * Rings whose sources rotate and withdraw keys, go down, hang and come back, in processes that are frozen and whose clocks jump: no token is
 * accepted with a key that the source would not give, allowing `maxAge`, and `maxStaleness` where it is down.
 */
import "../support/followFakes.js";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createVerifier, type Verifier } from "../../src/index.js";
import { callback } from "../../src/keyring/callback.js";
import { discover } from "../../src/keyring/discover.js";
import type { RingSource } from "../../src/keyring/loading.js";
import { file } from "../../src/keyring/node/index.js";
import { remote } from "../../src/keyring/remote.js";
import { createKeyRing } from "../../src/keyring/ring.js";
import { testJwk, testSet, tokenOf } from "../support/ring.js";
import { runs } from "../support/runs.js";
import { NOW } from "../support/tokens.js";

const [MAX_AGE, COOL_DOWN, TIMEOUT, MAX_STALENESS, POLL] = [100, 20, 15, 300, 5];
/** Time passes in steps of a second. */
const STEP = 2;

const ISSUER = "https://a.example.com";
const KIDS = ["a", "b", "c"];
const TOKENS = KIDS.map((kid) => ({ kid, token: tokenOf(kid, { iss: ISSUER }) }));

type State = "up" | "down" | "hangs";

type Event =
  | { readonly type: "gives"; readonly kids: readonly string[] }
  | { readonly type: "turns"; readonly state: State }
  | { readonly type: "runs"; readonly seconds: number }
  | { readonly type: "freezes"; readonly seconds: number; readonly isMonotonicStill: boolean }
  | { readonly type: "jumps"; readonly seconds: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ type: fc.constant("gives" as const), kids: fc.subarray(KIDS) }),
  fc.record({ type: fc.constant("turns" as const), state: fc.constantFrom<State>("up", "up", "down", "hangs") }),
  fc.record({ type: fc.constant("runs" as const), seconds: fc.integer({ min: 0, max: 150 }) }),
  fc.record({
    type: fc.constant("freezes" as const),
    seconds: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 100_000 })),
    isMonotonicStill: fc.boolean(),
  }),
  fc.record({ type: fc.constant("jumps" as const), seconds: fc.integer({ min: -100_000, max: 100_000 }) }),
);

let monotonic = 0;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(performance, "now").mockImplementation(() => 1000 * monotonic);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The world around a ring: the true time, the clocks that should show it, and what the source has. */
class World {
  time = 0;
  wall = NOW;
  kids: readonly string[] = KIDS;
  state: State = "up";
  /** What the source had, from when on. */
  readonly history: { readonly from: number; readonly kids: readonly string[]; readonly state: State }[] = [];

  constructor() {
    this.note();
  }

  note(): void {
    this.history.push({ from: this.time, kids: this.kids, state: this.state });
  }

  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.time++;
      this.wall++;
      monotonic++;
      vi.advanceTimersByTime(1000);
      for (let turn = 0; turn < 60; turn++) await undefined;
    }
  }

  freeze(seconds: number, isMonotonicStill: boolean): void {
    this.time += seconds;
    this.wall += seconds;
    if (!isMonotonicStill) monotonic += seconds;
  }

  /** Could it be that the source gave the key no longer ago than so, as a caller had to know that asks it while it is up? */
  gave(kid: string, { up, ever }: { readonly up: number; readonly ever: number }): boolean {
    let upSince: number | undefined;
    let longestUp = 0;
    let end = this.time;
    for (const { from, kids, state } of [...this.history].reverse()) {
      if (state === "up" && kids.includes(kid) && longestUp <= up && this.time - end <= ever) return true;
      upSince = state === "up" ? (upSince ?? end) : undefined;
      if (upSince !== undefined) longestUp = Math.max(longestUp, upSince - from);
      end = from;
    }
    return false;
  }
}

/** What a source that has no key for verifying says. */
const NONE = [{ keys: [] }, { keys: [testJwk("a", { use: "enc" })] }];

function setOf({ kids }: World): string {
  return JSON.stringify(kids.length ? testSet(...kids) : NONE[monotonic % 2]);
}

/** Has an answer after a second; or an error, or none. */
function answerOf<Answer>(world: World, answer: () => Answer): Promise<Answer> {
  if (world.state === "hangs") return new Promise(() => undefined);
  const given = world.state === "up" ? answer() : undefined;
  return new Promise((resolve, reject) => {
    setTimeout(() => (given === undefined ? reject(new Error("down")) : resolve(given)), 1000);
  });
}

interface Kind {
  readonly source: RingSource;
  /** Called when the world has changed. */
  readonly update?: () => void;
  readonly bounds: { readonly atOnce: Bound; readonly promised: Bound };
  readonly end?: () => void;
}

type Bound = Parameters<World["gave"]>[1];

const options = { maxAge: MAX_AGE, coolDown: COOL_DOWN, timeout: TIMEOUT };
const bounds = {
  atOnce: { up: MAX_AGE + 2 * TIMEOUT + STEP, ever: MAX_STALENESS },
  promised: { up: MAX_AGE + STEP, ever: MAX_STALENESS },
};

const KINDS: Readonly<Record<string, (world: World) => Kind>> = {
  callback: (world) => ({ source: callback(() => answerOf(world, () => JSON.parse(setOf(world))), { ...options, alg: "HS256" }), bounds }),
  "remote set": (world) => {
    const fetch = () =>
      answerOf(world, () => {
        const bytes = new TextEncoder().encode(setOf(world));
        return { status: 200, headers: { get: () => null }, arrayBuffer: async () => bytes.slice().buffer };
      });
    return { source: remote("https://example.com/", { ...options, fetch, headers: { cookie: "test" } }), bounds };
  },
  "discovered set": (world) => {
    const metadata = () => JSON.stringify({ issuer: "https://example.com", jwks_uri: "https://example.com/jwks" });
    const answer = (text: string) => {
      const bytes = new TextEncoder().encode(text);
      return { status: 200, headers: { get: () => null }, arrayBuffer: async () => bytes.slice().buffer };
    };
    // Metadata is there at once, so that what a load gives is settled when it begins, as with the others.
    const fetch = async (url: string) =>
      url.endsWith("/jwks") || world.state !== "up" ? answerOf(world, () => answer(setOf(world))) : answer(metadata());
    const headers = new Headers({ cookie: "test" });
    return { source: discover("https://example.com", { ...options, fetch, headers, alg: ["HS256", "HS384"] }), bounds };
  },
  file: (world) => {
    const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-sources-"));
    const path = join(folder, "jwks.json");
    const update = () => {
      if (world.state === "up") writeFileSync(path, setOf(world));
      else if (world.state === "down") rmSync(path, { force: true });
      else writeFileSync(path, '{"keys":[');
    };
    update();
    // It is looked at when it is used: what was seen last, then, is what there is. That it is stale is counted from when it is seen to be gone.
    const bound = { up: POLL + STEP, ever: Number.POSITIVE_INFINITY };
    return {
      source: file(path, { pollInterval: POLL }),
      update,
      bounds: { atOnce: bound, promised: bound },
      end: () => rmSync(folder, { recursive: true }),
    };
  },
};

async function codesOf(world: World, verifier: Verifier, atOnce: boolean): Promise<string[]> {
  const tokens = TOKENS.map(({ token }) => token);
  let codes: readonly number[] | undefined;
  if (atOnce) {
    codes = tokens.map((token) => (verifier.verify(token).ok ? 0 : 1));
    for (let turn = 0; turn < 60; turn++) await undefined;
  } else {
    void verifier.verifyBatchAsync(tokens).then((batch) => {
      codes = [...batch.codes];
    });
    for (let turn = 0; turn < 60; turn++) await undefined;
    // It has its time, whatever the source does.
    for (let second = 0; codes === undefined && second < 4 * TIMEOUT; second++) await world.pass(1);
  }
  expect(codes).toBeDefined();
  return KIDS.filter((_, index) => codes?.[index] === 0);
}

describe.each(Object.entries(KINDS))("a ring of a source: %s", (_, make) => {
  it.each(["one issuer", "many issuers"])("accepts no key that it would not give, with %s", async (way) => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(event, fc.boolean()), { minLength: 1, maxLength: 20 }), async (events) => {
        monotonic = 0;
        const world = new World();
        const { source, update, bounds, end } = make(world);
        const ring = createKeyRing({ source, maxStaleness: MAX_STALENESS, currentDate: () => world.wall });
        const keys = ring;
        const other = createKeyRing({ keys: testSet("other") });
        const issuers = [
          { issuer: ISSUER, keys },
          { issuer: "other", keys: other },
        ];
        const verifier = createVerifier(way === "one issuer" ? { keys } : { issuers });
        try {
          await world.pass(3);
          for (const [each, atOnce] of events) {
            if (each.type === "gives") world.kids = each.kids;
            if (each.type === "turns") world.state = each.state;
            if (each.type === "gives" || each.type === "turns") {
              world.note();
              update?.();
            }
            if (each.type === "runs") await world.pass(each.seconds);
            if (each.type === "freezes") world.freeze(each.seconds, each.isMonotonicStill);
            if (each.type === "jumps") world.wall += each.seconds;
            const time = world.time;
            const kids = await codesOf(world, verifier, atOnce);
            accepted += kids.length;
            const judged = Object.assign(Object.create(World.prototype) as World, world, { time });
            const bound = atOnce ? bounds.atOnce : bounds.promised;
            for (const kid of kids) if (!judged.gave(kid, bound)) throw new Error(`Expected ${kid} to be rejected at ${time}`);
          }
          // What a source that is up has is accepted in the end, and nothing else.
          world.state = "up";
          world.note();
          update?.();
          await world.pass(MAX_AGE + COOL_DOWN + 2 * TIMEOUT);
          expect(await codesOf(world, verifier, true)).toEqual(world.kids);
        } finally {
          ring.close();
          end?.();
        }
      }),
      runs(100),
    );
    expect(accepted).toBeGreaterThan(0);
  });
});
