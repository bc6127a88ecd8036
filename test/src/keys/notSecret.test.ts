/** Public keys and other key files are never HMAC secrets, in whatever spelling and behind whatever junk. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSigner, createVerifier } from "../../../src/index.js";
import { recognizeKeyMaterial } from "../../../src/keys/notSecret.js";

/** Key pairs made for this test, and gone with it. */
const pairs = {
  RSA: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-521": generateKeyPairSync("ec", { namedCurve: "P-521" }),
  Ed25519: generateKeyPairSync("ed25519"),
  X25519: generateKeyPairSync("x25519"),
  Ed448: generateKeyPairSync("ed448"),
};

type Material = readonly [name: string, bytes: Buffer];

const materials: readonly Material[] = Object.entries(pairs).flatMap(([name, { publicKey, privateKey }]) => [
  [`the PEM of a public ${name} key`, Buffer.from(publicKey.export({ type: "spki", format: "pem" }))],
  [`the PEM of a private ${name} key`, Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" }))],
  [`the DER of a public ${name} key`, publicKey.export({ type: "spki", format: "der" })],
  [`the DER of a private ${name} key`, privateKey.export({ type: "pkcs8", format: "der" })],
  [`the JWK text of a public ${name} key`, Buffer.from(JSON.stringify(publicKey.export({ format: "jwk" })))],
  [`the JWK set text of a private ${name} key`, Buffer.from(JSON.stringify({ keys: [privateKey.export({ format: "jwk" })] }, null, 2))],
  [`the base64 of a public ${name} key`, Buffer.from(publicKey.export({ type: "spki", format: "der" }).toString("base64"))],
  [`the base64url of a public ${name} key`, Buffer.from(publicKey.export({ type: "spki", format: "der" }).toString("base64url"))],
]);

const others: readonly Material[] = [
  ["the PKCS #1 DER of a public RSA key", pairs.RSA.publicKey.export({ type: "pkcs1", format: "der" })],
  ["the PKCS #1 PEM of a public RSA key", Buffer.from(pairs.RSA.publicKey.export({ type: "pkcs1", format: "pem" }))],
  ["an SSH key of RSA", Buffer.from(`ssh-rsa ${sshBlob("ssh-rsa")} user@host`)],
  ["an SSH key of Ed25519", Buffer.from(`ssh-ed25519 ${sshBlob("ssh-ed25519")}`)],
  ["an SSH key of P-256", Buffer.from(`ecdsa-sha2-nistp256 ${sshBlob("ecdsa-sha2-nistp256")} user@host`)],
  ["an SSH2 key file", Buffer.from(`---- BEGIN SSH2 PUBLIC KEY ----\n${sshBlob("ssh-rsa")}\n---- END SSH2 PUBLIC KEY ----`)],
];

/** What an SSH public key begins with: the length of its type, its type, and the key itself. */
function sshBlob(type: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(60, 7)]).toString("base64");
}

const all = [...materials, ...others];

describe.each(all)("%s", (_, bytes) => {
  it("is no secret", () => {
    expect(recognizeKeyMaterial(bytes)).toBeTypeOf("string");
    expect(() => createVerifier({ keys: bytes })).toThrow("must never be an HMAC secret");
    expect(() => createSigner({ key: bytes })).toThrow("must never be an HMAC secret");
    expect(() => createVerifier({ keys: { kty: "oct", k: bytes.toString("base64url") } })).toThrow("must never be an HMAC secret");
  });

  it("is none behind any one byte, nor before any", () => {
    const taken = Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) =>
        !recognizeKeyMaterial(Buffer.concat([Buffer.of(byte), bytes])) || !recognizeKeyMaterial(Buffer.concat([bytes, Buffer.of(byte)])),
    );
    expect(taken).toEqual([]);
  });

  it.each<[string, Buffer]>([
    ["a byte order mark", Buffer.from("\ufeff")],
    ["white space", Buffer.from(" \t\r\n\n")],
    ["NULs", Buffer.alloc(16)],
    ["100 bytes of noise", randomBytes(100)],
    ["a quote", Buffer.from('"')],
    ["a name", Buffer.from("PUBLIC_KEY=")],
  ])("is none behind %s", (_, junk) => {
    expect(recognizeKeyMaterial(Buffer.concat([junk, bytes, junk]))).toBeTypeOf("string");
  });
});

describe("a file of DER", () => {
  it.each(all.filter(([name]) => name.includes("DER")))("that was read as text, %s, is no secret either", (_, bytes) => {
    for (const encoding of ["latin1", "utf8"] as const) {
      expect(() => createVerifier({ keys: bytes.toString(encoding) })).toThrow("must never be an HMAC secret");
    }
  });
});

describe("text of a key", () => {
  const [, pem] = materials[0] as Material;
  const [, jwk] = materials.find(([name]) => name.startsWith("the JWK text")) as Material;

  it.each<[string, Buffer]>([
    ["PEM with other line ends", Buffer.from(pem.toString().replaceAll("\n", "\r\n"))],
    ["PEM on one line", Buffer.from(pem.toString().replaceAll("\n", " "))],
    ["PEM without its last line", Buffer.from(pem.toString().split("\n").slice(0, -2).join("\n"))],
    ["a certificate", Buffer.from("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")],
    ["an OpenSSH key", Buffer.from("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n")],
    ["only the base64 of a PEM", Buffer.from(pem.toString().split("\n").slice(1, -2).join("\n"))],
    ["a JWK with spaces", Buffer.from(jwk.toString().replaceAll(":", " : "))],
    ["a JWK with escapes in its names", Buffer.from(jwk.toString().replace('"kty"', '"\\u006b\\u0074\\u0079"'))],
    ["a JWK in UTF-16", Buffer.from(jwk.toString(), "utf16le")],
  ])("is recognized as %s", (_, bytes) => {
    expect(recognizeKeyMaterial(bytes)).toBeTypeOf("string");
  });
});

describe("a real secret", () => {
  it("of random bytes is never taken for a key", () => {
    for (let round = 0; round < 3000; round++) expect(recognizeKeyMaterial(randomBytes(32 + (round % 300)))).toBeUndefined();
  });

  it.each(["hex", "base64", "base64url"] as const)("written as %s is never taken for a key", (encoding) => {
    for (let round = 0; round < 1000; round++)
      expect(recognizeKeyMaterial(Buffer.from(randomBytes(32 + (round % 200)).toString(encoding)))).toBeUndefined();
  });

  it.each([
    "correct horse battery staple, and then some more words",
    "{not json, but a long pass phrase with braces}",
    "------------------------ a line of dashes -----------",
    "AAAA".repeat(40),
  ])("of words, %j, is not taken for a key", (text) => {
    expect(recognizeKeyMaterial(Buffer.from(text))).toBeUndefined();
  });
});
