/** What HTTP/2 has otherwise: bodies that no header field tells of. */
import { once } from "node:events";
import { connect, createServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import fastify from "fastify";
import Koa from "koa";
import { expect, it, onTestFinished } from "vitest";
import * as forExpress from "../../../src/adapters/express.js";
import * as forFastify from "../../../src/adapters/fastify.js";
import * as forKoa from "../../../src/adapters/koa.js";
import { token, verifier } from "./cases.js";

type Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => unknown;

const options = { verifier, preflight: true };

const SERVERS: Readonly<Record<string, () => Listener | Promise<Listener>>> = {
  async Fastify() {
    const app = fastify({ http2: true });
    app.register(forFastify.authenticate(options));
    app.all("/", async () => "in");
    await app.ready();
    onTestFinished(() => app.close());
    return (request, response) => app.routing(request as never, response as never);
  },
  Koa() {
    const app = new Koa();
    app.use(forKoa.authenticate(options)).use((context) => {
      context.body = "in";
    });
    return app.callback();
  },
  "node:http2"() {
    const guard = forExpress.authenticate<unknown, Http2ServerRequest>(options);
    return async (request, response) => void ((await guard(request, response as never)) && response.end("in"));
  },
};

const PREFLIGHT = { ":method": "OPTIONS", origin: "https://app.example.com", "access-control-request-method": "POST" };

it.each(Object.entries(SERVERS))("%s over HTTP/2 lets a preflight pass, but not with a body", async (_, serve) => {
  const server = createServer(await serve()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const statusOf = async (headers: object, body?: string) => {
    const request = client.request({ ...headers }, { endStream: body === undefined });
    if (body !== undefined) request.end(body);
    const [{ ":status": status }] = await once(request.resume(), "response");
    return status;
  };
  expect(await statusOf(PREFLIGHT)).toBe(200);
  expect(await statusOf(PREFLIGHT, "a=b")).toBe(401);
  expect(await statusOf({ ...PREFLIGHT, authorization: `Bearer ${token()}` }, "")).toBe(200);
  expect(await statusOf({})).toBe(401);
});
