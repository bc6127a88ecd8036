/** What a JWK says of its use holds however it comes (RFC 7517 §4.2, §4.3). */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createKeyTable, createSigner, createVerifier, deriveSecret, type KeyInput, resolveKeys } from "../../../src/index.js";
import { callback, createKeyRing, remote } from "../../../src/keyring/index.js";
import { file } from "../../../src/keyring/node/index.js";
import { base64url, TEST_SECRET } from "../../support/tokens.js";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const { d, ...ec } = privateKey.export({ format: "jwk" });
const oct = { kty: "oct", k: base64url(TEST_SECRET) };
const good = { ...oct, kid: "good" };

/** As a caller gives it that has read it from somewhere. */
const given = (jwk: object) => jwk as KeyInput;
const setOf = (...keys: object[]) => ({ keys });
const answer = (body: unknown) => async () => new Response(JSON.stringify(body));

describe.each([
  ["oct", oct],
  ["EC", ec],
])("a JWK of kind %s", (kind, jwk) => {
  describe.each([
    ["use", { ...jwk, kid: "other", use: "enc" }],
    ["key_ops", { ...jwk, kid: "other", key_ops: ["sign"] }],
  ])("whose `%s` is for something else than verifying", (member, other) => {
    it.each<[string, () => unknown]>([
      ["given by itself", () => createVerifier({ keys: given(other) })],
      ["in an array", () => createVerifier({ keys: [given(good), given(other)] })],
      ["within options", () => createVerifier({ keys: given(kind === "oct" ? { secret: other } : { publicKey: other }) })],
      ["of an issuer", () => createVerifier({ issuers: [{ issuer: "A", keys: given(other) }] })],
      ["in a table", () => createKeyTable({ keys: [given(other)] })],
      ["in a ring", () => createKeyRing({ keys: [given(good), given(other)] as never })],
      ["added to a ring", () => createKeyRing({ keys: given(good) as never }).add(given(other) as never)],
    ])("is refused %s", (_, make) => {
      expect(make).toThrow(new RegExp(`^(?:In .*: )?Expected .*\\.${member}\` to be `));
    });

    it("is passed over in a set, which must have another one", () => {
      expect(createVerifier({ jwks: setOf(good, other) }).stats().keys).toBe(1);
      expect(() => createVerifier({ jwks: setOf(other) })).toThrow("to have a key for verifying, got none of 1");
    });

    it("is left out of a ring's set and listed", () => {
      const { keys, problems } = createKeyRing({ keys: setOf(good, other) }).status();
      expect([keys, problems]).toEqual([1, [expect.stringContaining(`keys[1].${member}`)]]);
    });

    it("is left out of what a ring loads and listed", async () => {
      const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-use-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const path = join(folder, "keys.json");
      writeFileSync(path, JSON.stringify(setOf(good, other)));
      const headers = { authorization: "Bearer test" };
      for (const source of [
        file(path),
        callback(() => setOf(good, other)),
        remote("https://keys.test/", { headers, fetch: answer(setOf(good, other)) }),
      ]) {
        const ring = createKeyRing({ source });
        await ring.ready();
        ring.close();
        const { keys, problems } = ring.status();
        expect([keys, problems]).toEqual([1, [expect.stringContaining(`keys[1].${member}`)]]);
      }
    });

    it("is reported where a resolver gives it", () => {
      const errors: Error[] = [];
      const keys = resolveKeys(() => given(other), { onError: (error) => errors.push(error) });
      expect([keys.supply?.(["other"]), errors.map(({ message }) => message)]).toEqual([false, [expect.stringContaining(`.${member}\``)]]);
    });
  });
});

describe("a JWK for something else than signing", () => {
  it.each([
    ["oct", "use", { ...oct, use: "enc" }],
    ["oct", "key_ops", { ...oct, key_ops: ["verify"] }],
    ["oct", "key_ops", { secret: { ...oct, key_ops: ["verify"] } }],
    ["EC", "use", { privateKey: { ...ec, d, use: "enc" } }],
    ["EC", "key_ops", { privateKey: { ...ec, d, key_ops: ["verify"] } }],
  ])("is refused by a signer: %s by its `%s`", (_, member, key) => {
    expect(() => createSigner({ key: key as never })).toThrow(new RegExp(`^Expected .*\\.${member}\` to be `));
  });
});

describe("a master secret as a JWK", () => {
  it.each([["deriveBits"], ["deriveKey"], ["sign"], ["verify"]])("may have `key_ops` with %j", (operation) => {
    const master = { ...oct, key_ops: [operation] } as never;
    expect(deriveSecret({ master }, "device-1")).toEqual(deriveSecret({ master: oct as never }, "device-1"));
  });

  it("may not be for encryption", () => {
    expect(() => deriveSecret({ master: { ...oct, key_ops: ["encrypt"] } as never }, "device-1")).toThrow(
      'Expected `master.secret.key_ops` to be an array that has "deriveKey" or "deriveBits" or "sign" or "verify"',
    );
  });
});
