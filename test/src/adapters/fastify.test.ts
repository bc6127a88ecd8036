/** What is Fastify's own, and what those do who come from @fastify/jwt. */
import cookie from "@fastify/cookie";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Auth, type AuthOptions, authenticate, type Denial } from "../../../src/adapters/fastify.js";
import { createVerifier, type JwtClaims } from "../../../src/index.js";
import { NOW, OTHER_TEST_SECRET } from "../../support/tokens.js";
import { token, verifier } from "./cases.js";

type Request = FastifyRequest & { auth: Auth<JwtClaims> | null };

const whoAmI = async (request: FastifyRequest) => (request as Request).auth?.claims.sub ?? "nobody";
const nobody = { config: { auth: false } };

async function serving(build: (app: FastifyInstance) => void) {
  const app = fastify();
  onTestFinished(() => app.close());
  build(app);
  await app.ready();
  return async (url: string, text?: string, headers: Record<string, string> = {}) => {
    const authorization: Record<string, string> = text === undefined ? {} : { authorization: `Bearer ${text}` };
    const { statusCode, body } = await app.inject({ url, headers: { ...headers, ...authorization } });
    return statusCode === 200 ? body : statusCode;
  };
}

const guarded = (options: Partial<AuthOptions<JwtClaims, FastifyRequest>>, build: (app: FastifyInstance) => void) =>
  serving((app) => {
    app.register(authenticate({ verifier, ...options }));
    build(app);
  });

describe("Fastify's plugin", () => {
  it("is for all routes of its instance, those before it and those within", async () => {
    const get = await serving((app) => {
      app.get("/before", whoAmI);
      app.register(authenticate({ verifier }));
      app.get("/behind", whoAmI);
      app.register(async (inner) => void inner.get("/within", whoAmI));
    });
    for (const url of ["/before", "/behind", "/within", "/nowhere"]) expect([url, await get(url)]).toEqual([url, 401]);
    for (const url of ["/before", "/behind", "/within"]) expect([url, await get(url, token())]).toEqual([url, "device"]);
    expect(await get("/nowhere", token())).toBe(404);
  });

  it("is for no route beside the instance that it is registered in", async () => {
    const get = await serving((app) => {
      app.get("/outside", whoAmI);
      app.register(async (inner) => {
        inner.register(authenticate({ verifier }));
        inner.get("/inside", whoAmI);
      });
    });
    expect([await get("/outside"), await get("/inside"), await get("/inside", token())]).toEqual(["nobody", 401, "device"]);
  });

  it("can be registered again within, more strictly", async () => {
    const get = await guarded({ optional: true }, (app) => {
      app.get("/", whoAmI);
      app.register(async (inner) => {
        inner.register(authenticate({ verifier, scope: "admin" }));
        inner.get("/admin", whoAmI);
      });
    });
    expect([await get("/"), await get("/admin"), await get("/admin", token())]).toEqual(["nobody", 401, 403]);
    expect(await get("/admin", token({ scope: "admin" }))).toBe("device");
  });

  it("lets a bad token pass as none where a route says so, and nowhere else", async () => {
    const whyNot = async (request: FastifyRequest) => {
      const { auth, authDenial } = request as FastifyRequest & { auth: unknown; authDenial: Denial | null };
      return { auth, code: authDenial?.rejection?.code ?? null };
    };
    const get = await guarded({}, (app) => {
      app.get("/login", { config: { auth: { optional: true, onRejected: "pass" } } }, whyNot);
      app.get("/optional", { config: { auth: { optional: true } } }, whyNot);
      app.get("/", whyNot);
    });
    expect(JSON.parse(String(await get("/login", token({ exp: 1 }))))).toEqual({ auth: null, code: "EXPIRED" });
    expect(JSON.parse(String(await get("/login")))).toEqual({ auth: null, code: null });
    expect(JSON.parse(String(await get("/login", token())))).toMatchObject({ auth: { ok: true }, code: null });
    expect([await get("/optional", token({ exp: 1 })), await get("/", token({ exp: 1 }))]).toEqual([401, 401]);
  });

  it("obeys what a route says of itself", async () => {
    const get = await guarded({ scope: "read" }, (app) => {
      app.get("/open", nobody, whoAmI);
      app.get("/same", { config: { auth: true } }, whoAmI);
      app.get("/optional", { config: { auth: { optional: true } } }, whoAmI);
      app.get("/write", { config: { auth: { scope: ["write"] } } }, whoAmI);
    });
    expect([await get("/open"), await get("/same"), await get("/optional"), await get("/write")]).toEqual(["nobody", 401, "nobody", 401]);
    const reader = () => token({ scope: "read" });
    expect([await get("/same", reader()), await get("/write", reader()), await get("/optional", "a.b.c")]).toEqual(["device", 403, 401]);
    expect([await get("/same", token()), await get("/optional", token()), await get("/open", "a.b.c")]).toEqual([403, "device", "nobody"]);
  });

  it.each([{ scop: "a" }, { optional: true, scope: "a" }, null, 0, "", "optional", { scope: "" }, { scope: undefined }])(
    "lets nobody pass a route with auth %j",
    async (auth) => {
      const get = await guarded({ optional: true }, (app) => app.get("/", { config: { auth } }, whoAmI));
      expect([await get("/"), await get("/", token({ scope: "a" }))]).toEqual([500, 500]);
    },
  );

  it.each<[options: object, message: string]>([
    [{ config: { scope: "admin" } }, "got `scope` in `config`"],
    [{ config: { scopes: ["admin"] } }, "got `scopes` in `config`"],
    [{ config: { requiredScope: "admin" } }, "got `requiredScope` in `config`"],
    [{ config: { optional: false } }, "got `optional` in `config`"],
    [{ config: { Auth: { scope: "admin" } } }, "got `Auth` in `config`"],
    ...["auht", "atuh", "uath", "aut", "ath", "auths", "autth", "aurh", "authz", "authn", "AUTH_", "au-th"].map(
      (name): [object, string] => [{ config: { [name]: { scope: "admin" } } }, `got \`${name}\` in \`config\``],
    ),
    [{ config: { authorization: { scope: "admin" } } }, "got `authorization` in `config`"],
    [{ config: { requireAuth: { scopes: ["admin"] } } }, "got `requireAuth` in `config`"],
    [{ auth: { scope: "admin" } }, "got `auth` in `options`"],
    [{ scope: "admin" }, "got `scope` in `options`"],
    [{ config: { auth: { scop: "admin" } } }, "Unknown option `scop`: did you mean `scope`?"],
    [{ config: { auth: { scopes: "admin" } } }, "Unknown option `scopes`: did you mean `scope`?"],
    [{ config: { auth: { scope: undefined } } }, "Expected `scope` to be scopes"],
    [{ config: { auth: { onRejected: "pass", optional: false } } }, "Expected `optional: true` beside `onRejected"],
    [{ config: { auth: { onRejected: () => {} } } }, 'Expected `onRejected` to be "pass", got a function'],
    [{ config: { auth: { scope: "a", realm: "b" } } }, "Unknown option `realm`"],
    [{ config: { auth: "admin" } }, "Expected `auth` to be an object, got a string"],
    [{ config: { auth: ["admin"] } }, "Expected `auth` to be an object, got an array"],
    [{ config: { auth: 0 } }, "Expected `auth` to be an object, got 0"],
    [{ config: { auth: null } }, "Expected `auth` to be an object, got null"],
  ])("refuses a route with %j as it is declared, or lets no request pass it", async (options, message) => {
    const app = fastify();
    onTestFinished(() => app.close());
    await app.register(authenticate({ verifier }));
    expect(() => app.get("/", options as never, whoAmI)).toThrow(message);
    app.register(async (inner) => {
      expect(() => inner.get("/inner", options as never, whoAmI)).toThrow(message);
    });
    await app.ready();
    if (!("config" in options)) return;
    const get = await guarded({ optional: true }, (early) => early.get("/", options as never, whoAmI));
    expect([await get("/"), await get("/", token({ scope: "admin" }))]).toEqual([500, 500]);
  });

  it("takes no `config` that every object has for a route's", async () => {
    const everything = Object.prototype as { config?: unknown };
    const get = await guarded({}, (app) =>
      app.register(async (inner) => {
        everything.config = { auth: false };
        try {
          inner.get("/", whoAmI);
        } finally {
          delete everything.config;
        }
      }),
    );
    expect(await get("/")).toBe(401);
  });

  it("refuses an `auth` that a `config` inherits, rather than pass it over", async () => {
    const config = Object.create({ auth: { scope: "admin" } }) as object;
    await expect(guarded({}, (app) => app.register(async (inner) => inner.get("/", { config }, whoAmI)))).rejects.toThrow(
      "Expected `auth` of `config` to be a member of its own, got it inherited",
    );
  });

  it("leaves alone what else a route's `config` has", async () => {
    const get = await guarded({}, (app) =>
      app.get(
        "/",
        {
          config: {
            rateLimit: { max: 5 },
            scopeName: "a",
            url: "x",
            auto: 1,
            oauth: {},
            author: "b",
            authorization: {},
            authz: { roles: ["admin"] },
            authn: "ldap",
            path: "c",
          } as never,
        },
        whoAmI,
      ),
    );
    expect([await get("/"), await get("/", token())]).toEqual([401, "device"]);
  });

  it.each([{ scope: "admin" }, { prefix: "/api" }, { verifier }])("refuses %j beside it, which would narrow nothing", async (options) => {
    const app = fastify();
    onTestFinished(() => app.close());
    app.register(authenticate({ verifier }), options as object);
    await expect(app.ready()).rejects.toThrow("Expected the options of `register` to be given to `authenticate`, got `");
  });

  it("tells the client nothing of what failed", async () => {
    const app = fastify();
    onTestFinished(() => app.close());
    app.register(authenticate({ verifier: { verifyAsync: () => Promise.reject(new Error("https://internal.example.com")) } }));
    app.get("/", whoAmI);
    const { statusCode, body } = await app.inject({ url: "/", headers: { authorization: `Bearer ${token()}` } });
    expect([statusCode, body.includes("internal")]).toEqual([500, false]);
  });
});

describe("who used @fastify/jwt", () => {
  it("has a cookie with `cookie`, or any that @fastify/cookie reads with a function", async () => {
    const get = await guarded({ token: { header: false, cookie: "token" } }, (app) => app.get("/", whoAmI));
    expect([await get("/", undefined, { cookie: `token=${token()}` }), await get("/", token())]).toEqual(["device", 401]);
    const signed = await serving((app) => {
      app.register(cookie, { secret: "a test secret for cookies" });
      const from = (request: FastifyRequest) => {
        const { valid, value } = request.unsignCookie(request.cookies.token ?? "");
        return valid ? (value ?? undefined) : undefined;
      };
      app.register(authenticate({ verifier, token: { header: false, from } }));
      app.get("/sign", nobody, async () => app.signCookie(token()));
      app.get("/", whoAmI);
    });
    const good = encodeURIComponent(String(await signed("/sign")));
    expect([
      await signed("/", undefined, { cookie: `token=${good}` }),
      await signed("/", undefined, { cookie: `token=${token()}` }),
    ]).toEqual(["device", 401]);
  });

  it("registers where verification is wanted, instead of calling `jwtVerify`", async () => {
    const get = await guarded({}, (app) => {
      app.get("/", nobody, whoAmI);
      app.get("/user", whoAmI);
    });
    expect([await get("/"), await get("/user"), await get("/user", token())]).toEqual(["nobody", 401, "device"]);
  });

  it("has another verifier for an instance within, instead of a namespace", async () => {
    const other = createVerifier({ keys: OTHER_TEST_SECRET, currentDate: NOW });
    const get = await serving((app) => {
      for (const [prefix, each] of [["/a", verifier] as const, ["/b", other] as const])
        app.register(async (inner) => void inner.register(authenticate({ verifier: each })).get("/", whoAmI), { prefix });
    });
    const others = () => token({}, OTHER_TEST_SECRET);
    expect([await get("/a", token()), await get("/a", others()), await get("/b", token()), await get("/b", others())]).toEqual([
      "device",
      401,
      401,
      "device",
    ]);
  });

  it("has messages of its own from `onRejected`, instead of `messages`", async () => {
    const app = fastify();
    onTestFinished(() => app.close());
    app.register(authenticate({ verifier, onRejected: ({ rejection }) => ({ body: { message: rejection?.code ?? "Sign in" } }) }));
    app.get("/", whoAmI);
    const { statusCode, body } = await app.inject({ url: "/" });
    expect([statusCode, JSON.parse(body)]).toEqual([401, { message: "Sign in" }]);
  });

  it("asks whom it likes in a hook behind, instead of `trusted`", async () => {
    const trusted = async (name: string | undefined) => name === "device";
    const get = await guarded({}, (app) => {
      app.addHook("preHandler", async (request, reply) => {
        if (!(await trusted((request as Request).auth?.claims.sub))) return reply.code(403).send();
      });
      app.get("/", whoAmI);
    });
    expect([await get("/", token()), await get("/", token({ sub: "other" })), await get("/")]).toEqual(["device", 403, 401]);
  });
});
