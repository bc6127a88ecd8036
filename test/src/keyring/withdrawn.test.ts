/** What a source says of its keys is an answer, also when it says that there are none; what says nothing changes nothing. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createVerifier } from "../../../src/index.js";
import { callback } from "../../../src/keyring/callback.js";
import type { RingKeysInput } from "../../../src/keyring/input.js";
import type { RingSource } from "../../../src/keyring/loading.js";
import { directory, environment, file } from "../../../src/keyring/node/index.js";
import { remote } from "../../../src/keyring/remote.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { kidsOf, publicJwk, testJwk, testSecret, testSet, tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "wasm-jwt-withdrawn-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const NAME = "WASM_JWT_TEST_WITHDRAWN";

/** Each kind of source, and how what it holds is set. */
const SOURCES: Readonly<Record<string, () => { source: RingSource; set: (text: string) => void }>> = {
  callback: () => {
    let value: RingKeysInput = testSet("a");
    const set = (text: string) => {
      value = JSON.parse(text);
    };
    return { source: callback(() => value), set };
  },
  "remote set": () => {
    let body = JSON.stringify(testSet("a"));
    const fetch = async () => new Response(body);
    const set = (text: string) => {
      body = text;
    };
    return { source: remote("https://example.com/", { fetch, headers: { cookie: "test" } }), set };
  },
  file: () => {
    const path = join(folder(), "jwks.json");
    const set = (text: string) => writeFileSync(path, text);
    set(JSON.stringify(testSet("a")));
    return { source: file(path), set };
  },
  directory: () => {
    const path = folder();
    const set = (text: string) => writeFileSync(join(path, "jwks.json"), text);
    set(JSON.stringify(testSet("a")));
    return { source: directory(path, { format: "jwks" }), set };
  },
  "environment variable": () => {
    const set = (text: string) => void vi.stubEnv(NAME, text);
    onTestFinished(() => void vi.unstubAllEnvs());
    set(JSON.stringify(testSet("a")));
    return { source: environment(NAME), set };
  },
};

async function opened(source: RingSource) {
  const errors: string[] = [];
  const ring = createKeyRing({ source, onError: ({ message }) => errors.push(message) });
  onTestFinished(() => ring.close());
  await ring.ready();
  const verifier = createVerifier({ keys: ring, currentDate: NOW });
  const codeOf = (kid: string) => {
    const verdict = verifier.verify(tokenOf(kid));
    return verdict.ok ? "ACCEPTED" : verdict.code;
  };
  expect(codeOf("a")).toBe("ACCEPTED");
  return { ring, errors, codeOf };
}

/** Sets without a key for verifying. */
const WITHDRAWN: readonly [string, object, string][] = [
  ["is empty", { keys: [] }, "Expected a key for verifying, got none"],
  ["has its key for encryption", { keys: [testJwk("a", { use: "enc" })] }, 'Expected `keys[0].use` to be "sig", got a string'],
  ["has its key for signing", { keys: [testJwk("a", { key_ops: ["sign"] })] }, "Expected `keys[0].key_ops` to be an array"],
  ["has a key of an unknown kind", { keys: [{ kty: "AKP", kid: "a" }] }, "Expected `keys[0].kty` to be oct, RSA, EC, OKP"],
];

describe.each(Object.entries(SOURCES))("the keys of a source: %s", (_, make) => {
  it.each(WITHDRAWN)("are withdrawn by a set that %s, until it has one again", async (_, set, problem) => {
    const test = make();
    const { ring, errors, codeOf } = await opened(test.source);
    const before = ring.at(NOW);
    test.set(JSON.stringify(set));
    expect(await ring.reload()).toBe(true);
    expect([codeOf("a"), kidsOf(ring), before.load()]).toEqual(["KEY_NOT_FOUND", [], []]);
    expect([errors, ring.status()]).toMatchObject([[], { keys: 0, lastError: undefined }]);
    expect(ring.status().problems).toEqual([expect.stringContaining(problem)]);
    test.set(JSON.stringify(testSet("a")));
    await ring.reload();
    expect([codeOf("a"), ring.status().problems]).toEqual(["ACCEPTED", []]);
  });

  it.each<[string, object, string]>([
    ["too short", { keys: [{ kty: "oct", k: "c2VjcmV0", kid: "a" }] }, "Expected `keys[0]` to be at least 32 bytes"],
    [
      "too small",
      { keys: [{ ...generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" }), alg: "RS256" }] },
      "Expected `keys[0]`",
    ],
    ["two of one name", { keys: [testJwk("a"), testJwk("b", { kid: "a" })] }, "keys[0].kid` to be the name of one key of its algorithm"],
  ])("are withdrawn by one whose keys are refused, being %s, and that is reported", async (_, set, problem) => {
    const test = make();
    const { ring, errors, codeOf } = await opened(test.source);
    test.set(JSON.stringify(set));
    expect(await ring.reload()).toBe(false);
    expect([codeOf("a"), kidsOf(ring)]).toEqual(["KEY_UNAVAILABLE", []]);
    expect(errors).toEqual([expect.stringContaining(problem)]);
  });

  it.each<[string, object]>([
    ["no set", {}],
    ["keys that are no array", { keys: { a: testJwk("a") } }],
    ["a key that is none", { keys: [null] }],
    ["a key without its kind", { keys: [{ kid: "a", use: "sig", k: "AA" }] }],
    ["a key without its bytes", { keys: [{ kty: "oct", kid: "a" }, testJwk("b", { use: "enc" })] }],
    ["a key that is garbled", { keys: [{ ...publicJwk("a", "ES256"), x: "?" }] }],
  ])("stay when it gives %s, and that is reported", async (_, set) => {
    const test = make();
    const { ring, errors, codeOf } = await opened(test.source);
    test.set(JSON.stringify(set));
    expect(await ring.reload()).toBe(false);
    expect([codeOf("a"), codeOf("b"), errors.length]).toEqual(["ACCEPTED", "KEY_UNAVAILABLE", 1]);
  });
});

describe("keys withdrawn", () => {
  it.each<[string, RingKeysInput]>([
    ["an empty array", []],
    ["its key alone, for encryption", testJwk("a", { use: "enc" }) as RingKeysInput],
    ["its key in an array, for encryption", [testJwk("a", { use: "enc" }) as never]],
  ])("by a callback that gives %s", async (_, given) => {
    let value: RingKeysInput = testJwk("a");
    const { ring, codeOf } = await opened(callback(() => value));
    value = given;
    expect([await ring.reload(), codeOf("a"), ring.status().problems.length]).toEqual([true, "KEY_NOT_FOUND", 1]);
  });

  it("do not take those along that a callback gives beside them", async () => {
    let value: RingKeysInput = [testJwk("a"), testJwk("b")];
    const { ring, codeOf } = await opened(callback(() => value));
    value = [testJwk("a", { use: "enc" }) as never, { secret: testSecret("b"), kid: "b" }];
    expect([await ring.reload(), codeOf("a"), codeOf("b")]).toEqual([true, "KEY_NOT_FOUND", "ACCEPTED"]);
  });

  it("by a directory without files, but not by one that is gone", async () => {
    const path = folder();
    writeFileSync(join(path, "a"), testSecret("a"));
    const { ring, codeOf } = await opened(directory(path));
    rmSync(path, { recursive: true });
    expect([await ring.reload(), codeOf("a")]).toEqual([false, "ACCEPTED"]);
    mkdirSync(path);
    expect([await ring.reload(), codeOf("a")]).toEqual([true, "KEY_NOT_FOUND"]);
  });

  it("by a server that publishes their private part: its tag is not believed afterwards", async () => {
    const key = { ...publicJwk("public", "EdDSA"), d: "AA" };
    let set: object = { keys: [publicJwk("public", "EdDSA")] };
    const asked: unknown[] = [];
    const fetch = async (_: string, request: { headers?: unknown } = {}) => {
      asked.push((request.headers as Record<string, string>)["if-none-match"]);
      return new Response(JSON.stringify(set), { headers: { etag: '"1"' } });
    };
    const ring = createKeyRing({ source: remote("https://example.com/", { fetch }) });
    onTestFinished(() => ring.close());
    await ring.ready();
    set = { keys: [key] };
    expect([await ring.reload(), kidsOf(ring)]).toEqual([false, []]);
    await ring.reload();
    expect(asked).toEqual([undefined, '"1"', undefined]);
  });

  it("leave those that were given by hand", async () => {
    let value = testSet("a");
    const ring = createKeyRing({ keys: testJwk("own"), source: callback(() => value) });
    onTestFinished(() => ring.close());
    await ring.ready();
    value = testSet();
    await ring.reload();
    expect(kidsOf(ring)).toEqual(["own"]);
  });

  it("before there was one make no ring that is ready", async () => {
    const ring = createKeyRing({ source: callback(() => ({ keys: [] })) });
    onTestFinished(() => ring.close());
    await expect(ring.ready()).rejects.toThrow("Expected callback to hold keys for this ring, got no usable one");
    expect(ring.status().lastError).toBeUndefined();
    const path = join(folder(), "jwks.json");
    writeFileSync(path, '{"keys":[]}');
    expect(() => createKeyRing({ source: file(path) })).toThrow("to hold keys for this ring, got no usable one");
    unlinkSync(path);
  });
});
