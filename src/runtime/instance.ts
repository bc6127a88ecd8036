/**
 * Compiles the engine and makes an instance of it: the one place that touches `WebAssembly`. Where the runtime cannot, it says what
 * prevents it and what helps.
 */
import { instantiateSync } from "@assemblyscript/loader";
import engineText from "../../build/engine.wasm";
import { bare } from "../base/own.js";
import { engineBytes } from "./engineBytes.js";

/** @throws Error when the runtime has no WebAssembly or no SIMD, or may not compile it; RangeError when there is no memory for it. */
export function instantiate(): Record<string, unknown> {
  if (typeof WebAssembly !== "object") {
    throw new Error("wasm-jwt: expected a runtime with WebAssembly, got one without; Node has none with --jitless or --no-expose-wasm");
  }
  return instanceOf(compile(engineBytes(engineText)));
}

function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
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

function instanceOf(module: WebAssembly.Module): Record<string, unknown> {
  try {
    return instantiateSync(module, bare({})).exports as Record<string, unknown>;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const help = "raise the limit of address space (`ulimit -v`), or run Node with --disable-wasm-trap-handler";
    throw new RangeError(`wasm-jwt: expected room for WebAssembly's memory, for which V8 reserves 10 GB of addresses; ${help}`, { cause });
  }
}
