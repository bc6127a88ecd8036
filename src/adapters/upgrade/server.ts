/** A server of WebSockets, as ws has it. */
import { requirePart } from "../../base/check.js";
import { partMember } from "../../base/own.js";
import type { Connection } from "./session.js";
import type { UpgradeSocket } from "./socket.js";

/** What is needed of a WebSocketServer of ws with `noServer: true`. */
export interface WebSocketServer {
  readonly options: { readonly noServer?: boolean | undefined };
  shouldHandle(request: never): unknown;
  handleUpgrade(request: never, socket: never, head: never, done: never): void;
  emit(event: "connection", connection: never, request: never): unknown;
}

/** The same as ws calls it. */
export interface Server<Request> {
  /** Is the request's path its own? */
  shouldHandle(request: Request): unknown;
  handleUpgrade(request: Request, socket: UpgradeSocket, head: Uint8Array, done: (connection: Connection) => void): void;
  emit(event: "connection", connection: Connection, request: Request): unknown;
}

const guarded = new WeakSet<object>();

/**
 * The server, which is given to one `authenticateUpgrade` alone. A handshake that another listener would have it make is given to `refuse`.
 * @throws TypeError for what is no server of ws; for one that listens itself, and would let clients in without a token; for one that is given again.
 */
export function serverOf<Request>(webSockets: WebSocketServer, refuse: (request: Request, socket: UpgradeSocket) => void): Server<Request> {
  requirePart(webSockets, "webSockets", "a WebSocketServer of ws", "handleUpgrade", "shouldHandle");
  const options = partMember(webSockets, "options");
  // The second is ws's own, and tells the truth, whatever has been written to the options since.
  if (!options || partMember(options, "noServer") !== true || partMember(webSockets, "_server"))
    throw new TypeError("Expected `webSockets` to be made with `noServer: true`, got one that listens by itself and asks for no token");
  if (guarded.has(webSockets)) throw new TypeError("Expected `webSockets` to be given to `authenticateUpgrade` once, got it a second time");
  guarded.add(webSockets);
  const server = webSockets as unknown as Server<Request>;
  const handleUpgrade = server.handleUpgrade.bind(server);
  server.handleUpgrade = refuse;
  return {
    shouldHandle: (request) => server.shouldHandle(request),
    handleUpgrade,
    emit: (event, connection, request) => server.emit(event, connection, request),
  };
}
