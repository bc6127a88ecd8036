/** Whether a CONNECT is let in: its token is good and bound to this connection, and allows the will. */
import type { Rejection } from "../../codes.js";
import { checkedVerdict } from "../core/batched.js";
import { inTime } from "../core/deadline.js";
import { isShaped, rejected } from "../core/denial.js";
import type { Auth } from "../core/options.js";
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

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Judges a CONNECT. Never rejects. */
export async function admit<Claims>(plan: BrokerPlan<Claims, never>, connect: Connect): Promise<Connection<Claims> | Refusal> {
  if (!connect.password?.length) return { returnCode: 4, reason: "missing" };
  try {
    const token = utf8.decode(connect.password);
    const verdict = checkedVerdict(await inTime(plan.verifier.verifyAsync(token), "the token to be judged"));
    return verdict.ok
      ? bound(plan, connect, verdict)
      : { returnCode: returnCodeOf(verdict, token), reason: "rejected", rejection: verdict };
  } catch (cause) {
    return { returnCode: 3, reason: "error", cause };
  }
}

/** As HTTP has it; 4 is for what has not even the shape of a token, or is too long to be looked at. */
function returnCodeOf(rejection: Rejection, token: string): Refusal["returnCode"] {
  if (rejected(rejection, token).status === 503) return 3;
  return isShaped(token) && rejection.code !== "TOKEN_TOO_LONG" ? 5 : 4;
}

function bound<Claims>(
  { bind, aclClaim, isOpen }: BrokerPlan<Claims, never>,
  { names, address, will }: Connect,
  auth: Auth<Claims>,
): Connection<Claims> | Refusal {
  const claims = auth.claims as Readonly<Record<string, unknown>>;
  const isBound = bind.every(([claim, template]) => {
    const expected = filled(template, names);
    return expected !== undefined && Object.hasOwn(claims, claim) && claims[claim] === expected;
  });
  if (!isBound) return { returnCode: 5, reason: "bind" };
  const rules = Object.hasOwn(claims, aclClaim) ? parseAcl(claims[aclClaim], { names, address }) : [];
  if (isFault(rules)) return { returnCode: 5, reason: "acl", acl: rules };
  const permissions = new Permissions(rules, isOpen);
  if (will && !permissions.mayPublish(will.topic, will)) return { returnCode: 5, reason: "will" };
  return new Connection(auth, permissions);
}
