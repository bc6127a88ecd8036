/** What the compiler made of the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROUND_CONSTANTS } from "../../src/abi.js";
import { codeOf, root } from "./sources.js";

const release = compile("build/engine.wasm");
const debug = compile("build/engine.debug.wasm");

/** The host's names of what the engine exports. */
const EXPORTS = ["memory", "start", ...reexported(codeOf("assembly/index.ts"))].sort();

describe.each([
  ["four lanes and a scalar fifth", "i32x4.add"],
  ["two lanes and a scalar third", "i64x2.add"],
])("the kernel of %s", (_, addition) => {
  const kernels = functionsOf(readFileSync(join(root, "build/engine.wat"), "utf8"))
    .map((text) => roundsOf(text, addition))
    .filter((rounds) => isKernel(rounds, addition));

  it("is one function, wherever it was inlined", () => {
    expect(kernels.length).toBe(1);
  });

  it("calls nothing: its helpers are inlined", () => {
    for (const rounds of kernels) expect(count(rounds, "call")).toBe(0);
  });

  it("unrolls sixteen rounds and loops over sixteen more", () => {
    for (const rounds of kernels) expect(count(rounds, "loop")).toBe(1);
  });

  it("keeps nothing in module globals", () => {
    for (const rounds of kernels) expect(count(rounds, "global.get") + count(rounds, "global.set")).toBe(0);
  });
});

/** Constant time: nothing branches on a tag or a signature before all of it has been compared. */
describe("the comparison of a signature with its tag", () => {
  const functions = functionsOf(readFileSync(join(root, "build/engine.debug.wat"), "utf8"));
  const textOf = (name: string) => functions.find((text) => text.startsWith(`func $${name} `)) ?? "";
  const jumps = (text: string) => ["if", "br", "br_if", "br_table", "loop", "select", "call_indirect"].map((word) => count(text, word));
  const none = [0, 0, 0, 0, 0, 0, 0];

  it.each(["assembly/equal/signatureMatches", "assembly/base64url/encodeTwelve"])("has no branch in %s", (name) => {
    expect(textOf(name)).toContain("v128");
    expect(jumps(textOf(name))).toEqual(none);
  });

  it("branches in that of HS384 and HS512 on lengths alone: no lane becomes a number before the end", () => {
    const text = textOf("assembly/equal/longSignatureMatches");
    const folded = text.slice(0, text.indexOf("v128.any_true"));
    expect(folded).toContain("v128.xor");
    expect(folded).not.toMatch(/extract_lane|all_true|bitmask|i(?:32|64)\.load/);
  });

  it.each(["assembly/equal/signatureMatches", "assembly/equal/longSignatureMatches"])(
    "becomes one number, once, at the end of %s",
    (name) => {
      const text = textOf(name);
      expect(count(text, "v128.any_true")).toBe(1);
      expect(text.slice(text.indexOf("v128.any_true"))).toMatch(/^v128\.any_true\s+i32\.eqz\s+return\s+\)/);
    },
  );

  it("calls nothing but the encoder of the tag", () => {
    const called = ["assembly/equal/signatureMatches", "assembly/equal/longSignatureMatches"].flatMap((name) =>
      Array.from(textOf(name).matchAll(/call \$(\S+)/g), ([, callee]) => callee),
    );
    expect(new Set(called)).toEqual(new Set(["assembly/base64url/encodeTwelve"]));
  });
});

describe("the release engine", () => {
  it("imports nothing", () => {
    expect(WebAssembly.Module.imports(release)).toEqual([]);
  });

  it("exports what assembly/index.ts does, and its memory", () => {
    expect(exportsOf(release)).toEqual(EXPORTS);
  });

  it("keeps its state in linear memory, where src/abi.ts draws it, but for the key that names are hashed with", () => {
    const globals = Array.from(
      readFileSync(join(root, "build/engine.wat"), "utf8").matchAll(/^ \(global \$(\S+) \(mut /gm),
      ([, name]) => name,
    );
    expect(globals).toEqual(["assembly/sipHash/key0", "assembly/sipHash/key1"]);
  });

  it("has its constants below the kernel's working set", () => {
    const { memory } = new WebAssembly.Instance(release).exports as { memory: WebAssembly.Memory };
    const end = new Uint8Array(memory.buffer).findLastIndex((byte) => byte !== 0) + 1;
    expect(end).toBeGreaterThan(1024);
    expect(end).toBeLessThanOrEqual(ROUND_CONSTANTS);
  });
});

describe("the debug engine", () => {
  it("is there and exports the same", () => {
    expect(exportsOf(debug)).toEqual(EXPORTS);
  });
});

function compile(file: string): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(join(root, file)));
}

function exportsOf(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module)
    .map(({ name }) => name)
    .sort();
}

function reexported(code: string): string[] {
  return Array.from(code.matchAll(/^export \{([^}]*)\}/gm), ([, names]) => (names as string).match(/\w+/g) ?? []).flat();
}

/** The functions of a module in text form: each begins at the margin of the module's fields. */
function functionsOf(text: string): string[] {
  return text.split(/^ \((?=func|export|memory|table|global|type|data|elem|start)/m).filter((field) => field.startsWith("func $"));
}

/** What stands between a function's first and last addition in lanes, which the rounds are made of. */
function roundsOf(text: string, addition: string): string {
  return text.slice(text.indexOf(addition), text.lastIndexOf(addition));
}

/** 32 rounds of seven additions each are unrolled; nothing else comes near. */
function isKernel(rounds: string, addition: string): boolean {
  return count(rounds, addition) >= 32 * 7;
}

/** How often an instruction stands in a text; one to a line. */
function count(text: string, instruction: string): number {
  return text.match(new RegExp(`^\\s*${instruction.replace(".", "\\.")}\\b`, "gm"))?.length ?? 0;
}
