/** The name of a token's key: what a source is asked for is what the engine selects by, whatever the header or the payload looks like. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REGISTERED_CLAIMS } from "../../src/base/codes.js";
import { readKeyName } from "../../src/engine/keyName.js";
import { openEngine } from "../../src/engine/openEngine.js";
import { createVerifier, deriveKeys, deriveSecret } from "../../src/index.js";
import type { KeySource } from "../../src/sources/keySource.js";
import { keyNameOf } from "../../src/verify/keyName.js";
import { testSecret } from "../support/ring.js";
import { runs } from "../support/runs.js";
import { NOW, signText } from "../support/tokens.js";

const NAMES = ["a", "b", "device 7", "é", "x".repeat(256)];
const escaped = (name: string) => [...name].map((each) => `\\u${(each.codePointAt(0) as number).toString(16).padStart(4, "0")}`).join("");

const member = (name: string) =>
  fc.oneof(
    fc.constantFrom(...NAMES).map((value) => `"${name}":${JSON.stringify(value)}`),
    fc.constantFrom(...NAMES).map((value) => `"${escaped(name)}" : "${escaped(value)}"`),
    fc
      .constantFrom("1", "null", '["a"]', '{"kid":"a","sub":"a"}', '"\\ud800"', '"\\ufffd"', `"${"y".repeat(257)}"`, '""')
      .map((value) => `"${name}":${value}`),
  );
const other = fc.constantFrom(
  '"x":{"sub":"b","kid":"b","dev":"b"}',
  '"y":"\\"sub\\":\\"b\\""',
  '"exp":4000000000',
  '"iss":"a"',
  '"z":[1,{"sub":"a"}]',
);
const objectOf = (name: string, first: string[] = []) =>
  fc.array(fc.oneof({ weight: 2, arbitrary: member(name) }, { weight: 3, arbitrary: other }), { maxLength: 6 }).map((members) => {
    return `{${[...first, ...new Set(members)].join(",")}}`;
  });
/** Well-formed JSON, and some that has lost or doubled a piece. */
const mutated = (text: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 4, arbitrary: text },
    {
      weight: 1,
      arbitrary: fc.tuple(text, fc.nat(80), fc.nat(20)).map(([json, from, length]) => json.slice(0, from) + json.slice(from + length)),
    },
  );

interface Case {
  readonly claim: string | undefined;
  readonly token: (secret: Uint8Array) => string;
}

const cases: fc.Arbitrary<Case> = fc.oneof(
  mutated(objectOf("kid", ['"alg":"HS256"'])).map((header) => ({
    claim: undefined,
    token: (secret: Uint8Array) => signText('{"sub":"b"}', header, secret),
  })),
  fc.constantFrom("sub", "iss", "dev").chain((claim) =>
    mutated(objectOf(claim)).map((payload) => ({
      claim,
      token: (secret: Uint8Array) => signText(payload, '{"alg":"HS256","kid":"b"}', secret),
    })),
  ),
);

const isRegistered = (claim: string | undefined) => (REGISTERED_CLAIMS as readonly (string | undefined)[]).includes(claim);
const engineName = (token: string, claim: string | undefined) => readKeyName(openEngine(), token, claim, isRegistered(claim));
const keyOf = (kid: string) => ({ kid, secret: testSecret(kid) });
const verifierOf = (names: readonly string[], claim: string | undefined) =>
  createVerifier({ keys: names.map(keyOf), currentDate: NOW, ...(claim === undefined ? {} : { keyFrom: { claim } }) });
/** Codes that come before the key is selected. */
const EARLIER = ["MALFORMED", "CRITICAL_HEADER_UNSUPPORTED", "TYPE_MISMATCH", "ALGORITHM_NOT_ALLOWED"];

describe("the name that a source is asked for", () => {
  it("is the one that the engine selects a key by", () => {
    fc.assert(
      fc.property(cases, ({ claim, token }) => {
        const text = token(testSecret("a"));
        const name = engineName(text, claim);
        const code = (names: readonly string[]) => {
          const verdict = verifierOf(names, claim).verify(text);
          return verdict.ok ? "ACCEPTED" : verdict.code;
        };
        const others = [...NAMES, "none of these"].filter((each) => each !== name);
        expect(["KEY_NOT_FOUND", ...EARLIER]).toContain(code(others));
        if (name !== undefined && name.length <= 256 && NAMES.includes(name))
          expect(code([name, "none of these"])).not.toBe("KEY_NOT_FOUND");
      }),
      runs(2000),
    );
  });

  it("is that which an accepted token has for its owner", () => {
    fc.assert(
      fc.property(cases, ({ claim, token }) => {
        for (const name of NAMES) {
          const text = token(testSecret(name));
          const verdict = verifierOf(NAMES, claim).verify(text);
          if (verdict.ok) deepStrictEqual([engineName(text, claim), keyNameOf(text, claim), verdict.keyName], [name, name, name]);
        }
      }),
      runs(500),
    );
  });

  it("is asked for again and again with the same result, in batches of many", () => {
    fc.assert(
      fc.property(fc.array(cases, { maxLength: 30 }), (all) => {
        const asked: string[] = [];
        const keys: KeySource = { at: () => ({ load: () => [] }), supply: (names) => asked.push(...names) < 0 };
        const texts = all.filter(({ claim }) => claim === "sub").map(({ token }) => token(testSecret("a")));
        const { codes } = createVerifier({ keys, keyFrom: { claim: "sub" }, currentDate: NOW }).verifyBatch(texts);
        const names = texts.filter((_, index) => codes[index] === 6).map((text) => engineName(text, "sub"));
        deepStrictEqual(new Set(asked), new Set(names.filter((name) => name !== undefined)));
      }),
      runs(200),
    );
  });
});

describe("a device that makes up names beside its own", () => {
  const derivation = { master: testSecret("master") };
  const tokenOf = (payload: string) => signText(payload, '{"alg":"HS256"}', deriveSecret(derivation, "a"));

  it.each(["sub", "dev"])("has no key kept for them (by %s)", (claim) => {
    const keys = deriveKeys(derivation);
    const verifier = createVerifier({ keys, keyFrom: { claim }, currentDate: NOW });
    const tokens = Array.from({ length: 1000 }, (_, index) => tokenOf(`{"${claim}":"a","${claim}":"made up ${index}"}`));
    const good = tokenOf(`{"${claim}":"a"}`);
    for (const batch of [tokens, [good, ...tokens], [...tokens, good]]) verifier.verifyBatch(batch);
    for (const token of tokens) expect(verifier.verify(token).ok).toBe(false);
    expect([keys.size, keys.at(NOW).size]).toEqual([1, 1]);
    expect(verifier.verify(good).ok).toBe(true);
  });

  it("has none kept in a header with two, nor by bytes that are no text", () => {
    const keys = deriveKeys(derivation);
    const verifier = createVerifier({ keys, currentDate: NOW });
    const secret = deriveSecret(derivation, "\ufffd");
    const double = signText("{}", '{"alg":"HS256","kid":"a","kid":"b"}', deriveSecret(derivation, "a"));
    const bytes = Buffer.concat([Buffer.from('{"alg":"HS256","kid":"'), Uint8Array.of(0xff), Buffer.from('"}')]);
    const noText = signText("{}", bytes, secret);
    for (const token of [double, noText]) expect(verifier.verify(token).ok).toBe(false);
    expect(keys.size).toBe(0);
  });
});
