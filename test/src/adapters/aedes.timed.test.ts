// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of access rules
/** Many MQTT connections over loopback that end at the same time. */
import { describe, expect, it } from "vitest";
import { seconds, startBroker, token } from "./mqtt/broker.js";

describe("1,000 connections", () => {
  // A thousand clients in the broker's own process: a busy machine may be late.
  it("are cut within a second of `exp`, and not before", { retry: 2 }, async () => {
    const { broker, connect } = await startBroker({ bind: { sub: "${clientid}" } });
    const exp = Math.ceil(seconds()) + 12;
    const names = Array.from({ length: 1000 }, (_, index) => `device-${index}`);
    const clients = [];
    for (let from = 0; from < names.length; from += 50) {
      const some = names.slice(from, from + 50);
      clients.push(...(await Promise.all(some.map((clientId) => connect({ clientId, password: token({ sub: clientId, exp }) })))));
    }
    expect(seconds()).toBeLessThan(exp);
    const cuts: number[] = [];
    broker.on("clientDisconnect", () => cuts.push(seconds()));
    expect(broker.connectedClients).toBe(1000);
    const seen = await Promise.all(clients.map(({ closed }) => closed));
    expect(Math.min(...seen, ...cuts)).toBeGreaterThanOrEqual(exp);
    await expect.poll(() => cuts.length).toBe(1000);
    expect(Math.max(...cuts)).toBeLessThan(exp + 1);
    console.log(`1,000 connections were cut within ${Math.round(1000 * (Math.max(...cuts) - exp))} ms of \`exp\``);
    expect(broker.connectedClients).toBe(0);
  });
});
