/** Keys from a directory, one a file, as Kubernetes mounts secrets; read again whenever any of them changes. */
import { join } from "node:path";
import { requireText } from "../../base/check.js";
import type { Duration } from "../../base/durations.js";
import { atCaller } from "../../base/errors.js";
import { ownOptions } from "../../base/own.js";
import { holding } from "../../base/wipe.js";
import { type Fault, type KeyList, worse } from "../jwks.js";
import type { LoadRequest, RingSource } from "../loading.js";
import { type RingKey, wipeKeys } from "../roster.js";
import { CONTENT_OPTIONS, type ContentOptions, type ContentPlan, parseContent, parseContentOptions } from "./content.js";
import { directoryMark, listFiles, readFile } from "./files.js";
import { parsePollInterval, watchFiles } from "./watch.js";

export interface DirectoryOptions extends ContentOptions {
  /** Seconds between two looks at the directory, beside the system's own watching; 5 unless given. */
  readonly pollInterval?: Duration;
}

/** How often a directory is read again that changes while it is read. */
const ATTEMPTS = 5;

/**
 * The secrets in a directory: each file holds one, and its name is the key's `kid`: letters, digits, `_`, and after the first of them also
 * `.`, `:`, `@`, `+`, `=` and `-`. Files of other names, a README and what ends in `.bak`, `.old`, `.orig`, `.tmp`, `.swp` or the like are
 * no keys, and are listed in the ring's `status().problems`. Folders are not looked at, nor what begins with `..`. A file that is no
 * secret, half-written for instance, makes the whole load a bad one. With `format: "jwks"`, each file holds a JWK or
 * a set.
 * @throws TypeError for a wrong option, naming it.
 */
export const directory = /* @__PURE__ */ atCaller(function directory(path: string, given: DirectoryOptions = {}): RingSource {
  requireText(path, "path", "the path of a directory");
  const options = ownOptions(given, "options", [...CONTENT_OPTIONS, "pollInterval"], ["alg"]);
  const plan = parseContentOptions(options, "secret");
  const pollInterval = parsePollInterval(options.pollInterval);
  const name = `directory ${JSON.stringify(path)}`;
  const watched = { folder: path, file: undefined, mark: () => directoryMark(path), pollInterval };
  return {
    name,
    pollInterval,
    load: (request) => readAtOnce(path, name, plan, request),
    watch: (changed) => watchFiles(watched, changed),
  };
});

/** All files as they were at one time: a link may be swapped between two of them. */
function readAtOnce(path: string, name: string, plan: ContentPlan, request: LoadRequest): KeyList {
  for (let attempt = 1; ; attempt++) {
    const mark = directoryMark(path);
    const isLast = attempt === ATTEMPTS;
    try {
      const list = readAll(path, name, plan, request);
      if (directoryMark(path) === mark) return list;
      wipeKeys(list.keys);
      if (isLast) throw new Error(`Expected ${name} to stay the same while it is read, got other files`);
    } catch (error) {
      if (isLast || directoryMark(path) === mark) throw error;
    }
  }
}

function readAll(path: string, name: string, plan: ContentPlan, request: LoadRequest): KeyList {
  const problems: string[] = [];
  let fault: Fault | undefined;
  const keys = holding(wipeKeys, (held: RingKey[]) => {
    const files = listFiles(path, name);
    for (const file of files.keys) {
      const what = `file ${JSON.stringify(join(path, file))}`;
      const list = parseContent(readFile(join(path, file), what), what, file, plan, request);
      const within = plan.format === "jwks" ? `${file}: ` : "";
      held.push(...list.keys.map((key) => ({ ...key, name: within + key.name })));
      problems.push(...list.problems.map((problem) => within + problem));
      fault = worse(fault, list.fault);
    }
    problems.push(
      ...files.others.map(
        (file) => `Expected file ${JSON.stringify(join(path, file))} to have the name of a key, got another: it is no key`,
      ),
    );
    return held;
  });
  return { keys, problems, fault };
}
