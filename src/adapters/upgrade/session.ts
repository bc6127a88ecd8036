/** A connection and its token: it is closed when that expires or is revoked, and no more of what it sends is heard. */
import { later } from "../../runtime/timer.js";
import type { SessionEnd, SessionHandle } from "../../sessions/registry.js";
import type { Acceptance } from "../../verify/verdict.js";
import { sessionOf } from "../core/session.js";
import type { UpgradePlan } from "./options.js";
import type { UpgradeSocket } from "./socket.js";

/** What is needed of a WebSocket of ws. */
export interface Connection {
  close(code: number, reason: string): void;
  emit(event: unknown, ...values: unknown[]): boolean;
  resume(): void;
  terminate(): void;
}

/** "Policy violation" (RFC 6455 §7.4.1), with the reason why the session ends. */
const POLICY_VIOLATION = 1008;
/** The time to close a connection in an orderly way, in seconds. */
const GRACE = 1;
/** The events by which an application hears what a client sends. */
const HEARD: readonly unknown[] = ["message", "ping", "pong"];

/** What ends with the token: a connection, or the socket that is to become one. */
export class Session {
  readonly #socket: UpgradeSocket;
  #handle: SessionHandle | undefined;
  #connection: Connection | undefined;
  #isAdded = false;

  constructor(socket: UpgradeSocket) {
    this.#socket = socket;
    socket.on("close", () => this.end());
  }

  /** Why it has ended already, if it has. */
  add<Claims>({ sessions, session }: UpgradePlan<Claims, never>, auth: Acceptance<Claims>): SessionEnd | undefined {
    let end: SessionEnd | undefined;
    this.#handle = sessions.add(sessionOf(session, auth), (reason) => {
      if (this.#isAdded) this.#close(reason);
      else end = reason;
    });
    this.#isAdded = true;
    return end;
  }

  begin(connection: Connection): void {
    this.#connection = connection;
  }

  get hasBegun(): boolean {
    return this.#connection !== undefined;
  }

  /** The socket is gone. */
  end(): void {
    this.#handle?.remove();
  }

  /** Reads on, be the connection paused or not: the answer to the closing frame ends it at once. Whoever does not answer is cut. */
  #close(reason: SessionEnd): void {
    const connection = this.#connection;
    if (!connection) {
      this.#socket.destroy();
      return;
    }
    silence(connection);
    later(GRACE, () => connection.terminate());
    connection.close(POLICY_VIOLATION, reason);
    connection.resume();
  }
}

/** Nobody hears what the client sends any more, whatever way they listen and whenever they begin to: all of them hear by `emit`. */
function silence(connection: Connection): void {
  const emit = connection.emit.bind(connection);
  connection.emit = (event, ...values) => !HEARD.includes(event) && emit(event, ...values);
}
