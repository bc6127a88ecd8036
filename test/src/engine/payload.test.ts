/** Payloads of the chunk judged last, read from where they lie. */
import { describe, expect, it } from "vitest";
import { CLAIM_ISS, CLAIM_JTI, CLAIM_SUB } from "../../../src/abi.js";
import { Engine } from "../../../src/engine/engine.js";
import { place } from "../../support/place.js";
import { NOW, signText, TEST_SECRET } from "../../support/tokens.js";

const engine = new Engine();
const { address } = place(engine, { keys: TEST_SECRET });
const { payloads } = engine;

/** Has these payloads in memory, by number. */
function judge(...texts: string[]): void {
  const codes = new Uint8Array(texts.length);
  engine.chunks.verifyChunk(
    address,
    texts.map((text) => signText(text)),
    0,
    8192,
    NOW,
    codes,
    [],
  );
  expect([...codes]).toEqual(texts.map(() => 0));
}

describe("a payload", () => {
  it.each([
    ["ASCII", '{"sub":"a device","n":[1,{"x":null}]}'],
    ["characters beyond ASCII", '{"sub":"ключ 🔑","n":1}'],
    ["escapes", '{"sub":"a\\u0062\\n","n":1}'],
    ["a time that only `Number` converts", '{"exp":4000000000.000000000000000000000001,"n":1}'],
  ])("of %s becomes what JSON.parse makes", (_, text) => {
    judge('{"other":1}', text);
    expect(payloads.claims(1)).toEqual(JSON.parse(text));
  });

  it("of a known shape is copied from it, and is another object each time", () => {
    const texts = ["a", "b", "c", "d"].map((letter) => `{"sub":"device ${letter}","roles":["x"]}`);
    judge(...texts);
    for (const [index, text] of texts.entries()) {
      expect(payloads.claims(index)).toEqual(JSON.parse(text));
      expect(payloads.claims(index)).not.toBe(payloads.claims(index));
    }
    payloads.forget();
    expect(payloads.claims(3)).toEqual(JSON.parse(texts[3] as string));
  });

  it.each<[string, string, number, string | undefined | null]>([
    ["is a string", '{"sub":"a device"}', CLAIM_SUB, "a device"],
    ["has characters beyond ASCII", '{"jti":"ключ"}', CLAIM_JTI, "ключ"],
    ["is absent", '{"sub":"a device"}', CLAIM_ISS, undefined],
    ["is empty", '{"iss":""}', CLAIM_ISS, ""],
    ["has escapes, and is to be read from the claims", '{"sub":"\\u0061"}', CLAIM_SUB, null],
  ])("gives the text of a claim without the others where it %s", (_, text, claim, expected) => {
    judge('{"sub":"another","jti":"another","iss":"another"}', text);
    expect(payloads.claimText(1, claim)).toBe(expected);
  });

  it.each([
    ['{"exp":4000000000}', 4e9],
    ['{"exp":4000000000.5}', 4000000000.5],
    ['{"sub":"for ever"}', undefined],
  ])("%s expires at %s", (text, expected) => {
    judge('{"exp":5000000000}', text);
    expect(payloads.expiry(1)).toBe(expected);
  });

  it("is another's once the areas are used again, which its generation tells", () => {
    judge('{"sub":"a"}');
    const { generation } = payloads;
    expect(payloads.generation).toBe(generation);
    judge('{"sub":"b"}');
    expect(payloads.generation).toBeGreaterThan(generation);
    expect(payloads.claims(0)).toEqual({ sub: "b" });
  });
});
