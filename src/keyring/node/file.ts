/** Keys from a file, read again whenever it changes: written anew, renamed over, or behind a link that is swapped. */
import { basename, dirname } from "node:path";
import { requireText } from "../../base/check.js";
import type { Duration } from "../../base/durations.js";
import { atCaller } from "../../base/errors.js";
import { ownOptions } from "../../base/own.js";
import type { RingSource } from "../loading.js";
import { CONTENT_OPTIONS, type ContentOptions, parseContent, parseContentOptions } from "./content.js";
import { fileMark, readFile } from "./files.js";
import { parsePollInterval, watchFiles } from "./watch.js";

export interface FileOptions extends ContentOptions {
  /** With `format: "secret"`, the name of the key; its thumbprint unless given. */
  readonly kid?: string;
  /** Seconds between two looks at the file, beside the system's own watching; 5 unless given. */
  readonly pollInterval?: Duration;
}

/**
 * The JWK set in a file, or its one secret. Half-written, it is a bad load: write another file and rename it, or swap a link.
 * @throws TypeError for a wrong option, naming it.
 */
export const file = /* @__PURE__ */ atCaller(function file(path: string, given: FileOptions = {}): RingSource {
  requireText(path, "path", "the path of a file");
  const options = ownOptions(given, "options", [...CONTENT_OPTIONS, "kid", "pollInterval"], ["alg"]);
  const plan = parseContentOptions(options, "jwks");
  const pollInterval = parsePollInterval(options.pollInterval);
  const name = `file ${JSON.stringify(path)}`;
  const watched = { folder: dirname(path), file: basename(path), mark: () => fileMark(path), pollInterval };
  return {
    name,
    pollInterval,
    load: (request) => parseContent(readFile(path, name), name, options.kid, plan, request),
    watch: (changed) => watchFiles(watched, changed),
  };
});
