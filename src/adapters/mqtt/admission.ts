/** Whether a CONNECT is let in: its token is good and bound to this connection, and allows the will. */
import type { Rejection } from "../../codes.js";
import { bare, partMember } from "../../own.js";
import type { Acceptance } from "../../result.js";
import { isAccepted } from "../../result.js";
import { inTime } from "../core/deadline.js";
import { isShaped, rejected } from "../core/denial.js";
import { isFault, parseAcl, type Who } from "./acl.js";
import type { Packet } from "./broker.js";
import { Connection } from "./connection.js";
import type { BrokerPlan, Refusal } from "./options.js";
import { Permissions } from "./permissions.js";
import { filled } from "./template.js";

/** What a client comes with. */
export interface Connect extends Who {
  readonly password: Uint8Array | undefined;
  readonly will: Packet | undefined;
}

const utf8 = new TextDecoder("utf-8", bare({ ignoreBOM: true }));

/** Judges a CONNECT. Never rejects. */
export async function admit<Claims>(plan: BrokerPlan<Claims, never>, connect: Connect): Promise<Connection<Claims> | Refusal> {
  if (!connect.password?.length) return refusal(4, "missing");
  try {
    const token = utf8.decode(connect.password);
    const verdict = await inTime(plan.verifier.verifyAsync(token), "the token to be judged");
    if (isAccepted(verdict)) return bound(plan, connect, verdict);
    return refusal(returnCodeOf(verdict, token), "rejected", { rejection: verdict });
  } catch (cause) {
    return refusal(3, "error", { cause });
  }
}

/** As HTTP has it; 4 is for what has not even the shape of a token, or is too long to be looked at. */
function returnCodeOf(rejection: Rejection, token: string): Refusal["returnCode"] {
  if (rejected(rejection, token).status === 503) return 3;
  return isShaped(token) && partMember(rejection, "code") !== "TOKEN_TOO_LONG" ? 5 : 4;
}

type Particulars = Omit<Refusal, "returnCode" | "reason">;

/** With all members, so that none is looked for on `Object.prototype`. */
export function refusal(returnCode: Refusal["returnCode"], reason: Refusal["reason"], particulars: Particulars = {}): Refusal {
  return { returnCode, reason, rejection: undefined, acl: undefined, cause: undefined, ...particulars };
}

function bound<Claims>(
  { bind, aclClaim, isOpen }: BrokerPlan<Claims, never>,
  { names, address, will }: Connect,
  auth: Acceptance<Claims>,
): Connection<Claims> | Refusal {
  const claims = partMember(auth, "claims") as Readonly<Record<string, unknown>>;
  const isBound = bind.every(([claim, template]) => {
    const expected = filled(template, names);
    return expected !== undefined && Object.hasOwn(claims, claim) && claims[claim] === expected;
  });
  if (!isBound) return refusal(5, "bind");
  const rules = Object.hasOwn(claims, aclClaim) ? parseAcl(claims[aclClaim], { names, address }) : [];
  if (isFault(rules)) return refusal(5, "acl", { acl: rules });
  const permissions = new Permissions(rules, isOpen);
  if (will && !permissions.mayPublish(will.topic, will)) return refusal(5, "will");
  return new Connection(auth, permissions);
}
