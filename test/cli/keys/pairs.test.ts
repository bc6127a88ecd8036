import { createPublicKey } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { ALGORITHM_NAMES } from "../../support/pairs.js";
import { claimsOf, Folder, headerOf, linesOf, NOW, run } from "../command.js";

const folder = new Folder();
afterAll(() => folder.remove());

/** A pair that `keygen` makes, under a name of its own. */
async function pair(name: string, alg: string): Promise<{ privateFile: string; publicFile: string }> {
  const privateFile = folder.file(name);
  expect(await run(["keygen", "--alg", alg, "--out", privateFile])).toMatchObject({ code: 0, stdout: "" });
  return { privateFile, publicFile: `${privateFile}.pub` };
}

describe("a key pair", () => {
  it.each(ALGORITHM_NAMES)("of %s is made, signs and verifies", async (alg) => {
    const { privateFile, publicFile } = await pair(`${alg}.key`, alg);
    const says = /^[RP]S/.test(alg) ? ["--alg", alg] : [];
    const signed = await run(["sign", "--private-key", privateFile, ...says, "--kid", "k", "--now", String(NOW)], {
      stdin: '{"sub":"a"}\n{"sub":"b"}\n',
    });
    expect(signed).toMatchObject({ code: 0, stderr: "" });
    const tokens = linesOf(signed.stdout) as [string, string];
    expect(headerOf(tokens[0])).toEqual({ alg, typ: "JWT", kid: "k" });
    expect(tokens.map(claimsOf)).toEqual([
      { sub: "a", iat: NOW },
      { sub: "b", iat: NOW },
    ]);
    expect(await run(["verify", "--public-key", publicFile, ...says, ...tokens])).toMatchObject({ code: 0 });
    const wrong = `${tokens[0].slice(0, -20)}AAAA${tokens[0].slice(-16)}`;
    expect(await run(["verify", "--public-key", publicFile, ...says, "--json"], { stdin: `${wrong}\n${tokens[1]}` })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("BAD_SIGNATURE"),
    });
  });

  it("is written to a file for the owner and one for all, and overwrites nothing", async () => {
    const { privateFile, publicFile } = await pair("modes.key", "EdDSA");
    expect(folder.read("modes.key")).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(folder.read("modes.key.pub")).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    if (process.platform !== "win32")
      expect([privateFile, publicFile].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o644 & ~process.umask()]);
    expect(await run(["keygen", "--alg", "EdDSA", "--out", privateFile])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("exists"),
    });
    expect(createPublicKey(folder.read("modes.key")).export({ type: "spki", format: "pem" })).toBe(folder.read("modes.key.pub"));
  });

  it("is written whole or not at all: neither file is there when the other cannot be", async () => {
    const publicFile = folder.write("taken.key.pub", "precious");
    const refused = { code: 2, stderr: expect.stringContaining("taken.key.pub") };
    expect(await run(["keygen", "--alg", "ES256", "--out", folder.file("taken.key")])).toMatchObject(refused);
    expect(existsSync(folder.file("taken.key"))).toBe(false);
    expect(readFileSync(publicFile, "utf8")).toBe("precious");
    mkdirSync(folder.file("kept.key.pub"));
    folder.write("kept.key", "precious");
    expect(await run(["keygen", "--alg", "ES256", "--out", folder.file("kept.key"), "--force"])).toMatchObject({ code: 2 });
    expect(folder.read("kept.key")).toBe("precious");
  });

  it.skipIf(process.platform === "win32")(
    "has a public file of the mode that the umask leaves, and a private one of its owner",
    async () => {
      const before = process.umask(0o077);
      const running = run(["keygen", "--alg", "EdDSA", "--out", folder.file("umask.key")]);
      process.umask(before);
      expect(await running).toMatchObject({ code: 0 });
      for (const file of ["umask.key", "umask.key.pub"]) expect(statSync(folder.file(file)).mode & 0o777).toBe(0o600);
    },
  );

  it("may be a JSON Web Key", async () => {
    const { privateFile } = await pair("jwk.key", "ES256");
    const jwk = createPublicKey(folder.read("jwk.key")).export({ format: "jwk" });
    const file = folder.write("public.jwk", JSON.stringify({ ...jwk, alg: "ES256" }));
    const { stdout } = await run(["sign", "--private-key", privateFile, "{}"]);
    expect(await run(["verify", "--public-key", file, stdout.trim()])).toMatchObject({ code: 0 });
    for (const key of [file, `${privateFile}.pub`]) {
      const told = await run(["inspect", "--public-key", key, stdout.trim()]);
      expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining("Verdict: ACCEPTED") });
      expect(told.stdout).toMatch(/passed +signature +verified/);
    }
    expect((await run(["inspect", stdout.trim()])).stdout).toMatch(/passed +algorithm +"ES256" is allowed/);
  });

  it.each<[string, readonly string[], string | RegExp]>([
    [
      "a secret besides",
      ["verify", "--public-key", "x", ...folder.key, "a.b.c"],
      "Expected one key, got `--secret-file` and `--public-key`",
    ],
    [
      "its `--alg` with a secret",
      ["verify", "--alg", "RS256", ...folder.key, "a.b.c"],
      "Expected `--alg` to be HS256, HS384 or HS512 for a secret",
    ],
    ["a secret's `--alg`", ["verify", "--alg", "HS256", "--public-key", "x", "a.b.c"], /to be RS256, .* or EdDSA for `--public-key`/],
    [
      "a secret's `--alg` to sign with",
      ["sign", "--alg", "HS512", "--private-key", "x", "{}"],
      /to be RS256, .* or EdDSA for `--private-key`/,
    ],
    ["`--alg` without a key", ["inspect", "--alg", "RS256", "a.b.c"], "Expected `--alg` to go with a key"],
    ["a file that is not there", ["verify", "--public-key", folder.file("none"), "a.b.c"], "nothing of that name"],
    [
      "a secret as a public key",
      ["verify", "--public-key", folder.secretFile, "a.b.c"],
      "to be a public key in PEM or DER, or a JSON Web Key, got something else",
    ],
    ["JSON that is no key", ["verify", "--public-key", folder.write("no.jwk", "{}"), "a.b.c"], "got JSON that is no key"],
    [
      "a JWK of a secret",
      ["verify", "--public-key", folder.write("oct.jwk", '{"kty":"oct","k":"AA"}'), "a.b.c"],
      "got a secret as a JSON Web Key: `--jwk` takes it",
    ],
    [
      "a secret as a private key",
      ["sign", "--private-key", folder.secretFile, "{}"],
      "to be a private key in PEM or DER, or a JSON Web Key, got something else",
    ],
    ["an unknown algorithm", ["keygen", "--alg", "ES257", "--out", folder.file("x")], /Expected `--alg` to be HS256, .* or EdDSA/],
    ["a pair for the terminal", ["keygen", "--alg", "ES256"], "Expected `--alg ES256` to go with `--out FILE`"],
    [
      "a pair with a length",
      ["keygen", "--alg", "ES256", "--bytes", "64", "--out", folder.file("x")],
      "Expected `--bytes` to go with a secret",
    ],
  ])("is refused as %s", async (_, args, message) => {
    expect(await run(args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
    expect((await run(args)).stderr).not.toContain(folder.secret);
  });

  it("of RSA needs `--alg`", async () => {
    const { publicFile, privateFile } = await pair("rsa.key", "RS256");
    for (const args of [
      ["verify", "--public-key", publicFile, "a.b.c"],
      ["sign", "--private-key", privateFile, "{}"],
    ]) {
      expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining("Expected `--alg` to say what `--") });
    }
    expect(await run(["verify", "--public-key", publicFile, "--alg", "ES256", "a.b.c"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("another kind of key"),
    });
  });
});
