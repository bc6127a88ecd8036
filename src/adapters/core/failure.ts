/** An error of the server while it judged a request. */
import { partMember } from "../../own.js";

/**
 * In place of what a verifier or a callback threw, which is its `cause`: no status, header or text of it shall reach the client by way of a
 * framework. A `status` of its own is kept if it is one from 500 to 599; for one whose `code` is `OVERLOADED` it is 503.
 */
export class AuthFailure extends Error {
  override readonly name = "AuthFailure";
  readonly status: number;
  /** As Fastify calls it. */
  readonly statusCode: number;

  constructor(cause: unknown) {
    super("The token could not be judged", { cause });
    const member = (name: string) => (typeof cause === "object" && cause !== null ? partMember(cause, name) : undefined);
    const status = member("status");
    if (typeof status === "number" && status >= 500 && status <= 599) this.status = status;
    else this.status = member("code") === "OVERLOADED" ? 503 : 500;
    this.statusCode = this.status;
  }
}
