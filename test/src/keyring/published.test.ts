/** JWK sets as they are published, given in each way there is: the same keys verify, and the same are left out and listed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Algorithm, createVerifier, type PublicAlgorithm, type Verifier } from "../../../src/index.js";
import { callback, createKeyRing, discover, type KeyRingOptions, remote } from "../../../src/keyring/index.js";
import { environment, file } from "../../../src/keyring/node/index.js";
import type { AlgOption } from "../../../src/keys/alg.js";
import { PAIRS, signWith } from "../../support/pairs.js";
import { auth0, b2c, EC, entra, google, keycloak, odd, type PublishedSet, RSA, sameName, spring } from "../../support/published.js";
import { NOW } from "../../support/tokens.js";

interface Given {
  readonly verifier: Verifier;
  readonly problems: () => readonly string[];
}

interface Rules {
  readonly alg?: AlgOption;
  readonly algorithms?: readonly Algorithm[];
}

type Way = (set: PublishedSet, rules: Rules) => Given | Promise<Given>;

const fetch = (set: PublishedSet) => async (url: string) => {
  const document = url.includes(".well-known") ? { issuer: "https://a.example", jwks_uri: "https://a.example/jwks" } : set;
  return {
    status: 200,
    headers: { get: () => null },
    arrayBuffer: async () => Uint8Array.from(Buffer.from(JSON.stringify(document))).buffer,
  };
};

function atOnce(option: "keys" | "jwks"): Way {
  return (set, rules) => {
    const verifier = createVerifier({ [option]: set, ...rules, currentDate: NOW });
    return { verifier, problems: () => verifier.problems };
  };
}

function byRing(optionsOf: (set: PublishedSet, alg: { readonly alg?: AlgOption }) => KeyRingOptions): Way {
  return async (set, { alg, algorithms }) => {
    const ring = createKeyRing(optionsOf(set, alg === undefined ? {} : { alg }));
    onTestFinished(() => ring.close());
    await ring.ready();
    const verifier = createVerifier({ keys: ring, ...(algorithms && { algorithms }), currentDate: NOW });
    return { verifier, problems: () => ring.status().problems };
  };
}

const WAYS: Readonly<Record<string, Way>> = {
  "`jwks` of a verifier": atOnce("jwks"),
  "`keys` of a verifier": atOnce("keys"),
  "`keys` of a ring": byRing((keys, alg) => ({ keys, ...alg })),
  callback: byRing((set, alg) => ({ source: callback(async () => set, alg) })),
  remote: byRing((set, alg) => ({ source: remote("https://a.example/jwks", { fetch: fetch(set), ...alg }) })),
  discover: byRing((set, alg) => ({ source: discover("https://a.example", { fetch: fetch(set), ...alg }) })),
  "a source of a ring with `alg`": byRing((set, alg) => ({ source: callback(() => set), ...alg })),
  "a file": byRing((set, alg) => {
    const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-published-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "jwks.json"), JSON.stringify(set));
    return { source: file(join(folder, "jwks.json"), alg) };
  }),
  "an environment variable": byRing((set, alg) => {
    vi.stubEnv("WASM_JWT_TEST_PUBLISHED", JSON.stringify(set));
    onTestFinished(() => void vi.unstubAllEnvs());
    return { source: environment("WASM_JWT_TEST_PUBLISHED", alg) };
  }),
};

const tokenOf = (alg: PublicAlgorithm, kid: string | undefined, key = RSA[0].privateKey) =>
  signWith(alg, '{"sub":"a"}', JSON.stringify({ alg, ...(kid !== undefined && { kid }) }), key);

function codeOf(verifier: Verifier, token: string): string {
  const verdict = verifier.verify(token);
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

describe.each(Object.entries(WAYS))("a set as it is published, by %s", (_way, give) => {
  it.each<[string, PublishedSet, string, string, Rules]>([
    ["Entra ID, by the verifier's algorithms", entra(), "entra-1", "entra-2", { algorithms: ["RS256"] }],
    ["Entra ID, by those and another kind's", entra(), "entra-1", "entra-2", { algorithms: ["RS256", "ES256"] }],
    ["Entra ID, by `alg`", entra(), "entra-1", "entra-2", { alg: "RS256" }],
    ["B2C, by the verifier's algorithms", b2c(), "b2c-1", "", { algorithms: ["RS256"] }],
    ["B2C, by `alg`", b2c(), "b2c-1", "", { alg: "RS256" }],
    ["Spring, by the verifier's algorithms", spring(), "spring-1", "", { algorithms: ["RS256"] }],
    ["Spring, by `alg`", spring(), "spring-1", "", { alg: ["RS256"] }],
    ["Auth0", auth0(), "auth0-1", "auth0-2", {}],
    ["Auth0, by `alg` as well", auth0(), "auth0-1", "auth0-2", { alg: ["RS256", "RS512"] }],
    ["Google", google(), "google-1", "google-2", {}],
    ["Keycloak", keycloak(), "keycloak-1", "", {}],
  ])("of %s verifies", async (_, set, first, second, rules) => {
    const { verifier } = await give(set, rules);
    expect(codeOf(verifier, tokenOf("RS256", first))).toBe("ACCEPTED");
    if (second) expect(codeOf(verifier, tokenOf("RS256", second, RSA[1].privateKey))).toBe("ACCEPTED");
    expect(codeOf(verifier, tokenOf("RS256", first, RSA[1].privateKey))).toBe("BAD_SIGNATURE");
    // The key is bound to what was configured: its owner's signature by another scheme is none of it.
    for (const alg of ["PS256", "RS384", "RS512"] as const) expect(codeOf(verifier, tokenOf(alg, first))).toBe("ALGORITHM_NOT_ALLOWED");
  });

  it("has its keys for each of several algorithms, and for no other", async () => {
    const { verifier, problems } = await give(entra(), { alg: ["RS256", "PS512"] });
    expect((["RS256", "PS512", "RS512", "PS256"] as const).map((alg) => codeOf(verifier, tokenOf(alg, "entra-1")))).toEqual([
      ...["ACCEPTED", "ACCEPTED"],
      ...["ALGORITHM_NOT_ALLOWED", "ALGORITHM_NOT_ALLOWED"],
    ]);
    expect(codeOf(verifier, tokenOf("PS512", "entra-1", RSA[1].privateKey))).toBe("BAD_SIGNATURE");
    expect(problems()).toEqual([]);
  });

  it("has keys of one name for each algorithm (RFC 7517 §4.5)", async () => {
    const { verifier, problems } = await give(sameName(), {});
    const tokens = [tokenOf("RS256", "same"), tokenOf("ES256", "same", EC.privateKey), tokenOf("EdDSA", "same", PAIRS.EdDSA.privateKey)];
    expect(tokens.map((token) => codeOf(verifier, token))).toEqual(["ACCEPTED", "ACCEPTED", "ACCEPTED"]);
    expect(codeOf(verifier, tokenOf("RS256", "same", RSA[1].privateKey))).toBe("BAD_SIGNATURE");
    expect(codeOf(verifier, tokenOf("PS256", "same"))).toBe("ALGORITHM_NOT_ALLOWED");
    expect(problems()).toEqual([]);
  });

  it("has no key of one name and algorithm with another, and the same key twice is one", async () => {
    const [first, second] = auth0().keys;
    const { kid } = first as { kid: string };
    const both = await give({ keys: [first, { ...second, kid }, ...google().keys] as never }, {});
    expect(codeOf(both.verifier, tokenOf("RS256", kid))).toBe("KEY_NOT_FOUND");
    expect(codeOf(both.verifier, tokenOf("RS256", "google-1"))).toBe("ACCEPTED");
    expect(both.problems()).toHaveLength(2);
    for (const problem of both.problems())
      expect(problem).toMatch(/keys\[[01]\]\.kid` to be the name of one key of its algorithm, got that of several$/);
    const twice = await give({ keys: [first, { ...first, x5c: [] }] as never }, {});
    expect(codeOf(twice.verifier, tokenOf("RS256", kid))).toBe("ACCEPTED");
    expect(twice.problems()).toEqual([]);
  });

  it("leaves out what cannot verify, and lists it", async () => {
    const { set, good, problems: expected } = odd();
    const { verifier, problems } = await give(set, {});
    expect(codeOf(verifier, tokenOf("ES256", good, EC.privateKey))).toBe("ACCEPTED");
    expect(problems()).toHaveLength(expected.length);
    for (const [index, problem] of problems().entries()) {
      expect(problem).toContain(`keys[${index}]`);
      expect(problem).toContain(expected[index]);
    }
  });

  it("leaves out a key of another algorithm than configured, by its own `alg` or its kind", async () => {
    const { verifier, problems } = await give({ keys: [...entra().keys, ...sameName().keys] }, { alg: "RS512" });
    expect(codeOf(verifier, tokenOf("RS512", "entra-1"))).toBe("ACCEPTED");
    expect(codeOf(verifier, tokenOf("RS256", "same"))).not.toBe("ACCEPTED");
    expect(problems().map((problem) => problem.slice(-53))).toEqual(
      [2, 3, 4]
        .map((index) => `keys[${index}]\` to be a key for RS512, got another`.padStart(53))
        .map((text) => expect.stringContaining(text.trim())),
    );
  });

  it("without `kid` selects by algorithm where that leaves one key", async () => {
    const keys = [...google().keys, ...sameName().keys].map(({ kid, ...jwk }) => jwk);
    const { verifier } = await give({ keys: keys.slice(1) as never }, {});
    expect(codeOf(verifier, tokenOf("ES256", undefined, EC.privateKey))).toBe("ACCEPTED");
    expect(codeOf(verifier, tokenOf("EdDSA", undefined, PAIRS.EdDSA.privateKey))).toBe("ACCEPTED");
    for (const { privateKey } of RSA) expect(codeOf(verifier, tokenOf("RS256", undefined, privateKey))).not.toBe("ACCEPTED");
  });
});

describe.each(Object.entries(WAYS).slice(2))("RSA keys of which nothing says what they are for, by %s", (_way, give) => {
  it.each<[string, Rules]>([
    ["no algorithms", {}],
    ["two of RSA", { algorithms: ["RS256", "RS512"] }],
    ["RSA's two schemes", { algorithms: ["RS256", "PS256"] }],
    ["none of RSA", { algorithms: ["ES256"] }],
  ])("are not used by a verifier with %s, and that is told", async (_, rules) => {
    const { verifier, problems } = await give({ keys: [...entra().keys, ...sameName().keys] }, rules);
    for (const alg of ["RS256", "RS512", "PS256"] as const) expect(codeOf(verifier, tokenOf(alg, "entra-1"))).not.toBe("ACCEPTED");
    expect(problems()).toHaveLength(2);
    for (const problem of problems()) expect(problem).toMatch(/keys\[[01]\]` to have an `alg`, as { alg: "RS256", … }, or `algorithms`/);
  });
});

describe("RSA keys of which nothing says what they are for", () => {
  it("are placed by each verifier of a ring, by its own algorithms", async () => {
    const ring = createKeyRing({ keys: entra() });
    const of = (algorithms: readonly Algorithm[]) => createVerifier({ keys: ring, algorithms, currentDate: NOW });
    const [byRs, byPs] = [of(["RS256"]), of(["PS256"])];
    expect([codeOf(byRs, tokenOf("RS256", "entra-1")), codeOf(byPs, tokenOf("RS256", "entra-1"))]).toEqual([
      ...["ACCEPTED", "ALGORITHM_NOT_ALLOWED"],
    ]);
    expect([codeOf(byRs, tokenOf("PS256", "entra-1")), codeOf(byPs, tokenOf("PS256", "entra-1"))]).toEqual([
      ...["ALGORITHM_NOT_ALLOWED", "ACCEPTED"],
    ]);
    expect(ring.status().problems).toEqual([]);
  });

  it("are placed for each issuer, by its own algorithms", () => {
    const ring = createKeyRing({ keys: entra() });
    const issuers = (["RS256", "PS256"] as const).map((alg) => ({ issuer: alg, keys: ring, algorithms: [alg] }));
    const verifier = createVerifier({ issuers, currentDate: NOW });
    const token = (alg: PublicAlgorithm, iss: string) =>
      signWith(alg, JSON.stringify({ iss }), JSON.stringify({ alg, kid: "entra-1" }), RSA[0].privateKey);
    expect([codeOf(verifier, token("RS256", "RS256")), codeOf(verifier, token("PS256", "PS256"))]).toEqual(["ACCEPTED", "ACCEPTED"]);
    expect([codeOf(verifier, token("RS256", "PS256")), codeOf(verifier, token("PS256", "RS256"))]).not.toContain("ACCEPTED");
  });

  it.each<[string, PublishedSet["keys"]]>([
    ["after the one that says it", [{ ...spring().keys[0], kid: "a", alg: "PS256" } as never, { ...spring().keys[0], kid: "a" } as never]],
    ["before it", [{ ...spring().keys[0], kid: "a" } as never, { ...spring().keys[0], kid: "a", alg: "PS256" } as never]],
  ])("are for what another mention of the key says, %s", (_, keys) => {
    const ring = createKeyRing({ keys: { keys } });
    const verifier = createVerifier({ keys: ring, algorithms: ["RS256"], currentDate: NOW });
    expect(codeOf(verifier, tokenOf("RS256", "a"))).not.toBe("ACCEPTED");
    expect(codeOf(createVerifier({ keys: ring, currentDate: NOW }), tokenOf("PS256", "a"))).toBe("ACCEPTED");
  });

  it("have no name that another RSA key has: it could come to be of the same algorithm", () => {
    const [first, second] = auth0().keys;
    const ring = createKeyRing({
      keys: { keys: [{ ...first, kid: "a" }, { ...second, kid: "a", alg: undefined }, ...google().keys] } as never,
    });
    const verifier = createVerifier({ keys: ring, algorithms: ["RS256"], currentDate: NOW });
    for (const { privateKey } of RSA) expect(codeOf(verifier, tokenOf("RS256", "a", privateKey))).toBe("KEY_NOT_FOUND");
    expect(ring.status().problems).toHaveLength(2);
  });
});
