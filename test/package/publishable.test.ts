/** The package is published with its own addresses, or not at all. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingOf } from "../../scripts/publishable.mjs";
import { root } from "./project.js";

const ADDRESSES = {
  repository: { type: "git", url: "git+https://git.example.com/a/b.git" },
  homepage: "https://git.example.com/a/b#readme",
  bugs: { url: "https://git.example.com/a/b/issues" },
};

describe("publishing", () => {
  it.each([
    ["nothing is missing", ADDRESSES, []],
    [
      "nothing is missing of texts",
      { repository: "https://git.example.com/a", homepage: "https://example.com", bugs: "https://example.com/bugs" },
      [],
    ],
    ["all is", {}, ["repository", "homepage", "bugs"]],
    ["the repository is", { ...ADDRESSES, repository: undefined }, ["repository"]],
    ["no address is one", { ...ADDRESSES, bugs: { email: "a@example.com" }, homepage: "soon" }, ["homepage", "bugs"]],
  ])("knows where %s", (_, manifest, missing) => {
    expect(missingOf(manifest)).toEqual(missing);
  });

  it("is refused for as long as something is missing", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(manifest.scripts.prepublishOnly).toBe("node scripts/publishable.mjs");
    const { status, stderr } = spawnSync(process.execPath, ["scripts/publishable.mjs"], { cwd: root, encoding: "utf8" });
    const missing = missingOf(manifest);
    expect([status, stderr.includes(missing.join(", "))]).toEqual([missing.length ? 1 : 0, true]);
  });

  it("comes with a provenance statement", () => {
    expect(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).publishConfig).toEqual({ provenance: true });
  });
});
