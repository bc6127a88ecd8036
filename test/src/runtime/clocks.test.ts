import "../../support/followFakes.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AgeClock, PassedClock } from "../../../src/runtime/clocks.js";

const DAY = 86_400;
let wall = 1_700_000_000;
const now = () => wall;

/** Lets seconds pass by the monotonic clock, and as many by the system's unless it is said otherwise. */
function pass(steady: number, system = steady): void {
  vi.advanceTimersByTime(1000 * steady);
  wall += system;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  wall = 1_700_000_000;
});
afterEach(() => {
  vi.useRealTimers();
});

describe("AgeClock", () => {
  it("goes on by the monotonic one while the system's fails", () => {
    const steady = vi.spyOn(performance, "now").mockReturnValue(0);
    try {
      let fails = false;
      const clock = new AgeClock(() => {
        if (fails) throw new Error("the caller's");
        return 1000;
      });
      fails = true;
      steady.mockReturnValue(50_000);
      expect([clock.read(), clock.read()]).toEqual([50, 50]);
    } finally {
      steady.mockRestore();
    }
  });

  it("counts seconds", () => {
    const clock = new AgeClock(now);
    pass(5);
    expect(clock.read()).toBeCloseTo(5);
  });

  it.each([
    ["the system's clock where the monotonic one stood still", 0, 600, 600],
    ["the monotonic clock where the system's was set back", 600, -3600, 600],
    ["nothing where both went back", 0, -3600, 0],
  ])("believes %s", (_, steady, system, age) => {
    const clock = new AgeClock(now);
    pass(steady, system);
    expect(clock.read()).toBeCloseTo(age);
  });

  it("never runs backwards, and goes on when a clock that was ahead is right again", () => {
    const clock = new AgeClock(now);
    pass(6, 7206);
    expect(clock.read()).toBeCloseTo(7206);
    pass(1, -7199);
    expect(clock.read()).toBeCloseTo(7207);
    pass(10);
    expect(clock.read()).toBeCloseTo(7217);
  });
});

describe("PassedClock", () => {
  it("is the system's clock as long as that does not jump", () => {
    const clock = new PassedClock(now);
    for (let day = 0; day < 30; day++) pass(DAY);
    expect(clock.read()).toBeCloseTo(wall);
  });

  it.each([7200, 3 * DAY, 400 * DAY])("does not follow a jump of %i seconds ahead that is taken back", (jump) => {
    const clock = new PassedClock(now);
    const right = wall;
    pass(0, jump);
    expect(clock.read()).toBeCloseTo(right);
    pass(6);
    expect(clock.read()).toBeCloseTo(right + 6);
    pass(0, -jump);
    expect(clock.read()).toBeCloseTo(wall);
  });

  it("follows a clock that is set back at once, and does not forget it when that jumps ahead again", () => {
    const clock = new PassedClock(now);
    pass(10, -7200);
    const right = wall;
    expect(clock.read()).toBeCloseTo(right);
    pass(5, 7205);
    expect(clock.read()).toBeCloseTo(right + 5);
  });

  it("believes a clock that has been ahead for a week without a break", () => {
    const clock = new PassedClock(now);
    pass(0, 30 * DAY);
    const before = clock.read();
    for (let day = 1; day < 7; day++) {
      pass(DAY);
      expect(clock.read()).toBeCloseTo(before + day * DAY);
    }
    pass(DAY);
    expect(clock.read()).toBeCloseTo(wall);
  });

  it("does not take two short jumps, a week apart, for one long one because it was not read in between", () => {
    const clock = new PassedClock(now);
    pass(0, 7200);
    clock.read();
    pass(0, -7200);
    pass(7 * DAY);
    const right = wall;
    pass(0, 7200);
    expect(clock.read()).toBeCloseTo(right);
  });

  it("begins at a time that an earlier process knew to have come", () => {
    const known = wall;
    pass(0, 2 * DAY);
    const clock = new PassedClock(now, known);
    expect(clock.read()).toBeCloseTo(known);
    pass(60);
    expect(clock.read()).toBeCloseTo(known + 60);
  });

  it("is not ahead of the system's clock for what an earlier process said", () => {
    expect(new PassedClock(now, wall + DAY).read()).toBeCloseTo(wall);
  });
});
