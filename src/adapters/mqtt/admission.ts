/** Whether a CONNECT is let in: its token is good and bound to this connection, and allows the will. */
import type { Rejection, RejectionCode } from "../../codes.js";
import { bare } from "../../own.js";
import { isAccepted } from "../../result.js";
import { inTime } from "../core/deadline.js";
import type { Auth } from "../core/options.js";
import type { Packet } from "./broker.js";
import { Connection } from "./connection.js";
import type { BrokerPlan, Refusal } from "./options.js";
import { Permissions, parseAcl } from "./permissions.js";
import { filled, type Names } from "./template.js";

/** What a client comes with. */
export interface Connect {
  readonly names: Names;
  readonly password: Uint8Array | undefined;
  readonly will: Packet | undefined;
}

/** Of rejections that do not say that the token is not authorized: there is none, or nothing is known of it now. */
const RETURN_CODES: Readonly<Partial<Record<RejectionCode, 3 | 4>>> = bare({
  MALFORMED: 4,
  TOKEN_TOO_LONG: 4,
  REVOCATION_STALE: 3,
  REPLAY_GUARD_FULL: 3,
  KEY_UNAVAILABLE: 3,
});

const utf8 = new TextDecoder("utf-8", bare({ ignoreBOM: true }));

/** Judges a CONNECT. Never rejects. */
export async function admit<Claims>(plan: BrokerPlan<Claims, never>, connect: Connect): Promise<Connection<Claims> | Refusal> {
  if (!connect.password?.length) return refusal(4, "missing");
  try {
    const verdict = await inTime(plan.verifier.verifyAsync(utf8.decode(connect.password)));
    if (isAccepted(verdict)) return bound(plan, connect, verdict);
    return refusal(RETURN_CODES[verdict.code] ?? 5, "rejected", verdict);
  } catch (cause) {
    return refusal(3, "error", undefined, cause);
  }
}

/** With all members, so that none is looked for on `Object.prototype`. */
function refusal(returnCode: Refusal["returnCode"], reason: Refusal["reason"], rejection?: Rejection, cause?: unknown): Refusal {
  return { returnCode, reason, rejection, cause };
}

function bound<Claims>(
  { bind, aclClaim, isOpen }: BrokerPlan<Claims, never>,
  { names, will }: Connect,
  auth: Auth<Claims>,
): Connection<Claims> | Refusal {
  const claims = auth.claims as Readonly<Record<string, unknown>>;
  const isBound = bind.every(([claim, template]) => {
    const expected = filled(template, names);
    return expected !== undefined && Object.hasOwn(claims, claim) && claims[claim] === expected;
  });
  if (!isBound) return refusal(5, "bind");
  const rules = Object.hasOwn(claims, aclClaim) ? parseAcl(claims[aclClaim], names) : [];
  if (!rules) return refusal(5, "acl");
  const permissions = new Permissions(rules, isOpen);
  if (will && !permissions.mayPublish(will.topic)) return refusal(5, "will");
  return new Connection(auth, permissions);
}
