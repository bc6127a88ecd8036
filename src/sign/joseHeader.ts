/** The JOSE header that a signer writes (RFC 7515 §4): what its key and options say, and members of the caller's own. */
import { DEEPEST_NESTING, MOST_HEADER_MEMBERS } from "../abi.js";
import type { Algorithm } from "../base/algorithms.js";
import { optionError } from "../base/errors.js";
import { criticalNames } from "../base/headerNames.js";
import { isPlainData, ownMember } from "../base/own.js";
import { toBase64url, utf8Bytes } from "../runtime/text.js";

/** Members of a JOSE header, as JSON. */
export type HeaderMembers = Readonly<Record<string, unknown>>;

/** What a header says of the key. */
interface Named {
  readonly algorithm: Algorithm;
  readonly kid: string | undefined;
}

/** In base64url, with its dot. */
export type EncodeHeader = (key: Named) => string;

/** @throws TypeError for a `typ` or `header` that is wrong. `typ` is left out where it is null. */
export function parseHeader(typ: unknown, members: unknown): EncodeHeader {
  if (typ !== null && (typeof typ !== "string" || typ === "" || typ.length > 256))
    throw optionError("typ", "a string of 1 to 256 characters or null", typ);
  const more = members === undefined ? [] : headerMembers(members);
  return ({ algorithm, kid }) => {
    const own = [
      ["alg", algorithm] as const,
      ...(typ === null ? [] : [["typ", typ] as const]),
      ...(kid === undefined ? [] : [["kid", kid] as const]),
    ];
    const json = `{${[...own.map(([name, value]) => `"${name}":${JSON.stringify(value)}`), ...more].join(",")}}`;
    return `${toBase64url(utf8Bytes(json))}.`;
  };
}

/** Members that say what an option or the key says, or what this library does not do. */
const REFUSED: Readonly<Record<string, string>> = {
  alg: "the key says it",
  kid: "it is a member of `key`",
  typ: "it is an option of the signer",
  b64: "payloads are always in base64url (RFC 7797 §7)",
};
/** Those of encrypted tokens (RFC 7516 §4.1, RFC 7518 §4.1). */
const OF_ENCRYPTION = ["enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c"];

/** Longest in JSON, in bytes: a chain of certificates has room. */
const LONGEST = 16_384;
/** `alg`, `typ` and `kid` besides. */
const MOST_MEMBERS = MOST_HEADER_MEMBERS - 3;

/** Each member in JSON. @throws TypeError for one that is refused or is no JSON. */
function headerMembers(given: unknown): readonly string[] {
  if (!isObject(given)) throw optionError("header", "a plain object of JOSE header members", given);
  const names = Object.keys(given);
  for (const name of names) {
    const reason = ownMember(REFUSED, name) ?? (OF_ENCRYPTION.includes(name) ? "it is of encryption" : undefined);
    if (reason) throw new TypeError(`Expected \`header\` to have no \`${name}\`: ${reason}`);
  }
  if (names.length > MOST_MEMBERS) throw new TypeError(`Expected \`header\` to have at most ${MOST_MEMBERS} members, got ${names.length}`);
  const members = names.map((name) => `${JSON.stringify(name)}:${jsonOf(given[name], `header.${name}`, DEEPEST_NESTING - 1)}`);
  const json = `{${members.join(",")}}`;
  const length = utf8Bytes(json).length;
  if (length > LONGEST) throw new TypeError(`Expected \`header\` to be at most ${LONGEST} bytes in JSON, got ${length}`);
  checkMembers(JSON.parse(json) as HeaderMembers);
  return members;
}

/** JSON of plain data, and nothing that `JSON.stringify` would leave out or put something else in the place of. */
function jsonOf(value: unknown, name: string, levels: number): string {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return JSON.stringify(value);
  if (levels === 0) throw new TypeError(`Expected \`${name}\` to be at most ${DEEPEST_NESTING} levels deep`);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => jsonOf(item, name, levels - 1)).join(",")}]`;
  if (!isObject(value)) throw optionError(name, "JSON: text, finite numbers, booleans, null, arrays and plain objects of them", value);
  const members = Object.keys(value).map((member) => `${JSON.stringify(member)}:${jsonOf(value[member], name, levels - 1)}`);
  return `{${members.join(",")}}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isPlainData(value);
}

const TEXTS = ["cty", "jku", "x5u", "x5t", "x5t#S256"];
const PRIVATE_MEMBERS = ["k", "d", "p", "q", "dp", "dq", "qi", "oth"];

/** What is registered must be what the RFC says; a private key in a header would be everybody's. */
function checkMembers(header: HeaderMembers): void {
  for (const name of TEXTS) {
    if (Object.hasOwn(header, name) && typeof header[name] !== "string") throw optionError(`header.${name}`, "a string", header[name]);
  }
  const { x5c, jwk } = { x5c: ownMember(header, "x5c"), jwk: ownMember(header, "jwk") };
  if (x5c !== undefined && !(Array.isArray(x5c) && x5c.length > 0 && x5c.every((each) => typeof each === "string")))
    throw optionError("header.x5c", "a non-empty array of strings", x5c);
  if (jwk !== undefined && !isObject(jwk)) throw optionError("header.jwk", "a public JWK", jwk);
  const secret = isObject(jwk) ? PRIVATE_MEMBERS.find((member) => Object.hasOwn(jwk, member)) : undefined;
  if (secret) throw new TypeError(`Expected \`header.jwk\` to be a public JWK, got one with \`${secret}\`: anybody can read a header`);
  if (Object.hasOwn(header, "crit")) checkCritical(header.crit, header);
}

/** RFC 7515 §4.1.11: extensions only, each once, and each there. */
function checkCritical(crit: unknown, header: HeaderMembers): void {
  const names = criticalNames(crit, "header.crit");
  if (names.length === 0 || names.length < (crit as readonly unknown[]).length)
    throw new TypeError("Expected `header.crit` to name each extension once, and at least one");
  const absent = names.find((name) => !Object.hasOwn(header, name));
  if (absent !== undefined) throw new TypeError("Expected each name in `header.crit` to be a member of `header`");
}
