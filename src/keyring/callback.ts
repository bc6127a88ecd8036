/** Keys from a function of the caller's: a secret store, a database, a configuration service. */
import { isError } from "../base/brands.js";
import { requireFunction } from "../base/check.js";
import { type Duration, duration } from "../base/durations.js";
import { atCaller, kindOf } from "../base/errors.js";
import { ownOptions } from "../base/own.js";
import { type AlgOption, parseAlg } from "../keys/alg.js";
import { parseGivenKeys, type RingKeysInput } from "./input.js";
import type { RingSource } from "./loading.js";

/** When a source is asked again. */
export interface RefreshOptions {
  /** Seconds between two requests for unknown keys; 30 unless given. A request that failed is repeated after as many. */
  readonly coolDown?: Duration;
  /** Seconds for which its keys are used; 600 unless given. It is asked again then, in any case. */
  readonly maxAge?: Duration;
}

export interface CallbackOptions extends RefreshOptions {
  /** The algorithm of keys that do not name one, or several, of one kind of key. Keys of other algorithms are left out. */
  readonly alg?: AlgOption;
  /** Seconds for an answer; 10 unless given. One that takes longer is an error, and is not used when it comes. */
  readonly timeout?: Duration;
}

/** The longest that a timer may take, in seconds. */
const LONGEST = 86_400;

/**
 * Keys that a function gives, or promises: a JWK set, or keys as the option `keys` takes them. An empty array has withdrawn all keys. It may
 * throw: a ring keeps the keys that it has.
 * @throws TypeError for a wrong option, naming it.
 */
export const callback = /* @__PURE__ */ atCaller(function callback(
  give: () => RingKeysInput | Promise<RingKeysInput>,
  given: CallbackOptions = {},
): RingSource {
  requireFunction(give, "give", "a function that gives keys");
  const own = ownOptions(given, "options", ["coolDown", "maxAge", "timeout", "alg"], ["alg"]);
  const algorithms = parseAlg(own.alg, "alg");
  return {
    name: "callback",
    ...refreshing(own),
    timeout: parseTimeout(own.timeout) ?? 10,
    load: async (request) => {
      const keys = await attempt(give);
      if (keys === undefined || keys === null) throw new TypeError(`Expected the callback to give keys, got ${kindOf(keys)}`);
      return parseGivenKeys(keys, "keys", {
        allowWeak: request.allowWeak,
        allowSecrets: true,
        algorithms: algorithms ?? request.algorithms,
      });
    },
  };
});

/** What an exception of the caller's says may be secret: its text stays with it. */
async function attempt<Value>(give: () => Value): Promise<Awaited<Value>> {
  try {
    return await give();
  } catch (cause) {
    throw new Error(`Expected the callback to give keys, got an exception (${isError(cause) ? cause.name : kindOf(cause)})`, {
      cause,
    });
  }
}

/** The times of a source that is asked again and again, checked. */
export function refreshing(options: RefreshOptions): { readonly coolDown: number; readonly maxAge: number } {
  const expected = `a number of seconds from 1 to ${LONGEST}`;
  return {
    coolDown: duration(options.coolDown, "coolDown", expected, 1, LONGEST) ?? 30,
    maxAge: duration(options.maxAge, "maxAge", expected, 1, LONGEST) ?? 600,
  };
}

/** The option of that name, checked. */
export function parseTimeout(value: unknown): number | undefined {
  return duration(value, "timeout", "a number of seconds from 0.001 to 600", 0.001, 600);
}
