/** A batch on its way: what there is of its tokens so far, and what becomes of those that are judged again. */
import { KEY_NOT_FOUND } from "../abi.js";
import type { Chunk, PlatformToken } from "../engine/chunk.js";
import type { Judged } from "./judged.js";
import type { LoadedRules } from "./loadedContext.js";

export interface Judging extends Judged {
  readonly texts: unknown[];
  readonly now: number;
  /** Tokens whose signatures the platform is to verify. */
  readonly onPlatform: PlatformToken[];
  keys: Uint32Array | undefined;
  faults: Map<number, string> | undefined;
  /** The names by which tokens select keys, for tokens whose names were asked for. */
  names: Map<number, string | undefined> | undefined;
  accepted: number;
  chunk: Chunk | undefined;
  rules: LoadedRules | undefined;
  rulesAgain: Map<number, LoadedRules> | undefined;
}

/** A batch of so many tokens, at a time in seconds; `hasIssuers` where each is judged by the rules of one of several. */
export function begin(length: number, now: number, hasIssuers: boolean): Judging {
  return {
    codes: new Uint8Array(length),
    texts: new Array(length),
    now,
    onPlatform: [],
    issuers: hasIssuers ? new Uint16Array(length) : undefined,
    keys: undefined,
    faults: undefined,
    names: undefined,
    accepted: 0,
    chunk: undefined,
    rules: undefined,
    rulesAgain: undefined,
  };
}

/** The batch once all is judged: what was needed on the way is let go of, since verdicts keep what they are read from. */
export function end(batch: Judging): Judged {
  batch.onPlatform.length = 0;
  batch.names = undefined;
  return batch;
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

/** Replaces what was known of some tokens of a batch by what became of them when they were judged again. */
export function merge(batch: Judging, again: Judging, numbers: readonly number[]): void {
  const { rules } = again;
  if (rules) batch.rulesAgain ??= new Map();
  numbers.forEach((number, index) => {
    if (rules) batch.rulesAgain?.set(number, rules);
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
