/** `alg`: one algorithm or several of one kind of key, on a key itself and on what it comes from. */
import { describe, expect, it } from "vitest";
import { algorithmNames } from "../../../src/base/algorithms.js";
import {
  type Algorithm,
  createKeyTable,
  createVerifier,
  type KeyInput,
  type PublicAlgorithm,
  resolveKeys,
  type SecretAlgorithm,
  type VerifierOptions,
} from "../../../src/index.js";
import { callback, createKeyRing } from "../../../src/keyring/index.js";
import { environment, file } from "../../../src/keyring/node/index.js";
import { remote } from "../../../src/keyring/remote.js";
import { PAIRS, signWith } from "../../support/pairs.js";
import { publicJwk } from "../../support/ring.js";
import { base64url, LONG_TEST_SECRET, NOW, signSegments } from "../../support/tokens.js";

const ALL = algorithmNames().split(", ") as Algorithm[];
const RSA = ALL.filter((alg) => /^[RP]S/.test(alg));

const rsa = PAIRS.RS256.publicKey;
const pem = rsa.export({ type: "spki", format: "pem" }) as string;
const der = Uint8Array.from(rsa.export({ type: "spki", format: "der" }));
const secret = LONG_TEST_SECRET;
const oct = { kty: "oct", k: base64url(secret) } as const;

function tokenOf(alg: Algorithm, kid?: string): string {
  const header = JSON.stringify({ alg, ...(kid !== undefined && { kid }) });
  return alg.startsWith("HS")
    ? signSegments(base64url(header), base64url("{}"), secret, alg as SecretAlgorithm)
    : signWith(alg as PublicAlgorithm, "{}", header);
}

/** The algorithms of which tokens are accepted. */
async function accepted(options: VerifierOptions, kid?: string): Promise<Algorithm[]> {
  const batch = await createVerifier({ currentDate: NOW, ...options }).verifyBatchAsync(ALL.map((alg) => tokenOf(alg, kid)));
  return ALL.filter((_, index) => batch.codes[index] === 0);
}

function refusal(options: unknown): string {
  try {
    createVerifier(options as VerifierOptions);
  } catch (error) {
    return error instanceof TypeError ? error.message : "another error";
  }
  return "taken";
}

describe("`alg` of a key", () => {
  it.each<[string, VerifierOptions, Algorithm[]]>([
    ["of several on a public key", { keys: { publicKey: pem, alg: ["RS256", "RS512"] } }, ["RS256", "RS512"]],
    ["of RSA's two schemes", { keys: { publicKey: pem, alg: ["RS256", "PS256"] } }, ["RS256", "PS256"]],
    ["of several on a secret", { keys: { secret, alg: ["HS256", "HS512"] } }, ["HS256", "HS512"]],
    ["of several on a secret's JWK that names none", { keys: { secret: oct, alg: ["HS384", "HS512"] } }, ["HS384", "HS512"]],
    ["of several on a JWK that names one", { keys: { publicKey: publicJwk("", "RS512"), alg: ["RS256", "RS512"] } }, ["RS512"]],
    ["of several on a secret's JWK that names one", { keys: { secret: { ...oct, alg: "HS384" }, alg: ["HS256", "HS384"] } }, ["HS384"]],
    ["beside the keys: bytes", { keys: secret, alg: "HS512" }, ["HS512"]],
    ["beside the keys: several", { keys: secret, alg: ["HS256", "HS384"] }, ["HS256", "HS384"]],
    ["beside the keys: PEM", { keys: pem, alg: "PS384" }, ["PS384"]],
    ["beside the keys: a KeyObject", { keys: rsa, alg: ["PS384", "PS512"] }, ["PS384", "PS512"]],
    ["beside the keys: DER", { keys: { publicKey: der }, alg: "RS256" }, ["RS256"]],
    ["beside a key that names one of them", { keys: { publicKey: pem, alg: "RS384" }, alg: ["RS256", "RS384"] }, ["RS384"]],
    ["beside a key that names others too", { keys: { publicKey: pem, alg: ["RS384", "RS512"] }, alg: ["RS256", "RS384"] }, ["RS384"]],
    ["beside a key of a curve, of that curve's", { keys: PAIRS.ES384.publicKey, alg: ["ES256", "ES384"] }, ["ES384"]],
    ["beside keys of both forms", { keys: [pem, { kid: "b", publicKey: pem, alg: "RS256" }], alg: ["RS256", "PS256"] }, ["RS256", "PS256"]],
    ["that is the only one of RSA allowed", { keys: pem, algorithms: ["HS256", "PS512", "ES256"] }, ["PS512"]],
    ["that is the only one of RSA allowed, twice", { keys: pem, algorithms: ["RS256", "RS256"] }, ["RS256"]],
    ["of several, of which one is allowed", { keys: pem, alg: ["RS256", "RS512"], algorithms: ["RS512"] }, ["RS512"]],
  ])("%s is what the key is for, and nothing else", async (_, options, expected) => {
    expect(await accepted(options)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    [
      "several kinds of keys",
      { keys: { publicKey: pem, alg: ["RS256", "ES256"] } },
      "Expected `keys.alg` to be algorithms of one kind of key, got RSA and EC",
    ],
    [
      "a secret's and a public key's",
      { keys: pem, alg: ["HS256", "RS256"] },
      "Expected `alg` to be algorithms of one kind of key, got oct and RSA",
    ],
    ["none", { keys: { publicKey: pem, alg: [] } }, "Expected `keys.alg` to be one of HS256, "],
    ["an unknown one", { keys: { publicKey: pem, alg: ["RS256", "none"] } }, "Expected `keys.alg` to be one of HS256, "],
    ["an unknown one beside", { keys: pem, alg: "RSA-OAEP" }, "Expected `alg` to be one of HS256, "],
    ["null beside", { keys: pem, alg: null }, "Expected `alg` to be one of HS256, "],
    [
      "another than the JWK's",
      { keys: { publicKey: publicJwk("", "RS512"), alg: ["RS256", "RS384"] } },
      "Expected `keys.alg` and the JWK's own `alg` to be the same",
    ],
    [
      "another than the key's",
      { keys: { publicKey: pem, alg: "RS256" }, alg: "RS512" },
      "Expected `keys` to be a key for RS512, got another",
    ],
    [
      "another than the secret's",
      { keys: { secret, alg: "HS256" }, alg: ["HS384", "HS512"] },
      "Expected `keys` to be a key for HS384 or HS512, got another",
    ],
    [
      "another than the secret's JWK's",
      { keys: { secret: { ...oct, alg: "HS256" }, alg: ["HS384", "HS512"] } },
      "Expected `keys` to be a key for HS384 or HS512",
    ],
    ["a public key's for a secret", { keys: secret, alg: "RS256" }, "Expected `keys` to be a key for RS256, got another"],
    ["a public key's for a secret, as a list", { keys: { secret, alg: ["RS256"] } }, "Expected `keys` to be a key for RS256, got another"],
    ["a secret's for a public key", { keys: pem, alg: "HS256" }, "Expected `keys` to be a key for HS256, got another"],
    ["a secret's for a public key, as a list", { keys: { publicKey: pem, alg: ["HS256"] } }, "Expected `keys.alg` to be one of RS256"],
    ["another curve's", { keys: PAIRS.ES256.publicKey, alg: "ES384" }, "Expected `keys` to be a key for ES384, got another"],
    [
      "another curve's among several",
      { keys: { publicKey: PAIRS.ES256.publicKey, alg: ["ES256", "ES384"] } },
      "Expected `keys` to be a key for ES384, got another kind",
    ],
    [
      "one that a short secret is not enough for",
      { keys: { secret: secret.slice(0, 32), alg: ["HS256", "HS512"] } },
      "Expected `keys` to be at least 64 bytes for HS512",
    ],
    [
      "not said of an RSA key",
      { keys: pem },
      'Expected `keys` to have an `alg`, as { alg: "RS256", … }, or `algorithms` to have one of RSA\'s only',
    ],
    ["not said by two of RSA allowed", { keys: pem, algorithms: ["RS256", "RS512"] }, "Expected `keys` to have an `alg`"],
    ["not said by others allowed", { keys: [secret, pem], algorithms: ["HS256"] }, "Expected `keys[1]` to have an `alg`"],
    [
      "beside a ring",
      { keys: createKeyRing({ keys: secret }), alg: "HS256" },
      "Expected `alg` to be an option of the ring or table that `keys` is",
    ],
    ["beside a table", { keys: createKeyTable(), alg: "HS256" }, "Expected `alg` to be an option of the ring or table that `keys` is"],
    [
      "of a key that inherits its name",
      { keys: Object.assign(Object.create({ kid: "a" }), { secret, alg: ["HS256"] }) },
      "Expected `kid` of `keys` to be a member of its own",
    ],
    ["of a key with an unknown member", { keys: { secret, alg: ["HS256"], kdi: "a" } }, "Unknown option `keys.kdi`"],
  ])("is refused as %s", (_, options, message) => {
    expect(refusal(options)).toContain(message);
  });

  it("of several goes with a key's name, and with a token that has none", async () => {
    const keys: KeyInput[] = [
      { kid: "a", publicKey: pem, alg: ["RS256", "RS512"], default: true },
      { kid: "b", secret, alg: ["HS256", "HS512"], default: true },
    ];
    expect(await accepted({ keys }, "a")).toEqual(["RS256", "RS512"]);
    expect(await accepted({ keys }, "b")).toEqual(["HS256", "HS512"]);
    expect(await accepted({ keys })).toEqual(["HS256", "HS512", "RS256", "RS512"]);
    expect(await accepted({ keys }, "c")).toEqual([]);
  });

  it("of several is that of a table's keys, until others take their names", async () => {
    const table = createKeyTable({
      keys: [
        { kid: "a", publicKey: pem, alg: ["RS256", "RS512"] },
        { kid: "b", secret, alg: ["HS256", "HS384"] },
      ],
    });
    expect([await accepted({ keys: table }, "a"), await accepted({ keys: table }, "b")]).toEqual([
      ["RS256", "RS512"],
      ["HS256", "HS384"],
    ]);
    table.set([{ kid: "a", publicKey: pem, alg: "PS256" }]);
    expect(await accepted({ keys: table }, "a")).toEqual(["PS256"]);
    expect([table.delete("b"), await accepted({ keys: table }, "b")]).toEqual([true, []]);
    expect(() => table.set([{ kid: "c", publicKey: pem }])).toThrow("Expected `keys[0]` to have an `alg`");
  });

  it("of several is that of keys which are looked up", async () => {
    const keys = resolveKeys((kid) => (kid === "a" ? { publicKey: pem, alg: ["PS256", "PS512"] } : { secret, alg: ["HS256", "HS512"] }));
    expect(await accepted({ keys }, "a")).toEqual(["PS256", "PS512"]);
    expect(await accepted({ keys }, "b")).toEqual(["HS256", "HS512"]);
  });

  it("of several is that of one key of a ring: it counts as one, and goes as one", async () => {
    const ring = createKeyRing({
      keys: [
        { kid: "a", publicKey: pem, alg: ["RS256", "RS512"] },
        { kid: "b", secret, alg: ["HS256", "HS512"] },
      ],
    });
    expect(ring.status().keys).toBe(2);
    expect(await accepted({ keys: ring }, "a")).toEqual(["RS256", "RS512"]);
    expect([ring.remove("a"), await accepted({ keys: ring }, "a"), await accepted({ keys: ring }, "b")]).toEqual([
      ...[true, []],
      ["HS256", "HS512"],
    ]);
    ring.add({ kid: "a", publicKey: pem, alg: ["PS256", "PS384"] });
    expect(await accepted({ keys: ring }, "a")).toEqual(["PS256", "PS384"]);
    expect(ring.retire("a"), "retired").toBe(true);
    expect(ring.status().keys).toBe(1);
  });
});

describe("`alg` of a source", () => {
  it.each<[string, (alg: never) => unknown]>([
    ["remote", (alg) => remote("https://a.example", { alg })],
    ["callback", (alg) => callback(() => [], { alg })],
    ["file", (alg) => file("jwks.json", { alg })],
    ["environment", (alg) => environment("JWKS", { alg })],
    ["ring", (alg) => createKeyRing({ alg })],
  ])("is checked: %s", (_, make) => {
    for (const alg of ["RS256", ["RS256", "PS512"], ["HS256", "HS512"]]) expect(make(alg as never)).toBeDefined();
    expect(() => make(["RS256", "ES256"] as never)).toThrow("Expected `alg` to be algorithms of one kind of key, got RSA and EC");
    for (const alg of ["none", [], [["RS256"]], 256, null]) expect(() => make(alg as never)).toThrow("Expected `alg` to be one of HS256, ");
  });

  it("is that of a ring's keys where it is the ring's, and of its source's own where that has one", async () => {
    const source = callback(() => [{ kid: "b", publicKey: pem }], { alg: "PS512" });
    const ring = createKeyRing({ keys: [{ kid: "a", publicKey: pem }], source, alg: "RS512" });
    await ring.ready();
    ring.add({ kid: "c", publicKey: pem });
    expect(await accepted({ keys: ring }, "a")).toEqual(["RS512"]);
    expect(await accepted({ keys: ring }, "b")).toEqual(["PS512"]);
    expect(await accepted({ keys: ring }, "c")).toEqual(["RS512"]);
    expect(() => ring.add({ kid: "d", secret })).toThrow("Expected `key` to be a key for RS512, got another");
    expect(() => createKeyRing({ keys: [{ kid: "a", secret }], alg: "RS512" })).toThrow(
      "Expected `keys[0]` to be a key for RS512, got another",
    );
  });

  it.each<[string, () => readonly KeyInput[] | KeyInput, string[], string[]]>([
    [
      "of several",
      () => [
        { kid: "a", publicKey: pem },
        { kid: "b", publicKey: pem, alg: "RS256" },
        { kid: "c", secret },
      ],
      ["a"],
      ["keys[1]", "keys[2]"],
    ],
    ["of one", () => ({ kid: "b", publicKey: pem, alg: "RS256" }), [], ["keys"]],
  ])("leaves keys of a callback out that are for others, and lists them: %s", async (_, give, kids, names) => {
    const ring = createKeyRing({ source: callback(give as never, { alg: "RS512" }) });
    await ring.ready().catch(() => undefined);
    expect(
      ring
        .at(NOW)
        .load()
        .map(({ kid }) => kid),
    ).toEqual(kids);
    expect(ring.status().problems).toEqual(names.map((name) => `callback: Expected \`${name}\` to be a key for RS512, got another`));
    // A load without a key that is taken has failed.
    expect(ring.status().lastError === undefined).toBe(kids.length > 0);
  });

  it("makes of a secret in a file what it says", async () => {
    process.env.WASM_JWT_TEST_ALG = "a long test secret, to be used nowhere else, of more than 64 bytes in all";
    try {
      const ring = createKeyRing({ source: environment("WASM_JWT_TEST_ALG", { format: "secret", alg: ["HS384", "HS512"] }) });
      expect(
        ring
          .at(NOW)
          .load()
          .map(({ algorithm }) => algorithm),
      ).toEqual(["HS384", "HS512"]);
      expect(() => environment("A", { format: "secret", alg: "RS256" })).toThrow(
        "Expected `alg` to be one of HS256, HS384, HS512 for a secret",
      );
    } finally {
      delete process.env.WASM_JWT_TEST_ALG;
    }
  });
});

describe("an open key", () => {
  it.each(RSA)("is for %s where that is the only one of RSA allowed", async (alg) => {
    const others: Algorithm[] = ["HS256", "ES256", "ES384", "ES512", "EdDSA"];
    expect(await accepted({ keys: pem, algorithms: [...others, alg] })).toEqual([alg]);
    for (const other of RSA.filter((each) => each !== alg))
      expect(refusal({ keys: pem, algorithms: [alg, other] })).toContain("to have an `alg`");
  });
});
