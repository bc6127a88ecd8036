/** How long a connection waits for its token to be judged. */
import "../../support/followFakes.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { inTime } from "../../../src/adapters/core/deadline.js";

describe("a deadline", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("changes nothing for what comes in time, and leaves no timer behind", async () => {
    expect(await inTime(Promise.resolve(7), "a number")).toBe(7);
    await expect(inTime(Promise.reject(new Error("gone")), "a number")).rejects.toThrow("gone");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not wait for what is there already", () => {
    expect(inTime(7, "a number")).toBe(7);
    expect(inTime(undefined, "a number")).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is an error of status 503 for what does not", async () => {
    const late = inTime(new Promise(() => {}), "a number");
    const told = expect(late).rejects.toMatchObject({
      name: "AuthFailure",
      status: 503,
      headers: { "retry-after": "5" },
      cause: { message: "Expected a number within 30 seconds" },
    });
    await vi.advanceTimersByTimeAsync(30_000);
    await told;
    expect(vi.getTimerCount()).toBe(0);
  });
});
