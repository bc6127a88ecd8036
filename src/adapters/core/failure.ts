/** An error of the server while it judged a request. */

/**
 * In place of what a verifier or a callback threw, which is its `cause`: no status, header or text of it shall reach the client by way of a
 * framework. A `status` of its own is kept if it is one from 500 to 599, as of somebody who has too much to do.
 */
export class AuthFailure extends Error {
  override readonly name = "AuthFailure";
  readonly status: number;
  /** As Fastify calls it. */
  readonly statusCode: number;

  constructor(cause: unknown) {
    super("The token could not be judged", { cause });
    const status: unknown = typeof cause === "object" && cause !== null && "status" in cause ? cause.status : undefined;
    this.status = typeof status === "number" && status >= 500 && status <= 599 ? status : 500;
    this.statusCode = this.status;
  }
}
