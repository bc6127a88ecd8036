/** Midstates of many keys, made five side by side: each key is its own, and no secret stays. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CHUNK_TOKENS } from "../../src/abi.js";
import { openEngine } from "../../src/engine/openEngine.js";
import { createKeyTable, createVerifier } from "../../src/index.js";
import { base64url, NOW, signSegments, type TestAlgorithm } from "../support/tokens.js";

interface TestKey {
  readonly kid: string;
  readonly alg: TestAlgorithm;
  readonly secret: Uint8Array;
}

/** Bytes that look random and have nothing of the name in them. */
function secretOf(seed: string, length: number): Uint8Array {
  const parts = Array.from({ length: Math.ceil(length / 32) }, (_, part) => createHash("sha256").update(`${seed}, ${part}`).digest());
  return Uint8Array.from(Buffer.concat(parts).subarray(0, length));
}

/** HS256 secrets of 32 to 64 bytes, each of another length than its neighbours'. */
function shortKeys(count: number): TestKey[] {
  return Array.from({ length: count }, (_, index) => {
    return { kid: `key ${index}`, alg: "HS256", secret: secretOf(`test key ${index} of ${count}`, 32 + ((index * 7) % 33)) };
  });
}

/** Secrets of all lengths and algorithms among one another: some are loaded with others, some alone. */
function mixedKeys(count: number): TestKey[] {
  return Array.from({ length: count }, (_, index) => {
    const alg = (["HS256", "HS256", "HS384", "HS256", "HS512"] as const)[index % 5] as TestAlgorithm;
    const length = alg === "HS256" ? [32, 64, 65, 33, 100, 63, 200][(index * 3) % 7] : [64, 128, 129, 65, 300][(index * 3) % 5];
    return { kid: `key ${index}`, alg, secret: secretOf(`mixed test key ${index} of ${count}`, length as number) };
  });
}

function tokenOf({ kid, alg }: TestKey, secret: Uint8Array): string {
  return signSegments(base64url(JSON.stringify({ alg, kid })), base64url(`{"sub":"${kid}"}`), secret, alg);
}

const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, CHUNK_TOKENS - 1, CHUNK_TOKENS, CHUNK_TOKENS + 1];
const SETS: [string, number, (count: number) => TestKey[]][] = [
  ...COUNTS.map((count) => ["HS256", count, shortKeys] as [string, number, typeof shortKeys]),
  ...COUNTS.map((count) => ["all algorithms and lengths", count, mixedKeys] as [string, number, typeof shortKeys]),
];

describe.each(SETS)("loaded at once, keys of %s, %i of them", (_, count, make) => {
  it("verify what node:crypto signed with them, and nothing that it signed with another", () => {
    const keys = make(count);
    const verifier = createVerifier({ keys: createKeyTable({ keys }), currentDate: NOW });
    const right = verifier.verifyBatch(keys.map((key) => tokenOf(key, key.secret)));
    expect([...right.codes.keys()].filter((index) => right.codes[index] !== 0)).toEqual([]);
    // Its neighbours in the lanes, and the one that is a whole group away.
    for (const step of [1, 2, 3, 4, 5]) {
      const wrong = keys.map((key, index) => tokenOf(key, secretOf("nobody's", 64).with(0, index % 256)));
      const borrowed = keys.map((key, index) => tokenOf(key, (keys[(index + step) % count] as TestKey).secret));
      const codes = verifier.verifyBatch(step % count === 0 ? wrong : borrowed).codes;
      expect([...codes.keys()].filter((index) => codes[index] !== 7)).toEqual([]);
    }
  });

  it("leave no secret in linear memory, masked or not", () => {
    const keys = make(count);
    createKeyTable({ keys });
    const memory = Buffer.from(openEngine().memory.exports.memory.buffer as ArrayBuffer);
    const pieces = keys.flatMap(({ secret }) => {
      const plain = Buffer.from(secret.subarray(8, 24));
      const masked = [0x36, 0x5c].map((mask) => plain.map((byte) => byte ^ mask));
      return [plain, ...masked.map((bytes) => Buffer.from(bytes)), Buffer.from(plain).swap32()];
    });
    // Of so many keys a part, from every lane and both ends.
    const some = pieces.filter((__, index) => pieces.length < 200 || index < 48 || index >= pieces.length - 48 || index % 37 === 0);
    expect(some.filter((piece) => memory.includes(piece)).length).toBe(0);
  });
});

describe("a search of linear memory", () => {
  it("would find a secret that is there", () => {
    const engine = openEngine();
    const secret = Buffer.from(secretOf("to be found", 32));
    const address = engine.memory.allocate(64);
    engine.memory.bytes.set(secret, address);
    expect(Buffer.from(engine.memory.exports.memory.buffer as ArrayBuffer).includes(secret.subarray(8, 24))).toBe(true);
    engine.memory.release(address, 64);
  });
});
