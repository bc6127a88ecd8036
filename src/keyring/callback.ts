/** Keys from a function of the caller's: a secret store, a database, a configuration service. */
import { kindOf, optionError } from "../errors.js";
import { number } from "../options.js";
import { ownOptions } from "../own.js";
import { parseRingKeys, type RingKeysInput } from "./input.js";
import type { RingSource } from "./loading.js";

export interface CallbackOptions {
  /** Seconds between two calls for unknown keys; 30 unless given. */
  readonly coolDown?: number;
  /** Seconds until it is called again in any case; 600 unless given. */
  readonly maxAge?: number;
}

/** The longest that a timer may take, in seconds. */
const LONGEST = 86_400;

/**
 * Keys that a function gives, or promises: a JWK set, or keys as the option `keys` takes them. It may throw: a ring keeps the keys
 * that it has.
 * @throws TypeError for a wrong option, naming it.
 */
export function callback(give: () => RingKeysInput | Promise<RingKeysInput>, given: CallbackOptions = {}): RingSource {
  if (typeof give !== "function") throw optionError("give", "a function that gives keys", give);
  const options = ownOptions(given, "options", ["coolDown", "maxAge"]);
  return {
    name: "callback",
    ...refreshing(options),
    load: async ({ allowWeak }) => {
      const keys = await attempt(give);
      if (keys === undefined || keys === null) throw new TypeError(`Expected the callback to give keys, got ${kindOf(keys)}`);
      return parseRingKeys(keys, "keys", { allowWeak, allowSecrets: true });
    },
  };
}

/** What an exception of the caller's says may be secret: its text stays with it. */
async function attempt<Value>(give: () => Value): Promise<Awaited<Value>> {
  try {
    return await give();
  } catch (cause) {
    throw new Error(`Expected the callback to give keys, got an exception (${cause instanceof Error ? cause.name : kindOf(cause)})`, {
      cause,
    });
  }
}

/** The times of a source that is asked again and again, checked. */
export function refreshing(options: CallbackOptions): { readonly coolDown: number; readonly maxAge: number } {
  const expected = `a number of seconds from 1 to ${LONGEST}`;
  return {
    coolDown: number(options.coolDown, "coolDown", expected, 1, LONGEST) ?? 30,
    maxAge: number(options.maxAge, "maxAge", expected, 1, LONGEST) ?? 600,
  };
}
