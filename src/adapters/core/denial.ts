/** Why a request is turned away, and how it is told so (RFC 6750 §3). */
import type { Rejection, RejectionCode } from "../../codes.js";
import { describeRejection, optionError } from "../../errors.js";
import { bare, partMember } from "../../own.js";

/** Why a request is turned away. Nothing in it is of the token. */
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
  readonly headers?: Readonly<Record<string, string>>;
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

/** With all members, so that none is looked for on `Object.prototype`. */
function denial(status: Denial["status"], error: Denial["error"], description: string | undefined, rejection?: Rejection): Denial {
  return { status, error, description, rejection };
}

/** Codes that tell of the server, not of the token. */
const NOT_KNOWN: readonly RejectionCode[] = ["REVOCATION_STALE", "REPLAY_GUARD_FULL", "KEY_UNAVAILABLE"];

export function rejected(rejection: Rejection): Denial {
  if (NOT_KNOWN.includes(rejection.code)) return denial(503, undefined, describeRejection(rejection.code), rejection);
  return denial(401, "invalid_token", describeRejection(rejection.code), rejection);
}

/** The answer, with a challenge (RFC 9110 §11.6.1) that names the realm and the scopes, if there are any. */
export function answerTo(denial: Denial, realm: string | undefined, scopes: readonly string[]): Answer {
  const { status, error, description } = denial;
  if (status === 503) return { status, headers: bare({ "cache-control": "no-store" }), body: "" };
  const parameters = { realm, error, error_description: description, scope: scopes.join(" ") || undefined };
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const challenge = ["Bearer", given.map(([name, value]) => `${name}="${quotable(value as string)}"`).join(", ")].join(" ").trim();
  const headers = bare({ "www-authenticate": challenge, "cache-control": "no-store" });
  if (error === undefined) return { status, headers, body: "" };
  return withBody({ status, headers, body: "" }, { error, error_description: description });
}

/** @throws TypeError for a status that would not turn anybody away, and for a header that cannot be sent. */
export function changed(answer: Answer, changes: AnswerChanges): Answer {
  const own = (name: keyof AnswerChanges) => partMember(changes, name);
  const {
    status = answer.status,
    headers = {},
    body,
  } = { status: own("status"), headers: own("headers"), body: own("body") } as AnswerChanges;
  if (!Number.isInteger(status) || status < 300 || status > 599) throw optionError("status", "one from 300 to 599", status);
  const { headers: before, body: text } = body === undefined ? answer : withBody(answer, body);
  const after = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), sendable(name, value)]);
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
