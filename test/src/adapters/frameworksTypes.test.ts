/** What the compiler knows of claims behind each framework. Nothing is sent: that it compiles is the test, and that the rest does not. */
import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";
import type { FastifyRequest } from "fastify";
import { Hono, type MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import Koa from "koa";
import { describe, expectTypeOf, it } from "vitest";
import * as forExpress from "../../../src/adapters/express.js";
import type * as forFastify from "../../../src/adapters/fastify.js";
import * as forHono from "../../../src/adapters/hono.js";
import * as forKoa from "../../../src/adapters/koa.js";
import { createBatcher, createVerifier, type JwtClaims, type Verifier } from "../../../src/index.js";
import { TEST_SECRET } from "../../support/tokens.js";

interface Mine {
  sub: string;
  level?: number;
}
interface Other {
  nope: number;
}

const verifier = createVerifier<Mine>({ keys: TEST_SECRET });
type Given = typeof verifier;

describe("the types of all frameworks", () => {
  it("have the claims of the verifier, of a batcher, or those that are named", () => {
    expectTypeOf<forExpress.ClaimsOf<Given>>().toEqualTypeOf<Mine>();
    expectTypeOf<forExpress.ClaimsOf<Verifier>>().toEqualTypeOf<JwtClaims>();
    const batcher = createBatcher(verifier);
    expectTypeOf<forExpress.ClaimsOf<typeof batcher>>().toEqualTypeOf<Mine>();
    expectTypeOf<forExpress.ClaimsOf<Mine>>().toEqualTypeOf<Mine>();
    expectTypeOf<forExpress.ClaimsOf<Mine | Other>>().toEqualTypeOf<Mine | Other>();
    expectTypeOf<forExpress.Auth<Given>>().toEqualTypeOf<forExpress.Auth<Mine>>();
    expectTypeOf<forFastify.Auth<Given>["claims"]>().toEqualTypeOf<Mine>();
  });
});

describe("Express's types", () => {
  type Request = forExpress.AuthenticatedRequest<Given, express.Request>;
  type WrongRequest = forExpress.AuthenticatedRequest<Other, express.Request>;

  it("follow the verifier in a handler of a route", () => {
    express().get("/", forExpress.authenticate({ verifier }), (request: Request, response) => {
      expectTypeOf(request.auth?.claims).toEqualTypeOf<Mine | undefined>();
      // @ts-expect-error: the verifier gives no such claim
      response.json(request.auth?.claims.nope);
    });
    express().use("/api", forExpress.authenticate({ verifier }), forExpress.requireScope("a"));
  });

  it("take no request whose `auth` is of other claims", () => {
    type Handler<Request> = (request: Request, response: express.Response, next: express.NextFunction) => unknown;
    expectTypeOf(forExpress.authenticate({ verifier })).toExtend<Handler<Request>>();
    expectTypeOf(forExpress.authenticate({ verifier })).toExtend<Handler<express.Request>>();
    // @ts-expect-error: of other claims
    const wrong: Handler<WrongRequest> = forExpress.authenticate({ verifier });
    void wrong;
  });

  it("follow the verifier with node:http", () => {
    const guard = forExpress.authenticate({ verifier });
    const listener = async (request: forExpress.AuthenticatedRequest<Given, IncomingMessage>, response: ServerResponse) => {
      if (await guard(request, response)) response.end(request.auth?.claims.sub);
    };
    const wrong = (request: forExpress.AuthenticatedRequest<Other, IncomingMessage>, response: ServerResponse) =>
      // @ts-expect-error: of other claims
      guard(request, response);
    void [listener, wrong];
  });

  it("give `from` and `onRejected` the application's request", () => {
    const from = (request: express.Request) => request.cookies.session as string | undefined;
    const guard = forExpress.authenticate({ verifier, token: { from }, onRejected: (_, request) => void request.originalUrl });
    express().use(guard);
  });
});

describe("Fastify's types", () => {
  it("follow the verifier in what a request is declared to have", () => {
    type Request = FastifyRequest & { auth: forFastify.Auth<Given> | null };
    const handler = async (request: Request) => {
      // @ts-expect-error: the verifier gives no such claim
      void request.auth?.claims.nope;
      return request.auth?.claims.sub;
    };
    expectTypeOf(handler).returns.resolves.toEqualTypeOf<string | undefined>();
  });
});

describe("Hono's types", () => {
  type Env = { Variables: forHono.AuthVariables<Given> };

  it("follow the verifier in an application's variables", () => {
    const app = new Hono<Env>().use(forHono.authenticate({ verifier })).get("/", (c) => {
      expectTypeOf(c.get("auth").claims).toEqualTypeOf<Mine>();
      expectTypeOf(c.var.auth.claims).toEqualTypeOf<Mine>();
      // @ts-expect-error: the verifier gives no such claim
      return c.json(c.get("auth").claims.nope);
    });
    app.use("/more/*", forHono.authenticate({ verifier }), forHono.requireScope("a"));
  });

  it("follow the verifier within a chain, and within one route", () => {
    const authenticated = createMiddleware<Env>(forHono.authenticate({ verifier }));
    const handlers: MiddlewareHandler<Env> = forHono.authenticate({ verifier });
    new Hono().use(authenticated).get("/", (c) => c.text(c.get("auth").claims.sub));
    new Hono<{ Variables: { name: string } }>().get("/", authenticated, (c) => c.text(c.get("name") + c.get("auth").claims.sub));
    // @ts-expect-error: the verifier gives no such claim
    new Hono().get("/", handlers, (c) => c.json(c.get("auth").claims.nope));
  });

  it("have no `auth` where there may be none", () => {
    new Hono<{ Variables: Partial<Env["Variables"]> }>().use(forHono.authenticate({ verifier, optional: true })).get("/", (c) => {
      expectTypeOf(c.get("auth")).toEqualTypeOf<forHono.Auth<Given> | undefined>();
      // @ts-expect-error: it may be undefined
      return c.text(c.get("auth").claims.sub);
    });
  });

  it("take no application whose `auth` is of other claims", () => {
    type Wrong = { Variables: forHono.AuthVariables<Other> };
    // @ts-expect-error: of other claims
    new Hono<Wrong>().use(forHono.authenticate({ verifier }));
    // @ts-expect-error: of other claims
    new Hono<Wrong>().get("/", forHono.authenticate({ verifier }), (c) => c.text(""));
    // @ts-expect-error: of other claims
    createMiddleware<Wrong>(forHono.authenticate({ verifier }));
  });

  it("take applications that have said nothing of `auth`", () => {
    new Hono().use(forHono.authenticate({ verifier })).get("/", forHono.authenticate({ verifier }), (c) => c.text(""));
    new Hono<{ Variables: { name: string } }>().use(forHono.authenticate({ verifier })).get("/", (c) => c.text(c.get("name")));
    new Hono<{ Bindings: { DATA: string } }>().use("/a", forHono.authenticate({ verifier, onRejected: (_, c) => void c.req.url }));
  });
});

describe("Koa's types", () => {
  it("follow the verifier in an application's state", () => {
    new Koa<forKoa.AuthState<Given>>().use(forKoa.authenticate({ verifier })).use((context) => {
      expectTypeOf(context.state.auth?.claims).toEqualTypeOf<Mine | undefined>();
      // @ts-expect-error: the verifier gives no such claim
      context.body = context.state.auth?.claims.nope;
    });
  });

  it("take no application whose `auth` is of other claims", () => {
    // @ts-expect-error: of other claims
    new Koa<forKoa.AuthState<Other>>().use(forKoa.authenticate({ verifier }));
  });

  it("take applications that have said nothing of `auth`", () => {
    new Koa().use(forKoa.authenticate({ verifier })).use((context) => void context.state.auth.claims.sub);
    new Koa<{ name: string }>().use(forKoa.authenticate({ verifier })).use((context) => void context.state.name.length);
  });
});
