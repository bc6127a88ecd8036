/** One application in each framework: on any address it says who asked, and at /admin only to those who may. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parse } from "node:querystring";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import connect from "connect";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { onTestFinished, vi } from "vitest";
import * as forExpress from "../../../src/adapters/express.js";
import * as forFastify from "../../../src/adapters/fastify.js";
import * as forHono from "../../../src/adapters/hono.js";
import * as forKoa from "../../../src/adapters/koa.js";
import type { JwtClaims } from "../../../src/index.js";

export interface App {
  readonly options: forExpress.AuthOptions<JwtClaims, object>;
  /** Where what answers CORS preflights stands, before `authenticate` or behind it. */
  readonly cors?: "before" | "behind" | undefined;
}

type Auth = forExpress.Auth<JwtClaims> | null | undefined;

/** What the application says to those who reach it. */
const said = (auth: Auth, denial?: forExpress.Denial | null) => ({
  sub: auth ? auth.claims.sub : null,
  alg: auth?.header.alg,
  denied: denial ? { status: denial.status, error: denial.error, code: denial.rejection?.code } : null,
});

const CORS = { "access-control-allow-origin": "https://app.example.com", "access-control-allow-headers": "authorization" };
const isCors = ({ method, headers }: Pick<IncomingMessage, "method" | "headers">) =>
  method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;

async function parsed(request: IncomingMessage): Promise<unknown> {
  const type = request.headers["content-type"];
  if (type === "application/json") return JSON.parse(await text(request));
  return type === "application/x-www-form-urlencoded" ? parse(await text(request)) : undefined;
}

/** What serves an application, in each framework. */
export const FRAMEWORKS: Readonly<Record<string, (app: App) => RequestListener | Promise<RequestListener>>> = {
  Express({ options, cors }) {
    const app = express();
    const answer: express.RequestHandler = (request, response, next) =>
      void (isCors(request) ? response.set(CORS).sendStatus(204) : next());
    app.set("env", "test");
    if (cors === "before") app.use(answer);
    app.use(express.json(), express.urlencoded({ extended: true }));
    app.use(forExpress.authenticate(options));
    if (cors === "behind") app.use(answer);
    app.use("/admin", forExpress.requireScope("admin"));
    app.use(
      (request: forExpress.AuthenticatedRequest<JwtClaims, express.Request>, response) =>
        void response.json(said(request.auth, request.authDenial)),
    );
    return app;
  },

  Connect({ options, cors }) {
    const app = connect();
    const answer: connect.NextHandleFunction = (request, response, next) =>
      void (isCors(request) ? response.writeHead(204, CORS).end() : next());
    if (cors === "before") app.use(answer);
    app.use(async (request: connect.IncomingMessage, _: ServerResponse, next: connect.NextFunction) => {
      Object.assign(request, { body: await parsed(request) });
      next();
    });
    app.use(forExpress.authenticate(options));
    if (cors === "behind") app.use(answer);
    app.use("/admin", forExpress.requireScope("admin"));
    app.use((request: forExpress.AuthenticatedRequest<JwtClaims, connect.IncomingMessage>, response: ServerResponse) =>
      response.setHeader("content-type", "application/json").end(JSON.stringify(said(request.auth, request.authDenial))),
    );
    return app;
  },

  async Fastify({ options, cors }) {
    const app = fastify();
    const answer = async (request: { raw: IncomingMessage }, reply: forFastify.FastifyReply) => {
      if (!isCors(request.raw)) return;
      reply.code(204);
      reply.headers(CORS);
      return reply.send("");
    };
    app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) =>
      done(null, parse(String(body))),
    );
    if (cors === "before") app.addHook("onRequest", answer);
    app.register(forFastify.authenticate(options));
    app.register(async (inner) => {
      if (cors === "behind") inner.addHook("onRequest", answer);
      const handler = async (request: object) => {
        const { auth, authDenial } = request as { auth: Auth; authDenial: forFastify.Denial | null };
        return said(auth, authDenial);
      };
      inner.all("/admin", { config: { auth: { scope: "admin" } } }, handler);
      inner.all("*", handler);
    });
    await app.ready();
    onTestFinished(() => app.close());
    return app.routing;
  },

  Hono({ options, cors }) {
    const app = new Hono<{ Variables: Partial<forHono.AuthVariables<JwtClaims>> }>();
    if (cors === "before") app.use(async (c, next) => (isCors(nodeLike(c.req.raw)) ? c.body(null, 204, CORS) : next()));
    app.use(forHono.authenticate(options));
    if (cors === "behind") app.use(async (c, next) => (isCors(nodeLike(c.req.raw)) ? c.body(null, 204, CORS) : next()));
    app.use("/admin", forHono.requireScope("admin"));
    app.all("*", (c) => c.json(said(c.get("auth"), c.get("authDenial"))));
    vi.spyOn(console, "error").mockImplementation(() => {});
    return getRequestListener(app.fetch);
  },

  Koa({ options, cors }) {
    const app = new Koa<forKoa.AuthState<JwtClaims>>();
    app.silent = true;
    const answer: Koa.Middleware = (context, next) => {
      if (!isCors(context.req)) return next();
      context.status = 204;
      context.set(CORS);
      return;
    };
    if (cors === "before") app.use(answer);
    app.use(async (context, next) => {
      Object.assign(context.request, { body: await parsed(context.req) });
      await next();
    });
    app.use(forKoa.authenticate(options));
    if (cors === "behind") app.use(answer);
    const guard = forKoa.requireScope<Koa.ParameterizedContext<forKoa.AuthState<JwtClaims>>>("admin", { realm: "test" });
    app.use((context, next) => (context.path === "/admin" ? guard(context, next) : next()));
    app.use((context) => {
      context.body = said(context.state.auth, context.state.authDenial);
    });
    return app.callback();
  },

  "node:http"({ options, cors }) {
    const guard = forExpress.authenticate(options);
    const admin = forExpress.requireScope("admin");
    return async (request: forExpress.AuthenticatedRequest<JwtClaims, IncomingMessage>, response) => {
      if (cors === "before" && isCors(request)) return void response.writeHead(204, CORS).end();
      Object.assign(request, { body: await parsed(request) });
      if (!(await guard(request, response))) return;
      if (cors === "behind" && isCors(request)) return void response.writeHead(204, CORS).end();
      if (request.url?.startsWith("/admin") && !(await admin(request, response))) return;
      response.setHeader("content-type", "application/json").end(JSON.stringify(said(request.auth, request.authDenial)));
    };
  },
};

function nodeLike({ method, headers }: Request): Pick<IncomingMessage, "method" | "headers"> {
  return { method, headers: Object.fromEntries(headers) };
}

/** A server on loopback, gone when the test is. */
export async function listen(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
