/** A broker, as aedes has it: its handlers, and what it calls them with. */
import { isError } from "../../base/brands.js";
import { requirePart } from "../../base/check.js";
import { bare, isPromise, partMember } from "../../base/own.js";
import { LONGEST, lateness } from "../../runtime/deadline.js";
import { later } from "../../runtime/timer.js";

/** What is needed of a client of aedes. */
export interface AedesClient {
  readonly id: string;
  readonly closed: boolean;
  readonly conn: { once(event: "close", listener: () => void): unknown };
  close(done?: () => void): void;
}

/** The address at the other end of a client's connection: of a TCP or TLS socket, or of the request of a WebSocket. Undefined where there is none. */
export function addressOf(client: AedesClient): string | undefined {
  const address = memberOf(client.conn, "remoteAddress") ?? memberOf(memberOf(memberOf(client, "req"), "socket"), "remoteAddress");
  return typeof address === "string" ? address : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? partMember(value, name) : undefined;
}

/** What is needed of an aedes broker: its handlers, which are replaced, and its events. */
export interface AedesBroker {
  readonly id: string;
  preConnect: (client: never, packet: never, done: never) => void;
  authenticate: (client: never, username: never, password: never, done: never) => void;
  authorizePublish: (client: never, packet: never, done: never) => void;
  authorizeSubscribe: (client: never, subscription: never, done: never) => void;
  authorizeForward: (client: never, packet: never) => unknown;
  on(event: never, listener: never): unknown;
}

/** A packet with a topic, or a subscription. */
export interface Packet {
  readonly topic: string;
  readonly qos?: number;
  readonly retain?: boolean;
  /** Of a will that was kept, the broker that its client was connected to. Packets of clients have none. */
  readonly brokerId?: string;
}

export type Done<Value = unknown> = (error: Error | null, value?: Value) => void;

/** The same as aedes calls it. */
export interface Broker {
  readonly id: string;
  preConnect(client: AedesClient, packet: { readonly will?: Packet }, done: Done<boolean>): void;
  authenticate(client: AedesClient, username: string | undefined, password: Uint8Array | undefined, done: Done<boolean>): void;
  authorizePublish(client: AedesClient | null, packet: Packet, done: Done): void;
  authorizeSubscribe(client: AedesClient, subscription: Packet, done: Done<Packet | null>): void;
  authorizeForward(client: AedesClient, packet: Packet): unknown;
  on(event: "client" | "clientDisconnect", listener: (client: AedesClient) => void): unknown;
}

/**
 * A broker publishes the wills of others that are gone: they were judged with CONNECT. The client may be connected here meanwhile, with another
 * token; an error because of that would be one of the broker's.
 */
export function isOfOther(broker: Broker, packet: Packet): boolean {
  const brokerId = partMember(packet, "brokerId");
  return brokerId !== undefined && brokerId !== broker.id;
}

const HANDLERS = ["preConnect", "authenticate", "authorizePublish", "authorizeSubscribe", "authorizeForward"] as const;

const taken = new WeakSet<object>();

/**
 * The broker, which is given to one `protect` alone.
 * @throws TypeError for what is no broker of aedes; for one that is given again; for one with connections, which nothing has judged.
 */
export function brokerOf(broker: AedesBroker): Broker {
  requirePart(broker, "broker", "a broker of aedes", ...HANDLERS, "on");
  if (taken.has(broker)) throw new TypeError("Expected `broker` to be given to `protect` once, got it a second time");
  if (Number(partMember(broker, "connectedClients")) > 0)
    throw new TypeError(
      "Expected `broker` to be given to `protect` before it has connections, got one with clients that no token has let in",
    );
  taken.add(broker);
  return broker as unknown as Broker;
}

export type Handlers = Pick<Broker, (typeof HANDLERS)[number]>;

/** From now on the broker has these, and no others in their place: a handler that is set later would let in whom it likes. */
export function replaceHandlers(broker: Broker, handlers: Handlers): void {
  for (const name of HANDLERS) {
    const get = () => handlers[name];
    const set = () => {
      throw new TypeError(
        `Expected \`${name}\` to be set before \`protect\`, which asks it as well: set now, it would take the place of the check`,
      );
    };
    Object.defineProperty(broker, name, bare({ get, set, enumerable: true, configurable: false }));
  }
}

/** What the broker has, to be asked behind what takes its place. */
export function handlersOf(broker: Broker): Handlers {
  return {
    preConnect: broker.preConnect.bind(broker),
    authenticate: broker.authenticate.bind(broker),
    authorizePublish: broker.authorizePublish.bind(broker),
    authorizeSubscribe: broker.authorizeSubscribe.bind(broker),
    authorizeForward: broker.authorizeForward.bind(broker),
  };
}

/**
 * Asks a handler that the broker had, which answers by calling back. If it throws, rejects, or gives no answer in time, it has failed; what it
 * says after that is not heard.
 */
export function ask<Value>(
  handler: (done: Done<Value>) => unknown,
  done: Done<Value>,
  failed: (error: Error) => void = (error) => done(error),
): void {
  let isOver = false;
  let callOff = () => {};
  const isFirst = (): boolean => {
    const isIt = !isOver;
    isOver = true;
    callOff();
    return isIt;
  };
  const fail = (cause: unknown) => {
    if (isFirst()) failed(isError(cause) ? cause : new Error("A handler of the broker failed", { cause }));
  };
  try {
    const outcome = handler((error, value) => {
      if (isFirst()) done(error, value);
    });
    if (isPromise(outcome)) Promise.resolve(outcome).catch(fail);
  } catch (error) {
    // Of the broker, which went on at once.
    if (isOver) throw error;
    fail(error);
  }
  if (!isOver) callOff = later(LONGEST, () => fail(lateness("a handler of the broker to answer")));
}
