/** The options of WebSocket upgrades, parsed once. */
import { optionalFunction, partWith, requireArray } from "../../base/check.js";
import { optionError } from "../../base/errors.js";
import { isPromise, ownOptions } from "../../base/own.js";
import { createSessionRegistry, type SessionRegistry } from "../../sessions/registry.js";
import { type SessionToken, sessionToken } from "../../sessions/token.js";
import type { Acceptance } from "../../verify/verdict.js";
import type { NodeRequest } from "../core/incoming.js";
import { type AuthOptions, type OnRejected, type Place, type Plan, parseAuthOptions, type TokenSources } from "../core/options.js";
import { protocolTokens } from "./protocols.js";

/** Where a token may be. One that is in two of these places, or twice in one, is 400 (RFC 6750 §2), unless `prefer` says which counts. */
export interface UpgradeSources<Request> extends Omit<TokenSources<Request>, "body" | "prefer"> {
  /**
   * The name of a subprotocol that a token follows, such as `"wasm-jwt"`: `new WebSocket(url, ["wasm-jwt", token])`. The token is never chosen,
   * and so not sent back. Not together with `from`.
   */
  readonly protocol?: string;
  /** The place that counts where tokens are in several, or an order of places. */
  readonly prefer?: UpgradePlace | readonly UpgradePlace[];
}

/** A place where the token of an upgrade may be. */
export type UpgradePlace = Exclude<Place, "body"> | "protocol";

export interface UpgradeOptions<Claims, Request> extends Omit<AuthOptions<Claims, Request>, "token" | "preflight" | "onRejected"> {
  /** Hears of each upgrade that is turned away, and may give what is to be otherwise in the answer, or throw instead of it. */
  readonly onRejected?: OnRejected<Request>;
  readonly token?: UpgradeSources<Request>;
  /**
   * The sites whose pages may connect, such as `"https://app.example.com"`, or a function that says so. Required where a token may be in a
   * cookie: browsers send it with the requests of all sites, and ask nobody. Requests without `Origin`, which browsers do not send, may pass.
   */
  readonly origins?: readonly string[] | ((origin: string, request: Request) => boolean);
  /** Ends connections with their tokens. One of the adapter's own unless given, which knows of no revocations. */
  readonly sessions?: SessionRegistry;
  /** What the registry is told of a token, where it is not `iss`, `sub`, `jti`, `iat` and `exp` of its claims and `kid` of its header. */
  readonly session?: (auth: Acceptance<Claims>) => SessionToken;
  /**
   * Which upgrades are for this server, in addition to its own `path`: `true` for those, `false` for those that are left to other listeners, such as
   * a development server's or another WebSocketServer's. All of its path unless given.
   */
  readonly shouldHandle?: (request: Request) => boolean;
  /**
   * Called with errors of the server, which are answered with 5xx, and with what listeners of "connection" throw, which ends the connection. What it
   * throws is ignored.
   */
  readonly onError?: (error: unknown, request: Request) => void;
}

/** Options as they are obeyed. */
export interface UpgradePlan<Claims, Request> {
  readonly auth: Plan<Claims, Request>;
  readonly protocol: string | undefined;
  readonly isAllowedOrigin: (origin: string, request: Request) => boolean;
  readonly sessions: SessionRegistry;
  readonly session: (auth: Acceptance<Claims>) => SessionToken;
  readonly shouldHandle: (request: Request) => unknown;
  readonly onError: UpgradeOptions<Claims, Request>["onError"];
}

const NAMES = [
  "verifier",
  "token",
  "scope",
  "optional",
  "scopeClaim",
  "realm",
  "onRejected",
  "origins",
  "sessions",
  "session",
  "shouldHandle",
  "onError",
] as const;
const CHECKING = ["scope", "scopeClaim", "origins", "sessions"] as const;
const SOURCES = ["header", "cookie", "query", "from", "protocol", "prefer"] as const;

/** @throws TypeError for a wrong option, naming it. */
export function parseUpgradeOptions<Claims, Request extends NodeRequest>(
  given: UpgradeOptions<Claims, Request>,
): UpgradePlan<Claims, Request> {
  const options = ownOptions(given as typeof given & { preflight?: unknown }, "options", [...NAMES, "preflight"], CHECKING);
  const { token: places = {}, origins, sessions, session, shouldHandle, onError, preflight, ...auth } = options;
  const token = ownOptions(places as UpgradeSources<Request> & { body?: unknown }, "token", [...SOURCES, "body"]);
  for (const [name, value] of Object.entries({ "token.body": token.body, preflight }))
    if (value !== undefined) throw new TypeError(`Expected no \`${name}\`: an upgrade has none`);
  for (const [name, value] of Object.entries({ session, shouldHandle, onError })) optionalFunction(value, name);
  partWith(sessions, "sessions", "a registry of sessions", "add");
  if ((auth.onRejected as unknown) === "pass")
    throw optionError("onRejected", "a function: no connection passes with a bad token", auth.onRejected);
  if (auth.scopeClaim !== undefined && auth.scope === undefined)
    throw new TypeError("Expected `scope` beside `scopeClaim`: without one no claim is looked at");
  if (token.cookie !== undefined && origins === undefined)
    throw new TypeError("Expected `origins` beside a token in a cookie, which browsers send with the requests of all sites");
  return {
    auth: parseAuthOptions({ ...auth, token: withProtocol(token) }),
    protocol: token.protocol,
    isAllowedOrigin: parseOrigins(origins),
    sessions: sessions ?? createSessionRegistry(),
    session: session ?? ((auth) => sessionToken(auth as Acceptance<object>)),
    shouldHandle: shouldHandle ?? (() => true),
    onError,
  };
}

function withProtocol<Request extends NodeRequest>(sources: UpgradeSources<Request>): TokenSources<Request> {
  const { protocol, header, cookie, query, from, prefer } = sources;
  const token = { header, cookie, query, from, prefer } as TokenSources<Request>;
  if (protocol === undefined) return token;
  if (typeof protocol !== "string" || !/^[\w!#$%&'*+.^`|~-]+$/.test(protocol))
    throw optionError("protocol", "the name of a subprotocol", protocol);
  if (from !== undefined) throw new TypeError("Expected `protocol` or `from`, got both");
  // Among the places, it is one of our own.
  const placeOf = (place: UpgradePlace) => (place === "protocol" ? "from" : place === "from" ? ("protocol" as Place) : place);
  const order = typeof prefer === "string" ? placeOf(prefer) : Array.isArray(prefer) ? prefer.map(placeOf) : prefer;
  return { ...token, prefer: order, from: (request) => protocolTokens(request, protocol)[0] } as TokenSources<Request>;
}

function parseOrigins<Request>(origins: UpgradeOptions<never, Request>["origins"]): (origin: string, request: Request) => boolean {
  if (origins === undefined) return () => true;
  if (typeof origins === "function") return (origin, request) => answered("origins", origins(origin, request)) === true;
  requireArray(origins, "origins", "an array of origins, or a function");
  for (const origin of origins)
    if (!isOrigin(origin))
      throw new TypeError("Expected `origins` to be such as `https://app.example.com`: scheme, host, and port if it is not the usual one");
  const allowed = new Set<string>(origins);
  return (origin) => allowed.has(origin);
}

/** As browsers write it (RFC 6454 §6.2). */
function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, host } = new URL(value);
  return value === `${protocol}//${host}`;
}

/** @throws TypeError for a promise: nothing would wait for it. */
export function answered(name: string, value: unknown): unknown {
  if (!isPromise(value)) return value;
  Promise.resolve(value).catch(() => {});
  throw new TypeError(`Expected \`${name}\` to give a boolean, got a promise`);
}
