/** Why a request is turned away, and how it is told so (RFC 6750 §3). */
import type { Rejection, RejectionCode } from "../../base/codes.js";
import { optionError } from "../../base/errors.js";
import { bare, pairsOf, partMember } from "../../base/own.js";
import { describeRejection } from "../../base/rejections.js";
import { AuthFailure, UNAVAILABLE } from "./failure.js";

/** Why a request is turned away. JSON of it has nothing of the token; `rejection.refusedClaims` has to be asked for. */
export interface Denial {
  /**
   * 400: not a proper request; 401: no token, or none that is good; 403: a good token that does not grant the scope; 503: whether it is good
   * is not known now, and the client should keep it.
   */
  readonly status: 400 | 401 | 403 | 503;
  /** The error code of RFC 6750 §3.1; undefined where there was no token, or nothing is wrong with it. */
  readonly error?: "invalid_request" | "invalid_token" | "insufficient_scope" | undefined;
  readonly description?: string | undefined;
  /** What the verifier said, where the token was rejected. */
  readonly rejection?: Rejection | undefined;
}

/** What is sent. The names of headers are in small letters. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is to be otherwise in an answer. The status is one from 300 to 599; of a body that is an object, its JSON is sent. */
export interface AnswerChanges {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>> | Iterable<readonly [string, string]>;
  readonly body?: string | object;
}

/** No error code, nor anything else: who has not tried to authenticate is not told more (RFC 6750 §3.1). */
export const NO_TOKEN = denial(401, undefined, undefined);
export const SEVERAL_TOKENS = invalidRequest("The request has more than one access token");
export const MALFORMED_HEADER = invalidRequest("The Authorization header is not one bearer token");
export const MALFORMED_FIELD = invalidRequest("The access token in the body is not a string");
export const NO_SCOPE = denial(403, "insufficient_scope", "The token does not grant the required scope");

function invalidRequest(description: string): Denial {
  return denial(400, "invalid_request", description);
}

/** With all members, so that none is looked for on `Object.prototype`. Frozen: several requests share some of them, and callbacks get them. */
function denial(status: Denial["status"], error: Denial["error"], description: string | undefined, rejection?: Rejection): Denial {
  return Object.freeze({ status, error, description, rejection });
}

/** Codes that tell of the server, not of the token. */
const NOT_KNOWN: readonly RejectionCode[] = ["REVOCATION_STALE", "REPLAY_GUARD_FULL", "KEY_UNAVAILABLE"];
/**
 * Codes that a token without a valid signature can get. They would tell a stranger which issuers and keys there are and how they are configured,
 * so clients see one code for all of them.
 */
const NOT_AUTHENTIC: readonly RejectionCode[] = [
  "MALFORMED",
  "ISSUER_NOT_FOUND",
  "CRITICAL_HEADER_UNSUPPORTED",
  "TYPE_MISMATCH",
  "ALGORITHM_NOT_ALLOWED",
  "KEY_NOT_FOUND",
  "BAD_SIGNATURE",
];
/** Three segments of base64url. Of a token that is not authentic, clients are told nothing but whether it has this shape. */
const SEGMENT = "(?:[\\w-]{4})*[\\w-]{2,4}";
const SEGMENTS = new RegExp(`^${SEGMENT}\\.${SEGMENT}\\.${SEGMENT}$`);

/** Why a token is turned away. What the client reads depends on the code only as far as the client may know it. */
export function rejected(rejection: Rejection, token: string): Denial {
  const code = partMember(rejection, "code") as RejectionCode;
  if (NOT_KNOWN.includes(code)) return denial(503, undefined, describeRejection(code), rejection);
  return denial(401, "invalid_token", descriptionOf(code, token), rejection);
}

function descriptionOf(code: RejectionCode, token: string): string {
  if (!NOT_AUTHENTIC.includes(code)) return describeRejection(code);
  return isShaped(token) ? "The token cannot be authenticated" : describeRejection("MALFORMED");
}

/** Does it have the shape of a token? If not, it is none, whatever the verifier. */
export function isShaped(token: string): boolean {
  return SEGMENTS.test(token);
}

/** The answer, with a challenge (RFC 9110 §11.6.1) that names the realm and the scopes, if there are any. */
export function answerTo(denial: Denial, realm: string | undefined, scopes: readonly string[]): Answer {
  const { status, error, description } = denial;
  if (status === 503) return { status, headers: UNAVAILABLE, body: "" };
  const parameters = { realm, error, error_description: description, scope: scopes.join(" ") || undefined };
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const challenge = ["Bearer", given.map(([name, value]) => `${name}="${quotable(value as string)}"`).join(", ")].join(" ").trim();
  const headers = bare({ "www-authenticate": challenge, "cache-control": "no-store" });
  if (error === undefined) return { status, headers, body: "" };
  return withBody({ status, headers, body: "" }, { error, error_description: description });
}

/** The answer where there is no framework to give one: no more than that the server has failed. */
export function answerToFailure(error: unknown): Answer {
  return error instanceof AuthFailure
    ? { status: error.status, headers: error.headers, body: "" }
    : { status: 500, headers: bare({}), body: "" };
}

/** @throws TypeError for changes that are none, a status that would let a request pass, and for a header that cannot be sent. */
export function changed(answer: Answer, changes: AnswerChanges): Answer {
  if (typeof changes !== "object") throw optionError("onRejected", "a function that gives an object or nothing", changes);
  const own = (name: keyof AnswerChanges) => partMember(changes, name);
  const {
    status = answer.status,
    headers = {},
    body,
  } = { status: own("status"), headers: own("headers"), body: own("body") } as AnswerChanges;
  if (!Number.isInteger(status) || status < 300 || status > 599) throw optionError("status", "one from 300 to 599", status);
  const { headers: before, body: text } = body === undefined ? answer : withBody(answer, body);
  const after = Array.from(pairsOf(headers, "headers"), ([name, value]) => [String(name).toLowerCase(), sendable(String(name), value)]);
  return { status, headers: bare({ ...before, ...Object.fromEntries(after) }), body: text };
}

/** A field's value, if it is one (RFC 9110 §5.5). */
function sendable(name: string, value: unknown): string {
  const isField = /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
  if (!isField) throw optionError("headers", "names with values that can be sent", value);
  return value;
}

function withBody({ status, headers }: Answer, body: string | object): Answer {
  const isText = typeof body === "string";
  const type = isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  return { status, headers: bare({ ...headers, "content-type": type }), body: isText ? body : JSON.stringify(body) };
}

/** With an apostrophe for each character that these parameters may not have (RFC 6750 §3). */
function quotable(text: string): string {
  return text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "'");
}
