/** Verifiers of several issuers: whose keys and rules a token is judged by, and that it is never another's. */
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { KeyMemory } from "../../../src/engine/keyMemory.js";
import { openEngine } from "../../../src/engine/openEngine.js";
import {
  createKeyTable,
  createVerifier,
  type IssuerOptions,
  type KeyInput,
  type PublicAlgorithm,
  resolveKeys,
  type Verdict,
  type Verifier,
  verdictName,
} from "../../../src/index.js";
import { callback } from "../../../src/keyring/callback.js";
import type { KeyRing } from "../../../src/keyring/keyRing.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import type { KeySource } from "../../../src/sources/keySource.js";
import { LoadedContext } from "../../../src/verify/loadedContext.js";
import { parseOptions } from "../../../src/verify/options.js";
import { OTHER_PAIRS, PAIRS, signWith as signPublic } from "../../support/pairs.js";
import { testJwk, testSecret, tokenOf, until } from "../../support/ring.js";
import { base64url, LONG_TEST_SECRET, NOW, signClaims, signSegments, signWith } from "../../support/tokens.js";

const A = "https://a.example";
const B = "https://b.example";
const C = "https://c.example";

/** A key of an issuer: another secret for each issuer and name. */
function key(issuer: string, kid: string): KeyInput {
  return { kid, secret: testSecret(`${issuer} ${kid}`) };
}

/** A token that names an issuer and is signed with its key, or another's. */
function token(issuer: string, kid: string | undefined, claims: object = {}, signer = issuer, secret = `${signer} ${kid}`): string {
  return signClaims({ iss: issuer, ...claims }, { alg: "HS256", kid }, testSecret(secret));
}

function codeOf(verdict: Verdict): string {
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

/** One verdict's code, its claim and its issuer, by every way of asking. */
async function judged(verifier: Verifier, text: string): Promise<string> {
  const say = (verdict: Verdict) =>
    verdict.ok ? `ACCEPTED by ${verdict.issuerIndex}` : verdict.claim ? `${verdict.code} ${verdict.claim}` : verdict.code;
  const batch = verifier.verifyBatch([text, text]);
  const later = await verifier.verifyBatchAsync([text, text]);
  const all = [verifier.verify(text), await verifier.verifyAsync(text), ...batch, ...later].map(say);
  const index = (verdicts: typeof batch) => (verdicts.codes[1] === 0 ? ` by ${verdicts.issuerIndex(1)}` : "");
  all.push(...[batch, later].filter(({ accepted }) => accepted).map((verdicts) => `ACCEPTED${index(verdicts)}`));
  expect(new Set(all).size).toBe(1);
  return all[0] as string;
}

const ISSUERS: readonly IssuerOptions[] = [
  { issuer: A, keys: [key(A, "1"), key(A, "2")] },
  { issuer: B, keys: [key(B, "1"), key(B, "2")] },
  { issuer: [C, `${C}/`], keys: [key(C, "1"), key(C, "2"), key(C, "3")] },
];

describe("the option `issuers`", () => {
  it.each<[string, unknown, RegExp]>([
    ["is empty", { issuers: [] }, /`issuers` to be a non-empty array/],
    ["is no array", { issuers: { issuer: A, keys: key(A, "1") } }, /`issuers` to be a non-empty array/],
    ["is null", { issuers: null }, /`issuers` to be a non-empty array/],
    ["stands beside `keys`", { issuers: ISSUERS, keys: key(A, "1") }, /`keys` to be an option of each of `issuers`/],
    ["stands beside `issuer`", { issuers: ISSUERS, issuer: A }, /`issuer` to be an option of each of `issuers`/],
    ["stands beside `keyFrom`", { issuers: ISSUERS, keyFrom: "kid" }, /`keyFrom` to be an option of each of `issuers`/],
    ["has a member that is no object", { issuers: [ISSUERS[0], "b"] }, /`issuers\[1\]` to be an object/],
    ["has a hole", { issuers: [ISSUERS[0], undefined] }, /`issuers\[1\]` to be an object/],
    ["has one without a name", { issuers: [ISSUERS[0], { keys: key(B, "1") }] }, /`issuers\[1\]`: .*`issuer`/],
    ["has one with an empty name", { issuers: [{ issuer: "", keys: key(B, "1") }] }, /`issuers\[0\]`: .*`issuer`/],
    ["has one with no names", { issuers: [{ issuer: [], keys: key(B, "1") }] }, /`issuers\[0\]`: .*`issuer`/],
    ["has one without keys", { issuers: [ISSUERS[0], { issuer: B }] }, /`issuers\[1\]`: .*`keys`/],
    ["has one with a bad key", { issuers: [{ issuer: B, keys: { secret: "short" } }] }, /`issuers\[0\]`: .*`keys/],
    ["names one twice", { issuers: [...ISSUERS, { issuer: B, keys: key(B, "1") }] }, /`issuers\[3\].issuer`/],
    ["names one twice, in a list", { issuers: [...ISSUERS, { issuer: ["x", `${C}/`], keys: key(B, "1") }] }, /`issuers\[3\].issuer`/],
    ["has a misspelt option", { issuers: [{ ...ISSUERS[0], audiance: "x" }] }, /`issuers\[0\]`: Unknown option `audiance`.*`audience`/],
    ["has an option that is the verifier's", { issuers: [{ ...ISSUERS[0], validate: () => true }] }, /Unknown option `validate`/],
    ["has a clock of its own", { issuers: [{ ...ISSUERS[0], currentDate: 5 }] }, /Unknown option `currentDate`/],
    ["has issuers within", { issuers: [{ ...ISSUERS[0], issuers: ISSUERS }] }, /Unknown option `issuers`/],
    ["has an empty audience", { issuers: [{ ...ISSUERS[0], audience: "" }] }, /`issuers\[0\]`: .*`audience`/],
    ["has null for an audience", { audience: "x", issuers: [{ ...ISSUERS[0], audience: null }] }, /`issuers\[0\]`: .*`audience`/],
    ["has a name that no token can select", { issuers: [{ issuer: "é".repeat(129), keys: key(A, "1") }] }, /`issuers\[0\]`: .*256 bytes/],
  ])("is refused where it %s", (_, options, message) => {
    expect(() => createVerifier(options as never)).toThrow(TypeError);
    expect(() => createVerifier(options as never)).toThrow(message);
  });

  it("says nothing of keys in what it throws", () => {
    const secret = "this is a secret that nobody is to see";
    const bad = [
      { issuer: A, keys: [{ kid: "1", secret }] },
      { issuer: A, keys: [{ kid: "1", secret }] },
    ];
    for (const options of [
      { issuers: bad },
      { issuers: [bad[0], { issuer: B, keys: Array.from({ length: 5 }, (_, index) => secret + index) }] },
      { issuers: bad, keys: secret },
    ]) {
      expect(() => createVerifier(options as never)).toThrow(TypeError);
      try {
        createVerifier(options as never);
      } catch (error) {
        expect(String((error as Error).stack)).not.toContain("nobody");
      }
    }
  });

  it("wipes the secrets read so far where it is refused", () => {
    // The wiped copies are the parser's own; the caller's bytes stay.
    const secret = testSecret("kept");
    expect(() =>
      parseOptions({
        issuers: [
          { issuer: A, keys: secret },
          { issuer: A, keys: secret },
        ],
      }),
    ).toThrow(TypeError);
    expect(secret).toEqual(testSecret("kept"));
  });

  it("takes a name of 256 bytes", async () => {
    const name = "é".repeat(128);
    const verifier = createVerifier({ issuers: [{ issuer: name, keys: key(A, "1") }], currentDate: NOW });
    expect(await judged(verifier, token(name, "1", {}, A))).toBe("ACCEPTED by 0");
    expect(await judged(verifier, token(`${name}é`, "1", {}, A))).toBe("ISSUER_NOT_FOUND iss");
  });
});

describe("rules of the verifier", () => {
  const shared = {
    audience: "api",
    requiredClaims: ["scope"],
    clockTolerance: 10,
    maxTokenAge: 100,
    typ: "at+jwt",
    algorithms: ["HS256"],
  } as const;
  const good = { aud: "api", scope: "x", iat: NOW };
  const sign = (claims: object, typ = "at+jwt") => signClaims({ iss: A, ...claims }, { alg: "HS256", typ, kid: "1" }, testSecret(`${A} 1`));

  it.each<[string, object]>([
    ["has none", {}],
    ["has undefined ones that check nothing", { clockTolerance: undefined, crit: undefined, keyFrom: undefined }],
  ])("hold where an issuer %s", async (_, own) => {
    const verifier = createVerifier({
      ...shared,
      currentDate: NOW,
      issuers: [{ issuer: A, keys: [key(A, "1")], ...own } as IssuerOptions],
    });
    expect(await judged(verifier, sign(good))).toBe("ACCEPTED by 0");
    expect(await judged(verifier, sign({ ...good, aud: "other" }))).toBe("AUDIENCE_MISMATCH aud");
    expect(await judged(verifier, sign({ ...good, aud: undefined }))).toBe("CLAIM_MISSING aud");
    expect(await judged(verifier, sign({ ...good, scope: undefined }))).toBe("CLAIM_MISSING scope");
    expect(await judged(verifier, sign({ ...good, iat: NOW - 111 }))).toBe("TOO_OLD iat");
    expect(await judged(verifier, sign({ ...good, exp: NOW - 9 }))).toBe("ACCEPTED by 0");
    expect(await judged(verifier, sign({ ...good, exp: NOW - 10 }))).toBe("EXPIRED exp");
    expect(await judged(verifier, sign(good, "JWT"))).toBe("TYPE_MISMATCH");
  });

  it.each(["audience", "requiredClaims", "maxTokenAge", "typ", "algorithms"])(
    "are not taken for an issuer whose `%s` is undefined",
    (name) => {
      const issuer = { issuer: A, keys: key(A, "1"), [name]: undefined };
      expect(() => createVerifier({ ...shared, issuers: [issuer as IssuerOptions] })).toThrow(
        `In \`issuers[0]\`: Expected \`${name}\` to be set, got undefined: leave the option out`,
      );
    },
  );

  it("are refused where they allow no algorithm of an issuer's keys", () => {
    expect(() => createVerifier({ algorithms: ["HS512"], issuers: [{ issuer: A, keys: key(A, "1") }] })).toThrow(
      "In `issuers[0]`: Expected `algorithms` to have one that a key is for (HS256), got none of them",
    );
  });

  it("are refused where options are inherited", () => {
    const issuer = Object.assign(Object.create({ audience: "api" }), { issuer: A, keys: key(A, "1") });
    expect(() => createVerifier({ issuers: [issuer] })).toThrow(
      "Expected `audience` of `issuers[0]` to be a member of its own, got it inherited",
    );
    const options = Object.create({ requiredClaims: ["scope"] });
    expect(() => createVerifier(Object.assign(options, { issuers: [{ issuer: A, keys: key(A, "1") }] }))).toThrow(
      "Expected `requiredClaims` of `options` to be a member of its own, got it inherited",
    );
  });

  it("give way to those of an issuer", async () => {
    const verifier = createVerifier({
      ...shared,
      currentDate: NOW,
      issuers: [
        { issuer: A, keys: [key(A, "1")], audience: "a", requiredClaims: ["role"], clockTolerance: 0, maxTokenAge: 5, typ: "jwt" },
        { issuer: B, keys: [key(B, "1")], algorithms: ["HS256", "HS512"] },
      ],
    });
    const own = { aud: "a", role: 1, iat: NOW };
    expect(await judged(verifier, sign(own, "JWT"))).toBe("ACCEPTED by 0");
    expect(await judged(verifier, sign({ ...own, aud: "api" }, "JWT"))).toBe("AUDIENCE_MISMATCH aud");
    expect(await judged(verifier, sign({ ...own, role: undefined, scope: 1 }, "JWT"))).toBe("CLAIM_MISSING role");
    expect(await judged(verifier, sign({ ...own, iat: NOW - 6 }, "JWT"))).toBe("TOO_OLD iat");
    expect(await judged(verifier, sign({ ...own, exp: NOW }, "JWT"))).toBe("EXPIRED exp");
    expect(await judged(verifier, sign(own))).toBe("TYPE_MISMATCH");
  });
});

describe("a token", () => {
  const verifier = createVerifier({ issuers: ISSUERS, currentDate: NOW });

  it("is judged by the keys of the issuer it names, whoever signed it and wherever it stands", () => {
    const names = [A, B, C, `${C}/`, "https://d.example"];
    const owner = (name: string) => (name === `${C}/` ? C : name);
    const cases: { text: string; expected: string; index: number | undefined }[] = [];
    for (const [number, name] of names.entries()) {
      for (const kid of ["1", "2", "3", "4", undefined]) {
        for (const signer of [A, B, C]) {
          for (const signedWith of ["1", "2", "3"]) {
            const text = token(name, kid, { sub: `${signer} ${signedWith}` }, signer, `${signer} ${signedWith}`);
            const knows = kid !== undefined && Number(kid) <= (owner(name) === C ? 3 : 2);
            const isRight = owner(name) === signer && kid === signedWith;
            const byKey = !knows ? "KEY_NOT_FOUND" : isRight ? "ACCEPTED" : "BAD_SIGNATURE";
            cases.push({ text, expected: number === 4 ? "ISSUER_NOT_FOUND" : byKey, index: Math.min(number, 2) });
          }
        }
      }
    }
    expect(cases.filter(({ expected }) => expected === "ACCEPTED")).toHaveLength(2 + 2 + 3 + 3);
    for (let turns = 0; turns < cases.length; turns++) {
      const rotated = [...cases.slice(turns), ...cases.slice(0, turns)];
      const batch = verifier.verifyBatch(rotated.map(({ text }) => text));
      expect([...batch.codes].map(verdictName)).toEqual(rotated.map(({ expected }) => expected));
      if (turns % 20) continue;
      rotated.forEach(({ expected, index, text }, place) => {
        expect(batch.issuerIndex(place)).toBe(expected === "ACCEPTED" ? index : undefined);
        const one = verifier.verify(text);
        expect([codeOf(one), one.ok && one.issuerIndex]).toEqual([expected, one.ok && index]);
      });
    }
  });

  it("without `kid` is judged by the only key of the issuer it names", async () => {
    const alone = createVerifier({
      currentDate: NOW,
      issuers: [
        { issuer: A, keys: testSecret("a") },
        { issuer: B, keys: [{ secret: testSecret("b"), kid: "1" }] },
        { issuer: C, keys: [{ secret: testSecret("c"), default: true }, key(C, "1")] },
      ],
    });
    const bare = (iss: string, by: string, kid?: string) => signClaims({ iss }, { alg: "HS256", kid }, testSecret(by));
    const signers = ["a", "b", "c"];
    for (const [number, iss] of [A, B, C].entries()) {
      for (const [by, signer] of signers.entries()) {
        expect(await judged(alone, bare(iss, signer))).toBe(by === number ? `ACCEPTED by ${number}` : "BAD_SIGNATURE");
      }
    }
    expect(await judged(alone, bare(A, "a", "any"))).toBe("ACCEPTED by 0");
    expect(await judged(alone, bare(A, "b", "1"))).toBe("BAD_SIGNATURE");
    expect(await judged(alone, bare(B, "b", "2"))).toBe("KEY_NOT_FOUND");
    expect(await judged(alone, bare(C, "c", "2"))).toBe("KEY_NOT_FOUND");
  });

  it.each<[string, string, string]>([
    ["no issuer", "{}", "ISSUER_NOT_FOUND iss"],
    ["a number", '{"iss":1}', "ISSUER_NOT_FOUND iss"],
    ["null", '{"iss":null}', "ISSUER_NOT_FOUND iss"],
    ["a list", `{"iss":["${A}"]}`, "ISSUER_NOT_FOUND iss"],
    ["an object", `{"iss":{"iss":"${A}"}}`, "ISSUER_NOT_FOUND iss"],
    ["one in an object only", `{"x":{"iss":"${A}"}}`, "ISSUER_NOT_FOUND iss"],
    ["one in a string only", `{"x":"\\"iss\\":\\"${A}\\""}`, "ISSUER_NOT_FOUND iss"],
    ["one with other letters", `{"iss":"${A.toUpperCase()}"}`, "ISSUER_NOT_FOUND iss"],
    ["one with a slash more", `{"iss":"${A}/"}`, "ISSUER_NOT_FOUND iss"],
    ["one with a NUL more", `{"iss":"${A}\\u0000"}`, "ISSUER_NOT_FOUND iss"],
    ["an empty one", '{"iss":""}', "ISSUER_NOT_FOUND iss"],
    ["a very long one", `{"iss":"${A.repeat(200)}"}`, "ISSUER_NOT_FOUND iss"],
    ["its own in escapes", `{"\\u0069s\\u0073":"\\u0068ttps:\\/\\/a.example"}`, "ACCEPTED by 0"],
    ["its own behind much else", `{"pad":"${"x".repeat(700)}", "n":[1,{"iss":"${B}"}] , "iss" : "${A}"}`, "ACCEPTED by 0"],
    ["its own twice", `{"iss":"${A}","iss":"${A}"}`, "CLAIM_INVALID iss"],
    ["its own, then another", `{"iss":"${A}","iss":"${B}"}`, "CLAIM_INVALID iss"],
    ["another, then its own", `{"iss":"${B}","iss":"${A}"}`, "BAD_SIGNATURE"],
    ["no JSON behind its issuer", `{"iss":"${A}",`, "MALFORMED"],
    ["no JSON before its issuer", `{"x":,"iss":"${A}"}`, "ISSUER_NOT_FOUND iss"],
    ["no object", `["iss","${A}"]`, "ISSUER_NOT_FOUND iss"],
  ])("that has %s is what it should be", async (_, payload, expected) => {
    const signed = (text: string) => signSegments(base64url('{"alg":"HS256","kid":"1"}'), base64url(text), testSecret(`${A} 1`));
    expect(await judged(verifier, signed(payload))).toBe(expected);
  });

  it("finds its issuer wherever that stands in the payload", () => {
    for (let pad = 0; pad < 300; pad++) {
      const texts = [signClaims({ pad: "x".repeat(pad), "": { iss: A }, iss: B }, { alg: "HS256", kid: "1" }, testSecret(`${B} 1`))];
      texts.push(signClaims({ pad: "x".repeat(pad), iss: B }, { alg: "HS256", kid: "1" }, testSecret(`${B} 1`)));
      texts.push(signClaims({ pad: "x".repeat(pad), iss: B }, { alg: "HS256", kid: "1" }, testSecret(`${A} 1`)));
      expect([...verifier.verifyBatch(texts).codes].map(verdictName)).toEqual(["ACCEPTED", "ACCEPTED", "BAD_SIGNATURE"]);
    }
  });

  it("is MALFORMED before all else", async () => {
    const right = token("unknown", "1");
    const [header, payload, signature] = right.split(".") as [string, string, string];
    for (const text of [
      `${right}=`,
      `${header}.${payload}`,
      `${right}.x`,
      `${header}.${payload}*.${signature}`,
      `${header}.${payload}${"A".repeat((5 - (payload.length % 4)) % 4)}.${signature}`,
      `.${payload}.${signature}`,
    ]) {
      expect(await judged(verifier, text)).toBe("MALFORMED");
    }
    expect(await judged(verifier, right)).toBe("ISSUER_NOT_FOUND iss");
  });

  it("of the greatest length is judged like another, and leaves nothing for the next", () => {
    const wide = createVerifier({ issuers: ISSUERS, currentDate: NOW, maxTokenLength: 262_144 });
    const long = (iss: string, by: string) => token(iss, "1", { pad: "y".repeat(196_000) }, by);
    const late = (iss: string, by: string) =>
      signClaims({ ["\n".repeat(90_000)]: 1, iss }, { alg: "HS256", kid: "1" }, testSecret(`${by} 1`));
    const texts = [
      long(A, A),
      token(B, "1"),
      late(B, A),
      token(A, "1", {}, B),
      late(A, A),
      long(A, B),
      late(C, C),
      token(C, "3"),
      long("x", A),
    ];
    const expected = [
      "ACCEPTED",
      "ACCEPTED",
      "BAD_SIGNATURE",
      "BAD_SIGNATURE",
      "ACCEPTED",
      "BAD_SIGNATURE",
      "ACCEPTED",
      "ACCEPTED",
      "ISSUER_NOT_FOUND",
    ];
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(262_144);
    const batch = wide.verifyBatch(texts);
    expect([...batch.codes].map(verdictName)).toEqual(expected);
    expect(texts.map((text) => codeOf(wide.verify(text)))).toEqual(expected);
  });
});

describe("rules of issuers", () => {
  const PUBLIC = ["RS256", "EdDSA", "ES256"] as const satisfies PublicAlgorithm[];
  const mixed = createVerifier({
    currentDate: NOW,
    issuers: [
      { issuer: A, keys: [key(A, "1")], requiredClaims: ["x", "y"], crit: ["ext"] },
      { issuer: B, keys: [{ kid: "1", alg: "HS512", secret: LONG_TEST_SECRET }], requiredClaims: ["z"], audience: ["b"] },
      ...PUBLIC.map((alg) => ({
        issuer: alg,
        keys: [{ kid: "1", alg, publicKey: PAIRS[alg].publicKey }],
        requiredClaims: [`by ${alg}`, "w"],
      })),
    ],
  });
  const texts: [string, string][] = [
    [token(A, "1", { x: 1, y: 1 }), "ACCEPTED by 0"],
    [token(A, "1", { x: 1, z: 1 }), "CLAIM_MISSING y"],
    [token(A, "1", { y: 1 }), "CLAIM_MISSING x"],
    [signClaims({ iss: A, x: 1, y: 2 }, { alg: "HS256", kid: "1", crit: ["ext"], ext: 1 }, testSecret(`${A} 1`)), "ACCEPTED by 0"],
    [signWith("HS512", `{"iss":"${B}","aud":"b","z":1}`, LONG_TEST_SECRET, "1"), "ACCEPTED by 1"],
    [signWith("HS512", `{"iss":"${B}","aud":"b"}`, LONG_TEST_SECRET, "1"), "CLAIM_MISSING z"],
    [signWith("HS512", `{"iss":"${B}","aud":"a","z":1}`, LONG_TEST_SECRET, "1"), "AUDIENCE_MISMATCH aud"],
    [signWith("HS512", `{"iss":"${B}","aud":["b",1],"z":1}`, LONG_TEST_SECRET, "1"), "CLAIM_INVALID aud"],
    [signWith("HS256", `{"iss":"${B}","aud":"b","z":1}`, LONG_TEST_SECRET, "1"), "ALGORITHM_NOT_ALLOWED"],
    [signWith("HS512", `{"iss":"${A}","x":1,"y":1}`, LONG_TEST_SECRET, "1"), "ALGORITHM_NOT_ALLOWED"],
    ...PUBLIC.flatMap((alg, index): [string, string][] => {
      const header = `{"alg":"${alg}","kid":"1"}`;
      const other = PUBLIC[(index + 1) % PUBLIC.length] as PublicAlgorithm;
      return [
        [signPublic(alg, `{"iss":"${alg}","by ${alg}":1,"w":1}`, header), `ACCEPTED by ${2 + index}`],
        [signPublic(alg, `{"iss":"${alg}","w":1}`, header), `CLAIM_MISSING by ${alg}`],
        [signPublic(alg, `{"iss":"${alg}","by ${alg}":1}`, header), "CLAIM_MISSING w"],
        [signPublic(alg, `{"iss":"${alg}","w":1}`, header, OTHER_PAIRS[alg].privateKey), "BAD_SIGNATURE"],
        [signPublic(alg, `{"iss":"${other}","by ${other}":1,"w":1}`, header), "ALGORITHM_NOT_ALLOWED"],
        [signPublic(alg, `{"iss":"${alg}","by ${alg}":1,"w":1,"exp":${NOW}}`, header), "EXPIRED exp"],
      ];
    }),
  ];

  it("hold for every algorithm, one by one", async () => {
    for (const [text, expected] of texts) expect([expected, await judged(mixed, text)]).toEqual([expected, expected]);
  });

  it("hold in one batch of all algorithms, of more than a chunk and in any order", async () => {
    const say = (verdict: Verdict) =>
      verdict.ok ? `ACCEPTED by ${verdict.issuerIndex}` : verdict.claim ? `${verdict.code} ${verdict.claim}` : verdict.code;
    for (const step of [1, 3, 5, 7]) {
      const order = Array.from({ length: 1500 }, (_, index) => texts[(index * step) % texts.length] as [string, string]);
      const expected = order.map(([, verdict]) => verdict);
      const given = order.map(([text]) => text);
      const batches = step === 1 ? [mixed.verifyBatch(given), await mixed.verifyBatchAsync(given)] : [await mixed.verifyBatchAsync(given)];
      for (const batch of batches) expect([...batch].map(say)).toEqual(expected);
    }
  });

  it("are each issuer's own: times, typ, crit, lifetime, keyFrom, algorithms", async () => {
    const verifier = createVerifier({
      currentDate: NOW,
      issuers: [
        { issuer: A, keys: [key(A, "1")], clockTolerance: 60, maxTokenAge: 50, crit: ["ext"] },
        { issuer: B, keys: [key(B, "1")], typ: "at+jwt", maxLifetime: 100, ignoreExpiration: true },
        { issuer: C, keys: [key(C, "1"), key(C, "2")], keyFrom: { claim: "device" }, subject: "s" },
        {
          issuer: "d",
          keys: [
            { kid: "1", alg: "HS384", secret: LONG_TEST_SECRET },
            { kid: "2", secret: LONG_TEST_SECRET },
          ],
          algorithms: ["HS384"],
        },
      ],
    });
    const with_ = (iss: string, kid: string | undefined, claims: object, header: object = {}) =>
      signClaims(
        { iss, ...claims },
        { alg: "HS256", kid, ...header },
        testSecret(`${iss} ${kid ?? (claims as { device?: string }).device}`),
      );
    const cases: [string, string][] = [
      [with_(A, "1", { exp: NOW - 59, iat: NOW - 100 }), "ACCEPTED by 0"],
      [with_(A, "1", { exp: NOW - 60, iat: NOW - 100 }), "EXPIRED exp"],
      [with_(A, "1", { iat: NOW - 111 }), "TOO_OLD iat"],
      [with_(A, "1", {}), "CLAIM_MISSING iat"],
      [with_(A, "1", { iat: NOW }, { crit: ["ext"], ext: 1 }), "ACCEPTED by 0"],
      [with_(B, "1", { iat: NOW - 90, exp: NOW - 1 }, { typ: "AT+JWT" }), "ACCEPTED by 1"],
      [with_(B, "1", { iat: NOW - 90, exp: NOW - 1 }), "TYPE_MISMATCH"],
      [with_(B, "1", { iat: NOW, exp: NOW + 101 }, { typ: "at+jwt" }), "LIFETIME_TOO_LONG exp"],
      [with_(B, "1", { iat: NOW, exp: NOW }, { typ: "at+jwt", crit: ["ext"], ext: 1 }), "CRITICAL_HEADER_UNSUPPORTED"],
      [with_(C, undefined, { device: "1", sub: "s" }), "ACCEPTED by 2"],
      [with_(C, "2", { device: "1", sub: "s" }), "BAD_SIGNATURE"],
      [with_(C, "1", { sub: "s" }), "KEY_NOT_FOUND"],
      [with_(C, "1", { device: "1", sub: "t" }), "SUBJECT_MISMATCH sub"],
      [with_(C, "1", { device: "1" }), "CLAIM_MISSING sub"],
      [signWith("HS384", '{"iss":"d"}', LONG_TEST_SECRET, "1"), "ACCEPTED by 3"],
      [signWith("HS256", '{"iss":"d"}', LONG_TEST_SECRET, "2"), "ALGORITHM_NOT_ALLOWED"],
    ];
    for (let round = 0; round < 3; round++) {
      for (const [text, expected] of cases) expect([text, await judged(verifier, text)]).toEqual([text, expected]);
      cases.reverse();
    }
  });

  it("come before the caller's own check, which sees whose token it is", async () => {
    const seen: unknown[] = [];
    const verifier = createVerifier({
      issuers: ISSUERS,
      currentDate: NOW,
      validate: ({ iss, sub }) => {
        seen.push(iss);
        return sub !== "no";
      },
    });
    const given = [token(C, "1", { sub: "no" }), token(B, "1"), token(A, "1", {}, B), token(C, "3")];
    for (const batch of [verifier.verifyBatch(given), await verifier.verifyBatchAsync(given)]) {
      expect([...batch.codes].map(verdictName)).toEqual(["VALIDATION_FAILED", "ACCEPTED", "BAD_SIGNATURE", "ACCEPTED"]);
      expect([0, 1, 2, 3].map((index) => batch.issuerIndex(index))).toEqual([undefined, 1, undefined, 2]);
    }
    expect(seen).toEqual([C, B, C, C, B, C]);
  });
});

describe("an issuer's number", () => {
  it("is that of the issuer for each of more than a chunk of tokens, also when they are read later", async () => {
    const verifier = createVerifier({ issuers: ISSUERS, currentDate: NOW });
    const names = [A, B, C];
    const given = Array.from({ length: 3000 }, (_, index) => token(names[index % 3] as string, "1", { sub: `${index}` }));
    for (const batch of [verifier.verifyBatch(given), await verifier.verifyBatchAsync(given)]) {
      verifier.verifyBatch(given.slice(1, 9));
      expect(batch.accepted).toBe(3000);
      for (let index = 0; index < 3000; index++) {
        expect(batch.issuerIndex(index)).toBe(index % 3);
        const verdict = batch.at(index);
        expect(verdict.ok && [verdict.issuerIndex, verdict.claims.iss, verdict.claims.sub]).toEqual([
          index % 3,
          names[index % 3],
          `${index}`,
        ]);
      }
      expect(JSON.parse(JSON.stringify(batch.at(2))).issuerIndex).toBe(2);
    }
  });

  it("is none where there are no issuers", () => {
    const verifier = createVerifier({ keys: key(A, "1"), currentDate: NOW });
    const batch = verifier.verifyBatch([token(A, "1")]);
    const one = verifier.verify(token(A, "1"));
    expect([batch.accepted, batch.issuerIndex(0), one.ok && one.issuerIndex]).toEqual([1, undefined, undefined]);
  });

  it("costs no look at each of the issuers for each token", () => {
    const fixed = ["a", "b", "c"].map((name) => ({ issuer: `https://${name}.example`, keys: key(`https://${name}.example`, "1") }));
    const table = createKeyTable({ keys: [{ kid: "t", secret: testSecret("t") }] });
    const verifier = createVerifier({ issuers: [...fixed, { issuer: "https://t.example", keys: table }], currentDate: NOW });
    const good = token(A, "1");
    expect(verifier.verify(good).ok).toBe(true);
    const asked = ["isSynchronous", "needsKeys", "defaultNames"].flatMap((name) => {
      const prototypes = [LoadedContext.prototype, KeyMemory.prototype].filter((prototype) => name in prototype);
      return prototypes.map((prototype) => vi.spyOn(prototype, name as never, "get"));
    });
    expect(verifier.verify(good).ok).toBe(true);
    // Only of the one whose keys may come and go.
    expect(asked.flatMap(({ mock }) => mock.calls)).toHaveLength(2);
    vi.restoreAllMocks();
  });

  it("is right among a thousand issuers with three keys each", () => {
    const name = (number: number) => `https://tenant-${number}.example`;
    const issuers = Array.from({ length: 1000 }, (_, number) => ({
      issuer: name(number),
      keys: ["1", "2", "3"].map((kid) => key(name(number), kid)),
      audience: `aud-${number % 100}`,
      requiredClaims: [`claim-${number % 70}`],
    }));
    const verifier = createVerifier({ issuers, currentDate: NOW });
    const claims = (number: number) => ({ aud: `aud-${number % 100}`, [`claim-${number % 70}`]: 1 });
    for (const kid of ["1", "2", "3", "1"]) {
      const given = issuers.flatMap(({ issuer }, number) => [
        token(issuer, kid, claims(number)),
        token(issuer, kid, claims(number), name((number + 1) % 1000)),
        token(issuer, kid, { ...claims(number), aud: `aud-${(number + 1) % 100}` }),
        token(issuer, kid, { aud: `aud-${number % 100}`, [`claim-${(number + 1) % 70}`]: 1 }),
        token(`${issuer}x`, kid, claims(number), issuer),
      ]);
      const batch = verifier.verifyBatch(given);
      expect(batch.accepted).toBe(1000);
      issuers.forEach((_, number) => {
        const codes = [...batch.codes.subarray(5 * number, 5 * number + 5)].map(verdictName);
        expect(codes).toEqual(["ACCEPTED", "BAD_SIGNATURE", "AUDIENCE_MISMATCH", "CLAIM_MISSING", "ISSUER_NOT_FOUND"]);
        expect(batch.issuerIndex(5 * number)).toBe(number);
        const missing = batch.at(5 * number + 3);
        expect(!missing.ok && missing.claim).toBe(`claim-${number % 70}`);
      });
    }
  });
});

describe("rings of issuers", () => {
  const names = [A, B, C];

  it("swap 200 times while tokens are judged, and no verdict is wrong", async () => {
    const rings = names.map((name) => createKeyRing({ keys: { kid: "0", secret: testSecret(`${name} 0`) } }));
    const verifier = createVerifier({
      currentDate: NOW,
      issuers: names.map((issuer, index) => ({ issuer, keys: rings[index] as KeyRing, audience: `aud ${index}` })),
    });
    const all = (kid: string) => names.flatMap((name, index) => names.map((signer) => token(name, kid, { aud: `aud ${index}` }, signer)));
    const right = (index: number) => Math.floor(index / 3) === index % 3;
    const underWay: Promise<void>[] = [];
    for (let swap = 0; swap < 200; swap++) {
      const which = swap % 3;
      const ring = rings[which] as KeyRing;
      const before = all(`${Math.floor(swap / 3)}`);
      const started = verifier.verifyBatchAsync(before);
      ring.add({ kid: `${Math.floor(swap / 3) + 1}`, secret: testSecret(`${names[which]} ${Math.floor(swap / 3) + 1}`) });
      ring.remove(`${Math.floor(swap / 3)}`);
      underWay.push(
        started.then((batch) => {
          const codes = [...batch.codes].map(verdictName);
          codes.forEach((code, index) => {
            const isGone = Math.floor(index / 3) < which;
            expect(code).toBe(isGone ? "KEY_NOT_FOUND" : right(index) ? "ACCEPTED" : "BAD_SIGNATURE");
          });
        }),
      );
      const codes = [...verifier.verifyBatch([...before, ...all(`${Math.floor(swap / 3) + 1}`)]).codes].map(verdictName);
      codes.forEach((code, index) => {
        const isNew = index >= 9;
        const hasSwapped = Math.floor((index % 9) / 3) <= which;
        expect(code).toBe(isNew !== hasSwapped ? "KEY_NOT_FOUND" : right(index % 9) ? "ACCEPTED" : "BAD_SIGNATURE");
      });
      if (swap % 10 === 0) await turn();
    }
    await Promise.all(underWay);
  });

  it("judge signatures under way by the keys they began with", async () => {
    const jwk = (pairs: typeof PAIRS) => ({ kid: "p", alg: "RS256" as const, publicKey: pairs.RS256.publicKey });
    const rings = names.map(() => createKeyRing({ keys: jwk(PAIRS) }));
    const verifier = createVerifier({
      currentDate: NOW,
      issuers: names.map((issuer, index) => ({ issuer, keys: rings[index] as KeyRing, requiredClaims: [`c${index}`] })),
    });
    const header = '{"alg":"RS256","kid":"p"}';
    const texts = names.flatMap((name, index) => [
      signPublic("RS256", `{"iss":"${name}","c${index}":1}`, header),
      signPublic("RS256", `{"iss":"${name}","c${index + 1}":1}`, header),
      signPublic("RS256", `{"iss":"${name}","c${index}":1}`, header, OTHER_PAIRS.RS256.privateKey),
    ]);
    const before = ["ACCEPTED", "CLAIM_MISSING", "BAD_SIGNATURE"];
    const after = ["BAD_SIGNATURE", "BAD_SIGNATURE", "ACCEPTED"];
    let pairs = [PAIRS, OTHER_PAIRS];
    for (let swap = 0; swap < 40; swap++) {
      const started = verifier.verifyBatchAsync(texts);
      const single = texts.map((text) => verifier.verifyAsync(text));
      pairs = [pairs[1] as typeof PAIRS, pairs[0] as typeof PAIRS];
      for (const ring of rings) {
        ring.remove("p");
        ring.add(jwk(pairs[0] as typeof PAIRS));
      }
      // Others take what memory there is free.
      const others = createVerifier({ keys: key(A, "1"), requiredClaims: ["nothing"] });
      expect(codeOf(others.verify(token(A, "1")))).toBe("CLAIM_MISSING");
      const now = verifier.verifyBatch(texts);
      const [old, young] = swap % 2 ? [after, before] : [before, after];
      expect([...now.codes].map(verdictName)).toEqual([...young, ...young, ...young]);
      const batch = await started;
      expect([...batch.codes].map(verdictName)).toEqual([...old, ...old, ...old]);
      expect((await Promise.all(single)).map(codeOf)).toEqual([...old, ...old, ...old]);
      for (let index = 0; index < 9; index++) {
        if (batch.codes[index] === 0) expect(batch.issuerIndex(index)).toBe(Math.floor(index / 3));
        const verdict = batch.at(index);
        if (!verdict.ok && verdict.claim) expect(verdict.claim).toBe(`c${Math.floor(index / 3)}`);
      }
    }
  });

  it("have windows of their own, the clock going forth and back", () => {
    let now = 0;
    const ring = (name: string, ...windows: [string, number, number][]) =>
      createKeyRing({ keys: windows.map(([kid, nbf, exp]) => ({ kid, secret: testSecret(`${name} ${kid}`), nbf, exp })) });
    const windows: Record<string, [string, number, number][]> = {
      [A]: [
        ["1", 0, 10],
        ["2", 5, 15],
      ],
      [B]: [
        ["1", 7, 12],
        ["2", 0, 3],
      ],
      [C]: [["1", 0, 100]],
    };
    const verifier = createVerifier({
      currentDate: () => now,
      issuers: names.map((issuer) => ({ issuer, keys: ring(issuer, ...(windows[issuer] ?? [])) })),
    });
    const cases = names.flatMap((name) =>
      ["1", "2"].flatMap((kid) => names.map((signer) => ({ name, kid, signer, text: token(name, kid, {}, signer) }))),
    );
    const moments = [0, 4.999, 5, 2, 3, 7, 6.5, 10, 9, 12, 11, 15, 14, 99, 0, 100, 1, 8, 3, 8, 12, 8];
    for (let step = 0; step < 120; step++) moments.push((step * 37) % 17);
    for (const moment of moments) {
      now = moment;
      const batch = verifier.verifyBatch(cases.map(({ text }) => text));
      cases.forEach(({ name, kid, signer }, index) => {
        const window = windows[name]?.find(([named]) => named === kid);
        const isValid = window !== undefined && window[1] <= moment && moment < window[2];
        const expected = !isValid ? "KEY_NOT_FOUND" : signer === name ? "ACCEPTED" : "BAD_SIGNATURE";
        expect([moment, verdictName(batch.codes[index] as number)]).toEqual([moment, expected]);
      });
    }
  });

  it("are asked for other keys only where the token names their issuer", async () => {
    const loads = [0, 0, 0];
    let seconds = 0;
    const rings = names.map((name, index) =>
      createKeyRing({
        currentDate: () => ++seconds,
        source: callback(
          async () => {
            loads[index] = (loads[index] as number) + 1;
            return { keys: [{ kty: "oct", kid: `${loads[index]}`, k: base64url(testSecret(`${name} ${loads[index]}`)) }] };
          },
          { coolDown: 1 },
        ),
      }),
    );
    await Promise.all(rings.map((ring) => ring.ready()));
    expect(loads).toEqual([1, 1, 1]);
    const verifier = createVerifier({
      currentDate: NOW,
      issuers: names.map((issuer, index) => ({ issuer, keys: rings[index] as KeyRing })),
    });
    expect(codeOf(await verifier.verifyAsync(token(B, "2")))).toBe("ACCEPTED");
    expect(loads).toEqual([1, 2, 1]);
    expect(codeOf(await verifier.verifyAsync(token("x", "9")))).toBe("ISSUER_NOT_FOUND");
    expect(loads).toEqual([1, 2, 1]);
    const batch = await verifier.verifyBatchAsync([token(A, "1"), token(C, "2"), token(B, "2"), token(C, "2", {}, A), token("x", "9")]);
    expect([...batch.codes].map(verdictName)).toEqual(["ACCEPTED", "ACCEPTED", "ACCEPTED", "BAD_SIGNATURE", "ISSUER_NOT_FOUND"]);
    expect([0, 1, 2].map((index) => batch.issuerIndex(index))).toEqual([0, 2, 1]);
    expect(loads).toEqual([1, 2, 2]);
    expect(codeOf(verifier.verify(token(A, "2")))).toBe("KEY_NOT_FOUND");
    await turn();
    expect(loads).toEqual([2, 2, 2]);
    verifier.verifyBatch([token(B, "9"), token(A, "2")]);
    await turn();
    expect(loads).toEqual([2, 3, 2]);
  });
});

describe("the name of the key that a token was accepted with", () => {
  const issuers = (ring: KeySource): IssuerOptions[] => [
    { issuer: A, keys: ring },
    { issuer: B, keys: [key(B, "1")] },
  ];
  const named = (kid: string, issuer = A) => ({ kid, secret: testSecret(`${issuer} 1`), default: true });

  it("stays what it was when the ring has another one", () => {
    const ring = createKeyRing({ keys: named("old") });
    const verifier = createVerifier({ currentDate: NOW, issuers: issuers(ring) });
    const batch = verifier.verifyBatch([token(A, undefined, {}, A, `${A} 1`), token(B, "1")]);
    ring.remove("old");
    ring.add(named("new"));
    expect(verifier.verify(token(A, undefined, {}, A, `${A} 1`))).toMatchObject({ ok: true, keyName: "new" });
    expect([...batch].map((verdict) => verdict.ok && verdict.keyName)).toEqual(["old", "1"]);
  });

  it.each(["verifyAsync", "verifyBatchAsync"] as const)("is that of before a rotation while %s waits for the platform", async (call) => {
    const pair = (kid: string) => ({ kid, publicKey: PAIRS.EdDSA.publicKey, default: true });
    const ring = createKeyRing({ keys: pair("old") });
    const verifier = createVerifier({ currentDate: NOW, issuers: issuers(ring) });
    const text = signPublic("EdDSA", JSON.stringify({ iss: A }), '{"alg":"EdDSA"}');
    const asked = call === "verifyAsync" ? verifier.verifyAsync(text) : verifier.verifyBatchAsync([text]).then((batch) => batch.at(0));
    ring.remove("old");
    ring.add(pair("new"));
    verifier.verify(token(B, "1"));
    expect(await asked).toMatchObject({ ok: true, keyName: "old" });
  });

  it("is that of each token's own judgement where some were judged once more", async () => {
    const ring = createKeyRing({ keys: named("old") });
    const source: KeySource = {
      at: (now) => ring.at(now),
      changes: ring.changes as NonNullable<KeySource["changes"]>,
      refresh: async () => {
        ring.remove("old");
        ring.add(named("new"));
        ring.add({ kid: "late", secret: testSecret(`${A} late`) });
      },
    };
    const verifier = createVerifier({ currentDate: NOW, issuers: issuers(source) });
    const batch = await verifier.verifyBatchAsync([token(A, undefined, {}, A, `${A} 1`), token(A, "late")]);
    expect([...batch].map((verdict) => verdict.ok && verdict.keyName)).toEqual(["old", "late"]);
  });
});

describe("other sources of keys", () => {
  it("are asked each time where they do not say when they change", () => {
    const snapshot = (kid: string) => ({
      load: () =>
        createKeyRing({ keys: { kid, secret: testSecret(`${A} ${kid}`) } })
          .at(NOW)
          .load(),
    });
    let current = snapshot("1");
    const source: KeySource = { at: () => current };
    const verifier = createVerifier({
      currentDate: NOW,
      issuers: [
        { issuer: A, keys: source },
        { issuer: B, keys: [key(B, "1")] },
      ],
    });
    for (let round = 0; round < 20; round++) {
      const [kid, other] = round % 2 ? ["2", "1"] : ["1", "2"];
      current = snapshot(kid);
      const codes = [token(A, kid), token(A, other), token(B, "1"), token(A, kid, {}, B)].map((text) => codeOf(verifier.verify(text)));
      expect(codes).toEqual(["ACCEPTED", "KEY_NOT_FOUND", "ACCEPTED", "BAD_SIGNATURE"]);
    }
  });

  it("are asked what has grown too old at each call, as by a verifier of one issuer", async () => {
    let now = NOW;
    let isThere = true;
    const currentDate = () => now;
    const keys = resolveKeys((kid) => (isThere ? { secret: testSecret(`${A} ${kid}`) } : undefined), { maxAge: 600, currentDate });
    const verifier = createVerifier({ issuers: [{ issuer: A, keys }], currentDate });
    expect(codeOf(verifier.verify(token(A, "1")))).toBe("ACCEPTED");
    isThere = false;
    now += 599;
    expect(codeOf(verifier.verify(token(A, "1")))).toBe("ACCEPTED");
    now += 86_400;
    expect(await judged(verifier, token(A, "1"))).toBe("KEY_NOT_FOUND");
  });

  it("that fail leave nothing judged by keys of another time", () => {
    let now = 5;
    let fails = false;
    const counter = { count: 0 };
    const secrets = (kid: string) => ({
      load: () =>
        createKeyRing({ keys: { kid, secret: testSecret(`${A} ${kid}`) } })
          .at(NOW)
          .load(),
    });
    const early = { ...secrets("1"), until: 10 };
    const late = { ...secrets("2"), from: 10 };
    const first: KeySource = { changes: counter, at: (moment) => (moment < 10 ? early : late) };
    const bEarly = {
      load: () =>
        createKeyRing({ keys: { kid: "1", secret: testSecret(`${B} 1`) } })
          .at(NOW)
          .load(),
    };
    const second: KeySource = {
      changes: counter,
      at: () => {
        if (fails) throw new Error("not now");
        return bEarly;
      },
    };
    const verifier = createVerifier({
      currentDate: () => now,
      issuers: [
        { issuer: A, keys: first },
        { issuer: B, keys: second },
      ],
    });
    const codes = () => [token(A, "1"), token(A, "2"), token(B, "1")].map((text) => codeOf(verifier.verify(text)));
    expect(codes()).toEqual(["ACCEPTED", "KEY_NOT_FOUND", "ACCEPTED"]);
    fails = true;
    now = 15;
    expect(codes).toThrow("not now");
    fails = false;
    now = 5;
    expect(codes()).toEqual(["ACCEPTED", "KEY_NOT_FOUND", "ACCEPTED"]);
    now = 15;
    expect(codes()).toEqual(["KEY_NOT_FOUND", "ACCEPTED", "ACCEPTED"]);
  });

  it("may be tables, which change in their place", async () => {
    const tables = [A, B].map((name) => createKeyTable({ keys: [key(name, "1")] }));
    const [one, two] = tables as [(typeof tables)[0], (typeof tables)[0]];
    const verifier = createVerifier({
      currentDate: NOW,
      issuers: [
        { issuer: A, keys: one },
        { issuer: B, keys: two },
        { issuer: C, keys: one },
      ],
    });
    const codes = () =>
      [...verifier.verifyBatch([token(A, "1"), token(B, "1"), token(C, "1", {}, A), token(A, "1", {}, B), token(A, "2")]).codes].map(
        verdictName,
      );
    for (let round = 0; round < 50; round++) {
      expect(codes()).toEqual(["ACCEPTED", "ACCEPTED", "ACCEPTED", "BAD_SIGNATURE", "KEY_NOT_FOUND"]);
      one.set([{ kid: "1", alg: "HS384", secret: LONG_TEST_SECRET }]);
      expect(codes()).toEqual(["ALGORITHM_NOT_ALLOWED", "ACCEPTED", "ALGORITHM_NOT_ALLOWED", "ALGORITHM_NOT_ALLOWED", "KEY_NOT_FOUND"]);
      expect(codeOf(verifier.verify(signWith("HS384", `{"iss":"${C}"}`, LONG_TEST_SECRET, "1")))).toBe("ACCEPTED");
      one.delete("1");
      expect(codes()).toEqual(["KEY_NOT_FOUND", "ACCEPTED", "KEY_NOT_FOUND", "KEY_NOT_FOUND", "KEY_NOT_FOUND"]);
      two.clear();
      one.set([{ kid: "1", secret: testSecret(`${B} 1`) }]);
      expect(codes()).toEqual(["BAD_SIGNATURE", "KEY_NOT_FOUND", "BAD_SIGNATURE", "ACCEPTED", "KEY_NOT_FOUND"]);
      one.set([key(A, "1")]);
      two.set([key(B, "1"), key(B, "2")]);
    }
    one.set([{ kid: "p", alg: "EdDSA", publicKey: PAIRS.EdDSA.publicKey }]);
    const text = signPublic("EdDSA", `{"iss":"${C}"}`, '{"alg":"EdDSA","kid":"p"}');
    expect(await judged(verifier, text)).toBe("ACCEPTED by 2");
    const started = verifier.verifyBatchAsync([text, text]);
    one.delete("p");
    expect([...(await started).codes].map(verdictName)).toEqual(["KEY_NOT_FOUND", "KEY_NOT_FOUND"]);
  });
});

describe("a verifier that nobody holds any more", () => {
  it("still answers what was asked of it, and gives its memory back when it is collected", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const publicKeys = openEngine().publicKeys.size;
    const ask = (): Promise<unknown>[] =>
      Array.from({ length: 20 }, (_, number) => {
        const ring = createKeyRing({ keys: { kid: "p", alg: "RS256", publicKey: PAIRS.RS256.publicKey } });
        const verifier = createVerifier({
          currentDate: NOW,
          issuers: [
            { issuer: A, keys: ring, audience: `${number}` },
            { issuer: B, keys: key(B, "1") },
          ],
        });
        const text = signPublic("RS256", `{"iss":"${A}","aud":"${number}"}`, '{"alg":"RS256","kid":"p"}');
        const wrong = signPublic("RS256", `{"iss":"${A}","aud":"${number + 1}"}`, '{"alg":"RS256","kid":"p"}');
        return verifier.verifyBatchAsync([text, wrong, text]).then((batch) => [...batch.codes].map(verdictName));
      });
    const asked = ask();
    collect();
    await turn();
    collect();
    for (const codes of await Promise.all(asked)) expect(codes).toEqual(["ACCEPTED", "AUDIENCE_MISMATCH", "ACCEPTED"]);
    await until(() => {
      collect();
      return openEngine().publicKeys.size <= publicKeys;
    });
  });
});

describe("a token whose key is unknown", () => {
  it("has only the keys of its own issuer asked for, even if no other issuer's can be", async () => {
    let asked = 0;
    const ring = createKeyRing({ keys: testJwk("a") });
    const source: KeySource = { at: (now) => ring.at(now), missed: () => void asked++, refresh: async () => void asked++ };
    const verifier = createVerifier({
      issuers: [
        { issuer: "changing", keys: source },
        { issuer: "fixed", keys: testJwk("b") },
      ],
      currentDate: NOW,
    });
    const [changing, fixed] = ["changing", "fixed"].map((iss) => tokenOf("unknown", { iss })) as [string, string];
    expect(verifier.verify(fixed)).toEqual({ ok: false, code: "KEY_NOT_FOUND" });
    verifier.verifyBatch([fixed, fixed]);
    await verifier.verifyAsync(fixed);
    await verifier.verifyBatchAsync([fixed]);
    expect(asked).toBe(0);
    verifier.verify(changing);
    verifier.verifyBatch([fixed, changing, changing]);
    await verifier.verifyAsync(changing);
    await verifier.verifyBatchAsync([changing, fixed]);
    expect(asked).toBe(4);
  });

  it("may name an issuer that has its name twice", () => {
    const verifier = createVerifier({ issuers: [{ issuer: ["twice", "twice"], keys: testJwk("a") }], currentDate: NOW });
    expect(verifier.verify(tokenOf("a", { iss: "twice" })).ok).toBe(true);
  });
});

describe("a batch of tokens of many issuers", () => {
  const count = 40;
  const issuerOf = (index: number) => `${A}/${index}${"/long".repeat(index % 9)}`;
  const verifier = createVerifier({
    currentDate: NOW,
    issuers: Array.from({ length: count }, (_, index) => ({
      issuer: issuerOf(index),
      keys: [key(issuerOf(index), "1"), key(issuerOf(index), "2")],
      ...(index % 3 === 0 && { audience: `for-${index}` }),
    })),
  });

  /** A token whose kind and issuer follow from its number, and are unlike its neighbours'. */
  function tokenNumber(number: number): unknown {
    const index = (number * 17) % count;
    const claims = { aud: `for-${index}`, n: number };
    const good = token(issuerOf(index), String(1 + (number % 2)), claims);
    const kinds = [
      good,
      "",
      good,
      `${good.slice(0, 20)}..`,
      token(issuerOf(index), "1", claims, issuerOf((index + 1) % count)),
      token(`${issuerOf(index)}x`, "1", claims),
      good,
      token(issuerOf(index), "1", { aud: "others", n: number }),
      undefined,
      signClaims({ n: number }, { alg: "HS256", kid: "1" }, testSecret("none")),
      token("x".repeat(300), "1", claims),
      token(issuerOf(index), "3", claims),
    ];
    return kinds[(number * 7 + Math.floor(number / 12)) % kinds.length];
  }

  it.each([1, 2, 31, 32, 33, 64, 100, 1023, 1024, 1025])("has the verdict of each token alone, %d of them", (length) => {
    const tokens = Array.from({ length }, (_, number) => tokenNumber(number + length)) as string[];
    const batch = verifier.verifyBatch(tokens);
    const say = (verdict: Verdict) => (verdict.ok ? `ACCEPTED by ${verdict.issuerIndex} ${verdict.claims.n}` : codeOf(verdict));
    expect([...batch].map(say)).toEqual(tokens.map((text) => say(verifier.verify(text))));
    // Now that headers and first blocks are remembered.
    expect([...verifier.verifyBatch(tokens)].map(say)).toEqual([...batch].map(say));
  });
});
