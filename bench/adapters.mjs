/**
 * What the adapter costs a Fastify route: `npm run bench:adapters`. One route is served several times by a process of its own: without the
 * adapter, with it, with the claims read, and with tokens judged one by one. They take turns, the same requests with mid tokens over kept
 * connections; ratios are taken round by round, of requests a second and of the server's CPU time.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import fastify from "fastify";
import { authenticate } from "../dist/adapters/fastify.js";
import { createVerifier } from "../dist/index.js";
import { readFlags } from "./arguments.mjs";
import { NOW, POOL, SECRET, tokensOf } from "./fleet.mjs";
import { inRounds } from "./rounds.mjs";
import { median, ratioOf } from "./statistics.mjs";
import { printFigures, whole } from "./table.mjs";

const CONNECTIONS = 32;
const ROUNDS = 20;
const WARM_UP = 4;
const REQUESTS = 12_000;
const SERVE = "serve";
const TITLES = {
  without: "without the adapter",
  with: "with it",
  read: "with it, claims read",
  single: "with it, one by one",
};
const CLOSING_BRACE = "}".charCodeAt(0);

/** Servers of one process, each with the same route. */
async function serve() {
  const verifier = createVerifier({ keys: SECRET, currentDate: NOW });
  const plain = async () => ({ temperature: 21 });
  const reading = async ({ auth }) => ({ temperature: auth.claims.sub.length + 7 });
  const single = { verifyAsync: (token) => verifier.verifyAsync(token) };
  const routes = { without: [plain], with: [plain, verifier], read: [reading, verifier], single: [plain, single] };
  const ports = {};
  for (const [name, [handler, judge]] of Object.entries(routes)) {
    const app = fastify();
    if (judge) await app.register(authenticate({ verifier: judge }));
    app.get("/telemetry", handler);
    await app.listen({ port: 0, host: "127.0.0.1" });
    ports[name] = app.server.address().port;
  }
  process.on("message", () => process.send(process.cpuUsage()));
  process.on("disconnect", () => process.exit());
  process.send(ports);
}

const requestWith = (token) =>
  Buffer.from(`GET /telemetry HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`, "latin1");

/** Sends `count` requests on one connection, each when the last is answered. @throws Error when one is not answered with 200. */
async function exchange(socket, requests, from, count) {
  let sent = 0;
  const { promise, resolve, reject } = withResolvers();
  const next = () => (sent === count ? resolve() : socket.write(requests[(from + sent++) % requests.length]));
  const hear = (chunk) => {
    // An answer this small comes in one piece.
    const isAnswer = chunk.toString("latin1", 0, 15) === "HTTP/1.1 200 OK" && chunk.at(-1) === CLOSING_BRACE;
    if (!isAnswer) reject(new Error(`Expected an answer, got ${JSON.stringify(chunk.toString("latin1"))}`));
    next();
  };
  socket.on("data", hear);
  next();
  await promise;
  socket.off("data", hear);
}

/** As `Promise.withResolvers`, which Node 20 has not. */
function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

async function cpuOf(server) {
  server.send("cpu");
  const [{ user, system }] = await once(server, "message");
  return user + system;
}

/** Requests a second, and microseconds of the server's CPU a request. */
async function run(server, sockets, requests, from) {
  const before = await cpuOf(server);
  const start = performance.now();
  const share = REQUESTS / sockets.length;
  await Promise.all(sockets.map((socket, index) => exchange(socket, requests, from + index * share, share)));
  const seconds = (performance.now() - start) / 1000;
  return { rate: REQUESTS / seconds, cpu: ((await cpuOf(server)) - before) / REQUESTS };
}

async function measure() {
  const server = fork(fileURLToPath(import.meta.url), [SERVE]);
  const [ports] = await once(server, "message");
  const requests = tokensOf("mid", POOL).map(requestWith);
  const names = Object.keys(ports);
  const sockets = {};
  for (const name of names) {
    sockets[name] = Array.from({ length: CONNECTIONS }, () => connect({ port: ports[name], host: "127.0.0.1", noDelay: true }));
    await Promise.all(sockets[name].map((socket) => once(socket, "connect")));
  }
  const measureOf = (name) => (round) => run(server, sockets[name], requests, round * REQUESTS);
  const samples = await inRounds(Object.fromEntries(names.map((name) => [name, measureOf(name)])), { rounds: ROUNDS, warmUp: WARM_UP });
  server.disconnect();
  for (const socket of Object.values(sockets).flat()) socket.destroy();
  return samples;
}

function figuresOf({ rate, cpu }, without) {
  return {
    perSecond: median(rate),
    cpuMicroseconds: median(cpu),
    rateRatio: ratioOf(rate, without.rate).median,
    cpuRatio: ratioOf(without.cpu, cpu).median,
  };
}

async function main() {
  const flags = readFlags("json");
  const samples = Object.entries(await measure()).map(([name, all]) => [
    name,
    { rate: all.map(({ rate }) => rate), cpu: all.map(({ cpu }) => cpu) },
  ]);
  const [[, without]] = samples;
  const figures = Object.fromEntries(samples.map(([name, each]) => [name, figuresOf(each, without)]));
  const row = ([name, { perSecond, cpuMicroseconds, rateRatio, cpuRatio }]) => {
    return [TITLES[name], whole(perSecond), cpuMicroseconds.toFixed(1), rateRatio.toFixed(3), cpuRatio.toFixed(3)];
  };
  printFigures(flags, figures, {
    title: `a Fastify route, mid tokens, ${CONNECTIONS} connections; ratios to the route without the adapter`,
    head: ["a second", "µs CPU", "rate", "CPU"],
    rows: Object.entries(figures).map(row),
  });
}

if (process.argv[2] === SERVE) await serve();
else await main();
