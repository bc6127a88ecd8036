/**
 * Builds everything: the engine (release and debug), the library and the command (esbuild), the types (tsc). Output goes to
 * build/ and dist/, neither of which is kept in git.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

/** Runs a package's command with this very Node, whatever else is on the PATH. */
function run(packageName, command, ...args) {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin } = require(manifest);
  execFileSync(process.execPath, [join(dirname(manifest), bin[command]), ...args], { cwd: root, stdio: "inherit" });
}

rmSync(join(root, "dist"), { recursive: true, force: true });
for (const target of ["release", "debug"]) run("assemblyscript", "asc", "--config", "asconfig.json", "--target", target);

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  loader: { ".wasm": "base64" },
  legalComments: "none",
};

await build({
  ...common,
  entryPoints: ["src/index.ts", "src/primitives.ts"],
  outdir: "dist",
  platform: "neutral",
  mainFields: ["module", "main"],
  splitting: true,
  chunkNames: "engine-[hash]",
  minifySyntax: true,
});
await build({
  ...common,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist/cli.js",
  platform: "node",
  target: "node20",
  // The command uses the library as anyone would.
  plugins: [
    {
      name: "library",
      setup: (b) =>
        b.onResolve({ filter: /^\.\.\/(index|primitives)\.js$/ }, (a) => ({ path: a.path.replace("../", "./"), external: true })),
    },
  ],
  banner: { js: "#!/usr/bin/env node" },
});
chmodSync(join(root, "dist/cli.js"), 0o755);
run("typescript", "tsc", "--project", "tsconfig.build.json");
