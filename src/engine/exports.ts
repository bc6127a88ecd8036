/** What `assembly/index.ts` exports; addresses and lengths are bytes. */
import type { LinearMemory } from "./heap.js";

export interface EngineExports extends Record<string, unknown> {
  readonly memory: LinearMemory;
  start(key0: bigint, key1: bigint): void;
  verifyTokens(context: number, count: number, now: number): number;
  resumeWithNumbers(index: number, now: number): number;
  finishAuthentic(count: number, now: number): number;
  rejectRevoked(count: number, isStale: number): number;
  signTokens(key: number, header: number, headerLength: number, count: number): void;
  keyMidstates(record: number, secret: number, length: number): void;
  keyMidstates512(record: number, secret: number, length: number): void;
  keyMidstatesOf(count: number): void;
  enterNames(table: number, count: number): void;
  findName(table: number, name: number, length: number): number;
  moveNames(table: number, slots: number, mask: number): void;
  removeName(table: number, name: number, length: number): number;
  enterRevocations(list: number, count: number): void;
  findRevocation(list: number, kind: number, issuer: number, name: number, length: number): number;
  moveRevocations(list: number, slots: number, tags: number, mask: number): void;
  sweepRevocations(list: number, from: number, count: number, now: number): number;
  readKeyName(start: number, end: number, entry: number, isRegistered: number): number;
  forget(start: number, end: number): void;
  forgetFirstBlocksOf(key: number): void;
  wipeKernel(): void;
  wipeKernel512(): void;
  sha256(start: number, length: number): void;
  sha512(algorithm: number, start: number, length: number): void;
  hmac(key: number, start: number, length: number): void;
  hmac512(key: number, start: number, length: number): void;
  decodeBase64url(start: number, end: number, target: number): number;
  encodeBase64url(start: number, end: number, target: number): number;
  isJson(start: number, end: number, levels: number): number;
}
