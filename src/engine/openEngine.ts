/** The engine of this thread: compiled and tested at first use, shared by all verifiers and signers. */
import { type Algorithm, isSecretAlgorithm, type SecretAlgorithm } from "../base/algorithms.js";
import { Engine } from "./engine.js";
import { selfTest } from "./selfTest.js";

let shared: Engine | undefined;
const tested = new Set<SecretAlgorithm>();

/**
 * `algorithms` are those of the keys that are going to be loaded: the first secret of each is preceded by a test.
 * @throws Error when the runtime has no WebAssembly SIMD, or the engine gives a wrong answer.
 */
export function openEngine(algorithms: readonly Algorithm[] = []): Engine {
  const engine = shared ?? new Engine();
  for (const algorithm of ["HS256", ...algorithms] as const) {
    if (!isSecretAlgorithm(algorithm) || tested.has(algorithm)) continue;
    selfTest(engine, algorithm);
    tested.add(algorithm);
  }
  shared = engine;
  return engine;
}
