/** Whether a CONNECT is let in: its token is good and bound to this connection, and allows the will. */
import type { RejectionCode } from "../../codes.js";
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
const RETURN_CODES: Readonly<Partial<Record<RejectionCode, 3 | 4>>> = {
  MALFORMED: 4,
  TOKEN_TOO_LONG: 4,
  REVOCATION_STALE: 3,
  REPLAY_GUARD_FULL: 3,
  KEY_UNAVAILABLE: 3,
};

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Judges a CONNECT. Never rejects. */
export async function admit<Claims>(plan: BrokerPlan<Claims, never>, connect: Connect): Promise<Connection<Claims> | Refusal> {
  if (!connect.password?.length) return { returnCode: 4, reason: "missing" };
  try {
    const verdict = await inTime(plan.verifier.verifyAsync(utf8.decode(connect.password)), "the token to be judged");
    if (verdict.ok === true) return bound(plan, connect, verdict);
    if (verdict.ok !== false) throw new TypeError("Expected the verifier to give a verdict");
    return { returnCode: RETURN_CODES[verdict.code] ?? 5, reason: "rejected", rejection: verdict };
  } catch (cause) {
    return { returnCode: 3, reason: "error", cause };
  }
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
  if (!isBound) return { returnCode: 5, reason: "bind" };
  const rules = Object.hasOwn(claims, aclClaim) ? parseAcl(claims[aclClaim], names) : [];
  if (!rules) return { returnCode: 5, reason: "acl" };
  const permissions = new Permissions(rules, isOpen);
  if (will && !permissions.mayPublish(will.topic)) return { returnCode: 5, reason: "will" };
  return new Connection(auth, permissions);
}
