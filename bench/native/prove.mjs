/**
 * Holds a native peer to what its program says of itself. A program ends with status 1 when it rejects a token of its file, so it is
 * started with good tokens first, and then with what it must not accept: a tampered token, an expired one, other expectations.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exchange, NOW, SETS, signToken } from "../fleet.mjs";
import { startPeer } from "./start.mjs";

const LONG_AGO = 1_600_000_000;

/** What is wrong with the peer, or undefined. `fleet` is what `writeFleet` returned. */
export async function findFault({ program, what }, fleet, signal) {
  const { status, reason } = await startPeer(program, fleet, signal);
  if (status !== undefined) return reason;
  for (const { fault, ...given } of controlsOf(fleet, what)) {
    const end = await startPeer(program, { ...fleet, ...given }, signal);
    if (end.status === undefined) return fault;
    if (end.status !== 1) return `should reject a token and ${end.reason}`;
  }
  return undefined;
}

/** Files that a peer is given for a set, in `folder`: the tokens, and one bad token each. */
export function writeFleet(folder, { set, tokens, key, checks }) {
  const write = (name, lines) => {
    const file = join(folder, `${set}.${name}.txt`);
    writeFileSync(file, `${lines.join("\n")}\n`);
    return file;
  };
  const [token] = tokens;
  return {
    tokens: write("good", tokens),
    tampered: write("tampered", [exchange(token, token.length - 10)]),
    expired: write("expired", [signToken({ ...SETS[set](0), iat: LONG_AGO, exp: LONG_AGO + 3600 })]),
    key,
    now: NOW,
    ...checks,
  };
}

function controlsOf({ tampered, expired, issuer, audience }, what) {
  const controls = [{ fault: "accepts a tampered token", tokens: tampered }];
  if (what !== "verify") return controls;
  controls.push({ fault: "accepts an expired token", tokens: expired });
  if (issuer) controls.push({ fault: "accepts a token of another issuer", issuer: `${issuer}.example` });
  if (audience) controls.push({ fault: "accepts a token for another audience", audience: `${audience}-2` });
  return controls;
}
