import { afterAll, describe, expect, it } from "vitest";
import { Folder, jsonOf, linesOf, NOW, run, type Settings, signed } from "../command.js";

const folder = new Folder();
afterAll(() => folder.remove());

const verify = (args: readonly string[], settings?: Settings) => run(["verify", "--now", String(NOW), ...folder.key, ...args], settings);

const good = folder.token({ sub: "device-1", exp: NOW + 60 });
const expired = folder.token({ sub: "device-2", exp: NOW - 60 });
const forged = signed("another secret, which is long enough", { sub: "device-3" });

describe.concurrent("verify takes tokens", () => {
  const accepted = { code: 0, stdout: "       1  ACCEPTED  device-1\n", stderr: "" };

  it("from arguments", async () => {
    expect(await verify([good])).toEqual(accepted);
  });

  it.each([
    ["stdin, which is the default", []],
    ["stdin, named -", ["-"]],
    ["stdin, as --file -", ["--file", "-"]],
  ])("from %s", async (_, args) => {
    expect(await verify(args, { stdin: `${good}\n` })).toEqual(accepted);
  });

  it("from a file", async () => {
    expect(await verify(["--file", folder.write("one.txt", good)])).toEqual(accepted);
  });

  it.each([
    ["a member of JSON", "token", { token: good }],
    ["a member within a member", "request.auth.token", { request: { auth: { token: good } } }],
  ])("from %s", async (_, field, line) => {
    expect(await verify(["--field", field], { stdin: JSON.stringify(line) })).toEqual(accepted);
  });

  it.each([
    ["from a file", (file: string) => ["-f", file]],
    ["with a key by its letter", (file: string) => [`-f${file}`, "-k", folder.secretFile]],
  ])("by short options, %s", async (_, args) => {
    const key = args("").includes("-k") ? [] : folder.key;
    const file = folder.write("short.txt", good);
    expect(await run(["verify", "--now", String(NOW), ...key, ...args(file)])).toEqual(accepted);
  });

  it.each([
    ["from a header", [], `Bearer ${good}\n`],
    ["from a header in small letters, and from elsewhere", [], `bearer ${good}`],
    ["from a log of headers", ["--field", "authorization"], JSON.stringify({ authorization: `Bearer ${good}` })],
  ])("with `Bearer ` before %s, if told so", async (_, args, stdin) => {
    expect(await verify(["--bearer", ...args], { stdin })).toEqual(accepted);
    const untold = await verify(args, { stdin });
    expect(untold).toMatchObject({ code: 1, stdout: expect.stringContaining("begins with the scheme of a header") });
    expect(untold.stderr).toBe("wasm-jwt verify: 1 token with `Bearer ` before, as a header has it: `--bearer` takes it off\n");
  });

  it("whatever the line's end is, and passes over blank lines and a byte order mark", async () => {
    const { code, stdout } = await verify(["--json"], { stdin: `\ufeff${good}\r\n\n\r\n${expired}\n${good}` });
    expect(code).toBe(1);
    expect(jsonOf(stdout).map(({ line, code: verdict }) => [line, verdict])).toEqual([
      [1, "ACCEPTED"],
      [4, "EXPIRED"],
      [5, "ACCEPTED"],
      [undefined, undefined],
    ]);
  });
});

describe.concurrent("verify takes keys", () => {
  const secret = Buffer.from(folder.secret);
  const jwk = { kty: "oct", kid: "a", k: secret.toString("base64url") };
  const other = { kty: "oct", kid: "b", k: Buffer.alloc(32, 1).toString("base64url") };
  const rsa = { kty: "RSA", kid: "c", n: "AQAB", e: "AQAB" };
  const named = folder.token({ sub: "device-1" }, { alg: "HS256", kid: "a" });
  const file = (name: string, value: object) => folder.write(name, JSON.stringify(value));

  it.each([
    ["a file without a newline", () => ["--secret-file", folder.write("bare.txt", folder.secret)], good, {}],
    ["a file with CR LF", () => ["--secret-file", folder.write("crlf.txt", `${folder.secret}\r\n`)], good, {}],
    ["a file in base64url", () => ["--secret-base64url", "--secret-file", folder.write("b64.txt", `${jwk.k}\n`)], good, {}],
    ["a variable", () => ["--secret-env", "FLEET_SECRET"], good, { FLEET_SECRET: folder.secret }],
    ["a variable in base64url", () => ["--secret-env", "FLEET_SECRET", "--secret-base64url"], good, { FLEET_SECRET: jwk.k }],
    ["a JWK", () => ["--jwk", file("one.jwk", jwk)], named, {}],
    ["a JWK set", () => ["--jwk", file("set.jwk", { keys: [other, jwk] })], named, {}],
  ])("from %s", async (_, key, token, env) => {
    expect(await run(["verify", "--now", String(NOW), ...key(), token], { env })).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    ["a newline at its end", "\n"],
    ["CR LF at its end", "\r\n"],
  ])("and keeps all bytes of a binary file, %s", async (_, end) => {
    const bytes = Buffer.concat([Buffer.alloc(16, 0xfe), Buffer.alloc(16, 7), Buffer.from(end)]);
    const key = ["--secret-file", folder.write(`binary${end.length}`, bytes)];
    expect(await run(["verify", ...key, signed(bytes, {})])).toMatchObject({ code: 0 });
    expect(await run(["verify", ...key, signed(bytes.subarray(0, 32), {})])).toMatchObject({ code: 1 });
  });

  it("and removes no more than one newline", async () => {
    const key = ["--secret-file", folder.write("two.txt", `${folder.secret}\n\n`)];
    expect(await run(["verify", ...key, signed(`${folder.secret}\n`, {})])).toMatchObject({ code: 0 });
    expect(await run(["verify", ...key, signed(folder.secret, {})])).toMatchObject({ code: 1 });
  });

  it("and keeps all bytes of a secret that is binary, and ends in one", async () => {
    const secret = Buffer.concat([Buffer.alloc(31, 0xa5), Buffer.of(0x0a)]);
    const key = ["--secret-file", folder.write("binary.key", secret)];
    expect(await run(["verify", ...key, signed(secret, {})])).toMatchObject({ code: 0, stderr: "" });
    expect(await run(["verify", "--allow-weak-secrets", ...key, signed(secret.subarray(0, 31), {})])).toMatchObject({ code: 1 });
  });

  it("and passes over keys of a set that are for something else", async () => {
    const { code, stderr } = await run([
      "verify",
      "--jwk",
      file("mixed.jwk", { keys: [rsa, jwk, { ...other, alg: "HS512", k: Buffer.alloc(64, 1).toString("base64url") }] }),
      named,
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/has 1 key of no use for HS256, HS384 or HS512\n$/);
  });

  it("and passes over those of other algorithms than the one asked for", async () => {
    const set = file("asked.jwk", { keys: [jwk, { ...other, alg: "HS384", k: Buffer.alloc(48, 1).toString("base64url") }] });
    const { code, stderr } = await run(["verify", "--alg", "HS256", "--jwk", set, named]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/has 1 key of no use for HS256\n$/);
  });

  it.each([
    ["HS384", "sha384"],
    ["HS512", "sha512"],
  ])("for %s", async (alg, hash) => {
    const long = "a test key of a command, to be used nowhere else: 0123456789abcd";
    const token = signed(long, { sub: "device-1" }, { alg }, hash);
    const key = ["--secret-file", folder.write(`${alg}.txt`, long)];
    const asJwk = file(`${alg}.jwk`, { kty: "oct", alg, k: Buffer.from(long).toString("base64url") });
    const plain = file(`${alg}-plain.jwk`, { kty: "oct", k: Buffer.from(long).toString("base64url") });
    expect(await run(["verify", ...key, "--alg", alg, token])).toMatchObject({ code: 0, stderr: "" });
    expect(await run(["verify", "--jwk", asJwk, token])).toMatchObject({ code: 0, stderr: "" });
    expect(await run(["verify", "--jwk", plain, "--alg", alg, token])).toMatchObject({ code: 0, stderr: "" });
    expect(await run(["verify", "--jwk", asJwk, "--alg", "HS256", token])).toMatchObject({ code: 2 });
    expect((await run(["verify", ...key, token])).stdout).toContain("ALGORITHM_NOT_ALLOWED");
    const made = await run(["sign", ...key, "--alg", alg, "--no-typ", "--no-issued-at", '{"sub":"device-1"}']);
    expect(made.stdout.trim()).toBe(token);
    const fleet = await run(["generate", ...key, "--alg", alg, "--count", "50", "--ndjson"]);
    expect(fleet.code).toBe(0);
    const verified = await run(["verify", ...key, "--alg", alg, "--field", "token", "--json"], { stdin: fleet.stdout });
    const expected = fleet.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).expect);
    expect(
      verified.stdout
        .trim()
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line).code ?? "ACCEPTED"),
    ).toEqual(expected.map((code: string) => (code === "AUDIENCE_MISMATCH" ? "ACCEPTED" : code)));
  });

  it("and finds none that a token does not name", async () => {
    const set = file("pair.jwk", { keys: [other, jwk] });
    expect((await run(["verify", "--jwk", set, good])).stdout).toContain("KEY_NOT_FOUND");
  });
});

describe.concurrent("verify enforces", () => {
  const claims = { iss: "issuer", aud: ["x", "y"], sub: "device", jti: "id", nonce: "n", iat: NOW - 100, exp: NOW + 100 };
  const token = folder.token(claims);

  it.each([
    [["--issuer", "other", "--issuer", "issuer"], "ACCEPTED"],
    [["--issuer", "other"], "ISSUER_MISMATCH"],
    [["--audience", "y"], "ACCEPTED"],
    [["--audience", "z"], "AUDIENCE_MISMATCH"],
    [["--subject", "device"], "ACCEPTED"],
    [["--subject", "z"], "SUBJECT_MISMATCH"],
    [["--jwt-id", "id"], "ACCEPTED"],
    [["--jwt-id", "z"], "JWT_ID_MISMATCH"],
    [["--nonce", "n"], "ACCEPTED"],
    [["--nonce", "z"], "NONCE_MISMATCH"],
    [["--typ", "jwt"], "ACCEPTED"],
    [["--typ", "at+jwt"], "TYPE_MISMATCH"],
    [["--require", "iss", "--require", "scope"], "CLAIM_MISSING"],
    [["--max-token-age", "2m"], "ACCEPTED"],
    [["--max-token-age", "99"], "TOO_OLD"],
    [["--max-token-age", "99", "--clock-tolerance", "1"], "ACCEPTED"],
    [["--max-lifetime", "200"], "ACCEPTED"],
    [["--max-lifetime", "199"], "LIFETIME_TOO_LONG"],
    [["--max-token-length", "100"], "TOKEN_TOO_LONG"],
  ])("%j: %s", async (args, verdict) => {
    const { code, stdout } = await verify([...args, "--json", token]);
    expect(jsonOf(stdout)[0]).toMatchObject({ line: 1, ok: verdict === "ACCEPTED", code: verdict });
    expect(code).toBe(verdict === "ACCEPTED" ? 0 : 1);
  });

  it.each([
    ["an expired token", expired, ["--ignore-expiration"]],
    ["a token before its time", folder.token({ nbf: NOW + 60 }), ["--ignore-not-before"]],
    ["an expired token, a little late", expired, ["--clock-tolerance", "61"]],
    ["an expired token, at its time", expired, ["--now", "2027-01-15T07:58:00Z"]],
    ["an extension", folder.token({}, { alg: "HS256", crit: ["x"], x: 1 }), ["--crit", "x"]],
    ["a short secret", signed("short", {}), ["--secret-env", "SHORT", "--allow-weak-secrets"]],
  ])("less, where it is told to: %s", async (_, subject, args) => {
    const now = args.includes("--now") ? [] : ["--now", String(NOW)];
    const key = args.includes("--secret-env") ? [] : folder.key;
    expect(await run(["verify", ...now, ...key, ...args, subject], { env: { SHORT: "short" } })).toMatchObject({ code: 0 });
  });
});

describe.concurrent("verify reports", () => {
  it("few tokens one by one, then a summary", async () => {
    const { code, stdout } = await verify([good, expired, forged, "nonsense"]);
    expect(code).toBe(1);
    expect(linesOf(stdout).slice(0, 4)).toEqual([
      "       1  ACCEPTED  device-1",
      "       2  EXPIRED  The token has expired (exp)",
      "       3  BAD_SIGNATURE  The signature does not verify",
      "       4  MALFORMED  The token is not a well-formed signed JWT: expected three segments with dots between them, got 1",
    ]);
    expect(stdout).toMatch(
      /\naccepted +1\nrejected +3\n {2}MALFORMED +1\n {2}BAD_SIGNATURE +1\n {2}EXPIRED +1\n4 tokens in .* a second\n$/,
    );
  });

  it("many tokens by the first ten that are rejected", async () => {
    const { stdout } = await verify([], { stdin: `${good}\n${expired}\n`.repeat(30) });
    expect(linesOf(stdout)[0]).toBe("The first 10 of 30 rejected, by line:");
    expect(stdout.match(/^ +(\d+) {2}EXPIRED/gm)?.map((row) => Number.parseInt(row, 10))).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    expect(stdout).not.toContain("device-1");
  });

  it("in JSON: one object a token, the last one a summary", async () => {
    const { code, stdout, stderr } = await verify(["--json", good, expired, "nonsense"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(jsonOf(stdout)).toEqual([
      { line: 1, ok: true, code: "ACCEPTED" },
      { line: 2, ok: false, code: "EXPIRED", claim: "exp" },
      { line: 3, ok: false, code: "MALFORMED" },
      {
        summary: {
          tokens: 3,
          accepted: 1,
          rejected: 2,
          codes: { ACCEPTED: 1, MALFORMED: 1, EXPIRED: 1 },
          seconds: expect.any(Number),
          tokensPerSecond: expect.any(Number),
        },
      },
    ]);
  });

  it("claims of accepted tokens alone, on request", async () => {
    const { stdout } = await verify(["--json", "--claims", good, expired]);
    expect(jsonOf(stdout).slice(0, 2)).toEqual([
      { line: 1, ok: true, code: "ACCEPTED", claims: { sub: "device-1", exp: NOW + 60 } },
      { line: 2, ok: false, code: "EXPIRED", claim: "exp" },
    ]);
  });

  it("claims of accepted tokens and nothing else on stdout, the rejected ones on stderr", async () => {
    const exact = folder.token('{"sub":"a", "id":12345678901234567890,"huge":1e400,"zero":"\u200b"}');
    const { code, stdout, stderr } = await verify(["--claims", good, expired, exact, "nonsense"]);
    expect(code).toBe(1);
    expect(stdout).toBe(`{"sub":"device-1","exp":${NOW + 60}}\n{"sub":"a","id":12345678901234567890,"huge":1e400,"zero":"\\u200b"}\n`);
    expect(linesOf(stderr)).toEqual([
      "wasm-jwt verify: token 2 is rejected: EXPIRED. The token has expired (exp)",
      expect.stringMatching(/^wasm-jwt verify: token 4 is rejected: MALFORMED\. The token is not a well-formed signed JWT: expected three/),
    ]);
    expect((await verify(["-cj", exact])).stdout).toContain('"claims":{"sub":"a","id":12345678901234567890,"huge":1e400,');
  });

  it("no more than ten rejected tokens on stderr", async () => {
    const { stdout, stderr } = await verify(["--claims"], { stdin: `${expired}\n`.repeat(30) });
    expect(stdout).toBe("");
    expect(linesOf(stderr)).toHaveLength(11);
    expect(linesOf(stderr).at(-1)).toBe("wasm-jwt verify: 20 more tokens rejected of 30");
  });

  it("a field that no line has", async () => {
    const { stderr } = await verify(["--field", "tokn"], { stdin: `{"token":"${good}"}\n{}` });
    expect(stderr).toBe("wasm-jwt verify: no line has a text at `--field tokn`\n");
  });

  it("lines of JSON that hold no token, and goes on", async () => {
    const lines = ["not JSON", "{}", '{"token":7}', "[]", "null", '"text"', `{"token":{"token":"x"}}`, JSON.stringify({ token: good })];
    const { code, stdout } = await verify(["--json", "--field", "token"], { stdin: lines.join("\n") });
    expect(code).toBe(1);
    expect(jsonOf(stdout).map((each) => each.code)).toEqual([...Array(7).fill("MALFORMED"), "ACCEPTED", undefined]);
  });

  it("takes no member from a prototype", async () => {
    const { stdout } = await verify(["--json", "--field", "constructor.name"], { stdin: "{}" });
    expect(jsonOf(stdout)[0]).toMatchObject({ code: "MALFORMED" });
  });

  it("subjects without what a terminal would obey", async () => {
    const { stdout } = await verify([folder.token({ sub: "a\u001b[31m\u009b\u202e\nb" })]);
    expect(stdout).toBe("       1  ACCEPTED  a\\u001b[31m\\u009b\\u202e\\u000ab\n");
  });

  it.each([
    ["", "TOKEN_TOO_LONG"],
    ["token", "TOKEN_TOO_LONG"],
  ])("a line of two million characters as too long (field %j)", async (field, verdict) => {
    const args = field ? ["--field", field] : [];
    const { stdout } = await verify(["--json", ...args], { stdin: `${"a".repeat(2_000_000)}\n\nx` });
    expect(jsonOf(stdout).slice(0, 2)).toEqual([
      { line: 1, ok: false, code: verdict },
      { line: 3, ok: false, code: "MALFORMED" },
    ]);
  });

  it("letters beyond ASCII as malformed, whatever their low byte", async () => {
    const { stdout } = await verify(["--json"], { stdin: good.replace(/A/, "\u0141") });
    expect(jsonOf(stdout)[0]).toMatchObject({ code: "MALFORMED" });
  });
});
