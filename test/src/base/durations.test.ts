/** Durations as text: one grammar, wherever an option is a number of seconds. */
import { describe, expect, it } from "vitest";
import { createSigner, createVerifier, parseDuration, resolveKeys } from "../../../src/index.js";
import { callback, createKeyRing, remote } from "../../../src/keyring/index.js";
import { directory, file } from "../../../src/keyring/node/index.js";
import { createRevocationList } from "../../../src/revocation/index.js";
import { createSessionRegistry } from "../../../src/sessions/index.js";
import { storeOf, World } from "../../support/logins.js";
import { NOW, signClaims, TEST_SECRET } from "../../support/tokens.js";

describe("a duration in text", () => {
  it.each([
    ["90s", 90],
    ["15m", 900],
    ["2h", 7200],
    ["7d", 604_800],
    ["1w", 604_800],
    ["1.5h", 5400],
    ["1.1h", 3960],
    ["0.001s", 0.001],
    ["0s", 0],
    ["-30s", -30],
  ])("%s is %d seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    ["", "an empty string"],
    ["120", 'digits without a unit: for 120 seconds write 120 or "120s"'],
    ["-5", "digits without a unit"],
    ["1.5", "digits without a unit"],
    ["m", "a string"],
    ["15 m", "a string"],
    [" 15m", "a string"],
    ["15m ", "a string"],
    ["15m\n", "a string"],
    ["15M", "a string"],
    ["15min", "a string"],
    ["2 days", "a string"],
    ["1h30m", "a string"],
    ["500ms", "a string"],
    ["1y", "a string"],
    ["1e3s", "a string"],
    [".5h", "a string"],
    ["5.h", "a string"],
    ["+5s", "a string"],
    ["٣s", "a string"],
    ["0x10s", "a string"],
    ["Infinitys", "a string"],
    ["9".repeat(16).concat("s"), "a string"],
    ["toStrings", "a string"],
  ])("%j is refused", (text, got) => {
    const act = () => parseDuration(text);
    expect(act).toThrow(TypeError);
    expect(act).toThrow(`Expected \`text\` to be a duration, or text with a unit (s, m, h, d, w) such as "15m", got ${got}`);
  });

  it("is not shown when it is refused: it may be a secret by mistake", () => {
    expect(() => createSigner({ key: TEST_SECRET, expiresIn: "hunter2" })).not.toThrow("hunter2");
    expect(() => createSigner({ key: TEST_SECRET, expiresIn: "86400" })).not.toThrow("86400");
  });
});

/** Each option that is a number of seconds, and what takes it. */
const OPTIONS: readonly [name: string, take: (value: never) => unknown][] = [
  ["clockTolerance", (clockTolerance) => createVerifier({ keys: TEST_SECRET, clockTolerance })],
  ["maxTokenAge", (maxTokenAge) => createVerifier({ keys: TEST_SECRET, maxTokenAge })],
  ["maxLifetime", (maxLifetime) => createVerifier({ keys: TEST_SECRET, maxLifetime })],
  ["expiresIn", (expiresIn) => createSigner({ key: TEST_SECRET, expiresIn })],
  ["notBefore", (notBefore) => createSigner({ key: TEST_SECRET, notBefore })],
  ["maxAge", (maxAge) => resolveKeys(() => undefined, { maxAge })],
  ["maxStale", (maxStale) => resolveKeys(() => undefined, { maxStale })],
  ["unknownAge", (unknownAge) => resolveKeys(() => undefined, { unknownAge })],
  ["timeout", (timeout) => resolveKeys(() => undefined, { timeout })],
  ["maxStaleness", (maxStaleness) => createKeyRing({ keys: TEST_SECRET, maxStaleness })],
  ["maxAge", (maxAge) => callback(() => [], { maxAge })],
  ["coolDown", (coolDown) => callback(() => [], { coolDown })],
  ["timeout", (timeout) => callback(() => [], { timeout })],
  ["maxAge", (maxAge) => remote("https://keys.example", { maxAge })],
  ["coolDown", (coolDown) => remote("https://keys.example", { coolDown })],
  ["timeout", (timeout) => remote("https://keys.example", { timeout })],
  ["pollInterval", (pollInterval) => file("keys.json", { pollInterval })],
  ["pollInterval", (pollInterval) => directory("keys", { pollInterval })],
  ["maxStaleness", (maxStaleness) => createRevocationList({ maxStaleness, store: storeOf({}) })],
  ["clockTolerance", (clockTolerance) => createSessionRegistry({ clockTolerance })],
  ["accessLifetime", (accessLifetime) => new World({ accessLifetime })],
  ["refreshLifetime", (refreshLifetime) => new World({ refreshLifetime })],
  ["familyLifetime", (familyLifetime) => new World({ familyLifetime })],
  ["reuseGrace", (reuseGrace) => new World({ reuseGrace })],
  ["timeout", (timeout) => new World({ timeout })],
];

describe.each(OPTIONS)("the option %s", (name, take) => {
  it("takes text with a unit", () => {
    expect(() => take("30s" as never)).not.toThrow();
  });

  it.each(["120", "30 s", "", "soon"])("refuses %j and says what to write", (text) => {
    expect(() => take(text as never)).toThrow(`Expected \`${name}\` to be a`);
    expect(() => take(text as never)).toThrow('or text with a unit (s, m, h, d, w) such as "15m"');
  });
});

describe("text and number", () => {
  it.each([
    ["60s", 60],
    ["1m", 60],
  ])("%s means what %d means", (text, seconds) => {
    for (const maxTokenAge of [text, seconds]) {
      const verifier = createVerifier({ keys: TEST_SECRET, maxTokenAge, clockTolerance: "5s", currentDate: NOW });
      const ages = [64, 65, 66].map((age) => verifier.verify(signClaims({ iat: NOW - age })).ok);
      expect(ages).toEqual([true, true, false]);
    }
  });

  it("have the same bounds", () => {
    expect(() => createVerifier({ keys: TEST_SECRET, clockTolerance: "2d" })).toThrow(
      "Expected `clockTolerance` to be a number of seconds from 0 to 86400, got 172800",
    );
    expect(() => createSigner({ key: TEST_SECRET, expiresIn: "-1h" })).toThrow("more than 0, got -3600");
  });
});
