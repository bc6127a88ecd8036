/** Each example starts with one command, and the request that it prints is answered. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

async function start(example: string): Promise<{ url: URL; authorization: string }> {
  const server = spawn(process.execPath, [`examples/${example}.mjs`], { cwd: root, env: { ...process.env, PORT: "0" }, stdio: "pipe" });
  onTestFinished(() => void server.kill());
  const [line] = await Promise.race([once(server.stdout, "data"), once(server.stderr, "data")]);
  const [, authorization, address] = /^curl -i -H "Authorization: (Bearer [\w.-]+)" (http:\S+)$/m.exec(String(line)) ?? [];
  if (!authorization || !address) throw new Error(`Expected ${example} to print a request, got ${line}`);
  return { url: new URL(address), authorization };
}

describe.each(["express", "fastify", "hono"])("the example for %s", (example) => {
  it("answers the request that it prints, and turns others away", async () => {
    const { url, authorization } = await start(example);
    const good = await fetch(url, { headers: { authorization } });
    expect([good.status, await good.json()]).toEqual([200, { device: "device-7", temperature: 21 }]);
    const missing = await fetch(url);
    expect([missing.status, missing.headers.get("www-authenticate")]).toEqual([401, expect.stringMatching(/^Bearer realm="telemetry"/)]);
    const forged = await fetch(url, { headers: { authorization: `${authorization.slice(0, -2)}AA` } });
    expect([forged.status, await forged.json()]).toMatchObject([401, { error: "invalid_token" }]);
    const forbidden = await fetch(url, { method: "DELETE", headers: { authorization } });
    expect([forbidden.status, forbidden.headers.get("www-authenticate")]).toEqual([403, expect.stringMatching(/scope="telemetry:write"$/)]);
    const open = await fetch(new URL("/health", url));
    expect([open.status, await open.json()]).toEqual([200, { ok: true }]);
  });
});

describe("the example for MQTT", () => {
  it("shows what a device may, what it may not, and its end", async () => {
    const example = spawn(process.execPath, ["examples/mqtt.mjs"], {
      cwd: root,
      env: { ...process.env, PORT: "" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void example.kill());
    const [output] = await Promise.all([text(example.stdout), once(example, "exit")]);
    const [heard, refused, cut] = output.split("\n");
    expect(heard).toBe("display hears from home/thermometer/temperature: 21");
    expect(refused).toBe("thermometer publishes to home/door/unlock: refused, and its connection closed");
    const late = Number(/^display's token expires: its connection is closed (\d+) ms later$/.exec(cut ?? "")?.[1]);
    expect(late).toBeLessThan(1000);
    expect(example.exitCode).toBe(0);
  });
});
