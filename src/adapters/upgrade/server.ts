/** A server of WebSockets, as ws has it. */
import { optionError } from "../../errors.js";
import { isPart } from "../../own.js";
import type { Connection } from "./session.js";
import type { UpgradeSocket } from "./socket.js";

/** What is needed of a WebSocketServer of ws with `noServer: true`. */
export interface WebSocketServer {
  handleUpgrade(request: never, socket: never, head: never, done: never): void;
  emit(event: "connection", connection: never, request: never): unknown;
}

/** The same as ws calls it. */
export interface Server<Request> {
  handleUpgrade(request: Request, socket: UpgradeSocket, head: Uint8Array, done: (connection: Connection) => void): void;
  emit(event: "connection", connection: Connection, request: Request): unknown;
}

/** @throws TypeError for what is no server of ws. */
export function serverOf<Request>(webSockets: WebSocketServer): Server<Request> {
  if (!isPart(webSockets, "handleUpgrade")) throw optionError("webSockets", "a WebSocketServer of ws", webSockets);
  return webSockets as unknown as Server<Request>;
}
