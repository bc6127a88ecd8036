/** The engine of this thread: compiled and tested at first use, shared by all verifiers and signers. */
import { Engine } from "./engine.js";
import { selfTest } from "./selfTest.js";

let shared: Engine | undefined;

/** @throws Error when the runtime has no WebAssembly SIMD, or the engine gives a wrong answer. */
export function openEngine(): Engine {
  if (!shared) {
    const engine = new Engine();
    selfTest(engine);
    shared = engine;
  }
  return shared;
}
