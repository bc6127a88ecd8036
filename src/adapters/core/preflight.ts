/** CORS preflights (Fetch §3.2.2), which a browser sends without credentials before a request that has some. */
import type { Incoming } from "./incoming.js";

const METHOD = /^[A-Za-z]+$/;

/** Fields by which what stands behind may take the request for one of another method. */
const OVERRIDES = ["x-http-method-override", "x-http-method", "x-method-override"];

/**
 * Is it a preflight and nothing else? Anybody can send one: it must reach who answers preflights, and nothing that would do more for it
 * than for a stranger. Hence no body, no credentials of any kind, no other method in disguise.
 */
export function isPreflight(incoming: Incoming): boolean {
  const isAbsent = (name: string) => incoming.header(name) === undefined;
  return (
    incoming.method === "OPTIONS" &&
    !!incoming.header("origin") &&
    METHOD.test(incoming.header("access-control-request-method") ?? "") &&
    ["authorization", "cookie", "transfer-encoding", ...OVERRIDES].every(isAbsent) &&
    (incoming.header("content-length") ?? "0") === "0" &&
    !incoming.hasUntoldBody
  );
}
