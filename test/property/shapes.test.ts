/** Families of claims sets that differ inside strings and times, and members of other families among them, against the reference. */
import fc from "fast-check";
import { describe, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { expectAsReference } from "../support/compare.js";
import { runs } from "../support/runs.js";
import { NOW, signText } from "../support/tokens.js";
import { jsonText, options } from "./arbitraries.js";

const names = fc.constantFrom("iss", "sub", "aud", "jti", "nonce", "x", "name", "scope", "a b", "é", "__proto__", "7", "exp2");
const times = fc.constantFrom("exp", "nbf", "iat");

/** One member as a function of what varies: a string of a fixed length, a time, or the same value always. */
const member = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(names, fc.nat(30)).map(
      ([name, length]) =>
        (vary: number) =>
          `"${name}":"${textOf(vary, length)}"`,
    ),
  },
  { weight: 3, arbitrary: times.map((name) => (vary: number) => `"${name}":${NOW + (name === "exp" ? 1 : -1) * (vary % 1000)}`) },
  {
    weight: 2,
    arbitrary: fc.tuple(names, jsonText).map(
      ([name, value]) =>
        () =>
          `"${name}":${value}`,
    ),
  },
);
const family = fc.array(member, { minLength: 1, maxLength: 8 }).map((members) => (vary: number) => {
  return `{${members.map((write, index) => write(Math.imul(vary + index, 0x9e3779b1) >>> 0)).join(",")}}`;
});

/** What is done to one token's claims set: nothing, mostly. */
const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.record({ place: fc.nat(400), byte: fc.nat(255) }) },
);

function textOf(vary: number, length: number): string {
  return Array.from({ length }, (_, index) => "abcdefghijklmnopqrstuvwxyz:,{}[] -_~0123456789"[(vary >>> (index % 24)) % 46]).join("");
}

describe("batches of a few families of claims sets", () => {
  it("are judged, and their claims read, as by the reference", () => {
    fc.assert(
      fc.property(
        options,
        fc.array(family, { minLength: 1, maxLength: 3 }),
        fc.array(fc.record({ which: fc.nat(2), vary: fc.nat(), fault }), { minLength: 1, maxLength: 40 }),
        (chosen, families, members) => {
          const tokens = members.map(({ which, vary, fault: wrong }) => {
            const payload = Buffer.from((families[which % families.length] as (vary: number) => string)(vary));
            if (wrong) payload[wrong.place % payload.length] = wrong.byte;
            return signText(payload);
          });
          const verifier = createVerifier(chosen);
          for (let time = 0; time < 3; time++) expectAsReference(verifier.verifyBatch(tokens), tokens, chosen);
        },
      ),
      runs(150),
    );
  }, 120_000);
});
