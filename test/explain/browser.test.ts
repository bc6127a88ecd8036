/** A page can explain tokens: nothing of Node is in the bundle, and nothing of Node is needed to run it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { engineModule } from "../../scripts/engineText.mjs";
import { node } from "../package/project.js";
import { PAIRS, signWith } from "../support/pairs.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The engine from its source, in which a `.wasm` import is its text. */
const ENGINE: Plugin = {
  name: "engine",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^#engine$/ }, () => ({ path: join(root, "src/runtime/engineModule.ts") }));
    onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: engineModule(path) }));
  },
};

describe("a bundle for the browser", () => {
  it("explains tokens of secrets and of key pairs, and has nothing of Node", async () => {
    const { code, external, inputs } = await bundle();
    expect(external).toEqual([]);
    expect(inputs.filter((file) => file.startsWith("src/cli/"))).toEqual([]);
    const key = PAIRS.ES256.publicKey.export({ type: "spki", format: "pem" });
    const token = signWith("ES256", '{"exp":1,"id":12345678901234567890}');
    const program = `
      const { log } = console;
      void globalThis.MessageEvent;
      for (const name of ["process", "Buffer", "global", "setImmediate"]) delete globalThis[name];
      const { exactJson, explain } = await import("./bundle.mjs");
      const token = ${JSON.stringify(token)};
      const { checks, isSignatureVerified, shown } = await explain(token, { keys: [${JSON.stringify(key)}], issuer: "a", currentDate: 61 });
      for (const { name, status, text } of checks.filter(({ status }) => status === "failed")) log(name, status, text);
      log(isSignatureVerified, exactJson(shown.claims));
      const unverified = await explain(token, { maxTokenAge: "15m" });
      for (const { name, text } of unverified.checks.filter(({ name }) => ["iss", "signature", "iat"].includes(name))) log(name, text);
      log(unverified.isSignatureVerified, unverified.verdict, typeof Buffer);`;
    expect(run(code, program).split("\n")).toEqual([
      "exp failed expired 1 minute ago, at 1970-01-01 00:00:01 UTC",
      'iss failed expected "a": it is missing',
      'true {"exp":1,"id":12345678901234567890}',
      "signature NOT verified: no key was given, so anyone may have written this token",
      "iat is missing, and `maxTokenAge` asks for it",
      "iss not compared: `issuer` is not given",
      "false undefined undefined",
    ]);
  });
});

async function bundle(): Promise<{ code: string; external: string[]; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/explain/index.ts"],
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
    plugins: [ENGINE],
    logLevel: "silent",
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const code = (outputFiles[0] as (typeof outputFiles)[0]).text;
  return { code, external: imports.map(({ path }) => path), inputs: Object.keys(metafile.inputs) };
}

function run(code: string, program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-explain-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "bundle.mjs"), code);
  writeFileSync(join(folder, "program.mjs"), program);
  return node(folder, "program.mjs");
}
