/**
 * The engine, compiled: the one place that compiles WebAssembly. The rest of the library imports it as `#engine`, of which package.json says by
 * conditions what it is: a runtime that compiles nothing itself can have a module that is compiled already in place of this one.
 */
import engineText from "../../build/engine.wasm";
import { engineBytes } from "./engineBytes.js";

/** @throws Error when the runtime has no WebAssembly or no SIMD, or may not compile it. */
export function engineModule(): WebAssembly.Module {
  if (typeof WebAssembly !== "object") {
    throw new Error("wasm-jwt: expected a runtime with WebAssembly, got one without; Node has none with --jitless or --no-expose-wasm");
  }
  try {
    return new WebAssembly.Module(engineBytes(engineText));
  } catch (cause) {
    throw new Error(`wasm-jwt: expected a runtime that compiles WebAssembly with SIMD; ${hintOn(cause)}`, { cause });
  }
}

/** Runtimes word it differently: "Wasm code generation disallowed by embedder", "violates the following Content Security Policy directive". */
function hintOn(cause: unknown): string {
  const isForbidden = cause instanceof Error && /disallow|polic|unsafe-eval/i.test(cause.message);
  return isForbidden
    ? "this one forbids it: a page's Content-Security-Policy must allow 'wasm-unsafe-eval' in `script-src`"
    : "Node from 16.4, Chrome from 91, Firefox from 89 and Safari from 16.4 do";
}
