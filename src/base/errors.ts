/** Errors for wrong options. None holds a token, a key or a claim's value. */
import { closest } from "./closest.js";

/** The TypeError for an option: its name, what was expected, and the kind of thing that came. */
export function optionError(name: string, expected: string, got: unknown, kind: string = kindOf(got)): TypeError {
  return misuse(`Expected \`${name}\` to be ${expected}, got ${kind}`, INSTEAD_OF_VALUES.get(`${name.replace(/\W.*/, "")} ${kind}`));
}

/** The same for what may be secret: not even a number is shown. */
export function secretError(name: string, expected: string, got: unknown): TypeError {
  return optionError(name, expected, got, typeof got === "number" ? "a number" : undefined);
}

/** A TypeError, and what to write instead, if that is known. It stands at the end, so that the command can leave it out. */
export function misuse(message: string, instead?: string): TypeError {
  return new TypeError(message + (instead ? `; write ${instead}` : ""));
}

/**
 * The function, with traces that end where it was called: what is below that line is no matter of the caller's. Errors of the caller's own
 * code, which a function may run, keep theirs.
 */
export function atCaller<Make extends (...values: never[]) => unknown>(make: Make): Make {
  const made = (...values: Parameters<Make>) => {
    try {
      return make(...values);
    } catch (error) {
      if (error instanceof Error && Object.isExtensible(error) && /^(?:Expected|Unknown option|In) /.test(error.message))
        Error.captureStackTrace?.(error, made);
      throw error;
    }
  };
  return Object.defineProperty(made, "name", { __proto__: null, value: make.name } as PropertyDescriptor) as unknown as Make;
}

/** By option and kind of value. */
const INSTEAD_OF_VALUES: ReadonlyMap<string, string> = new Map([
  ["jwks a string", "`keys: createKeyRing({ source: remote(url) })` for a set on a server, `JSON.parse(text)` for its text"],
  ["keys a function", "`createKeyRing({ source: callback(keys) })`, or `resolveKeys(keys)` for a key of each name"],
]);

/** A misspelt option must not silently check nothing. `place` is what messages say before its name. */
export function rejectUnknown(options: object, known: readonly string[], place = ""): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = ofOthers(name, known) ?? closest(name, known);
    throw new TypeError(`Unknown option \`${place}${name}\`${meant ? `: did you mean \`${meant}\`?` : `; known are ${known.join(", ")}`}`);
  }
}

/**
 * Nor must one whose value has been forgotten, as that of a variable that is not set.
 * @throws TypeError for a member of `checking` that is there and undefined.
 */
export function rejectUnset(options: object, checking: readonly string[], place = ""): void {
  for (const name of checking) {
    if (Object.hasOwn(options, name) && (options as Record<string, unknown>)[name] === undefined)
      throw new TypeError(`Expected \`${place}${name}\` to be set, got undefined: leave the option out if nothing is to be checked`);
  }
}

const VERIFIER = "verifier: createVerifier({ * })";

/** Options of other libraries, in lower case, and what they are here: the first that begins with a known option, or with no option. */
const ELSEWHERE: readonly (readonly [names: string, ...here: string[]])[] = [
  ["key,keys,secret,secretorkey,secretorpublickey,secretorprivatekey", "keys", "key", "verifier: createVerifier({ keys })"],
  ["publickey", "keys: { publicKey }", "key"],
  ["privatekey", "key: { privateKey }", "publicKey"],
  ["jwks,jwksuri,jwksurl", "keys: createKeyRing({ source: remote(url) })", "verifier: createVerifier({ keys })"],
  ["alg,algorithm", "algorithms", "alg", "key: { alg }"],
  ["algorithms", "key: { alg }", VERIFIER],
  ["kid,keyid", "kid", "keys: { kid }", "key: { kid }"],
  ["maxage,cachemaxage", "maxTokenAge", "maxAge"],
  ["clocktimestamp,now", "currentDate"],
  ["leeway,clockskew", "clockTolerance"],
  ["jti,allowedjti", "jwtId"],
  ["allowediss", "issuer"],
  ["allowedaud", "audience"],
  ["allowedsub", "subject"],
  ["checktyp", "typ"],
  ["notimestamp", "issuedAt: false"],
  ["isrevoked", "revocation", "verifier: createVerifier({ revocation })"],
  ["credentialsrequired", "optional"],
  ["gettoken,extracttoken,jwtfromrequest", "token: { from }"],
  ["header,cookie,query,body", "token: { * }"],
  ["requestheaders", "headers"],
  ["issuer,audience,subject,clocktolerance,ignoreexpiration,validate", VERIFIER],
  ["requestproperty", "request.auth"],
  ["complete", "verdict.header"],
];

function ofOthers(name: string, known: readonly string[]): string | undefined {
  const [, ...here] = ELSEWHERE.find(([names]) => names.split(",").includes(name.toLowerCase())) ?? [];
  return here.find((text) => text.includes(".") || known.includes(text.replace(/:.*/, "")))?.replace("*", name);
}

/** Numbers and booleans are shown, all else only named: an option may hold a secret by mistake. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return value === "" ? "an empty string" : "a string";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "object") return `an object (${classOf(value)})`;
  return `a ${typeof value}`;
}

/** From its prototype: what an object itself says of its constructor may be text of a JWK set. */
function classOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return "no prototype";
  const { constructor: made } = prototype as { constructor?: unknown };
  return typeof made === "function" && typeof made.name === "string" && made.name !== "" ? made.name : "of no class";
}
