import { setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { Folder, NOW, run, type Settings, signed } from "../command.js";

const folder = new Folder();
afterAll(() => folder.remove());

const inspect = (args: readonly string[], settings?: Settings) => run(["inspect", "--now", String(NOW), ...args], settings);
const expired = folder.token({ sub: "device-1", exp: NOW - 200, iat: NOW - 7200 });

describe.concurrent("inspect", () => {
  it("without a key says that nothing is verified", async () => {
    const { code, stdout } = await inspect([folder.token({ sub: "device-1" })]);
    expect(code).toBe(0);
    expect(stdout).toContain("Header, NOT verified:\n");
    expect(stdout).toContain("Claims, NOT verified:\n");
    expect(stdout).toMatch(/^ {2}unknown +signature +NOT verified: no key was given/m);
    expect(stdout).toMatch(/\nThe signature was NOT verified: no key was given\. Give a key with .*\n$/);
  });

  it("tells times in UTC and from now", async () => {
    const { code, stdout } = await inspect([expired]);
    expect(code).toBe(1);
    expect(stdout).toContain("exp  1799999800   2027-01-15 07:56:40 UTC, 3 minutes ago");
    expect(stdout).toContain("failed     exp        expired 3 minutes ago, at 2027-01-15 07:56:40 UTC");
    expect(stdout).toContain("passed     iat        issued 2 hours ago, at 2027-01-15 06:00:00 UTC");
    expect(stdout).toContain("It would be rejected even so: EXPIRED (exp).");
  });

  it("judges by the time at which the token has come", async () => {
    const late = setTimeout(2000).then(() => folder.token({ iat: Math.floor(Date.now() / 1000), exp: 9e9 }));
    const { stdout } = await run(["inspect"], { stdin: late });
    expect(stdout).toMatch(/^ {2}passed +iat +issued (?:.+ ago|just now), at /m);
  });

  it.each([
    ["accepts", folder.token({ sub: "device-1" }), 0, "Verdict: ACCEPTED\n"],
    ["rejects an expired token", expired, 1, "Verdict: EXPIRED. The token has expired (exp).\n"],
    ["rejects a forged token", signed("f".repeat(32), {}), 1, "Verdict: BAD_SIGNATURE. The signature does not verify.\n"],
  ])("with a key %s", async (_, token, code, verdict) => {
    const ended = await inspect([...folder.key, "-"], { stdin: `${token}\n` });
    expect(ended.code).toBe(code);
    expect(ended.stdout.endsWith(`\n\n${verdict}`)).toBe(true);
  });

  it("calls header and claims unverified in JSON, too, unless the signature is right", async () => {
    const plain = JSON.parse((await inspect(["--json", expired])).stdout);
    expect(plain).toMatchObject({
      signatureVerified: false,
      verdict: null,
      unverifiedHeader: { alg: "HS256" },
      unverifiedClaims: { sub: "device-1" },
    });
    const forged = JSON.parse((await inspect(["--json", ...folder.key, signed("f".repeat(32), { sub: "x" })])).stdout);
    expect(forged).toMatchObject({ signatureVerified: false, verdict: "BAD_SIGNATURE", unverifiedClaims: { sub: "x" } });
    const verified = JSON.parse((await inspect(["--json", ...folder.key, expired])).stdout);
    expect(verified).toMatchObject({
      signatureVerified: true,
      verdict: "EXPIRED",
      claim: "exp",
      header: { alg: "HS256" },
      claims: { sub: "device-1" },
    });
    expect(verified.checks).toContainEqual({
      name: "exp",
      status: "failed",
      code: "EXPIRED",
      text: expect.stringContaining("3 minutes ago"),
    });
  });

  it.each([[[]], [["--json"]]])("prints nothing that a terminal would obey %j", async (args) => {
    const name = "\u001b]0;x\u0007\u009b1m\u202e";
    const { stdout } = await inspect([...args, folder.token({ [name]: name, sub: name }, { alg: "HS256", kid: name })]);
    expect(stdout).toContain("\\u001b");
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it.each([
    ["no token", [], ""],
    ["two lines", [], "a\nb\n"],
    ["two arguments", ["a", "b"], ""],
  ])("refuses %s", async (_, args, stdin) => {
    expect(await inspect(args, { stdin })).toMatchObject({ code: 2, stdout: "" });
  });
});
