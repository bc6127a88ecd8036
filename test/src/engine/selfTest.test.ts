/** An engine that gives a wrong answer must not judge a single token. */
import { describe, expect, it } from "vitest";
import * as abi from "../../../src/abi.js";
import { Engine } from "../../../src/engine/engine.js";
import { selfTest } from "../../../src/engine/selfTest.js";

/** An engine one of whose exports has been tampered with. */
function engineWith(
  name: string,
  wrap: (original: (...values: number[]) => number, engine: Engine) => (...values: number[]) => number,
): Engine {
  const engine = new Engine();
  const original = engine.memory.exports[name] as (...values: number[]) => number;
  Object.defineProperty(engine.memory, "exports", { value: { ...engine.memory.exports, [name]: wrap(original, engine) } });
  return engine;
}

describe.each(["HS256", "HS384", "HS512"] as const)("the self-test of %s", (algorithm) => {
  it("passes on the engine as it is", () => {
    expect(() => selfTest(new Engine(), algorithm)).not.toThrow();
  });

  it.each([
    ["accepts everything", 0],
    ["rejects everything", 7],
  ])("fails when the engine %s", (_, code) => {
    const engine = engineWith("verifyTokens", (original, self) => (...values) => {
      const accepted = original(...values);
      self.memory.bytes.fill(code, abi.CODES, abi.CODES + (values[1] as number));
      return accepted;
    });
    expect(() => selfTest(engine, algorithm)).toThrow("failed its known-answer test");
  });

  it("fails when the key is wrong", () => {
    const engine = engineWith(algorithm === "HS256" ? "keyMidstatesOf" : "keyMidstates512", (original, self) => (...values) => {
      self.memory.bytes[abi.INPUT] = (self.memory.bytes[abi.INPUT] as number) ^ 1;
      return original(...values);
    });
    expect(() => selfTest(engine, algorithm)).toThrow("failed its known-answer test");
  });
});
