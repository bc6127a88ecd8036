/** Batchers: calls that come together are judged together, and each caller gets what it would have got alone. */
import "../../support/followFakes.js";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type Batcher,
  type BatcherOptions,
  createBatcher,
  createKeyTable,
  createVerifier,
  deriveKeys,
  deriveSecret,
  type JwtClaims,
  type KeyInput,
  OverloadError,
  resolveKeys,
  type Verdict,
  type Verifier,
} from "../../../src/index.js";
import { callback, createKeyRing } from "../../../src/keyring/index.js";
import { deviceKeys, deviceSecret, deviceToken, fleet } from "../../support/devices.js";
import { PAIRS, signWith, withoutNodeCrypto } from "../../support/pairs.js";
import { testSecret } from "../../support/ring.js";
import { NOW, signClaims, signText, TEST_SECRET } from "../../support/tokens.js";
import { NO_VERDICTS, WRAPPERS, wrapped } from "../../support/wrappers.js";

const rules = { keys: TEST_SECRET, currentDate: NOW };
const tokenOf = (number: number) => signClaims({ sub: `device-${number}` });
const good = tokenOf(0);
const expired = signClaims({ exp: NOW - 60 });
const forged = `${good.slice(0, -4)}AAAA`;

const subjectOf = (verdict: Verdict) => (verdict.ok ? verdict.claims.sub : verdict.code);
const codeOf = (verdict: Verdict) => (verdict.ok ? "ACCEPTED" : verdict.code);
const range = (count: number) => Array.from({ length: count }, (_, number) => number);

/** The codes that tokens get of a batcher, all called in one turn. */
async function codesOf(batcher: Pick<Batcher<JwtClaims>, "verifyAsync">, tokens: readonly string[]): Promise<string[]> {
  return (await Promise.all(tokens.map((token) => batcher.verifyAsync(token)))).map((verdict) => codeOf(verdict));
}

describe("a batcher", () => {
  it("judges the calls of a turn in one batch, and gives each its own verdict", async () => {
    const verifier = createVerifier(rules);
    const batcher = createBatcher(verifier);
    const tokens = range(500).map((number) => (number % 3 ? tokenOf(number) : expired));
    const promises = tokens.map((token) => batcher.verifyAsync(token));
    expect([batcher.pending, verifier.stats().tokens]).toEqual([500, 0]);
    const verdicts = await Promise.all(promises);
    expect(verdicts.map(subjectOf)).toEqual(range(500).map((number) => (number % 3 ? `device-${number}` : "EXPIRED")));
    expect(batcher.stats()).toEqual({ tokens: 500, batches: 1, overloads: 0, pending: 0 });
    expect(verifier.stats()).toMatchObject({ tokens: 500, accepted: 333, batches: { count: 1 } });
  });

  it("goes wherever only a verifier's `verifyAsync` is wanted", async () => {
    const either: Pick<Verifier<{ sub: string }>, "verifyAsync">[] = [createVerifier<{ sub: string }>(rules)];
    either.push(createBatcher(createVerifier<{ sub: string }>(rules)));
    for (const each of either) expect(await each.verifyAsync(good)).toMatchObject({ ok: true, claims: { sub: "device-0" } });
  });

  it("fulfils promises in the order of the calls", async () => {
    const batcher = createBatcher(createVerifier(rules));
    const order: number[] = [];
    await Promise.all(range(100).map((number) => batcher.verifyAsync(number % 2 ? good : forged).then(() => order.push(number))));
    expect(order).toEqual(range(100));
  });

  it("judges as soon as `maxBatch` tokens are there", async () => {
    const verifier = createVerifier(rules);
    const batcher = createBatcher(verifier, { maxBatch: 4 });
    const promises = range(10).map((number) => batcher.verifyAsync(tokenOf(number)));
    expect([verifier.stats().tokens, batcher.pending]).toEqual([8, 2]);
    expect((await Promise.all(promises)).map(subjectOf)).toEqual(range(10).map((number) => `device-${number}`));
    expect(batcher.stats()).toEqual({ tokens: 10, batches: 3, overloads: 0, pending: 0 });
  });

  it("judges by turns: what comes later is another batch", async () => {
    const batcher = createBatcher(createVerifier(rules));
    expect(await codesOf(batcher, [good, forged])).toEqual(["ACCEPTED", "BAD_SIGNATURE"]);
    expect(await codesOf(batcher, [expired])).toEqual(["EXPIRED"]);
    await turn();
    expect(batcher.stats()).toMatchObject({ tokens: 3, batches: 2 });
  });

  it("has read the tokens when the call returns", async () => {
    const batcher = createBatcher(createVerifier(rules));
    const bytes = Uint8Array.from(Buffer.from(good));
    const verdict = batcher.verifyAsync(bytes);
    bytes.fill(0);
    expect(codeOf(await verdict)).toBe("ACCEPTED");
  });

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["a number", 0],
    ["an object", {}],
    ["an empty string", ""],
    ["no bytes", new Uint8Array(0)],
    ["too many bytes", new Uint8Array(300_000)],
  ])("takes %s for no token", async (_, token) => {
    const options = { ...rules, maxTokenLength: 262_144 };
    const verdict = await createBatcher(createVerifier(options)).verifyAsync(token as string);
    expect(verdict).toEqual(createVerifier(options).verify(token as string));
    expect(verdict.ok).toBe(false);
  });

  it("gives claims that are right whatever is verified afterwards", async () => {
    const verifier = createVerifier(rules);
    const batcher = createBatcher(verifier);
    const verdicts = await Promise.all(range(20).map((number) => batcher.verifyAsync(tokenOf(number))));
    verifier.verifyBatch(range(20).map((number) => tokenOf(number + 100)));
    await codesOf(batcher, [forged]);
    expect(verdicts.map(subjectOf)).toEqual(range(20).map((number) => `device-${number}`));
  });

  it("rejects every promise of a batch that the verifier fails with, and goes on", async () => {
    let isBroken = true;
    const currentDate = () => {
      if (isBroken) throw new Error("no clock");
      return NOW;
    };
    const batcher = createBatcher(createVerifier({ keys: TEST_SECRET, currentDate }));
    const settled = await Promise.allSettled([good, forged, ""].map((token) => batcher.verifyAsync(token)));
    expect(settled.map((each) => each.status === "rejected" && String(each.reason))).toEqual(Array(3).fill("Error: no clock"));
    isBroken = false;
    expect(await codesOf(batcher, [good])).toEqual(["ACCEPTED"]);
    expect(batcher.pending).toBe(0);
  });

  it("can be called within `validate`", async () => {
    const inner: Promise<Verdict>[] = [];
    const validate = ({ sub }: { sub?: string }) => {
      if (sub === "device-0") inner.push(batcher.verifyAsync(tokenOf(1)));
      return sub !== "device-2";
    };
    const batcher: Batcher<JwtClaims> = createBatcher(createVerifier({ ...rules, validate }), { maxBatch: 2 });
    expect(await codesOf(batcher, [good, tokenOf(2), good])).toEqual(["ACCEPTED", "VALIDATION_FAILED", "ACCEPTED"]);
    expect((await Promise.all(inner)).map(codeOf)).toEqual(["ACCEPTED", "ACCEPTED"]);
  });

  it("can judge at the end of the microtask instead", async () => {
    const batcher = createBatcher(createVerifier(rules), { flush: "microtask" });
    let isLater = false;
    setImmediate(() => {
      isLater = true;
    });
    expect(await codesOf(batcher, [good, forged])).toEqual(["ACCEPTED", "BAD_SIGNATURE"]);
    expect([isLater, batcher.stats().batches]).toEqual([false, 1]);
  });

  it.each([
    ["setImmediate", []],
    ["a message", ["setImmediate"]],
    ["a timer", ["setImmediate", "MessageChannel"]],
  ])("judges behind the turn's I/O by %s, with what the runtime has", async (_, missing) => {
    for (const name of missing) vi.stubGlobal(name, undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    // It is taken when the library is loaded.
    vi.resetModules();
    const library = await import("../../../src/index.js");
    const batcher = library.createBatcher(library.createVerifier(rules));
    const promises = [batcher.verifyAsync(good)];
    await Promise.resolve();
    promises.push(batcher.verifyAsync(expired));
    expect((await Promise.all(promises)).map(codeOf)).toEqual(["ACCEPTED", "EXPIRED"]);
    expect(batcher.stats().batches).toBe(1);
  });
});

describe("an overloaded batcher", () => {
  it("rejects what is too much, with an error of its own, and keeps the rest", async () => {
    const batcher = createBatcher(createVerifier(rules), { maxQueue: 3 });
    const promises = range(5).map((number) => batcher.verifyAsync(tokenOf(number)));
    const settled = await Promise.allSettled(promises);
    expect(settled.map((each) => (each.status === "fulfilled" ? subjectOf(each.value) : each.reason.code))).toEqual([
      "device-0",
      "device-1",
      "device-2",
      "OVERLOADED",
      "OVERLOADED",
    ]);
    const [, , , refused] = settled;
    expect(refused).toMatchObject({ reason: { name: "OverloadError", message: expect.not.stringContaining("device") } });
    expect(refused?.status === "rejected" && refused.reason).toBeInstanceOf(OverloadError);
    expect(batcher.stats()).toEqual({ tokens: 3, batches: 1, overloads: 2, pending: 0 });
    expect(await codesOf(batcher, [good])).toEqual(["ACCEPTED"]);
  });

  it("refuses of those who wait for a key, and has a verdict for all others", async () => {
    let answer: (key: KeyInput) => void = () => undefined;
    const slow = new Promise<KeyInput>((resolve) => {
      answer = resolve;
    });
    const keys = resolveKeys((name) => (name === "there" ? { secret: deviceSecret(name) } : slow));
    const batcher = createBatcher(createVerifier({ keys, currentDate: NOW }), { maxQueue: 2 });
    const waiting = [batcher.verifyAsync(deviceToken("slow")), batcher.verifyAsync(deviceToken("slow"))];
    await turn();
    await expect(batcher.verifyAsync(deviceToken("slow"))).rejects.toThrow(OverloadError);
    expect(await codesOf(batcher, ["a.b.c"])).toEqual(["MALFORMED"]);
    expect(batcher.pending).toBe(2);
    answer({ secret: deviceSecret("slow") });
    expect((await Promise.all(waiting)).map(codeOf)).toEqual(["ACCEPTED", "ACCEPTED"]);
    expect(await codesOf(batcher, [deviceToken("there")])).toEqual(["ACCEPTED"]);
    expect(batcher.stats()).toMatchObject({ overloads: 1, pending: 0 });
  });
});

describe("tokens that have to wait", () => {
  it("hold up no other of their batch, and are counted once", async () => {
    let answer: (key: KeyInput) => void = () => undefined;
    const slow = new Promise<KeyInput>((resolve) => {
      answer = resolve;
    });
    const keys = resolveKeys((name) => (name === "slow" ? slow : { secret: deviceSecret(name) }));
    const verifier = createVerifier({ keys, currentDate: NOW });
    const batcher = createBatcher(verifier);
    await codesOf(batcher, [deviceToken("a"), deviceToken("b")]);
    const late = batcher.verifyAsync(deviceToken("slow"));
    expect(await codesOf(batcher, [deviceToken("a"), deviceToken("a", 1), deviceToken("b"), ""])).toEqual([
      "ACCEPTED",
      "BAD_SIGNATURE",
      "ACCEPTED",
      "MALFORMED",
    ]);
    expect([batcher.pending, verifier.stats().tokens]).toEqual([1, 6]);
    answer({ secret: deviceSecret("slow") });
    expect(codeOf(await late)).toBe("ACCEPTED");
    expect(batcher.pending).toBe(0);
    const { tokens, codes, batches } = verifier.stats();
    expect([tokens, codes.ACCEPTED, codes.BAD_SIGNATURE, codes.MALFORMED, codes.KEY_NOT_FOUND]).toEqual([7, 5, 1, 1, 0]);
    expect(batches.sizes.filter(({ count }) => count)).toEqual([
      { upTo: 1, count: 3 },
      { upTo: 4, count: 1 },
    ]);
  });

  it("wait for a ring to load, as those of a verifier do", async () => {
    const keys = createKeyRing({ source: callback(async () => deviceKeys(["a"]), { coolDown: 1 }) });
    const batcher = createBatcher(createVerifier({ keys, currentDate: NOW }));
    expect(await codesOf(batcher, [deviceToken("a"), deviceToken("b")])).toEqual(["ACCEPTED", "KEY_NOT_FOUND"]);
    keys.close();
  });

  it("may find no key in the end", async () => {
    const verifier = createVerifier({ keys: createKeyTable({ keys: deviceKeys(["a"]) }), currentDate: NOW });
    expect(await codesOf(createBatcher(verifier), [deviceToken("b"), deviceToken("a")])).toEqual(["KEY_NOT_FOUND", "ACCEPTED"]);
    expect(verifier.stats()).toMatchObject({ tokens: 2, accepted: 1 });
  });

  it("may have keys that are derived", async () => {
    const master = testSecret("master");
    const batcher = createBatcher(createVerifier({ keys: deriveKeys({ master }), currentDate: NOW }));
    const tokens = fleet(20).map((kid) => signText("{}", JSON.stringify({ alg: "HS256", kid }), deriveSecret({ master }, kid)));
    expect(new Set(await codesOf(batcher, tokens))).toEqual(new Set(["ACCEPTED"]));
  });

  it.each<[string, <Result>(act: () => Result) => Result]>([
    ["with node:crypto", (act) => act()],
    ["without it", withoutNodeCrypto],
  ])("may be of public keys, among secrets, %s", async (_, within) => {
    const verifier = within(() =>
      createVerifier({
        keys: [
          { kid: "public", publicKey: PAIRS.EdDSA.publicKey },
          { kid: "secret", secret: testSecret("secret") },
        ],
        currentDate: NOW,
      }),
    );
    const batcher = createBatcher(verifier);
    const byPublic = (sub: string) => signWith("EdDSA", JSON.stringify({ sub }), JSON.stringify({ alg: "EdDSA", kid: "public" }));
    const bySecret = (sub: string) => signClaims({ sub }, { alg: "HS256", kid: "secret" }, testSecret("secret"));
    const tokens = [byPublic("a"), bySecret("b"), `${byPublic("c").slice(0, -8)}AAAAAAAA`, byPublic("d"), forged, bySecret("e")];
    const verdicts = await Promise.all(tokens.map((token) => batcher.verifyAsync(token)));
    expect(verdicts.map(subjectOf)).toEqual(["a", "b", "BAD_SIGNATURE", "d", "KEY_NOT_FOUND", "e"]);
    expect(verifier.stats()).toMatchObject({ tokens: 6, accepted: 4 });
  });
});

describe("a caller's own verifier", () => {
  it.each(WRAPPERS)("that is %s around another is called at once, for each token", async (_, wrap) => {
    const { verifier, heard } = wrapped(wrap, createVerifier(rules), "device-1");
    const batcher = createBatcher(verifier);
    const bytes = Uint8Array.from(Buffer.from(tokenOf(2)));
    const promises = [good, tokenOf(1), forged, bytes].map((token) => batcher.verifyAsync(token));
    bytes.fill(0);
    expect([heard, batcher.pending]).toEqual([[good, tokenOf(1), forged, tokenOf(2)], 4]);
    expect((await Promise.all(promises)).map(subjectOf)).toEqual(["device-0", "VALIDATION_FAILED", "BAD_SIGNATURE", "device-2"]);
    expect(batcher.stats()).toEqual({ tokens: 4, batches: 4, overloads: 0, pending: 0 });
    expect(codeOf(await batcher.verifyAsync(undefined as never))).toBe("MALFORMED");
  });

  it("is what a verifier becomes whose method is replaced later, by a test's spy say, until it is put back", async () => {
    const verifier = createVerifier(rules);
    const batcher = createBatcher(verifier);
    expect(await codesOf(batcher, [good])).toEqual(["ACCEPTED"]);
    const spy = vi.spyOn(verifier, "verifyAsync").mockResolvedValue({ ok: false, code: "REVOKED" });
    expect(await codesOf(batcher, [good, forged])).toEqual(["REVOKED", "REVOKED"]);
    expect(spy.mock.calls).toEqual([[good], [forged]]);
    spy.mockRestore();
    expect(await codesOf(batcher, [good, forged])).toEqual(["ACCEPTED", "BAD_SIGNATURE"]);
    expect(verifier.stats().tokens).toBe(3);
  });

  it.each(NO_VERDICTS)("that gives %s for a verdict is an error", async (_, of) => {
    const verifier = createVerifier(rules);
    const batcher = createBatcher({ verifyAsync: async (token) => of(await verifier.verifyAsync(token)) as never });
    await expect(batcher.verifyAsync(good)).rejects.toThrow(new TypeError("Expected the verifier to give a verdict"));
    expect(batcher.pending).toBe(0);
  });

  it("that fails, at once or later, fails for that token alone", async () => {
    const batcher = createBatcher({
      verifyAsync: (token) => {
        if (token === good) throw new Error("at once");
        return token === forged ? Promise.reject(new Error("later")) : Promise.resolve({ ok: false, code: "EXPIRED" });
      },
    });
    const settled = await Promise.allSettled([good, forged, expired].map((token) => batcher.verifyAsync(token)));
    expect(settled.map((each) => (each.status === "rejected" ? String(each.reason) : codeOf(each.value as Verdict)))).toEqual([
      "Error: at once",
      "Error: later",
      "EXPIRED",
    ]);
  });

  it("that does not answer is waited for as long as a request is, and is overloaded by `maxQueue` tokens", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const batcher = createBatcher({ verifyAsync: () => new Promise<never>(() => {}) }, { maxQueue: 2 });
    const late = [good, good].map((token) => batcher.verifyAsync(token));
    await expect(batcher.verifyAsync(good)).rejects.toThrow(OverloadError);
    expect(batcher.stats()).toEqual({ tokens: 2, batches: 2, overloads: 1, pending: 2 });
    const told = late.map((each) =>
      expect(each).rejects.toMatchObject({ status: 503, message: "Expected the token to be judged within 30 seconds" }),
    );
    await vi.advanceTimersByTimeAsync(30_000);
    await Promise.all(told);
    expect(batcher.pending).toBe(0);
  });
});

describe("createBatcher", () => {
  it.each([
    [{ maxBatch: 0 }, "`maxBatch` to be a whole number of tokens from 1"],
    [{ maxQueue: 1.5 }, "`maxQueue` to be a whole number of tokens from 1"],
    [{ flush: "later" }, '`flush` to be "immediate" or "microtask", got a string'],
    [{ maxbatch: 5 }, "`maxBatch`"],
    [null, "`options` to be an object, got null"],
  ])("refuses %o", (options, message) => {
    expect(() => createBatcher(createVerifier(rules), options as BatcherOptions)).toThrow(message);
  });

  it("refuses a verifier that is none", () => {
    expect(() => createBatcher({} as Verifier)).toThrow("Expected `verifier` to be a verifier, got an object (Object)");
  });
});
