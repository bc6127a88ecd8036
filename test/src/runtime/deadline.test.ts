import "../../support/followFakes.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { within } from "../../../src/runtime/deadline.js";

const late = () => new Error("late");

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("within", () => {
  it("gives what comes in time, and leaves no timer", async () => {
    expect(await within(5, Promise.resolve(7), late)).toBe(7);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails as what was waited for fails, and leaves no timer", async () => {
    await expect(within(5, Promise.reject(new Error("its own")), late)).rejects.toThrow("its own");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails after its end where nothing ever comes", async () => {
    const outcome = expect(within(5, new Promise(() => {}), late)).rejects.toThrow("late");
    await vi.advanceTimersByTimeAsync(5000);
    await outcome;
  });

  it("does not hear an error that comes too late", async () => {
    let fail = (_: Error) => {};
    const outcome = expect(within(5, new Promise((_, reject) => (fail = reject)), late)).rejects.toThrow("late");
    await vi.advanceTimersByTimeAsync(5000);
    await outcome;
    fail(new Error("unheard"));
    await vi.advanceTimersByTimeAsync(1);
  });
});
