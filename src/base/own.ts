/**
 * Members of objects that callers give. A host's `Object.prototype` may have been written to, by a fault or by an attacker; what every object
 * has thereby is no option of any.
 */
import { optionError, rejectUnknown, rejectUnset } from "./errors.js";

type Names<Options> = readonly (keyof Options & string)[];

/**
 * A copy of an options object: its own members, each read once, and no prototype to find others on.
 * @throws TypeError for what is no object, for a name that is not `known`, for an option that is inherited from anything but
 * `Object.prototype`, and for one of `checking` that is there and undefined: passing over it could leave something unchecked.
 */
export function ownOptions<Options extends object>(
  value: Options,
  name: string,
  known: Names<Options>,
  checking: Names<Options> = [],
): Options {
  // What a Map or the like holds are no members of it: nothing would be read, nor missed.
  if (typeof value !== "object" || value === null || partMember(value, Symbol.iterator) !== undefined)
    throw optionError(name, "an object", value);
  rejectUnknown(value, known);
  const own = ownMembers(value, name, known);
  rejectUnset(own, checking);
  return own;
}

/** The same of an object that may have other members besides, such as a JWK. */
export function ownMembers<Value extends object>(value: Value, name: string, known: Names<Value>): Value {
  const own = Object.create(null) as Value;
  for (const member of known) if (isOwn(value, member, name)) own[member] = value[member];
  return own;
}

/** @throws TypeError for a member that is inherited from anything but `Object.prototype`. */
function isOwn(value: object, member: string, name: string): boolean {
  if (Object.hasOwn(value, member)) return true;
  if (!isInherited(value, member)) return false;
  throw new TypeError(`Expected \`${member}\` of \`${name}\` to be a member of its own, got it inherited`);
}

/** One member as `ownMembers` takes it, for code that makes millions of copies in a shape of its own. */
export function takenMember<Value extends object, Name extends keyof Value & string>(
  value: Value,
  member: Name,
  name: string,
): Value[Name] | undefined {
  return isOwn(value, member, name) ? value[member] : undefined;
}

type Member<Value, Name> = Name extends keyof Value ? Value[Name] : unknown;

/** A member of plain data, such as a JWK; undefined where it is not the object's own. */
export function ownMember<Value extends object, Name extends string>(value: Value, name: Name): Member<Value, Name> | undefined {
  return Object.hasOwn(value, name) ? (value as Record<Name, Member<Value, Name>>)[name] : undefined;
}

/** A member of a part with methods, such as a store, a verifier or a key source: its own, or that of its class. */
export function partMember<Part extends object, Name extends PropertyKey>(part: Part, name: Name): Member<Part, Name> | undefined {
  return hasPartMember(part, name) ? (part as Record<Name, Member<Part, Name>>)[name] : undefined;
}

/** Is there such a member? It is not read: a getter may be expensive. */
export function hasPartMember(part: object, name: PropertyKey): boolean {
  return Object.hasOwn(part, name) || isInherited(part, name);
}

/** Is it an object with these methods, of its own or of its class? */
export function isPart(value: unknown, ...methods: readonly string[]): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return methods.every((method) => typeof partMember(value as object, method) === "function");
}

/** A promise of any realm, or what else has a `then`. */
export function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return isPart(value, "then");
}

/**
 * The members on an object that inherits none, for a literal of which some are absent: a platform's call or a reader that asks for one of these
 * finds nothing. Slower to read than a literal that has them all, undefined ones included.
 */
export function bare<Members extends object>(members: Members): Members {
  return Object.assign(Object.create(null), members);
}

/** From a class, or another object: not from what all objects have. */
function isInherited(value: object, name: PropertyKey): boolean {
  for (let from = Object.getPrototypeOf(value); from !== null && from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    if (Object.hasOwn(from, name)) return !isObjectPrototype(from);
  }
  return false;
}

/**
 * Is it an object whose own members are all that it says? A Map or a Date would be written as if it were empty, and `toJSON` would put something
 * else in its place. An object of another realm is plain as well.
 */
export function isPlainData(value: object): boolean {
  return isPlain(value) && typeof (value as { readonly toJSON?: unknown }).toJSON !== "function";
}

/** Is it an object of no class, so that what it holds are its own members? */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || isObjectPrototype(prototype);
}

/**
 * Names and values, of an object, or of what gives pairs of them, such as a Map.
 * @throws TypeError for what has neither, rather than find none in it.
 */
export function* pairsOf(value: unknown, name: string): Generator<readonly [name: unknown, value: unknown]> {
  const refused = () => optionError(name, "an object, a Map or an array of pairs", value);
  if (typeof value !== "object" || value === null) throw refused();
  if (typeof partMember(value, Symbol.iterator) === "function") {
    for (const pair of value as Iterable<unknown>) {
      if (!Array.isArray(pair) || pair.length !== 2) throw refused();
      yield [pair[0], pair[1]];
    }
  } else if (isPlain(value)) yield* Object.entries(value);
  // What an object of another class holds is not among its own members.
  else throw refused();
}

/** That of another realm is one too. */
function isObjectPrototype(value: object): boolean {
  return value === Object.prototype || (Object.getPrototypeOf(value) === null && Object.hasOwn(value, "isPrototypeOf"));
}
