/** wasm-jwt/ws: WebSocket upgrades let in by a token, before the handshake is made, and connections that end with it. */
import { EXPIRED, REVOKED } from "../abi.js";
import { attempt } from "../base/attempt.js";
import { rejection } from "../base/codes.js";
import { atCaller } from "../base/errors.js";
import { ownMember } from "../base/own.js";
import { LONGEST } from "../runtime/deadline.js";
import { later } from "../runtime/timer.js";
import type { SessionEnd } from "../sessions/registry.js";
import type { Auth } from "./core/claims.js";
import { decide, deny } from "./core/decide.js";
import { type Answer, answerToFailure, type Denial, rejected, SEVERAL_TOKENS } from "./core/denial.js";
import { NodeIncoming, type NodeRequest } from "./core/incoming.js";
import { refuseMore } from "./core/options.js";
import { isHeard, watch, withhold } from "./upgrade/handshake.js";
import { answered, parseUpgradeOptions, type UpgradeOptions, type UpgradePlan } from "./upgrade/options.js";
import { cutUnlessTaken, leave, take } from "./upgrade/owners.js";
import { hideToken, protocolTokens } from "./upgrade/protocols.js";
import { type Server, serverOf, type WebSocketServer } from "./upgrade/server.js";
import { Session } from "./upgrade/session.js";
import { answer, type UpgradeSocket } from "./upgrade/socket.js";

export type { SessionRegistry, SessionToken } from "../sessions/index.js";
export type { TokenVerifier } from "./core/batched.js";
export type { Auth, ClaimsOf } from "./core/claims.js";
export type { Answer, AnswerChanges, Denial } from "./core/denial.js";
export type { AuthFailure } from "./core/failure.js";
export type { NodeRequest } from "./core/incoming.js";
export type { AuthOptions, Awaitable, OnRejected, Place, ScopeOptions, TokenSources } from "./core/options.js";
export type { ScopeClaim } from "./core/scope.js";
export type { UpgradeOptions, UpgradePlace, UpgradeSources } from "./upgrade/options.js";
export type { WebSocketServer } from "./upgrade/server.js";
export type { UpgradeSocket } from "./upgrade/socket.js";

/** The request of a connection that was let in: `AuthenticatedUpgrade<typeof verifier>`, or with claims in the verifier's place. `auth` is undefined where there was no token, and need not be. */
export type AuthenticatedUpgrade<Verifier, Request = NodeRequest> = Request & { auth?: Auth<Verifier> | undefined };

/**
 * A listener of `node:http`'s "upgrade". Says whether the handshake was left to the server. If not, the client has been answered, unless the
 * upgrade is left to other listeners. It never rejects.
 */
export type UpgradeListener<Request> = (request: Request, socket: UpgradeSocket, head: Uint8Array) => Promise<boolean>;

const FORBIDDEN_ORIGIN: Answer = { status: 403, headers: { "cache-control": "no-store" }, body: "" };

/**
 * Lets upgrades with a good token pass: `server.on("upgrade", authenticateUpgrade(webSockets, { verifier }))`. Then "connection" is emitted as
 * ever, `request.auth` being the verdict; all others are answered with 400, 401, 403 (RFC 6750 §3) or 5xx. A connection is closed with 1008 and
 * "expired" or "revoked" when its token is: what it sends from then on is not heard, and without an answer it is cut a second later. Upgrades that
 * are not for the server's `path`, or for which `shouldHandle` says `false`, are left to other listeners; if none takes one, it is 404.
 * @throws TypeError for what is no server of ws with `noServer: true`, for one that is given again, or for a wrong option, naming it.
 */
export const authenticateUpgrade = /* @__PURE__ */ atCaller(function authenticateUpgrade<Claims, Request extends NodeRequest = NodeRequest>(
  webSockets: WebSocketServer,
  options: UpgradeOptions<Claims, Request>,
  ...more: never[]
): UpgradeListener<Request> {
  refuseMore(more, "`webSockets` and `options` alone");
  const upgrades = new Upgrades(webSockets, parseUpgradeOptions(options));
  return (request, socket, head) => upgrades.listen(request, socket, head);
});

class Upgrades<Claims, Request extends NodeRequest> {
  readonly #server: Server<Request>;
  readonly #plan: UpgradePlan<Claims, Request>;

  constructor(webSockets: WebSocketServer, plan: UpgradePlan<Claims, Request>) {
    this.#server = serverOf<Request>(webSockets, (request, socket) => this.#refuse(request, socket));
    this.#plan = plan;
  }

  /** The handshake that another listener would have the server make. Where `listen` is called as well, it judges the upgrade. */
  #refuse(request: Request, socket: UpgradeSocket): void {
    this.#tell(
      new Error("Expected `handleUpgrade` to be called by `authenticateUpgrade` alone, got it called by a listener that asks for no token"),
      request,
    );
    cutUnlessTaken(socket);
  }

  /** Never rejects: `node:http` does not handle a rejection. */
  async listen(request: Request, socket: UpgradeSocket, head: Uint8Array): Promise<boolean> {
    const isOwn = this.#isOwn(request);
    if (isOwn === false) leave(socket);
    else if (isHeard(socket)) this.#cut(request, socket);
    else if (take(socket)) return this.#letIn(isOwn, request, socket, head);
    else this.#tell(new Error("Expected one listener to handle an upgrade, got a second one: each needs a `path` of its own"), request);
    return false;
  }

  /** An answer where it cannot be told. */
  #isOwn(request: Request): boolean | Answer {
    try {
      return [this.#server, this.#plan].every((each) => answered("shouldHandle", each.shouldHandle(request)) === true);
    } catch (error) {
      return this.#failed(error, request);
    }
  }

  async #letIn(isOwn: true | Answer, request: Request, socket: UpgradeSocket, head: Uint8Array): Promise<boolean> {
    // Nobody else listens yet, and an error that nobody listens to ends the process.
    const gone = () => socket.destroy();
    socket.on("error", gone);
    const session = new Session(socket);
    const show = withhold(request);
    const isAnswered = watch(socket);
    const turnedAway = isOwn === true ? await this.#admit(request, session) : isOwn;
    show();
    if (isAnswered()) this.#cut(request, socket);
    if (socket.destroyed || !socket.writable) session.end();
    else if (turnedAway) answer(socket, turnedAway);
    if (turnedAway || socket.destroyed || !socket.writable) return false;
    const isLeft = this.#shakeHands(request, socket, head, session);
    socket.removeListener("error", gone);
    return isLeft;
  }

  /** Another listener has answered, and let the client in with no token for all that is known. */
  #cut(request: Request, socket: UpgradeSocket): void {
    this.#tell(
      new Error(
        "Expected an upgrade to be left to `authenticateUpgrade`, got it answered by another listener: make each WebSocketServer with `noServer: true`",
      ),
      request,
    );
    socket.destroy();
  }

  /** Leaves the handshake to ws. What its hooks and listeners throw ends the connection. */
  #shakeHands(request: Request, socket: UpgradeSocket, head: Uint8Array, session: Session): boolean {
    try {
      this.#server.handleUpgrade(request, socket, head, (connection) => {
        session.begin(connection);
        try {
          this.#server.emit("connection", connection, request);
        } catch (error) {
          this.#tell(error, request);
          connection.terminate();
        }
      });
      // A hook of ws may call back, or never.
      if (!session.hasBegun) this.#limit(socket, session);
      return true;
    } catch (error) {
      this.#tell(error, request);
      socket.destroy();
      return false;
    }
  }

  #limit(socket: UpgradeSocket, session: Session): void {
    const callOff = later(LONGEST, () => {
      if (!session.hasBegun) socket.destroy();
    });
    socket.on("close", callOff);
  }

  #tell(error: unknown, request: Request): void {
    attempt(() => this.#plan.onError?.(error, request));
  }

  #failed(error: unknown, request: Request): Answer {
    this.#tell(error, request);
    return answerToFailure(error);
  }

  /** The answer for who is turned away. Never rejects. */
  async #admit(request: Request, session: Session): Promise<Answer | undefined> {
    try {
      return await this.#decide(request, session);
    } catch (error) {
      return this.#failed(error, request);
    }
  }

  async #decide(request: Request, session: Session): Promise<Answer | undefined> {
    const { auth: plan, protocol, isAllowedOrigin } = this.#plan;
    const origin = ownMember(request.headers, "origin");
    if (origin !== undefined && !isAllowedOrigin(String(origin), request)) return FORBIDDEN_ORIGIN;
    const tokens = protocol === undefined ? [] : protocolTokens(request, protocol);
    if (tokens.length > 1) return (await deny(plan, SEVERAL_TOKENS, request)).answer;
    const { answer, auth } = await decide(plan, new NodeIncoming(request, undefined), request);
    if (answer) return answer;
    const end = auth && session.add(this.#plan, auth);
    if (end) return (await deny(plan, ended(end), request)).answer;
    if (tokens[0] !== undefined) hideToken(request, tokens[0]);
    (request as AuthenticatedUpgrade<unknown>).auth = auth;
    return undefined;
  }
}

/** For a token that was good until a moment ago. */
function ended(end: SessionEnd): Denial {
  return rejected(rejection(end === "revoked" ? REVOKED : EXPIRED), "");
}
