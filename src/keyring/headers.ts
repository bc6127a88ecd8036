/** Headers of requests as callers give them, in each form that `fetch` takes and in a Map. */
import { optionError } from "../base/errors.js";
import { pairsOf } from "../base/own.js";

/** Pairs of a name and a value: `Headers`, a Map or an array has them as well as an object. */
export type HeadersOption = Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/** Headers by which a server knows who asks. */
const AUTHORIZING = /^(?:proxy-)?authorization$|^cookie$|^(?:x-)?(?:[a-z]+-)*(?:api-?key|token)$/i;

/** RFC 9110 §5.1. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** A line break would begin another header. */
const NOT_VISIBLE = /[^\t\x20-\x7e\x80-\xff]/;

/** Do they tell the server who asks? */
export function areAuthorizing(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => AUTHORIZING.test(name));
}

/**
 * A copy, with names in lower case.
 * @throws TypeError for what has no pairs that can be read, rather than send none.
 */
export function parseHeaders(headers: HeadersOption | undefined): Readonly<Record<string, string>> {
  if (headers === undefined) return {};
  const parsed: Record<string, string> = Object.create(null);
  for (const [given, value] of pairsOf(headers, "headers")) {
    if (typeof given !== "string" || !NAME.test(given))
      throw new TypeError("Expected `headers` to have names of HTTP headers (RFC 9110 §5.1)");
    if (typeof value !== "string" || value === "" || NOT_VISIBLE.test(value)) {
      throw optionError(`headers.${given}`, "a string of visible characters", value);
    }
    const name = given.toLowerCase();
    if (name in parsed) throw new TypeError(`Expected \`headers\` to have ${name} once, got it twice`);
    parsed[name] = value;
  }
  return parsed;
}
