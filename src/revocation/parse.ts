/** Entries as they are given to a revocation list, checked and copied. */
import { LARGEST_KID, LONGEST_REVOKED } from "../abi.js";
import { requireSeconds } from "../base/check.js";
import { kindOf, optionError, rejectUnset } from "../base/errors.js";
import { bare, ownOptions } from "../base/own.js";
import { utf8Bytes } from "../runtime/text.js";
import type { RevocationInput } from "./entry.js";

const NAMES = ["jti", "sub", "kid"] as const;
const MEMBERS = [...NAMES, "iss", "before", "exp"] as const;

/**
 * Checks what is to be revoked: one entry or several.
 * @throws TypeError that names the member at fault.
 */
export function parseEntries(given: unknown): RevocationInput[] {
  if (!Array.isArray(given)) return [parseEntry(given, "entry")];
  return given.map((entry, index) => parseEntry(entry, `entries[${index}]`));
}

function parseEntry(given: unknown, name: string): RevocationInput {
  const entry = ownOptions(given as Readonly<Record<string, unknown>>, name, MEMBERS);
  const named = NAMES.filter((member) => entry[member] !== undefined);
  // Without its name or issuer, an entry with `before` would be about all tokens.
  if (named.length === 0) rejectUnset(entry, [...NAMES, "iss"], `${name}.`);
  if (named.length > 1) throw new TypeError(`Expected \`${name}\` to have one of ${NAMES.join(", ")}, got ${named.join(" and ")}`);
  const iss = entry.iss === undefined ? {} : { iss: text(entry.iss, `${name}.iss`, LARGEST_KID) };
  const exp = entry.exp === undefined ? {} : { exp: seconds(entry.exp, `${name}.exp`) };
  const before = entry.before === undefined ? undefined : seconds(entry.before, `${name}.before`);
  const since = before === undefined ? {} : { before };
  const [member] = named;
  if (member === "jti") {
    if (before !== undefined) throw new TypeError(`Expected \`${name}.before\` not to stand beside \`jti\`, which names one token`);
    return bare({ jti: text(entry.jti, `${name}.jti`, LONGEST_REVOKED), ...iss, ...exp });
  }
  if (member === "sub") return bare({ sub: text(entry.sub, `${name}.sub`, LONGEST_REVOKED), ...since, ...iss, ...exp });
  if (member === "kid") return bare({ kid: text(entry.kid, `${name}.kid`, LARGEST_KID), ...since, ...iss, ...exp });
  if (before === undefined) throw new TypeError(`Expected \`${name}\` to have \`jti\`, \`sub\`, \`kid\` or \`before\`, got none of them`);
  return bare({ before, ...iss, ...exp });
}

function text(value: unknown, name: string, longest: number): string {
  if (typeof value !== "string" || value === "" || !value.isWellFormed()) throw optionError(name, "a non-empty string", value);
  // A character may take three bytes: most are told without counting.
  if (3 * value.length > longest && utf8Bytes(value).length > longest)
    throw new TypeError(`Expected \`${name}\` to be at most ${longest} bytes`);
  return value;
}

/** Times of tokens are numbers of seconds; one in milliseconds would revoke what is issued for fifty thousand years. */
export function seconds(value: unknown, name: string): number {
  requireSeconds(value, name);
  if (value > LATEST)
    throw new TypeError(`Expected \`${name}\` to be seconds since the epoch, got ${kindOf(value)}, as many as of milliseconds`);
  return value;
}

/** The year 5138. */
const LATEST = 1e11;
