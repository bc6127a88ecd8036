/** Claims objects that are copied from a shape must be what JSON.parse makes, and the caller's own. */
import { deepStrictEqual } from "node:assert";
import { describe, expect, it } from "vitest";
import { VALIDATION_FAILED } from "../../../src/abi.js";
import { openEngine } from "../../../src/engine/openEngine.js";
import { Shape } from "../../../src/engine/shapes.js";
import { createVerifier } from "../../../src/index.js";
import { NOW, signText, TEST_SECRET } from "../../support/tokens.js";

const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });

/** The claims of each payload, read from one batch after the shape is known. */
function claimsOf(payloads: readonly string[]): unknown[] {
  const tokens = payloads.map((text) => signText(text));
  verifier.verifyBatch(tokens);
  const batch = verifier.verifyBatch(tokens);
  expect(batch.accepted).toBe(tokens.length);
  return tokens.map((_, index) => batch.claims(index));
}

/** Payloads of one shape: `?` is another letter in each, `#` another digit of a time. */
function family(pattern: string): string[] {
  return [..."abcdefgh"].map((letter, index) => pattern.replaceAll("?", letter).replaceAll("#", String(index)));
}

describe("claims of one shape", () => {
  it.each([
    ["strings and times", `{"sub":"device ?","exp":170000100#,"iat":160000000#}`],
    ["all kinds of values", '{"a":"?","b":null,"c":true,"d":-0,"e":1e3,"f":[],"g":{},"h":[1,{"i":["j"]}],"k":""}'],
    ["nothing that differs", '{"sub":"always the same"}'],
    ["a name twice", '{"x":"?","x":"second ?"}'],
    ["a name twice, the latter of which does not differ", '{"x":"?","y":"?","x":1}'],
    ["names that are numbers", '{"b":"?","2":"?","1":"?","0":{"1":"x"}}'],
    ["the name of the prototype", '{"__proto__":"?","constructor":"?","toString":{"__proto__":{"x":1}},"hasOwnProperty":"?"}'],
    ["the name of the prototype, nested", '{"sub":"?","x":{"__proto__":{"y":[1]}}}'],
    ["names with escapes", '{"a\\"b":"?","c\\u0041":"?"}'],
    ["names with signs", '{"a:b":"?","c,d":"?","{":"?","]":"?","":"?"}'],
    ["space between", '{ "sub" : "?" ,\n\t"jti":"?", "x":[ 1, 2 ] }'],
    ["characters beyond ASCII that do not differ", '{"sub":"?","é":"ü","x":"?"}'],
    ["escapes that do not differ", '{"sub":"?","x":"a\\n\\u00e9","y":"?"}'],
    ["strings that look like JSON", `{"sub":":{?},","x":"[?]","exp":170000100#}`],
  ])("with %s are what JSON.parse makes of them", (_, pattern) => {
    const payloads = family(pattern.padEnd(16));
    deepStrictEqual(
      claimsOf(payloads),
      payloads.map((text) => JSON.parse(text)),
    );
    deepStrictEqual(
      claimsOf(payloads).map((claims) => Object.keys(claims as object)),
      payloads.map((text) => Object.keys(JSON.parse(text))),
    );
  });

  it("are the caller's own, down to what they hold", () => {
    const payloads = family('{"sub":"?","roles":["a",{"b":[1]}],"x":{"y":{}}}');
    const changed = claimsOf(payloads) as { sub: string; roles: unknown[]; x: { y: object } }[];
    for (const claims of changed) {
      claims.sub = "changed";
      claims.roles.push("admin");
      (claims.roles[1] as { b: number[] }).b[0] = 9;
      Object.assign(claims.x.y, { changed: true });
    }
    deepStrictEqual(
      claimsOf(payloads),
      payloads.map((text) => JSON.parse(text)),
    );
  });

  it("are of their own token when the place of its shape was taken within the batch by one that could not be learnt", () => {
    // The last sixty are as long as the first three and say the same as the second, but with an `iat` that is no ten digits.
    const first = ["a", "b", "c"].map((letter) => `{"iat":1763988100,"sub":"device ${letter}","door":"${letter}"}`);
    const payloads = [...first, ...Array<string>(60).fill('{"iat":17639881e2,"sub":"device b","door":"b"}')];
    openEngine().memory.exports.forget(0, 2 ** 32 - 1);
    const batch = createVerifier({ keys: TEST_SECRET, currentDate: NOW + 1e8 }).verifyBatch(payloads.map((text) => signText(text)));
    const order = [1, 2, ...payloads.keys()];
    deepStrictEqual(
      order.map((index) => batch.claims(index)),
      order.map((index) => JSON.parse(payloads[index] as string)),
    );
  });

  it("are of their own token when shapes of many lengths push each other out", () => {
    for (let length = 0; length < 120; length++) {
      const payloads = [...Array(68).keys()].map((index) => {
        const name = String(index).padStart(6, "0");
        return index < 8
          ? `{"sub":"device-${name}","iat":1763988100}`
          : `{"sub":"${name}","x":"${"x".repeat(length)}","iat":1763988100.25}`;
      });
      const batch = createVerifier({ keys: TEST_SECRET, currentDate: NOW + 1e8 }).verifyBatch(payloads.map((text) => signText(text)));
      deepStrictEqual(
        payloads.map((_, index) => batch.claims(index)),
        payloads.map((text) => JSON.parse(text)),
      );
    }
  });

  it("are shown to `validate` as they are, whatever else is in the batch", () => {
    openEngine().memory.exports.forget(0, 2 ** 32 - 1);
    const validate = (claims: { role?: unknown }) => claims.role === "user ";
    const guarded = createVerifier({ keys: TEST_SECRET, currentDate: NOW + 1e8, validate });
    const user = signText('{"iat":1763988100,"role":"user "}');
    const admin = signText('{"iat":1763988100,"role":"admin"}');
    const filler = signText('{"iat":17639881e2,"role":"user "}');
    expect([...guarded.verifyBatch([user, user, admin, ...Array(60).fill(filler)]).codes.slice(0, 3)]).toEqual([0, 0, VALIDATION_FAILED]);
  });

  it("follow JSON.parse where a name stands twice and its fixed value is that of the first token read", () => {
    openEngine().memory.exports.forget(0, 2 ** 32 - 1);
    const user = signText('{"role":"user ","role":"\\u0075ser "}');
    const admin = signText('{"role":"admin","role":"\\u0075ser "}');
    const batch = verifier.verifyBatch([user, user, admin]);
    deepStrictEqual([batch.claims(1), batch.claims(2)], [{ role: "user " }, { role: "user " }]);
  });

  it("take nothing from an Object.prototype that has something to enumerate", () => {
    const payloads = family('{"sub":"?","x":{"y":[{"z":1}]}}');
    Object.assign(Object.prototype, { polluted: {} });
    try {
      deepStrictEqual(Object.keys((claimsOf(payloads)[1] as { x: object }).x), ["y"]);
    } finally {
      Reflect.deleteProperty(Object.prototype, "polluted");
    }
  });

  it("stay right when read late, after another shape took the place of theirs", () => {
    const token = signText('{"sub":"device a"}');
    verifier.verify(token);
    const batch = verifier.verifyBatch([signText('{"sub":"device b"}'), token]);
    verifier.verify(signText('{"sub":"device c"}'));
    expect([batch.claims(0), batch.claims(1)]).toEqual([{ sub: "device b" }, { sub: "device a" }]);
  });
});

describe("a shape", () => {
  it("is refused where its copies would not be what JSON.parse makes", () => {
    const text = '{"x":"1","x":2}';
    const mask = Uint8Array.from(text, (_, index) => (index === 6 ? 0 : 255));
    expect(Shape.of(text, mask, '{"x":"a","x":2}', new Float64Array(3))).toBeUndefined();
  });

  it("takes times as numbers and strings as they are", () => {
    const text = '{"exp":1111111111,"sub":"11"}';
    const mask = Uint8Array.from(text, (letter) => (letter === "1" ? 0 : 255));
    const payload = '{"exp":1700000000,"sub":"ab"}';
    expect(Shape.of(text, mask, payload, Float64Array.of(1_700_000_000, 0, 0))?.claims(payload, Float64Array.of(5, 0, 0))).toEqual({
      exp: 5,
      sub: "ab",
    });
  });
});
