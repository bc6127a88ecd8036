/** The wheel, against a plain list of times. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { LATEST, Wheel } from "../../../src/sessions/wheel.js";
import { runs } from "../../support/runs.js";

const CAPACITY = 12;

/** Near one another and far, on the borders of slots, at both ends. */
const times = fc.oneof(
  fc.integer({ min: 0, max: 600 }),
  fc.integer({ min: 0, max: LATEST }),
  fc.tuple(fc.constantFrom(8, 16, 24, 31), fc.integer({ min: -2, max: 2 })).map(([bits, more]) => 2 ** bits + more),
  fc.constantFrom(LATEST, LATEST - 1),
);
const numbers = fc.integer({ min: 0, max: CAPACITY - 1 });
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ add: numbers, time: times }) },
    { weight: 2, arbitrary: fc.record({ remove: numbers }) },
    { weight: 4, arbitrary: fc.record({ set: times }) },
  ),
  { maxLength: 40 },
);

it("has due what a list has, whatever is added, removed, and done to the clock", () => {
  fc.assert(
    fc.property(times, steps, (start, all) => {
      const wheel = new Wheel(start);
      wheel.grow(CAPACITY);
      const list = new Map<number, number>();
      let now = start;
      for (const step of all) {
        if ("set" in step) {
          now = step.set;
          wheel.set(now);
          expect(dueOf(wheel)).toEqual(
            [...list]
              .filter(([, time]) => time <= now)
              .map(([number]) => number)
              .sort(),
          );
          for (const [number, time] of list) if (time <= now) list.delete(number);
        } else if ("remove" in step) {
          wheel.remove(step.remove);
          list.delete(step.remove);
        } else if (!list.has(step.add)) {
          wheel.add(step.add, step.time);
          list.set(step.add, step.time);
        }
        expect(wheel.isWaiting).toBe([...list.values()].some((time) => time > now));
      }
    }),
    runs(1000),
  );
});

it("has what is hastened before what is due", () => {
  const wheel = new Wheel(10);
  wheel.grow(3);
  wheel.add(0, 5);
  wheel.add(1, 50);
  wheel.hasten(1);
  wheel.hasten(2);
  expect(wheel.isHurried).toBe(true);
  expect(dueOf(wheel)).toEqual([0, 1, 2]);
  expect(wheel.isHurried).toBe(false);
});

/** Takes all that is due. */
function dueOf(wheel: Wheel): number[] {
  const due: number[] = [];
  for (let number = wheel.due(); number !== undefined; number = wheel.due()) {
    due.push(number);
    wheel.remove(number);
  }
  return due.sort();
}
