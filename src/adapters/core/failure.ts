/** An error of the server while it judged a request. */
import { bare, partMember } from "../../base/own.js";

/** For how long a client should wait before it tries again, in seconds: keys and lists of a server come back together, not at once. */
const RETRY_AFTER = 5;

/** The fields of an answer of status 503 (RFC 9110 §15.6.4). */
export const UNAVAILABLE: Readonly<Record<string, string>> = Object.freeze(
  bare({ "cache-control": "no-store", "retry-after": String(RETRY_AFTER) }),
);

/**
 * In place of what a verifier or a callback threw, which is its `cause`: no status, header or text of it shall reach the client by way of a
 * framework. A `status` of its own is kept if it is one from 500 to 599; for one whose `code` is `OVERLOADED` it is 503.
 */
export class AuthFailure extends Error {
  override readonly name = "AuthFailure";
  readonly status: number;
  /** As Fastify calls it. */
  readonly statusCode: number;
  /** What Express, Fastify and Koa send with it: `retry-after` of a 503. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(cause: unknown) {
    super("The token could not be judged", { cause });
    this.status = statusOf(cause);
    this.statusCode = this.status;
    this.headers = this.status === 503 ? UNAVAILABLE : bare({});
  }
}

/** What was thrown, as the failure that it is. */
export function failureOf(error: unknown): AuthFailure {
  return error instanceof AuthFailure ? error : new AuthFailure(error);
}

/** An error's own members may be getters that throw. */
function statusOf(cause: unknown): number {
  if (typeof cause !== "object" || cause === null) return 500;
  try {
    const status = partMember(cause, "status");
    if (typeof status === "number" && Number.isInteger(status) && status >= 500 && status <= 599) return status;
    return partMember(cause, "code") === "OVERLOADED" ? 503 : 500;
  } catch {
    return 500;
  }
}
