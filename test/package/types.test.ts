/** The package's types: every one has a public name, and no more are published than what entries refer to. */
import { join } from "node:path";
import ts from "@typescript/typescript6";
import { afterAll, describe, expect, it } from "vitest";
import { Project } from "./project.js";
import { PublicTypes, programOf } from "./publicTypes.js";

const project = new Project();
afterAll(() => project.remove());

const types = new PublicTypes(project);
const SUBPATHS = types.subpaths;

describe.each(SUBPATHS)("the types of %s", (subpath) => {
  it("all have a name that it or an entry it loads exports", () => {
    expect(types.withoutName(subpath)).toEqual([]);
  });

  it("are no values but those that are there at run time", () => {
    const program = `import * as entry from "${subpath}"; console.log(JSON.stringify(Object.keys(entry).sort()));`;
    expect(types.valuesOf(subpath)).toEqual(JSON.parse(project.run("values.mjs", program)));
  });

  it("can be named where a caller's own declarations are written, for all that its functions return and that returned objects have", () => {
    const file = `everything/${subpath}.mts`;
    project.write(file, types.everythingOf(subpath));
    expect(declarationFaults(file)).toEqual([]);
  });
});

describe("the published types", () => {
  it("have one name each", () => {
    expect(types.withSeveralNames()).toEqual([]);
  });

  it("are those that entries refer to", () => {
    const loaded = new Set(SUBPATHS.flatMap((subpath) => types.filesOf(subpath)));
    expect(project.files.filter((file) => file.endsWith(".d.ts") && !loaded.has(file))).toEqual([]);
  });

  it.each(["engine/engine", "engine/memory", "engine/chunk", "engine/heap", "engine/keyMemory", "engine/context", "verify/engine"])(
    "have nothing of the inside: not %s",
    (file) => {
      expect(project.files).not.toContain(`dist/types/${file}.d.ts`);
    },
  );

  it("keep what documents them", () => {
    expect(project.read("dist/types/verify/verifier.d.ts")).toContain("@throws JwtError with the verdict's `code`.");
  });

  it("name guards and verdicts that a caller exports", () => {
    project.write("guards.mts", GUARDS);
    expect(declarationFaults("guards.mts")).toEqual([]);
  });
});

/** What an application exports without a type of its own. */
const GUARDS = `
  import { createVerifier, type JwtClaims } from "wasm-jwt";
  import { type AedesBroker, type AedesClient, protect } from "wasm-jwt/aedes";
  import * as express from "wasm-jwt/express";
  import * as fastify from "wasm-jwt/fastify";
  import * as hono from "wasm-jwt/hono";
  import * as koa from "wasm-jwt/koa";
  import { createSessionRegistry } from "wasm-jwt/sessions";
  import { authenticateUpgrade, type WebSocketServer } from "wasm-jwt/ws";

  interface MyClaims extends JwtClaims { scope: "read" | "write" }
  declare const broker: AedesBroker;
  declare const client: AedesClient;
  declare const server: WebSocketServer;
  const verifier = createVerifier<MyClaims>({ keys: "a" });
  export { verifier };
  export const sessions = createSessionRegistry();
  export const forExpress = [express.authenticate({ verifier }), express.requireScope("a")];
  export const forFastify = fastify.authenticate({ verifier });
  export const forHono = hono.authenticate({ verifier });
  export const forHonoScope = hono.requireScope("a");
  export const forKoa = koa.authenticate({ verifier });
  export const forKoaScope = koa.requireScope("a");
  export const forWs = authenticateUpgrade(server, { verifier, sessions });
  export const protection = protect(broker, { verifier });
  export const auth = protect(broker, { verifier, sessions }).authOf(client);
`;

/** What TypeScript says when it compiles a file of the project and writes its declarations. */
function declarationFaults(file: string): string[] {
  const program = programOf(join(project.folder, file));
  return [...ts.getPreEmitDiagnostics(program), ...program.getDeclarationDiagnostics()].map(
    ({ code, messageText }) => `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
  );
}
