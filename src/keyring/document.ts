/**
 * A document fetched by HTTP: a JWK set, or what leads to one. Slow, wrong, huge or redirecting servers are errors. The address is the
 * operator's, or what a server of the operator's names: none is ever taken from a token.
 */
import { boolean, number, optionalFunction } from "../base/check.js";
import type { Duration } from "../base/durations.js";
import { optionError } from "../base/errors.js";
import { bare, isPart, partMember } from "../base/own.js";
import { reasonOf } from "../base/reason.js";
import { wipeBytes } from "../base/wipe.js";
import { parseTimeout, type RefreshOptions, refreshing } from "./callback.js";
import { type HeadersOption, parseHeaders } from "./headers.js";
import type { LoadRequest } from "./loading.js";

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

export interface FetchOptions extends RefreshOptions {
  /** Headers of each request. One that authorizes it (`authorization`, `cookie`, `x-api-key` and the like) lets the set hold secrets. */
  readonly headers?: HeadersOption;
  /** Seconds for all that has to be fetched; 5 unless given. */
  readonly timeout?: Duration;
  /** The largest document, in bytes; 262,144 unless given. */
  readonly maxLength?: number;
  /**
   * Allows plain `http:` to other machines, for servers within a cluster. Anybody on the way can read what is sent, and put keys of their own
   * in the place of the server's: such a set may hold no secrets, and is as good as the network is trusted.
   */
  readonly allowInsecureHttp?: boolean;
  /** Instead of the runtime's own `fetch`. */
  fetch?(url: string, request?: FetchRequest): Promise<FetchResponse>;
}

export const FETCH_OPTION_NAMES = ["headers", "timeout", "coolDown", "maxAge", "maxLength", "allowInsecureHttp", "fetch"] as const;

/** How documents are fetched. */
export interface FetchPlan {
  readonly headers: Readonly<Record<string, string>>;
  readonly maxLength: number;
  readonly allowInsecureHttp: boolean;
  readonly fetch: NonNullable<FetchOptions["fetch"]>;
}

/** `options` are own members, as of `ownOptions`. @throws TypeError for a wrong one, naming it. */
export function parseFetchOptions(options: FetchOptions): FetchPlan {
  return {
    headers: parseHeaders(options.headers),
    maxLength: number(options.maxLength, "maxLength", "a number of bytes from 1 to 16777216", 1, 16_777_216) ?? 262_144,
    allowInsecureHttp: boolean(options.allowInsecureHttp, "allowInsecureHttp"),
    fetch: parseFetch(options.fetch),
  };
}

/** The times of such a source, checked. */
export function fetchTimes(options: FetchOptions): { readonly coolDown: number; readonly maxAge: number; readonly timeout: number } {
  return { ...refreshing(options), timeout: parseTimeout(options.timeout) ?? 5 };
}

/** The parts of a URL that are used, for callers without the types of the DOM. */
export type Address = Readonly<Record<"href" | "origin" | "protocol" | "hostname" | "pathname", string>>;

/** What is fetched, and what messages call it. */
export interface Wanted {
  readonly address: Address;
  readonly name: string;
  readonly accept: string;
  /** The ETag of what is there already, if there is something. */
  readonly version: string | undefined;
}

export type Fetched = "unchanged" | { readonly bytes: Uint8Array; readonly version: string | undefined };

/** @throws Error that says what was expected of the document, in our own words. */
export async function fetchDocument(plan: FetchPlan, wanted: Wanted, signal: LoadRequest["signal"]): Promise<Fetched> {
  const { address, name, accept, version } = wanted;
  const headers = { accept, ...plan.headers, ...(version && { "if-none-match": version }) };
  const request = bare({ method: "GET", headers: bare(headers), redirect: "manual", cache: "no-store", credentials: "omit", signal });
  const response = await heard(`${name} to be reached`, async () => ownResponse(await plan.fetch(address.href, request)));
  return heard(`${name} to be read to its end`, () => read(plan, wanted, response));
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

async function read(plan: FetchPlan, { name, version }: Wanted, response: FetchResponse): Promise<Fetched> {
  if (response.status === 304 && version !== undefined) return "unchanged";
  if (response.status !== 200 || response.redirected) {
    cancel(response);
    throw new BadAnswer(`Expected ${name} to be answered with status 200, got ${describe(response)}`);
  }
  const etag = response.headers.get("etag");
  return { bytes: await readBody(plan.maxLength, name, response), version: etag || undefined };
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

/** The body, no further than the largest document may go. */
async function readBody(maxLength: number, name: string, response: FetchResponse): Promise<Uint8Array> {
  const tooLarge = () => new BadAnswer(`Expected ${name} to be at most ${maxLength} bytes, got more`);
  if (Number(response.headers.get("content-length")) > maxLength) {
    cancel(response);
    throw tooLarge();
  }
  const { body } = response;
  if (!isStream(body)) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length <= maxLength) return bytes;
    bytes.fill(0);
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  // They may hold secrets: whether they are joined or not, they are wiped.
  try {
    return joined(chunks, await readChunks(body.getReader(), maxLength, tooLarge, chunks));
  } finally {
    wipeBytes(chunks);
  }
}

/** How many bytes there are. */
async function readChunks(reader: Reader, maxLength: number, tooLarge: () => Error, chunks: Uint8Array[]): Promise<number> {
  let length = 0;
  for (let { value: part } = await reader.read(); part; { value: part } = await reader.read()) {
    chunks.push(part);
    length += part.length;
    if (length > maxLength) {
      reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
  }
  return length;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return isPart(body, "getReader");
}

function cancel({ body }: FetchResponse): void {
  if (isStream(body)) body.cancel().catch(() => undefined);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}

/**
 * The address that an option gives: `https:`, or `http:` on this machine or where that is allowed.
 * @throws TypeError that names the option.
 */
export function parseAddress(url: unknown, name: string, allowInsecureHttp: boolean): Address {
  const text = typeof url === "object" && url !== null ? partMember(url, "href") : url;
  if (typeof text !== "string" || !URL.canParse(text)) throw optionError(name, "an absolute URL", url);
  const address = new URL(text);
  if (address.protocol !== "https:" && !(address.protocol === "http:" && (allowInsecureHttp || isLocal(address)))) {
    const allowed = allowInsecureHttp ? "https: or http:" : "https:, or http: on this machine";
    const hint = address.protocol === "http:" ? "; `allowInsecureHttp: true` takes it for a server within a cluster" : "";
    throw new TypeError(`Expected \`${name}\` to be ${allowed}, got another${hint}`);
  }
  if (address.username || address.password)
    throw new TypeError(`Expected \`${name}\` to have no user name or password; give \`headers\` with an authorization`);
  address.hash = "";
  return address;
}

/** Can those on the way read and change what is fetched from there? */
export function isInsecure(address: Address): boolean {
  return address.protocol !== "https:" && !isLocal(address);
}

/** Is it an address of this machine? */
export function isLocal({ hostname }: Address): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
}

function parseFetch(given: FetchOptions["fetch"]): FetchPlan["fetch"] {
  return optionalFunction(given, "fetch") ?? ((url, request) => fetch(url, request as RequestInit));
}
