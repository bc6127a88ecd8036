/** What `bench/stages` needs of the library's inside, bundled with the engine that has an entrance to each step. */
export * as abi from "../../src/abi.js";
export { placeContext } from "../../src/context.js";
export { PlacedKeys } from "../../src/keys/placed.js";
export { openEngine } from "../../src/openEngine.js";
export { parseOptions } from "../../src/options.js";
export { createVerifier } from "../../src/verifier.js";
