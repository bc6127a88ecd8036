/**
 * The package's types: what its entries export and what that refers to, and nothing else of the sources. A file of types keeps the place of
 * its source, so that "go to definition" ends in a small file about one thing. What is marked `@internal` has been left out by tsc.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const MAIN = "index.d.ts";

/**
 * Reads the declarations that tsc has written to `from` and writes those of entries to `into`. `values` has the entries' paths, such as
 * `adapters/koa.d.ts`, each with the names that are there at run time.
 * @throws Error where one of them refers to what is not there.
 */
export async function rollUpTypes(from, values, into) {
  const entries = [...values.keys()];
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((entry) => [entry.replace(/\.d\.ts$/, ""), join(from, entry)])),
    external: /^node:/,
    plugins: [dts()],
    onLog: failUnlessOfPlugin,
  });
  const { output } = await bundle.generate({
    preserveModules: true,
    preserveModulesRoot: from,
    minifyInternalExports: false,
    entryFileNames: ({ name }) => `${name.replace(/\.d$/, "")}.d.ts`,
  });
  await bundle.close();
  const files = new Map(output.map((file) => [file.fileName, file]));
  for (const [path, { code }] of files) {
    const text = exportedInPlace(code);
    write(join(into, path), values.has(path) ? entryText(path, text) : text);
  }

  function entryText(path, text) {
    const imports = homesOf(path, files, entries).map((home) => `import "${specifier(path, home)}";\n`);
    return imports.join("") + withTypesApart(text, values.get(path));
  }
}

/** The plugin warns of types that entries do not export: what they must export is a test, `test/package/types.test.ts`. */
function failUnlessOfPlugin(level, { plugin, message }) {
  if (level === "warn" && plugin !== "dts") throw new Error(message);
}

/**
 * Where all types that an entry refers to are exported, if not by itself: the entries that its file of types has to import. When TypeScript
 * writes declarations for code that imports the entry alone, it can name these types then (TS2742).
 */
function homesOf(entry, files, entries) {
  const reached = new Set([entry]);
  for (const path of reached) for (const imported of files.get(path)?.imports ?? []) reached.add(imported);
  const homes = new Set([...reached].map((path) => homeOf(path, entries)));
  homes.delete(entry);
  // What the main entry imports is loaded with it.
  if (homes.has(MAIN)) for (const home of homesOf(MAIN, files, entries)) homes.delete(home);
  return [...homes].sort();
}

/** The entry that exports the types of a file: the `index` of its folder, or of the nearest folder above that has one. */
function homeOf(path, entries) {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    const index = posix.join(folder, "index.d.ts");
    if (entries.includes(index)) return index;
  }
}

/**
 * Declarations that say themselves that they are exported, where the bundler has a list of them at the end: up to TypeScript 5.3, the other kind
 * cannot be named by an entry that exports it again (TS2742).
 */
function exportedInPlace(code) {
  const lists = /^export (?:type )?\{ ([^}]*) \};\n?$/gm;
  const names = [...code.matchAll(lists)].flatMap(([, list]) => list.split(", "));
  const isInPlace = (name) => declarationOf(name).test(code);
  const withoutThem = code.replace(lists, (statement, list) => {
    const others = list.split(", ").filter((name) => !isInPlace(name));
    return others.length ? statement.replace(list, others.join(", ")) : "";
  });
  const exported = names.reduce((text, name) => text.replace(declarationOf(name), "export $&"), withoutThem);
  // The empty list: without it, all that is declared in a file of types is exported.
  return `${exported.trimEnd()}\n\nexport {};\n`;
}

/** A class that is exported as a type is no value: the bundler does not tell. */
function withTypesApart(code, values) {
  return code.replace(/^export \{ ([^}]+) \}(.*)\n/gm, (_, list, rest) => {
    const names = list.split(", ");
    const isValue = (name) => values.includes(name.split(" ").at(-1));
    const statement = (kind, those) => (those.length ? `export ${kind}{ ${those.join(", ")} }${rest}\n` : "");
    const types = names.filter((name) => !isValue(name));
    return statement("type ", types) + statement("", names.filter(isValue));
  });
}

/** `name` may also be `one as other`, which is no declaration's. */
function declarationOf(name) {
  return new RegExp(`^(?:declare )?(?:abstract )?(?:class|const|enum|function|interface|type) ${name}\\b`, "gm");
}

function specifier(from, to) {
  const path = posix.relative(posix.dirname(from), to).replace(/\.d\.ts$/, ".js");
  return path.startsWith(".") ? path : `./${path}`;
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
