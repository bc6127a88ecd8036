/** Arrows point down only: command → library → engine → the shared integers ← assembly. */
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { codeOf, filesIn, type Import, importsOf } from "./sources.js";

const ASSEMBLY = filesIn("assembly");
const LIBRARY = filesIn("src").filter((file) => !/^src\/(?:cli|explain)\//.test(file));
const EXPLAIN = filesIn("src/explain");
const COMMAND = filesIn("src/cli");
/** The folders of the library that Node alone can run. */
const NODE_FOLDERS = ["src/keyring/node/", "src/revocation/node/"];
const isOfNode = (file: string | undefined) => NODE_FOLDERS.some((folder) => file?.startsWith(folder));

/** From the bottom up; at run time a file uses those of its own layer and of those before. */
const LAYERS = [
  ["abi"],
  [
    ...[
      "algorithms",
      "check",
      "claims",
      "headerNames",
      "key",
      "malformedReason",
      "moment",
      "policy",
      "rejections",
      "attempt",
      "allowance",
      "bearer",
      "brands",
      "bound",
      "clocks",
      "codes",
      "durations",
      "ecdsa",
      "engineBytes",
      "errors",
      "heap",
      "reason",
      "inspected",
      "recentNames",
      "released",
      "shapes",
      "soon",
      "text",
      "timer",
    ],
    ...["deadline", "own"],
    ...["jwtError", "malformed", "segments"],
    ...["keys/der", "keys/pem", "keys/smallOrder", "keys/wrapped"],
  ],
  ["platform", "signedBytes", "keys/kid", "keys/keyText", "keys/kind", "keys/onCurve", "keys/spki"],
  ["instance", "keys/notSecret"],
  ["engine"],
  ["nameTable", "records"],
  ["keys/placed"],
  ["context"],
  ["selfTest"],
  ["hkdf", "keyName", "openEngine"],
  [
    "outside",
    "keys/alg",
    "keys/base64url",
    "keys/configured",
    "keys/external",
    "keys/jwk",
    "keys/jwkSet",
    "keys/key",
    "keys/nameless",
    "keys/open",
    "keys/private",
    "keys/public",
    "keys/secret",
    "keys/signatureFromDer",
    "keys/source",
    "revocation/revocations",
  ],
  ["heldKeys", "keylessNames", "options", "refreshing", "signerOptions"],
  ["resolvedOptions"],
  ["claimsSets", "derivedKeys", "keyCount", "keyTable", "missingKeys", "placement", "refused", "resolvedKeys", "result", "stats"],
  ["issuers", "joseHeader", "judging", "jws", "keySupply", "lastJudge"],
  ["signing"],
  ["decode", "jwsSigner", "signer", "verifier"],
  ["jwsVerifier"],
  ["batcher"],
  ["index", "primitives"],
  ["metrics/openTelemetry", "metrics/prometheus"],
  [
    "revocation/entries",
    "revocation/entry",
    "revocation/family",
    "revocation/grace",
    "revocation/order",
    "revocation/parse",
    "revocation/store",
  ],
  ["revocation/sweeper"],
  ["revocation/list", "revocation/replayGuard"],
  ["revocation/grant", "revocation/refresherOptions"],
  ["revocation/pairs"],
  ["revocation/refresher"],
  ["revocation/index", "revocation/node/appendFile", "revocation/node/lines", "revocation/node/processes"],
  ["revocation/node/journal", "revocation/node/lock", "revocation/node/looking", "revocation/node/records"],
  ["revocation/node/content"],
  ["revocation/node/rewriting"],
  ["revocation/node/holding"],
  ["revocation/node/writing"],
  ["revocation/node/file"],
  ["revocation/node/index"],
  ["keyring/ages", "keyring/roster", "keyring/thumbprint"],
  ["keyring/jwks"],
  ["keyring/loading"],
  ["keyring/input", "keyring/loader"],
  ["keyring/callback", "keyring/headers", "keyring/keyRing"],
  ["keyring/document", "keyring/ring"],
  ["keyring/remote"],
  ["keyring/discover"],
  ["keyring/index", "keyring/node/content", "keyring/node/files", "keyring/node/watch"],
  ["keyring/node/directory", "keyring/node/environment", "keyring/node/file"],
  ["keyring/node/index"],
  ["sessions/chains", "sessions/token"],
  ["sessions/texts", "sessions/wheel"],
  ["sessions/schedule"],
  ["sessions/registry"],
  ["sessions/index"],
  ["batched", "claims", "failure", "fields", "incoming", "preflight", "scope", "session", "trace"].map((name) => `adapters/core/${name}`),
  ["adapters/core/deadline", "adapters/core/denial"],
  ["address", "broker", "connection", "template", "topics"].map((name) => `adapters/mqtt/${name}`),
  ["handshake", "protocols", "server", "session", "socket"].map((name) => `adapters/upgrade/${name}`),
  ["adapters/upgrade/owners"],
  ["adapters/mqtt/permissions"],
  ["adapters/mqtt/acl"],
  ["adapters/core/options", "adapters/mqtt/options"],
  ["adapters/core/routes", "adapters/core/sources", "adapters/upgrade/options"],
  ["adapters/core/decide", "adapters/mqtt/admission"],
  ["adapters/express", "adapters/fastify", "adapters/hono", "adapters/koa"],
  ["adapters/aedes", "adapters/ws"],
].map((layer) => layer.map((name) => `src/${name}.ts`));

describe("the engine's sources", () => {
  it.each(ASSEMBLY)("%s imports its siblings and the shared integers", (file) => {
    expect(importsOf(file).filter((each) => dirname(each.file ?? "") !== "assembly" && each.file !== "src/abi.ts")).toEqual([]);
  });

  it("share integers that import nothing", () => {
    expect(importsOf("src/abi.ts")).toEqual([]);
  });
});

describe("the library", () => {
  it("has a layer for each of its files", () => {
    expect(LAYERS.flat().sort()).toEqual(LIBRARY);
  });

  it.each(LIBRARY)("%s uses nothing above its layer", (file) => {
    const above = importsOf(file).filter((each) => !each.typeOnly && layerOf(each) > layerOf({ file }));
    expect(above).toEqual([]);
  });

  it.each(LIBRARY.filter((file) => !isOfNode(file)))("%s imports nothing of Node, nor what does", (file) => {
    expect(importsOf(file).filter((each) => each.specifier.startsWith("node:") || isOfNode(each.file))).toEqual([]);
  });

  it("reads files, their paths and the environment with three modules alone", () => {
    const modules = LIBRARY.flatMap(importsOf).filter(({ specifier }) => specifier.startsWith("node:"));
    expect([...new Set(modules.map(({ specifier }) => specifier))].sort()).toEqual(["node:fs", "node:path", "node:process"]);
  });

  it("has verifiers that know nothing of rings but a type", () => {
    const verifying = LIBRARY.filter((file) => !file.startsWith("src/keyring/")).flatMap(importsOf);
    expect(verifying.filter((each) => each.file?.startsWith("src/keyring/"))).toEqual([]);
  });

  it("has nothing that knows of adapters but themselves", () => {
    const others = LIBRARY.filter((file) => !file.startsWith("src/adapters/")).flatMap(importsOf);
    expect(others.filter((each) => each.file?.startsWith("src/adapters/"))).toEqual([]);
  });

  it.each(LIBRARY)("%s does not know the command", (file) => {
    expect(importsOf(file).filter((each) => each.file?.startsWith("src/cli/"))).toEqual([]);
  });

  it("touches WebAssembly, its loader and its binary in instance.ts alone", () => {
    const touching = [...LIBRARY, ...COMMAND].filter(
      (file) => /\bWebAssembly\b|\.wasm\b/.test(codeOf(file)) || importsOf(file).some(({ specifier }) => /assemblyscript/.test(specifier)),
    );
    expect(touching).toEqual(["src/instance.ts"]);
  });

  it("touches the runtime's asymmetric crypto in platform.ts alone", () => {
    const touching = LIBRARY.filter((file) => /\bsubtle\b|getBuiltinModule/.test(codeOf(file)));
    expect(touching).toEqual(["src/platform.ts"]);
  });

  it("takes its timers and the monotonic clock in two files alone, when they are loaded", () => {
    const timer =
      /\b(set(Timeout|Immediate|Interval)|clear(Timeout|Immediate|Interval)|queueMicrotask|performance|nextTick|hrtime|MessageChannel)\b/;
    expect(LIBRARY.filter((file) => timer.test(codeOf(file)))).toEqual(["src/soon.ts", "src/timer.ts"]);
  });

  it("imports no other package than the loader", () => {
    const packages = LIBRARY.flatMap(importsOf).filter((each) => each.file === undefined && !each.specifier.startsWith("node:"));
    expect(packages.map(({ specifier }) => specifier)).toEqual(["@assemblyscript/loader"]);
  });
});

describe("the command", () => {
  it.each(COMMAND)("%s uses the library as anyone would", (file) => {
    const inner = importsOf(file).filter((each) => each.file !== undefined && !each.file.startsWith("src/cli/"));
    expect(inner.filter((each) => !["src/index.ts", "src/primitives.ts", "src/explain/index.ts"].includes(each.file ?? ""))).toEqual([]);
  });

  it.each(EXPLAIN)("%s knows nothing of it, nor of Node", (file) => {
    expect(importsOf(file).filter((each) => each.file === undefined || each.file.startsWith("src/cli/"))).toEqual([]);
  });
});

describe("imports at run time", () => {
  it.each([
    ["assembly", ASSEMBLY],
    ["src", [...LIBRARY, ...EXPLAIN, ...COMMAND]],
  ])("have no cycle in %s", (_, files) => {
    expect(cyclesOf(files)).toEqual([]);
  });
});

function layerOf({ file }: Pick<Import, "file">): number {
  return LAYERS.findIndex((layer) => layer.includes(file ?? ""));
}

/** Each way that leads back to where it began, once for each file it is met from. */
function cyclesOf(files: readonly string[]): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(" → "));
    if (way.includes(file) || done.has(file)) return;
    for (const each of importsOf(file)) {
      if (!each.typeOnly && each.file !== undefined && files.includes(each.file)) visit(each.file, [...way, file]);
    }
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return cycles;
}
