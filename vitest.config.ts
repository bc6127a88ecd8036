import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vitest/config";
import { engineModule } from "./scripts/engineText.mjs";

/** Gives tests the engine as the build does: from its source, in which a `.wasm` import is its text. */
function engine(file: string): Plugin {
  const path = fileURLToPath(new URL(`build/${file}`, import.meta.url));
  const source = fileURLToPath(new URL("src/runtime/engineModule.ts", import.meta.url));
  return {
    name: "engine",
    enforce: "pre",
    resolveId: (id) => (id === "#engine" ? source : id.endsWith(".wasm") ? "\0engine" : null),
    load: (id) => (id === "\0engine" ? engineModule(path) : null),
  };
}

const common = { include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 120_000 };

/** What is timed runs by itself, when all else is done, one file at a time. */
const TIMED = "test/**/*.timed.test.ts";

/** The whole suite runs over the release engine; what concerns the engine runs over the debug one as well. */
export default defineConfig({
  test: {
    projects: [
      { plugins: [engine("engine.wasm")], test: { ...common, name: "release", exclude: [TIMED] } },
      {
        plugins: [engine("engine.debug.wasm")],
        test: {
          ...common,
          name: "debug",
          exclude: [
            ...["test/package/**", "test/cli/**", "test/architecture/**", "test/bench/**", "test/examples/**"],
            ...["test/src/adapters/**", "test/src/sessions/**", "test/src/revocation/node/**"],
          ],
        },
      },
      {
        plugins: [engine("engine.wasm")],
        test: { ...common, name: "timed", include: [TIMED], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
