/** wasm-jwt/keyring/node: sources of keys that need Node. */
export type { ContentOptions } from "./content.js";
export { type DirectoryOptions, directory } from "./directory.js";
export { type EnvironmentOptions, environment } from "./environment.js";
export { type FileOptions, file } from "./file.js";
