/** Makes an instance of the engine. Where there is no memory for one, it says what helps. */
import { instantiateSync } from "@assemblyscript/loader";
import { engineModule } from "#engine";
import { bare } from "../base/own.js";

/** @throws Error when the runtime has no engine, as `engineModule` says; RangeError when there is no memory for it. */
export function instantiate(): Record<string, unknown> {
  const module = engineModule();
  try {
    return instantiateSync(module, bare({})).exports as Record<string, unknown>;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const help = "raise the limit of address space (`ulimit -v`), or run Node with --disable-wasm-trap-handler";
    throw new RangeError(`wasm-jwt: expected room for WebAssembly's memory, for which V8 reserves 10 GB of addresses; ${help}`, { cause });
  }
}
