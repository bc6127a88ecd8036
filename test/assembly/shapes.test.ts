/** Claims sets that differ only inside strings and times are judged by an earlier one's shape, and must be judged no differently. */
import { beforeEach, describe, expect, it } from "vitest";
import * as abi from "../../src/abi.js";
import { recordOf } from "../../src/engine/memory.js";
import { openEngine } from "../../src/engine/openEngine.js";
import { createVerifier, type VerifierOptions } from "../../src/index.js";
import { expectAsReference } from "../support/compare.js";
import { NOW, signText, TEST_SECRET } from "../support/tokens.js";

type Options = Omit<VerifierOptions, "keys" | "currentDate">;

const keys = [{ secret: TEST_SECRET }];

function verifierOf(options: Options = {}) {
  return createVerifier({ keys: TEST_SECRET, currentDate: NOW, ...options });
}

/** A claims set of one shape: its strings and times vary, their lengths do not. */
function payloadOf(number: number, exp = NOW + number): string {
  const name = String(number).padStart(6, "0");
  return `{"iss":"issuer","sub":"device-${name}","aud":["a","b"],"iat":${NOW - 5},"exp":${exp},"jti":"${name}${name}","n":1.5}`;
}

/** Verifies tokens of one shape until it is known, then judges `payloads` one by one; returns their codes. */
function codesBehind(teachers: readonly string[], payloads: readonly (string | Uint8Array)[], options: Options = {}): string[] {
  const verifier = verifierOf(options);
  for (const text of teachers) expect(verifier.verify(signText(text)).ok).toBe(true);
  return payloads.map((text) => {
    const verdict = verifier.verify(signText(text));
    return verdict.ok ? "ACCEPTED" : verdict.claim === undefined ? verdict.code : `${verdict.code} ${verdict.claim}`;
  });
}

/** Places are shared by all verifiers of a thread: each test finds them empty. */
beforeEach(() => openEngine().memory.exports.forget(0, 2 ** 32 - 1));

function shapeOf(index: number): number {
  return openEngine().memory.word(recordOf(index), abi.RECORD_SHAPE);
}

describe("a claims set of a known shape", () => {
  it("is recognised", () => {
    const verifier = verifierOf();
    verifier.verify(signText(payloadOf(1)));
    expect(shapeOf(0)).toBe(0);
    verifier.verify(signText(payloadOf(2)));
    expect(shapeOf(0)).toBeGreaterThanOrEqual(abi.SHAPES);
  });

  it("has the claims, the subject, the id and the expiry of its own", () => {
    const options = { keys, currentDate: NOW, issuer: ["issuer"], audience: ["b"], requiredClaims: ["n"] };
    const tokens = Array.from({ length: 3 * abi.CHUNK_TOKENS + 7 }, (_, index) => signText(payloadOf(index + 1)));
    expectAsReference(createVerifier(options).verifyBatch(tokens), tokens, options);
  });

  it("is expired, too old, of too long a life or issued in the future by its own times", () => {
    const codes = (payloads: string[], options: Options = {}) => codesBehind([payloadOf(1), payloadOf(2)], payloads, options);
    expect(codes([payloadOf(3, NOW), payloadOf(3, NOW + 1)])).toEqual(["EXPIRED exp", "ACCEPTED"]);
    expect(codes([payloadOf(3, NOW + 2000)], { maxLifetime: 100 })).toEqual(["LIFETIME_TOO_LONG exp"]);
    const old = payloadOf(3).replace(String(NOW - 5), String(NOW - 500));
    const future = payloadOf(3).replace(String(NOW - 5), String(NOW + 500));
    expect(codes([old, future, payloadOf(3)], { maxTokenAge: 100 })).toEqual(["TOO_OLD iat", "ISSUED_IN_FUTURE iat", "ACCEPTED"]);
  });

  it("is accepted whatever its strings say, where nothing is expected of them", () => {
    expect(codesBehind([payloadOf(1), payloadOf(2)], [payloadOf(3).replace("issuer", "others")])).toEqual(["ACCEPTED"]);
  });
});

describe("a claims set that differs where its shape does not allow it", () => {
  const teachers = [payloadOf(1), payloadOf(2)];

  it.each([
    ["another issuer", "issuer", "others", "ISSUER_MISMATCH iss"],
    ["another audience", '"a","b"', '"c","d"', "AUDIENCE_MISMATCH aud"],
    ["another subject", "device-000003", "device-000004", "SUBJECT_MISMATCH sub"],
    ["another id", "000003000003", "000003000004", "JWT_ID_MISMATCH jti"],
  ])("with %s is rejected where one is expected", (_, from, to, code) => {
    const expected = {
      issuer: "issuer",
      audience: "a",
      subject: ["device-000001", "device-000003"],
      jwtId: ["000001000001", "000003000003"],
    };
    const teacher = payloadOf(1);
    expect(codesBehind([teacher, teacher, teacher], [payloadOf(3), payloadOf(3).replace(from, to)], expected)).toEqual(["ACCEPTED", code]);
  });

  it.each([
    ["a claim twice", '"jti":', '"sub":', "CLAIM_INVALID sub"],
    ["another name in a required one's place", '"n":', '"m":', "CLAIM_MISSING n"],
    ["a time in quotes", `:${NOW - 5}`, `:"${String(NOW - 5).slice(2)}"`, "CLAIM_INVALID iat"],
    ["a time with an exponent", `${NOW - 5}`, "17000000e2", "ACCEPTED"],
    ["a time with a leading zero", `${NOW - 5}`, "0700000000", "MALFORMED"],
    ["a time with a sign in it", `${NOW - 5}`, "17000-0000", "MALFORMED"],
    ["a negative time", `${NOW - 5}`, "-700000000", "ACCEPTED"],
    ["a brace in the place of a bracket", '"b"]', '"b"}', "MALFORMED"],
    ["no comma", '"b"],', '"b"] ', "MALFORMED"],
    ["another number", "1.5}", "2.5}", "ACCEPTED"],
    ["no number", "1.5}", "1.}}", "MALFORMED"],
    ["a quote in a string", "device-000003", 'device-"00003', "MALFORMED"],
    ["a string that ends early", '"device-000003"', '"device-0000"  ', "ACCEPTED"],
    ["a member in a string's place", '"device-000003"', '"de","x":"0003"', "ACCEPTED"],
    ["an escape in a string", "device-000003", "device\\u0030a", "ACCEPTED"],
    ["half an escape in a string", "device-000003", "device-00000\\", "MALFORMED"],
    ["a control character in a string", "device-000003", "device-00000\n", "MALFORMED"],
  ])("by %s is judged as if nothing was known", (_, from, to, code) => {
    const changed = payloadOf(3).replace(from, to);
    expect(changed.length).toBe(payloadOf(3).length);
    expect(codesBehind(teachers, [changed, payloadOf(4)], { requiredClaims: ["n"] })).toEqual([code, "ACCEPTED"]);
    expect(codesBehind([], [changed], { requiredClaims: ["n"] })).toEqual([code]);
  });

  it("in any one byte is judged as if nothing was known", () => {
    const good = Buffer.from(payloadOf(3));
    const options = { issuer: "issuer", audience: ["a", "b"], maxLifetime: 1000, requiredClaims: ["n", "jti"] };
    const changed: Uint8Array[] = [];
    for (let at = 0; at < good.length; at++) {
      for (const byte of [0x00, 0x1f, 0x20, 0x22, 0x2c, 0x31, 0x3a, 0x5c, 0x61, 0x7d, 0x7f, 0x80, 0xc3, 0xff]) {
        const bytes = Buffer.from(good);
        bytes[at] = byte;
        changed.push(bytes);
      }
    }
    // Between any two, one that fits keeps the shape in use.
    const verifier = verifierOf(options);
    const judged = changed.map((bytes) => {
      for (const number of [1, 2]) verifier.verify(signText(payloadOf(number)));
      expect(shapeOf(0)).toBeGreaterThan(0);
      return verifier.verify(signText(bytes));
    });
    const codes = judged.map((verdict) => (verdict.ok ? "ACCEPTED" : `${verdict.code} ${verdict.claim}`));
    const fresh = changed.map((bytes) => {
      const verdict = verifierOf(options).verify(signText(bytes));
      return verdict.ok ? "ACCEPTED" : `${verdict.code} ${verdict.claim}`;
    });
    expect(codes).toEqual(fresh);
    expect(new Set(codes).size).toBeGreaterThan(5);
  });
});

describe("the memory of shapes", () => {
  it("learns from expired tokens what they have in common with good ones", () => {
    const verifier = verifierOf({ issuer: "issuer" });
    for (let time = 0; time < 2; time++) expect(verifier.verify(signText(payloadOf(time, NOW - 1))).ok).toBe(false);
    expect(verifier.verify(signText(payloadOf(1))).ok).toBe(true);
    expect(shapeOf(0)).toBeGreaterThan(0);
    expect(verifier.verify(signText(payloadOf(1, NOW - 1)))).toEqual({ ok: false, code: "EXPIRED", claim: "exp" });
  });

  it.each([
    ["another issuer", { issuer: "others" }],
    ["another audience", { audience: "others" }],
    ["a required claim missing", { requiredClaims: ["absent"] }],
  ])("learns nothing from tokens with %s, expired or not", (_, options) => {
    const verifier = verifierOf(options);
    for (let time = 0; time < 100; time++) {
      expect(verifier.verify(signText(payloadOf(time, NOW + (time % 2 ? 10 : -10)))).ok).toBe(false);
      expect(shapeOf(0)).toBe(0);
    }
  });

  it("learns nothing from forged tokens", () => {
    const verifier = verifierOf();
    for (let time = 0; time < 100; time++) verifier.verify(`${signText(payloadOf(time)).slice(0, -3)}AAA`);
    verifier.verify(signText(payloadOf(1)));
    expect(shapeOf(0)).toBe(0);
  });

  it("is of one verifier: another expects other values", () => {
    const mine = verifierOf({ issuer: "issuer" });
    const other = verifierOf({ issuer: "others" });
    for (let number = 1; number < 10; number++) {
      expect(mine.verify(signText(payloadOf(number))).ok).toBe(true);
      expect(other.verify(signText(payloadOf(number)))).toEqual({ ok: false, code: "ISSUER_MISMATCH", claim: "iss" });
    }
  });

  it("keeps nothing of strings and times that may differ", () => {
    const verifier = verifierOf();
    verifier.verifyBatch([1, 2, 3].map((number) => signText(payloadOf(number).replace("device-", "marker-"))));
    expect(shapeOf(2)).toBeGreaterThan(0);
    const engine = openEngine();
    const memory = Buffer.from(engine.memory.bytes.slice(abi.SHAPES, abi.SHAPES + abi.SHAPE_ENTRIES * abi.SHAPE_BYTES));
    expect(memory.includes('"sub":"1111111111111"')).toBe(true);
    expect(memory.includes("marker")).toBe(false);
    expect(memory.includes(String(NOW - 5))).toBe(false);
  });

  it("has no byte of a context that was given back, and keeps what is of others", () => {
    verifierOf().verifyBatch([1, 2].map((number) => signText(payloadOf(number))));
    const engine = openEngine();
    const shapes = () => engine.memory.bytes.subarray(abi.SHAPES, abi.SHAPES + abi.SHAPE_ENTRIES * abi.SHAPE_BYTES);
    const addresses = Array.from({ length: abi.SHAPE_ENTRIES }, (_, entry) => engine.memory.word(abi.SHAPES + abi.SHAPE_BYTES * entry));
    const [context] = addresses.filter((address) => address) as [number];
    const before = shapes().slice();
    engine.memory.release(engine.memory.allocate(64), 64);
    engine.memory.exports.forget(context + 1, context + 64);
    engine.memory.exports.forget(context - 64, context);
    expect(shapes()).toEqual(before);
    engine.memory.exports.forget(context, context + 64);
    expect(shapes().some((byte) => byte !== 0)).toBe(false);
  });

  it("gives a place to a shape that is met more often", () => {
    const verifier = verifierOf();
    const verify = (payload: string) => expect(verifier.verify(signText(payload)).ok).toBe(true);
    for (let number = 1; number < 4; number++) verify(payloadOf(number));
    // Of the same length, and of no shape that lasts: another number each time.
    for (let number = 100; number < 400; number++) verify(`{"x":"${"y".repeat(payloadOf(1).length - 13)}","n":${number}}`);
    expect(shapeOf(0)).toBe(0);
    for (let number = 1; number < 100; number++) verify(payloadOf(number));
    expect(shapeOf(0)).toBeGreaterThan(0);
  });

  it.each([
    ["the shortest", 16],
    ["too short", 15],
    ["the longest", abi.SHAPE_ROOM],
    ["too long", abi.SHAPE_ROOM + 1],
  ])("holds %s claims sets rightly", (_, length) => {
    const verifier = verifierOf();
    for (const letter of "abcdefgh") {
      const text = `{"x":"${letter.repeat(length - 8)}"}`;
      const verdict = verifier.verify(signText(text));
      expect(verdict.ok && verdict.claims).toEqual({ x: letter.repeat(length - 8) });
    }
    expect(shapeOf(0) > 0).toBe(length >= 16 && length <= abi.SHAPE_ROOM);
  });
});
