/** What `bench/stages` needs of the library's inside, bundled with the engine that has an entrance to each step. */
export * as abi from "../../src/abi.js";
export { placeContext } from "../../src/engine/context.js";
export { KeyMemory } from "../../src/engine/keyMemory.js";
export { recordOf } from "../../src/engine/memory.js";
export { openEngine } from "../../src/engine/openEngine.js";
export { writeTokens } from "../../src/engine/tokens.js";
export { createVerifier } from "../../src/verify/createVerifier.js";
export { parseOptions } from "../../src/verify/options.js";
