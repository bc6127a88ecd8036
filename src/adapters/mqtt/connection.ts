/** A connection that was let in: what it may do, until its token expires or is revoked. */
import type { SessionHandle } from "../../sessions/registry.js";
import type { Acceptance } from "../../verify/verdict.js";
import { sessionOf } from "../core/session.js";
import type { AedesClient, Packet } from "./broker.js";
import type { BrokerPlan } from "./options.js";
import type { Permissions } from "./permissions.js";

export class Connection<Claims> {
  readonly auth: Acceptance<Claims>;
  readonly permissions: Permissions;
  #isRevoked = false;
  #session: SessionHandle | undefined;

  constructor(auth: Acceptance<Claims>, permissions: Permissions) {
    this.auth = auth;
    this.permissions = permissions;
  }

  /**
   * The broker has taken the client. One that is closed already, by its own doing, is nobody's session. If its token has been revoked in the
   * meantime it is closed here.
   * @throws whatever `session` or the registry throws.
   */
  open(client: AedesClient, { sessions, session }: BrokerPlan<Claims, never>): void {
    if (client.closed) return;
    this.#session = sessions.add(sessionOf(session, this.auth), (reason) => {
      this.#isRevoked = reason === "revoked";
      client.close();
    });
    // A client whose id was taken while another one with it was closing: aedes does not tell that it ends.
    client.conn.once("close", () => this.end());
  }

  /** The client is gone. */
  end(): void {
    this.#session?.remove();
  }

  mayPublish(packet: Packet): boolean {
    return !this.#isRevoked && this.permissions.mayPublish(packet.topic, packet);
  }
}
