/** What must not be possible with tables of keys: names of any length, keys that change while signatures are verified, clearing while reading. */
import { describe, expect, it } from "vitest";
import { createKeyTable, createVerifier, type KeyInput } from "../../src/index.js";
import { openEngine } from "../../src/openEngine.js";
import { OTHER_PAIRS, PAIRS, signWith } from "../support/pairs.js";
import { testSecret, tokenOf } from "../support/ring.js";
import { base64url, NOW, signClaims } from "../support/tokens.js";

const HEADER = '{"alg":"EdDSA","kid":"a"}';

function publicKey(pairs: typeof PAIRS): KeyInput {
  return { kid: "a", alg: "EdDSA", publicKey: pairs.EdDSA.publicKey };
}

describe("a key table", () => {
  it("takes a name of any length to ask for and to delete, and nothing outside the names' place changes", () => {
    const table = createKeyTable({ keys: [{ kid: "a", secret: testSecret("a") }] });
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    expect(verifier.verify(tokenOf("a")).ok).toBe(true);
    const { bytes } = openEngine();
    const before = bytes.slice();
    for (const length of [257, 65_536, 360_449, 900_000, 3_000_000]) {
      for (const character of ["\u0001", "k", "é"]) {
        expect(table.has(character.repeat(length))).toBe(false);
        expect(table.delete(character.repeat(length))).toBe(false);
      }
    }
    expect(Buffer.compare(openEngine().bytes, before)).toBe(0);
    expect(verifier.verify(tokenOf("a")).ok).toBe(true);
  });

  it("takes a name of 256 bytes", () => {
    const kid = "k".repeat(256);
    const table = createKeyTable({ keys: [{ kid, secret: testSecret("a") }] });
    expect([table.has(kid), table.has(`${kid}k`), table.delete(kid), table.has(kid)]).toEqual([true, false, true, false]);
  });

  it("does not let a token pass with a key that was deleted while it was verified, another having got its place", async () => {
    const table = createKeyTable({ keys: [publicKey(PAIRS)] });
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    const token = signWith("EdDSA", '{"sub":"x"}', HEADER);
    expect((await verifier.verifyAsync(token)).ok).toBe(true);
    const one = verifier.verifyAsync(token);
    const many = verifier.verifyBatchAsync([token, token]);
    table.delete("a");
    table.set([publicKey(OTHER_PAIRS)]);
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
