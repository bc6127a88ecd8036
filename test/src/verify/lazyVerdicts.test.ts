/** Verdicts: lazy, right for ever, and the caller's own. */
import { inspect, isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { CHUNK_TOKENS } from "../../../src/abi.js";
import { createVerifier } from "../../../src/index.js";
import { NOW, signClaims, signText, TEST_SECRET } from "../../support/tokens.js";

const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
const good = signClaims({ sub: "device", jti: "1", exp: NOW + 60, roles: ["a"] });
const bad = signClaims({ exp: 1 });

describe("a batch of verdicts", () => {
  it("tells how many there are, how many are accepted, and each by its number", () => {
    const batch = verifier.verifyBatch([good, bad, "x", good]);
    expect({ length: batch.length, accepted: batch.accepted, codes: [...batch.codes] }).toEqual({
      length: 4,
      accepted: 2,
      codes: [0, 9, 2, 0],
    });
    expect([...batch].map((verdict) => verdict.ok)).toEqual([true, false, false, true]);
    expect(batch.at(1)).toEqual({ ok: false, code: "EXPIRED", claim: "exp" });
  });

  it("keeps its verdicts, whatever is written to the codes that it hands out", () => {
    const expired = signClaims({ sub: "device", jti: "1", exp: NOW - 60 });
    const batch = verifier.verifyBatch([good, expired]);
    batch.codes.fill(0);
    expect(batch.codes).toBe(batch.codes);
    expect(batch.at(1)).toEqual({ ok: false, code: "EXPIRED", claim: "exp" });
    expect([batch.claims(1), batch.header(1), batch.subject(1), batch.jwtId(1), batch.expiresAt(1)]).toEqual(Array(5).fill(undefined));
    batch.codes.fill(9);
    expect([batch.at(0).ok, batch.subject(0), batch.accepted]).toEqual([true, "device", 1]);
  });

  it.each([-1, 2, 0.5, NaN, Infinity])("has no token with number %d", (index) => {
    const batch = verifier.verifyBatch([good, good]);
    expect(() => batch.at(index)).toThrow(RangeError);
    expect([batch.claims(index), batch.header(index), batch.subject(index), batch.jwtId(index), batch.expiresAt(index)]).toEqual(
      Array(5).fill(undefined),
    );
  });

  it("of no tokens is empty", () => {
    const batch = verifier.verifyBatch([]);
    expect({ length: batch.length, accepted: batch.accepted, codes: [...batch.codes], all: [...batch] }).toEqual({
      length: 0,
      accepted: 0,
      codes: [],
      all: [],
    });
    expect(() => batch.at(0)).toThrow(RangeError);
  });

  it("tells nothing of a rejected token", () => {
    const batch = verifier.verifyBatch([bad]);
    expect([batch.claims(0), batch.header(0), batch.subject(0), batch.jwtId(0), batch.expiresAt(0)]).toEqual(Array(5).fill(undefined));
  });

  it("builds claims and header anew at each call, and once in a verdict", () => {
    const batch = verifier.verifyBatch([good]);
    expect(batch.claims(0)).not.toBe(batch.claims(0));
    expect(batch.header(0)).not.toBe(batch.header(0));
    const verdict = batch.at(0);
    if (!verdict.ok) expect.fail(verdict.code);
    expect(verdict.claims).toBe(verdict.claims);
    expect(verdict.header).toBe(verdict.header);
  });

  it("shows claims and header in JSON", () => {
    expect(JSON.parse(JSON.stringify(verifier.verify(good)))).toEqual({
      ok: true,
      claims: { sub: "device", jti: "1", exp: NOW + 60, roles: ["a"] },
      header: { alg: "HS256", typ: "JWT" },
    });
    expect(JSON.stringify(verifier.verify(bad))).toBe('{"ok":false,"code":"EXPIRED","claim":"exp"}');
  });
});

describe.each([false, true])("a verdict whose claims have been read: %s,", (areRead) => {
  const claims = { sub: "device", jti: "1", exp: NOW + 60, roles: ["a"] };
  const whole = { ok: true, claims, header: { alg: "HS256", typ: "JWT" } };
  const other = signClaims({ ...claims, sub: "other" });
  const acceptedOf = (token: string) => {
    const verdict = verifier.verify(token);
    if (!verdict.ok) return expect.fail(verdict.code);
    if (areRead) expect(verdict.claims.roles).toEqual(["a"]);
    return verdict;
  };

  it("shows claims and header on the console, by itself and within other objects", () => {
    expect(inspect(acceptedOf(good))).toBe(inspect(whole));
    expect(inspect({ auth: acceptedOf(good) })).toBe(inspect({ auth: whole }));
  });

  it("is not cloned without its claims, nor posted", () => {
    expect(() => structuredClone(acceptedOf(good))).toThrow(/could not be cloned/);
    const { port1, port2 } = new MessageChannel();
    expect(() => port1.postMessage({ auth: acceptedOf(good) })).toThrow(/could not be cloned/);
    port1.close();
    port2.close();
  });

  it("has a copy whose JSON is an error that says where claims are, not JSON without them", () => {
    const copy = { ...acceptedOf(good), user: 1 };
    expect(() => JSON.stringify({ auth: copy })).toThrow(
      new TypeError("Expected the verdict itself: claims are not copied, take `verdict.claims`"),
    );
    // @ts-expect-error: the compiler knows it as well.
    expect(copy.claims).toBeUndefined();
    const { claims: taken, ...rest } = acceptedOf(good);
    expect(taken).toEqual(claims);
    expect(() => JSON.stringify(rest)).toThrow(TypeError);
  });

  it("has no function made for itself, which would be as much garbage as all the rest", () => {
    const own = Object.values(acceptedOf(good)).filter((value) => typeof value === "function");
    expect(own).toHaveLength(1);
    expect(Object.values(acceptedOf(other))).toContain(own[0]);
  });

  it("differs from another one in a member of its own, whatever the comparison looks at", () => {
    const [one, two] = [Object.entries(acceptedOf(good)), Object.entries(acceptedOf(good))];
    expect(one.some(([, value], index) => value !== two[index]?.[1])).toBe(true);
  });

  it.each<[string, (verdict: object) => unknown]>([
    ["an heir", Object.create],
    ["a copy with its prototype", (verdict) => Object.assign(Object.create(Object.getPrototypeOf(verdict)), verdict)],
    ["a text", () => "verdict"],
    ["nothing", () => undefined],
  ])("gives no JSON to %s", (_, of) => {
    const verdict = acceptedOf(good) as unknown as { toJSON(): object };
    expect(() => verdict.toJSON.call(of(verdict) as never)).toThrow(/^Expected the verdict itself/);
  });

  it("does not equal another one, nor what has no claims, and matches what it has", () => {
    expect(acceptedOf(good)).not.toEqual(acceptedOf(other));
    expect(isDeepStrictEqual(acceptedOf(good), acceptedOf(other))).toBe(false);
    expect(acceptedOf(good)).not.toEqual({ ok: true });
    expect(acceptedOf(good)).toMatchObject(whole);
    expect(acceptedOf(good)).not.toMatchObject({ claims: { sub: "other" } });
    expect(JSON.parse(JSON.stringify(acceptedOf(good)))).toEqual(whole);
  });
});

describe("a batch that is shown", () => {
  const batch = verifier.verifyBatch([good, bad, "x"]);
  const verdicts = [
    { ok: true, claims: { sub: "device", jti: "1", exp: NOW + 60, roles: ["a"] }, header: { alg: "HS256", typ: "JWT" } },
    { ok: false, code: "EXPIRED", claim: "exp" },
    { ok: false, code: "MALFORMED", reason: "ONE_SEGMENT" },
  ];

  it("has its verdicts in JSON", () => {
    expect(JSON.parse(JSON.stringify(batch))).toEqual({ length: 3, accepted: 1, verdicts });
  });

  it("has them on the console, claims included", () => {
    expect(inspect(batch, { depth: 3 })).toBe(inspect(Object.assign(verdicts, { accepted: 1 }), { depth: 3 }));
    expect(inspect(batch)).toContain("sub: 'device'");
  });

  it("is not cloned without them", () => {
    expect(() => structuredClone(batch)).toThrow(/could not be cloned/);
    expect(() => JSON.stringify({ ...batch })).toThrow(TypeError);
    expect(batch).not.toEqual(verifier.verifyBatch([good, bad, "x"]));
  });
});

describe.each<[string, (batch: number) => void]>([
  ["at once", () => {}],
  ["after another token was verified", () => void verifier.verify(signText('{"sub":"other","jti":"2","exp":1}'))],
  [
    "after a large batch was verified",
    () => void verifier.verifyBatch(Array<string>(3000).fill(signClaims({ sub: "other", exp: NOW + 1 }))),
  ],
  ["after a key was loaded", () => void createVerifier({ keys: TEST_SECRET })],
])("what is read %s", (_, meanwhile) => {
  it.each<[string, object]>([
    ['{"sub":"device","jti":"1","exp":1700000060.5}', { sub: "device", jti: "1", exp: 1700000060.5 }],
    ['{"sub":"d\\u0065vice","jti":"\\n","exp":17000000600e-1}', { sub: "device", jti: "\n", exp: 1700000060 }],
    ['{"sub":"gerät 😀","jti":"ключ","exp":1700000060}', { sub: "gerät 😀", jti: "ключ", exp: 1700000060 }],
    ['{"sub":"\\ud800","jti":""}', { sub: "\ud800", jti: "", exp: undefined }],
    ['{"sub":5,"jti":null}', { sub: undefined, jti: undefined, exp: undefined }],
    ['{"sub":["a"],"jti":{"a":1}}', { sub: undefined, jti: undefined, exp: undefined }],
    ['{"x":{"sub":"inner"},"y":"\\"jti\\":1"}', { sub: undefined, jti: undefined, exp: undefined }],
    ['{"x":"é","sub":"ascii"}', { sub: "ascii", jti: undefined, exp: undefined }],
    ["{}", { sub: undefined, jti: undefined, exp: undefined }],
    ['{"exp":1700000060.00000000000000000000001}', { sub: undefined, jti: undefined, exp: 1700000060 }],
  ])("of %s is right", (payload, expected) => {
    const batch = verifier.verifyBatch([good, signText(payload), bad]);
    const verdict = batch.at(1);
    meanwhile(0);
    expect({ sub: batch.subject(1), jti: batch.jwtId(1), exp: batch.expiresAt(1) }).toEqual(expected);
    expect(batch.claims(1)).toEqual(JSON.parse(payload));
    expect(verdict).toMatchObject({ ok: true, claims: JSON.parse(payload) });
  });

  it("of the first and the last chunk is right", () => {
    const tokens = Array.from({ length: CHUNK_TOKENS + 10 }, (_, index) => signClaims({ sub: `device ${index}`, exp: NOW + 1 + index }));
    const batch = verifier.verifyBatch(tokens);
    meanwhile(0);
    for (const index of [0, 1, CHUNK_TOKENS - 1, CHUNK_TOKENS, CHUNK_TOKENS + 9]) {
      expect([batch.subject(index), batch.expiresAt(index), batch.claims(index)?.sub]).toEqual([
        `device ${index}`,
        NOW + 1 + index,
        `device ${index}`,
      ]);
    }
  });
});

describe("claims of many long payloads", () => {
  it("are right in any order, whether their memory is read piece by piece or by the window", () => {
    const lengthOf = (index: number) => (index % 97 === 5 ? 5000 : 300 + ((index * 37) % 900));
    const sets = Array.from({ length: 500 }, (_, index) => ({
      sub: `device ${index}`,
      note: (index % 50 === 7 ? "é" : "e").padEnd(lengthOf(index), `${index} `),
    }));
    const batch = verifier.verifyBatch(sets.map((set) => signClaims(set)));
    expect(batch.accepted).toBe(sets.length);
    for (let turn = 0; turn < sets.length; turn++) {
      const index = (turn * 181) % sets.length;
      expect(batch.claims(index)).toEqual(sets[index]);
    }
  });
});
