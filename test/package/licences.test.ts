/** The licences of what is bundled name the versions that are in the bundle. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { licencesOf } from "../../scripts/licences.mjs";

function installed(...packages: [home: string, name: string, version: string][]): string {
  const root = mkdtempSync(join(tmpdir(), "wasm-jwt-licences-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [home, name, version] of packages) {
    mkdirSync(join(root, home), { recursive: true });
    writeFileSync(join(root, home, "package.json"), JSON.stringify({ name, version, license: "MIT" }));
    writeFileSync(join(root, home, "license"), `The licence of ${name} ${version}`);
  }
  return root;
}

describe("the licences", () => {
  it.each([
    ["the one at the top", ["node_modules/a/index.js"], ["a 2.0.0, MIT"]],
    ["the one that another package has for itself", ["node_modules/b/node_modules/a/index.js"], ["a 1.0.0, MIT"]],
    ["both, if both are bundled", ["node_modules/a/x.js", "node_modules/b/node_modules/a/x.js"], ["a 1.0.0, MIT", "a 2.0.0, MIT"]],
    ["one with a scope", ["node_modules/@s/c/lib/index.js"], ["@s/c 3.0.0, MIT"]],
    ["none for sources of our own", ["src/index.ts"], []],
  ])("name %s", (_, inputs, expected) => {
    const root = installed(
      ["node_modules/a", "a", "2.0.0"],
      ["node_modules/b/node_modules/a", "a", "1.0.0"],
      ["node_modules/@s/c", "@s/c", "3.0.0"],
    );
    const text = licencesOf(inputs, root);
    expect(text.match(/^.*, MIT$/gm) ?? []).toEqual(expected);
    for (const each of expected) expect(text).toContain(`The licence of ${each.replace(", MIT", "")}`);
  });
});
