/** What there is to know of a request, whatever the framework. */
import { ownMember, partMember } from "../../base/own.js";

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
  readonly #request: NodeRequest;

  constructor(request: NodeRequest, body: unknown) {
    this.method = partMember(request, "method") ?? "";
    this.url = partMember(request, "url") ?? "";
    this.body = body;
    this.#request = request;
  }

  get hasUntoldBody(): boolean {
    const stream = partMember(this.#request, "stream");
    return stream !== undefined && partMember(stream, "endAfterHeaders") === false;
  }

  /** Of several, Node keeps the first in `headers`; who reads `rawHeaders` may see another. */
  get hasSeveralAuthorizations(): boolean {
    const lines = partMember(this.#request, "rawHeaders") ?? [];
    let count = 0;
    for (let index = 0; index < lines.length; index += 2) {
      const name = lines[index] as string;
      if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) count++;
    }
    return count > 1;
  }

  header(name: string): string | undefined {
    const value = ownMember(this.#request.headers, name);
    return typeof value === "object" ? value.join(", ") : value;
  }
}

const AUTHORIZATION = "authorization";
