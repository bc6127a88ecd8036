/**
 * Many verifiers on the one engine while keys rotate, sources fail and hang, tokens are revoked and used, clocks jump and the process is
 * frozen: no verdict is other than a plain verifier's with a key that the source gave, as long ago as its documents allow.
 */
import "../support/followFakes.js";
import fc from "fast-check";
import { describe, it } from "vitest";
import { sameRuns } from "../support/runs.js";
import { SOURCE_KINDS } from "./stateful/source.js";
import { World } from "./stateful/world.js";

/** What may happen besides calls. */
interface Action {
  readonly name: string;
  readonly weight: number;
  act(world: World, dice: number): Promise<void> | void;
}

const sourceOf = (world: World, dice: number) => world.sources[dice % world.sources.length] as World["sources"][number];
const kidOf = (world: World, dice: number) => {
  const { kids } = sourceOf(world, dice);
  return kids[(dice >> 4) % kids.length] as string;
};

const CALLS: readonly Action[] = [
  { name: "a verifier", weight: 3, act: (world, dice) => world.addJudge(dice, dice >> 8 || 1) },
  {
    name: "verify",
    weight: 10,
    act: (world, dice) => {
      const judge = world.judge(dice);
      world.verify(judge, world.token(dice, judge));
    },
  },
  {
    name: "verifyBatch",
    weight: 8,
    act: (world, dice) => {
      const judge = world.judge(dice);
      world.verifyBatch(judge, tokens(world, dice, judge));
    },
  },
  {
    name: "a call by promise",
    weight: 10,
    act: (world, dice) => {
      const judge = world.judge(dice);
      world.begin(
        judge,
        tokens(world, dice, judge),
        (["verifyAsync", "verifyBatchAsync", "batcher"] as const)[(dice >> 9) % 3] as "batcher",
      );
    },
  },
  { name: "a second", weight: 4, act: (world) => world.run(1) },
  { name: "some seconds", weight: 4, act: (world, dice) => world.run(3 + (dice % 40)) },
  { name: "minutes", weight: 3, act: (world, dice) => world.run(100 + (dice % 600)) },
  { name: "revoke", weight: 4, act: (world, dice) => world.revoke(dice) },
];

const ROTATE: readonly Action[] = [
  { name: "rotate", weight: 5, act: (world, dice) => sourceOf(world, dice).rotate(kidOf(world, dice)) },
  { name: "withdraw", weight: 4, act: (world, dice) => sourceOf(world, dice).withdraw(kidOf(world, dice)) },
  { name: "tell a ring or a resolver", weight: 2, act: (world, dice) => sourceOf(world, dice).tell(kidOf(world, dice), dice >> 8) },
];
const EMPTY: readonly Action[] = [{ name: "withdraw all", weight: 2, act: (world, dice) => sourceOf(world, dice).withdrawAll() }];
const FAIL: readonly Action[] = [
  { name: "fail", weight: 3, act: (world, dice) => sourceOf(world, dice).fail("failing") },
  { name: "recover", weight: 3, act: (world, dice) => sourceOf(world, dice).fail("well") },
];
const HANG: readonly Action[] = [
  { name: "hang", weight: 3, act: (world, dice) => sourceOf(world, dice).fail("hanging") },
  { name: "recover", weight: 3, act: (world, dice) => sourceOf(world, dice).fail("well") },
];
const FREEZE: readonly Action[] = [
  { name: "freeze", weight: 4, act: (world, dice) => world.freeze([1, 50, 100, 3000, 90_000][dice % 5] as number) },
];
const JUMP: readonly Action[] = [
  { name: "jump", weight: 4, act: (world, dice) => world.jump([-90_000, -3600, -100, 100, 3600, 90_000][dice % 6] as number) },
  { name: "jump back", weight: 3, act: (world) => world.jumpBack() },
];

function tokens(world: World, dice: number, judge: ReturnType<World["judge"]>) {
  return Array.from({ length: 1 + ((dice >>> 5) % 12) }, (_, index) => world.token(dice + 7919 * index, judge));
}

const ROOMS: readonly (readonly [name: string, actions: readonly Action[]])[] = [
  ["keys that rotate", ROTATE],
  ["sources that withdraw all they had", [...ROTATE, ...EMPTY]],
  ["sources that fail", [...ROTATE, ...FAIL]],
  ["sources that hang", [...ROTATE, ...HANG]],
  ["a process that is frozen", [...ROTATE, ...FREEZE]],
  ["a clock that jumps", [...ROTATE, ...JUMP]],
  ["all of this together", [...ROTATE, ...EMPTY, ...FAIL, ...HANG, ...FREEZE, ...JUMP]],
];

function steps(actions: readonly Action[]) {
  const all = [...CALLS, ...actions];
  const action = fc.oneof(...all.map(({ name, weight }) => ({ weight, arbitrary: fc.constant(name) })));
  const step = fc.tuple(action, fc.nat(2 ** 30));
  const find = (name: string) => all.find((each) => each.name === name) as Action;
  return { find, arbitrary: fc.array(step, { minLength: 1, maxLength: 120, size: "max" }) };
}

const SOURCES = fc.uniqueArray(fc.constantFrom(...SOURCE_KINDS), { minLength: 1, maxLength: 6 });

describe("verdicts", () => {
  it.each(ROOMS)("are right with %s", async (_, actions) => {
    const { find, arbitrary } = steps(actions);
    await fc.assert(
      fc.asyncProperty(SOURCES, arbitrary, async (kinds, list) => {
        const world = await World.build(kinds);
        try {
          for (const [name, dice] of list) await world.act(() => find(name).act(world, dice));
          await world.finish();
        } finally {
          world.close();
        }
      }),
      sameRuns(8),
    );
  });
});
