import { afterAll, describe, expect, it } from "vitest";
import { claimsOf, Folder, headerOf, linesOf, NOW, run, type Settings } from "../command.js";

const folder = new Folder();
afterAll(() => folder.remove());

const sign = (args: readonly string[], settings?: Settings) => run(["sign", "--now", String(NOW), ...folder.key, ...args], settings);

describe.concurrent("sign", () => {
  it("signs as node:crypto does", async () => {
    const { code, stdout, stderr } = await sign(['{"sub":"Gerät 1"}']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`${folder.token({ iat: NOW, sub: "Gerät 1" })}\n`);
  });

  it.each([
    [["--expires-in", "90"], { iat: NOW, exp: NOW + 90 }],
    [["--expires-in", "15m"], { iat: NOW, exp: NOW + 900 }],
    [["--expires-in", "2h"], { iat: NOW, exp: NOW + 7200 }],
    [["--expires-in", "7d"], { iat: NOW, exp: NOW + 604800 }],
    [["--not-before", "-30"], { iat: NOW, nbf: NOW - 30 }],
    [["--no-issued-at"], {}],
    [["--issuer", "i", "--subject", "s", "--audience", "a"], { iss: "i", sub: "s", aud: "a", iat: NOW }],
    [["--audience", "a", "--audience", "b"], { aud: ["a", "b"], iat: NOW }],
  ])("%j adds claims", async (args, claims) => {
    expect(claimsOf((await sign([...args, "{}"])).stdout)).toEqual(claims);
  });

  it.each([
    [[], { alg: "HS256", typ: "JWT" }],
    [["--typ", "at+jwt"], { alg: "HS256", typ: "at+jwt" }],
    [["--no-typ"], { alg: "HS256" }],
    [["--kid", "2026-11"], { alg: "HS256", typ: "JWT", kid: "2026-11" }],
    [["--header", "cty=JWT"], { alg: "HS256", typ: "JWT", cty: "JWT" }],
    [["-H", "a=1", "-H", "b=c=d", "-H", "e="], { alg: "HS256", typ: "JWT", a: "1", b: "c=d", e: "" }],
    [["--header", '{"n":1,"__proto__":{"x":true}}'], JSON.parse('{"alg":"HS256","typ":"JWT","n":1,"__proto__":{"x":true}}')],
  ])("%j makes the header", async (args, header) => {
    expect(headerOf((await sign([...args, "{}"])).stdout)).toEqual(header);
  });

  it("lets the claims set win over the options", async () => {
    expect(claimsOf((await sign(["--issuer", "i", "--expires-in", "1h", '{"iss":"own","exp":1}'])).stdout)).toMatchObject({
      iss: "own",
      exp: 1,
    });
  });

  it("gives each token a UUID of its own", async () => {
    const { stdout } = await sign(["--jwt-id-random", "{}", "{}"]);
    const [first, second] = linesOf(stdout).map((token) => claimsOf(token).jti);
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(second).not.toBe(first);
  });

  it("signs one line of stdin after the other, passing over blank ones", async () => {
    const { code, stdout } = await sign(["--no-issued-at"], { stdin: '{"sub":"a"}\n\n{"sub":"b"}\r\n' });
    expect(code).toBe(0);
    expect(linesOf(stdout)).toEqual([folder.token({ sub: "a" }), folder.token({ sub: "b" })]);
  });

  it("signs the lines of a file", async () => {
    const file = folder.write("claims.ndjson", '{"sub":"a"}\n{"sub":"b"}\n');
    const { code, stdout } = await sign(["--no-issued-at", "-f", file]);
    expect(code).toBe(0);
    expect(linesOf(stdout)).toEqual([folder.token({ sub: "a" }), folder.token({ sub: "b" })]);
  });

  it.each([
    ["stdin", [], ""],
    ["stdin of blank lines", ["-"], "\n\r\n"],
    ["a file", ["--file", folder.write("none.ndjson", "")], ""],
  ])("refuses to sign nothing from %s", async (_, args, stdin) => {
    const { code, stdout, stderr } = await sign(args, { stdin });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^wasm-jwt sign: Expected at least one claims set from (stdin|`--file .*`), got none\n$/);
  });

  it("chooses a key of a set by its name", async () => {
    const key = (kid: string, secret: string) => ({ kty: "oct", kid, k: Buffer.from(secret).toString("base64url") });
    const set = folder.write("set.jwk", JSON.stringify({ keys: [key("other", "o".repeat(32)), key("this", folder.secret)] }));
    const { stdout } = await run(["sign", "--jwk", set, "--kid", "this", "--no-issued-at", "{}"]);
    expect(stdout).toBe(`${folder.token({}, { alg: "HS256", typ: "JWT", kid: "this" })}\n`);
    expect(await run(["sign", "--jwk", set, "{}"])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("`--kid`") });
    expect(await run(["sign", "--jwk", set, "--kid", "none", "{}"])).toMatchObject({ code: 2, stdout: "" });
  });

  it.each([
    ["no JSON", "secret stuff"],
    ["an array", "[]"],
    ["a text as `exp`", '{"exp":"secret stuff"}'],
  ])("stops at a line that is %s, and tells which without repeating it", async (_, line) => {
    const { code, stdout, stderr } = await sign([], { stdin: `{}\n\n${line}\n{}` });
    expect(code).toBe(2);
    expect(linesOf(stdout)).toHaveLength(1);
    expect(stderr).toMatch(/^wasm-jwt sign: Expected line 3 of stdin to be a claims set.*\n$/);
    expect(stderr).not.toContain("secret stuff");
  });
});
