/** Whether a CONNECT is let in: its token is good and bound to this connection, and allows the will. */
import type { Rejection } from "../../base/codes.js";
import { bare, partMember } from "../../base/own.js";
import type { Acceptance } from "../../verify/verdict.js";
import { isAccepted } from "../../verify/verdict.js";
import { inTime } from "../core/deadline.js";
import { isShaped, rejected } from "../core/denial.js";
import { isFault, parseAcl } from "./acl.js";
import type { Packet } from "./broker.js";
import { Connection } from "./connection.js";
import type { BrokerPlan, Refusal } from "./options.js";
import { Permissions } from "./permissions.js";
import { filled } from "./template.js";

/** What a client comes with. */
export interface Connect {
  readonly clientid: string;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly address: string | undefined;
  readonly will: Packet | undefined;
}

const utf8 = new TextDecoder("utf-8", bare({ ignoreBOM: true }));

/** Judges a CONNECT. Never rejects. */
export async function admit<Claims>(plan: BrokerPlan<Claims, never>, connect: Connect): Promise<Connection<Claims> | Refusal> {
  try {
    const token = tokenOf(plan, connect);
    if (token === "") return refusal(4, "missing");
    const verdict = await inTime(plan.verifier.verifyAsync(token), "the token to be judged");
    if (isAccepted(verdict)) return bound(plan, connect, verdict);
    return refusal(returnCodeOf(verdict, token), "rejected", { rejection: verdict });
  } catch (cause) {
    return refusal(3, "error", { cause });
  }
}

const BEARER = /^bearer +/i;

/** An empty text where there is none. */
function tokenOf({ from, bearer }: Pick<BrokerPlan<never, never>, "from" | "bearer">, { username, password }: Connect): string {
  const text = from === "username" ? username : password && utf8.decode(password);
  if (typeof text !== "string") return "";
  return bearer ? text.replace(BEARER, "") : text;
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
  { from, bind, aclClaim, isOpen }: BrokerPlan<Claims, never>,
  { clientid, username, address, will }: Connect,
  auth: Acceptance<Claims>,
): Connection<Claims> | Refusal {
  const claims = partMember(auth, "claims") as Readonly<Record<string, unknown>>;
  // A user name that is the token is no name: nothing may stand for it.
  const names = { clientid, username: from === "username" ? undefined : username };
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
