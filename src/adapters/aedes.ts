/**
 * wasm-jwt/aedes: MQTT connections let in by a token, which is the password of their CONNECT. It says what they may publish and subscribe
 * to, and they end with it.
 */
import { attempt } from "../attempt.js";
import { partMember } from "../own.js";
import type { Auth } from "./core/options.js";
import { admit } from "./mqtt/admission.js";
import { type AedesBroker, type AedesClient, type Broker, brokerOf, type Done, handlersOf, isOfOther, type Packet } from "./mqtt/broker.js";
import { Connection } from "./mqtt/connection.js";
import { type BrokerOptions, type BrokerPlan, parseBrokerOptions, type Refusal } from "./mqtt/options.js";

export type { SessionRegistry, SessionToken } from "../sessions/index.js";
export type { TokenVerifier } from "./core/batched.js";
export type { AuthOf as Auth, ClaimsOf } from "./core/claims.js";
export type { AedesBroker, AedesClient } from "./mqtt/broker.js";
export type { BrokerOptions, Refusal } from "./mqtt/options.js";
export type { Acl, AclLists, AclRule } from "./mqtt/permissions.js";

/** What is known of a broker's connections. */
export interface Protection<Claims> {
  /** The verdict on the token that a client came with, for as long as it is connected. */
  authOf(client: AedesClient): Auth<Claims> | undefined;
}

/**
 * Has a broker let in only connections with a good token, and hold them to what it allows. Handlers that the broker has already are asked
 * as well, after these; those that are set later take their place. To be called once, before the broker has connections.
 *
 * What is published to a topic that is not allowed ends the connection, as MQTT 3.1.1 has it (§3.3.5) and aedes does; the will is judged with
 * CONNECT. A subscription that is not allowed gets 0x80 (§3.9.3), also one that the session had before; what is not allowed is not forwarded,
 * whatever it was subscribed or queued by, messages of the broker's own included.
 * @throws TypeError for what is no broker of aedes, or a wrong option, naming it.
 */
export function protect<Claims, Client extends AedesClient = AedesClient>(
  broker: AedesBroker,
  options: BrokerOptions<Claims, Client>,
): Protection<Claims> {
  const protectedBroker = brokerOf(broker);
  const guard = new Guard(parseBrokerOptions(options));
  guard.install(protectedBroker);
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
      const will = partMember(packet, "will");
      if (will) this.#wills.set(client, will);
      before.preConnect(client, packet, done);
    };
    broker.authenticate = (client, username, password, done) => {
      const connect = { names: { clientid: client.id, username }, password, will: this.#wills.get(client) };
      admit(this.#plan, connect).then((admitted) => {
        if (!(admitted instanceof Connection)) return this.#refuse(admitted, client, done);
        this.#connections.set(client, admitted);
        before.authenticate(client, username, password, done);
      });
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
    broker.on("client", (client) => this.#connections.get(client)?.open(client, this.#plan));
    broker.on("clientDisconnect", (client) => this.#connections.get(client)?.end());
  }

  #refuse(refusal: Refusal, client: AedesClient, done: Done<boolean>): void {
    attempt(() => this.#plan.onRejected?.(refusal, client as Client));
    done(Object.assign(new Error("The connection is refused"), { returnCode: refusal.returnCode }), false);
  }

  #mayPublish(client: AedesClient | null, packet: Packet): boolean {
    return !client || this.#connections.get(client)?.mayPublish(packet.topic) === true;
  }
}
