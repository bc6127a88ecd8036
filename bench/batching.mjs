/**
 * What a batcher does for a server and what it costs: `npm run bench:batching`. An HTTP server is asked over 64 connections by another
 * process, its tokens being verified one by one and by a batcher in turn; then calls are made side by side without a server.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { bearerToken, createBatcher, createVerifier } from "../dist/index.js";
import { readFlags } from "./arguments.mjs";
import { walk } from "./block.mjs";
import { checksOf, NOW, SECRET, tokensOf } from "./fleet.mjs";
import { inRounds, timesOf } from "./rounds.mjs";
import { median } from "./statistics.mjs";
import { printFigures, whole } from "./table.mjs";

const CONNECTIONS = 64;
const ROUNDS = 5;
const MILLISECONDS = 1000;
const BURST = 256;
const TIMING = { rounds: 31, sliceMs: 40, warmupMs: 300 };
const pool = tokensOf("mid", 20 * BURST);
const make = () => createVerifier({ keys: SECRET, ...checksOf("mid"), currentDate: NOW });

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
  const single = () => {
    const verifier = make();
    return serve(
      (token) => verifier.verifyAsync(token),
      () => ({ tokens: 1, batches: 1 }),
    );
  };
  const batched = () => {
    const batcher = createBatcher(make());
    return serve(
      (token) => batcher.verifyAsync(token),
      () => batcher.stats(),
    );
  };
  const samples = await inRounds({ single, batched }, { rounds: ROUNDS });
  const of = (name, figure) => median(samples[name].map((sample) => sample[figure]));
  return { size: of("batched", "size"), single: of("single", "perSecond"), batched: of("batched", "perSecond") };
}

/** Nanoseconds a token of bursts in which every verdict is looked at. */
async function measureBursts() {
  const verifier = make();
  const batcher = createBatcher(make());
  const each = (judge) => (tokens) => Promise.all(tokens.map((token) => judge.verifyAsync(token)));
  const runners = { verifyBatch: async (tokens) => [...verifier.verifyBatch(tokens)], batcher: each(batcher), verifyAsync: each(verifier) };
  const times = await timesOf(Object.fromEntries(Object.entries(runners).map(([name, judge]) => [name, burstsOf(judge)])), TIMING);
  return Object.fromEntries(Object.entries(times).map(([name, samples]) => [name, median(samples)]));
}

function burstsOf(judge) {
  const run = async (tokens) => (await judge(tokens)).filter(({ ok }) => ok).length;
  return { isAsync: true, ...walk({ run }, { fleet: { tokens: pool, good: pool.map(() => 1) }, batch: BURST, isAsync: true }) };
}

const flags = readFlags("json");
const server = await measureServer();
const bursts = await measureBursts();
printFigures(
  flags,
  { server, bursts },
  {
    title: "mid tokens, HS256",
    rows: [
      [`${CONNECTIONS} connections, tokens a batch`, server.size.toFixed(1)],
      ["requests a second, batcher", whole(server.batched)],
      ["requests a second, one by one", whole(server.single)],
      [`${BURST} calls at once, ns a token, batcher`, whole(bursts.batcher)],
      ["one by one, verifyAsync", whole(bursts.verifyAsync)],
      ["an array, verifyBatch", whole(bursts.verifyBatch)],
    ],
  },
);
