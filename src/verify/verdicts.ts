/** The verdicts of a batch, each made when it is asked for. */
import { ACCEPTED, CLAIM_JTI, CLAIM_SUB } from "../abi.js";
import type { JwtHeader } from "../base/claims.js";
import type { RefusedClaims, Rejection } from "../base/codes.js";
import { INSPECT } from "../base/inspected.js";
import type { MalformedReason } from "../base/malformedReason.js";
import { claimsText } from "../token/segments.js";
import { AcceptedToken } from "./acceptedToken.js";
import type { Judged } from "./judged.js";
import type { LivePayloads } from "./livePayloads.js";
import { rejectionOf } from "./refused.js";
import type { BatchVerdicts, Verdict } from "./verdict.js";
import { nextSerial, refuseCopy } from "./verdictCopies.js";

export class Verdicts<Claims> implements BatchVerdicts<Claims> {
  readonly length: number;
  readonly accepted: number;
  readonly serial = nextSerial();
  readonly toJSON = toJSON;
  readonly #judged: Judged;
  readonly #live: LivePayloads | undefined;
  #codes: Uint8Array | undefined;

  /** `live` is what the chunk of `judged` is in. */
  constructor(judged: Judged, live?: LivePayloads) {
    this.length = judged.codes.length;
    this.accepted = judged.accepted;
    this.#judged = judged;
    this.#live = live;
  }

  /** Not what has merely got its members. */
  static isWhole(value: unknown): value is Verdicts<unknown> {
    return typeof value === "object" && value !== null && #judged in value;
  }

  get codes(): Uint8Array {
    this.#codes ??= this.#judged.codes.slice();
    return this.#codes;
  }

  at(index: number): Verdict<Claims> {
    const code = this.#judged.codes[index];
    if (code === undefined) throw new RangeError(`Expected a token's number from 0 to ${this.length - 1}, got ${index}`);
    if (code === ACCEPTED) return this.#token(index);
    return rejectionOf(code, this.#judged.faults?.get(index), this.#judged.texts[index] as string | undefined);
  }

  *[Symbol.iterator](): Iterator<Verdict<Claims>> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  claims(index: number): Claims | undefined {
    if (!this.#isAccepted(index)) return undefined;
    const { chunk, texts } = this.#judged;
    const live = this.#live;
    const isLive = chunk !== undefined && index >= chunk.from && chunk.generation === live?.generation;
    return (isLive ? live?.claims(index - chunk.from) : JSON.parse(claimsText(texts[index] as string))) as Claims;
  }

  header(index: number): JwtHeader | undefined {
    return this.#isAccepted(index) ? this.#token(index).header : undefined;
  }

  subject(index: number): string | undefined {
    return this.#isAccepted(index) ? this.#token(index).text(CLAIM_SUB) : undefined;
  }

  jwtId(index: number): string | undefined {
    return this.#isAccepted(index) ? this.#token(index).text(CLAIM_JTI) : undefined;
  }

  expiresAt(index: number): number | undefined {
    return this.#isAccepted(index) ? this.#token(index).expiresAt() : undefined;
  }

  issuerIndex(index: number): number | undefined {
    return this.#isAccepted(index) ? this.#judged.issuers?.[index] : undefined;
  }

  reason(index: number): MalformedReason | undefined {
    return this.#rejection(index)?.reason;
  }

  refusedClaims(index: number): RefusedClaims | undefined {
    return this.#rejection(index)?.refusedClaims;
  }

  plain(): object {
    return { length: this.length, accepted: this.accepted, verdicts: [...this] };
  }

  /** As an array of verdicts: claims are two levels deep in it, where the console still shows them. */
  [INSPECT](): unknown {
    return Object.assign([...this], { accepted: this.accepted });
  }

  #rejection(index: number): Rejection | undefined {
    const verdict = index in this.#judged.codes ? this.at(index) : undefined;
    return verdict?.ok === false ? verdict : undefined;
  }

  #isAccepted(index: number): boolean {
    return this.#judged.codes[index] === ACCEPTED;
  }

  #token(index: number): AcceptedToken<Claims> {
    return acceptedToken<Claims>(this.#judged, index, this.#live);
  }
}

/** A token of a batch that the engine has found good, whatever else became of it. */
export function acceptedToken<Claims>(judged: Judged, index: number, live: LivePayloads | undefined): AcceptedToken<Claims> {
  const { chunk, texts, issuers, keys: used, rules, rulesAgain } = judged;
  const text = texts[index] as string;
  const issuer = issuers?.[index];
  const keys = (rulesAgain?.get(index) ?? rules)?.contextOfIssuer(issuer);
  const isLatest = chunk !== undefined && index >= chunk.from;
  return isLatest
    ? new AcceptedToken(text, keys, issuer, used?.[index], live, chunk.generation, index - chunk.from)
    : new AcceptedToken(text, keys, issuer, used?.[index]);
}

function toJSON(this: unknown): object {
  return Verdicts.isWhole(this) ? this.plain() : refuseCopy();
}
