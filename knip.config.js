/** Entries of the library are those that package.json names. */
import { DOORS, ENTRIES, sourceOf } from "./scripts/entries.mjs";

export default {
  entry: [
    ...[...ENTRIES.map(({ file }) => file), ...DOORS].map(sourceOf),
    "src/cli/main.ts",
    "assembly/index.ts",
    "scripts/*.mjs",
    "bench/*.mjs",
    "examples/*.mjs",
    "test/**/*.test.ts",
    "test/conformance/adapter.mjs",
  ],
  project: ["src/**/*.ts", "assembly/*.ts", "scripts/*.mjs", "bench/*.mjs", "examples/*.mjs", "test/**/*.{ts,mts,mjs}"],
  ignoreDependencies: ["@arethetypeswrong/cli", "@biomejs/biome", "publint"],
  ignoreBinaries: ["script"],
};
