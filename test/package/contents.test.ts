/** What is published, and what is not. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project } from "./project.js";

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project?.remove());

describe("the package", () => {
  it("has the command", () => {
    expect(project.files).toContain("dist/cli.js");
  });

  it("has each entry that it names, with its types, and what entries import by a name of the package's own", () => {
    const { exports, imports } = project.manifest() as Record<"exports" | "imports", Record<string, string | Record<string, string>>>;
    const named = [...Object.values(exports), ...Object.values(imports)].flatMap((each) =>
      typeof each === "string" ? each : Object.values(each),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(project.files).toEqual(expect.arrayContaining(named.map((file) => file.replace("./", ""))));
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
