/** Methods as users take them: out of their object, and into `map`. */
import { kindOf } from "./errors.js";

/** Gives an object its methods as its own, each bound to it: `const { verify } = verifier` and `tokens.map(verifier.verify)` work. */
export function bindMethods<Part extends object>(part: Part, ...names: readonly (keyof Part & string)[]): void {
  for (const name of names) part[name] = (part[name] as (...given: unknown[]) => unknown).bind(part) as Part[typeof name];
}

/**
 * Options given to a method that takes none would check nothing, silently. What `map` gives besides, a number and the array, is no option.
 * @throws TypeError that says where options belong.
 */
export function refuseOptions(second: unknown, method: string, home: string): void {
  if (second === undefined || typeof second === "number") return;
  throw new TypeError(`Expected \`${method}\` to get nothing else, got ${kindOf(second)}: options and keys belong to \`${home}\``);
}
