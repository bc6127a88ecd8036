// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of access rules
/** An aedes broker behind `protect`, and clients of mqtt.js, over loopback. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Aedes, type AedesOptions } from "aedes";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { onTestFinished } from "vitest";
import { type BrokerOptions, protect, type Refusal } from "../../../../src/adapters/aedes.js";
import { createVerifier, type JwtClaims } from "../../../../src/index.js";
import { signClaims, TEST_SECRET } from "../../../support/tokens.js";

export const verifier = createVerifier({ keys: TEST_SECRET });

export const seconds = () => Date.now() / 1000;

let count = 0;
/** A token like no other, good for a minute, for a device that may do all with its own topics. */
export function token(claims: object = {}, secret = TEST_SECRET): string {
  const own = {
    sub: "d1",
    jti: `token-${++count}`,
    iat: Math.floor(seconds()),
    exp: Math.floor(seconds()) + 60,
    acl: { all: ["d/${clientid}/#"] },
  };
  return signClaims({ ...own, ...claims }, undefined, secret);
}

export async function startBroker(options: Partial<BrokerOptions<JwtClaims, never>> = {}, brokerOptions: AedesOptions = {}) {
  const broker = await Aedes.createBroker(brokerOptions);
  const refusals: Refusal[] = [];
  const protection = protect(broker, { verifier, onRejected: (refusal) => refusals.push(refusal), ...options });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    broker.handle(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await new Promise<void>((resolve) => broker.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { broker, protection, refusals, connect: (given: IClientOptions) => open(port, given) };
}

/** Connects, with a user's name, as no password may come without one (MQTT 3.1.1 §3.1.2.9); what the server refuses is an error with its return code as `code`. */
async function open(port: number, given: IClientOptions): Promise<Connected> {
  const client = connect({
    host: "127.0.0.1",
    port,
    clientId: "d1",
    username: "any",
    reconnectPeriod: 0,
    connectTimeout: 30_000,
    ...given,
  });
  onTestFinished(() => void client.end(true));
  const messages: string[] = [];
  client.on("message", (topic, payload) => messages.push(`${topic} ${payload}`));
  const closed = new Promise<number>((resolve) => client.once("close", () => resolve(seconds())));
  await new Promise<void>((resolve, reject) => {
    client.once("connect", () => resolve());
    client.once("error", reject);
    client.once("close", () => reject(new Error("Expected to be connected, got the connection closed")));
  });
  client.on("error", () => {});
  return { client, messages, closed };
}

export interface Connected {
  readonly client: MqttClient;
  /** What came, as topic and payload. */
  readonly messages: readonly string[];
  /** When the connection was closed, in seconds. */
  readonly closed: Promise<number>;
}

/** The codes that a subscription gets, one a filter. */
export function subscribe({ client }: Connected, ...filters: string[]): Promise<number[]> {
  return new Promise((resolve, reject) => {
    client.subscribe(filters, { qos: 1 }, (error, granted, packet) => {
      const codes = (packet as { granted?: number[] } | undefined)?.granted ?? granted?.map(({ qos }) => qos as number);
      if (codes) resolve(codes);
      else reject(error ?? new Error("Expected a suback"));
    });
  });
}
