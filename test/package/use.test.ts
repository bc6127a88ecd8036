/** The package as its users meet it: installed from the tarball, imported, required, compiled against, run. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { node, Project, root } from "./project.js";

/** A test key: 32 bytes that everybody knows. */
const SECRET = Buffer.alloc(32, 7);
const TOKEN = signed({ sub: "device-1", scope: "read" });

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project?.remove());

const VERIFY = `
  const verifier = createVerifier({ keys: [{ alg: "HS256", secret: new Uint8Array(32).fill(7) }] });
  const verdict = verifier.verify("${TOKEN}");
  console.log(JSON.stringify({ ok: verdict.ok, sub: verdict.claims.sub, forged: verifier.verify("${TOKEN.slice(0, -2)}AA").code }));
`;
const EXPECTED = { ok: true, sub: "device-1", forged: "BAD_SIGNATURE" };

describe("the installed package", () => {
  it("runs what its README begins with", () => {
    const [, program] = /^## Try it$.*?^```js$(.*?)^```$/ms.exec(project.read("README.md")) ?? [];
    expect(project.run("try.mjs", program as string)).toBe("device-7\nMALFORMED");
  });

  it("verifies when it is imported", () => {
    expect(JSON.parse(project.run("use.mjs", `import { createVerifier } from "wasm-jwt";${VERIFY}`))).toEqual(EXPECTED);
  });

  it("verifies when it is required by CommonJS", () => {
    expect(JSON.parse(project.run("use.cjs", `const { createVerifier } = require("wasm-jwt");${VERIFY}`))).toEqual(EXPECTED);
  });

  it("verifies with keys of a ring, which keep no process alive", () => {
    project.write("keys/2026-11", Buffer.from(SECRET).toString("latin1"));
    project.write("jwks.json", JSON.stringify({ keys: [{ kty: "oct", k: SECRET.toString("base64url") }] }));
    const program = `
      import { createVerifier } from "wasm-jwt";
      import { callback, createKeyRing, remote } from "wasm-jwt/keyring";
      import { directory, file } from "wasm-jwt/keyring/node";
      const sources = [file("jwks.json"), directory("keys"), callback(() => new Uint8Array(32).fill(7)), remote("http://127.0.0.1:1/")];
      const rings = sources.map((source) => createKeyRing({ source }));
      const accepted = [];
      for (const keys of rings) {
        await keys.ready().catch(() => undefined);
        accepted.push(createVerifier({ keys }).verify("${TOKEN}").ok);
      }
      rings[0].close();
      console.log(JSON.stringify(accepted));`;
    expect(JSON.parse(project.run("ring.mjs", program))).toEqual([true, true, true, false]);
  });

  it("ends when a ring is closed whose server never answers", async () => {
    // Connections are taken by the system: this process is busy waiting for the other.
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const program = `
      import { createKeyRing, remote } from "wasm-jwt/keyring";
      const ring = createKeyRing({ source: remote("http://127.0.0.1:${port}/", { timeout: 60 }) });
      const start = performance.now();
      setTimeout(() => ring.close(), 200);
      await ring.ready().catch((error) => console.log(error.message));
      process.on("exit", () => console.log(performance.now() - start < 5000));`;
    const message = `Expected the JWK set at http://127.0.0.1:${port}/ to be loaded, got the ring closed`;
    expect(project.run("closed.mjs", program).split("\n")).toEqual([message, "true"]);
    server.close();
  });

  it("shares one engine between its entries", () => {
    const program = `
      let compiled = 0;
      const { Module } = WebAssembly;
      WebAssembly.Module = new Proxy(Module, { construct: (target, args) => (compiled++, new target(...args)) });
      const { sha256 } = await import("wasm-jwt/primitives");
      sha256(new Uint8Array(3));
      const { createVerifier } = await import("wasm-jwt");
      createVerifier({ keys: [new Uint8Array(32).fill(7)] });
      const { createKeyRing } = await import("wasm-jwt/keyring");
      createKeyRing({ keys: [new Uint8Array(32).fill(7)] });
      console.log(compiled);`;
    expect(project.run("entries.mjs", program)).toBe("1");
  });

  it("compiles nothing and adds no global when it is imported", () => {
    const program = `
      const calls = [];
      for (const name of ["Module", "Instance", "Memory"]) {
        WebAssembly[name] = new Proxy(WebAssembly[name], { construct: (target, args) => (calls.push(name), new target(...args)) });
      }
      for (const name of ["compile", "instantiate", "compileStreaming", "instantiateStreaming"]) {
        const original = WebAssembly[name];
        WebAssembly[name] = (...args) => (calls.push(name), original(...args));
      }
      const before = Object.getOwnPropertyNames(globalThis).sort().join();
      const { createVerifier } = await import("wasm-jwt");
      const atImport = calls.length;
      const globals = Object.getOwnPropertyNames(globalThis).sort().join() === before;
      createVerifier({ keys: [new Uint8Array(32).fill(7)] });
      console.log(JSON.stringify({ atImport, globals, later: calls.includes("Module") }));`;
    expect(JSON.parse(project.run("effects.mjs", program))).toEqual({ atImport: 0, globals: true, later: true });
  });

  it("shows its manifest and hides its insides", () => {
    const program = `
      const attempt = (name) => import(name, name.endsWith(".json") ? { with: { type: "json" } } : {}).then(() => "there", (error) => error.code);
      console.log(await attempt("wasm-jwt/package.json"), await attempt("wasm-jwt/dist/index.js"), await attempt("wasm-jwt/engine"));`;
    expect(project.run("exports.mjs", program)).toBe("there ERR_PACKAGE_PATH_NOT_EXPORTED ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])("types its claims with module %s and resolution %s, without DOM or Node types", (module, moduleResolution) => {
    const options = { strict: true, noEmit: true, target: "es2022", lib: ["es2022"], types: [], exactOptionalPropertyTypes: true };
    project.write("tsconfig.json", JSON.stringify({ compilerOptions: { ...options, module, moduleResolution }, files: ["typed.mts"] }));
    project.write("typed.mts", TYPED);
    expect(compile()).toBe("");
  });

  it("does not let a claim be read before the verdict is", () => {
    project.write("tsconfig.json", JSON.stringify({ compilerOptions: { strict: true, noEmit: true, types: [] }, files: ["untested.mts"] }));
    project.write("untested.mts", UNTESTED);
    expect(compile()).toMatch(/Property 'claims' does not exist on type 'Rejection'/);
  });

  it("runs its command", () => {
    const command = join(project.folder, "node_modules/.bin/wasm-jwt");
    expect(node(project.folder, command, "--version")).toContain(project.manifest().version);
  });
});

const TYPED = `
  import { type Batcher, createBatcher, createVerifier, type JwtClaims, OverloadError, type RejectionCode, type Verdict, type Verifier, type VerifierStats } from "wasm-jwt";
  import { type AedesBroker, type Acl, protect } from "wasm-jwt/aedes";
  import * as forExpress from "wasm-jwt/express";
  import * as forFastify from "wasm-jwt/fastify";
  import * as forHono from "wasm-jwt/hono";
  import * as forKoa from "wasm-jwt/koa";
  import { callback, createKeyRing, type KeyRing, type KeyRingStatus, remote } from "wasm-jwt/keyring";
  import { directory, environment, file } from "wasm-jwt/keyring/node";
  import { observeStats } from "wasm-jwt/opentelemetry";
  import { sha256 } from "wasm-jwt/primitives";
  import { exposeStats } from "wasm-jwt/prom-client";
  import { createSessionRegistry, type SessionRegistry, sessionToken } from "wasm-jwt/sessions";
  import { authenticateUpgrade, type UpgradeListener, type WebSocketServer } from "wasm-jwt/ws";

  interface MyClaims extends JwtClaims { sub: string; scope: "read" | "write" }

  const verifier: Verifier<MyClaims> = createVerifier<MyClaims>({
    keys: [{ kid: "2026-11", alg: "HS256", secret: new Uint8Array(32) }],
    issuer: "https://auth.example.com",
    requiredClaims: ["sub"],
    clockTolerance: 5,
  });
  const verdict: Verdict<MyClaims> = verifier.verify("a.b.c");
  if (verdict.ok) {
    const scope: "read" | "write" = verdict.claims.scope;
    const expiry: number | undefined = verdict.claims.exp;
    void [scope, expiry];
  } else {
    const code: RejectionCode = verdict.code;
    void code;
  }
  for (const each of verifier.verifyBatch(["a.b.c", new Uint8Array(3)])) if (each.ok) void each.claims.sub.length;
  const ring: KeyRing = createKeyRing({
    keys: [{ kty: "oct", k: "AAAA", kid: "a", nbf: 5 }, { kid: "b", secret: new Uint8Array(32), exp: 5 }],
    source: remote("https://auth.example.com/jwks.json", { headers: { authorization: "Bearer test" }, timeout: 5 }),
    onReload: ({ changed, keys, problems }) => void [changed, keys, problems.length],
    onError: (error) => void error.message,
  });
  const status: KeyRingStatus = ring.status();
  const sources = [callback(async () => ({ keys: [] })), directory("keys"), environment("KEYS"), file("jwks.json")];
  void [createVerifier({ keys: ring, issuer: "me" }), status.keys, sources, ring.refresh()];
  const batcher: Batcher<MyClaims> = createBatcher(verifier, { maxBatch: 64, maxQueue: 4096, flush: "immediate" });
  const judging: Pick<Verifier<MyClaims>, "verifyAsync"> = batcher;
  void judging.verifyAsync("a.b.c").catch((error: unknown) => error instanceof OverloadError && error.code === "OVERLOADED");
  const stats: VerifierStats = verifier.stats();
  const expired: number = stats.codes.EXPIRED;
  void [batcher.pending, batcher.stats().overloads, stats.keys, expired, exposeStats, observeStats];
  const digest: Uint8Array = sha256(new Uint8Array(3));
  void digest;

  type MyRequest = forExpress.AuthenticatedRequest<MyClaims>;
  const guard = forExpress.authenticate({ verifier, token: { query: "access_token", from: (request: MyRequest) => request.url }, scope: ["read"] });
  const scopeOf = ({ auth }: MyRequest): "read" | "write" | undefined => auth?.claims.scope;
  const state: forKoa.AuthState<MyClaims> = {};
  const variables = ({ auth }: forHono.AuthVariables<typeof verifier>): "read" | "write" => auth.claims.scope;
  const onRejected: forHono.AuthOptions<MyClaims, forHono.HonoContext>["onRejected"] = ({ rejection }, context) => {
    void [rejection?.code, context.req.url];
  };
  void [guard, scopeOf, state.auth?.claims.sub, variables, forKoa.requireScope("a"), forFastify.authenticate({ verifier, optional: true })];
  void [forHono.authenticate({ verifier, onRejected }), forKoa.authenticate({ verifier, onRejected: () => ({ status: 302 }) })];

  const sessions: SessionRegistry = createSessionRegistry({ clockTolerance: 5, onClose: (reason, { jti }) => void [reason === "expired", jti] });
  if (verdict.ok) sessions.add(sessionToken(verdict), (reason) => void (reason === "revoked")).remove();
  const acl: Acl = { pub: ["a/#"], deny: { all: ["a/b"] } };
  const protection = (broker: AedesBroker) => protect(broker, { verifier, sessions, bind: { sub: "x" }, onRejected: ({ rejection }) => void rejection?.code });
  const upgrade = (server: WebSocketServer): UpgradeListener<forExpress.NodeRequest> =>
    authenticateUpgrade(server, { verifier, sessions, token: { cookie: "a" }, origins: (origin) => origin === "null" });
  void [acl, protection, upgrade];
`;

const UNTESTED = `
  import { createVerifier } from "wasm-jwt";
  console.log(createVerifier({ keys: ["secret"] }).verify("a.b.c").claims);
`;

/** Compiles the project; returns what there is to complain of. */
function compile(): string {
  try {
    return node(project.folder, join(root, "node_modules/typescript/bin/tsc"), "--project", "tsconfig.json");
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

function signed(claims: object): string {
  const input = [{ alg: "HS256", typ: "JWT" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${input}.${createHmac("sha256", SECRET).update(input).digest("base64url")}`;
}
