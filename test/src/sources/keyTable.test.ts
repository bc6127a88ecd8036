/** Key tables: very many keys that come and go while verifiers use them. */
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { CHUNK_TOKENS } from "../../../src/abi.js";
import { openEngine } from "../../../src/engine/openEngine.js";
import { createKeyTable, createVerifier, type KeyInput, type KeyTable, type KeyTableOptions, type Verifier } from "../../../src/index.js";
import { deviceKeys, deviceSecret, deviceToken, fleet, LARGE, tableOf } from "../../support/devices.js";
import { OTHER_PAIRS, PAIRS, signWith, withoutNodeCrypto } from "../../support/pairs.js";
import { testSecret, tokenOf } from "../../support/ring.js";
import { base64url, NOW, signClaims, signSegments, signText } from "../../support/tokens.js";

function codeOf(verifier: Verifier, token: string): string {
  const verdict = verifier.verify(token);
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

const publicKey = (kid: string, pairs = PAIRS) => ({ kid, publicKey: pairs.EdDSA.publicKey });
const publicToken = (kid: string, pairs = PAIRS, claims = "{}") =>
  signWith("EdDSA", claims, JSON.stringify({ alg: "EdDSA", kid }), pairs.EdDSA.privateKey);

describe("a key table", () => {
  it("is empty unless it is given keys", () => {
    const table = createKeyTable();
    expect([table.size, table.has("a"), table.delete("a")]).toEqual([0, false, false]);
    expect(codeOf(createVerifier({ keys: table }), deviceToken("a"))).toBe("KEY_NOT_FOUND");
    table.set([]);
    table.clear();
    expect(table.size).toBe(0);
  });

  it.each<[string, (keys: KeyInput[]) => Iterable<KeyInput>]>([
    ["an array", (keys) => keys],
    ["a Set", (keys) => new Set(keys)],
    ["the values of a Map", (keys) => new Map(keys.map((key, index) => [index, key])).values()],
    [
      "a generator",
      function* (keys) {
        yield* keys;
      },
    ],
  ])("takes %s of keys, more than are loaded at once", (_, iterable) => {
    const kids = fleet(2 * CHUNK_TOKENS + 1);
    const table = createKeyTable({ keys: iterable(deviceKeys(kids.slice(0, 1500))) });
    table.set(iterable(deviceKeys(kids.slice(1500))));
    expect(table.size).toBe(kids.length);
    expect(createVerifier({ keys: table, currentDate: NOW }).verifyBatch(kids.map((kid) => deviceToken(kid))).accepted).toBe(kids.length);
  });

  it("says what it has, and removes one key or all", () => {
    const table = tableOf(["a", "b", "", "ключ"]);
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    expect(["a", "b", "", "ключ", "c"].map((kid) => table.has(kid))).toEqual([true, true, true, true, false]);
    expect([table.delete("ключ"), table.delete("ключ"), table.size]).toEqual([true, false, 3]);
    expect(codeOf(verifier, deviceToken("ключ"))).toBe("KEY_NOT_FOUND");
    table.clear();
    expect([table.size, table.has("a"), codeOf(verifier, deviceToken("a"))]).toEqual([0, false, "KEY_NOT_FOUND"]);
    table.set(deviceKeys(["a"]));
    expect([table.size, codeOf(verifier, deviceToken("a"))]).toEqual([1, "ACCEPTED"]);
  });

  it("has the last of several keys of one name", () => {
    const table = createKeyTable({ keys: [0, 1, 2].flatMap((version) => deviceKeys(["a", "b"], version)) });
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    expect(table.size).toBe(2);
    expect([0, 1, 2].map((version) => codeOf(verifier, deviceToken("a", version)))).toEqual(["BAD_SIGNATURE", "BAD_SIGNATURE", "ACCEPTED"]);
  });

  it("holds keys of every kind, each for its own algorithm", () => {
    const long = Buffer.alloc(64, "a long test key ");
    const table = createKeyTable({
      keys: [
        { kid: "h", secret: long },
        { kid: "h3", secret: long, alg: "HS384" },
        { kty: "oct", kid: "jwk", k: base64url(long), alg: "HS512" },
        { kid: "e", alg: "ES256", publicKey: PAIRS.ES256.publicKey },
        publicKey("o"),
      ],
    });
    const verifier = createVerifier({ keys: table });
    const hmac = (kid: string, alg: "HS256" | "HS384" | "HS512") =>
      signSegments(base64url(JSON.stringify({ alg, kid })), base64url("{}"), long, alg);
    const right = [hmac("h", "HS256"), hmac("h3", "HS384"), hmac("jwk", "HS512"), publicToken("o")];
    right.push(signWith("ES256", "{}", '{"alg":"ES256","kid":"e"}'));
    expect([...verifier.verifyBatch(right).codes]).toEqual([0, 0, 0, 0, 0]);
    const wrong = [hmac("h3", "HS256"), hmac("e", "HS256"), hmac("h", "HS512"), publicToken("h"), publicToken("e")];
    expect([...verifier.verifyBatch(wrong).codes]).toEqual([5, 5, 5, 5, 5]);
  });

  it.each<[string, unknown, string]>([
    ["options", 1, "Expected `options` to be an object, got 1"],
    ["options", [], "Expected `options` to be an object, got an empty array"],
    ["options", { key: [] }, "Unknown option `key`: did you mean `keys`?"],
    ["allowWeakSecrets", { allowWeakSecrets: 1 }, "Expected `allowWeakSecrets` to be a boolean, got 1"],
    ["keys", { keys: null }, "Expected `keys` to be an array of keys, or something else that can be iterated, got null"],
    ["keys", { keys: "abc" }, "Expected `keys` to be an array of keys, or something else that can be iterated, got a string"],
    [
      "keys",
      { keys: Uint8Array.from(deviceSecret("a")) },
      "Expected `keys` to be an array of keys, or something else that can be iterated, got an object (Uint8Array)",
    ],
    ["keys", { keys: { kid: "a", secret: deviceSecret("a") } }, "something else that can be iterated, got an object (Object)"],
    ["a key", { keys: [undefined] }, "Expected `keys[0]` to be a key, got undefined"],
    ["a key", { keys: [...deviceKeys(["a", "b"]), { kid: "c" }] }, "Expected `keys[2]`"],
    ["a secret", { keys: [...deviceKeys(["a"]), { kid: "c", secret: "short" }] }, "Expected `keys[1]` to be at least 32 bytes for HS256"],
    ["a name", { keys: [{ kid: "k".repeat(257), secret: deviceSecret("a") }] }, "Expected `keys[0].kid` to be a well-formed string"],
    ["a name", { keys: [{ kid: "\ud800", secret: deviceSecret("a") }] }, "Expected `keys[0].kid` to be a well-formed string"],
    ["a name", { keys: [deviceSecret("a")] }, "Expected `keys[0]` to have a `kid`: nothing else selects it"],
    ["a name", { keys: [{ publicKey: PAIRS.EdDSA.publicKey }] }, "Expected `keys[0]` to have a `kid`: nothing else selects it"],
    ["a default", { keys: [{ ...deviceKeys(["a"])[0], default: true }] }, "Expected `keys[0]` not to be the `default`: a table has none"],
    ["the 1500th key", { keys: fleet(1500).map((kid, index) => ({ kid, secret: index < 1499 ? deviceSecret(kid) : "" })) }, "`keys[1499]`"],
  ])("is not made of wrong %s: %#", (_, options, message) => {
    expect(() => createKeyTable(options as KeyTableOptions)).toThrow(message);
  });

  it("takes weak secrets when it is told to", () => {
    const table = createKeyTable({ keys: [{ kid: "a", secret: "short" }], allowWeakSecrets: true });
    const token = signText("{}", '{"alg":"HS256","kid":"a"}', Buffer.from("short"));
    expect(codeOf(createVerifier({ keys: table }), token)).toBe("ACCEPTED");
    expect(() => table.set([{ kid: "b", secret: "" }])).toThrow("`keys[0]`");
    expect(() => createVerifier({ keys: table, allowWeakSecrets: true })).toThrow("`allowWeakSecrets`");
  });

  it.each<[string, unknown]>([
    ["a number", 1],
    ["undefined", undefined],
    ["bytes", new Uint8Array(1)],
  ])("has no name that is %s", (_, kid) => {
    const table = createKeyTable();
    expect(() => table.has(kid as string)).toThrow(TypeError);
    expect(() => table.delete(kid as string)).toThrow(TypeError);
  });

  it.each<[string, string]>([
    ["a byte too long", "k".repeat(257)],
    ["too long in bytes alone", "é".repeat(129)],
    ["as long as the engine's areas", "k".repeat(600_000)],
    ["longer than linear memory", "k".repeat(20_000_000)],
    ["a lone surrogate", "\ud800"],
  ])("looks for no name that no key can have, and writes it nowhere: %s", (_, kid) => {
    const table = tableOf(["a", "\ufffd", "k".repeat(256)]);
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    const tokens = ["a", "\ufffd", "k".repeat(256)].map((name) => deviceToken(name));
    for (let round = 0; round < 3; round++) {
      expect([table.has(kid), table.delete(kid), table.size]).toEqual([false, false, 3]);
      expect(verifier.verifyBatch(tokens).accepted).toBe(3);
    }
  });
});

describe("a change that fails", () => {
  const boom = new Error("boom");

  function* throwing(count: number): Generator<KeyInput> {
    // Names that are there, names that are not, keys of all kinds.
    for (let index = 0; index < count; index++) {
      if (index % 3 === 0) yield publicKey(`fleet ${index}`, OTHER_PAIRS);
      else if (index % 3 === 1) yield { kid: `fleet ${index}`, secret: Buffer.alloc(100, index), alg: "HS512" };
      else yield { kid: `new ${index}`, secret: deviceSecret("other") };
    }
    throw boom;
  }

  it.each([0, 1, 2, 3, CHUNK_TOKENS - 1, CHUNK_TOKENS, CHUNK_TOKENS + 1, 2500])(
    "after %i keys changes nothing and keeps no memory",
    (count) => {
      const kids = fleet(500);
      const table = tableOf(kids);
      const verifier = createVerifier({ keys: table, currentDate: NOW });
      const tokens = kids.map((kid) => deviceToken(kid));
      const publicKeys = openEngine().publicKeys.size;
      let bytes = 0;
      for (let round = 0; round < 4; round++) {
        expect(() => table.set(throwing(count))).toThrow(boom);
        expect([table.size, table.has("new 2"), openEngine().publicKeys.size]).toEqual([500, false, publicKeys]);
        expect(verifier.verifyBatch(tokens).accepted).toBe(500);
        if (round === 0) bytes = table.bytes;
        expect(table.bytes).toBe(bytes);
      }
      expect(() => table.set([...deviceKeys(["fleet 1"], 1), null as never])).toThrow("`keys[1]`");
      expect(verifier.verifyBatch(tokens).accepted).toBe(500);
    },
  );

  it("has its iterator closed", () => {
    let isClosed = false;
    const keys = function* (): Generator<KeyInput> {
      try {
        yield { kid: "a", secret: "weak" };
      } finally {
        isClosed = true;
      }
    };
    expect(() => createKeyTable().set(keys())).toThrow("`keys[0]`");
    expect(isClosed).toBe(true);
  });

  it.each<[string, (table: KeyTable) => unknown]>([
    ["clear", (table) => table.clear()],
    ["delete", (table) => table.delete("fleet 1")],
    ["set", (table) => table.set(deviceKeys(["x"]))],
  ])("is one within the reading of the table's own keys: %s", (_, change) => {
    const table = tableOf(fleet(100));
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    const keys = function* () {
      yield* deviceKeys(fleet(2000), 1);
      change(table);
    };
    expect(() => table.set(keys())).toThrow("Expected no change of a key table within the reading of its keys");
    expect(table.size).toBe(100);
    expect(verifier.verifyBatch(fleet(100).map((kid) => deviceToken(kid))).accepted).toBe(100);
    change(table);
    table.set(deviceKeys(fleet(100), 1));
    expect(verifier.verifyBatch(fleet(100).map((kid) => deviceToken(kid, 1))).accepted).toBe(100);
  });

  it("leaves the reading of one table free to change and to use others", () => {
    const [from, to] = [tableOf(["a", "b"]), createKeyTable()];
    const verifier = createVerifier({ keys: from, currentDate: NOW });
    const moved = function* () {
      for (const key of deviceKeys(["a", "b"])) {
        expect(codeOf(verifier, deviceToken(key.kid))).toBe("ACCEPTED");
        from.delete(key.kid);
        yield key;
      }
    };
    to.set(moved());
    expect([from.size, to.size]).toEqual([0, 2]);
    expect(codeOf(createVerifier({ keys: to, currentDate: NOW }), deviceToken("b"))).toBe("ACCEPTED");
  });
});

describe.each([10, LARGE])("a change of a table of %i keys", (count) => {
  it("is there for the next call of every verifier, whatever it remembers", () => {
    const table = tableOf([...fleet(count), "a"]);
    const verifiers = [
      createVerifier({ keys: table, currentDate: NOW }),
      createVerifier({ keys: table, currentDate: NOW, keyFrom: { claim: "sub" } }),
      createVerifier({ issuers: [{ issuer: "i", keys: table }], currentDate: NOW }),
    ];
    const payload = '{"iss":"i","sub":"a","x":"so long that its first block is remembered as well"}';
    const token = (version: number) => signText(payload, '{"alg":"HS256","kid":"a"}', deviceSecret("a", version));
    const all = (version: number) =>
      verifiers.map((verifier) => [codeOf(verifier, token(version)), verifier.verifyBatch(Array(5).fill(token(version))).accepted]);
    const each = (code: string) => verifiers.map(() => [code, code === "ACCEPTED" ? 5 : 0]);
    for (let version = 0; version < 12; version += 3) {
      table.set(deviceKeys(["a"], version));
      for (let round = 0; round < 3; round++) expect(all(version)).toEqual(each("ACCEPTED"));
      // Another key takes the place of the one that went.
      table.delete("a");
      table.set(deviceKeys(["b"], version));
      expect(all(version)).toEqual(each("KEY_NOT_FOUND"));
      table.set(deviceKeys(["a"], version + 1));
      expect(all(version)).toEqual(each("BAD_SIGNATURE"));
      for (let round = 0; round < 3; round++) expect(all(version + 1)).toEqual(each("ACCEPTED"));
      table.set(deviceKeys(["a"], version + 2));
      expect([all(version + 1), all(version + 2)]).toEqual([each("BAD_SIGNATURE"), each("ACCEPTED")]);
      table.clear();
      expect(all(version + 2)).toEqual(each("KEY_NOT_FOUND"));
      table.set(deviceKeys([...fleet(count), "a"], version));
      expect([all(version + 2), all(version)]).toEqual([each("BAD_SIGNATURE"), each("ACCEPTED")]);
      table.set([{ kid: "a", secret: Buffer.alloc(64, "another"), alg: "HS512" }]);
      expect(all(version)).toEqual(each("ALGORITHM_NOT_ALLOWED"));
    }
  });

  it("may be that of a key's kind", () => {
    const table = createKeyTable({ keys: [...deviceKeys(fleet(count)), publicKey("a")] });
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    expect(codeOf(verifier, publicToken("a"))).toBe("ACCEPTED");
    table.set([publicKey("a", OTHER_PAIRS)]);
    expect([codeOf(verifier, publicToken("a")), codeOf(verifier, publicToken("a", OTHER_PAIRS))]).toEqual(["BAD_SIGNATURE", "ACCEPTED"]);
    table.set(deviceKeys(["a"]));
    expect([codeOf(verifier, publicToken("a", OTHER_PAIRS)), codeOf(verifier, deviceToken("a"))]).toEqual([
      "ALGORITHM_NOT_ALLOWED",
      "ACCEPTED",
    ]);
    table.delete("a");
    expect([codeOf(verifier, publicToken("a")), codeOf(verifier, deviceToken("a"))]).toEqual(["KEY_NOT_FOUND", "KEY_NOT_FOUND"]);
  });
});

describe("a change while a batch is under way", () => {
  it.each<[string, (table: KeyTable) => unknown]>([
    ["set of secrets", (table) => table.set(deviceKeys(["x"]))],
    ["set of longer secrets", (table) => table.set([{ kid: "x", secret: Buffer.alloc(100, "x") }])],
    ["set of public keys", (table) => table.set([publicKey("x")])],
    ["set of many", (table) => table.set(deviceKeys(fleet(LARGE)))],
    ["delete", (table) => table.delete("a")],
    ["clear", (table) => table.clear()],
  ])("throws where a token's own code makes it, and changes nothing: %s", (_, change) => {
    const table = tableOf(["a", "b"]);
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    const publicKeys = openEngine().publicKeys.size;
    const before = table.bytes;
    for (let round = 0; round < 5; round++) {
      const tokens = [deviceToken("a"), deviceToken("a"), deviceToken("b")];
      Object.defineProperty(tokens, 1, { get: () => change(table) });
      expect(() => verifier.verifyBatch(tokens)).toThrow("Expected no use of the engine within the reading of a batch's tokens");
      expect([table.size, table.bytes, openEngine().publicKeys.size]).toEqual([2, before, publicKeys]);
      expect(verifier.verifyBatch([deviceToken("a"), deviceToken("b")]).accepted).toBe(2);
    }
    change(table);
  });

  const changes: [string, (table: KeyTable) => unknown, string][] = [
    ["nothing", () => undefined, "ACCEPTED"],
    ["the key's removal", (table) => table.delete("a"), "KEY_NOT_FOUND"],
    ["all keys' removal", (table) => table.clear(), "KEY_NOT_FOUND"],
    ["its replacement", (table) => table.set([publicKey("a", OTHER_PAIRS)]), "KEY_NOT_FOUND"],
    ["its replacement by a secret", (table) => table.set(deviceKeys(["a"])), "KEY_NOT_FOUND"],
    [
      "its replacement at the same place",
      (table) => {
        table.delete("a");
        table.set([publicKey("a", OTHER_PAIRS)]);
      },
      "KEY_NOT_FOUND",
    ],
    [
      "its replacement by a secret at the same place",
      (table) => {
        table.delete("a");
        table.set(deviceKeys(["a"]));
      },
      "KEY_NOT_FOUND",
    ],
    [
      "another's coming to its place",
      (table) => {
        table.delete("a");
        table.set([publicKey("c")]);
      },
      "KEY_NOT_FOUND",
    ],
    [
      "all keys' return in another order",
      (table) => {
        table.clear();
        table.set([publicKey("b", OTHER_PAIRS), publicKey("a", OTHER_PAIRS)]);
      },
      "KEY_NOT_FOUND",
    ],
    ["others' coming and going", (table) => [table.delete("b"), table.set([...deviceKeys(fleet(2000)), publicKey("d")])], "ACCEPTED"],
  ];

  it.each(changes)("by promise: %s", async (_, change, code) => {
    const table = createKeyTable({ keys: [publicKey("a"), publicKey("b", OTHER_PAIRS), ...deviceKeys(["h"])] });
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    const tokens = [
      publicToken("a"),
      deviceToken("h"),
      publicToken("a", OTHER_PAIRS),
      publicToken("none"),
      publicToken("a", PAIRS, '{"x":1}'),
    ];
    const promises = [verifier.verifyBatchAsync(tokens), ...tokens.map((token) => verifier.verifyAsync(token))] as const;
    change(table);
    const [batch, ...verdicts] = await Promise.all(promises);
    const expected = [code, "ACCEPTED", "BAD_SIGNATURE", "KEY_NOT_FOUND", code];
    expect(batch.codes.length).toBe(5);
    expect([...batch].map((verdict) => (verdict.ok ? "ACCEPTED" : verdict.code))).toEqual(expected);
    expect(verdicts.map((verdict) => (verdict.ok ? "ACCEPTED" : verdict.code))).toEqual(expected);
    expect(batch.accepted).toBe(expected.filter((each) => each === "ACCEPTED").length);
  });

  it("by promise, of thousands of keys at every moment, accepts nothing of a key that is gone", async () => {
    const count = 300;
    const kids = Array.from({ length: count }, (__, index) => `key ${index}`);
    const table = createKeyTable({ keys: kids.map((kid) => publicKey(kid)) });
    const verifier = createVerifier({ keys: table });
    const tokens = kids.map((kid) => publicToken(kid));
    let isDone = false;
    const batch = verifier.verifyBatchAsync(tokens).finally(() => {
      isDone = true;
    });
    const gone: number[] = [];
    for (let number = 0; number < count && !isDone; number += 3) {
      gone.push(number);
      table.delete(kids[number] as string);
      // Where it was, another key of the same name, or the same key under another.
      table.set(number % 2 ? [publicKey(kids[number] as string, OTHER_PAIRS)] : [publicKey(`new ${number}`)]);
      if (number % 30 === 0) await setTimeout(0);
    }
    const codes = (await batch).codes;
    expect(gone.length).toBeGreaterThan(0);
    for (const [number, code] of codes.entries()) expect([0, gone.includes(number) ? 6 : 0], `${number}`).toContain(code);
    const after = await verifier.verifyBatchAsync(tokens);
    for (const number of gone) expect(after.codes[number]).toBe(number % 2 ? 7 : 6);
  });

  it("says in time that only a promise can be kept", async () => {
    const table = tableOf(["a"]);
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    withoutNodeCrypto(() => table.set([publicKey("p")]));
    expect(() => verifier.verify(deviceToken("a"))).toThrow("verifyAsync");
    expect((await verifier.verifyAsync(publicToken("p"))).ok).toBe(true);
    table.delete("p");
    expect(codeOf(verifier, deviceToken("a"))).toBe("ACCEPTED");
  });
});

describe("the memory of a table", () => {
  it("is 160 bytes a key at most, and used again", () => {
    const kids = Array.from({ length: 100_000 }, (_, index) => `device-${index}`);
    const secret = deviceSecret("all");
    const keys = function* (from: number, to: number): Generator<KeyInput> {
      for (let index = from; index < to; index++) yield { kid: kids[index] as string, secret };
    };
    const table = createKeyTable({ keys: keys(0, kids.length) });
    expect(table.size).toBe(100_000);
    const { bytes } = table;
    expect(bytes).toBeLessThanOrEqual(160 * 100_000);
    expect(bytes).toBeGreaterThan(100 * 100_000);
    for (let round = 0; round < 5; round++) {
      const from = 1000 * round;
      for (let index = from; index < from + 1000; index++) expect(table.delete(kids[index] as string)).toBe(true);
      table.set(keys(from, from + 1000));
      expect([table.size, table.bytes]).toEqual([100_000, bytes]);
    }
    const verifier = createVerifier({ keys: table });
    const tokens = kids.filter((_, index) => index % 97 === 0).map((kid) => signText("{}", JSON.stringify({ alg: "HS256", kid }), secret));
    expect(verifier.verifyBatch(tokens).accepted).toBe(tokens.length);
    table.clear();
    expect(table.bytes).toBeLessThan(30 * 100_000);
    table.set(keys(0, kids.length));
    expect(table.bytes).toBe(bytes);
  });

  it("is given back, wiped, when nobody holds the table or a verifier that uses it", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const engine = openEngine();
    const size = 4 * 1024 * 1024;
    const free = () => {
      const address = engine.memory.allocate(size);
      engine.memory.release(address, size);
      return address;
    };
    const publicKeys = engine.publicKeys.size;
    const before = free();
    // In a scope of its own, so that nothing is held any more behind it.
    const use = () => {
      const table = createKeyTable({ keys: [...deviceKeys(fleet(60_000)), publicKey("p")] });
      const verifier = createVerifier({ keys: table, currentDate: NOW });
      expect(codeOf(verifier, deviceToken("fleet 59999"))).toBe("ACCEPTED");
      expect(engine.publicKeys.size).toBe(publicKeys + 1);
      expect(free()).toBeGreaterThan(before);
    };
    use();
    for (let attempt = 0; attempt < 100 && engine.publicKeys.size > publicKeys; attempt++) {
      collect();
      await setTimeout(10);
    }
    expect(engine.publicKeys.size).toBeLessThanOrEqual(publicKeys);
    expect(free()).toBeLessThanOrEqual(before);
  });
});

const NAMED_A = '{"alg":"EdDSA","kid":"a"}';

function onlyKey(pairs: typeof PAIRS): KeyInput {
  return { kid: "a", alg: "EdDSA", publicKey: pairs.EdDSA.publicKey };
}

describe("what must not be possible with a key table", () => {
  it("takes a name of any length to ask for and to delete, and nothing outside the names' place changes", () => {
    const table = createKeyTable({ keys: [{ kid: "a", secret: testSecret("a") }] });
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    expect(verifier.verify(tokenOf("a")).ok).toBe(true);
    const { bytes } = openEngine().memory;
    const before = bytes.slice();
    for (const length of [257, 65_536, 360_449, 900_000, 3_000_000]) {
      for (const character of ["\u0001", "k", "é"]) {
        expect(table.has(character.repeat(length))).toBe(false);
        expect(table.delete(character.repeat(length))).toBe(false);
      }
    }
    expect(Buffer.compare(openEngine().memory.bytes, before)).toBe(0);
    expect(verifier.verify(tokenOf("a")).ok).toBe(true);
  });

  it("takes a name of 256 bytes", () => {
    const kid = "k".repeat(256);
    const table = createKeyTable({ keys: [{ kid, secret: testSecret("a") }] });
    expect([table.has(kid), table.has(`${kid}k`), table.delete(kid), table.has(kid)]).toEqual([true, false, true, false]);
  });

  it("does not let a token pass with a key that was deleted while it was verified, another having got its place", async () => {
    const table = createKeyTable({ keys: [onlyKey(PAIRS)] });
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    const token = signWith("EdDSA", '{"sub":"x"}', NAMED_A);
    expect((await verifier.verifyAsync(token)).ok).toBe(true);
    const one = verifier.verifyAsync(token);
    const many = verifier.verifyBatchAsync([token, token]);
    table.delete("a");
    table.set([onlyKey(OTHER_PAIRS)]);
    expect(await one).toEqual({ ok: false, code: "KEY_NOT_FOUND" });
    expect([...(await many)].map((verdict) => verdict.ok)).toEqual([false, false]);
    expect((await verifier.verifyAsync(token)).ok).toBe(false);
  });

  it("is not cleared while it reads keys", () => {
    const table = createKeyTable({ keys: [{ kid: "a", secret: testSecret("a") }] });
    function* keys() {
      for (let index = 0; index < 1024; index++) yield { kid: `k${index}`, secret: testSecret("b") };
      table.clear();
      yield { kid: "z", secret: testSecret("z") };
    }
    expect(() => table.set(keys())).toThrow("within the reading");
    expect([table.size, table.has("a"), table.has("k0")]).toEqual([1, true, false]);
    table.clear();
    expect(table.size).toBe(0);
  });
});

describe("a large table", () => {
  it.each(["JWT", undefined])("finds the keys of a batch that begins with the longest header there can be, typ %s", (typ) => {
    const kids = [...Array(4000).keys()].map((number) => `device-${number}`);
    const table = createKeyTable({ keys: kids.map((kid) => ({ kid, secret: testSecret(kid) })) });
    const verifier = createVerifier({ keys: table, currentDate: NOW, maxTokenLength: 262_144, ...(typ ? { typ } : {}) });
    const tokenOfKid = (kid: string) => signClaims({ sub: kid }, { alg: "HS256", typ: "JWT", kid }, testSecret(kid));
    // So that the form of their headers is known.
    expect(verifier.verifyBatch(kids.slice(0, 20).map(tokenOfKid)).accepted).toBe(20);
    const longest = `{"alg":"HS256","typ":"\\n${"K".repeat(196_400)}"}`;
    const bad = `${base64url(longest)}.e30.${"A".repeat(43)}`;
    expect(bad.length).toBeLessThanOrEqual(262_144);
    const batch = verifier.verifyBatch([bad, ...kids.slice(100, 600).map(tokenOfKid), bad, ...kids.slice(600, 900).map(tokenOfKid)]);
    expect(batch.accepted).toBe(800);
  });
});
