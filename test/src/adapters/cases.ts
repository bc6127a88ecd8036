/** What requests are sent to all frameworks, and what is to come of them. */
import { createVerifier } from "../../../src/index.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { NOW, OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../../support/tokens.js";
import { form, json, type Sent } from "./client.js";
import type { App } from "./frameworks.js";

export interface Case {
  readonly title: string;
  readonly options?: Partial<App["options"]>;
  readonly cors?: App["cors"];
  readonly sent: () => Sent;
  readonly status: number;
  /** What is in the answer's header fields. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Who the application takes the caller for; undefined where it must not be reached. */
  readonly sub?: string | null;
  /** What the application reads of why a bad token passed; null for nothing. */
  readonly denied?: { readonly status: number; readonly error: string; readonly code?: string } | null;
}

const revocation = createRevocationList();
revocation.apply([{ jti: "revoked-1" }, { sub: "revoked-device", before: NOW }]);
export const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW, revocation });

/** One whose list has never been read. */
const store = {
  name: "a silent store",
  open: () => new Promise<void>(() => {}),
  append: async () => undefined,
  close: async () => undefined,
};
const uncertain = createVerifier({ keys: TEST_SECRET, currentDate: NOW, revocation: createRevocationList({ store }) });

let count = 0;
/** A token like no other. */
export function token(claims: object = {}, secret = TEST_SECRET): string {
  return signClaims({ sub: "device", jti: `token-${++count}`, exp: NOW + 60, ...claims }, undefined, secret);
}

const bearer = (text: string) => ["authorization", `Bearer ${text}`] as const;
const challenge = (text: string) => ({ "www-authenticate": text, "cache-control": "no-store" });
const invalidToken = (description: string) => challenge(`Bearer error="invalid_token", error_description="${description}"`);
const invalidRequest = (description: string) => challenge(`Bearer error="invalid_request", error_description="${description}"`);

const failing = (error: unknown) => ({ verifier: { verifyAsync: () => Promise.reject(error) } });
const withToken = () => ({ lines: [bearer(token())] });

const GOOD = { status: 200, sub: "device" } as const;
const ANONYMOUS = { status: 200, sub: null } as const;
const MISSING = { status: 401, headers: { ...challenge("Bearer"), "content-length": "0" } } as const;
const SEVERAL = { status: 400, headers: invalidRequest("The request has more than one access token") } as const;
const MALFORMED = { status: 400, headers: invalidRequest("The Authorization header is not one bearer token") } as const;
const NOT_AUTHENTIC = { status: 401, headers: invalidToken("The token cannot be authenticated") } as const;
const NOT_KNOWN = {
  status: 503,
  headers: { "www-authenticate": undefined, "cache-control": "no-store", "retry-after": "5", "content-length": "0" },
} as const;
const NOT_A_JWT = { status: 401, headers: invalidToken("The token is not a well-formed signed JWT") } as const;

const HEADER: Case[] = [
  { title: "a good token", sent: () => ({ lines: [bearer(token())] }), ...GOOD },
  { title: "the scheme in any case", sent: () => ({ lines: [["Authorization", `bEARER  ${token()}`]] }), ...GOOD },
  {
    title: "an expired token",
    sent: () => ({ lines: [bearer(token({ exp: NOW }))] }),
    status: 401,
    headers: invalidToken("The token has expired"),
  },
  {
    title: "a forged token",
    sent: () => ({ lines: [bearer(token({}, OTHER_TEST_SECRET))] }),
    status: 401,
    headers: NOT_AUTHENTIC.headers,
  },
  {
    title: "a revoked token",
    sent: () => ({ lines: [bearer(token({ jti: "revoked-1" }))] }),
    status: 401,
    headers: invalidToken("The token has been revoked"),
  },
  {
    title: "a token whose subject is revoked",
    sent: () => ({ lines: [bearer(token({ sub: "revoked-device", iat: NOW - 1 }))] }),
    status: 401,
    headers: invalidToken("The token has been revoked"),
  },
  {
    title: "a token of which it is not known whether it is revoked",
    options: { verifier: uncertain },
    sent: () => ({ lines: [bearer(token())] }),
    ...NOT_KNOWN,
  },
  { title: "what is no token", sent: () => ({ lines: [bearer("abc")] }), ...NOT_A_JWT },
  { title: "no token", sent: () => ({}), ...MISSING },
  { title: "another scheme", sent: () => ({ lines: [["authorization", "Basic dXNlcjpwYXNz"]] }), ...MISSING },
  { title: "the token without the scheme", sent: () => ({ lines: [["authorization", token()]] }), ...MISSING },
  { title: "the scheme without a token", sent: () => ({ lines: [["authorization", "Bearer"]] }), ...MALFORMED },
  { title: "two tokens in one field", sent: () => ({ lines: [bearer(`${token()}, Bearer ${token()}`)] }), status: 400 },
  { title: "two tokens with a space between them", sent: () => ({ lines: [bearer(`${token()} ${token()}`)] }), ...MALFORMED },
  { title: "characters that no token has", sent: () => ({ lines: [bearer(`"${token()}"`)] }), ...MALFORMED },
  { title: "a field for each of two tokens", sent: () => ({ lines: [bearer(token()), bearer(token())] }), status: 400 },
  { title: "the same field twice", sent: () => ({ lines: Array(2).fill(bearer(token())) }), status: 400 },
  {
    title: "a field with another scheme, then one with a token",
    sent: () => ({ lines: [["authorization", "Basic YTpi"], bearer(token())] }),
    status: 400,
  },
  {
    title: "a field with a token, then one with another scheme",
    sent: () => ({ lines: [bearer(token()), ["authorization", "Basic YTpi"]] }),
    status: 400,
  },
  {
    title: "a token that is too long",
    sent: () => ({ lines: [bearer(token({ more: "x".repeat(8000) }))] }),
    status: 401,
    headers: invalidToken("The token is longer than `maxTokenLength`"),
  },
  { title: "a header larger than the server takes", sent: () => ({ lines: [bearer(token({ more: "x".repeat(20_000) }))] }), status: 431 },
  {
    title: "no token, where there is a realm and a scope",
    options: { realm: "devices", scope: ["read", "write"] },
    sent: () => ({}),
    status: 401,
    headers: challenge('Bearer realm="devices", scope="read write"'),
  },
];

const COOKIE: Case[] = (
  [
    { title: "a good token in a cookie", sent: () => ({ lines: [["cookie", `a=b; token=${token()}; c=d`]] }), ...GOOD },
    { title: "a cookie twice", sent: () => ({ lines: [["cookie", `token=${token()}; token=${token()}`]] }), ...SEVERAL },
    {
      title: "a cookie in two fields",
      sent: () => ({
        lines: [
          ["cookie", `token=${token()}`],
          ["cookie", `token=${token()}`],
        ],
      }),
      ...SEVERAL,
    },
    {
      title: "a cookie twice, once with a space",
      sent: () => ({ lines: [["cookie", `token =${token()}; token=${token()}`]] }),
      ...SEVERAL,
    },
    { title: "a cookie in quotes", sent: () => ({ lines: [["cookie", `token="${token()}"`]] }), ...GOOD },
    { title: "a cookie with one quote", sent: () => ({ lines: [["cookie", `token="${token()}`]] }), ...NOT_A_JWT },
    { title: "an empty cookie", sent: () => ({ lines: [["cookie", "token="]] }), ...NOT_A_JWT },
    { title: "an empty cookie in quotes", sent: () => ({ lines: [["cookie", 'token=""']] }), ...NOT_A_JWT },
    { title: "an empty cookie and the header", sent: () => ({ lines: [["cookie", "token="], bearer(token())] }), ...SEVERAL },
    { title: "other cookies", sent: () => ({ lines: [["cookie", `xtoken=${token()}; Token=${token()}; token`]] }), ...MISSING },
    { title: "a cookie and the header", sent: () => ({ lines: [["cookie", `token=${token()}`], bearer(token())] }), ...SEVERAL },
  ] satisfies Case[]
).map((each) => ({ ...each, options: { token: { cookie: "token" } } }));

const QUERY: Case[] = (
  [
    {
      title: "a good token in the query",
      sent: () => ({ path: `/?a=b&access_token=${token()}` }),
      ...GOOD,
      headers: { "cache-control": "private" },
    },
    { title: "a parameter twice", sent: () => ({ path: `/?access_token=${token()}&access_token=${token()}` }), ...SEVERAL },
    { title: "a parameter twice, once encoded", sent: () => ({ path: `/?access_token=${token()}&%61ccess_token=${token()}` }), ...SEVERAL },
    {
      title: "a parameter twice, once as a list",
      sent: () => ({ path: `/?access_token=${token()}&access_token[]=${token()}` }),
      ...SEVERAL,
    },
    { title: "an empty parameter", sent: () => ({ path: "/?access_token=" }), ...NOT_A_JWT },
    { title: "other parameters", sent: () => ({ path: `/?token=${token()}` }), ...MISSING },
    { title: "a parameter and the header", sent: () => ({ path: `/?access_token=${token()}`, lines: [bearer(token())] }), ...SEVERAL },
    { title: "the header alone", sent: () => ({ lines: [bearer(token())] }), ...GOOD, headers: { "cache-control": undefined } },
  ] satisfies Case[]
).map((each) => ({ ...each, options: { token: { query: "access_token" } } }));

const BODY: Case[] = (
  [
    { title: "a good token in JSON", sent: () => json({ access_token: token() }), ...GOOD },
    { title: "a good token in a form", sent: () => form(`a=b&access_token=${token()}`), ...GOOD },
    { title: "a field twice", sent: () => form(`access_token=${token()}&access_token=${token()}`), ...SEVERAL },
    { title: "a field that is a list", sent: () => json({ access_token: [token(), token()] }), ...SEVERAL },
    { title: "a field that is a number", sent: () => json({ access_token: 5 }), status: 400 },
    { title: "a field that is null", sent: () => json({ access_token: null }), status: 400 },
    { title: "other fields", sent: () => json({ token: token() }), ...MISSING },
    { title: "a body that is a list", sent: () => json([token()]), ...MISSING },
    { title: "no body", sent: () => ({ method: "POST" }), ...MISSING },
    { title: "a body and the header", sent: () => withLine(json({ access_token: token() }), bearer(token())), ...SEVERAL },
    { title: "the header, and a body of something else", sent: () => withLine(json({ a: 1 }), bearer(token())), ...GOOD },
    { title: "a body of GET", sent: () => ({ ...json({ access_token: token() }), method: "GET" }), ...MISSING },
  ] satisfies Case[]
).map((each) => ({ ...each, options: { token: { body: "access_token" } } }));

function withLine(sent: Sent, line: readonly [string, string]): Sent {
  return { ...sent, lines: [...(sent.lines ?? []), line] };
}

/** A header field, from what each framework hands to callbacks. */
function field(request: object, name: string): string | undefined {
  if ("req" in request && typeof (request.req as { header?: unknown }).header === "function")
    return (request.req as { header(name: string): string | undefined }).header(name);
  return (request as { headers: Record<string, string | undefined> }).headers[name];
}

const FROM: Case[] = (
  [
    { title: "a good token that a function gives", sent: () => ({ lines: [["x-token", token()]] }), ...GOOD },
    { title: "a bad token that a function gives", sent: () => ({ lines: [["x-token", "a.b.c"]] }), ...NOT_A_JWT },
    { title: "a function that gives none", sent: () => ({}), ...MISSING },
    { title: "a function that gives an empty text", sent: () => ({ lines: [["x-token", ""]] }), ...NOT_A_JWT },
    { title: "a function that gives one beside the header", sent: () => ({ lines: [["x-token", token()], bearer(token())] }), ...SEVERAL },
  ] satisfies Case[]
).flatMap((each) => [
  { ...each, options: { token: { from: (request: object) => field(request, "x-token") } } },
  { ...each, title: `${each.title}, later`, options: { token: { from: async (request: object) => field(request, "x-token") } } },
]);

const OPTIONAL: Case[] = (
  [
    { title: "a good token, where none need be", sent: () => ({ lines: [bearer(token())] }), ...GOOD },
    { title: "no token, where none need be", sent: () => ({}), ...ANONYMOUS },
    { title: "another scheme, where no token need be", sent: () => ({ lines: [["authorization", "Basic YTpi"]] }), ...ANONYMOUS },
    { title: "a bad token, where none need be", sent: () => ({ lines: [bearer("a.b.c")] }), ...NOT_A_JWT },
    { title: "the scheme alone, where no token need be", sent: () => ({ lines: [["authorization", "Bearer"]] }), ...MALFORMED },
    { title: "no token at a route that needs a scope", sent: () => ({ path: "/admin" }), status: 401 },
    {
      title: "a good token at a route that needs a scope",
      sent: () => ({ path: "/admin", lines: [bearer(token({ scope: "admin" }))] }),
      ...GOOD,
    },
  ] satisfies Case[]
).map((each) => ({ ...each, options: { optional: true } }));

/** Null is none, as with express-jwt. */
const NULL: Case[] = (
  [
    { title: "a function that gives null", sent: () => ({}), ...MISSING },
    { title: "a function that gives null, where no token need be", options: { optional: true }, sent: () => ({}), ...ANONYMOUS },
    { title: "a function that gives null beside the header", sent: withToken, ...GOOD },
  ] satisfies Case[]
).flatMap((each: Case) =>
  [() => null, async () => null].map((from, index) => ({
    ...each,
    title: index ? `${each.title}, later` : each.title,
    options: { ...each.options, token: { from } },
  })),
);

const EMPTY: Case[] = (
  [
    ["cookie", { cookie: "token" }, { lines: [["cookie", "token="]] }],
    ["cookie in quotes", { cookie: "token" }, { lines: [["cookie", 'token=""']] }],
    ["parameter", { query: "access_token" }, { path: "/?access_token=" }],
    ["field", { body: "access_token" }, form("access_token=")],
    ["text from a function", { from: () => "" }, {}],
  ] as [what: string, source: NonNullable<App["options"]["token"]>, sent: Sent][]
).flatMap(([what, source, sent]): Case[] => [
  { title: `an empty ${what}, where no token need be`, options: { token: source, optional: true }, sent: () => sent, ...ANONYMOUS },
  {
    title: `an empty ${what} and the header, where no token need be`,
    options: { token: source, optional: true },
    sent: () => withLine(sent, bearer(token())),
    ...GOOD,
  },
]);

/** The header before the cookie, and the query behind both. */
const PREFER: Case[] = (
  [
    {
      title: "tokens in the header and a cookie, with an order",
      sent: () => ({ lines: [bearer(token({ sub: "header" })), ["cookie", `token=${token()}`]] }),
      status: 200,
      sub: "header",
    },
    {
      title: "tokens in the header and a cookie, in the order's order",
      options: { token: { cookie: "token", query: "access_token", prefer: ["cookie", "header"] } },
      sent: () => ({ lines: [bearer(token({ sub: "header" })), ["cookie", `token=${token()}`]] }),
      ...GOOD,
    },
    { title: "a cookie alone, with an order", sent: () => ({ lines: [["cookie", `token=${token()}`]] }), ...GOOD },
    {
      title: "another scheme and a cookie, with an order",
      sent: () => ({
        lines: [
          ["authorization", "Basic YTpi"],
          ["cookie", `token=${token()}`],
        ],
      }),
      ...GOOD,
    },
    {
      title: "a bad token in the header and a good one in a cookie, with an order",
      sent: () => ({ lines: [bearer("a.b.c"), ["cookie", `token=${token()}`]] }),
      ...NOT_A_JWT,
    },
    {
      title: "the scheme alone and a good token in a cookie, with an order",
      sent: () => ({
        lines: [
          ["authorization", "Bearer"],
          ["cookie", `token=${token()}`],
        ],
      }),
      ...MALFORMED,
    },
    {
      title: "two tokens in the preferred place",
      sent: () => ({ lines: [bearer(token()), bearer(token()), ["cookie", `token=${token()}`]] }),
      status: 400,
    },
    {
      title: "tokens in two places that the order does not name",
      sent: () => ({ path: `/?access_token=${token()}`, lines: [["cookie", `token=${token()}`]] }),
      ...SEVERAL,
    },
    {
      title: "a token that the order passes over, in the query",
      sent: () => ({ path: `/?access_token=${token()}`, lines: [bearer(token({ sub: "header" }))] }),
      status: 200,
      sub: "header",
    },
    { title: "no token, with an order", sent: () => ({}), ...MISSING },
  ] satisfies Case[]
).map((each) => ({ options: { token: { cookie: "token", query: "access_token", prefer: "header" } }, ...each }));

/** Those that pass as nobody's show why; those without a token show nothing. */
const PASS: Case[] = (
  [
    { title: "a good token, where bad ones pass", sent: withToken, ...GOOD, denied: null },
    { title: "no token, where bad ones pass", sent: () => ({}), ...ANONYMOUS, denied: null },
    {
      title: "an expired token that passes",
      sent: () => ({ lines: [bearer(token({ exp: 1 }))] }),
      ...ANONYMOUS,
      denied: { status: 401, error: "invalid_token", code: "EXPIRED" },
    },
    {
      title: "a forged token that passes",
      sent: () => ({ lines: [bearer(token({ scope: "admin" }, OTHER_TEST_SECRET))] }),
      ...ANONYMOUS,
      denied: { status: 401, error: "invalid_token", code: "BAD_SIGNATURE" },
    },
    {
      title: "the scheme alone that passes",
      sent: () => ({ lines: [["authorization", "Bearer"]] }),
      ...ANONYMOUS,
      denied: { status: 400, error: "invalid_request" },
    },
    {
      title: "several tokens that pass",
      sent: () => ({ lines: [bearer(token()), bearer(token())] }),
      ...ANONYMOUS,
      denied: { status: 400, error: "invalid_request" },
    },
    {
      title: "an expired token in the query that passes",
      options: { token: { query: "access_token" } },
      sent: () => ({ path: `/?access_token=${token({ exp: 1 })}` }),
      ...ANONYMOUS,
      headers: { "cache-control": "private" },
      denied: { status: 401, error: "invalid_token", code: "EXPIRED" },
    },
    { title: "a token that cannot be judged now, where bad ones pass", options: { verifier: uncertain }, sent: withToken, ...NOT_KNOWN },
    { title: "a verifier that fails, where bad tokens pass", options: failing(new Error("down")), sent: withToken, status: 500 },
    {
      title: "a bad token at a route that needs a scope, where bad ones pass",
      sent: () => ({ path: "/admin", lines: [bearer(token({ exp: 1, scope: "admin" }))] }),
      status: 401,
    },
    {
      title: "a good token at a route that needs a scope, where bad ones pass",
      sent: () => ({ path: "/admin", lines: [bearer(token({ scope: "admin" }))] }),
      ...GOOD,
    },
  ] satisfies Case[]
).map((each: Case) => ({ ...each, options: { optional: true, onRejected: "pass" as const, ...each.options } }));

const noScope = (scope: string, realm = "") =>
  challenge(`Bearer ${realm}error="insufficient_scope", error_description="The token does not grant the required scope", scope="${scope}"`);

const SCOPE: Case[] = (
  [
    { title: "a token with more scopes than are required", sent: () => ({ lines: [bearer(token({ scope: "write a read" }))] }), ...GOOD },
    { title: "a token with `scope` as a list", sent: () => ({ lines: [bearer(token({ scope: ["read", "write"] }))] }), ...GOOD },
    { title: "a token with `scp`", sent: () => ({ lines: [bearer(token({ scp: ["read", "write"] }))] }), ...GOOD },
    {
      title: "a token with one of two scopes",
      sent: () => ({ lines: [bearer(token({ scope: "read" }))] }),
      status: 403,
      headers: noScope("read write"),
    },
    { title: "a token without scopes", sent: () => ({ lines: [bearer(token())] }), status: 403, headers: noScope("read write") },
    { title: "an expired token with the scopes", sent: () => ({ lines: [bearer(token({ exp: 1, scope: "read write" }))] }), status: 401 },
  ] satisfies Case[]
).map((each) => ({ ...each, options: { scope: "read write" } }));

const ROUTE: Case[] = (
  [
    {
      title: "a route whose scope the token grants",
      sent: () => ({ path: "/admin", lines: [bearer(token({ scope: "admin" }))] }),
      ...GOOD,
    },
    {
      title: "a route whose scope the token does not grant",
      sent: () => ({ path: "/admin", lines: [bearer(token({ scope: "administrator" }))] }),
      status: 403,
      headers: noScope("admin", 'realm="test", '),
    },
    {
      title: "a route that needs a scope, and no token",
      options: { realm: "test", optional: true },
      sent: () => ({ path: "/admin" }),
      status: 401,
      headers: challenge('Bearer realm="test", scope="admin"'),
    },
    ...[
      [{ permissions: ["admin"] }, "permissions", GOOD] as const,
      [{ realm_access: { roles: ["user", "admin"] } }, ["realm_access", "roles"], GOOD] as const,
      [{ scope: "admin", permissions: ["user"] }, "permissions", { status: 403, headers: noScope("admin", 'realm="test", ') }] as const,
    ].map(([claims, scopeClaim, answer]) => ({
      title: `a route whose scope is in ${scopeClaim}, of ${JSON.stringify(claims)}`,
      options: { realm: "test", scopeClaim },
      sent: () => ({ path: "/admin", lines: [bearer(token(claims))] }),
      ...answer,
    })),
  ] satisfies Case[]
).map((each) => ({ options: { realm: "test" }, ...each }));

const FAILURE: Case[] = [
  { title: "a verifier that fails", options: failing(new Error("of the key's source")), sent: withToken, status: 500 },
  {
    title: "a verifier that fails, and claims that it is the client's fault",
    options: failing({ status: 404, statusCode: 200 }),
    sent: withToken,
    status: 500,
  },
  ...(["REVOCATION_STALE", "REPLAY_GUARD_FULL", "KEY_UNAVAILABLE"] as const).map((code) => ({
    title: `a verifier that cannot tell: ${code}`,
    options: { verifier: { verifyAsync: async () => ({ ok: false as const, code }) } },
    sent: withToken,
    ...NOT_KNOWN,
  })),
  {
    title: "a batcher that is full",
    options: failing(Object.assign(new Error("full"), { code: "OVERLOADED" })),
    sent: withToken,
    status: 503,
    headers: { "retry-after": "5" },
  },
  {
    title: "a verifier that has too much to do",
    options: failing(Object.assign(new Error("busy"), { status: 503, headers: { "retry-after": "9", "x-internal": "1" } })),
    sent: withToken,
    status: 503,
    headers: { "retry-after": "5", "x-internal": undefined },
  },
  {
    title: "a verifier that fails with something that cannot be looked at",
    options: failing({
      get status(): never {
        throw new Error("in a getter");
      },
    }),
    sent: withToken,
    status: 500,
    headers: { "retry-after": undefined },
  },
  {
    title: "a verifier that throws",
    options: {
      verifier: {
        verifyAsync: () => {
          throw new Error("at once");
        },
      },
    },
    sent: withToken,
    status: 500,
  },
  {
    title: "a verifier that gives no verdict",
    options: { verifier: { verifyAsync: async () => undefined as never } },
    sent: withToken,
    status: 500,
  },
  {
    title: "a verifier that accepts, and gives no claims to look for scopes in",
    options: { scope: "a", verifier: { verifyAsync: async () => ({ ok: true }) as never } },
    sent: withToken,
    status: 500,
  },
  ...(
    [
      ["an object", () => ({})],
      ["false", () => false],
      ["a number, later", async () => 5],
      ["an error", () => Promise.reject(new Error("of the session store"))],
      [
        "an error at once",
        () => {
          throw new Error("of the session store");
        },
      ],
    ] as const
  ).map(([what, from]) => ({
    title: `a function that gives no token but ${what}`,
    options: { token: { from: from as never } },
    sent: withToken,
    status: 500,
  })),
  {
    title: "a function that asks the verifier itself",
    options: {
      token: {
        header: false,
        from: async () => {
          const text = token();
          return (await verifier.verifyAsync(text)).ok ? text : undefined;
        },
      },
    },
    sent: () => ({}),
    ...GOOD,
  },
  {
    title: "a listener that throws",
    options: {
      onRejected: () => {
        throw new Error("in the listener");
      },
    },
    sent: () => ({}),
    status: 500,
  },
  { title: "a listener that rejects", options: { onRejected: () => Promise.reject(new Error("later")) }, sent: () => ({}), status: 500 },
  ...[5, "403", true, () => ({})].map((given) => ({
    title: `a listener that gives ${typeof given}`,
    options: { onRejected: () => given as never },
    sent: () => ({}),
    status: 500,
  })),
  {
    title: "a listener that would change what it hears for all that come after",
    options: { onRejected: (denial) => void Object.assign(denial, { status: 200 }) },
    sent: () => ({}),
    status: 500,
  },
  { title: "no token, after that", sent: () => ({}), ...MISSING },
  {
    title: "a listener that asks the verifier itself",
    options: { onRejected: async () => ({ headers: { "x-good": String((await verifier.verifyAsync(token())).ok) } }) },
    sent: () => ({}),
    status: 401,
    headers: { "x-good": "true" },
  },
  {
    title: "a listener that gives what cannot be sent",
    options: { onRejected: () => ({ headers: { "x-bad": "a\nb" } }) },
    sent: () => ({}),
    status: 500,
  },
  { title: "a listener that would have it accepted", options: { onRejected: () => ({ status: 200 }) }, sent: () => ({}), status: 500 },
];

const ANSWER: Case[] = [
  {
    title: "an answer with another status, more headers and a body of its own",
    options: {
      onRejected: ({ rejection }) => ({ status: 418, headers: { "X-Code": String(rejection?.code) }, body: { code: rejection?.code } }),
    },
    sent: () => ({ lines: [bearer(token({ exp: 1 }))] }),
    status: 418,
    headers: { ...invalidToken("The token has expired"), "x-code": "EXPIRED", "content-type": "application/json; charset=utf-8" },
  },
  {
    title: "an answer that leads elsewhere",
    options: { onRejected: async () => ({ status: 302, headers: { location: "/login" } }) },
    sent: () => ({}),
    status: 302,
    headers: { location: "/login" },
  },
  {
    title: "an answer that says itself when to try again",
    options: { verifier: uncertain, onRejected: ({ status }) => ({ headers: { "Retry-After": status === 503 ? "60" : "1" } }) },
    sent: withToken,
    status: 503,
    headers: { "retry-after": "60" },
  },
  {
    title: "an answer that may have no body",
    options: { onRejected: () => ({ status: 304 }) },
    sent: () => ({}),
    status: 304,
  },
  { title: "a listener that only listens", options: { onRejected: () => {} }, sent: () => ({}), ...MISSING },
];

const preflight = (...more: (readonly [string, string])[]): Sent => ({
  method: "OPTIONS",
  lines: [
    ["origin", "https://app.example.com"],
    ["access-control-request-method", "POST"],
    ["access-control-request-headers", "authorization"],
    ...more,
  ],
});
const ALLOWED = { status: 204, headers: { "access-control-allow-origin": "https://app.example.com" } } as const;

const PREFLIGHT: Case[] = [
  { title: "a preflight that is answered before", cors: "before", sent: preflight, ...ALLOWED },
  { title: "a preflight, unless it is allowed", sent: preflight, ...MISSING },
  ...(
    [
      { title: "a preflight that is answered behind", sent: preflight, ...ALLOWED },
      {
        title: "OPTIONS without an origin",
        sent: () => ({ method: "OPTIONS", lines: [["access-control-request-method", "POST"]] }),
        ...MISSING,
      },
      {
        title: "OPTIONS without a method to come",
        sent: () => ({ method: "OPTIONS", lines: [["origin", "https://app.example.com"]] }),
        ...MISSING,
      },
      { title: "a POST that looks like a preflight", sent: () => ({ ...preflight(), method: "POST" }), ...MISSING },
      { title: "a preflight that would be another method", sent: () => preflight(["x-http-method-override", "DELETE"]), ...MISSING },
      { title: "a preflight with a body", sent: () => ({ ...preflight(["content-type", "application/json"]), body: "{}" }), ...MISSING },
      { title: "a preflight with credentials", sent: () => preflight(["authorization", "Basic YTpi"]), ...MISSING },
      { title: "a preflight with a bad token", sent: () => preflight(bearer("a.b.c")), ...NOT_A_JWT },
    ] satisfies Case[]
  ).map((each): Case => ({ ...each, cors: "behind", options: { preflight: true } })),
];

export const CASES: readonly Case[] = [
  ...[HEADER, COOKIE, QUERY, BODY, FROM, NULL, EMPTY, PREFER, OPTIONAL, PASS, SCOPE, ROUTE, FAILURE, ANSWER, PREFLIGHT].flat(),
  {
    title: "the header, where it is not asked for",
    options: { token: { header: false, cookie: "token" } },
    sent: () => ({ lines: [["cookie", `token=${token()}`], bearer(token())] }),
    ...GOOD,
  },
];
