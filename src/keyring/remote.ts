/**
 * A JWK set fetched by HTTP. Slow, wrong, huge or redirecting servers are errors; the ring keeps what it has (RFC 5861 §4 calls that
 * stale-if-error). The address is the operator's: none is ever taken from a token.
 */
import type { Duration } from "../durations.js";
import { atCaller, optionError } from "../errors.js";
import { number } from "../options.js";
import { bare, isPart, ownOptions, partMember } from "../own.js";
import { reasonOf } from "../reason.js";
import { parseTimeout, type RefreshOptions, refreshing } from "./callback.js";
import { parseJwksText } from "./jwks.js";
import type { Loaded, LoadRequest, RingSource } from "./loading.js";

/** What is used of an answer; that of the standard's `fetch` is one. */
export interface FetchResponse {
  readonly status: number;
  readonly redirected?: boolean;
  readonly type?: string;
  readonly headers: { get(name: string): string | null };
  readonly body?: unknown;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What `fetch` is called with. */
export interface FetchRequest {
  readonly method?: string | undefined;
  readonly headers?: unknown;
  readonly redirect?: string | undefined;
  readonly cache?: string | undefined;
  readonly credentials?: string | undefined;
  readonly signal?: unknown;
}

export interface RemoteOptions extends RefreshOptions {
  /** Headers of each request. One that authorizes it (see `AUTHORIZING`) lets the set hold secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds for the whole answer; 5 unless given. */
  readonly timeout?: Duration;
  /** The largest set, in bytes; 262,144 unless given. */
  readonly maxLength?: number;
  /** Instead of the runtime's own `fetch`. */
  fetch?(url: string, request?: FetchRequest): Promise<FetchResponse>;
}

/** Headers by which a server knows who asks. */
const AUTHORIZING = /^(?:proxy-)?authorization$|^cookie$|^(?:x-)?(?:[a-z]+-)*(?:api-?key|token)$/i;

const OPTION_NAMES = ["headers", "timeout", "coolDown", "maxAge", "maxLength", "fetch"] as const;

/**
 * The JWK set at an address: `https:`, or `http:` on this machine. Secrets (`oct`) in it are refused unless the headers authorize the
 * request: what anybody can fetch is no secret.
 * @throws TypeError for a wrong option, naming it.
 */
export const remote = /* @__PURE__ */ atCaller(function remote(
  url: string | { readonly href: string },
  options: RemoteOptions = {},
): RingSource {
  const own = ownOptions(options, "options", OPTION_NAMES);
  const address = parseAddress(url);
  const plan = {
    address,
    headers: parseHeaders(own.headers),
    maxLength: number(own.maxLength, "maxLength", "a number of bytes from 1 to 16777216", 1, 16_777_216) ?? 262_144,
    fetch: parseFetch(own.fetch),
    // What follows the path may be a secret.
    name: `the JWK set at ${address.origin}${address.pathname}`,
  };
  const timeout = parseTimeout(own.timeout) ?? 5;
  return { name: plan.name, ...refreshing(own), timeout, load: (request) => load(plan, request) };
});

interface Plan {
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxLength: number;
  readonly fetch: NonNullable<RemoteOptions["fetch"]>;
  readonly name: string;
}

async function load(plan: Plan, { allowWeak, version, signal }: LoadRequest): Promise<Loaded> {
  const headers = { accept: "application/jwk-set+json, application/json", ...plan.headers, ...(version && { "if-none-match": version }) };
  const request = bare({ method: "GET", headers: bare(headers), redirect: "manual", cache: "no-store", credentials: "omit", signal });
  const response = await heard(`${plan.name} to be reached`, async () => ownResponse(await plan.fetch(plan.address.href, request)));
  const answer = await heard(`${plan.name} to be read to its end`, () => read(plan, version, response));
  if (answer === "unchanged") return answer;
  const allowSecrets = Object.keys(plan.headers).some((name) => AUTHORIZING.test(name));
  return { ...parseJwksText(answer.bytes, plan.name, { allowWeak, allowSecrets }), version: answer.version };
}

/** What is wrong with an answer, in our own words. */
class BadAnswer extends Error {}

/** Of the errors of others only the cause is told: their text could hold what was sent. */
async function heard<Value>(expected: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BadAnswer) throw new Error(error.message);
    throw new Error(`Expected ${expected}, got ${reasonOf(error)}`);
  }
}

async function read(
  plan: Plan,
  version: string | undefined,
  response: FetchResponse,
): Promise<"unchanged" | { bytes: Uint8Array; version: string | undefined }> {
  if (response.status === 304 && version !== undefined) return "unchanged";
  if (response.status !== 200 || response.redirected) {
    cancel(response);
    throw new BadAnswer(`Expected ${plan.name} to be answered with status 200, got ${describe(response)}`);
  }
  const etag = response.headers.get("etag");
  return { bytes: await readBody(plan, response), version: etag || undefined };
}

/** An answer with its own members and those of its class. */
function ownResponse(response: FetchResponse): FetchResponse {
  return bare({
    status: partMember(response, "status") ?? 0,
    redirected: partMember(response, "redirected") ?? false,
    type: partMember(response, "type") ?? "",
    headers: response.headers,
    body: partMember(response, "body"),
    arrayBuffer: () => response.arrayBuffer(),
  });
}

function describe({ status, redirected, type }: FetchResponse): string {
  const isRedirect = redirected || type === "opaqueredirect" || (status >= 300 && status < 400 && status !== 304);
  return isRedirect ? "a redirect, which is not followed" : `status ${status}`;
}

/** The body, no further than the largest set may go. */
async function readBody(plan: Plan, response: FetchResponse): Promise<Uint8Array> {
  const tooLarge = () => new BadAnswer(`Expected ${plan.name} to be at most ${plan.maxLength} bytes, got more`);
  if (Number(response.headers.get("content-length")) > plan.maxLength) {
    cancel(response);
    throw tooLarge();
  }
  const { body } = response;
  if (!isStream(body)) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > plan.maxLength) throw tooLarge();
    return bytes;
  }
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let { value: part } = await reader.read(); part; { value: part } = await reader.read()) {
    length += part.length;
    if (length > plan.maxLength) {
      reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    chunks.push(part);
  }
  return joined(chunks, length);
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return isPart(body, "getReader");
}

function cancel({ body }: FetchResponse): void {
  if (isStream(body)) body.cancel().catch(() => undefined);
}

/** The whole of it; its parts are wiped, since they may hold secrets. */
function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
    chunk.fill(0);
  }
  return bytes;
}

function parseAddress(url: unknown): URL {
  const text = typeof url === "object" && url !== null ? partMember(url, "href") : url;
  if (typeof text !== "string" || !URL.canParse(text)) throw optionError("url", "an absolute URL", url);
  const address = new URL(text);
  const isLocal = address.protocol === "http:" && isLoopback(address.hostname);
  if (address.protocol !== "https:" && !isLocal) throw new TypeError("Expected `url` to be https:, or http: on this machine, got another");
  if (address.username || address.password)
    throw new TypeError("Expected `url` to have no user name or password; give `headers` with an authorization");
  address.hash = "";
  return address;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d+){3}$/.test(host);
}

function parseHeaders(headers: RemoteOptions["headers"]): Readonly<Record<string, string>> {
  if (headers === undefined) return {};
  if (typeof headers !== "object" || headers === null || Array.isArray(headers))
    throw optionError("headers", "an object of strings", headers);
  const parsed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new TypeError("Expected `headers` to have names of HTTP headers (RFC 9110 §5.1)");
    // A line break would begin another header.
    if (typeof value !== "string" || value === "" || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw optionError(`headers.${name}`, "a string of visible characters", value);
    }
    parsed[name.toLowerCase()] = value;
  }
  return parsed;
}

function parseFetch(given: RemoteOptions["fetch"]): NonNullable<RemoteOptions["fetch"]> {
  if (given !== undefined && typeof given !== "function") throw optionError("fetch", "a function", given);
  return given ?? ((url, request) => fetch(url, request as RequestInit));
}
