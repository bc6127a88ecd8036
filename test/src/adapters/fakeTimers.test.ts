/** What a host's tests see that put fakes in the place of timers: requests are answered, by the date that the tests say it is. */
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createVerifier } from "../../../src/index.js";
import { createSessionRegistry } from "../../../src/sessions/index.js";
import { NOW, signClaims, TEST_SECRET } from "../../support/tokens.js";
import { send } from "./client.js";
import { FRAMEWORKS, listen } from "./frameworks.js";

/** All that a host's tests replace, unless told not to, but what Node itself cannot do without. */
const FAKES = [
  ...(["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "setInterval", "clearInterval"] as const),
  ...(["Date", "performance", "queueMicrotask"] as const),
];

const token = signClaims({ sub: "device", exp: NOW + 60 });

afterEach(() => void vi.useRealTimers());

describe.each(Object.entries(FRAMEWORKS))("with fake timers, %s", (_, open) => {
  it("answers, and judges by the fake date", async () => {
    const port = await listen(await open({ options: { verifier: createVerifier({ keys: TEST_SECRET }) } }));
    vi.useFakeTimers({ toFake: FAKES, now: 1000 * NOW });
    const ask = async () => (await send(port, { lines: [["authorization", `Bearer ${token}`]] })).status;
    expect(await ask()).toBe(200);
    vi.setSystemTime(1000 * (NOW + 61));
    expect(await ask()).toBe(401);
  });
});

describe("with fake timers", () => {
  it.each([
    ["Sinon and Vitest", () => Object.assign(() => {}, { clock: {} })],
    ["Jest's legacy timers", () => Object.assign(() => {}, { _isMockFunction: true })],
    ["node:test", () => (() => {}).bind(undefined)],
  ])("batchers judge, though fakes of %s were there before the library was loaded", async (_, fake) => {
    for (const name of ["setImmediate", "queueMicrotask"]) vi.stubGlobal(name, fake());
    onTestFinished(() => void vi.unstubAllGlobals());
    vi.resetModules();
    const { createBatcher, createVerifier } = await import("../../../src/index.js");
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    for (const flush of ["immediate", "microtask"] as const)
      expect(await createBatcher(verifier, { flush }).verifyAsync(token)).toMatchObject({ ok: true });
  });

  it("a session ends soon after the fake date has passed its end", async () => {
    vi.useFakeTimers({ toFake: FAKES, now: 1000 * NOW });
    const ended = new Promise((resolve) => createSessionRegistry().add({ exp: NOW + 60 }, resolve));
    vi.setSystemTime(1000 * (NOW + 61));
    expect(await ended).toBe("expired");
  });
});
