/**
 * What a batcher does for a server and what it costs: `npm run bench:batching`. An HTTP server is asked over 64 connections by another
 * process, its tokens being verified one by one and by a batcher in turn; then calls are made side by side without a server.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { bearerToken, createBatcher, createVerifier } from "../dist/index.js";
import { checksOf, NOW, SECRET, tokensOf } from "./fleet.mjs";

const CONNECTIONS = 64;
const ROUNDS = 5;
const MILLISECONDS = 1000;
const BURST = 256;
const BURSTS = 2000;
const pool = tokensOf("mid", 20 * BURST);
const make = () => createVerifier({ keys: SECRET, ...checksOf("mid"), currentDate: NOW });
const median = (values) => values.toSorted((left, right) => left - right)[values.length >> 1];

/** Requests a second, and tokens a batch, of a server that verifies so. */
async function serve(verifyAsync, statsOf) {
  const server = createServer(async (request, response) => {
    const verdict = await verifyAsync(bearerToken(request.headers.authorization) ?? "");
    response.writeHead(verdict.ok ? 204 : 401).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const clients = fork(fileURLToPath(new URL("httpClients.mjs", import.meta.url)));
  clients.send({ port: server.address().port, tokens: pool.slice(0, CONNECTIONS), milliseconds: MILLISECONDS });
  const [statuses] = await once(clients, "message");
  server.close();
  if (Object.keys(statuses).join() !== "204") throw new Error(`Expected every answer to be 204, got ${JSON.stringify(statuses)}`);
  const { tokens, batches } = statsOf();
  return { perSecond: (statuses[204] / MILLISECONDS) * 1000, size: tokens / batches };
}

async function measureServer() {
  const rounds = { single: [], batched: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const verifier = make();
    const batcher = createBatcher(make());
    rounds.single.push(
      await serve(
        (token) => verifier.verifyAsync(token),
        () => ({ tokens: 1, batches: 1 }),
      ),
    );
    rounds.batched.push(
      await serve(
        (token) => batcher.verifyAsync(token),
        () => batcher.stats(),
      ),
    );
  }
  const of = (results, name) => median(results.map((result) => result[name]));
  return {
    size: of(rounds.batched, "size"),
    single: of(rounds.single, "perSecond"),
    batched: of(rounds.batched, "perSecond"),
  };
}

/** Nanoseconds a token of bursts in which every verdict is looked at. */
async function measureBursts() {
  const verifier = make();
  const batcher = createBatcher(make());
  const ways = {
    verifyBatch: (tokens) => [...verifier.verifyBatch(tokens)],
    batcher: (tokens) => Promise.all(tokens.map((token) => batcher.verifyAsync(token))),
    verifyAsync: (tokens) => Promise.all(tokens.map((token) => verifier.verifyAsync(token))),
  };
  const samples = { verifyBatch: [], batcher: [], verifyAsync: [] };
  for (let burst = 0; burst < BURSTS; burst++) {
    const from = (burst * BURST) % pool.length;
    const tokens = pool.slice(from, from + BURST);
    for (const [name, way] of Object.entries(ways)) {
      const start = performance.now();
      const verdicts = await way(tokens);
      samples[name].push(((performance.now() - start) / BURST) * 1e6);
      if (!verdicts.every(({ ok }) => ok)) throw new Error("A good token was rejected");
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, median(times)]));
}

const server = await measureServer();
const bursts = await measureBursts();
const rounded = (value) => Math.round(value).toLocaleString("en-US");
console.log(`Node ${process.version}, mid tokens, HS256`);
console.log(`  ${CONNECTIONS} connections: tokens a batch       ${server.size.toFixed(1)}`);
console.log(`    requests a second, batcher        ${rounded(server.batched)}`);
console.log(`    requests a second, one by one     ${rounded(server.single)}`);
console.log(`  ${BURST} calls at once: ns a token, batcher ${rounded(bursts.batcher)}`);
console.log(`    one by one, verifyAsync           ${rounded(bursts.verifyAsync)}`);
console.log(`    an array, verifyBatch             ${rounded(bursts.verifyBatch)}`);
