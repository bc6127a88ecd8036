/** Keys from the environment. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { KeyRing } from "../../../../src/keyring/keyRing.js";
import { type EnvironmentOptions, environment } from "../../../../src/keyring/node/environment.js";
import { createKeyRing } from "../../../../src/keyring/ring.js";
import { testSecret, testSet } from "../../../support/ring.js";
import { base64url, NOW } from "../../../support/tokens.js";

const NAME = "WASM_JWT_TEST_KEYS";

afterEach(() => {
  vi.unstubAllEnvs();
});

function open(text: string, options: EnvironmentOptions = {}): KeyRing {
  vi.stubEnv(NAME, text);
  return createKeyRing({ source: environment(NAME, options) });
}

describe("an environment variable", () => {
  it("has a JWK set", () => {
    expect(
      open(JSON.stringify(testSet("a", "b")))
        .at(NOW)
        .load(),
    ).toMatchObject([{ kid: "a" }, { kid: "b" }]);
  });

  it.each<[string, string, EnvironmentOptions]>([
    ["as it is", Buffer.from(testSecret("a")).toString(), {}],
    ["in base64url", base64url(testSecret("a")), { encoding: "base64url" }],
  ])("has a secret %s", (_, text, options) => {
    const ring = open(text, { format: "secret", kid: "a", ...options });
    expect(ring.at(NOW).load()).toMatchObject([{ kid: "a", secret: testSecret("a"), isDefault: true }]);
  });

  it("is read again on demand", async () => {
    const ring = open(JSON.stringify(testSet("a")));
    vi.stubEnv(NAME, JSON.stringify(testSet("b")));
    expect(await ring.reload()).toBe(true);
    expect(ring.at(NOW).load()).toMatchObject([{ kid: "b" }]);
    vi.stubEnv(NAME, undefined);
    expect(await ring.reload()).toBe(false);
    expect(ring.status().lastError).toBe(`Expected environment variable "${NAME}" to hold keys, got none of that name`);
    expect(ring.at(NOW).load()).toMatchObject([{ kid: "b" }]);
  });

  it.each<[string, EnvironmentOptions, string]>([
    ["", {}, `Expected environment variable "${NAME}" to hold a JWK set, got nothing`],
    ["secret", {}, `Expected environment variable "${NAME}" to hold a JWK set, got 6 bytes that are no JSON`],
    ["short", { format: "secret" }, "to be at least 32 bytes"],
    ["a=b", { format: "secret", encoding: "base64url" }, "to be base64url without padding, got other text"],
  ])("of %j makes no ring", (text, options, message) => {
    expect(() => open(text, options)).toThrow(message);
  });

  it("needs a name", () => {
    expect(() => environment("")).toThrow("Expected `variable` to be the name of an environment variable, got an empty string");
  });
});
