/** Keys from an environment variable. What it holds changes only when the process changes it: `reload()` reads it again. */
import { env } from "node:process";
import { requireText } from "../../base/check.js";
import { atCaller } from "../../base/errors.js";
import { ownMember, ownOptions } from "../../base/own.js";
import { utf8Bytes } from "../../runtime/text.js";
import type { RingSource } from "../loading.js";
import { CONTENT_OPTIONS, type ContentOptions, parseContent, parseContentOptions } from "./content.js";

export interface EnvironmentOptions extends ContentOptions {
  /** With `format: "secret"`, the name of the key; its thumbprint unless given. */
  readonly kid?: string;
}

/**
 * The JWK set in an environment variable, or its one secret.
 * @throws TypeError for a wrong option, naming it.
 */
export const environment = /* @__PURE__ */ atCaller(function environment(variable: string, given: EnvironmentOptions = {}): RingSource {
  requireText(variable, "variable", "the name of an environment variable");
  const options = ownOptions(given, "options", [...CONTENT_OPTIONS, "kid"], ["alg"]);
  const plan = parseContentOptions(options, "jwks");
  const name = `environment variable ${JSON.stringify(variable)}`;
  return {
    name,
    load: (request) => {
      const text = ownMember(env, variable);
      if (text === undefined) throw new Error(`Expected ${name} to hold keys, got none of that name`);
      return parseContent(utf8Bytes(text), name, options.kid, plan, request);
    },
  };
});
