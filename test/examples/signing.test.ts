/** The examples of docs/signing.md run as they stand. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = [...readFileSync(`${root}docs/signing.md`, "utf8").matchAll(/## ([^\n]+)\n\n```js\n(.*?)```/gs)];

/** What the examples take for granted. */
const PRELUDE = `
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createJwsSigner, createJwsVerifier, createSigner, signatureFromDer } from "wasm-jwt";
const secret = randomBytes(32);
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const kms = { sign: async (bytes) => sign("sha256", bytes, privateKey) };
`;

describe("an example of docs/signing.md", () => {
  it("is there for each part", () => {
    expect(examples.map(([, title]) => title)).toEqual([
      "Options of one call",
      "Members of the header",
      "Keys in an HSM or KMS",
      "Bytes that are no claims",
    ]);
  });

  it.each(examples.map(([, title, code]) => [title, code] as const))("runs: %s", (_, code) => {
    const program = `${PRELUDE}${code}\nif (typeof verdict !== "undefined" && !verdict.ok) throw new Error(verdict.code);\nconsole.log("done");`;
    expect(execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: root, encoding: "utf8" })).toBe("done\n");
  });
});
