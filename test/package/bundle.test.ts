/** What the library costs a page. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { node, root } from "./project.js";

const KB = 1024;

describe("a bundle for the browser", () => {
  it("has a verifier in at most 60 KB, compressed", async () => {
    const { code } = await bundle('export { createVerifier } from "wasm-jwt";');
    const compressed = gzipSync(code, { level: 9 }).length;
    console.log(`createVerifier: ${code.length} bytes minified, ${compressed} bytes with gzip`);
    expect(compressed).toBeLessThanOrEqual(60 * KB);
  });

  it("imports nothing and runs where nothing of Node is", async () => {
    const { code, external } = await bundle(`
      export * from "wasm-jwt";
      export * as primitives from "wasm-jwt/primitives";
      export * as keyring from "wasm-jwt/keyring";
      export * as express from "wasm-jwt/express";
      export * as fastify from "wasm-jwt/fastify";
      export * as hono from "wasm-jwt/hono";
      export * as koa from "wasm-jwt/koa";
      export * as sessions from "wasm-jwt/sessions";
      export * as aedes from "wasm-jwt/aedes";
      export * as ws from "wasm-jwt/ws";
      export * from "wasm-jwt/opentelemetry";
      export * as prometheus from "wasm-jwt/prom-client";`);
    expect(external).toEqual([]);
    const program = `
      const { log } = console;
      // Node makes its own of these when they are first asked for, from what is taken away below.
      void globalThis.MessageEvent;
      for (const name of ["process", "Buffer", "global", "setImmediate"]) delete globalThis[name];
      const { createBatcher, createVerifier, keyring, primitives } = await import("./bundle.mjs");
      const [key, text] = [new Uint8Array(32), new TextEncoder().encode("eyJhbGciOiJIUzI1NiJ9.e30")];
      const token = "eyJhbGciOiJIUzI1NiJ9.e30." + primitives.base64urlEncode(primitives.hmacSha256(key, text));
      const keys = keyring.createKeyRing({ source: keyring.callback(() => [key]) });
      const verifier = createVerifier({ keys });
      const before = verifier.verify(token).ok;
      await keys.ready();
      log(createVerifier({ keys: [key] }).verify(token).ok, before, verifier.verify(token).ok, typeof Buffer, typeof process);
      log((await createBatcher(verifier).verifyAsync(token)).ok);`;
    const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-bundle-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "bundle.mjs"), code);
    writeFileSync(join(folder, "program.mjs"), program);
    expect(node(folder, "program.mjs")).toBe("true false true undefined undefined\ntrue");
  });

  it("verifies and signs with key pairs where nothing of Node is, as a promise", async () => {
    const { code } = await bundle('export * from "wasm-jwt";');
    const program = `
      const { log } = console;
      for (const name of ["process", "Buffer", "global", "setImmediate"]) delete globalThis[name];
      const { createSigner, createVerifier } = await import("./bundle.mjs");
      const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
      const jwk = await crypto.subtle.exportKey("jwk", publicKey);
      const der = new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
      const tokens = await createSigner({ key: { privateKey } }).signBatchAsync([{ sub: "a" }, { sub: "b" }]);
      for (const keys of [publicKey, jwk, { publicKey: der }]) {
        const verifier = createVerifier({ keys });
        const batch = await verifier.verifyBatchAsync([...tokens, tokens[0].slice(0, -4) + "AAAA"]);
        log(batch.codes.join(), batch.claims(1).sub);
        try { verifier.verify(tokens[0]); } catch (error) { log(error instanceof TypeError); }
      }`;
    const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-bundle-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "bundle.mjs"), code);
    writeFileSync(join(folder, "program.mjs"), program);
    expect(node(folder, "program.mjs").split("\n")).toEqual(Array(3).fill(["0,0,7 b", "true"]).flat());
  });

  it("is empty when nothing of the library is used", async () => {
    const { code } = await bundle(
      'import "wasm-jwt"; import "wasm-jwt/primitives"; import "wasm-jwt/keyring"; import "wasm-jwt/prom-client"; import "wasm-jwt/hono"; import "wasm-jwt/ws";',
    );
    expect(code.length).toBe(0);
  });

  it("leaves key rings out where there are none", async () => {
    const { code } = await bundle('export { createVerifier } from "wasm-jwt";');
    const text = Buffer.from(code).toString();
    for (const word of ["coolDown", "if-none-match", "onReload"]) expect(text.includes(word)).toBe(false);
  });

  it("leaves batchers, metrics, signers and payloads of bytes out where there are none", async () => {
    const { code } = await bundle('export { createVerifier } from "wasm-jwt";');
    const text = Buffer.from(code).toString();
    for (const word of ["maxQueue", "OVERLOADED", "wasm_jwt", "signs elsewhere", "a payload of bytes has none"])
      expect(text.includes(word)).toBe(false);
  });

  it("leaves the engine out when nothing is judged", async () => {
    const { code } = await bundle('export { bearerToken } from "wasm-jwt";');
    expect(code.length).toBeLessThan(2 * KB);
  });
});

/** Bundles a program for browsers; `external` lists what would have to be there at run time. */
async function bundle(program: string): Promise<{ code: Uint8Array; external: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
    logLevel: "error",
    // As an application: the repository's own has the sources in place of what is built.
    tsconfigRaw: {},
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return { code: (outputFiles[0] as { contents: Uint8Array }).contents, external: imports.map(({ path }) => path) };
}
