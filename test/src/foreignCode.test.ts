/** Code of the caller's that runs within a verifier's call: whatever it does, the call is judged by its own keys and rules. */
import { describe, expect, it } from "vitest";
import {
  createBatcher,
  createKeyTable,
  createVerifier,
  resolveKeys,
  type Verdict,
  type Verifier,
  type VerifierOptions,
} from "../../src/index.js";
import { createKeyRing } from "../../src/keyring/ring.js";
import { createRevocationList } from "../../src/revocation/list.js";
import type { KeySource } from "../../src/sources/keySource.js";
import { OTHER_PAIRS, PAIRS, signWith } from "../support/pairs.js";
import { publicJwk, testJwk, tokenOf } from "../support/ring.js";
import { NOW } from "../support/tokens.js";

const codeOf = (verdict: Verdict) => (verdict.ok ? "ACCEPTED" : verdict.code);

/** Each way of asking, as one code for one token. */
const CALLS: readonly [name: string, ask: (verifier: Verifier, token: string) => Promise<string>][] = [
  ["verify", async (verifier, token) => codeOf(verifier.verify(token))],
  ["verifyBatch", async (verifier, token) => codeOf(verifier.verifyBatch([token]).at(0))],
  ["verifyAsync", async (verifier, token) => codeOf(await verifier.verifyAsync(token))],
  ["verifyBatchAsync", async (verifier, token) => codeOf((await verifier.verifyBatchAsync([token])).at(0))],
];

/** Where the code runs, as options of a verifier. */
const PLACES: readonly [name: string, options: (run: () => void) => Partial<VerifierOptions>][] = [
  [
    "a list's clock",
    (run) => {
      const store = { name: "test", open: () => {}, append: async () => {}, close: async () => {} };
      const currentDate = () => {
        run();
        return NOW;
      };
      return { revocation: createRevocationList({ store, maxStaleness: 60, currentDate }) };
    },
  ],
  [
    "a list of the caller's own",
    (run) => {
      const list = createRevocationList();
      const place = () => {
        run();
        return list.place();
      };
      return { revocation: { place, outlive: () => {}, health: () => list.health() } };
    },
  ],
  [
    "a verifier's clock",
    (run) => ({
      currentDate: () => {
        run();
        return NOW;
      },
    }),
  ],
];

describe.each(CALLS)("%s", (_, ask) => {
  describe.each(PLACES)("with code that runs in %s", (_place, optionsOf) => {
    it.each([
      ["a ring", (ring: KeySource) => ({ keys: ring })],
      ["a ring of one of several issuers", (ring: KeySource) => ({ issuers: [{ issuer: "https://a.example", keys: ring }] })],
    ])("does not judge by another verifier's keys where that code swaps those of %s", async (_ring, keysOf) => {
      let ring = createKeyRing({ keys: testJwk("own 0") });
      const source: KeySource = { at: (now) => ring.at(now) };
      let isEntered = false;
      let round = 0;
      const others: Verifier[] = [];
      const swapAndVerify = () => {
        if (isEntered) return;
        isEntered = true;
        ring = createKeyRing({ keys: testJwk(`own ${++round}`) });
        verifier.verify("a.b.c");
        for (let count = 0; count < 4; count++) {
          const foreign = createVerifier({ ...keysOf(createKeyRing({ keys: testJwk("foreign") })), currentDate: NOW });
          foreign.verify("a.b.c");
          others.push(foreign);
        }
        isEntered = false;
      };
      isEntered = true;
      const verifier = createVerifier({ currentDate: NOW, ...keysOf(source), ...optionsOf(swapAndVerify) });
      verifier.verify("a.b.c");
      isEntered = false;
      const claims = { iss: "https://a.example" };
      for (let turn = 0; turn < 5; turn++) {
        expect(await ask(verifier, tokenOf("foreign", claims))).toBe("KEY_NOT_FOUND");
        expect(await ask(verifier, tokenOf(`own ${round + 1}`, claims))).toBe("ACCEPTED");
      }
      expect(others).toHaveLength(40);
    });
  });

  it("does not judge a public key's token by another verifier's rules where a list's clock swaps the ring", async () => {
    let isEntered = true;
    let ring = createKeyRing({ keys: publicJwk("pair", "EdDSA") });
    const source: KeySource = { at: (now) => ring.at(now) };
    const list = createRevocationList();
    const others: Verifier[] = [];
    const place = () => {
      if (!isEntered) {
        isEntered = true;
        ring = createKeyRing({ keys: publicJwk("pair", "EdDSA") });
        verifier.verify("a.b.c");
        for (let count = 0; count < 4; count++)
          others.push(createVerifier({ keys: { kid: "pair", publicKey: PAIRS.EdDSA.publicKey }, currentDate: NOW, issuer: "b" }));
        isEntered = false;
      }
      return list.place();
    };
    const revocation = { place, outlive: () => {}, health: () => list.health() };
    const verifier = createVerifier({ keys: source, issuer: "a", currentDate: NOW, revocation });
    const token = (iss: string) => signWith("EdDSA", JSON.stringify({ iss }), JSON.stringify({ alg: "EdDSA", kid: "pair" }));
    verifier.verify(token("a"));
    isEntered = false;
    for (let turn = 0; turn < 5; turn++) {
      expect(await ask(verifier, token("a"))).toBe("ACCEPTED");
      expect(await ask(verifier, token("b"))).toBe("ISSUER_MISMATCH");
    }
    expect(others.length).toBeGreaterThan(0);
  });

  it.each([
    ["says nothing of whether it is stale", { list: createRevocationList().place().list }],
    ["says that it is stale with something else than a boolean", { list: createRevocationList().place().list, isStale: 0 }],
  ])("accepts nothing by a list of the caller's own that %s", async (_list, placed) => {
    const revocation = { place: () => placed as never, outlive: () => {}, health: () => createRevocationList().health() };
    expect(await ask(createVerifier({ keys: testJwk("1"), currentDate: NOW, revocation }), tokenOf("1"))).toBe("REVOCATION_STALE");
  });

  it.each([
    ["promises", () => Promise.resolve(0)],
    ["says nothing", () => undefined],
    ["says what is no code", () => Number.NaN],
    ["says something that becomes 0 in a byte", () => 256],
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
  ])("accepts nothing by a replay guard of the caller's own that %s", async (_guard, judge) => {
    const replay = { judge: judge as () => number, outlive: () => {} };
    const verifier = createVerifier({ keys: testJwk("1"), currentDate: NOW, replay });
    expect(await ask(verifier, tokenOf("1", { jti: "a", exp: NOW + 60 }))).toBe("REPLAY_GUARD_FULL");
  });
});

describe("sources that are asked to let go of what is old, or to renew it", () => {
  function sourceOf(more: Partial<KeySource>): KeySource {
    const ring = createKeyRing({ keys: testJwk("1") });
    return { at: (now) => ring.at(now), changes: { count: 0 }, ...more };
  }
  const claims = { iss: "https://a.example" };

  it("are asked at each call of a verifier of several issuers, which does not ask for their keys each time", async () => {
    let asked = 0;
    const keys = sourceOf({ expire: () => void asked++ });
    const verifier = createVerifier({ issuers: [{ issuer: "https://a.example", keys }], currentDate: NOW });
    for (const [, ask] of CALLS) {
      const before = asked;
      expect(await ask(verifier, tokenOf("1", claims))).toBe("ACCEPTED");
      expect(asked).toBeGreaterThan(before);
    }
  });

  it.each(["verifyAsync", "verifyBatchAsync"] as const)("are awaited by %s only for tokens of their own issuer", async (call) => {
    const ring = createKeyRing({ keys: testJwk("1") });
    let asked = 0;
    const fresh = () => {
      asked++;
      return new Promise<void>(() => {});
    };
    const hanging: KeySource = { at: (now) => ring.at(now), fresh };
    const verifier = createVerifier({
      currentDate: NOW,
      issuers: [
        { issuer: "https://a.example", keys: hanging },
        { issuer: "https://b.example", keys: testJwk("2") },
      ],
    });
    const ask = async (token: string) =>
      call === "verifyAsync" ? verifier.verifyAsync(token) : (await verifier.verifyBatchAsync([token])).at(0);
    expect(codeOf(await ask(tokenOf("2", { iss: "https://b.example" })))).toBe("ACCEPTED");
    expect(asked).toBe(0);
    let hasSettled = false;
    void ask(tokenOf("1", claims)).then(() => {
      hasSettled = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([asked, hasSettled]).toEqual([1, false]);
  });

  /** Of two issuers, the source of the first being renewed for ever. */
  function hangingOne(): Verifier {
    const ring = createKeyRing({ keys: testJwk("1") });
    return createVerifier({
      currentDate: NOW,
      issuers: [
        { issuer: "https://a.example", keys: { at: (now) => ring.at(now), fresh: () => new Promise<void>(() => {}) } },
        { issuer: "https://b.example", keys: testJwk("2") },
      ],
    });
  }

  it.each<[string, (verifier: Verifier) => (token: string) => Promise<Verdict | undefined>]>([
    ["verifyAsync", (verifier) => (token) => verifier.verifyAsync(token)],
    ["verifyBatchAsync", (verifier) => (token) => verifier.verifyBatchAsync([token]).then((batch) => batch.at(0))],
    ["a batcher", (verifier) => (token) => createBatcher(verifier).verifyAsync(token)],
  ])("are not awaited by %s for a token that names no issuer, whatever token came before it", async (_, askOf) => {
    const verifier = hangingOne();
    const ask = askOf(verifier);
    for (const [token, code] of [
      ["junk", "MALFORMED"],
      ["x".repeat(10_000), "TOKEN_TOO_LONG"],
      [tokenOf("1", { iss: "https://c.example" }), "ISSUER_NOT_FOUND"],
    ] as const) {
      expect(codeOf(verifier.verify(tokenOf("1", claims)))).toBe("ACCEPTED");
      const late = new Promise<undefined>((resolve) => setTimeout(resolve, 1000));
      expect(await Promise.race([ask(token), late])).toMatchObject({ ok: false, code });
    }
  });

  it("take no room in a batcher from tokens of other issuers, and leave them in one batch", async () => {
    const verifier = hangingOne();
    const batcher = createBatcher(verifier, { maxQueue: 2 });
    const hang = () => batcher.verifyAsync(tokenOf("1", claims));
    void hang();
    void hang();
    await new Promise(setImmediate);
    const other = tokenOf("2", { iss: "https://b.example" });
    const asked = [hang(), batcher.verifyAsync(other)];
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(codeOf(await batcher.verifyAsync(other))).toBe("ACCEPTED");
    expect(batcher.pending).toBe(2);
    expect(verifier.stats().codes.ACCEPTED).toBe(2);
  });

  it("are awaited by callers that can wait, which judge by what there is then", async () => {
    let ring = createKeyRing({ keys: testJwk("withdrawn") });
    let isOld = true;
    const fresh = () => {
      if (!isOld) return undefined;
      return Promise.resolve().then(() => {
        isOld = false;
        ring = createKeyRing({ keys: testJwk("new") });
      });
    };
    const verifier = createVerifier({ keys: { at: (now) => ring.at(now), fresh }, currentDate: NOW });
    const bytes = Uint8Array.from(Buffer.from(tokenOf("new")));
    const verdicts = [verifier.verifyAsync(tokenOf("withdrawn")), verifier.verifyAsync(bytes)];
    const batches = [verifier.verifyBatchAsync([tokenOf("withdrawn"), bytes])];
    bytes.fill(0);
    expect((await Promise.all(verdicts)).map(codeOf)).toEqual(["KEY_NOT_FOUND", "ACCEPTED"]);
    expect([...((await Promise.all(batches))[0] ?? [])].map(codeOf)).toEqual(["KEY_NOT_FOUND", "ACCEPTED"]);
  });
});

describe("a source of one issuer's keys that has the verifier judge by another time", () => {
  it.each(["at", "load"] as const)("leaves a call with the keys of its own time, within %s", (place) => {
    let now = NOW;
    let enter: (() => void) | undefined;
    const ring = createKeyRing({ keys: { keys: [testJwk("1"), testJwk("2")] }, currentDate: () => NOW });
    ring.retire("1", NOW + 100);
    const run = (where: string) => {
      if (where === place) enter?.();
    };
    const load = () => {
      run("load");
      return [];
    };
    const at = () => {
      run("at");
      return { load };
    };
    const token = tokenOf("1", { iss: "https://a.example" });
    const issuers = [
      { issuer: "https://a.example", keys: ring },
      { issuer: "https://b.example", keys: { at } },
    ];
    const verifier = createVerifier({ issuers, currentDate: () => now });
    expect(codeOf(verifier.verify(token))).toBe("ACCEPTED");
    now = NOW + 200;
    enter = () => {
      enter = undefined;
      now = NOW;
      expect(codeOf(verifier.verify(token))).toBe("ACCEPTED");
      now = NOW + 200;
    };
    for (let call = 0; call < 3; call++) expect(codeOf(verifier.verify(token))).toBe("KEY_NOT_FOUND");
  });
});

describe("a key that goes while the platform verifies a signature with it", () => {
  it.each(["verifyAsync", "verifyBatchAsync"] as const)("is looked up again before %s says that there is none", async (call) => {
    let asked = 0;
    const keys = resolveKeys(() => {
      asked++;
      return { publicKey: PAIRS.EdDSA.publicKey };
    });
    const verifier = createVerifier({ keys, currentDate: NOW });
    const token = signWith("EdDSA", "{}", '{"alg":"EdDSA","kid":"device"}');
    expect(codeOf(await verifier.verifyAsync(token))).toBe("ACCEPTED");
    const asking = call === "verifyAsync" ? verifier.verifyAsync(token) : verifier.verifyBatchAsync([token]).then((batch) => batch.at(0));
    keys.forget("device");
    expect(codeOf(await asking)).toBe("ACCEPTED");
    expect(asked).toBe(2);
  });
});

it("a key that goes while the platform verifies a signature is not asked of another issuer's source", async () => {
  const asked: string[] = [];
  const down = resolveKeys((name) => {
    asked.push(name);
    throw new Error("down");
  });
  const pair = (publicKey: typeof PAIRS.ES256.publicKey) => ({ kid: "pair", alg: "ES256" as const, publicKey });
  const table = createKeyTable({ keys: [pair(PAIRS.ES256.publicKey)] });
  const verifier = createVerifier({
    currentDate: NOW,
    issuers: [
      { issuer: "https://a.example", keys: down },
      { issuer: "https://b.example", keys: table },
    ],
  });
  const ofTable = signWith("ES256", '{"iss":"https://b.example"}', '{"alg":"ES256","kid":"pair"}');
  const asking = verifier.verifyBatchAsync([tokenOf("x", { iss: "https://a.example" }), ofTable]);
  table.set([pair(OTHER_PAIRS.ES256.publicKey)]);
  expect([...(await asking)].map(codeOf)).toEqual(["KEY_UNAVAILABLE", "KEY_NOT_FOUND"]);
  expect(asked).toEqual(["x"]);
});
