/** Sets of public keys: printed from files, read again, and never with a private part. */
import { createPublicKey, type JsonWebKey } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { jwkThumbprint } from "../../../src/keyring/thumbprint.js";
import { Folder, headerOf, run } from "../command.js";

const folder = new Folder();
afterAll(() => folder.remove());

interface Published {
  readonly keys: readonly (JsonWebKey & { readonly kid: string })[];
}

/** A new pair, and the set that `keygen` prints of it. */
async function pair(name: string, args: readonly string[]) {
  const { code, stdout } = await run(["keygen", "--out", folder.file(name), "--jwks", ...args]);
  expect(code).toBe(0);
  const set = JSON.parse(stdout) as Published;
  return { file: folder.file(name), set, setFile: folder.write(`${name}.jwks`, stdout) };
}

/** With the equals sign: one thumbprint in 64 begins with a dash, and would be read as an option. */
function kidOption(key: { readonly kid?: string } | undefined): string {
  return `--kid=${key?.kid}`;
}

describe("a published set", () => {
  it.each(["RS256", "ES256", "ES512", "EdDSA"])("of %s verifies what the private key signs, as PEM and as a JWK", async (alg) => {
    for (const format of ["pem", "jwk"]) {
      const { file, set, setFile } = await pair(`${alg}.${format}`, ["--alg", alg, "--format", format]);
      const [key] = set.keys;
      expect(set.keys).toHaveLength(1);
      expect(key).toMatchObject({ alg, use: "sig", kid: jwkThumbprint(key as object) });
      expect(key).not.toHaveProperty("d");
      const says = format === "pem" ? [kidOption(key), ...(/^[RP]S/.test(alg) ? ["--alg", alg] : [])] : [];
      const token = (await run(["sign", "--private-key", file, ...says, "{}"])).stdout.trim();
      expect(headerOf(token)).toEqual({ alg, typ: "JWT", kid: key?.kid });
      expect(await run([format === "pem" ? "verify" : "inspect", "--jwks", setFile, token])).toMatchObject({ code: 0, stderr: "" });
      const again = await run(["jwks", ...says.slice(1), file]);
      expect(JSON.parse(again.stdout)).toEqual(set);
    }
  });

  it("has the name it is given", async () => {
    const { file, set } = await pair("named.key", ["--alg", "ES256", "--kid", "2026-11"]);
    expect(set.keys[0]?.kid).toBe("2026-11");
    expect(JSON.parse((await run(["jwks", "--kid", "2026-12", file])).stdout).keys[0].kid).toBe("2026-12");
  });

  it("has the public part of every file, in any form", async () => {
    const { file, set } = await pair("forms.key", ["--alg", "ES256"]);
    const key = createPublicKey(folder.read("forms.key"));
    const der = folder.write("forms.der", key.export({ type: "spki", format: "der" }));
    for (const form of [file, `${file}.pub`, der]) expect(JSON.parse((await run(["jwks", form])).stdout)).toEqual(set);
    const other = await pair("other.key", ["--alg", "EdDSA"]);
    expect(JSON.parse((await run(["jwks", file, other.file])).stdout).keys).toEqual([...set.keys, ...other.set.keys]);
    expect(await run(["jwks", file, der])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("twice") });
  });

  it("has keys of several kinds: `--alg` is for those that do not say theirs", async () => {
    const [rsa, ec] = [await pair("mixed-rsa.key", ["--alg", "RS256"]), await pair("mixed-ec.key", ["--alg", "ES256"])];
    const { stdout } = await run(["jwks", "--alg", "RS256", `${rsa.file}.pub`, ec.file]);
    expect(JSON.parse(stdout).keys).toEqual([...rsa.set.keys, ...ec.set.keys]);
    const other = await pair("mixed-es384.key", ["--alg", "ES384"]);
    expect(await run(["jwks", "--alg", "RS256", ec.file, other.file])).toMatchObject({
      code: 2,
      stderr: "wasm-jwt jwks: Expected `--alg` to be for a FILE that does not say its algorithm, got none\n",
    });
  });

  it("of several keys is read past those that verify nothing", async () => {
    const [first, second] = [await pair("a.key", ["--alg", "ES256"]), await pair("b.key", ["--alg", "EdDSA"])];
    const others = [
      { kty: "oct", k: "c2VjcmV0" },
      { kty: "EC", crv: "secp256k1" },
      { kty: "RSA", n: "AQAB", e: "AQAB", use: "enc" },
      7,
      null,
    ];
    const set = folder.write("mixed.jwks", JSON.stringify({ keys: [...others, ...first.set.keys, ...second.set.keys] }));
    const token = (await run(["sign", "--private-key", second.file, kidOption(second.set.keys[0]), "{}"])).stdout.trim();
    const { code, stderr } = await run(["verify", "--jwks", set, token]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `wasm-jwt: \`--jwks ${set}\` has 5 keys of no use for verifying\n` });
    expect((await run(["verify", "--jwks", set, "--alg", "ES256", token])).stdout).toContain("ALGORITHM_NOT_ALLOWED");
  });

  it("of RSA keys that do not say their algorithm needs `--alg`", async () => {
    const { file, set } = await pair("rsa.key", ["--alg", "RS256"]);
    const silent = folder.write("silent.jwks", JSON.stringify({ keys: set.keys.map(({ alg: _, ...key }) => key) }));
    const token = (await run(["sign", "--private-key", file, "--alg", "RS256", kidOption(set.keys[0]), "{}"])).stdout.trim();
    expect(await run(["verify", "--jwks", silent, token])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("give `--alg`, such as `--alg RS256`"),
    });
    expect(await run(["verify", "--jwks", silent, "--alg", "RS256", token])).toMatchObject({ code: 0, stderr: "" });
  });
});
