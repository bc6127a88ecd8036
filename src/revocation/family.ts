/**
 * Families of tokens. A family is one login: its tokens are numbered by the rotations before them, and their `jti` says so. A revocation
 * list has one entry for a family, as for a subject whose tokens count rotations instead of seconds: those numbered below are spent.
 */
import { base64urlBytes, toBase64url } from "../runtime/text.js";
import type { RevocationEntry } from "./entry.js";

/** A family and the number of one of its refresh tokens, 0 being the login's. */
export interface Generation {
  readonly family: string;
  readonly number: number;
}

/** `before` of a family that has ended: no number reaches it, and no entry may have a greater one. */
export const ENDED = 1e11;

/** Of a family so many access tokens are valid at most: all of them can be named when it ends. */
export const MOST_ACCESS_TOKENS = 16;

const FAMILY = /^[\w-]{22}$/;
const REFRESH_ID = /^([\w-]{22})\.(0|[1-9]\d{0,9})\.refresh$/;

/**
 * A name in base64url: until when, in whole seconds, the first refresh token can be used, and 96 random bits. So a family can be ended by its
 * name for as long as that token lasts, whatever the clock says then.
 */
export function newFamily(until: number): string {
  const name = crypto.getRandomValues(new Uint8Array(16));
  new DataView(name.buffer).setUint32(0, Math.min(Math.max(until, 0), 0xffffffff));
  return toBase64url(name);
}

/** The time in a family's name, in seconds. */
export function firstUntil(family: string): number {
  const name = base64urlBytes(family);
  return new DataView(name.buffer, name.byteOffset).getUint32(0);
}

export function isFamily(value: unknown): value is string {
  return typeof value === "string" && FAMILY.test(value);
}

/** `jti` of an access token (RFC 7519 §4.1.7). */
export function accessId({ family, number }: Generation): string {
  return `${family}.${number}`;
}

/** `jti` of a refresh token: no access token has it. */
export function refreshId(generation: Generation): string {
  return `${accessId(generation)}.refresh`;
}

/** What `refreshId` was made of; undefined where it was not. */
export function generationOf(jti: unknown): Generation | undefined {
  const match = typeof jti === "string" ? REFRESH_ID.exec(jti) : null;
  return match ? { family: match[1] as string, number: Number(match[2]) } : undefined;
}

/** The subject that a list knows a family by. */
export function subjectOf(family: string): string {
  return `family:${family}`;
}

/** The entry for a family whose refresh tokens up to this one are spent; `exp` is that of the last of its tokens, in seconds. */
export function spent({ family, number }: Generation, exp: number): RevocationEntry {
  return { sub: subjectOf(family), before: number + 1, exp };
}

/** The entry for a family of which no refresh token is good any more. */
export function ended(family: string, exp: number): RevocationEntry {
  return { sub: subjectOf(family), before: ENDED, exp };
}

/** Entries for the access tokens of a family up to a number, as many as may be valid; all of them expire by `exp`. */
export function accessTokens({ family, number }: Generation, exp: number): RevocationEntry[] {
  const count = Math.min(number + 1, MOST_ACCESS_TOKENS);
  return Array.from({ length: count }, (_, index) => ({ jti: accessId({ family, number: number - index }), exp }));
}
