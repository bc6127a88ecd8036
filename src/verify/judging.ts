/** A batch on its way: what there is of its tokens so far, and what becomes of those that are judged again. */
import { KEY_NOT_FOUND } from "../abi.js";
import type { Chunk, OutsideToken } from "../engine/chunk.js";
import type { Placed } from "./placement.js";

export interface Judging {
  /** Verdict codes, a byte a token. */
  readonly codes: Uint8Array;
  readonly texts: unknown[];
  readonly now: number;
  readonly outside: OutsideToken[];
  readonly issuers: Uint16Array | undefined;
  /** The keys that tokens were judged with, where that has to be noted: the addresses of their records. */
  keys: Uint32Array | undefined;
  faults: Map<number, string> | undefined;
  /** The names by which tokens select keys, for tokens whose names were asked for. */
  names: Map<number, string | undefined> | undefined;
  accepted: number;
  chunk: Chunk | undefined;
  /** What its tokens were judged by. */
  placed: Placed | undefined;
  /** For tokens that were judged once more: what they were judged by then. */
  placedAgain: Map<number, Placed> | undefined;
}

/** A batch of so many tokens, at a time in seconds; `hasIssuers` where each is judged by the rules of one of several. */
export function begin(length: number, now: number, hasIssuers: boolean): Judging {
  return {
    codes: new Uint8Array(length),
    texts: new Array(length),
    now,
    outside: [],
    issuers: hasIssuers ? new Uint16Array(length) : undefined,
    keys: undefined,
    faults: undefined,
    names: undefined,
    accepted: 0,
    chunk: undefined,
    placed: undefined,
    placedAgain: undefined,
  };
}

/** Is there a token whose key was not found? */
export function hasMissed({ codes, accepted }: Judging): boolean {
  return accepted < codes.length && codes.includes(KEY_NOT_FOUND);
}

/** Remembers which claim a token's code is about. */
export function noteFault(batch: Judging, number: number, claim: string): void {
  batch.faults ??= new Map();
  batch.faults.set(number, claim);
}

/** Puts what became of some tokens, judged again, in the place of what they were in their batch. */
export function merge(batch: Judging, again: Judging, numbers: readonly number[]): void {
  const { placed } = again;
  if (placed) batch.placedAgain ??= new Map();
  numbers.forEach((number, index) => {
    if (placed) batch.placedAgain?.set(number, placed);
    batch.codes[number] = again.codes[index] as number;
    if (batch.issuers) batch.issuers[number] = again.issuers?.[index] as number;
    if (again.keys) {
      batch.keys ??= new Uint32Array(batch.codes.length);
      batch.keys[number] = again.keys[index] as number;
    }
    const fault = again.faults?.get(index);
    if (fault !== undefined) noteFault(batch, number, fault);
  });
  batch.accepted += again.accepted;
}
