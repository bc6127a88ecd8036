/**
 * wasm-jwt/aedes: MQTT connections let in by a token, which is the password of their CONNECT. It says what they may publish and subscribe
 * to, and they end with it.
 */
import { attempt } from "../attempt.js";
import type { RejectionCode } from "../codes.js";
import type { SessionHandle } from "../sessions/registry.js";
import { inTime } from "./core/deadline.js";
import type { Auth } from "./core/options.js";
import { type BrokerOptions, type BrokerPlan, parseBrokerOptions, type Refusal } from "./mqtt/options.js";
import { Permissions, parseAcl } from "./mqtt/permissions.js";
import { filled, type Names } from "./mqtt/template.js";

export type { SessionRegistry, SessionToken } from "../sessions/index.js";
export type { TokenVerifier } from "./core/batched.js";
export type { Auth } from "./core/options.js";
export type { BrokerOptions, Refusal } from "./mqtt/options.js";
export type { Acl, AclLists, AclRule } from "./mqtt/permissions.js";

/** What is needed of a client of aedes. */
export interface AedesClient {
  readonly id: string;
  readonly closed: boolean;
  readonly conn: { once(event: "close", listener: () => void): unknown };
  close(done?: () => void): void;
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

/** What is known of a broker's connections. */
export interface Protection<Claims> {
  /** The verdict on the token that a client came with, for as long as it is connected. */
  authOf(client: AedesClient): Auth<Claims> | undefined;
}

interface Packet {
  readonly topic: string;
  /** Of a will that was kept, the broker that its client was connected to. Packets of clients have none. */
  readonly brokerId?: string;
}

type Done<Value = unknown> = (error: Error | null, value?: Value) => void;

/** The same as aedes calls it. */
interface Broker {
  readonly id: string;
  preConnect(client: AedesClient, packet: { readonly will?: Packet }, done: Done<boolean>): void;
  authenticate(client: AedesClient, username: string | undefined, password: Uint8Array | undefined, done: Done<boolean>): void;
  authorizePublish(client: AedesClient | null, packet: Packet, done: Done): void;
  authorizeSubscribe(client: AedesClient, subscription: Packet, done: Done<Packet | null>): void;
  authorizeForward(client: AedesClient, packet: Packet): unknown;
  on(event: "client" | "clientDisconnect", listener: (client: AedesClient) => void): unknown;
}

/** One connection. */
interface Connection<Claims> {
  readonly auth: Auth<Claims>;
  readonly permissions: Permissions;
  isRevoked: boolean;
  session: SessionHandle | undefined;
}

/** Of rejections that do not say that the token is not authorized: there is none, or nothing is known of it now. */
const RETURN_CODES: Readonly<Partial<Record<RejectionCode, 3 | 4>>> = {
  MALFORMED: 4,
  TOKEN_TOO_LONG: 4,
  REVOCATION_STALE: 3,
  REPLAY_GUARD_FULL: 3,
};

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Has a broker let in only connections with a good token, and hold them to what it allows. Handlers that the broker has already are asked
 * as well, after these; those that are set later take their place. To be called once, before the broker has connections.
 *
 * What is published to a topic that is not allowed ends the connection, as MQTT 3.1.1 has it (§3.3.5) and aedes does; the will is judged with
 * CONNECT. A subscription that is not allowed gets 0x80 (§3.9.3), also one that the session had before; what is not allowed is not forwarded,
 * whatever it was subscribed or queued by, messages of the broker's own included.
 * @throws TypeError for a wrong option, naming it.
 */
export function protect<Claims, Client extends AedesClient = AedesClient>(
  broker: AedesBroker,
  options: BrokerOptions<Claims, Client>,
): Protection<Claims> {
  const guard = new Guard(parseBrokerOptions(options));
  guard.install(broker as unknown as Broker);
  return guard;
}

class Guard<Claims, Client extends AedesClient> implements Protection<Claims> {
  readonly #plan: BrokerPlan<Claims, Client>;
  readonly #wills = new WeakMap<AedesClient, Packet>();
  readonly #connections = new WeakMap<AedesClient, Connection<Claims>>();

  constructor(plan: BrokerPlan<Claims, Client>) {
    this.#plan = plan;
  }

  authOf(client: AedesClient): Auth<Claims> | undefined {
    return client.closed ? undefined : this.#connections.get(client)?.auth;
  }

  install(broker: Broker): void {
    const before = { ...handlersOf(broker) };
    broker.preConnect = (client, packet, done) => {
      if (packet.will) this.#wills.set(client, packet.will);
      before.preConnect(client, packet, done);
    };
    broker.authenticate = (client, username, password, done) => {
      const pass = () => before.authenticate(client, username, password, done);
      this.#admit(client, username, password).then((refusal) => (refusal ? this.#refuse(refusal, client, done) : pass()));
    };
    broker.authorizePublish = (client, packet, done) => {
      if (isOfOther(broker, packet) || this.#mayPublish(client, packet)) before.authorizePublish(client, packet, done);
      else done(new Error("The token does not allow to publish to this topic"));
    };
    broker.authorizeSubscribe = (client, subscription, done) => {
      if (this.#connections.get(client)?.permissions.maySubscribe(subscription.topic))
        before.authorizeSubscribe(client, subscription, done);
      else done(null, null);
    };
    broker.authorizeForward = (client, packet) =>
      this.#connections.get(client)?.permissions.mayReceive(packet.topic) ? before.authorizeForward(client, packet) : null;
    broker.on("client", (client) => this.#open(client));
    broker.on("clientDisconnect", (client) => this.#connections.get(client)?.session?.remove());
  }

  /** Judges a CONNECT, and remembers it if it is good. Never rejects. */
  async #admit(client: AedesClient, username: string | undefined, password: Uint8Array | undefined): Promise<Refusal | undefined> {
    if (!password?.length) return { returnCode: 4, reason: "missing" };
    try {
      const verdict = await inTime(this.#plan.verifier.verifyAsync(utf8.decode(password)));
      if (verdict.ok === true) return this.#bind(client, { clientid: client.id, username }, verdict);
      if (verdict.ok !== false) throw new TypeError("Expected the verifier to give a verdict");
      return { returnCode: RETURN_CODES[verdict.code] ?? 5, reason: "rejected", rejection: verdict };
    } catch (cause) {
      return { returnCode: 3, reason: "error", cause };
    }
  }

  #bind(client: AedesClient, names: Names, auth: Auth<Claims>): Refusal | undefined {
    const { bind, aclClaim, isOpen } = this.#plan;
    const claims = auth.claims as Readonly<Record<string, unknown>>;
    const isBound = bind.every(([claim, template]) => {
      const expected = filled(template, names);
      return expected !== undefined && Object.hasOwn(claims, claim) && claims[claim] === expected;
    });
    if (!isBound) return { returnCode: 5, reason: "bind" };
    const rules = Object.hasOwn(claims, aclClaim) ? parseAcl(claims[aclClaim], names) : [];
    if (!rules) return { returnCode: 5, reason: "acl" };
    const permissions = new Permissions(rules, isOpen);
    const will = this.#wills.get(client);
    if (will && !permissions.mayPublish(will.topic)) return { returnCode: 5, reason: "will" };
    this.#connections.set(client, { auth, permissions, isRevoked: false, session: undefined });
    return undefined;
  }

  #refuse(refusal: Refusal, client: AedesClient, done: Done<boolean>): void {
    attempt(() => this.#plan.onRejected?.(refusal, client as Client));
    done(Object.assign(new Error("The connection is refused"), { returnCode: refusal.returnCode }), false);
  }

  /**
   * The broker has taken the client. One that is closed already, by its own doing, is nobody's session. If its token has been revoked in the
   * meantime it is closed here.
   */
  #open(client: AedesClient): void {
    const connection = this.#connections.get(client);
    if (!connection || client.closed) return;
    try {
      connection.session = this.#plan.sessions.add(this.#plan.session(connection.auth), (reason) => {
        connection.isRevoked = reason === "revoked";
        client.close();
      });
      // Of one whose id was taken while another with it was closing, aedes tells no end.
      client.conn.once("close", () => connection.session?.remove());
    } catch {
      client.close();
    }
  }

  #mayPublish(client: AedesClient | null, packet: Packet): boolean {
    if (!client) return true;
    const connection = this.#connections.get(client);
    return connection !== undefined && !connection.isRevoked && connection.permissions.mayPublish(packet.topic);
  }
}

/**
 * A broker publishes the wills of others that are gone: they were judged with CONNECT. The client may be connected here meanwhile, with another
 * token; an error because of that would be one of the broker's.
 */
function isOfOther(broker: Broker, { brokerId }: Packet): boolean {
  return brokerId !== undefined && brokerId !== broker.id;
}

function handlersOf(broker: Broker): Omit<Broker, "on" | "id"> {
  return {
    preConnect: broker.preConnect.bind(broker),
    authenticate: broker.authenticate.bind(broker),
    authorizePublish: broker.authorizePublish.bind(broker),
    authorizeSubscribe: broker.authorizeSubscribe.bind(broker),
    authorizeForward: broker.authorizeForward.bind(broker),
  };
}
