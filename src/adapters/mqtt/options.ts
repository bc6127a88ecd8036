/** The options of brokers, parsed once. */
import { boolean, oneOf, optionalFunction, partWith, requireString, requireText } from "../../base/check.js";
import type { Rejection } from "../../base/codes.js";
import { optionError } from "../../base/errors.js";
import { ownOptions, pairsOf } from "../../base/own.js";
import { createSessionRegistry, type SessionRegistry } from "../../sessions/registry.js";
import { type SessionToken, sessionToken } from "../../sessions/token.js";
import { requireVerifier } from "../../verify/port.js";
import type { Acceptance } from "../../verify/verdict.js";
import { batched, type TokenVerifier } from "../core/batched.js";
import type { AclFault } from "./acl.js";
import { parseTemplate, type Template } from "./template.js";

/** Why a connection is refused. Nothing in it is of the token. */
export interface Refusal {
  /** Of MQTT 3.1.1 §3.2.2.3: 3 the server's own error, or that nothing is known of the token now, 4 no password or one that is no token, 5 a token that does not let this connection in. */
  readonly returnCode: 3 | 4 | 5;
  readonly reason: "missing" | "rejected" | "bind" | "acl" | "will" | "error";
  /** What the verifier said, where the token was rejected. */
  readonly rejection?: Rejection | undefined;
  /** What of the claim is not understood, by its place, where the reason is `"acl"`. */
  readonly acl?: AclFault | undefined;
  /** What was thrown, where the reason is an error. */
  readonly cause?: unknown;
}

/** How a token comes with CONNECT. */
export interface ConnectToken {
  /** What it is: `"password"` unless given, or `"username"`, for clients that send no password. */
  readonly from?: "password" | "username";
  /** May `Bearer ` stand before it? Not unless `true`. */
  readonly bearer?: boolean;
}

export interface BrokerOptions<Claims, Client> {
  readonly verifier: TokenVerifier<Claims>;
  readonly token?: ConnectToken;
  /**
   * Claims that must equal what the connection says it is: `{ sub: "${clientid}" }`. `${clientid}` and `${username}` may stand in a text.
   * Without one, whoever has a good token takes any client's id, and with it that client's sessions and what its `acl` allows to its name.
   */
  readonly bind?: Readonly<Record<string, string>> | Iterable<readonly [string, string]>;
  /** What may be done with topics that no rule of the token is about: `"deny"` unless given. */
  readonly aclDefault?: "deny" | "allow";
  /** The claim with the rules: `"acl"` unless given. */
  readonly aclClaim?: string;
  /** Ends connections with their tokens. One of the broker's own unless given, which knows of no revocations. */
  readonly sessions?: SessionRegistry;
  /** What the registry is told of a token, where it is not `iss`, `sub`, `jti`, `iat` and `exp` of its claims and `kid` of its header. */
  readonly session?: (auth: Acceptance<Claims>) => SessionToken;
  /** Hears of each connection that is refused. What it throws is ignored. */
  readonly onRejected?: (refusal: Refusal, client: Client) => void;
}

/** Options as they are obeyed. */
export interface BrokerPlan<Claims, Client> {
  readonly verifier: TokenVerifier<Claims>;
  readonly from: "password" | "username";
  readonly bearer: boolean;
  readonly bind: readonly (readonly [claim: string, template: Template])[];
  readonly isOpen: boolean;
  readonly aclClaim: string;
  readonly sessions: SessionRegistry;
  readonly session: (auth: Acceptance<Claims>) => SessionToken;
  readonly onRejected: BrokerOptions<Claims, Client>["onRejected"];
}

const NAMES = ["verifier", "token", "bind", "aclDefault", "aclClaim", "sessions", "session", "onRejected"] as const;

/** @throws TypeError for a wrong option, naming it. */
export function parseBrokerOptions<Claims, Client>(given: BrokerOptions<Claims, Client>): BrokerPlan<Claims, Client> {
  const options = ownOptions(given, "options", NAMES, ["bind", "aclClaim", "sessions"]);
  const { verifier, token = {}, bind, aclDefault = "deny", aclClaim = "acl", sessions, session, onRejected } = options;
  requireVerifier(verifier, "verifier");
  oneOf(aclDefault, "aclDefault", ["deny", "allow"]);
  requireText(aclClaim, "aclClaim", "the name of a claim");
  partWith(sessions, "sessions", "a registry of sessions", "add");
  optionalFunction(session, "session");
  optionalFunction(onRejected, "onRejected");
  const { from, bearer } = parseToken(token);
  return {
    verifier: batched(verifier),
    from,
    bearer,
    bind: bind === undefined ? [] : parseBind(bind, from),
    isOpen: aclDefault === "allow",
    aclClaim,
    sessions: sessions ?? createSessionRegistry(),
    session: session ?? ((auth) => sessionToken(auth as Acceptance<object>)),
    onRejected,
  };
}

function parseToken(token: ConnectToken): Required<ConnectToken> {
  const { from, bearer } = ownOptions(token, "token", ["from", "bearer"]);
  return { from: oneOf(from, "token.from", ["password", "username"]) ?? "password", bearer: boolean(bearer, "token.bearer") };
}

function parseBind(
  bind: NonNullable<BrokerOptions<never, never>["bind"]>,
  from: "password" | "username",
): BrokerPlan<never, never>["bind"] {
  const pairs = Array.from(pairsOf(bind, "bind"));
  if (pairs.length === 0) throw optionError("bind", "at least one claim with a text", bind);
  return pairs.map(([claim, text]) => {
    requireString(claim, "bind", "names of claims, each with a text");
    requireText(text, `bind.${claim}`);
    try {
      const template = parseTemplate(text);
      if (from === "username" && template.some((part, index) => index % 2 === 1 && part === "username"))
        throw new TypeError(`Expected no \`\${username}\`: the user name is the token`);
      return [claim, template];
    } catch (error) {
      throw new TypeError(`In \`bind.${claim}\`: ${(error as Error).message}`);
    }
  });
}
