/** Scopes that are required, and those that a token grants (RFC 6749 §3.3, RFC 8693 §4.2). */
import { optionError } from "../../base/errors.js";
import { ownMember, partMember } from "../../base/own.js";

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Scopes as an option has them: in one string with spaces between them, or in an array.
 * @throws TypeError where there is none, or one with characters that no scope has.
 */
export function parseScopes(value: unknown, name: string): readonly string[] {
  if (value === undefined) return [];
  const scopes: readonly unknown[] = typeof value === "string" ? value.split(" ") : Array.isArray(value) ? value : [];
  const isScope = (scope: unknown) => typeof scope === "string" && SCOPE.test(scope);
  if (scopes.length === 0 || !scopes.every(isScope)) throw optionError(name, "scopes in a string or an array", value);
  return [...scopes] as string[];
}

/** The name of a claim, or the names that lead to a member of one. */
export type ScopeClaim = string | readonly string[];

/** The names that lead to a claim. @throws TypeError where there is none, or an empty one. */
export function parseScopeClaim(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isName = (name: unknown) => typeof name === "string" && name !== "";
  if (names.length === 0 || !names.every(isName))
    throw optionError("scopeClaim", "the name of a claim, or an array of names that lead to it", value);
  return [...names] as string[];
}

/** Does the token grant all of these? Its claims are read only if there are any. `claim` are the names that lead to what it grants. */
export function grants(auth: { readonly claims: unknown }, required: readonly string[], claim?: readonly string[]): boolean {
  if (required.length === 0) return true;
  const claims = partMember(auth, "claims");
  if (typeof claims !== "object" || claims === null) throw new TypeError("Expected the verifier to give claims");
  const granted = grantedBy(claims, claim);
  return required.every((scope) => granted.includes(scope));
}

/** Of the claim that is named, or `scope`, or `scp` where there is no `scope`: a string or an array. */
function grantedBy(claims: object, names: readonly string[] = [Object.hasOwn(claims, "scope") ? "scope" : "scp"]): readonly unknown[] {
  let value: unknown = claims;
  for (const name of names) value = typeof value === "object" && value !== null ? ownMember(value, name) : undefined;
  if (typeof value === "string") return value.split(" ");
  return Array.isArray(value) ? value : [];
}
