/** Keys looked up when a token names one: single flight, bounds, ages, failures. */
import { describe, expect, it } from "vitest";
import { createVerifier, type KeyResolver, type ResolvedKeysOptions, resolveKeys } from "../../../src/index.js";
import { PAIRS, signWith } from "../../support/pairs.js";
import { testSecret, tokenOf } from "../../support/ring.js";
import { NOW, signClaims } from "../../support/tokens.js";

/** A resolver that knows names beginning with "device", and what it was asked. */
function setUp(options: ResolvedKeysOptions = {}, { later = false } = {}) {
  const asked: string[] = [];
  const resolver: KeyResolver = (name) => {
    asked.push(name);
    const key = name.startsWith("device") ? testSecret(name) : undefined;
    return later ? new Promise((resolve) => setTimeout(resolve, 2, key)) : key;
  };
  const keys = resolveKeys(resolver, options);
  return { asked, keys, verifier: createVerifier({ keys, currentDate: NOW }) };
}

const codeOf = (verdict: { ok: boolean; code?: string }) => (verdict.ok ? "ACCEPTED" : verdict.code);

describe("a resolver that answers at once", () => {
  it("serves single tokens and batches, and is asked once a name", () => {
    const { asked, verifier } = setUp();
    const tokens = ["device 1", "device 2", "device 1", "other", "device 2"].map((kid) => tokenOf(kid));
    expect([...verifier.verifyBatch(tokens).codes]).toEqual([0, 0, 0, 6, 0]);
    expect(verifier.verify(tokens[0] as string).ok).toBe(true);
    expect(codeOf(verifier.verify(tokens[3] as string))).toBe("KEY_NOT_FOUND");
    expect(asked).toEqual(["device 1", "device 2", "other"]);
  });

  it("has its key's signature verified all the same", () => {
    const { verifier } = setUp();
    const forged = signClaims({}, { alg: "HS256", kid: "device 1" }, testSecret("device 2"));
    expect(codeOf(verifier.verify(forged))).toBe("BAD_SIGNATURE");
    expect(codeOf(verifier.verify(forged))).toBe("BAD_SIGNATURE");
  });

  it("may give a public key, which one batch needs beside secrets", async () => {
    const keys = resolveKeys((name) => (name === "pair" ? { publicKey: PAIRS.EdDSA.publicKey } : testSecret(name)));
    const verifier = createVerifier({ keys, currentDate: NOW });
    const pair = signWith("EdDSA", "{}", '{"alg":"EdDSA","kid":"pair"}');
    expect([...verifier.verifyBatch([pair, tokenOf("a"), `${pair.slice(0, -9)}AAAAAAAAA`, pair]).codes]).toEqual([0, 0, 7, 0]);
    expect((await verifier.verifyAsync(pair)).ok).toBe(true);
  });
});

describe("a resolver that promises", () => {
  it("is waited for by those who can wait, and has answered for the others by then", async () => {
    const { asked, verifier } = setUp({}, { later: true });
    const tokens = ["device 1", "device 2", "other"].map((kid) => tokenOf(kid));
    expect([...verifier.verifyBatch(tokens).codes]).toEqual([26, 26, 26]);
    const [first, second, single] = await Promise.all([
      verifier.verifyBatchAsync(tokens),
      verifier.verifyBatchAsync(tokens),
      verifier.verifyAsync(tokens[1] as string),
    ]);
    expect([...first.codes, ...second.codes, codeOf(single)]).toEqual([0, 0, 6, 0, 0, 6, "ACCEPTED"]);
    expect([...verifier.verifyBatch(tokens).codes]).toEqual([0, 0, 6]);
    expect(asked).toEqual(["device 1", "device 2", "other"]);
  });

  it("that fails is reported, without a name, and asked again when the name is forgotten", async () => {
    const errors: string[] = [];
    let fails = true;
    const give = async (name: string) => {
      if (fails) throw new Error("the database is gone");
      return testSecret(name);
    };
    const keys = resolveKeys(give, { onError: ({ message }) => errors.push(message) });
    const verifier = createVerifier({ keys, currentDate: NOW });
    expect(codeOf(await verifier.verifyAsync(tokenOf("device")))).toBe("KEY_UNAVAILABLE");
    fails = false;
    expect(codeOf(await verifier.verifyAsync(tokenOf("device")))).toBe("KEY_UNAVAILABLE");
    expect(errors).toEqual(["the database is gone"]);
    expect(keys.forget("device")).toBe(true);
    expect(codeOf(await verifier.verifyAsync(tokenOf("device")))).toBe("ACCEPTED");
  });

  it("whose answer was forgotten while it was under way changes nothing", async () => {
    let answer = (_: Uint8Array) => {};
    const keys = resolveKeys(
      () =>
        new Promise<Uint8Array>((resolve) => {
          answer = resolve;
        }),
    );
    const verifier = createVerifier({ keys, currentDate: NOW });
    const verdict = verifier.verifyAsync(tokenOf("device"));
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(keys.forget("device")).toBe(true);
    answer(testSecret("device"));
    expect(codeOf(await verdict)).toBe("KEY_UNAVAILABLE");
    expect(keys.size).toBe(0);
  });
});

describe("what is no key", () => {
  it.each([
    ["a short secret", "short", "at least 32 bytes"],
    ["a number", 7, "Expected `the resolver's answer` to be"],
    ["a key of another name", { kid: "other", secret: testSecret("other") }, "another `kid`"],
  ])("%s is reported, and no key", (_, answer, message) => {
    const errors: string[] = [];
    const keys = resolveKeys(() => answer as never, { onError: (error) => errors.push(error.message) });
    const verifier = createVerifier({ keys, currentDate: NOW });
    expect(codeOf(verifier.verify(tokenOf("device")))).toBe("KEY_UNAVAILABLE");
    expect(errors).toEqual([expect.stringContaining(message)]);
    expect(keys.size).toBe(0);
  });

  it("leaves the other tokens of its batch alone, and what a listener throws as well", () => {
    const give = (name: string) => {
      if (name === "bad") throw new Error("no");
      return testSecret(name);
    };
    const keys = resolveKeys(give, {
      onError: () => {
        throw new Error("listener");
      },
    });
    const verifier = createVerifier({ keys, currentDate: NOW });
    expect([...verifier.verifyBatch(["a", "bad", "b"].map((kid) => tokenOf(kid))).codes]).toEqual([0, 26, 0]);
  });
});

describe("what is kept", () => {
  it("is looked up again when it is too old", () => {
    let now = 1000;
    const { asked, verifier } = setUp({ maxAge: 60, unknownAge: 5, currentDate: () => now });
    const judge = () => [tokenOf("device"), tokenOf("other")].map((token) => codeOf(verifier.verify(token)));
    expect(judge()).toEqual(["ACCEPTED", "KEY_NOT_FOUND"]);
    now = 1004;
    judge();
    expect(asked).toEqual(["device", "other"]);
    now = 1005;
    judge();
    expect(asked).toEqual(["device", "other", "other"]);
    now = 1060;
    judge();
    expect(asked).toEqual(["device", "other", "other", "device", "other"]);
  });

  it("is at most so many keys, the oldest going first", () => {
    const { asked, keys, verifier } = setUp({ maxKeys: 3 });
    for (const kid of ["device 1", "device 2", "device 3", "device 4"]) expect(verifier.verify(tokenOf(kid)).ok).toBe(true);
    expect(keys.size).toBe(3);
    expect(verifier.verify(tokenOf("device 4")).ok).toBe(true);
    expect(verifier.verify(tokenOf("device 1")).ok).toBe(true);
    expect(asked).toEqual(["device 1", "device 2", "device 3", "device 4", "device 1"]);
  });

  it("is at most so many names without a key: a flood of others costs no look-up, until they are forgotten", () => {
    let now = 1000;
    const { asked, verifier } = setUp({ maxUnknown: 20, unknownAge: 30, currentDate: () => now });
    for (let index = 0; index < 500; index++) verifier.verify(tokenOf(`made up ${index}`));
    verifier.verifyBatch(Array.from({ length: 500 }, (_, index) => tokenOf(`more ${index}`)));
    expect(asked.length).toBe(20);
    now = 1031;
    expect(verifier.verify(tokenOf("device")).ok).toBe(true);
    expect(asked.length).toBe(21);
  });

  it("is asked for at most so many at a time", async () => {
    const { asked, verifier } = setUp({ maxPending: 5 }, { later: true });
    const tokens = Array.from({ length: 30 }, (_, index) => tokenOf(`device ${index}`));
    expect((await verifier.verifyBatchAsync(tokens)).accepted).toBe(5);
    expect(asked.length).toBe(5);
  });
});

describe("an option", () => {
  it.each([
    [{ maxKeys: 0 }, "Expected `maxKeys` to be a whole number of keys"],
    [{ maxAge: 0 }, "Expected `maxAge` to be a number of seconds"],
    [{ maxUnknown: 1.5 }, "Expected `maxUnknown` to be a whole number of names"],
    [{ onError: 1 }, "Expected `onError` to be a function"],
    [{ maxage: 1 }, "did you mean `maxAge`?"],
  ])("%o is refused", (options, message) => {
    expect(() => resolveKeys(() => undefined, options as never)).toThrow(message);
  });

  it("has to be beside a resolver", () => {
    expect(() => resolveKeys("x" as never)).toThrow("Expected `resolver` to be a function");
  });
});
