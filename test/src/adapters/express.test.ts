/** What is Express's own, and what those do who come from express-jwt. */
import { generateKeyPairSync } from "node:crypto";
import cookieParser from "cookie-parser";
import express from "express";
import { describe, expect, it, vi } from "vitest";
import { type AuthenticatedRequest, type AuthOptions, authenticate, requireScope } from "../../../src/adapters/express.js";
import { createSigner, createVerifier, type JwtClaims } from "../../../src/index.js";
import { createKeyRing } from "../../../src/keyring/index.js";
import { remote } from "../../../src/keyring/remote.js";
import { createReplayGuard, createRevocationList } from "../../../src/revocation/index.js";
import { json, serve } from "../../support/ring.js";
import { NOW, OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../../support/tokens.js";
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

  it("has optional tokens with `optional`", async () => {
    const get = await guarded({ optional: true });
    expect([await get(), await get("/", token()), await get("/", "a.b.c")]).toEqual(["nobody", "device", 401]);
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

  it("reads claims when they are asked for, once", async () => {
    const request: AuthenticatedRequest<JwtClaims> = { method: "GET", url: "/", headers: { authorization: `Bearer ${token()}` } };
    const parse = vi.spyOn(JSON, "parse");
    expect(await authenticate({ verifier })(request, { statusCode: 0, setHeader: vi.fn(), end: vi.fn() })).toBe(true);
    expect(parse).not.toHaveBeenCalled();
    expect(request.auth?.claims).toBe(request.auth?.claims);
    parse.mockRestore();
  });
});
