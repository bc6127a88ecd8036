/** Folders are the layers, and arrows point one way: cli, adapters → verify → keys → engine → the shared integers ← assembly. */
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { codeOf, filesIn, importsOf } from "./sources.js";

const ASSEMBLY = filesIn("assembly");
const LIBRARY = filesIn("src").filter((file) => !file.startsWith("src/cli/"));
const COMMAND = filesIn("src/cli");
/** What only the makers of instances import. */
const DOORS = /assemblyscript|^#engine$/;
const SOURCES = [...LIBRARY, ...COMMAND];
/** The folders of the library that Node alone can run. */
const NODE_FOLDERS = ["src/keyring/node/", "src/revocation/node/"];
const isExplaining = (file: string | undefined) => file?.startsWith("src/explain/");
const isOfNode = (file: string | undefined) => NODE_FOLDERS.some((folder) => file?.startsWith(folder));

/** From left to right: a file imports those of its own folder and of rows before its own, their types included. */
const LAYERS: readonly (readonly string[])[] = [
  ["abi.ts"],
  ["base"],
  ["runtime"],
  ["engine"],
  ["keys", "token"],
  ["sources", "sign"],
  ["verify"],
  ["index.ts", "primitives.ts"],
  ["keyring"],
  ["revocation", "metrics", "explain"],
  ["sessions"],
  ["adapters", "cli"],
];

describe("the engine's sources", () => {
  it.each(ASSEMBLY)("%s imports its siblings and the shared integers", (file) => {
    expect(importsOf(file).filter((each) => dirname(each.file ?? "") !== "assembly" && each.file !== "src/abi.ts")).toEqual([]);
  });

  it("share integers that import nothing", () => {
    expect(importsOf("src/abi.ts")).toEqual([]);
  });
});

describe("the library", () => {
  it("has a layer for each of its folders", () => {
    const unknown = SOURCES.map(roomOf).filter((room) => rankOf(room) < 0);
    expect(unknown).toEqual([]);
  });

  it.each(SOURCES)("%s imports its own folder and layers before it, their types included", (file) => {
    const others = importsOf(file).filter((each) => each.file?.startsWith("src/") && roomOf(each.file) !== roomOf(file));
    expect(others.filter((each) => rankOf(roomOf(each.file as string)) >= rankOf(roomOf(file)))).toEqual([]);
  });

  it.each(LIBRARY.filter((file) => !isOfNode(file)))("%s imports nothing of Node, nor what does", (file) => {
    expect(importsOf(file).filter((each) => each.specifier.startsWith("node:") || isOfNode(each.file))).toEqual([]);
  });

  it("reads files, their paths and the environment with three modules alone", () => {
    const modules = LIBRARY.flatMap(importsOf).filter(({ specifier }) => specifier.startsWith("node:"));
    expect([...new Set(modules.map(({ specifier }) => specifier))].sort()).toEqual(["node:fs", "node:path", "node:process"]);
  });

  it("compiles WebAssembly in runtime/engineModule.ts alone, which has its binary", () => {
    const compiling = /\bWebAssembly\.(compile|validate|instantiate\w*)|new WebAssembly\.Module\b|\.wasm\b/;
    expect(SOURCES.filter((file) => compiling.test(codeOf(file)))).toEqual(["src/runtime/engineModule.ts"]);
  });

  it("makes instances in runtime/instance.ts alone, of the module that the package's conditions choose", () => {
    const touching = SOURCES.filter(
      (file) => /\bWebAssembly\b/.test(codeOf(file)) || importsOf(file).some(({ specifier }) => DOORS.test(specifier)),
    );
    expect(touching).toEqual(["src/runtime/engineModule.ts", "src/runtime/instance.ts"]);
  });

  it("touches linear memory in engine/ alone: later layers hand an engine on, or use one of its views", () => {
    const inner = ["memory", "exports", "heap", "records", "nameTable"].map((name) => `src/engine/${name}.ts`);
    const later = SOURCES.filter((file) => rankOf(roomOf(file)) > rankOf("engine"));
    const touching = later.filter(
      (file) => /\bmemory\b/.test(codeOf(file)) || importsOf(file).some((each) => inner.includes(each.file as string)),
    );
    expect(touching).toEqual([]);
  });

  it("touches the runtime's asymmetric crypto in runtime/platform.ts alone", () => {
    const touching = LIBRARY.filter((file) => /\bsubtle\b|getBuiltinModule/.test(codeOf(file)));
    expect(touching).toEqual(["src/runtime/platform.ts"]);
  });

  it("takes its timers and the monotonic clock in two files alone, when they are loaded", () => {
    const timer =
      /\b(set(Timeout|Immediate|Interval)|clear(Timeout|Immediate|Interval)|queueMicrotask|performance|nextTick|hrtime|MessageChannel)\b/;
    expect(LIBRARY.filter((file) => timer.test(codeOf(file)))).toEqual(["src/runtime/soon.ts", "src/runtime/timer.ts"]);
  });

  it("imports no other package than the loader", () => {
    const packages = LIBRARY.flatMap(importsOf).filter((each) => each.file === undefined && !/^node:|^#/.test(each.specifier));
    expect(packages.map(({ specifier }) => specifier)).toEqual(["@assemblyscript/loader"]);
  });
});

describe("the command", () => {
  it.each(COMMAND)("%s uses the library as anyone would, and its explanations", (file) => {
    const inner = importsOf(file).filter((each) => each.file?.startsWith("src/") && !each.file.startsWith("src/cli/"));
    expect(
      inner.filter((each) => !["src/index.ts", "src/primitives.ts"].includes(each.file as string) && !isExplaining(each.file)),
    ).toEqual([]);
  });
});

describe("imports", () => {
  it.each([
    ["assembly", ASSEMBLY],
    ["src", SOURCES],
  ])("have no circle among the files of %s, types included", (_, files) => {
    expect(circlesAmong(files, importedBy)).toEqual([]);
  });

  it("have no circle among the folders of src, types included", () => {
    const folders = new Set(SOURCES.map(folderOf));
    const imported = (folder: string) =>
      new Set(
        SOURCES.filter((file) => folderOf(file) === folder)
          .flatMap(importedBy)
          .map(folderOf),
      );
    expect(circlesAmong([...folders], (folder) => [...imported(folder)].filter((each) => each !== folder))).toEqual([]);
  });
});

/** The folder of `src/` that a file is in; the file's own name where it is in none. */
function roomOf(file: string): string {
  return file.split("/")[1] as string;
}

function rankOf(room: string): number {
  return LAYERS.findIndex((layer) => layer.includes(room));
}

/** The innermost folder of a file; the file itself where it lies flat in `src/`. */
function folderOf(file: string): string {
  return dirname(file) === "src" ? file : dirname(file);
}

function importedBy(file: string): string[] {
  return importsOf(file).flatMap((each) => each.file ?? []);
}

/** Each way that leads back to where it began, once for each place it is met from. */
function circlesAmong(places: readonly string[], importedFrom: (place: string) => readonly string[]): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (place: string, way: readonly string[]): void => {
    if (way.includes(place)) circles.push([...way.slice(way.indexOf(place)), place].join(" → "));
    if (way.includes(place) || done.has(place)) return;
    for (const each of importedFrom(place)) if (places.includes(each)) visit(each, [...way, place]);
    done.add(place);
  };
  for (const place of places) visit(place, []);
  return circles;
}
