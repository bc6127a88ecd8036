/** What there is to know of a request, whatever the framework. */

export interface Incoming {
  readonly method: string;
  /** Path and query, or the whole address. */
  readonly url: string;
  /** Whether the field `Authorization` stands there several times, where this can be told from a value with commas. */
  readonly hasSeveralAuthorizations: boolean;
  /** Whether a body comes without a field that says so, as it may in HTTP/2, where this can be told. */
  readonly hasUntoldBody: boolean;
  /** What the framework made of the body; undefined where it has not read it. */
  readonly body: unknown;
  /** The value of a field by its name in small letters. */
  header(name: string): string | undefined;
}

/** A request as `node:http` and `node:http2` have it, and all that stand on them. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[] | undefined;
  /** In HTTP/2. */
  readonly stream?: { readonly endAfterHeaders?: boolean } | undefined;
}

export class NodeIncoming implements Incoming {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly hasUntoldBody: boolean;
  readonly #headers: NodeRequest["headers"];
  readonly #lines: readonly string[];

  constructor({ method, url, headers, rawHeaders, stream }: NodeRequest, body: unknown) {
    this.method = method ?? "";
    this.url = url ?? "";
    this.body = body;
    this.hasUntoldBody = stream?.endAfterHeaders === false;
    this.#headers = headers;
    this.#lines = rawHeaders ?? [];
  }

  /** Of several, Node keeps the first in `headers`; who reads `rawHeaders` may see another. */
  get hasSeveralAuthorizations(): boolean {
    let count = 0;
    for (let index = 0; index < this.#lines.length; index += 2) {
      const name = this.#lines[index] as string;
      if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) count++;
    }
    return count > 1;
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return typeof value === "object" ? value.join(", ") : value;
  }
}

const AUTHORIZATION = "authorization";
