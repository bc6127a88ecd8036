/** The checks of options that many options objects share. Each names the option and says what came, never what is in it. */
import { optionError } from "./errors.js";

const NONE: readonly never[] = [];

/** One string or several; none of them empty, nor the array: an option never silently checks nothing. */
export function strings(value: unknown, name: string): readonly string[] {
  if (value === undefined) return NONE;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const fits = (item: unknown): item is string => typeof item === "string" && item !== "" && item.isWellFormed();
  if (values.length === 0) throw optionError(name, "a non-empty string or array of them", value);
  if (!values.every(fits))
    throw optionError(name, "a non-empty string or array of them", Array.isArray(value) ? values.find((item) => !fits(item)) : value);
  return [...values] as string[];
}

export function number(value: unknown, name: string, expected: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !(value >= least && value <= most)) throw optionError(name, expected, value);
  return value;
}

export function whole(value: unknown, name: string, least: number, most: number, unit = "bytes"): number | undefined {
  const expected = `a whole number of ${unit} from ${least} to ${most}`;
  const parsed = number(value, name, expected, least, most);
  if (parsed !== undefined && !Number.isInteger(parsed)) throw optionError(name, expected, value);
  return parsed;
}

export function boolean(value: unknown, name: string): boolean {
  if (value !== undefined && typeof value !== "boolean") throw optionError(name, "a boolean", value);
  return value === true;
}

/** A part that the caller made with another function of the library. */
export function part<Part>(value: unknown, name: string, isPart: (value: unknown) => value is Part, expected: string): Part | undefined {
  if (value !== undefined && !isPart(value)) throw optionError(name, expected, value);
  return value;
}

/** A function whose answer is not waited for. */
export function synchronous<Callback>(value: Callback | undefined, name: string): Callback | undefined {
  if (value === undefined) return value;
  if (typeof value !== "function") throw optionError(name, "a function", value);
  if (/Async|Generator/.test(Object.prototype.toString.call(value)))
    throw new TypeError(`Expected \`${name}\` to be a function that answers at once, got one that is async or a generator`);
  return value;
}
