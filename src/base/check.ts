/**
 * The checks of options that many options objects share. Each names the option and says what came, never what is in it. One that begins with
 * `require` is for what must be given; the others let undefined pass, as an option that is left out.
 */
import { closest } from "./closest.js";
import { kindOf, optionError } from "./errors.js";
import { isPart } from "./own.js";

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

/** One of these words; an error names the one that was probably meant. */
export function oneOf<Word extends string>(value: unknown, name: string, words: readonly Word[]): Word | undefined {
  if (value === undefined || words.includes(value as Word)) return value as Word | undefined;
  const meant = typeof value === "string" ? closest(value, words) : undefined;
  const expected = words.map((word) => `"${word}"`).join(" or ");
  throw optionError(name, expected, value, kindOf(value) + (meant ? `: did you mean "${meant}"?` : ""));
}

/** A part that the caller made with another function of the library. */
export function part<Part>(value: unknown, name: string, isPart: (value: unknown) => value is Part, expected: string): Part | undefined {
  if (value !== undefined && !isPart(value)) throw optionError(name, expected, value);
  return value;
}

/** A part with these methods, its own or its class's. */
export function partWith<Part>(value: Part | undefined, name: string, expected: string, ...methods: readonly string[]): Part | undefined {
  if (value !== undefined) requirePart(value, name, expected, ...methods);
  return value;
}

export function requirePart(value: unknown, name: string, expected: string, ...methods: readonly string[]): void {
  if (!isPart(value, ...methods)) throw optionError(name, expected, value);
}

export function optionalFunction<Callback>(value: Callback | undefined, name: string): Callback | undefined {
  if (value !== undefined) requireFunction(value, name);
  return value;
}

export function requireFunction(value: unknown, name: string, expected = "a function"): void {
  if (typeof value !== "function") throw optionError(name, expected, value);
}

/** A function whose answer is not waited for. */
export function synchronous<Callback>(value: Callback | undefined, name: string): Callback | undefined {
  if (value === undefined) return value;
  requireFunction(value, name);
  if (/Async|Generator/.test(Object.prototype.toString.call(value)))
    throw new TypeError(`Expected \`${name}\` to be a function that answers at once, got one that is async or a generator`);
  return value;
}

/** What must be given, whatever it is. */
export function requireGiven(value: unknown, name: string, expected: string): void {
  if (value === undefined || value === null) throw optionError(name, expected, value);
}

export function requireString(value: unknown, name: string, expected = "a string"): asserts value is string {
  if (typeof value !== "string") throw optionError(name, expected, value);
}

/** A string that is not empty. */
export function requireText(value: unknown, name: string, expected = "a non-empty string"): asserts value is string {
  if (typeof value !== "string" || value === "") throw optionError(name, expected, value);
}

export function requireArray(value: unknown, name: string, expected = "an array"): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw optionError(name, expected, value);
}

/** An object that is no array. */
export function requireObject(value: unknown, name: string, expected: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw optionError(name, expected, value);
}

/** A number of seconds, neither infinite nor NaN. */
export function requireSeconds(value: unknown, name: string, expected = "a number of seconds since the epoch"): asserts value is number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw optionError(name, expected, value);
}
