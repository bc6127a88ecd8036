/** What is Hono's own, and what those do who come from hono/jwt. */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { generateSignedCookie, getSignedCookie } from "hono/cookie";
import { describe, expect, it } from "vitest";
import { type AuthVariables, authenticate, requireScope } from "../../../src/adapters/hono.js";
import { bearerToken, type JwtClaims } from "../../../src/index.js";
import { token, verifier } from "./cases.js";

type Env = { Variables: AuthVariables<JwtClaims> };

const bearer = (text: string) => ({ headers: { authorization: `Bearer ${text}` } });

describe("Hono's middleware", () => {
  const post = (body: string, type = "application/json") => ({ method: "POST", body, headers: { "content-type": type } });
  const options = { verifier, token: { body: "access_token" } };

  it("leaves the body for the handler to read", async () => {
    const app = new Hono<Env>().use(authenticate(options)).post("/", async (c) => c.json(await c.req.json()));
    const body = JSON.stringify({ access_token: token(), more: 1 });
    expect(await (await app.request("/", post(body))).text()).toBe(body);
    expect((await app.request("/", post("{"))).status).toBe(401);
    expect((await app.request("/", post(body, "text/plain"))).status).toBe(401);
  });

  it("reads no more of a body than is allowed", async () => {
    const app = new Hono<Env>().use(bodyLimit({ maxSize: 50 })).use(authenticate(options));
    expect((await app.request("/", post(JSON.stringify({ access_token: token() })))).status).toBe(413);
  });

  it("tells caches of a token in the query, whoever makes the response", async () => {
    const app = new Hono<Env>().use(authenticate({ verifier, token: { query: "access_token" } }));
    app.get("/own", () => new Response("", { headers: { "x-own": "1" } }));
    app.get("/fetched", () => fetch("data:,a"));
    app.get("/context", (c) => c.text(""));
    app.get("/more", (c) => c.text("", 200, { "cache-control": "no-store" }));
    app.get("/broken", () => {
      throw new Error("in the handler");
    });
    app.onError((_, c) => c.text("", 500));
    const said = async (path: string) => (await app.request(`${path}?access_token=${token()}`)).headers.get("cache-control");
    const paths = ["/own", "/fetched", "/context", "/more", "/broken", "/nowhere"];
    expect(await Promise.all(paths.map(said))).toEqual(["private", "private", "private", "no-store", "private", "private"]);
  });

  it("takes no one of several fields where they come as one value", async () => {
    const app = new Hono<Env>().use(authenticate({ verifier })).get("/", (c) => c.text(""));
    const headers = new Headers();
    for (const value of ["Basic YTpi", `Bearer ${token()}`]) headers.append("authorization", value);
    expect((await app.request("/", { headers })).status).toBe(400);
  });
});

describe("who used hono/jwt", () => {
  it("has claims in c.get('auth').claims, typed, and scopes checked", async () => {
    const app = new Hono<Env>();
    app.use("/auth/*", authenticate({ verifier }));
    app.get("/auth/page", (c) => c.text(c.get("auth").claims.sub ?? ""));
    app.get("/auth/admin", requireScope("admin"), (c) => c.text(c.var.auth.claims.sub ?? ""));
    expect(await (await app.request("/auth/page", bearer(token()))).text()).toBe("device");
    expect((await app.request("/auth/page")).status).toBe(401);
    expect((await app.request("/auth/admin", bearer(token()))).status).toBe(403);
    expect((await app.request("/auth/admin", bearer(token({ scope: "admin" })))).status).toBe(200);
  });

  it("has another header field, and signed cookies, with a function", async () => {
    const serving = (from: (c: Context) => string | undefined | Promise<string | undefined>) =>
      new Hono().use(authenticate({ verifier, token: { header: false, from } })).get("/", (c) => c.text("in"));
    const status = async (app: Pick<Hono, "request">, name: string, value: string) =>
      (await app.request("/", { headers: { [name]: value } })).status;
    const byField = serving((c) => bearerToken(c.req.header("x-token")));
    expect([await status(byField, "x-token", `Bearer ${token()}`), await status(byField, "x-token", token())]).toEqual([200, 401]);
    const secret = "a test secret for cookies";
    const byCookie = serving(async (c) => (await getSignedCookie(c, secret, "token")) || undefined);
    const signed = await generateSignedCookie("token", token(), secret);
    expect(await status(byCookie, "cookie", signed.split(";", 1)[0] as string)).toBe(200);
    expect([await status(byCookie, "cookie", `token=${token()}`), await status(byCookie, "cookie", "token=a.b")]).toEqual([401, 401]);
  });

  it("has the prefix of a cookie in its name", async () => {
    const app = new Hono().use(authenticate({ verifier, token: { header: false, cookie: "__Host-token" } })).get("/", (c) => c.text("in"));
    expect((await app.request("/", { headers: { cookie: `__Host-token=${token()}` } })).status).toBe(200);
    expect((await app.request("/", { headers: { cookie: `token=${token()}` } })).status).toBe(401);
  });

  it("has a cookie with `cookie`", async () => {
    const app = new Hono<Env>().use(authenticate({ verifier, token: { header: false, cookie: "token" } })).get("/", (c) => c.text("in"));
    expect((await app.request("/", { headers: { cookie: `token=${token()}` } })).status).toBe(200);
    expect((await app.request("/", bearer(token()))).status).toBe(401);
  });
});
