/** Scopes that are required, and those that a token grants (RFC 6749 §3.3, RFC 8693 §4.2). */
import { optionError } from "../../errors.js";
import { partMember } from "../../own.js";

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

/** Does the token grant all of these? Its claims are read only if there are any. */
export function grants(auth: { readonly claims: unknown }, required: readonly string[]): boolean {
  if (required.length === 0) return true;
  const granted = grantedBy(partMember(auth, "claims") as Readonly<Record<string, unknown>>);
  return required.every((scope) => granted.includes(scope));
}

/** Of `scope`, a string; where there is none of `scp`, a string or an array. */
function grantedBy(claims: Readonly<Record<string, unknown>>): readonly unknown[] {
  const name = Object.hasOwn(claims, "scope") ? "scope" : "scp";
  if (!Object.hasOwn(claims, name)) return [];
  const value = claims[name];
  if (typeof value === "string") return value.split(" ");
  return name === "scp" && Array.isArray(value) ? value : [];
}
