/** A client that sends what it is told, line by line. */
import { request as open } from "node:http";
import { text } from "node:stream/consumers";

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Fields, each a line of its own. */
  readonly lines?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export function send(port: number, { method = "GET", path = "/", lines = [], body }: Sent): Promise<Received> {
  const length = body === undefined && method !== "POST" ? [] : [["content-length", String(Buffer.byteLength(body ?? ""))]];
  const headers = [["host", "127.0.0.1"], ["connection", "close"], ...length, ...lines].flat();
  return new Promise((resolve, reject) => {
    const request = open({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      text(response).then((received) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }), reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

export const json = (value: object): Pick<Sent, "method" | "lines" | "body"> => ({
  method: "POST",
  lines: [["content-type", "application/json"]],
  body: JSON.stringify(value),
});

export const form = (body: string): Pick<Sent, "method" | "lines" | "body"> => ({
  method: "POST",
  lines: [["content-type", "application/x-www-form-urlencoded"]],
  body,
});
