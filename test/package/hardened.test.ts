/** Runtimes that were locked down, or that lack what the engine needs. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { root } from "./project.js";

const USE = `
  const { createBatcher, createSigner, createVerifier, decode } = await import("./dist/index.js");
  const { createKeyRing } = await import("./dist/keyring/index.js");
  const { createRevocationList } = await import("./dist/revocation/index.js");
  const { generateKeyPairSync } = await import("node:crypto");
  const secret = new Uint8Array(32).fill(7);
  const pair = generateKeyPairSync("ed25519");
  const keys = createKeyRing({ keys: [{ kid: "a", publicKey: pair.publicKey }, { kid: "b", secret }] });
  const token = createSigner({ key: { kid: "b", secret } }).sign({ sub: "device", toString: "own", constructor: 1 });
  const other = createSigner({ key: { kid: "a", privateKey: pair.privateKey } }).sign({ sub: "device 2" });
  const verifier = createVerifier({ keys, revocation: createRevocationList() });
  const said = [];
  for (const wrong of [{ kys: secret }, { issuers: [{ issuer: "a", keys: secret, audience: 4 }] }]) {
    try {
      createVerifier(wrong);
    } catch (error) {
      said.push(error.name);
    }
  }
  try {
    verifier.verifyOrThrow("no token");
  } catch (error) {
    said.push(error.name);
  }
  const { claims } = verifier.verify(token);
  const batched = (await createBatcher(verifier).verifyAsync(other)).ok;
  console.log([verifier.verifyBatch([token, other, "x"]).codes, claims.sub, claims.toString, batched, decode(token).unverifiedClaims.sub, said].join(" "));
`;

/** What a program prints, run in the project's folder. */
function run(flags: readonly string[], program: string): string {
  const file = ["--input-type=module", "--eval", program];
  return execFileSync(process.execPath, ["--no-warnings", ...flags, ...file], { cwd: root, encoding: "utf8" }).trim();
}

const EXPECTED = "0,0,2 device own true device TypeError,TypeError,JwtError";

/** As SES leaves them: nothing of the language's own may be assigned to. */
const FREEZE = `
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value = Reflect.getOwnPropertyDescriptor(globalThis, name).value;
    if (typeof value !== "function" || !/^[A-Z]/.test(name)) continue;
    Object.freeze(value);
    if (value.prototype) Object.freeze(value.prototype);
  }
`;

describe("the library", () => {
  it.each([
    ["nothing is frozen", [], ""],
    ["`Object` is frozen", [], "Object.freeze(Object);"],
    ["all constructors and prototypes are frozen", [], FREEZE],
    ["Node freezes intrinsics", ["--frozen-intrinsics"], ""],
  ])("works where %s", (_, flags, before) => {
    expect(run(flags, before + USE)).toBe(EXPECTED);
  });
});

const FIRST = `
  const { createVerifier } = await import("./dist/index.js");
  try {
    createVerifier({ keys: new Uint8Array(32).fill(7) });
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }
`;

describe("the first verifier", () => {
  it("says that there is no WebAssembly, and which flags take it away", () => {
    expect(run(["--jitless"], FIRST)).toMatch(/^Error: wasm-jwt: expected a runtime with WebAssembly, .*--jitless/);
  });

  it("says that WebAssembly may not be compiled, and what allows it", () => {
    const forbid = `
      const why = "WebAssembly.Module(): Wasm code generation disallowed by embedder";
      WebAssembly.Module = function () { throw new WebAssembly.CompileError(why); };`;
    expect(run([], forbid + FIRST)).toMatch(/^Error: wasm-jwt: .*forbids it: .*'wasm-unsafe-eval'/);
  });

  it("says that there is no SIMD, and which runtimes have it", () => {
    const without = 'WebAssembly.Module = function () { throw new WebAssembly.CompileError("invalid value type 0x7b"); };';
    expect(run([], without + FIRST)).toMatch(/^Error: wasm-jwt: expected .* SIMD; Node from 16\.4/);
  });

  it.runIf(process.platform === "linux")("says that addresses are limited, and how to do with fewer", () => {
    const limited = (flags: readonly string[]) => {
      const command = `ulimit -v 8000000; exec "$0" "$@"`;
      const args = ["--no-warnings", ...flags, "--input-type=module", "--eval", `${FIRST}; console.log("end");`];
      return execFileSync("bash", ["-c", command, process.execPath, ...args], { cwd: root, encoding: "utf8" }).trim();
    };
    const plain = limited([]);
    // Newer versions of V8 do without the addresses where they cannot have them.
    if (plain !== "end") expect(plain).toMatch(/^RangeError: wasm-jwt: .*`ulimit -v`.*--disable-wasm-trap-handler\nend$/);
    expect(limited(["--disable-wasm-trap-handler"])).toBe("end");
  });
});
