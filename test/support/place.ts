/** Contexts in linear memory for tests that go without a verifier. */
import { type Context, placeContext, placeHeaders } from "../../src/engine/context.js";
import type { Engine } from "../../src/engine/engine.js";
import { KeyMemory } from "../../src/engine/keyMemory.js";
import { parseOptions, type VerifierOptions } from "../../src/verify/options.js";

/** A context with keys of its own, which remembers headers. */
export function place(engine: Engine, options: VerifierOptions): Context & { keys: KeyMemory } {
  const plan = parseOptions(options);
  const keys = new KeyMemory(engine);
  keys.put([plan.keys]);
  const context = placeContext(engine, plan, keys);
  placeHeaders(engine, context, keys);
  return { ...context, keys };
}
