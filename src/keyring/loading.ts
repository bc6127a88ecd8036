/** Where the keys of a ring come from, and what a source gives it. */
import type { Algorithm } from "../base/algorithms.js";
import { settled } from "../base/attempt.js";
import { number } from "../base/check.js";
import { optionError } from "../base/errors.js";
import { isPromise, partMember } from "../base/own.js";
import { within } from "../runtime/deadline.js";
import type { KeyList } from "./jwks.js";
import { wipeKeys } from "./roster.js";

/** A source of keys: `remote()` or `callback()`, or one of `wasm-jwt/keyring/node`. One source may serve several rings. */
export interface RingSource {
  /** What messages call it. */
  readonly name: string;
  /** Seconds between two refreshes for unknown keys; without it, there are none. A load that failed is repeated after as many, 30 unless given. */
  readonly coolDown?: number;
  /** Seconds until what was loaded is loaded again. */
  readonly maxAge?: number;
  /** Seconds for a load; 10 unless given. One that takes longer has failed, and its answer is not used when it comes. */
  readonly timeout?: number;
  /** Seconds between two looks of what `watch` returns, made when keys are used; without it, there are none. */
  readonly pollInterval?: number;
  /**
   * Gives the keys there are now.
   * @throws Error that names the source and says what was expected, never what it holds.
   */
  load(request: LoadRequest): Loaded | Promise<Loaded>;
  /** Calls `changed` whenever the keys may have changed. */
  watch?(changed: () => void): Watching;
}

/** Ends the watching. */
export interface Watching {
  (): void;
  /** Looks at once whether something has changed: a timer may be late. */
  look?(): void;
}

/** What a source is told when a ring asks it. */
export interface LoadRequest {
  /** The option `allowWeakSecrets` of the ring. */
  readonly allowWeak: boolean;
  /** The option `alg` of the ring, for sources that have none of their own. */
  readonly algorithms: readonly Algorithm[] | undefined;
  /** What the ring has: the version of its last good load. */
  readonly version: string | undefined;
  /** The ring no longer waits: it is closed, or the load has taken too long. */
  readonly signal: CloseSignal;
}

/** An AbortSignal, for callers without the types of the DOM. */
export interface CloseSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Keys, and a version by which a source may tell later that they are the same; or `"unchanged"`: those of the version that was asked with. */
export type Loaded = (KeyList & { readonly version?: string | undefined }) | "unchanged";

/** A source whose members have been checked; none of them is what all objects inherit. */
export interface CheckedSource {
  readonly name: string;
  readonly coolDown: number | undefined;
  readonly maxAge: number | undefined;
  readonly timeout: number;
  readonly pollInterval: number | undefined;
  readonly load: RingSource["load"];
  readonly watch: RingSource["watch"];
}

/** The longest that a timer may take, in seconds. */
const LONGEST = 86_400;

/** @throws TypeError for what is no source, or has a time that is none: its timer would end at once. */
export function parseSource(source: RingSource): CheckedSource {
  const isObject = typeof source === "object" && source !== null;
  const member = <Name extends keyof RingSource>(name: Name) => (isObject ? partMember(source, name) : undefined);
  const name = member("name");
  const load = member("load");
  const watch = member("watch");
  if (typeof load !== "function" || typeof name !== "string" || (watch !== undefined && typeof watch !== "function")) {
    throw optionError("source", "`remote()`, `callback()`, or a source of wasm-jwt/keyring/node", source);
  }
  const seconds = (time: keyof RingSource) =>
    number(member(time), `source.${time}`, `a number of seconds from 0.001 to ${LONGEST}`, 0.001, LONGEST);
  return {
    name,
    coolDown: seconds("coolDown"),
    maxAge: seconds("maxAge"),
    timeout: seconds("timeout") ?? 10,
    pollInterval: seconds("pollInterval"),
    load: load.bind(source),
    watch: watch?.bind(source),
  };
}

/**
 * Has a source load. What it promises has `timeout` seconds to come, and no longer than until the ring is closed; what comes after that is
 * wiped. So no answer is ever taken later than one that was asked for after it.
 */
export function loadFrom(source: CheckedSource, request: Omit<LoadRequest, "signal">, closing: CloseSignal): Loaded | Promise<Loaded> {
  const waiting = new AbortController();
  const loaded = source.load({ ...request, signal: waiting.signal });
  if (!isPromise(loaded)) return loaded;
  let close = (): void => undefined;
  const closed = new Promise<never>((_, reject) => {
    close = () => reject(closedError(source));
  });
  closing.addEventListener("abort", close);
  const late = () => new Error(`Expected ${source.name} within ${source.timeout} s, got no complete answer`);
  return within(source.timeout, Promise.race([loaded, closed]), late)
    .catch((error) => {
      waiting.abort();
      void settled(async () => wipeAnswer(await loaded));
      throw error;
    })
    .finally(() => closing.removeEventListener("abort", close));
}

export function closedError({ name }: CheckedSource): Error {
  return new Error(`Expected ${name} to be loaded, got the ring closed`);
}

/** Wipes what a source gave and no caller takes. */
export function wipeAnswer(answer: Loaded): void {
  if (answer !== "unchanged") wipeKeys(answer.keys);
}
