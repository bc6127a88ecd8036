/** Words of the JOSE header that options name: media types and extensions (RFC 7515 §4.1.9, §4.1.11). */
import { strings } from "./check.js";
import { optionError } from "./errors.js";

const NONE: readonly never[] = [];

/** Header parameters that `crit` must not name (RFC 7515 §4.1.11), and `b64`, which a JWT never switches off (RFC 7797 §7). */
const STANDARD_PARAMETERS = ["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "b64", "enc", "zip"];

/** Lower case, without "application/" where no other slash follows (RFC 7515 §4.1.9). Only ASCII letters have two cases in a media type. */
export function mediaType(value: string): string {
  return value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/^application\/(?!.*\/)/s, "");
}

/** Names of extensions, each once. `option` is what errors call it. */
export function criticalNames(value: unknown, option = "crit"): readonly string[] {
  if (value === undefined) return NONE;
  if (!Array.isArray(value)) throw optionError(option, "an array of header parameter names", value);
  const names = strings(value, option);
  const standard = names.find((name) => STANDARD_PARAMETERS.includes(name));
  if (standard)
    throw new TypeError(
      `Expected \`${option}\` to name extensions, got the standard parameter ${JSON.stringify(standard)} (RFC 7515 §4.1.11)`,
    );
  return [...new Set(names)];
}
