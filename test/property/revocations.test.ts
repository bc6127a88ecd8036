/** Revocation lists against what `concerns` says of each token, and against a table that is as simple as can be. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/engine/openEngine.js";
import { SWEPT_SLOTS } from "../../src/engine/revocationTable.js";
import { createVerifier } from "../../src/index.js";
import { Entries } from "../../src/revocation/entries.js";
import { concerns, type RevocationEntry, type TokenIdentity } from "../../src/revocation/entry.js";
import { createRevocationList } from "../../src/revocation/list.js";
import { PAIRS, signWith } from "../support/pairs.js";
import { testSecret } from "../support/ring.js";
import { runs } from "../support/runs.js";
import { NOW, signText } from "../support/tokens.js";

const NAMES = [
  "a",
  "b",
  "ab",
  "é",
  "\u0000",
  "😀",
  "\uFFFD",
  "x".repeat(15),
  "x".repeat(16),
  "x".repeat(17),
  "y".repeat(256),
  "z".repeat(900),
];
const ISSUERS = [undefined, "a", "b", "ä".repeat(9), "i".repeat(256)];
const KIDS = ["1", "2", "p"];
const TIMES = [NOW - 10, NOW - 10.5, NOW - 9, NOW];

const oneOf = <Value>(values: readonly Value[]) => fc.constantFrom(...values);

const entries: fc.Arbitrary<RevocationEntry> = fc
  .record({ kind: fc.nat(3), name: oneOf(NAMES), kid: oneOf(KIDS), iss: oneOf(ISSUERS), before: oneOf(TIMES), always: fc.boolean() })
  .map(({ kind, name, kid, iss, before, always }): RevocationEntry => {
    const of = iss === undefined ? {} : { iss };
    if (kind === 0) return { jti: name, ...of };
    if (kind === 1) return { sub: name, before, ...of };
    if (kind === 2) return always ? { kid, ...of } : { kid, before, ...of };
    return { before: before - 2, ...of };
  });

/** A JSON string of a text, some of its characters as escapes. */
const spelt = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(3), fc.integer())
    .map(([way, bits]) =>
      way < 2
        ? JSON.stringify(text)
        : `"${[...text].map((character, index) => ((bits >> (index % 31)) & 1 ? escaped(character) : JSON.stringify(character).slice(1, -1))).join("")}"`,
    );

function escaped(character: string): string {
  return [...Array(character.length).keys()].map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`).join("");
}

const TEXTS = [undefined, "", "\uD800", ...NAMES];

const tokens = fc
  .record({
    iss: oneOf([...ISSUERS, "", "c"]),
    sub: oneOf(TEXTS),
    jti: oneOf(TEXTS),
    iat: oneOf([undefined, ...TIMES]),
    kid: oneOf(KIDS),
    way: fc.nat(5),
  })
  .chain(({ iss, sub, jti, iat, kid, way }) =>
    fc.tuple(...[iss, sub, jti].map((text) => spelt(text ?? ""))).map((texts) => {
      const numbers = way === 0 ? `${NOW + 100}.00000000000000000000000001e0` : `${NOW + 100}`;
      const members = [
        ...["iss", "sub", "jti"].flatMap((name, index) => {
          if ([iss, sub, jti][index] === undefined) return [];
          return [`${way === 1 ? `"${escaped(name)}"` : `"${name}"`}:${texts[index]}`];
        }),
        ...(iat === undefined ? [] : [`"iat":${iat}`]),
        `"exp":${numbers}`,
      ];
      const payload = `{${(way === 2 ? members.reverse() : members).join(way === 3 ? " , " : ",")}}`;
      const identity: TokenIdentity = { iss, sub, jti, iat, kid };
      return { text: tokenOf(kid, payload), identity };
    }),
  );

function tokenOf(kid: string, payload: string): string {
  if (kid === "p") return signWith("ES256", payload, JSON.stringify({ alg: "ES256", kid }));
  return signText(payload, JSON.stringify({ alg: "HS256", kid }), testSecret(kid));
}

const KEYS = [
  { kid: "1", secret: testSecret("1") },
  { kid: "2", secret: testSecret("2") },
  { kid: "p", alg: "ES256" as const, publicKey: PAIRS.ES256.publicKey },
];

describe("verdicts with a revocation list", () => {
  it("are those of its entries, however claims are spelt, alone and among others", async () => {
    const batches = fc.tuple(fc.array(entries, { maxLength: 12 }), fc.array(tokens, { minLength: 1, maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(batches, async ([given, batch]) => {
        const revocation = createRevocationList();
        const verifier = createVerifier({ keys: KEYS, currentDate: NOW, revocation, maxTokenLength: 65_536 });
        for (const entry of given) revocation.apply([entry]);
        const texts = batch.map(({ text }) => text);
        const expected = batch.map(({ identity }) => (given.some((entry) => concerns(entry, identity)) ? "REVOKED" : "ACCEPTED"));
        const codeOf = (verdict: { ok: boolean; code?: string }) => (verdict.ok ? "ACCEPTED" : verdict.code);
        expect([...verifier.verifyBatch(texts)].map(codeOf)).toEqual(expected);
        expect([...verifier.verifyBatch(texts)].map(codeOf)).toEqual(expected);
        expect([...(await verifier.verifyBatchAsync(texts))].map(codeOf)).toEqual(expected);
        expect(texts.map((text) => codeOf(verifier.verify(text)))).toEqual(expected);
        expect(batch.map(({ identity }) => (revocation.isRevoked(identity) ? "REVOKED" : "ACCEPTED"))).toEqual(expected);
      }),
      runs(300),
    );
  }, 120_000);
});

describe("the entries of a list", () => {
  const operations = fc.array(
    fc.record({ what: fc.nat(9), from: fc.nat(250), count: fc.integer({ min: 1, max: 60 }), lasts: fc.integer({ min: 1, max: 30 }) }),
    { minLength: 1, maxLength: 60 },
  );

  it("are there until they end, and no longer", () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const table = new Entries(openEngine());
        const model = new Map<string, number>();
        let now = 1000;
        for (const { what, from, count, lasts } of steps) {
          const names = Array.from({ length: count }, (_, index) => `${from + index}`);
          if (what < 7) {
            table.add(names.map((jti, index) => ({ jti, exp: now + ((lasts * (index + 1)) % 31) })));
            for (const [index, name] of names.entries())
              model.set(name, Math.max(model.get(name) ?? 0, now + ((lasts * (index + 1)) % 31)));
          } else {
            now += lasts;
            for (let slots = 0; slots <= table.slots; slots += SWEPT_SLOTS) table.sweep(now);
            for (const [name, end] of model) if (end < now) model.delete(name);
          }
          expect(table.size).toBe(model.size);
          for (let name = 0; name < 320; name++) expect(table.has(`${name}`)).toBe(model.has(`${name}`));
          const there = [...table].map((entry) => ["jti" in entry && entry.jti, entry.exp]);
          expect(new Map(there as [string, number][])).toEqual(model);
          expect(there.length).toBe(model.size);
        }
        table.release();
      }),
      runs(200),
    );
  }, 120_000);
});
