/** A caller's own code around a verifier counts in every adapter: it is asked about each token, and what it gives must be a verdict. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { authenticateUpgrade } from "../../../src/adapters/ws.js";
import { createBatcher, createVerifier, type Verifier } from "../../../src/index.js";
import { OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../../support/tokens.js";
import { NO_VERDICTS, WRAPPERS, wrapped } from "../../support/wrappers.js";
import { send } from "./client.js";
import { FRAMEWORKS, listen } from "./frameworks.js";
import { startBroker } from "./mqtt/broker.js";

type Async = Pick<Verifier, "verifyAsync">;
/** Asks with a token; the answer's status. */
type Ask = (token: string) => Promise<number>;

const LET_IN = 200;
const TURNED_AWAY = 401;

async function overHttp(open: (typeof FRAMEWORKS)[string], verifier: Async): Promise<Ask> {
  const port = await listen(await open({ options: { verifier } }));
  return async (token) => (await send(port, { lines: [["authorization", `Bearer ${token}`]] })).status;
}

async function overWebSockets(verifier: Async): Promise<Ask> {
  const upgrade = authenticateUpgrade(new WebSocketServer({ noServer: true }), { verifier });
  const server = createServer().on("upgrade", upgrade).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => void server.close());
  return (token) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { authorization: `Bearer ${token}` } });
    onTestFinished(() => socket.terminate());
    return new Promise((resolve, reject) => {
      socket.on("open", () => resolve(LET_IN));
      socket.on("unexpected-response", (request, { statusCode }) => {
        request.destroy();
        resolve(statusCode as number);
      });
      socket.on("error", reject);
    });
  };
}

/** Its return codes as the statuses that mean the same. */
async function overMqtt(verifier: Async): Promise<Ask> {
  const { connect } = await startBroker({ verifier });
  const statuses: Readonly<Record<number, number>> = { 3: 500, 5: TURNED_AWAY };
  let count = 0;
  return (password) =>
    connect({ clientId: `client-${++count}`, password }).then(
      () => LET_IN,
      ({ code }) => statuses[code] as number,
    );
}

type Adapter = [name: string, start: (verifier: Async) => Promise<Ask>];

const ADAPTERS: readonly Adapter[] = [
  ...Object.entries(FRAMEWORKS).map(([name, open]): Adapter => [name, (verifier) => overHttp(open, verifier)]),
  ["WebSockets", overWebSockets],
  ["MQTT", overMqtt],
];

const good = signClaims({ sub: "device" });
const unwanted = signClaims({ sub: "unwanted" });
const forged = signClaims({ sub: "device" }, undefined, OTHER_TEST_SECRET);

describe.each(ADAPTERS)("%s", (_, start) => {
  it.each(WRAPPERS)("asks %s around a verifier about each token, by itself and in a batcher", async (_, wrap) => {
    for (const given of [(each: Async) => each, (each: Async) => createBatcher(each)]) {
      const { verifier, heard } = wrapped(wrap, createVerifier({ keys: TEST_SECRET }), "unwanted");
      const ask = await start(given(verifier));
      const tokens = [good, unwanted, forged, good];
      expect(await Promise.all(tokens.map(ask))).toEqual([LET_IN, TURNED_AWAY, TURNED_AWAY, LET_IN]);
      expect(heard.toSorted()).toEqual(tokens.toSorted());
    }
  });

  it.each(NO_VERDICTS)("lets none in where a wrapper gives %s for a verdict", async (_, of) => {
    const inner = createVerifier({ keys: TEST_SECRET });
    const verifier = { verifyAsync: async (token: string | Uint8Array) => of(await inner.verifyAsync(token)) as never };
    expect(await (await start(verifier))(good)).toBe(500);
  });
});
