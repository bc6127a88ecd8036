/**
 * One accepted token. It costs nothing until its claims are read. Then the payload comes from memory while it is still there, and from the
 * token's own text, which was proved canonical, once it has been written over.
 */
import { CLAIM_ISS, CLAIM_JTI } from "../abi.js";
import type { JwtClaims, JwtHeader } from "../base/claims.js";
import { REGISTERED_CLAIMS } from "../base/codes.js";
import { INSPECT } from "../base/inspected.js";
import { ownMember } from "../base/own.js";
import { claimsText, headerText } from "../token/segments.js";
import type { KeyNaming } from "./judged.js";
import { GONE, type LivePayloads } from "./livePayloads.js";
import type { OnceOnly } from "./revocations.js";
import type { Acceptance } from "./verdict.js";
import { nextSerial, refuseCopy } from "./verdictCopies.js";

export class AcceptedToken<Claims> implements Acceptance<Claims> {
  readonly ok = true;
  readonly issuerIndex: number | undefined;
  readonly serial = nextSerial();
  readonly toJSON = toJSON;
  readonly #token: string;
  readonly #keys: KeyNaming | undefined;
  readonly #key: number | undefined;
  readonly #live: LivePayloads | undefined;
  readonly #generation: number;
  readonly #record: number;
  #claims: Claims | undefined;
  #header: JwtHeader | undefined;

  /** `record` is the token's number in `live` while the generation of that is `generation`. */
  constructor(
    token: string,
    keys?: KeyNaming,
    issuerIndex?: number,
    key?: number,
    live?: LivePayloads,
    generation: number = GONE,
    record = 0,
  ) {
    this.issuerIndex = issuerIndex;
    this.#token = token;
    this.#keys = keys;
    this.#key = key;
    this.#live = live;
    this.#generation = generation;
    this.#record = record;
  }

  /** Not what has merely got its members. */
  static isWhole(value: unknown): value is AcceptedToken<unknown> {
    return typeof value === "object" && value !== null && #token in value;
  }

  get claims(): Claims {
    this.#claims ??= (this.#payloads?.claims(this.#record) ?? JSON.parse(claimsText(this.#token))) as Claims;
    return this.#claims;
  }

  get header(): JwtHeader {
    this.#header ??= JSON.parse(headerText(this.#token)) as JwtHeader;
    return this.#header;
  }

  get keyName(): string | undefined {
    return this.#keys?.keyNameOf(this.#token, this.#key);
  }

  /** `iss`, `sub` or `jti`, where it is a string. */
  text(claim: number): string | undefined {
    const payloads = this.#payloads;
    const live = payloads ? payloads.claimText(this.#record, claim) : null;
    if (live !== null) return live;
    const value = ownMember(this.claims as JwtClaims, REGISTERED_CLAIMS[claim] as string);
    return typeof value === "string" ? value : undefined;
  }

  /** `exp` in seconds. */
  expiresAt(): number | undefined {
    const payloads = this.#payloads;
    return payloads ? payloads.expiry(this.#record) : ownMember(this.claims as JwtClaims, "exp");
  }

  /** What tells it from all others; `jti` and `exp` must be required. */
  identity(): OnceOnly {
    return { iss: this.text(CLAIM_ISS), jti: this.text(CLAIM_JTI) as string, exp: this.expiresAt() as number };
  }

  /** With what is read lazily, as members of its own. */
  plain(): object {
    const { claims, header, issuerIndex, keyName } = this;
    return { ok: true, claims, header, ...(issuerIndex !== undefined && { issuerIndex }), ...(keyName !== undefined && { keyName }) };
  }

  [INSPECT](): object {
    return this.plain();
  }

  /** Where the payload is, unless it has been written over. */
  get #payloads(): LivePayloads | undefined {
    const live = this.#live;
    return live?.generation === this.#generation ? live : undefined;
  }
}

function toJSON(this: unknown): object {
  return AcceptedToken.isWhole(this) ? this.plain() : refuseCopy();
}
