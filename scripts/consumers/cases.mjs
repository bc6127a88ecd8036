/** What users load the package with: files of a project, and the commands that build and run them. */
import { EXPECTED, IMPORTED, IMPORTED_TEST, REQUIRED, REQUIRED_TEST, typed, VITEST_TEST } from "./programs.mjs";

/** Packages by the names that they are installed under; versions are those that a major has now. */
export const PACKAGES = {
  "typescript-5.0": "npm:typescript@5.0",
  "typescript-5.4": "npm:typescript@5.4",
  "typescript-5.9": "npm:typescript@5.9",
  "typescript-6": "npm:typescript@6",
  "typescript-7": "npm:typescript@7",
  esbuild: "^0.28.0",
  rollup: "^4.0.0",
  "@rollup/plugin-node-resolve": "^16.0.0",
  vite: "^8.0.0",
  webpack: "^5.0.0",
  "jest-29": "npm:jest@29",
  "jest-30": "npm:jest@30",
  "@babel/plugin-transform-modules-commonjs": "^7.0.0",
  vitest: "^4.0.0",
};

/** `subpaths` are all that can be imported, such as `wasm-jwt/express`. */
export function casesFor(subpaths) {
  return [...node(), ...typescript(subpaths), ...bundlers(), ...jest(), vitest()];
}

/**
 * A case has a name, the files of its project, and commands: the name of a package whose command is run, or `node`, and its arguments. `says`
 * is what the last one has to print; `flags` are for the Node that runs all of them.
 */
function node() {
  return [
    { name: "Node, import", files: { "program.mjs": IMPORTED }, commands: [["node", "program.mjs"]], says: EXPECTED },
    { name: "Node, require", files: { "program.cjs": REQUIRED }, commands: [["node", "program.cjs"]], says: EXPECTED },
    { name: "the command", files: {}, commands: [["wasm-jwt", "--help"]], says: "wasm-jwt verify" },
  ];
}

function typescript(subpaths) {
  const program = typed(subpaths);
  const modules = { node16: "node16", nodenext: "nodenext", bundler: "esnext" };
  const imported = ["5.0", "5.4", "5.9", "6", "7"].flatMap((version) =>
    Object.entries(modules).map(([moduleResolution, module]) => compiled(version, "mts", program, { module, moduleResolution })),
  );
  // CommonJS may import ES modules from TypeScript 5.8 on.
  const options = { module: "nodenext", moduleResolution: "nodenext" };
  return [...imported, ...["5.9", "6", "7"].map((version) => compiled(version, "cts", program, options))];
}

function compiled(version, extension, program, options) {
  const compilerOptions = {
    ...options,
    ...{ target: "es2022", lib: ["es2022"], types: [], strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
    ...{ declaration: true, rootDir: ".", outDir: "out" },
  };
  const form = extension === "cts" ? ", CommonJS" : "";
  return {
    name: `TypeScript ${version}, ${options.moduleResolution}${form}`,
    files: { [`program.${extension}`]: program, "tsconfig.json": JSON.stringify({ compilerOptions, files: [`program.${extension}`] }) },
    commands: [
      [`typescript-${version}`, "--project", "tsconfig.json"],
      ["node", `out/program.${extension.replace("ts", "js")}`],
    ],
    says: EXPECTED,
  };
}

function bundlers() {
  const run = ["node", "out/program.mjs"];
  return [
    bundled("esbuild", {}, [["esbuild", "program.mjs", "--bundle", "--format=esm", "--minify", "--outfile=out/program.mjs"], run]),
    bundled("rollup", {}, [["rollup", "program.mjs", "--plugin", "node-resolve", "--failAfterWarnings", "--file", "out/program.mjs"], run]),
    bundled("vite", { "vite.config.mjs": VITE }, [["vite", "build"], run]),
    bundled("webpack", { "build.mjs": WEBPACK }, [["node", "build.mjs"], run]),
  ];
}

function bundled(name, files, commands) {
  return { name, files: { "program.mjs": IMPORTED, ...files }, commands, says: EXPECTED };
}

const VITE = `export default { build: { lib: { entry: "program.mjs", formats: ["es"], fileName: () => "program.mjs" }, outDir: "out" } };\n`;

const WEBPACK = `
import webpack from "webpack";
const output = { path: import.meta.dirname + "/out", filename: "program.mjs" };
webpack({ mode: "production", target: "web", entry: "./program.mjs", output }, (error, stats) => {
  if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
});
`;

/** Of itself Jest runs CommonJS and transforms no package: it cannot load one that is ESM only. What helps is in docs/tools.md. */
function jest() {
  const withModules = (version) => ({
    name: `Jest ${version}, ES modules`,
    flags: ["--experimental-vm-modules"],
    files: { "program.test.mjs": IMPORTED_TEST, "jest.config.json": jestConfig("mjs", { transform: {} }) },
    commands: [[`jest-${version}`]],
    says: "1 passed",
  });
  const transformed = (version) => ({
    name: `Jest ${version}, CommonJS, transformed`,
    files: { "program.test.cjs": REQUIRED_TEST, "jest.config.json": jestConfig("cjs", TRANSFORM) },
    commands: [[`jest-${version}`]],
    says: "1 passed",
  });
  const required = {
    name: "Jest 30, require of ES modules",
    since: [24, 9],
    flags: ["--experimental-vm-modules"],
    files: { "program.test.cjs": REQUIRED_TEST, "jest.config.json": jestConfig("cjs", {}) },
    commands: [["jest-30"]],
    says: "1 passed",
  };
  return [...["29", "30"].flatMap((version) => [withModules(version), transformed(version)]), required];
}

const TRANSFORM = {
  transform: { "\\.[cm]?js$": ["babel-jest", { plugins: ["@babel/plugin-transform-modules-commonjs"] }] },
  transformIgnorePatterns: ["/node_modules/(?!wasm-jwt/)"],
};

function jestConfig(extension, options) {
  const ofFiles = { testMatch: [`**/*.test.${extension}`], moduleFileExtensions: ["js", "mjs", "cjs", "json"] };
  return JSON.stringify({ rootDir: ".", cacheDirectory: "cache", ...ofFiles, ...options });
}

function vitest() {
  return { name: "Vitest", files: { "program.test.mjs": VITEST_TEST }, commands: [["vitest", "run", "--root", "."]], says: "1 passed" };
}
