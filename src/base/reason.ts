/** What is told of an error of the network: its codes, such as ECONNREFUSED. Its text could hold what was sent, or the address. */

/** Codes of the system, of TLS and of undici: `ENOTFOUND`, `CERT_HAS_EXPIRED`, `UND_ERR_CONNECT_TIMEOUT`. */
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
const NAME = /^[A-Za-z]{1,40}$/;

/** How far causes are followed, and how many errors are looked at: they may be a circle. */
const MOST = 16;

/** The cause of an error, in a few words. */
export function reasonOf(error: unknown): string {
  try {
    const errors = withCauses(error);
    const codes = new Set(errors.map((each) => each.code).filter((code) => typeof code === "string" && CODE.test(code)));
    if (codes.size) return [...codes].slice(0, 3).join(", ");
    const { name } = errors.at(-1) ?? {};
    return typeof name === "string" && NAME.test(name) ? `an error (${name})` : "an error";
  } catch {
    // Its members may be getters.
    return "an error";
  }
}

interface Told {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly cause?: unknown;
  /** The errors of an AggregateError: one for each address that was tried. */
  readonly errors?: unknown;
}

/** The error, what caused it, and what caused that; the first ones first. */
function withCauses(error: unknown): readonly Told[] {
  const found: Told[] = [];
  const queue = [error];
  while (queue.length && found.length < MOST) {
    const each = queue.shift();
    if (typeof each !== "object" || each === null) continue;
    const told: Told = each;
    found.push(told);
    queue.push(told.cause, ...(Array.isArray(told.errors) ? told.errors.slice(0, MOST) : []));
  }
  return found;
}
