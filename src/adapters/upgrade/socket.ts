/** A connection that asks for an upgrade, while it is answered with nothing but text. */
import { bare } from "../../base/own.js";
import type { Answer } from "../core/denial.js";

/** What is needed of the socket that `node:http` gives away. */
export interface UpgradeSocket {
  readonly destroyed: boolean;
  readonly writable: boolean;
  readonly bytesWritten?: number;
  on(event: "error" | "close" | "finish", listener: () => void): unknown;
  removeListener(event: "error", listener: () => void): unknown;
  end(text: string): unknown;
  destroy(): unknown;
}

const REASONS: Readonly<Record<number, string>> = bare({
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  500: "Internal Server Error",
  503: "Service Unavailable",
});

/** Answers as HTTP/1.1 has it (RFC 9112 §4), and closes the connection. */
export function answer(socket: UpgradeSocket, { status, headers, body }: Answer): void {
  const length = new TextEncoder().encode(body).length;
  const fields = Object.entries({ ...headers, "content-length": String(length), connection: "close" });
  const lines = [`HTTP/1.1 ${status} ${REASONS[status] ?? ""}`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  socket.on("finish", () => socket.destroy());
  socket.end([...lines, "", body].join("\r\n"));
}
