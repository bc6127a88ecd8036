// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of access rules
/** Many MQTT connections over loopback that end at the same time. */
import { describe, expect, it } from "vitest";
import { seconds, startBroker, token } from "./mqtt/broker.js";

describe("1,000 connections", () => {
  it("are cut within a second of `exp`, and not before", async () => {
    const { broker, connect } = await startBroker({ bind: { sub: "${clientid}" } });
    const exp = Math.ceil(seconds()) + 8;
    const names = Array.from({ length: 1000 }, (_, index) => `device-${index}`);
    const clients = [];
    for (let from = 0; from < names.length; from += 50) {
      const some = names.slice(from, from + 50);
      clients.push(...(await Promise.all(some.map((clientId) => connect({ clientId, password: token({ sub: clientId, exp }) })))));
    }
    expect(seconds()).toBeLessThan(exp);
    expect(broker.connectedClients).toBe(1000);
    const times = await Promise.all(clients.map(({ closed }) => closed));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(exp);
    expect(Math.max(...times)).toBeLessThan(exp + 1);
    expect(broker.connectedClients).toBe(0);
  });
});
