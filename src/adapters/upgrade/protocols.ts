/**
 * A token among the subprotocols that a browser offers, which can send no other header (RFC 6455 §4.1): `new WebSocket(url, ["wasm-jwt",
 * token])`. It follows a name that marks it.
 */
import { ownMember } from "../../base/own.js";

const FIELD = "sec-websocket-protocol";

interface Request {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The tokens behind the marks, all of them. */
export function protocolTokens(request: Request, mark: string): string[] {
  return offered(request).filter((_, index, all) => index > 0 && all[index - 1] === mark);
}

/** Takes a token out of what is offered: nobody can choose it then, which would send it back. */
export function hideToken(request: Request, token: string): void {
  const others = offered(request).filter((each) => each !== token);
  (request.headers as Record<string, string>)[FIELD] = others.join(", ");
}

function offered({ headers }: Request): string[] {
  return String(ownMember(headers, FIELD) ?? "")
    .split(",")
    .map((each) => each.trim());
}
