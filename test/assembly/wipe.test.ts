/** Wiping clears all of the input and of what hashing left, and nothing of what is read afterwards. */
import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  BLOCK,
  INITIAL_STATE,
  INPUT,
  INPUT_BYTES,
  PAYLOADS,
  PAYLOADS_BYTES,
  SCHEDULE,
  SCHEDULE_512_END,
  SIGNATURES,
  TOKEN_SLACK,
  WORDS,
} from "../../src/abi.js";
import { openEngine } from "../../src/engine/openEngine.js";
import { createSigner, createVerifier } from "../../src/index.js";
import { hmacSha256, hmacSha384, hmacSha512, LARGEST_INPUT, sha256, sha384, sha512 } from "../../src/primitives.js";
import { base64url, HASHES, LONG_TEST_SECRET, NOW, signText, signWith, TEST_SECRET } from "../support/tokens.js";

const engine = openEngine();

/** `first`, and texts that are no tokens of at most `longest` characters, up to the last byte of the input area. */
function brimful(first: string, longest: number): string[] {
  const next = (cursor: number, length: number) => (cursor + length + TOKEN_SLACK + 63) & ~63;
  const tokens = [first];
  let cursor = next(INPUT, first.length);
  while (cursor < INPUT + INPUT_BYTES) {
    // Three bytes are kept free for each character.
    const length = Math.min(longest, Math.floor((INPUT + INPUT_BYTES - cursor - TOKEN_SLACK) / 3));
    if (length < 1) break;
    tokens.push("x".repeat(length));
    cursor = next(cursor, length);
  }
  return tokens;
}

const payloads: [string, string][] = [
  ["a plain payload", '{"sub":"the first of the batch","jti":"0123456789","exp":9999999999}'],
  ["a payload with a deferred number", `{"sub":"the first","exp":${NOW}.00000000000000000000001,"nbf":99999999999999999999e-11}`],
  ["a payload beyond ASCII", '{"sub":"größte","jti":"ключ"}'],
];
const tails: [string, string[]][] = [
  ["nothing", []],
  ["an empty text", [""]],
  ["several empty texts", ["", "", ""]],
  ["a text that is too long", ["x".repeat(9000)]],
  ["a text of one character", ["x"]],
  ["a text beyond ASCII", ["é"]],
  ["another token", [signText('{"sub":"another"}')]],
];

describe.each(payloads)("the first token of a full input area, with %s", (_, payload) => {
  const token = signText(payload);
  const options = { keys: TEST_SECRET, currentDate: NOW - 1 };

  it.each(tails)("keeps its verdict and its claims when %s follows", (_name, tail) => {
    for (const longest of [8000, 8192, 7777, 31, 1500]) {
      const tokens = [...brimful(token, longest), ...tail];
      const batch = createVerifier(options).verifyBatch(tokens);
      expect(batch.at(0).ok).toBe(createVerifier(options).verify(token).ok);
      const again = createVerifier(options).verifyBatch(tokens);
      expect([again.codes[0], again.subject(0), again.claims(0)]).toEqual([0, JSON.parse(payload).sub, JSON.parse(payload)]);
    }
  });

  it.each(tails)("is shown to `validate` as it is when %s follows", (_name, tail) => {
    const seen: unknown[] = [];
    const verifier = createVerifier({ ...options, validate: (claims) => seen.push(claims) > 0 });
    expect(verifier.verifyBatch([...brimful(token, 8000), ...tail]).codes[0]).toBe(0);
    expect(seen[0]).toEqual(JSON.parse(payload));
  });
});

describe("a full input area", () => {
  it("is used to its last byte by these batches", () => {
    const tokens = brimful(signText("{}"), 8000);
    const end = tokens.reduce((cursor, { length }) => (cursor + length + TOKEN_SLACK + 63) & ~63, INPUT);
    expect(end).toBe(INPUT + INPUT_BYTES);
    expect(tokens.length).toBeLessThan(1024);
  });

  it("holds nothing afterwards", () => {
    createVerifier({ keys: TEST_SECRET }).verifyBatch(brimful(signText("{}"), 8000));
    expect(engine.memory.bytes.subarray(INPUT, INPUT + INPUT_BYTES).every((byte) => byte === 0)).toBe(true);
  });
});

describe("what hashing leaves", () => {
  const input = `${base64url('{"alg":"HS256"}')}.${base64url('{"sub":"forged"}')}`;
  const mac = createHmac("sha256", TEST_SECRET).update(input).digest();
  const forged = `${input}.${"A".repeat(43)}`;
  const verifier = createVerifier({ keys: TEST_SECRET });

  it.each<[string, () => unknown]>([
    ["a forged token", () => verifier.verify(forged)],
    ["five forged tokens", () => verifier.verifyBatch(Array<string>(5).fill(forged))],
    ["tokens of other lengths beside it", () => verifier.verifyBatch([forged, signText(`{"x":"${"x".repeat(700)}"}`), forged, forged])],
    ["signing", () => createSigner({ key: TEST_SECRET }).signBatch([{ a: 1 }, { a: 2 }, { a: 3 }])],
    ["loading a key", () => createVerifier({ keys: TEST_SECRET })],
    ["hmacSha256", () => hmacSha256(TEST_SECRET, Buffer.from(input))],
    ["sha256", () => sha256(Buffer.from(input))],
  ])("is gone after %s", (_, act) => {
    act();
    const areas = [engine.memory.bytes.subarray(WORDS, INITIAL_STATE), engine.memory.bytes.subarray(BLOCK, SCHEDULE + 512)];
    expect(areas.every((area) => area.every((byte) => byte === 0))).toBe(true);
    const memory = Buffer.from(engine.memory.exports.memory.buffer as ArrayBuffer);
    expect([memory.indexOf(mac), memory.indexOf(Buffer.from(mac).swap32())]).toEqual([-1, -1]);
  });
});

describe.each(["HS384", "HS512"] as const)("what hashing for %s leaves", (alg) => {
  const key = { secret: LONG_TEST_SECRET, alg };
  const input = `${base64url(JSON.stringify({ alg }))}.${base64url('{"sub":"forged"}')}`;
  const inner = Buffer.from(LONG_TEST_SECRET).map((byte) => byte ^ 0x36);
  const innerDigest = createHash(HASHES[alg])
    .update(Buffer.concat([inner, Buffer.alloc(64, 0x36)]))
    .update(input)
    .digest();
  const mac = createHmac(HASHES[alg], LONG_TEST_SECRET).update(input).digest();
  const forged = `${input}.${"A".repeat(alg === "HS384" ? 64 : 86)}`;
  const other = signWith(alg, `{"x":"${"x".repeat(700)}"}`);
  const verifier = createVerifier({ keys: key });
  const secrets = [mac, innerDigest, Buffer.from(LONG_TEST_SECRET), inner, Buffer.from(LONG_TEST_SECRET).map((byte) => byte ^ 0x5c)];

  it.each<[string, () => unknown]>([
    ["a forged token", () => verifier.verify(forged)],
    ["two forged tokens", () => verifier.verifyBatch([forged, forged])],
    ["three forged tokens", () => verifier.verifyBatch([forged, forged, forged])],
    ["tokens of other lengths beside it", () => verifier.verifyBatch([forged, other, forged, forged, other])],
    ["a token that is short beside a very long one", () => verifier.verifyBatch([forged, signWith(alg, `{"x":"${"x".repeat(4000)}"}`)])],
    ["signing", () => createSigner({ key, issuedAt: false, typ: null }).signBatch([{ sub: "forged", a: 1 }, { a: 2 }, { a: 3 }])],
    ["loading a key", () => createVerifier({ keys: key })],
    ["loading a key longer than a block", () => createVerifier({ keys: { secret: Buffer.alloc(200, "test key "), alg } })],
    ["hmacSha384", () => hmacSha384(LONG_TEST_SECRET, Buffer.from(input))],
    ["hmacSha512", () => hmacSha512(LONG_TEST_SECRET, Buffer.from(input))],
    ["sha384", () => sha384(Buffer.from(input))],
    ["sha512", () => sha512(Buffer.from(input))],
  ])("is gone after %s", (_, act) => {
    act();
    const areas = [
      engine.memory.bytes.subarray(WORDS, INITIAL_STATE),
      engine.memory.bytes.subarray(BLOCK, SCHEDULE_512_END),
      engine.memory.bytes.subarray(SIGNATURES, INPUT),
      engine.memory.bytes.subarray(INPUT, INPUT + INPUT_BYTES),
    ];
    expect(areas.map((area) => area.findIndex((byte) => byte !== 0))).toEqual([-1, -1, -1, -1]);
    const memory = Buffer.from(engine.memory.exports.memory.buffer as ArrayBuffer);
    for (const secret of secrets) {
      // Also in pieces of a word, in either order of bytes.
      for (let from = 0; from + 8 <= secret.length; from += 8) {
        const piece = secret.subarray(from, from + 8);
        expect([memory.indexOf(piece), memory.indexOf(Buffer.from(piece).swap64()), from]).toEqual([-1, -1, from]);
      }
    }
  });
});

describe("a message that is too long for hmacSha256", () => {
  it("is refused before its key takes a place in the heap", () => {
    const place = () => {
      const address = engine.memory.allocate(64);
      engine.memory.release(address, 64);
      return address;
    };
    const before = place();
    for (let attempt = 0; attempt < 10; attempt++) {
      expect(() => hmacSha256(TEST_SECRET, new Uint8Array(LARGEST_INPUT + 1))).toThrow(RangeError);
    }
    expect(place()).toBe(before);
  });
});

describe("signing", () => {
  it("leaves no token in linear memory", () => {
    const tokens = createSigner({ key: TEST_SECRET }).signBatch(
      Array.from({ length: 1500 }, (_, index) => ({ sub: `signed device ${index}` })),
    );
    expect(tokens.length).toBe(1500);
    const memory = Buffer.from(engine.memory.bytes.slice(PAYLOADS, PAYLOADS + PAYLOADS_BYTES));
    expect(tokens.filter((token) => memory.includes(token.slice(-43)))).toEqual([]);
  });
});
