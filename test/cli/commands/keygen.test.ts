import { statSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Folder, run, signed } from "../command.js";

const folder = new Folder();
afterAll(() => folder.remove());

describe.concurrent("keygen", () => {
  it.each([
    ["base64url unless told otherwise", [], /^[\w-]{43}\n$/],
    ["base64url of more bytes", ["--bytes", "64"], /^[\w-]{86}\n$/],
    ["hex", ["--format", "hex"], /^[0-9a-f]{64}\n$/],
    ["a JWK", ["--format", "jwk"], /^\{"kty":"oct","kid":"[0-9a-f-]{36}","alg":"HS256","use":"sig","k":"[\w-]{43}"\}\n$/],
    ["a secret for HS384", ["--alg", "HS384"], /^[\w-]{64}\n$/],
    ["a secret for HS512", ["--alg", "HS512"], /^[\w-]{86}\n$/],
    [
      "a JWK for HS512",
      ["--alg", "HS512", "--format", "jwk"],
      /^\{"kty":"oct","kid":"[0-9a-f-]{36}","alg":"HS512","use":"sig","k":"[\w-]{86}"\}\n$/,
    ],
    ["a JWK by a name", ["--format", "jwk", "--kid", "2026-11"], /"kid":"2026-11"/],
  ])("prints %s", async (_, args, content) => {
    const { code, stdout, stderr } = await run(["keygen", ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(content);
  });

  it("never prints the same twice", async () => {
    expect((await run(["keygen"])).stdout).not.toBe((await run(["keygen"])).stdout);
  });

  it("writes a file that only its owner may read", async () => {
    const file = folder.file("new.txt");
    const { code, stdout, stderr } = await run(["keygen", "--out", file]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).not.toContain(folder.read("new.txt").trim());
    expect(folder.read("new.txt")).toMatch(/^[\w-]{43}\n$/);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("overwrites nothing unless forced, and then closes the file to others", async () => {
    const file = folder.write("old.txt", "precious");
    expect(await run(["keygen", "--out", file])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("exists already") });
    expect(folder.read("old.txt")).toBe("precious");
    expect(await run(["keygen", "--out", file, "--force"])).toMatchObject({ code: 0 });
    expect(folder.read("old.txt")).toMatch(/^[\w-]{43}\n$/);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["base64url", [], "--secret-file", (text: string) => text.trim()],
    ["base64url", ["--secret-base64url"], "--secret-file", (text: string) => Buffer.from(text, "base64url")],
    ["hex", [], "--secret-file", (text: string) => text.trim()],
    ["jwk", [], "--jwk", (text: string) => Buffer.from(JSON.parse(text).k, "base64url")],
  ])("makes %s that verify reads with %j", async (format, flags, option, secret) => {
    const file = folder.file(`${format}-${flags.length}.key`);
    await run(["keygen", "--format", format, "--out", file]);
    const token = signed(secret(folder.read(`${format}-${flags.length}.key`)), {});
    expect(await run(["verify", option, file, ...flags, token])).toMatchObject({ code: 0 });
  });

  it.each([
    [["--bytes", "31"], "`--bytes`"],
    [["--bytes", "many"], "`--bytes`"],
    [["--format", "pem"], "`--format`"],
    [["--kid", "x"], "`--format jwk`"],
    [["--force"], "`--out`"],
    [["name"], "no arguments"],
  ])("refuses %j", async (args, message) => {
    expect(await run(["keygen", ...args])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
  });
});
