/** The token in an Authorization header (RFC 6750 §2.1). */
import { describe, expect, it } from "vitest";
import { bearerToken } from "../../../src/index.js";

describe("bearerToken", () => {
  it.each([
    ["Bearer a.b.c", "a.b.c"],
    ["bearer a.b.c", "a.b.c"],
    ["BEARER a.b.c", "a.b.c"],
    ["bEaReR a.b.c", "a.b.c"],
    ["Bearer   a.b.c", "a.b.c"],
    ["  Bearer a.b.c  ", "a.b.c"],
    ["Bearer A-Z_0~9+/.==", "A-Z_0~9+/.=="],
  ])("of %j is %j", (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it.each([
    undefined,
    null,
    "",
    "Bearer",
    "Bearer ",
    "a.b.c",
    "Basic a.b.c",
    "Bearera.b.c",
    "Bearer\ta.b.c",
    "Bearer a.b.c d",
    "Bearer a.b.c, Bearer d.e.f",
    "Bearer a.b.c,",
    'Bearer "a.b.c"',
    "Bearer token=a.b.c",
    "Bearer a.b.c\n",
    "Bearer\na.b.c",
    "Bearer é",
    "Token Bearer a.b.c",
    "Bearer =a",
    "Bearer a=b",
    "x-Bearer a.b.c",
  ])("of %j is undefined", (header) => {
    expect(bearerToken(header)).toBeUndefined();
  });

  it("takes no array for a header", () => {
    expect(bearerToken(["Bearer a.b.c"] as unknown as string)).toBeUndefined();
  });

  it("is quick on long headers that are none", () => {
    const started = performance.now();
    for (const header of [
      `Bearer ${"a".repeat(100_000)}!`,
      `${" ".repeat(100_000)}x`,
      `Bearer ${" ".repeat(100_000)}!`,
      `Bearer ${"=".repeat(100_000)}!`,
      `Bearer a${"=".repeat(100_000)}${" ".repeat(100_000)}!`,
    ]) {
      expect(bearerToken(header)).toBeUndefined();
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
