/**
 * A JWK set at an address. A server that fails leaves the ring with what it has (RFC 5861 §4 calls that stale-if-error).
 */
import { atCaller } from "../base/errors.js";
import { ownOptions } from "../base/own.js";
import { type AlgOption, parseAlg } from "../keys/alg.js";
import {
  FETCH_OPTION_NAMES,
  type FetchOptions,
  type FetchPlan,
  fetchDocument,
  fetchTimes,
  isInsecure,
  parseAddress,
  parseFetchOptions,
  type Wanted,
} from "./document.js";
import { areAuthorizing } from "./headers.js";
import { parseJwksText } from "./jwks.js";
import type { Loaded, LoadRequest, RingSource } from "./loading.js";

export interface RemoteOptions extends FetchOptions {
  /**
   * The algorithm of keys that do not name one, such as RSA keys of Entra ID; or several, of one kind of key. Keys of other algorithms are left
   * out.
   */
  readonly alg?: AlgOption;
}

/**
 * The JWK set at an address: `https:`, or `http:` on this machine. Secrets (`oct`) in it are refused unless the headers authorize the
 * request: what anybody can fetch is no secret.
 * @throws TypeError for a wrong option, naming it.
 */
export const remote = /* @__PURE__ */ atCaller(function remote(
  url: string | { readonly href: string },
  options: RemoteOptions = {},
): RingSource {
  const own = ownOptions(options, "options", [...FETCH_OPTION_NAMES, "alg"], ["alg"]);
  const plan = parseFetchOptions(own);
  const address = parseAddress(url, "url", plan.allowInsecureHttp);
  const algorithms = parseAlg(own.alg, "alg");
  // What follows the path may be a secret.
  const name = `the JWK set at ${address.origin}${address.pathname}`;
  const load = (request: LoadRequest) => fetchSet(plan, { address, name }, algorithms ?? request.algorithms, request.version, request);
  return { name, ...fetchTimes(own), load };
});

/** The keys at an address; `version` is the ETag of those that the ring has. */
export async function fetchSet(
  plan: FetchPlan,
  where: Pick<Wanted, "address" | "name">,
  algorithms: LoadRequest["algorithms"],
  version: string | undefined,
  { allowWeak, signal }: LoadRequest,
): Promise<Loaded> {
  const answer = await fetchDocument(plan, { ...where, accept: "application/jwk-set+json, application/json", version }, signal);
  if (answer === "unchanged") return answer;
  // What can be read on its way is no secret either.
  const allowSecrets = areAuthorizing(plan.headers) && !isInsecure(where.address);
  return { ...parseJwksText(answer.bytes, where.name, { allowWeak, allowSecrets, algorithms }), version: answer.version };
}
