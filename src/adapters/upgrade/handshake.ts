/** No other listener of a server makes the handshake of an upgrade that is being judged: it would let the client in, be there a token or not. */
import { isPart, ownMember, partMember } from "../../base/own.js";
import type { UpgradeSocket } from "./socket.js";

/** Without it there is no handshake (RFC 6455 §4.2.1). */
const KEY = "sec-websocket-key";

interface Request {
  readonly headers: object;
}

/** Hides what a handshake needs; the result shows it again. */
export function withhold({ headers }: Request): () => void {
  const key = ownMember(headers, KEY);
  if (key === undefined) return () => {};
  delete (headers as Record<string, unknown>)[KEY];
  return () => {
    (headers as Record<string, unknown>)[KEY] = key;
  };
}

/** Says whether another listener has answered since, be it with a handshake or not. */
export function watch(socket: UpgradeSocket): () => boolean {
  const before = socket.bytesWritten;
  return () => isHeard(socket) || socket.bytesWritten !== before;
}

/**
 * Has another listener begun to read from it? `node:http` stops all reading before it gives a socket away, also that of a listener who has counted
 * its bytes since it was opened.
 */
export function isHeard(socket: UpgradeSocket): boolean {
  if (!isPart(socket, "listenerCount") || partMember(socket, "readableFlowing") === null) return false;
  return (socket as unknown as { listenerCount(event: string): number }).listenerCount("data") > 0;
}
