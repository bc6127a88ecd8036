/**
 * Nobody is timed who has not been proved: every contender accepts all good tokens and rejects all tampered ones, one by
 * one and in the form that is timed.
 */
import { DEFECT_NAMES, exchange } from "./fleet.mjs";

const PROOFS = 512;

/**
 * `instance` is what a contender made for the fleet. `judges` says whether it judges whole tokens; one that does not,
 * because it only makes tags or only signs, is held to the tags.
 *
 * @typedef {{
 *   accepts: (token: string) => unknown,
 *   run: (items: readonly string[]) => number | Promise<number>,
 *   prepare?: (token: string) => any,
 * }} Instance
 * @param {Instance} instance
 * @throws Error that says what it did wrong.
 */
export async function prove(instance, fleet, judges = true, proofs = PROOFS) {
  const accepts = async (token) => {
    try {
      return (await instance.accepts(token)) === true;
    } catch {
      return false;
    }
  };
  for (let index = 0; index < proofs; index++) {
    const token = fleet.goodToken(index);
    if (!(await accepts(token))) throw new Error("rejects a good token");
    for (const tampered of tamperedFrom(token, index)) {
      if (await accepts(tampered)) throw new Error("accepts a tampered token");
    }
    // Expired and malformed tokens take a signing each: every sixteenth will do.
    if (!judges || index % 16) continue;
    for (const defect of DEFECT_NAMES) {
      if (await accepts(fleet.badToken(index, defect))) throw new Error(`accepts a bad token (${defect})`);
    }
  }
  await proveCount(instance, fleet, judges);
}

/** One other character in the signature, in the payload, and no signature at all. */
function tamperedFrom(token, index) {
  const payload = token.indexOf(".") + 1;
  const signature = token.lastIndexOf(".") + 1;
  return [
    exchange(token, signature + (index % (token.length - signature - 1))),
    exchange(token, payload + (index % (signature - 1 - payload))),
    token.slice(0, signature),
  ];
}

/** A batch that is half bad, in the form that is timed. */
async function proveCount(instance, fleet, judges) {
  const { prepare = (token) => token } = instance;
  const tokens = Array.from({ length: 64 }, (_, index) => {
    return judges && index % 2 ? fleet.badToken(index, DEFECT_NAMES[(index >> 1) % DEFECT_NAMES.length]) : fleet.goodToken(index);
  });
  const expected = judges ? 32 : 64;
  const count = await instance.run(tokens.map(prepare));
  if (count !== expected) throw new Error(`counts ${count} good tokens among 64, expected ${expected}`);
}
