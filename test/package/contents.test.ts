/** What is published, and what is not. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project } from "./project.js";

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project?.remove());

describe("the package", () => {
  it("has the library, the command and the types", () => {
    expect(project.files).toEqual(
      expect.arrayContaining(["dist/index.js", "dist/primitives.js", "dist/cli.js", "dist/types/index.d.ts", "dist/types/primitives.d.ts"]),
    );
  });

  it("has key rings and their types, for all runtimes and for Node", () => {
    const entries = ["keyring/index", "keyring/node/index"];
    expect(project.files).toEqual(expect.arrayContaining(entries.flatMap((entry) => [`dist/${entry}.js`, `dist/types/${entry}.d.ts`])));
  });

  it.each(["aedes", "express", "fastify", "hono", "koa", "ws"])("has the adapter for %s and its types", (name) => {
    expect(project.files).toEqual(expect.arrayContaining([`dist/adapters/${name}.js`, `dist/types/adapters/${name}.d.ts`]));
  });

  it.each([
    ["a source map", /\.map$/],
    ["a test", /(^|\/)(test|bench(?!\/RESULTS\.md$)|scripts)\/|\.test\./],
    ["a source", /\.ts$(?<!\.d\.ts)|^assembly\/|^src\//],
    ["a key or an environment", /\.(pem|key|jwk|p12|env)$|^\.|\/\./],
    ["a debug build", /debug/],
    ["the command's types", /types\/cli/],
  ])("has not %s in it", (_, pattern) => {
    expect(project.files.filter((file) => pattern.test(file))).toEqual([]);
  });

  it("has files that name no other file by a source map", () => {
    const scripts = project.files.filter((file) => /\.(js|d\.ts)$/.test(file));
    expect(scripts.filter((file) => project.read(file).includes("sourceMappingURL"))).toEqual([]);
  });

  it("has metrics and their types", () => {
    const entries = ["metrics/openTelemetry", "metrics/prometheus"];
    expect(project.files).toEqual(expect.arrayContaining(entries.flatMap((entry) => [`dist/${entry}.js`, `dist/types/${entry}.d.ts`])));
  });

  it("names whose metrics it can fill, and wants none of them installed", () => {
    const { peerDependencies, peerDependenciesMeta } = project.manifest();
    const names = Object.keys(peerDependencies as object);
    expect(names).toEqual(["@opentelemetry/api", "prom-client"]);
    expect(peerDependenciesMeta).toEqual(Object.fromEntries(names.map((name) => [name, { optional: true }])));
  });

  it("has no dependency of any other kind at run time", () => {
    const manifest = project.manifest();
    for (const kind of ["dependencies", "optionalDependencies", "bundledDependencies", "bundleDependencies"]) {
      expect(manifest).not.toHaveProperty(kind);
    }
  });

  it("runs nothing when it is installed", () => {
    const scripts = project.manifest().scripts as Record<string, string>;
    for (const script of ["preinstall", "install", "postinstall", "prepare"]) expect(scripts).not.toHaveProperty(script);
    expect(project.files).not.toContain("binding.gyp");
  });

  it("is ESM alone, without side effects, for Node 20.19, 22.3 and later", () => {
    expect(project.manifest()).toMatchObject({ type: "module", sideEffects: false, engines: { node: "^20.19 || >=22.3" } });
  });

  it("says its licence, and those of what is bundled", () => {
    expect(project.manifest().license).toBe("MIT");
    expect(project.read("LICENSE")).toMatch(/^MIT License/);
    expect(project.read("dist/THIRD-PARTY-LICENSES.txt")).toMatch(/^@assemblyscript\/loader [\d.]+, Apache-2.0/m);
  });
});
