/**
 * The project's own conformance rows: attacks and edge cases that were generated for it, with a verdict each. Every key
 * in them is a test key, made for these rows and used nowhere else.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { adapt, type Key } from "./adapt.mjs";

interface GeneratedRow {
  readonly id: string;
  readonly name: string;
  readonly class: string;
  readonly token: string;
  readonly testKey: Key;
  readonly alg: readonly string[] | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly expect: "accept" | "reject";
  readonly level: "must" | "policy";
}

const rows = readFileSync(new URL("generated.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as GeneratedRow);
const classes = [...new Set(rows.map((row) => row.class))];

/** Rows of level "policy" where the limits here are other ones: 128 levels of nesting. */
const POLICY_HERE = ["nesting-19", "nesting-22", "nesting-25", "nesting-28", "nesting-31"];

const { verify, verifyBatch } = adapt({ createVerifier });

function wordOf(ok: boolean | null): string {
  return ok === null ? "skip" : ok ? "accept" : "reject";
}

describe("generated conformance rows", () => {
  it("are all there", () => {
    expect(rows.length).toBeGreaterThan(1000);
    expect(classes.length).toBeGreaterThan(20);
  });

  it.each(classes)("are judged as they say in class %s", (name) => {
    const differing = rows
      .filter((row) => row.class === name)
      .map((row) => ({ row, got: wordOf(verify({ ...row, key: row.testKey }).ok) }))
      .filter(({ row, got }) => got !== "skip" && got !== row.expect);
    expect(differing.map(({ row }) => row.id).filter((id) => !POLICY_HERE.includes(id))).toEqual([]);
    for (const { row } of differing) expect(row.level, row.id).toBe("policy");
  });

  it("are hardly ever skipped", () => {
    const skipped = rows.filter((row) => verify({ ...row, key: row.testKey }).ok === null);
    expect(skipped.length).toBeLessThan(rows.length / 20);
  });

  it("are judged in one batch as they are one by one", () => {
    const settingOf = (row: GeneratedRow) => JSON.stringify([row.testKey, row.alg, row.options]);
    for (const setting of new Set(rows.map(settingOf))) {
      const group = rows.filter((row) => settingOf(row) === setting);
      const [{ testKey: key, alg, options }] = group as [GeneratedRow];
      const together = verifyBatch({ tokens: group.map((row) => row.token), key, alg, options });
      const alone = group.map((row) => verify({ ...row, key }));
      expect(together).toEqual(alone);
    }
  });

  it("have the claims that JSON.parse reads, where they are accepted", () => {
    const accepted = rows.filter((row) => verify({ ...row, key: row.testKey }).ok === true);
    expect(accepted.length).toBeGreaterThan(100);
    for (const row of accepted) {
      const payload = Buffer.from(row.token.split(".")[1] as string, "base64url").toString();
      expect(verify({ ...row, key: row.testKey }).payload, row.id).toEqual(JSON.parse(payload));
    }
  });
});
