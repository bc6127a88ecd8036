/** What is Express's own, and what those do who come from express-jwt. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import cookieParser from "cookie-parser";
import express from "express";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type AuthenticatedRequest, type AuthOptions, authenticate, requireScope } from "../../../src/adapters/express.js";
import { createSigner, createVerifier, type JwtClaims, resolveKeys } from "../../../src/index.js";
import { createKeyRing } from "../../../src/keyring/index.js";
import { remote } from "../../../src/keyring/remote.js";
import { createReplayGuard, createRevocationList } from "../../../src/revocation/index.js";
import { json, serve } from "../../support/ring.js";
import { base64url, LONG_TEST_SECRET, NOW, OTHER_TEST_SECRET, signClaims, signWith, TEST_SECRET } from "../../support/tokens.js";
import { token, verifier } from "./cases.js";
import { send } from "./client.js";
import { listen } from "./frameworks.js";

type Claims = JwtClaims & { admin?: boolean };
type Request = AuthenticatedRequest<Claims, express.Request>;

const whoAmI = (request: Request, response: express.Response) => void response.json(request.auth?.claims.sub ?? "nobody");

async function serving(build: (app: express.Express) => void) {
  const app = express();
  app.set("env", "test");
  build(app);
  const port = await listen(app);
  return async (path = "/", text?: string, lines: readonly (readonly [string, string])[] = []) => {
    const authorization = text === undefined ? [] : [["authorization", `Bearer ${text}`] as const];
    const { status, body } = await send(port, { path, lines: [...authorization, ...lines] });
    return status === 200 ? (JSON.parse(body) as string) : status;
  };
}

/** Everything behind `authenticate` with these options. */
const guarded = (options: Partial<AuthOptions<Claims, express.Request>>) =>
  serving((app) => app.use(authenticate({ verifier, ...options }), whoAmI));

describe("who used express-jwt", () => {
  it("has claims in request.auth.claims", async () => {
    const get = await serving((app) => {
      app.get("/", authenticate({ verifier }), (request: Request, response) => {
        if (request.auth?.claims.admin) response.json("admin");
        else response.sendStatus(401);
      });
    });
    expect([await get("/", token({ admin: true })), await get("/", token()), await get()]).toEqual(["admin", 401, 401]);
  });

  it("has the verifier check issuer and audience", async () => {
    const strict = createVerifier({ keys: TEST_SECRET, currentDate: NOW, issuer: "https://issuer", audience: "https://api" });
    const get = await guarded({ verifier: strict });
    expect(await get("/", token({ iss: "https://issuer", aud: "https://api" }))).toBe("device");
    expect(await get("/", token({ iss: "https://issuer", aud: "https://other" }))).toBe(401);
  });

  it("has secrets in base64url, and public keys, in the verifier", async () => {
    const encoded = Buffer.from(TEST_SECRET).toString("base64url");
    const bySecret = createVerifier({ keys: { secret: encoded, encoding: "base64url" }, currentDate: NOW });
    expect(await (await guarded({ verifier: bySecret }))("/", token())).toBe("device");
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const byKey = createVerifier({ keys: { alg: "RS256", publicKey: pair.publicKey } });
    const signer = createSigner({ key: { alg: "RS256", privateKey: pair.privateKey }, expiresIn: 60 });
    const get = await guarded({ verifier: byKey });
    expect([await get("/", signer.sign({ sub: "by RS256" })), await get("/", token())]).toEqual(["by RS256", 401]);
  });

  it("takes a secret that came in base64 as the bytes it is", async () => {
    const encoded = Buffer.from(TEST_SECRET).toString("base64");
    const get = await guarded({ verifier: createVerifier({ keys: Buffer.from(encoded, "base64"), currentDate: NOW }) });
    expect([await get("/", token()), await get("/", token({}, Buffer.from(encoded)))]).toEqual(["device", 401]);
  });

  it("takes a public key as it was read from a file", async () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-express-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "public.pem");
    writeFileSync(file, pair.publicKey.export({ type: "spki", format: "pem" }));
    const get = await guarded({ verifier: createVerifier({ keys: { alg: "RS256", publicKey: readFileSync(file) } }) });
    const signer = createSigner({ key: { alg: "RS256", privateKey: pair.privateKey }, expiresIn: 60 });
    expect(await get("/", signer.sign({ sub: "by RS256" }))).toBe("by RS256");
    // Its text is known to all: as a secret it would let anybody in.
    expect(await get("/", token({}, readFileSync(file)))).toBe(401);
  });

  it("says which algorithms it takes", async () => {
    const keys = [
      { kid: "1", alg: "HS256", secret: LONG_TEST_SECRET },
      { kid: "2", alg: "HS512", secret: LONG_TEST_SECRET },
    ] as const;
    const claims = JSON.stringify({ sub: "device" });
    const [short, long] = [signWith("HS256", claims, LONG_TEST_SECRET, "1"), signWith("HS512", claims, LONG_TEST_SECRET, "2")];
    const byKeys = await guarded({ verifier: createVerifier({ keys }) });
    expect([await byKeys("/", short), await byKeys("/", long)]).toEqual(["device", "device"]);
    const narrowed = await guarded({ verifier: createVerifier({ keys, algorithms: ["HS512"] }) });
    expect([await narrowed("/", short), await narrowed("/", long)]).toEqual([401, "device"]);
    const unsigned = `${base64url('{"alg":"none"}')}.${base64url(claims)}.`;
    expect([await byKeys("/", unsigned), await narrowed("/", unsigned)]).toEqual([401, 401]);
  });

  it("has the verifier check subject, id and age, and pass over expiration", async () => {
    const strict = createVerifier({ keys: TEST_SECRET, currentDate: NOW, subject: "device", jwtId: ["1", "2"], maxTokenAge: 60 });
    const get = await guarded({ verifier: strict });
    const good = { jti: "1", iat: NOW - 60 };
    expect(await get("/", token(good))).toBe("device");
    for (const bad of [{ sub: "other" }, { jti: "3" }, { iat: NOW - 61 }, { iat: undefined }])
      expect([bad, await get("/", token({ ...good, ...bad }))]).toEqual([bad, 401]);
    const lenient = await guarded({ verifier: createVerifier({ keys: TEST_SECRET, currentDate: NOW, ignoreExpiration: true }) });
    expect([await lenient("/", token({ exp: 1 })), await lenient("/", token({ exp: "1" }))]).toEqual(["device", 401]);
  });

  it("guards all below a path, and nothing beside it", async () => {
    const get = await serving((app) => {
      app.use("/api", authenticate({ verifier }));
      app.get(["/api/data", "/api", "/apis"], whoAmI);
    });
    for (const path of ["/api", "/api/", "/api/data", "/API/data"])
      expect([path, await get(path), await get(path, token())]).toEqual([path, 401, "device"]);
    expect(await get("/apis")).toBe("nobody");
  });

  it("puts open routes before, instead of `unless`", async () => {
    const get = await serving((app) => {
      app.get("/token", whoAmI);
      app.use(authenticate({ verifier }));
      app.get("/data", whoAmI);
    });
    expect([await get("/token"), await get("/data"), await get("/data", token()), await get("/TOKEN/../data")]).toEqual([
      "nobody",
      401,
      "device",
      401,
    ]);
  });

  it("names the query parameter, or gives a function, instead of `getToken`", async () => {
    const get = await guarded({ token: { query: "token" } });
    expect([await get(`/?token=${token()}`), await get("/", token())]).toEqual(["device", "device"]);
    const signed = cookieParser("a test secret for cookies");
    const from = (request: express.Request) => request.cookies.session as string | undefined;
    const byCookie = await serving((app) => app.use(signed, authenticate({ verifier, token: { header: false, from } }), whoAmI));
    expect([await byCookie("/", undefined, [["cookie", `session=${token()}`]]), await byCookie()]).toEqual(["device", 401]);
  });

  it("names the issuers, instead of a function that gives the secret", async () => {
    const issuers = [
      { issuer: "a", keys: TEST_SECRET },
      { issuer: "b", keys: OTHER_TEST_SECRET },
    ];
    const get = await guarded({ verifier: createVerifier({ issuers, currentDate: NOW }) });
    expect(await get("/", signClaims({ sub: "of a", iss: "a" }))).toBe("of a");
    expect(await get("/", signClaims({ sub: "of b", iss: "b" }, undefined, OTHER_TEST_SECRET))).toBe("of b");
    expect(await get("/", signClaims({ sub: "of a", iss: "b" }))).toBe(401);
  });

  it("looks up a tenant's secret when its first token comes, by the issuer it names", async () => {
    const tenants = new Map([
      ["a", TEST_SECRET],
      ["b", OTHER_TEST_SECRET],
    ]);
    const lookUp = vi.fn(async (issuer: string) => tenants.get(issuer));
    const get = await guarded({ verifier: createVerifier({ keys: resolveKeys(lookUp), keyFrom: { claim: "iss" }, currentDate: NOW }) });
    expect([await get("/", token({ iss: "a" })), await get("/", token({ iss: "b" }, OTHER_TEST_SECRET))]).toEqual(["device", "device"]);
    expect([await get("/", token({ iss: "b" })), await get("/", token({ iss: "c" })), await get("/", token())]).toEqual([401, 401, 401]);
    expect(await get("/", token({ iss: "a" }))).toBe("device");
    expect(lookUp.mock.calls.flat()).toEqual(["a", "b", "c"]);
  });

  it("rotates each issuer's secrets by `kid`", async () => {
    const ringOfA = createKeyRing({ keys: [{ kid: "1", secret: TEST_SECRET }] });
    const issuers = [
      { issuer: "a", keys: ringOfA },
      { issuer: "b", keys: [{ kid: "1", secret: OTHER_TEST_SECRET }] },
    ];
    const get = await guarded({ verifier: createVerifier({ issuers, currentDate: NOW }) });
    const of = (iss: string, kid: string, secret: Uint8Array) => signClaims({ sub: iss, iss }, { alg: "HS256", kid }, secret);
    const [old, next, others] = [of("a", "1", TEST_SECRET), of("a", "2", LONG_TEST_SECRET), of("b", "1", OTHER_TEST_SECRET)];
    expect([await get("/", old), await get("/", next), await get("/", others)]).toEqual(["a", 401, "b"]);
    ringOfA.add({ kid: "2", secret: LONG_TEST_SECRET });
    expect([await get("/", old), await get("/", next), await get("/", others)]).toEqual(["a", "a", "b"]);
    ringOfA.remove("1");
    expect([await get("/", old), await get("/", next), await get("/", others)]).toEqual([401, "a", "b"]);
    // The other issuer has a key of that name, too.
    expect(await get("/", of("a", "1", OTHER_TEST_SECRET))).toBe(401);
  });

  it("has a key ring instead of a JWKS client", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const server = await serve(json({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1" }] }));
    const ring = createKeyRing({ source: remote(server.url) });
    // Nobody waits for the ring to be ready: who asks first does.
    const get = await guarded({ verifier: createVerifier({ keys: ring }) });
    const signer = createSigner({ key: { kid: "1", privateKey }, expiresIn: 60 });
    expect(await get("/", signer.sign({ sub: "by a key of the set" }))).toBe("by a key of the set");
    ring.close();
  });

  it("has the verifier refuse what is revoked, and tolerate what is just expired", async () => {
    const revocation = createRevocationList();
    await revocation.revoke({ jti: "gone" });
    const get = await guarded({ verifier: createVerifier({ keys: TEST_SECRET, currentDate: NOW, revocation, clockTolerance: 300 }) });
    expect([
      await get("/", token({ jti: "gone" })),
      await get("/", token({ exp: NOW - 299 })),
      await get("/", token({ exp: NOW - 300 })),
    ]).toEqual([401, "device", 401]);
  });

  it("asks a store of its own behind, where each request must be asked for", async () => {
    const isRevoked = async (id: string | undefined) => id === "gone";
    const get = await serving((app) => {
      app.use(authenticate({ verifier }), async (request: Request, response: express.Response, next: express.NextFunction) => {
        if (await isRevoked(request.auth?.claims.jti)) response.sendStatus(401);
        else next();
      });
      app.use(whoAmI);
    });
    expect([await get("/", token()), await get("/", token({ jti: "gone" })), await get()]).toEqual(["device", 401, 401]);
  });

  it("has optional tokens with `optional`", async () => {
    const get = await guarded({ optional: true });
    expect([await get(), await get("/", token()), await get("/", "a.b.c")]).toEqual(["nobody", "device", 401]);
  });

  it("has no request whose `auth` and `authDenial` are both there, whichever verifier comes last", async () => {
    const app = express();
    const other = createVerifier({ keys: OTHER_TEST_SECRET, currentDate: NOW });
    const pass = (verifier: typeof other) => authenticate({ verifier, optional: true, onRejected: "pass" });
    app.use("/first", pass(verifier), pass(other));
    app.use("/last", pass(other), authenticate({ verifier, optional: true }));
    app.use((request: AuthenticatedRequest<JwtClaims, express.Request>, response) => {
      response.json([request.auth?.claims.sub ?? null, request.authDenial?.rejection?.code ?? null]);
    });
    const port = await listen(app);
    const get = async (path: string) => (await send(port, { path, lines: [["authorization", `Bearer ${token()}`]] })).body;
    expect([await get("/first"), await get("/last")]).toEqual(['[null,"BAD_SIGNATURE"]', '["device",null]']);
  });

  it("has a scope's answer tell of the bad token that passed, with the realm", async () => {
    const app = express();
    app.use(authenticate({ verifier, optional: true, onRejected: "pass", realm: "shop" }));
    app.use(requireScope("admin"), (_, response) => void response.json("in"));
    const { status, headers } = await send(await listen(app), { lines: [["authorization", `Bearer ${token({ exp: 1 })}`]] });
    const challenge = 'Bearer realm="shop", error="invalid_token", error_description="The token has expired", scope="admin"';
    expect([status, headers["www-authenticate"]]).toEqual([401, challenge]);
  });

  it("has optional tokens wherever they are looked for", async () => {
    const from = (request: express.Request) => request.get("x-token");
    const get = await guarded({ optional: true, token: { header: false, query: "token", from } });
    expect([await get(), await get(`/?token=${token()}`), await get("/", undefined, [["x-token", token()]])]).toEqual([
      "nobody",
      "device",
      "device",
    ]);
    // Not where it is looked for, or empty, so none; and there, but bad.
    expect([await get("/", token()), await get("/?token="), await get("/?token=a.b.c")]).toEqual(["nobody", "nobody", 401]);
  });

  it("throws from `onRejected` to answer in the application's error handler", async () => {
    class Unauthorized extends Error {}
    const get = await serving((app) => {
      const onRejected: AuthOptions<Claims, express.Request>["onRejected"] = ({ rejection }) => {
        throw new Unauthorized(rejection?.code ?? "none");
      };
      app.use(authenticate({ verifier, onRejected }), whoAmI);
      app.use((error: unknown, _: express.Request, response: express.Response, next: express.NextFunction) => {
        if (error instanceof Unauthorized) response.json(error.message);
        else next(error);
      });
    });
    expect([await get(), await get("/", token({ exp: 1 })), await get("/", token())]).toEqual(["none", "EXPIRED", "device"]);
  });

  it("copies to another property what is to be there", async () => {
    const get = await serving((app) => {
      app.use(authenticate({ verifier }), (request: Request, _, next) => {
        Object.assign(request, { user: request.auth?.claims });
        next();
      });
      app.use((request, response) => void response.json((request as unknown as { user: Claims }).user.sub));
    });
    expect(await get("/", token())).toBe("device");
  });
});

describe("Express's middleware", () => {
  it("accepts a token once, with a replay guard, and asks for its scope without judging it again", async () => {
    const replay = createReplayGuard({ currentDate: () => NOW });
    const once = createVerifier({ keys: TEST_SECRET, currentDate: NOW, replay });
    const get = await serving((app) => app.use(authenticate({ verifier: once }), requireScope("a"), whoAmI));
    const used = token({ scope: "a" });
    expect([await get("/", used), await get("/", used), await get("/", token({ scope: "a" }))]).toEqual(["device", 401, "device"]);
  });

  it("can be used again by a route, more strictly", async () => {
    const get = await serving((app) => {
      app.use(authenticate({ verifier, optional: true }));
      app.get("/", whoAmI);
      app.get("/strict", authenticate({ verifier, scope: "a" }), whoAmI);
      app.get("/scoped", requireScope(["a", "b"]), whoAmI);
    });
    expect([await get("/"), await get("/strict"), await get("/scoped")]).toEqual(["nobody", 401, 401]);
    expect([await get("/strict", token({ scope: "a" })), await get("/scoped", token({ scope: "a" }))]).toEqual(["device", 403]);
  });

  it("requires what `authenticate` has not been asked for", async () => {
    const get = await serving((app) => app.use(requireScope("a"), whoAmI));
    expect(await get("/", token({ scope: "a" }))).toBe(401);
  });

  it("lets a preflight pass `requireScope` only if it is told so", async () => {
    const request = { method: "OPTIONS", headers: { origin: "https://a", "access-control-request-method": "GET" } };
    const response = () => ({ statusCode: 0, setHeader: () => {}, end: () => {} });
    expect(await requireScope("a", { preflight: true })(request, response())).toBe(true);
    expect(await requireScope("a")(request, response())).toBe(false);
  });

  it("refuses an answer of a handler of node:http that does not wait, and takes it from one that does", async () => {
    const guard = authenticate({ verifier, realm: "test" });
    const thrown: string[] = [];
    const port = await listen((request, response) => {
      const passed = guard(request, response);
      const hasPassed: unknown = passed;
      for (const answer of [() => response.end("secret"), () => response.write("secret"), () => response.writeHead(200)]) {
        try {
          if (hasPassed) answer();
        } catch (error) {
          thrown.push((error as Error).message);
        }
      }
      passed.then((isIn) => isIn && response.writeHead(200).end("in"));
    });
    expect(await send(port, {})).toMatchObject({ status: 401, body: "" });
    expect(await send(port, { lines: [["authorization", `Bearer ${token()}`]] })).toMatchObject({ status: 200, body: "in" });
    const message = "Expected `if (await guard(request, response))`, got an answer before the request is judged: `await` is missing";
    expect(thrown).toEqual(Array(6).fill(message));
  });

  it("leaves its answer to a handler of node:http that wraps it while the request is judged", async () => {
    const guard = authenticate({ verifier });
    const port = await listen(async (request, response) => {
      const passed = guard(request, response);
      response.end = new Proxy(response.end, {});
      if (await passed) response.end("in");
    });
    expect(await send(port, {})).toMatchObject({ status: 401, body: "" });
    expect(await send(port, { lines: [["authorization", `Bearer ${token()}`]] })).toMatchObject({ status: 200, body: "in" });
  });

  it("goes on in no case when the verifier fails", async () => {
    const failing = authenticate({ verifier: { verifyAsync: () => Promise.reject(new Error("broken")) } });
    const request = { method: "GET", url: "/", headers: { authorization: `Bearer ${token()}` } };
    const answered = () => ({ statusCode: 0, setHeader: vi.fn(), end: vi.fn() });
    const deaf = vi.fn();
    let response = answered();
    // Who takes no argument would not notice that it is an error.
    expect(await failing(request, response, () => deaf())).toBe(false);
    expect([deaf.mock.calls.length, response.statusCode, response.end.mock.calls.length]).toEqual([0, 500, 1]);
    response = answered();
    expect(await failing(request, response)).toBe(false);
    expect([response.statusCode, response.end.mock.calls.length]).toEqual([500, 1]);
    const errors: unknown[] = [];
    response = answered();
    expect(await failing(request, response, (error) => errors.push(error))).toBe(false);
    expect(errors).toMatchObject([{ name: "AuthFailure", status: 500, cause: { message: "broken" } }]);
    expect(response.end).not.toHaveBeenCalled();
  });

  it.each([true, false])("gives no second answer where a callback has given one, and cuts one that is not whole (%s)", async (isWhole) => {
    let response: ServerResponse;
    const guard = authenticate({
      verifier,
      token: {
        from: () => {
          response.writeHead(418, { "content-length": "5" })[isWhole ? "end" : "write"](isWhole ? "whole" : "part");
          throw Object.assign(new Error("full"), { code: "OVERLOADED" });
        },
      },
    });
    const results: boolean[] = [];
    const port = await listen(async (request, given) => {
      response = given;
      results.push(await guard(request, given));
    });
    if (isWhole) expect(await send(port, {})).toMatchObject({ status: 418, body: "whole" });
    else await expect(send(port, {})).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect(results).toEqual([false]);
  });

  it("may be asked again by its own callbacks", async () => {
    const answered = () => ({ statusCode: 0, setHeader: vi.fn(), end: vi.fn() });
    const good = () => ({ method: "GET", url: "/", headers: { authorization: `Bearer ${token()}` } });
    const results: unknown[] = [];
    const guard: ReturnType<typeof authenticate> = authenticate({
      verifier,
      token: {
        from: async (request) => {
          if (request.url === "/from") results.push(await guard(good(), answered()));
          return undefined;
        },
      },
      onRejected: async ({ status }) => {
        results.push(status, await guard(good(), answered()));
      },
    });
    const response = answered();
    expect(await guard({ method: "GET", url: "/from", headers: {} }, response)).toBe(false);
    expect(response.statusCode).toBe(401);
    expect(results).toEqual([true, 401, true]);
  });

  it("reads claims when they are asked for, once", async () => {
    const request: AuthenticatedRequest<JwtClaims> = { method: "GET", url: "/", headers: { authorization: `Bearer ${token()}` } };
    const parse = vi.spyOn(JSON, "parse");
    expect(await authenticate({ verifier })(request, { statusCode: 0, setHeader: vi.fn(), end: vi.fn() })).toBe(true);
    expect(parse).not.toHaveBeenCalled();
    expect(request.auth?.claims).toBe(request.auth?.claims);
    parse.mockRestore();
  });
});
