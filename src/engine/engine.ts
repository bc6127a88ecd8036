/**
 * One instance of the WebAssembly engine, in views over its memory: what judges tokens takes `chunks`, what reads claims takes
 * `payloads`. `openEngine` makes the one instance of a thread.
 */
import type { VerificationKey } from "../runtime/platform.js";
import { Chunks } from "./chunk.js";
import { Memory } from "./memory.js";
import { Payloads } from "./payload.js";

export class Engine {
  /** Only files of this folder may touch it. */
  readonly memory = new Memory(() => this.payloads.forget());
  /** Public keys by the addresses of their records. */
  readonly publicKeys = new Map<number, VerificationKey>();
  readonly chunks = new Chunks(this.memory, this.publicKeys);
  readonly payloads: Payloads = new Payloads(this.memory);
}
