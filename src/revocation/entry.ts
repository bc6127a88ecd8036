/**
 * What can be revoked: one token, all of a subject, of a key, of an issuer, or all there are. An entry without `iss` concerns tokens of
 * any issuer.
 */
import { optionError } from "../base/errors.js";
import { partMember } from "../base/own.js";

/** One token, by its `jti` (RFC 7519 §4.1.7). */
export interface RevokedToken {
  readonly jti: string;
  readonly iss?: string;
  /** When the token expires, in seconds; the entry is forgotten then. Without it, never. */
  readonly exp?: number;
}

/** The tokens of a subject that were issued before a time; those that do not say when, too. */
export interface RevokedSubject {
  readonly sub: string;
  readonly iss?: string;
  /** In seconds. A token whose `iat` is exactly this is not concerned. */
  readonly before: number;
  /** When the last of them expires, in seconds. */
  readonly exp?: number;
}

/** The tokens that a key has signed, by the name that it is found by; only those issued before a time, if one is given. */
export interface RevokedKey {
  readonly kid: string;
  readonly iss?: string;
  readonly before?: number;
  readonly exp?: number;
}

/** All tokens issued before a time. */
export interface RevokedIssue {
  readonly iss?: string;
  readonly before: number;
  readonly exp?: number;
}

export type RevocationEntry = RevokedToken | RevokedSubject | RevokedKey | RevokedIssue;

/** An entry as it is given: `before` of a subject is just after now, unless it is there. */
export type RevocationInput = RevocationEntry | (Omit<RevokedSubject, "before"> & Partial<Pick<RevokedSubject, "before">>);

/** What is known of a token that was accepted. `kid` is the name that its key was found by; times are in seconds. */
export interface TokenIdentity {
  readonly iss?: string | undefined;
  readonly sub?: string | undefined;
  readonly jti?: string | undefined;
  readonly kid?: string | undefined;
  readonly iat?: number | undefined;
}

/** What is known of a token: its own members, or those of its class. @throws TypeError for what is no object. */
export function ownIdentity(token: TokenIdentity): TokenIdentity {
  if (typeof token !== "object" || token === null) throw optionError("token", "an object, what is known of a token", token);
  const member = <Name extends keyof TokenIdentity>(name: Name) => partMember(token, name);
  return { iss: member("iss"), sub: member("sub"), jti: member("jti"), kid: member("kid"), iat: member("iat") };
}

/** Is the token revoked by this entry, which inherits nothing (`bare`)? */
export function concerns(entry: RevocationEntry, token: TokenIdentity): boolean {
  if (entry.iss !== undefined && entry.iss !== token.iss) return false;
  if ("jti" in entry) return entry.jti === token.jti;
  if ("sub" in entry && entry.sub !== token.sub) return false;
  if ("kid" in entry && entry.kid !== token.kid) return false;
  return entry.before === undefined || !(token.iat !== undefined && token.iat >= entry.before);
}

/** Who can be asked to tell of each revocation as it is made: a RevocationList. */
export interface RevocationSource {
  /** Calls `listener` with what is revoked from now on; the result ends that. What it throws is ignored. */
  subscribe(listener: (entries: readonly RevocationEntry[]) => void): () => void;
  /** Is a token revoked of which this is known? Asked of those who can tell, for a token that was judged a moment ago. */
  isRevoked?(token: TokenIdentity): boolean;
}
