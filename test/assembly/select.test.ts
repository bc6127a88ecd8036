/** Which key a token selects: that of its name and its algorithm; without a name, one of those that have none. */
import { describe, expect, it } from "vitest";
import { ACCEPTED, ALGORITHM_NOT_ALLOWED, BAD_SIGNATURE, KEY_NOT_FOUND } from "../../src/abi.js";
import type { PublicAlgorithm } from "../../src/base/algorithms.js";
import { createKeyTable, createVerifier, type KeyInput, type VerifierOptions } from "../../src/index.js";
import { createKeyRing, type KeyRingOptions } from "../../src/keyring/index.js";
import { deviceKeys, fleet } from "../support/devices.js";
import { OTHER_PAIRS, PAIRS, signWith as signWithPair } from "../support/pairs.js";
import { base64url, HASHES, NOW, signSegments, type TestAlgorithm } from "../support/tokens.js";

type RingKeys = NonNullable<KeyRingOptions["keys"]>;

const ISSUER = "https://a.example";
const SECRETS = { HS256: secretOf("HS256"), HS384: secretOf("HS384"), HS512: secretOf("HS512") };

function secretOf(name: string): Uint8Array {
  return Uint8Array.from(Buffer.alloc(64, `a test key, to be used nowhere else: ${name} `));
}

/** Keys of one name, one for each algorithm. */
function keysOf(kid: string | undefined): KeyInput[] {
  const name = kid === undefined ? {} : { kid };
  return [
    ...(["HS256", "HS384", "HS512"] as const).map((alg) => ({ ...name, alg, secret: SECRETS[alg] })),
    ...(["EdDSA", "ES256", "RS256"] as const).map((alg) => ({ ...name, alg, publicKey: PAIRS[alg].publicKey })),
  ];
}

/** The name is the header's `kid` and the claim `sub`. */
function tokenOf(alg: TestAlgorithm | PublicAlgorithm, name: string | undefined, secret?: Uint8Array): string {
  const payload = JSON.stringify({ iss: ISSUER, sub: name });
  const header = JSON.stringify({ alg, kid: name });
  if (!isHmac(alg)) return signWithPair(alg, payload, header, (secret ? OTHER_PAIRS : PAIRS)[alg].privateKey);
  return signSegments(base64url(header), base64url(payload), secret ?? SECRETS[alg], alg);
}

function isHmac(alg: string): alg is TestAlgorithm {
  return Object.hasOwn(HASHES, alg);
}

const ALGORITHMS = ["HS256", "HS384", "HS512", "EdDSA", "ES256", "RS256"] as const;
const LARGE = deviceKeys(fleet());
const algorithms = [...ALGORITHMS, "PS256"] as const;

/** Each finds names in another way. */
const WAYS: readonly [string, (keys: KeyInput[]) => VerifierOptions][] = [
  ["a few keys", (keys) => ({ keys, algorithms })],
  ["a table", (keys) => ({ keys: createKeyTable({ keys }), algorithms })],
  ["a large table", (keys) => ({ keys: createKeyTable({ keys: [...LARGE, ...keys] }) })],
  ["a claim", (keys) => ({ keys, algorithms, keyFrom: { claim: "sub" } })],
  ["a claim, of a large table", (keys) => ({ keys: createKeyTable({ keys: [...LARGE, ...keys] }), keyFrom: { claim: "sub" } })],
  [
    "one of several issuers",
    (keys) => ({
      algorithms,
      issuers: [
        { issuer: ISSUER, keys },
        { issuer: "b", keys: secretOf("b") },
      ],
    }),
  ],
];

describe.each(WAYS)("keys of one name and several algorithms, by %s", (_, optionsOf) => {
  const verifier = createVerifier({ ...optionsOf([...keysOf("a"), ...keysOf("b")]), currentDate: NOW });
  const expectCodes = (tokens: readonly string[], code: number) => {
    // Headers are remembered after the first time, and their forms after the first of each.
    for (let turn = 0; turn < 3; turn++) expect([...verifier.verifyBatch(tokens).codes]).toEqual(tokens.map(() => code));
  };

  it("are each selected by a token of its algorithm", () => {
    const tokens = ["a", "b"].flatMap((name) => ALGORITHMS.map((alg) => tokenOf(alg, name)));
    expectCodes(tokens, ACCEPTED);
    for (const token of tokens) expect(verifier.verify(token).ok).toBe(true);
  });

  it("are not tried for one another", () => {
    const others = { HS256: SECRETS.HS384, HS384: SECRETS.HS512, HS512: SECRETS.HS256 };
    expectCodes(
      ALGORITHMS.map((alg) => tokenOf(alg, "a", isHmac(alg) ? others[alg] : secretOf("x"))),
      BAD_SIGNATURE,
    );
  });

  it("do not let another algorithm pass, nor another name", () => {
    expectCodes([tokenOf("PS256", "a")], ALGORITHM_NOT_ALLOWED);
    expectCodes(
      ALGORITHMS.map((alg) => tokenOf(alg, "c")),
      KEY_NOT_FOUND,
    );
  });
});

describe("a name of a table", () => {
  const codes = (verifier: ReturnType<typeof createVerifier>) => [
    ...verifier.verifyBatch(ALGORITHMS.map((alg) => tokenOf(alg, "a"))).codes,
  ];

  it("has those keys that it was set to last, and no other", () => {
    const table = createKeyTable({ keys: [...keysOf("a"), ...keysOf("b")] });
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    expect(table.size).toBe(12);
    expect(codes(verifier)).toEqual([0, 0, 0, 0, 0, 0]);
    table.set(keysOf("a").slice(1, 2));
    expect([table.size, ...codes(verifier)]).toEqual([7, 5, 0, 5, 5, 5, 5]);
    table.set(keysOf("a").slice(2, 5));
    expect([table.size, ...codes(verifier)]).toEqual([9, 5, 5, 0, 0, 0, 5]);
    expect([table.delete("a"), table.delete("a"), table.size, ...codes(verifier)]).toEqual([true, false, 6, 6, 6, 6, 6, 6, 6]);
    expect(verifier.verify(tokenOf("HS384", "b")).ok).toBe(true);
    table.clear();
    expect(table.size).toBe(0);
  });

  it("has the later of two keys of one algorithm, wherever others stand", () => {
    const last = { kid: "a", alg: "HS384", secret: SECRETS.HS384 } as const;
    const wrong = { ...last, secret: secretOf("wrong") };
    const [first, , ...rest] = keysOf("a") as [KeyInput, KeyInput, ...KeyInput[]];
    for (const keys of [
      [wrong, last, first, ...rest],
      [wrong, first, ...rest, last],
      [first, wrong, ...rest, last],
      [first, ...rest, wrong, last],
    ]) {
      const table = createKeyTable({ keys });
      expect([table.size, ...codes(createVerifier({ keys: table, currentDate: NOW }))]).toEqual([6, 0, 0, 0, 0, 0, 0]);
    }
  });

  it("keeps its keys where others cannot be set", () => {
    const table = createKeyTable({ keys: keysOf("a") });
    expect(() => table.set([...keysOf("a").slice(0, 1), { kid: "b", secret: "short" }])).toThrow(TypeError);
    expect([table.size, ...codes(createVerifier({ keys: table, currentDate: NOW }))]).toEqual([6, 0, 0, 0, 0, 0, 0]);
  });
});

describe("keys without a name", () => {
  it.each<[string, VerifierOptions]>([
    ["alone", { keys: keysOf(undefined), algorithms }],
    ["beside others", { keys: [...deviceKeys(["x"]), ...keysOf(undefined)], algorithms }],
    ["of a ring", { keys: createKeyRing({ keys: [...deviceKeys(["x"]), ...keysOf(undefined)] as RingKeys }) }],
    ["marked so", { keys: keysOf("a").map((key) => ({ ...(key as object), default: true }) as KeyInput), algorithms }],
  ])("are selected by algorithm, by tokens that name none: %s", (_, options) => {
    const verifier = createVerifier({ ...options, currentDate: NOW });
    for (let turn = 0; turn < 2; turn++) {
      expect([...verifier.verifyBatch(ALGORITHMS.map((alg) => tokenOf(alg, undefined))).codes]).toEqual([0, 0, 0, 0, 0, 0]);
      const forged = [tokenOf("HS512", undefined, SECRETS.HS256), tokenOf("ES256", undefined, secretOf("x")), tokenOf("PS256", undefined)];
      expect([...verifier.verifyBatch(forged).codes]).toEqual([BAD_SIGNATURE, BAD_SIGNATURE, ALGORITHM_NOT_ALLOWED]);
    }
  });

  it("serve no token that has a name where other keys have names, and any where none has", () => {
    const named = [...deviceKeys(["x"]), ...keysOf(undefined)];
    const codesOf = (keys: KeyInput[]) => [...createVerifier({ keys }).verifyBatch(ALGORITHMS.map((alg) => tokenOf(alg, "y"))).codes];
    expect(new Set(codesOf(named))).toEqual(new Set([KEY_NOT_FOUND]));
    expect(new Set(codesOf(keysOf(undefined)))).toEqual(new Set([ACCEPTED]));
  });

  it("that has a name as well does not lend it to others of that name", () => {
    const [first, ...others] = keysOf("a") as [KeyInput, ...KeyInput[]];
    const verifier = createVerifier({ keys: [...others, { ...(first as object), default: true } as KeyInput] });
    const codes = (name: string | undefined) => [...verifier.verifyBatch(ALGORITHMS.map((alg) => tokenOf(alg, name))).codes];
    expect(codes(undefined)).toEqual([0, 5, 5, 5, 5, 5]);
    expect(codes("a")).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
