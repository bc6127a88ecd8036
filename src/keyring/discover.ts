/**
 * The keys of an issuer, found by its metadata (OpenID Connect Discovery 1.0 §4, RFC 8414). The issuer is the operator's; its metadata must name
 * the very same one, and says nothing but where the keys are.
 */
import { oneOf, requireString } from "../base/check.js";
import { atCaller, kindOf } from "../base/errors.js";
import { ownMember, ownOptions } from "../base/own.js";
import { parseAlg } from "../keys/alg.js";
import { AgeClock } from "../runtime/clocks.js";
import {
  type Address,
  FETCH_OPTION_NAMES,
  type FetchPlan,
  fetchDocument,
  fetchTimes,
  isLocal,
  parseAddress,
  parseFetchOptions,
} from "./document.js";
import { parseJson } from "./jwks.js";
import type { Loaded, LoadRequest, RingSource } from "./loading.js";
import { fetchSet, type RemoteOptions } from "./remote.js";

export interface DiscoverOptions extends RemoteOptions {
  /**
   * The metadata's well-known name: `"openid-configuration"` unless given, which follows the issuer's path, or RFC 8414's
   * `"oauth-authorization-server"`, which comes before it.
   */
  readonly wellKnown?: "openid-configuration" | "oauth-authorization-server";
}

/**
 * The JWK set that an issuer's metadata names. It is read from `<issuer>/.well-known/openid-configuration`, again with each `maxAge`, and
 * whenever the keys cannot be fetched; its `issuer` must be the given one to the letter. `headers` are sent to the issuer's own origin only.
 * A verifier must still be told the `issuer`: this finds keys.
 * @throws TypeError for a wrong option, naming it.
 */
export const discover = /* @__PURE__ */ atCaller(function discover(issuer: string, options: DiscoverOptions = {}): RingSource {
  const own = ownOptions(options, "options", [...FETCH_OPTION_NAMES, "alg", "wellKnown"], ["alg"]);
  const plan = parseFetchOptions(own);
  const address = parseIssuer(issuer, plan.allowInsecureHttp);
  const times = fetchTimes(own);
  const metadata = metadataAddress(address, own.wellKnown);
  const discovery = new Discovery(plan, { issuer, metadata, algorithms: parseAlg(own.alg, "alg") }, times.maxAge);
  return { name: `the JWK set of ${issuer}`, ...times, load: (request) => discovery.load(request) };
});

interface Issuer {
  readonly issuer: string;
  readonly metadata: Address;
  readonly algorithms: LoadRequest["algorithms"];
}

class Discovery {
  readonly #plan: FetchPlan;
  readonly #of: Issuer;
  readonly #maxAge: number;
  readonly #clock = new AgeClock(() => Date.now() / 1000);
  /** Where the keys are, as the metadata said at that age. */
  #found: { readonly address: Address; readonly asked: number } | undefined;

  constructor(plan: FetchPlan, of: Issuer, maxAge: number) {
    this.#plan = plan;
    this.#of = of;
    this.#maxAge = maxAge;
  }

  async load(request: LoadRequest): Promise<Loaded> {
    const now = this.#clock.read();
    const before = this.#foundAt(now)?.address;
    let failure: unknown;
    if (before) {
      try {
        return await this.#keysAt(before, request);
      } catch (error) {
        failure = error;
        this.#found = undefined;
      }
    }
    const address = await this.#read(request);
    if (address.href === before?.href) throw failure;
    const loaded = await this.#keysAt(address, request);
    this.#found = { address, asked: now };
    return loaded;
  }

  /** Loads that are due by `maxAge` read the metadata anew; those for unknown keys, in between, do so in the second half of it. */
  #foundAt(now: number): { readonly address: Address } | undefined {
    return this.#found && now - this.#found.asked < this.#maxAge / 2 ? this.#found : undefined;
  }

  async #read({ signal }: LoadRequest): Promise<Address> {
    const { issuer, metadata } = this.#of;
    const name = `the metadata at ${metadata.href}`;
    const wanted = { address: metadata, name, accept: "application/json", version: undefined };
    const answer = await fetchDocument(this.#plan, wanted, signal);
    if (answer === "unchanged") throw new Error(`Expected ${name}, got none`);
    const document = parseJson(answer.bytes, name, "the metadata of an issuer");
    if (typeof document !== "object" || document === null || Array.isArray(document)) {
      throw new TypeError(`Expected ${name} to be an object, got ${kindOf(document)}`);
    }
    checkIssuer(ownMember(document, "issuer"), issuer, name);
    return this.#keysAddress(ownMember(document, "jwks_uri"), name);
  }

  /** What an issuer names by https: must be fetched by https: as well, from this machine too. */
  #keysAddress(uri: unknown, name: string): Address {
    const mayBeLocal = isLocal(this.#of.metadata) || this.#plan.allowInsecureHttp;
    const address = typeof uri === "string" && URL.canParse(uri) ? parseKeysAddress(uri, this.#plan.allowInsecureHttp) : undefined;
    if (address && (address.protocol === "https:" || mayBeLocal)) return address;
    const got = typeof uri === "string" ? "another text" : kindOf(uri);
    throw new TypeError(`Expected \`jwks_uri\` in ${name} to be an https: URL without user name and password, got ${got}`);
  }

  /** An ETag is that of an address: another one may have the same for other keys. */
  async #keysAt(address: Address, request: LoadRequest): Promise<Loaded> {
    const prefix = `${address.href} `;
    const etag = request.version?.startsWith(prefix) ? request.version.slice(prefix.length) : undefined;
    const { metadata, algorithms, issuer } = this.#of;
    const plan = address.origin === metadata.origin ? this.#plan : { ...this.#plan, headers: {} };
    const where = { address, name: `the JWK set of ${issuer}` };
    const loaded = await fetchSet(plan, where, algorithms ?? request.algorithms, etag, request);
    if (loaded === "unchanged") return loaded;
    return { ...loaded, version: loaded.version && prefix + loaded.version };
  }
}

/** @throws TypeError for what can be no issuer (Discovery §2, RFC 8414 §2). */
function parseIssuer(issuer: string, allowInsecureHttp: boolean): Address {
  requireString(issuer, "issuer", "the URL of an issuer, as text");
  if (isTemplate(issuer)) throw new TypeError(`Expected \`issuer\` to be that of one tenant, got ${TEMPLATE}`);
  const address = parseAddress(issuer, "issuer", allowInsecureHttp);
  if (/[?#\s]/.test(issuer)) throw new TypeError("Expected `issuer` to be a URL without a query or fragment, got one with it");
  return address;
}

const TEMPLATE = "a template with a place for the tenant's id: put the id in the place of `{tenantid}`, `common` or `organizations`";

/** Entra ID's metadata for all tenants have `{tenantid}` in their issuer. */
function isTemplate(issuer: string): boolean {
  return /\{|%7b/i.test(issuer);
}

function metadataAddress(issuer: Address, given: DiscoverOptions["wellKnown"]): Address {
  const wellKnown = oneOf(given, "wellKnown", ["openid-configuration", "oauth-authorization-server"]) ?? "openid-configuration";
  const path = issuer.pathname.replace(/\/$/, "");
  return new URL(
    wellKnown === "openid-configuration"
      ? `${issuer.origin}${path}/.well-known/${wellKnown}`
      : `${issuer.origin}/.well-known/${wellKnown}${path}`,
  );
}

/** To the letter (Discovery §4.3, RFC 8414 §3.3): else one issuer's metadata could pass for another's. */
function checkIssuer(named: unknown, issuer: string, name: string): void {
  if (named === issuer) return;
  throw new TypeError(`Expected \`issuer\` in ${name} to be ${issuer}, got ${otherIssuer(named, issuer)}`);
}

function otherIssuer(named: unknown, issuer: string): string {
  if (typeof named !== "string") return kindOf(named);
  if (isTemplate(named)) return TEMPLATE;
  const isAlike = named.replace(/\/$/, "") === issuer.replace(/\/$/, "");
  return isAlike ? "one that differs by a slash at its end" : "another one";
}

function parseKeysAddress(uri: string, allowInsecureHttp: boolean): Address | undefined {
  try {
    return parseAddress(uri, "jwks_uri", allowInsecureHttp);
  } catch {
    return undefined;
  }
}
