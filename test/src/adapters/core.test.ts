/** The parts of the adapters' core, each by itself. */
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { protect } from "../../../src/adapters/aedes.js";
import { type AnswerChanges, answerTo, changed, NO_TOKEN } from "../../../src/adapters/core/denial.js";
import { bodyValues, cookieValues, queryValues } from "../../../src/adapters/core/fields.js";
import { NodeIncoming } from "../../../src/adapters/core/incoming.js";
import { type AuthOptions, parseAuthOptions, parseRequirement, withRoute } from "../../../src/adapters/core/options.js";
import { isPreflight } from "../../../src/adapters/core/preflight.js";
import { grants } from "../../../src/adapters/core/scope.js";
import { findToken } from "../../../src/adapters/core/sources.js";
import * as forExpress from "../../../src/adapters/express.js";
import * as forFastify from "../../../src/adapters/fastify.js";
import * as forHono from "../../../src/adapters/hono.js";
import * as forKoa from "../../../src/adapters/koa.js";
import { authenticateUpgrade } from "../../../src/adapters/ws.js";
import { verifier } from "./cases.js";

describe("options", () => {
  it.each([
    [undefined, "Expected `options` to be an object, got undefined"],
    [{}, "Expected `verifier` to be a verifier, got undefined"],
    [{ verifier: "secret" }, "Expected `verifier` to be a verifier, got a string"],
    [{ verifier, scopes: "a" }, "Unknown option `scopes`: did you mean `scope`?"],
    [{ verifier, scope: "" }, "Expected `scope` to be scopes in a string or an array, got an empty string"],
    [{ verifier, scope: [] }, "Expected `scope` to be scopes in a string or an array, got an empty array"],
    [{ verifier, scope: "a  b" }, "Expected `scope` to be scopes in a string or an array, got a string"],
    [{ verifier, scope: ['a"'] }, "Expected `scope` to be scopes in a string or an array, got an array"],
    [{ verifier, scope: ["a b"] }, "Expected `scope` to be scopes in a string or an array, got an array"],
    [{ verifier, optional: "yes" }, "Expected `optional` to be a boolean, got a string"],
    [{ verifier, optional: true, scope: "a" }, "Expected `scope` or `optional`, got both: without a token nothing is granted"],
    [{ verifier, realm: 'a"b' }, "Expected `realm` to be printable ASCII without quotes and backslashes, got a string"],
    [{ verifier, realm: "a\r\nSet-Cookie: b" }, "Expected `realm` to be printable ASCII without quotes and backslashes, got a string"],
    [{ verifier, preflight: 1 }, "Expected `preflight` to be a boolean, got 1"],
    [{ verifier, onRejected: {} }, "Expected `onRejected` to be a function, got an object (Object)"],
    [{ verifier, onRejected: "passes" }, "Expected `onRejected` to be a function, got a string"],
    [{ verifier, onRejected: "pass" }, 'Expected `optional: true` beside `onRejected: "pass"`: a bad token is no better than none'],
    [
      { verifier, onRejected: "pass", scope: "a" },
      'Expected `optional: true` beside `onRejected: "pass"`: a bad token is no better than none',
    ],
    [
      { verifier, onRejected: "pass", optional: true, scope: "a" },
      "Expected `scope` or `optional`, got both: without a token nothing is granted",
    ],
    [
      { verifier, scopeClaim: "" },
      "Expected `scopeClaim` to be the name of a claim, or an array of names that lead to it, got an empty string",
    ],
    [
      { verifier, scopeClaim: [] },
      "Expected `scopeClaim` to be the name of a claim, or an array of names that lead to it, got an empty array",
    ],
    [
      { verifier, scopeClaim: ["a", 5] },
      "Expected `scopeClaim` to be the name of a claim, or an array of names that lead to it, got an array",
    ],
    ...(
      [
        [{ cookie: "a", prefer: "query" }, "a string"],
        [{ cookie: "a", prefer: ["header", "header"] }, "an array"],
        [{ cookie: "a", prefer: [] }, "an empty array"],
        [{ cookie: "a", prefer: true }, "true"],
        [{ header: false, cookie: "a", prefer: "cookie" }, "a string"],
      ] as const
    ).map(([token, got]): [object, string] => [
      { verifier, token },
      `Expected \`prefer\` to be one or several of the places that \`token\` names, of which there are two or more, got ${got}`,
    ]),
    [{ verifier, token: "cookie" }, "Expected `token` to be an object, got a string"],
    [{ verifier, token: { cookies: "a" } }, "Unknown option `cookies`: did you mean `cookie`?"],
    [{ verifier, token: { cookie: "" } }, "Expected `cookie` to be a name, got an empty string"],
    [{ verifier, token: { query: "a[b]" } }, "Expected `query` to be a name, got a string"],
    [{ verifier, token: { body: true } }, "Expected `body` to be a name, got true"],
    [{ verifier, token: { header: "x" } }, "Expected `header` to be a boolean, got a string"],
    [{ verifier, token: { from: "x" } }, "Expected `from` to be a function, got a string"],
    [{ verifier, token: { header: false } }, "Expected `token` to name a place where tokens may be, got none"],
  ])("%j: %s", (options, message) => {
    expect(() => parseAuthOptions(options as AuthOptions<never, never>)).toThrow(new TypeError(message));
  });

  it("of a scope alone are checked as well", () => {
    expect(() => parseRequirement("", {})).toThrow("`scope`");
    expect(() => parseRequirement("a", { optional: true } as object)).toThrow("Unknown option `optional`");
    expect(() => parseRequirement("a", { onRejected: "pass" } as object)).toThrow("Expected `onRejected` to be a function, got a string");
  });

  it.each<[string, (...more: unknown[]) => unknown]>([
    ["authenticate (Express)", (...more) => forExpress.authenticate({ verifier }, ...(more as never[]))],
    ["authenticate (Fastify)", (...more) => forFastify.authenticate({ verifier }, ...(more as never[]))],
    ["authenticate (Hono)", (...more) => forHono.authenticate({ verifier }, ...(more as never[]))],
    ["authenticate (Koa)", (...more) => forKoa.authenticate({ verifier }, ...(more as never[]))],
    ["requireScope (Express)", (...more) => forExpress.requireScope("a", {}, ...(more as never[]))],
    ["requireScope (Hono)", (...more) => forHono.requireScope("a", {}, ...(more as never[]))],
    ["requireScope (Koa)", (...more) => forKoa.requireScope("a", {}, ...(more as never[]))],
    ["authenticateUpgrade", (...more) => authenticateUpgrade(new WebSocketServer({ noServer: true }), { verifier }, ...(more as never[]))],
    ["protect", (...more) => protect({} as never, { verifier }, ...(more as never[]))],
  ])("of %s are all there is: what follows would be ignored", (_, make) => {
    for (const more of [{ scope: "admin" }, "admin", undefined]) expect(() => make(more)).toThrow(/^Expected .* alone, got 1 more$/);
  });

  it("are no request: who registers `authenticate` itself is told to call it", () => {
    for (const { authenticate } of [forExpress, forHono, forKoa, forFastify] as { authenticate: unknown }[])
      expect(() => (authenticate as (...values: unknown[]) => unknown)({}, () => {})).toThrow(
        "Expected `options` alone, got 1 more: call it, and register what it gives",
      );
  });

  it.each([forExpress, forHono, forKoa])("of a scope that follows a scope are no object", ({ requireScope }: { requireScope: unknown }) => {
    expect(() => (requireScope as (...scopes: string[]) => unknown)("a", "b")).toThrow("Expected `options` to be an object, got a string");
  });

  it.each([forExpress, forHono, forKoa])("of a scope alone name one", ({ requireScope }: { requireScope(scope: never): unknown }) => {
    const message = "Expected `scope` to be scopes in a string or an array, got undefined";
    expect(() => requireScope(undefined as never)).toThrow(new TypeError(message));
  });

  it("of a route take the place of the others", () => {
    const optional = parseAuthOptions({ verifier, optional: true });
    expect(withRoute(optional, {})).toMatchObject({ optional: true, scopes: [] });
    expect(withRoute(optional, { scope: "a" })).toMatchObject({ optional: false, scopes: ["a"] });
    const scoped = parseAuthOptions({ verifier, scope: "a" });
    expect(withRoute(scoped, {})).toMatchObject({ optional: false, scopes: ["a"] });
    expect(withRoute(scoped, { scope: "b c" })).toMatchObject({ optional: false, scopes: ["b", "c"] });
    expect(withRoute(scoped, { optional: true })).toMatchObject({ optional: true, scopes: [] });
  });
});

describe("scopes", () => {
  const required = ["a", "b"];

  it.each([
    { scope: "a b" },
    { scope: "b c a" },
    { scp: "a b" },
    { scp: ["b", "a"] },
    { scope: ["c", "a", "b"] },
    { scope: "a b", scp: "c" },
  ])("are granted by %j", (claims) => {
    expect(grants({ claims }, required)).toBe(true);
  });

  it.each([
    {},
    { scope: "a" },
    { scope: "ab" },
    { scope: "A b" },
    { scope: "a,b" },
    { scope: ["a b"] },
    { scope: [["a", "b"]] },
    { scope: [], scp: ["a", "b"] },
    { scope: "a", scp: "a b" },
    { scope: null, scp: "a b" },
    { scp: { 0: "a", 1: "b" } },
    Object.create({ scope: "a b" }),
  ])("are not granted by %j", (claims) => {
    expect(grants({ claims }, required)).toBe(false);
  });

  it.each<[claim: string[], claims: object]>([
    [["permissions"], { permissions: ["a", "b"] }],
    [["roles"], { roles: "b a", scope: "c" }],
    [["realm_access", "roles"], { realm_access: { roles: ["a", "b"] } }],
    [["https://example.com/roles"], { "https://example.com/roles": ["a", "b"] }],
  ])("of the claim %j are granted by %j", (claim, claims) => {
    expect(grants({ claims }, required, claim)).toBe(true);
  });

  it.each<[claim: string[], claims: object]>([
    [["permissions"], { scope: "a b", scp: "a b" }],
    [["permissions"], Object.create({ permissions: ["a", "b"] })],
    [["realm_access", "roles"], { realm_access: null, roles: ["a", "b"] }],
    [["realm_access", "roles"], { realm_access: Object.create({ roles: ["a", "b"] }) }],
    [["realm_access", "roles"], { "realm_access.roles": ["a", "b"] }],
    [["scope", "scp"], { scope: "a b", scp: "a b" }],
    [["scope", "length"], { scope: ["a", "b"] }],
    [["constructor", "name"], {}],
  ])("of the claim %j are not granted by %j", (claim, claims) => {
    expect(grants({ claims }, required, claim)).toBe(false);
  });

  it("leave claims unread where none is required", () => {
    const auth = {
      get claims(): never {
        throw new Error("read");
      },
    };
    expect(grants(auth, [])).toBe(true);
  });
});

describe("values of fields", () => {
  it.each([
    ["a=b", ["b"]],
    ["a=b; a=c", ["b", "c"]],
    ["a=b;a=c", ["b", "c"]],
    [" a = b ", ["b"]],
    ["\ta\t=\tb\t", ["b"]],
    ["\xa0a=b; a\xa0=c; a=\xa0d", ["\xa0d"]],
    ["a=b=c", ["b=c"]],
    ["a", []],
    ["aa=b; A=b; =a", []],
    ['a="b"; a="c', ["b", '"c']],
    ['a=""', [""]],
    ['a="b"c"', ['"b"c"']],
    ["a=%62", ["%62"]],
  ])("in the cookies %j are %j", (field, values) => {
    expect(cookieValues(field, "a")).toEqual(values);
  });

  it.each([
    ["/", []],
    ["/?a=b", ["b"]],
    ["https://example.com/?a=b#c", ["b"]],
    ["/?a=b&a=c", ["b", "c"]],
    ["/?%61=b&a%5B%5D=c&a[d]=e", ["b", "c", "e"]],
    ["/?b=a&A=b&aa=c", []],
    ["/?b=?a=c", []],
    ["/#?a=b", ["b"]],
  ])("in the query of %j are %j", (url, values) => {
    expect(queryValues(url, "a")).toEqual(values);
  });

  it.each([
    [{ a: "b" }, ["b"]],
    [{ a: ["b", "c"] }, ["b", "c"]],
    [{ a: [] }, []],
    [{ a: undefined }, [undefined]],
    [Object.create({ a: "b" }), []],
    [JSON.parse('{"__proto__":{"a":"b"}}'), []],
    ["a", []],
    [null, []],
    [undefined, []],
  ])("in the body %j are %j", (body, values) => {
    expect(bodyValues(body, "a")).toEqual(values);
  });

  it("of what else a request has are not looked at", () => {
    const { sources } = parseAuthOptions({ verifier });
    const incoming = new NodeIncoming(
      { method: "POST", url: "/?access_token=a", headers: { cookie: "access_token=a" } },
      { access_token: "a" },
    );
    expect(findToken(sources, { incoming, given: undefined, mayBeEmpty: false })).toEqual({ token: undefined, isInQuery: false });
  });
});

describe("a preflight", () => {
  const fields = { origin: "https://example.com", "access-control-request-method": "PUT" };
  const isOne = (method: string, headers: Record<string, string>) => isPreflight(new NodeIncoming({ method, headers }, undefined));

  it("is what a browser sends", () => {
    expect(isOne("OPTIONS", fields)).toBe(true);
    expect(isOne("OPTIONS", { ...fields, "access-control-request-headers": "authorization", "content-length": "0" })).toBe(true);
  });

  it.each([
    ["PUT", fields],
    ["options", fields],
    ["OPTIONS", { origin: "https://example.com" }],
    ["OPTIONS", { ...fields, origin: "" }],
    ["OPTIONS", { ...fields, "access-control-request-method": "" }],
    ["OPTIONS", { ...fields, "content-length": "2" }],
    ["OPTIONS", { ...fields, "transfer-encoding": "chunked" }],
    ["OPTIONS", { ...fields, authorization: "Basic YTpi" }],
    ["OPTIONS", { ...fields, cookie: "session=a" }],
    ["OPTIONS", { ...fields, "x-http-method": "PUT" }],
    ["OPTIONS", { ...fields, "x-method-override": "PUT" }],
  ])("is not %s with %j", (method, headers) => {
    expect(isOne(method, headers)).toBe(false);
  });
});

describe("an answer", () => {
  const answer = answerTo(NO_TOKEN, undefined, []);

  it("has nothing in its challenge that would end a quoted string", () => {
    const { headers } = answerTo({ status: 401, error: "invalid_token", description: 'a"b\\c\r\nd' }, undefined, []);
    expect(headers["www-authenticate"]).toBe(`Bearer error="invalid_token", error_description="a'b'c''d"`);
  });

  it("may be changed in parts", () => {
    const { headers } = answer;
    expect(changed(answer, {})).toEqual(answer);
    for (const given of [
      { "Cache-Control": "private" },
      new Headers({ "Cache-Control": "private" }),
      new Map([["Cache-Control", "private"]]),
    ])
      expect(changed(answer, { headers: given }).headers).toEqual({ ...headers, "cache-control": "private" });
    expect(() => changed(answer, { headers: new (class Sent {})() as never })).toThrow(
      "Expected `headers` to be an object, a Map or an array",
    );
    expect(changed(answer, { body: "no" })).toMatchObject({
      status: 401,
      body: "no",
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
    expect(changed(answer, { body: { no: 1 } })).toMatchObject({
      body: '{"no":1}',
      headers: { "content-type": "application/json; charset=utf-8" },
    });
  });

  it.each([200, 299, 600, 401.5, "401", null])("has no status %j", (status) => {
    expect(() => changed(answer, { status } as AnswerChanges)).toThrow(TypeError);
  });

  it.each([{ "x-bad": "a\nb" }, { "x-bad": "\u{1f512}" }, { "x bad": "a" }, { "x-bad": 5 }])("has no headers %j", (headers) => {
    expect(() => changed(answer, { headers } as unknown as AnswerChanges)).toThrow(TypeError);
  });
});
