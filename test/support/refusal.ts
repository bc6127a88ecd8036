/** What a verifier says of keys that it does not take. */
import { expect } from "vitest";
import { createVerifier, type KeyInput, type VerifierOptions } from "../../src/index.js";

/** The message of the TypeError, or "none". */
export function refusal(keys: unknown, more: Partial<VerifierOptions> = {}): string {
  try {
    createVerifier({ keys: keys as KeyInput, ...more });
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
  return "none";
}
