/**
 * Verdicts, and claims read lazily from them.
 *
 * A verdict costs nothing until its claims are read. Then the payload comes from linear memory while it is still the
 * engine's latest, and from the token's own text, which was proved canonical, once another call has overwritten it.
 *
 * What is read lazily is not copied. So a verdict has a function among its own members, for which `structuredClone` and `postMessage` refuse
 * it and JSON of a copy is an error; and a number that no other has, so that no two verdicts pass for equal whose claims were not compared.
 * Lazy members that a copy does have cost a verdict more: an accessor of its own takes 170 ns, a Proxy 20 to 45 ns, and a function of its
 * own is 104 bytes of garbage, as much as all the rest.
 */

import { ACCEPTED, CLAIM_ISS, CLAIM_JTI, CLAIM_SUB } from "../abi.js";
import { requirePart } from "../base/check.js";
import type { JwtClaims, JwtHeader } from "../base/claims.js";
import { REGISTERED_CLAIMS, type RefusedClaims, type Rejection } from "../base/codes.js";
import { INSPECT } from "../base/inspected.js";
import type { MalformedReason } from "../base/malformedReason.js";
import { ownMember, partMember } from "../base/own.js";
import type { Chunk, Engine } from "../engine/engine.js";
import { claimsText, headerText } from "../token/segments.js";
import { rejectionOf } from "./refused.js";
import type { OnceOnly } from "./revocations.js";

/**
 * A token that passed every check. `claims` and `header` are built at first reading and are the caller's own. Declared as a class so that the
 * compiler knows what `{ ...verdict }` lacks: what is read lazily is not copied. `JSON.stringify` and `console.log` show all.
 */
export declare abstract class Acceptance<Claims> {
  readonly ok: true;
  get claims(): Claims;
  get header(): JwtHeader;
  /** Whose rules and keys it passed: the issuer's number among the verifier's `issuers`, if it has any. */
  readonly issuerIndex: number | undefined;
  /**
   * The name that its key was found by, which is what revoking a `kid` is about: its `kid`, or the claim of `keyFrom`, or, where it has none,
   * the name of the key for such tokens; undefined where the key has no name.
   */
  get keyName(): string | undefined;
}

/** What became of one token. */
export type Verdict<Claims = JwtClaims> = Acceptance<Claims> | Rejection;

/** Is the token accepted? @throws TypeError for what is no verdict: a verifier may be the caller's own. */
export function isAccepted<Claims>(verdict: Verdict<Claims>): verdict is Acceptance<Claims> {
  const ok = typeof verdict === "object" && verdict !== null ? partMember(verdict, "ok") : undefined;
  if (typeof ok !== "boolean") throw new TypeError("Expected the verifier to give a verdict");
  return ok;
}

/** @throws TypeError for what is no verifier, and for one of bytes, which checks no claims. `expected` is what errors ask for. */
export function requireVerifier(value: unknown, name: string, expected = "a verifier"): void {
  requirePart(value, name, expected, "verifyAsync");
  if (partMember(value as { readonly payloads?: unknown }, "payloads") === "bytes")
    throw new TypeError(`Expected \`${name}\` to be a verifier of JWTs, got one of bytes: it checks no claims`);
}

/** The verdicts of a batch, in the order of its tokens. */
export interface BatchVerdicts<Claims = JwtClaims> extends Iterable<Verdict<Claims>> {
  /** How many tokens there were. */
  readonly length: number;
  /** How many of them are accepted. */
  readonly accepted: number;
  /** One code a token, 0 for accepted; `verdictName` names them. A copy: what is written to it changes no verdict. */
  readonly codes: Uint8Array;
  /**
   * The verdict on one token.
   * @throws RangeError where there is no such token.
   */
  at(index: number): Verdict<Claims>;
  /** The claims of one token, or undefined when it is rejected. Each call builds a new object. */
  claims(index: number): Claims | undefined;
  /** The header of one token, or undefined when it is rejected. Each call builds a new object. */
  header(index: number): JwtHeader | undefined;
  /** `sub` of an accepted token, without building its claims; undefined where it is absent or no string. */
  subject(index: number): string | undefined;
  /** `jti` of an accepted token, without building its claims; undefined where it is absent or no string. */
  jwtId(index: number): string | undefined;
  /** `exp` of an accepted token in seconds, without building its claims. */
  expiresAt(index: number): number | undefined;
  /** Whose rules and keys an accepted token passed: the issuer's number among `issuers`, if there are any. */
  issuerIndex(index: number): number | undefined;
  /** What is wrong with the form of one token, where it is MALFORMED. */
  reason(index: number): MalformedReason | undefined;
  /** `refusedClaims` of one token: of a rejected one whose signature is right. Each call builds a new object. */
  refusedClaims(index: number): RefusedClaims | undefined;
}

/** The keys that tokens were judged by, as they were then. */
export interface KeyNaming {
  keyNameOf(token: string, key: number | undefined): string | undefined;
}

interface PlacedKeys {
  blockOfIssuer(issuer: number | undefined): KeyNaming;
}

/** What a batch leaves behind once it is judged. */
export interface Judged {
  readonly engine: Engine;
  readonly codes: Uint8Array;
  /** The tokens' texts, by number; undefined for what is no token by its type. */
  readonly texts: readonly unknown[];
  /** The numbers of the tokens' issuers, where there are several. */
  readonly issuers: Uint16Array | undefined;
  /** Claims that their code alone does not name. */
  readonly faults: ReadonlyMap<number, string> | undefined;
  readonly accepted: number;
  /** The chunk whose payloads may still be in linear memory. */
  readonly chunk: Chunk | undefined;
  /** The keys that tokens were judged with, where that has to be noted: the addresses that their records had. */
  readonly keys: Uint32Array | undefined;
  /** The keys of an issuer, or of all tokens; undefined where nothing was judged. */
  readonly placed: PlacedKeys | undefined;
  /** For tokens that were judged once more: the blocks that they were judged by then. */
  readonly placedAgain: ReadonlyMap<number, PlacedKeys> | undefined;
}

export class Verdicts<Claims> implements BatchVerdicts<Claims> {
  readonly length: number;
  readonly accepted: number;
  readonly serial = nextSerial();
  readonly toJSON = toJSON;
  readonly #judged: Judged;
  #codes: Uint8Array | undefined;

  constructor(judged: Judged) {
    this.length = judged.codes.length;
    this.accepted = judged.accepted;
    this.#judged = judged;
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
    if (code === ACCEPTED) return this.token(index);
    return rejectionOf(code, this.#judged.faults?.get(index), this.#judged.texts[index] as string | undefined);
  }

  *[Symbol.iterator](): Iterator<Verdict<Claims>> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  claims(index: number): Claims | undefined {
    if (!this.#isAccepted(index)) return undefined;
    const { engine, chunk, texts } = this.#judged;
    const isLive = chunk !== undefined && index >= chunk.from && chunk.generation === engine.generation;
    return (isLive ? engine.claims(index - chunk.from) : JSON.parse(claimsText(texts[index] as string))) as Claims;
  }

  header(index: number): JwtHeader | undefined {
    return this.#isAccepted(index) ? this.token(index).header : undefined;
  }

  subject(index: number): string | undefined {
    return this.#isAccepted(index) ? this.token(index).text(CLAIM_SUB) : undefined;
  }

  jwtId(index: number): string | undefined {
    return this.#isAccepted(index) ? this.token(index).text(CLAIM_JTI) : undefined;
  }

  expiresAt(index: number): number | undefined {
    return this.#isAccepted(index) ? this.token(index).expiresAt() : undefined;
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

  /** A token that the engine has found good, whatever else became of it. */
  token(index: number): AcceptedToken<Claims> {
    const { engine, chunk, texts, issuers, keys: used, placed, placedAgain } = this.#judged;
    const isLatest = chunk !== undefined && index >= chunk.from;
    const text = texts[index] as string;
    const issuer = issuers?.[index];
    const keys = (placedAgain?.get(index) ?? placed)?.blockOfIssuer(issuer);
    return isLatest
      ? new AcceptedToken(engine, chunk.generation, index - chunk.from, text, keys, issuer, used?.[index])
      : new AcceptedToken(engine, GONE, 0, text, keys, issuer, used?.[index]);
  }
}

/** No generation of the engine's memory: the payload is to be read from the token. */
const GONE = -1;

/** One accepted token. */
export class AcceptedToken<Claims> implements Acceptance<Claims> {
  readonly ok = true;
  readonly issuerIndex: number | undefined;
  readonly serial = nextSerial();
  readonly toJSON = toJSON;
  readonly #engine: Engine;
  readonly #generation: number;
  readonly #record: number;
  readonly #token: string;
  readonly #keys: KeyNaming | undefined;
  readonly #key: number | undefined;
  #claims: Claims | undefined;
  #header: JwtHeader | undefined;

  /** `record` is the token's number in the engine while the engine's generation is `generation`. */
  constructor(
    engine: Engine,
    generation: number,
    record: number,
    token: string,
    keys: KeyNaming | undefined,
    issuerIndex?: number,
    key?: number,
  ) {
    this.issuerIndex = issuerIndex;
    this.#engine = engine;
    this.#generation = generation;
    this.#record = record;
    this.#token = token;
    this.#keys = keys;
    this.#key = key;
  }

  /** Not what has merely got its members. */
  static isWhole(value: unknown): value is AcceptedToken<unknown> {
    return typeof value === "object" && value !== null && #token in value;
  }

  get claims(): Claims {
    this.#claims ??= (this.#isLive() ? this.#engine.claims(this.#record) : JSON.parse(claimsText(this.#token))) as Claims;
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
    const live = this.#isLive() ? this.#engine.claimText(this.#record, claim) : null;
    if (live !== null) return live;
    const value = ownMember(this.claims as JwtClaims, REGISTERED_CLAIMS[claim] as string);
    return typeof value === "string" ? value : undefined;
  }

  /** `exp` in seconds. */
  expiresAt(): number | undefined {
    return this.#isLive() ? this.#engine.expiry(this.#record) : ownMember(this.claims as JwtClaims, "exp");
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

  #isLive(): boolean {
    return this.#engine.generation === this.#generation;
  }
}

let serial = 0;

/** Tells a verdict from all others by its own members, which is what comparisons look at. */
function nextSerial(): number {
  serial = (serial + 1) | 0;
  return serial;
}

/** Of verdicts themselves alone: a copy that has it is not whole. */
function toJSON(this: unknown): object {
  if (AcceptedToken.isWhole(this) || Verdicts.isWhole(this)) return this.plain();
  throw new TypeError("Expected the verdict itself: claims are not copied, take `verdict.claims`");
}
