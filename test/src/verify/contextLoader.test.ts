/** Contexts in linear memory while promises are under way: none is given back while a call judges by it, and none is kept after that. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { ACCEPTED, CONTEXT_BYTES, CONTEXT_HEADERS, FIRST_BLOCK_BYTES, FIRST_BLOCK_ENTRIES, FIRST_BLOCKS } from "../../../src/abi.js";
import { openEngine } from "../../../src/engine/openEngine.js";
import { createVerifier, type Verdict } from "../../../src/index.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import type { KeySource } from "../../../src/sources/keySource.js";
import { ContextLoader } from "../../../src/verify/contextLoader.js";
import type { LoadedContext } from "../../../src/verify/loadedContext.js";
import { parseOptions } from "../../../src/verify/options.js";
import { PAIRS, signWith } from "../../support/pairs.js";
import { testJwk, testSecret, tokenOf } from "../../support/ring.js";
import { NOW, signClaims } from "../../support/tokens.js";

afterEach(() => vi.restoreAllMocks());

/** The contexts without lists that were loaded since and not given back, by address. Giving anything back twice is an error. */
function watchHeap(): Map<number, number> {
  const engine = openEngine(["HS256", "HS512"]);
  const live = new Map<number, number>();
  const [allocate, release] = [engine.memory.allocate.bind(engine.memory), engine.memory.release.bind(engine.memory)];
  const gone = new Set<number>();
  vi.spyOn(engine.memory, "allocate").mockImplementation((size) => {
    const address = allocate(size);
    if (size === CONTEXT_BYTES) live.set(address, size);
    gone.delete(address);
    return address;
  });
  vi.spyOn(engine.memory, "release").mockImplementation((address, size, wasUsed) => {
    expect(gone, "given back twice").not.toContain(address);
    live.delete(address);
    gone.add(address);
    release(address, size, wasUsed);
  });
  return live;
}

function codeOf(verdict: Verdict): string {
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

/** EdDSA and HS256 in turns, each token another. */
function tokensOf(kid: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => {
    const claims = { sub: `${kid} ${number}` };
    if (number % 2) return signClaims(claims, { alg: "HS256", kid: `${kid} secret` }, testSecret(`${kid} secret`));
    return signWith("EdDSA", JSON.stringify(claims), JSON.stringify({ alg: "EdDSA", kid }));
  });
}

describe("a context", () => {
  /** The plan of a ring that has one key, and a way to change it. */
  function setUp() {
    const ring = createKeyRing({ keys: testJwk("key 0") });
    const live = watchHeap();
    const loader = new ContextLoader(openEngine(), parseOptions({ keys: ring }));
    let turn = 0;
    const swap = () => {
      ring.add(testJwk(`key ${++turn}`));
      ring.remove(`key ${turn - 1}`);
      return loader.at(NOW);
    };
    return { loader, swap, live };
  }

  /** Holds a context for as long as a promise lasts. */
  async function holdFor(context: LoadedContext, work: () => Promise<void>): Promise<void> {
    context.hold();
    try {
      await work();
    } finally {
      context.letGo();
    }
  }

  it("that no call holds is given back when another replaces it", () => {
    const { loader, swap, live } = setUp();
    const first = loader.at(NOW);
    expect([...live.keys()]).toEqual([first.address]);
    const second = swap();
    expect([...live.keys()]).toEqual([second.address]);
  });

  it("is kept until its last holder is done", async () => {
    const { loader, swap, live } = setUp();
    const first = loader.at(NOW);
    const ends: (() => void)[] = [];
    const holders = [0, 1].map(() => holdFor(first, () => new Promise<void>((resolve) => ends.push(resolve))));
    const second = swap();
    expect([...live.keys()]).toEqual([first.address, second.address]);
    ends[1]?.();
    await holders[1];
    expect(live.has(first.address)).toBe(true);
    ends[0]?.();
    await holders[0];
    expect([...live.keys()]).toEqual([second.address]);
  });

  it("is given back when its holder fails, at once or later", async () => {
    const { loader, swap, live } = setUp();
    const [now, later] = [
      () => Promise.reject(new Error("later")),
      () => {
        throw new Error("at once");
      },
    ];
    for (const fail of [now, later]) {
      const context = loader.at(NOW);
      const held = holdFor(context, async () => {
        swap();
        await fail();
      });
      await expect(held).rejects.toThrow();
      expect(live.size).toBe(1);
      expect(live.has(context.address)).toBe(false);
    }
  });

  it("in use outlives its verifier", async () => {
    const { loader, live } = setUp();
    const context = loader.at(NOW);
    let end = () => {};
    const held = holdFor(
      context,
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    loader.current.clear();
    expect(live.has(context.address)).toBe(true);
    end();
    await held;
    expect(live.size).toBe(0);
  });
});

describe("a swap while promises are under way", () => {
  it("changes no verdict, a hundred times, and leaves no context", async () => {
    const jwkOf = (kid: string) => ({ ...PAIRS.EdDSA.publicKey.export({ format: "jwk" }), kty: "OKP" as const, kid });
    const ring = createKeyRing({ keys: [jwkOf("key 0"), testJwk("key 0 secret")] });
    const live = watchHeap();
    const verifier = createVerifier({ keys: { at: (now) => ring.at(now) }, currentDate: NOW });
    // Rules of another verifier, of the same size, that take the place of a context given back too early.
    const stranger = createKeyRing({ keys: [jwkOf("key 0"), testJwk("key 0 secret")] });
    const strange = createVerifier({ keys: stranger, currentDate: NOW });
    const calls: Promise<void>[] = [];
    let most = 0;
    for (let turn = 0; turn < 100; turn++) {
      const kid = `key ${turn}`;
      const next = `key ${turn + 1}`;
      const [mine, theirs] = [tokensOf(kid, 6), tokensOf(next, 4)];
      const expected = [...mine.map(() => "ACCEPTED"), ...theirs.map(() => "KEY_NOT_FOUND")];
      const check = async () => {
        const [batch, ...singles] = await Promise.all([
          verifier.verifyBatchAsync([...mine, ...theirs]),
          ...[...mine, ...theirs].map((token) => verifier.verifyAsync(token)),
        ]);
        expect([...batch].map(codeOf)).toEqual(expected);
        expect([...batch].map((verdict) => verdict.ok && verdict.claims.sub)).toEqual([
          ...mine.map((_, number) => `${kid} ${number}`),
          ...theirs.map(() => false),
        ]);
        expect(singles.map(codeOf)).toEqual(expected);
      };
      calls.push(check());
      for (const swapped of [ring, stranger]) {
        swapped.add(jwkOf(next));
        swapped.add(testJwk(`${next} secret`));
        swapped.remove(kid);
        swapped.remove(`${kid} secret`);
      }
      // Both load what they have now: the blocks of before are replaced.
      expect(codeOf(verifier.verify(tokenOf(`${next} secret`)))).toBe("ACCEPTED");
      expect(codeOf(strange.verify(tokenOf(`${next} secret`)))).toBe("ACCEPTED");
      most = Math.max(most, live.size);
      if (turn % 10 === 9) await Promise.all(calls.splice(0));
    }
    await Promise.all(calls);
    expect(live.size).toBe(2);
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThan(20);
  });

  it("while a source is asked for unknown keys holds no context", async () => {
    const ring = createKeyRing({ keys: testJwk("key 0") });
    const live = watchHeap();
    let end = () => {};
    const keys: KeySource = {
      at: (now) => ring.at(now),
      refresh: () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    };
    const verifier = createVerifier({ keys, currentDate: NOW });
    const verdict = verifier.verifyAsync(tokenOf("key 2"));
    await new Promise((resolve) => setTimeout(resolve, 1));
    for (let turn = 1; turn <= 50; turn++) {
      ring.add(testJwk(`key ${turn}`));
      ring.remove(`key ${turn - 1}`);
      verifier.verify(tokenOf("none"));
      expect(live.size).toBe(1);
    }
    ring.add(testJwk("key 2 again", { kid: "another" }));
    end();
    expect(codeOf(await verdict)).toBe("KEY_NOT_FOUND");
    expect(live.size).toBe(1);
  });
});

describe("what a context remembers headers in", () => {
  const engine = openEngine(["HS256"]);
  const headersOf = (context: LoadedContext) => engine.memory.word(context.address, CONTEXT_HEADERS);
  const loaded = () => new ContextLoader(engine, parseOptions({ keys: testSecret("only"), currentDate: NOW }));

  it("is there from the second token on, and what is judged is the same", () => {
    const verifier = createVerifier({ keys: testSecret("only"), currentDate: NOW });
    const tokens = Array.from({ length: 40 }, (_, number) =>
      signClaims({ sub: `${number}` }, { alg: "HS256", x: number % 20 }, testSecret("only")),
    );
    for (const token of tokens) expect(verifier.verify(token)).toMatchObject({ ok: true });
    const loader = loaded();
    expect([headersOf(loader.at(NOW)), headersOf(loader.at(NOW))]).toEqual([0, expect.any(Number)]);
    expect(headersOf(loader.at(NOW))).not.toBe(0);
    loader.release();
  });

  it("is there at once for a batch", () => {
    const loader = loaded();
    expect(headersOf(loader.at(NOW, 2))).not.toBe(0);
    loader.release();
  });

  it("is given back with the context, used or not", () => {
    const allocate = vi.spyOn(engine.memory, "allocate");
    const release = vi.spyOn(engine.memory, "release");
    for (const uses of [0, 1, 2, 3]) {
      const loader = loaded();
      for (let use = 0; use < uses; use++) loader.at(NOW);
      loader.release();
    }
    const taken = allocate.mock.calls.map(([size], index) => [allocate.mock.results[index]?.value, size]);
    const given = release.mock.calls.map(([address, size]) => [address, size]);
    expect(given.toSorted()).toEqual(taken.toSorted());
  });

  it("is not there where memory has no room: each header is parsed", () => {
    const loader = loaded();
    vi.spyOn(engine.memory, "allocate").mockImplementationOnce(() => {
      throw new RangeError("no memory");
    });
    const context = loader.at(NOW, 2);
    expect(headersOf(context)).toBe(0);
    for (const sub of ["a", "b", "c"]) {
      expect(engine.chunks.verifyOne(loader.at(NOW).address, signClaims({ sub }, { alg: "HS256" }, testSecret("only")), 8192, NOW)).toBe(
        ACCEPTED,
      );
    }
    loader.release();
  });
});

describe("keys that are gone", () => {
  it("take what was remembered of them along, and leave what was of others", () => {
    const engine = openEngine(["HS256"]);
    const [stays, goes] = ["stays", "goes"].map(
      (name) => new ContextLoader(engine, parseOptions({ keys: testSecret(name), currentDate: NOW })),
    ) as [ContextLoader, ContextLoader];
    const learnt = () => {
      const remembered = engine.memory.bytes.subarray(FIRST_BLOCKS, FIRST_BLOCKS + FIRST_BLOCK_ENTRIES * FIRST_BLOCK_BYTES);
      let count = 0;
      for (let entry = 0; entry < remembered.length; entry += FIRST_BLOCK_BYTES) {
        if (remembered.subarray(entry + 64, entry + 100).some((byte) => byte !== 0)) count++;
      }
      return count;
    };
    const before = learnt();
    const teach = (loader: ContextLoader, name: string) => {
      const token = signClaims(
        { iss: "https://issuer.example/with/a/long/path", sub: name },
        { alg: "HS256", typ: "JWT" },
        testSecret(name),
      );
      for (let time = 0; time < 4; time++) expect(engine.chunks.verifyOne(loader.at(NOW).address, token, 8192, NOW)).toBe(ACCEPTED);
    };
    teach(stays, "stays");
    teach(goes, "goes");
    expect(learnt()).toBe(before + 2);
    goes.release();
    expect(learnt()).toBe(before + 1);
    stays.release();
    expect(learnt()).toBe(before);
  });
});
