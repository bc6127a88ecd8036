/**
 * wasm-jwt/aedes: MQTT connections let in by a token, which is the password or the user name of their CONNECT. It says what they may publish and subscribe
 * to, and they end with it.
 */
import { attempt } from "../base/attempt.js";
import { bindMethods } from "../base/bound.js";
import { atCaller } from "../base/errors.js";
import { partMember } from "../base/own.js";
import type { Acceptance } from "../verify/verdict.js";
import { refuseMore } from "./core/options.js";
import { admit, refusal } from "./mqtt/admission.js";
import {
  type AedesBroker,
  type AedesClient,
  addressOf,
  ask,
  type Broker,
  brokerOf,
  type Done,
  type Handlers,
  handlersOf,
  isOfOther,
  type Packet,
  replaceHandlers,
} from "./mqtt/broker.js";
import { Connection } from "./mqtt/connection.js";
import { type BrokerOptions, type BrokerPlan, parseBrokerOptions, type Refusal } from "./mqtt/options.js";

export type { SessionRegistry, SessionToken } from "../sessions/index.js";
export type { TokenVerifier } from "./core/batched.js";
export type { Auth, ClaimsOf } from "./core/claims.js";
export type { Acl, AclFault, AclLists, AclRule } from "./mqtt/acl.js";
export type { AedesBroker, AedesClient } from "./mqtt/broker.js";
export type { BrokerOptions, ConnectToken, Refusal } from "./mqtt/options.js";
export type { QoS } from "./mqtt/permissions.js";

/** What is known of a broker's connections. */
export interface Protection<Claims> {
  /** The verdict on the token that a client came with, for as long as it is connected. */
  authOf(client: AedesClient): Acceptance<Claims> | undefined;
}

/**
 * Has a broker let in only connections with a good token, and hold them to what it allows. Handlers that the broker has already are asked
 * as well, after these. To set one later is a TypeError: it would take the place of the check. To be called once, before the broker has
 * connections.
 *
 * What is published to a topic that is not allowed ends the connection, as MQTT 3.1.1 has it (§3.3.5) and aedes does; the will is judged with
 * CONNECT. A subscription that is not allowed gets 0x80 (§3.9.3), also one that the session had before; what is not allowed is not forwarded,
 * whatever it was subscribed or queued by, messages of the broker's own included.
 * @throws TypeError for a wrong option, naming it; for what is no broker of aedes, one that is protected already, or has connections.
 */
export const protect = /* @__PURE__ */ atCaller(function protect<Claims, Client extends AedesClient = AedesClient>(
  broker: AedesBroker,
  options: BrokerOptions<Claims, Client>,
  ...more: never[]
): Protection<Claims> {
  refuseMore(more, "`broker` and `options` alone");
  const plan = parseBrokerOptions(options);
  const protectedBroker = brokerOf(broker);
  const guard = new Guard(plan);
  guard.install(protectedBroker);
  return guard;
});

class Guard<Claims, Client extends AedesClient> implements Protection<Claims> {
  readonly #plan: BrokerPlan<Claims, Client>;
  readonly #wills = new WeakMap<AedesClient, Packet>();
  readonly #connections = new WeakMap<AedesClient, Connection<Claims>>();

  constructor(plan: BrokerPlan<Claims, Client>) {
    this.#plan = plan;
    bindMethods(this as Protection<Claims>, "authOf");
  }

  authOf(client: AedesClient): Acceptance<Claims> | undefined {
    return client.closed ? undefined : this.#connections.get(client)?.auth;
  }

  install(broker: Broker): void {
    const before = handlersOf(broker);
    const preConnect: Handlers["preConnect"] = (client, packet, done) => {
      const will = partMember(packet, "will");
      if (will) this.#wills.set(client, will);
      ask((answer) => before.preConnect(client, packet, answer), done);
    };
    const authenticate: Handlers["authenticate"] = (client, username, password, done) => {
      const connect = { clientid: client.id, username, password, address: addressOf(client), will: this.#wills.get(client) };
      admit(this.#plan, connect)
        .then((admitted) => {
          if (!(admitted instanceof Connection)) return this.#refuse(admitted, client, done);
          this.#connections.set(client, admitted);
          ask<boolean>(
            (answer) => before.authenticate(client, username, password, answer),
            done,
            (cause) => this.#refuse(refusal(3, "error", { cause }), client, done),
          );
        })
        // The broker itself goes on in the same way.
        .catch(() => attempt(() => client.close()));
    };
    const authorizePublish: Handlers["authorizePublish"] = (client, packet, done) => {
      if (isOfOther(broker, packet) || this.#mayPublish(client, packet))
        ask((answer) => before.authorizePublish(client, packet, answer), done);
      else done(new Error("The token does not allow to publish to this topic"));
    };
    const authorizeSubscribe: Handlers["authorizeSubscribe"] = (client, subscription, done) => {
      if (this.#connections.get(client)?.permissions.maySubscribe(subscription.topic, subscription))
        ask((answer) => before.authorizeSubscribe(client, subscription, answer), done);
      else done(null, null);
    };
    const authorizeForward: Handlers["authorizeForward"] = (client, packet) =>
      this.#connections.get(client)?.permissions.mayReceive(packet.topic) ? before.authorizeForward(client, packet) : null;
    replaceHandlers(broker, { preConnect, authenticate, authorizePublish, authorizeSubscribe, authorizeForward });
    broker.on("client", (client) => this.#open(client));
    broker.on("clientDisconnect", (client) => this.#connections.get(client)?.end());
  }

  /** A connection for which no session can begin would not end with its token. */
  #open(client: AedesClient): void {
    try {
      this.#connections.get(client)?.open(client, this.#plan);
    } catch (cause) {
      this.#tell(refusal(3, "error", { cause }), client);
      client.close();
    }
  }

  #tell(refusal: Refusal, client: AedesClient): void {
    attempt(() => this.#plan.onRejected?.(refusal, client as Client));
  }

  #refuse(refusal: Refusal, client: AedesClient, done: Done<boolean>): void {
    this.#tell(refusal, client);
    done(Object.assign(new Error("The connection is refused"), { returnCode: refusal.returnCode }), false);
  }

  #mayPublish(client: AedesClient | null, packet: Packet): boolean {
    return !client || this.#connections.get(client)?.mayPublish(packet) === true;
  }
}
