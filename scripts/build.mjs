/**
 * Builds everything: the engine (release and debug), the library and the command (esbuild), the types (tsc, rolled up). Output goes to
 * build/ and dist/, neither of which is kept in git. `dist` is replaced at the end, in one step.
 */
import { execFile } from "node:child_process";
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { commandLine, root } from "./command.mjs";
import { engineModule } from "./engineText.mjs";
import { DOORS, ENTRIES, sourceOf } from "./entries.mjs";
import { licencesOf } from "./licences.mjs";
import { rollUpTypes } from "./types.mjs";

const execute = promisify(execFile);

// Of its own, so that a build beside this one does no harm.
const STAGING = `build/dist-${process.pid}`;
process.on("exit", () => {
  for (const folder of [STAGING, `${STAGING}-types`]) rmSync(join(root, folder), { recursive: true, force: true });
});

// Compilers are processes of their own: what does not need another's output runs beside it.
const types = run("typescript", "tsc", "--project", "tsconfig.build.json", "--outDir", `${STAGING}-types`);
await Promise.all(["release", "debug"].map(compileEngine));

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
};
const library = await build({
  ...common,
  entryPoints: [...ENTRIES.map(({ file }) => file), ...DOORS].map(sourceOf),
  outbase: "src",
  outdir: STAGING,
  platform: "neutral",
  external: ["node:*", "#*"],
  mainFields: ["module", "main"],
  splitting: true,
  chunkNames: "shared-[hash]",
  plugins: [
    { name: "engine", setup: inlineEngine },
    { name: "loader", setup: leaveIntrinsics },
  ],
  minifySyntax: true,
});
const command = await build({
  ...common,
  entryPoints: ["src/cli/main.ts"],
  outfile: `${STAGING}/cli.js`,
  platform: "node",
  target: "node20",
  plugins: [{ name: "library", setup: useLibrary }],
  // Bundled CommonJS asks for Node's own modules through `require`.
  banner: {
    js: `#!/usr/bin/env node
import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url);`,
  },
});
chmodSync(join(root, STAGING, "cli.js"), 0o755);
await types;
await rollUpTypes(join(root, `${STAGING}-types`), typedEntries(), join(root, STAGING, "types"));
writeFileSync(join(root, STAGING, "THIRD-PARTY-LICENSES.txt"), licencesOf(bundledFiles(library, command), root));

rmSync(join(root, "dist"), { recursive: true, force: true });
renameSync(join(root, STAGING), join(root, "dist"));

/** What asc says, but for a line that helps nobody: that optimizing once more did not make the engine smaller. */
async function compileEngine(target) {
  const { stderr } = await run("assemblyscript", "asc", "--config", "asconfig.json", "--target", target);
  process.stderr.write(stderr.replace(/^Last converge was suboptimal\.\s*/m, ""));
}

/** Runs a command; one that fails says why and ends the build. */
async function run(packageName, name, ...args) {
  const [file, words] = commandLine(packageName, name, ...args);
  try {
    return await execute(file, words, { cwd: root });
  } catch ({ message, stdout }) {
    console.error(`${message}\n${stdout}`);
    process.exit(1);
  }
}

/** The entries' paths from the folder of types, and the names that are exported at run time. */
function typedEntries() {
  const namesOf = (file) => library.metafile.outputs[file.replace("./dist", STAGING)].exports;
  return new Map(ENTRIES.map(({ types, file }) => [types.replace("./dist/types/", ""), namesOf(file)]));
}

/** A `.wasm` import is the engine as text (src/runtime/wasm.d.ts). */
function inlineEngine({ onLoad }) {
  onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: engineModule(path) }));
}

/** What the loader assigns to `Object` is there on every runtime that is supported; where intrinsics are frozen, the assignment throws. */
function leaveIntrinsics({ onLoad }) {
  onLoad({ filter: /@assemblyscript\/loader\/index\.js$/ }, ({ path }) => {
    const text = readFileSync(path, "utf8");
    const contents = text.replace(/^Object\.hasOwn = .*?^};$/ms, "");
    if (contents === text) throw new Error(`Expected ${path} to have its polyfill of Object.hasOwn, which is left out`);
    return { contents };
  });
}

/** The command uses the library as anyone would: the entries beside it, from whatever folder they are imported. */
function useLibrary({ onResolve }) {
  const entries = new Map(["index", "primitives"].map((name) => [join(root, `src/${name}.js`), `./${name}.js`]));
  onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
    const entry = entries.get(join(resolveDir, path));
    return entry && { path: entry, external: true };
  });
}

/** The files whose code went into the bundles, as paths from here. */
function bundledFiles(...results) {
  return results.flatMap(({ metafile }) => Object.values(metafile.outputs)).flatMap(({ inputs }) => Object.keys(inputs));
}
