/** A batcher in a real HTTP server under load, whose clients are another process. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { type BatcherOptions, bearerToken, createBatcher, createVerifier } from "../../../src/index.js";
import { NOW, signClaims, TEST_SECRET } from "../../support/tokens.js";

const CONNECTIONS = 64;
const CLIENTS = fileURLToPath(new URL("../../../bench/httpClients.mjs", import.meta.url));
/** One connection in four has a token that is no good. */
const tokens = Array.from({ length: CONNECTIONS }, (_, number) =>
  signClaims({ sub: `device-${number}`, exp: NOW + (number % 4 ? 60 : -60) }),
);

/** Serves for a second; answers how many answers there were of each status, and of how many tokens a batch was in the mean. */
async function load(options: BatcherOptions): Promise<{ statuses: Record<string, number>; size: number }> {
  const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
  const batcher = createBatcher(verifier, options);
  const subjects = new Set<unknown>();
  const server = createServer(async (request, response) => {
    const token = bearerToken(request.headers.authorization) ?? "";
    const verdict = await batcher.verifyAsync(token);
    const isRight =
      verdict.ok === tokens.indexOf(token) % 4 > 0 && (!verdict.ok || verdict.claims.sub === `device-${tokens.indexOf(token)}`);
    if (verdict.ok) subjects.add(verdict.claims.sub);
    response.writeHead(isRight ? (verdict.ok ? 204 : 401) : 500).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const clients = fork(CLIENTS);
  clients.send({ port: (server.address() as AddressInfo).port, tokens, milliseconds: 1000 });
  const [statuses] = (await once(clients, "message")) as [Record<string, number>];
  const stats = verifier.stats();
  expect(subjects.size).toBe((CONNECTIONS * 3) / 4);
  expect([stats.tokens, stats.accepted, stats.codes.EXPIRED]).toEqual([batcher.stats().tokens, statuses[204], statuses[401]]);
  return { statuses, size: stats.tokens / stats.batches.count };
}

describe(`a server of ${CONNECTIONS} connections`, () => {
  it("judges eight tokens a batch or more, each for its own request", async () => {
    const { statuses, size } = await load({});
    console.log(`${size.toFixed(1)} tokens a batch`);
    expect(Object.keys(statuses).sort()).toEqual(["204", "401"]);
    expect(size).toBeGreaterThanOrEqual(8);
  });

  it("would judge them nearly one by one in microtasks", async () => {
    const { size } = await load({ flush: "microtask" });
    expect(size).toBeLessThan(4);
  });
});
