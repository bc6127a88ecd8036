/** Public keys and other key files are never HMAC secrets, in whatever spelling and behind whatever junk. */
import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSigner, createVerifier } from "../../../src/index.js";
import { recognizeKeyMaterial } from "../../../src/keys/notSecret.js";
import { certificateOf, pem } from "../../support/certificate.js";
import { someOf, times } from "../../support/runs.js";

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
  ["the DER of an encrypted P-256 key", encrypted()],
  ["the base64 of an encrypted P-256 key", Buffer.from(encrypted().toString("base64"))],
  ["the PKCS #1 PEM of a public RSA key", Buffer.from(pairs.RSA.publicKey.export({ type: "pkcs1", format: "pem" }))],
  ["an SSH key of RSA", Buffer.from(`ssh-rsa ${sshBlob("ssh-rsa")} user@host`)],
  ["an SSH key of Ed25519", Buffer.from(`ssh-ed25519 ${sshBlob("ssh-ed25519")}`)],
  ["an SSH key of P-256", Buffer.from(`ecdsa-sha2-nistp256 ${sshBlob("ecdsa-sha2-nistp256")} user@host`)],
  ["an SSH2 key file", Buffer.from(`---- BEGIN SSH2 PUBLIC KEY ----\n${sshBlob("ssh-rsa")}\n---- END SSH2 PUBLIC KEY ----`)],
];

function encrypted(): Buffer {
  return pairs["P-256"].privateKey.export({ type: "pkcs8", format: "der", cipher: "aes-256-cbc", passphrase: "a" });
}

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
    const taken = EACH_BYTE.filter(
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
  ])("is none after %s", (_, junk) => {
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

describe("the raw bytes of a public key", () => {
  it.each(["P-256", "P-384", "P-521"])("of %s are no secret, nor is their base64 or hex", (namedCurve) => {
    const { x, y } = generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "jwk" });
    const raw = Buffer.concat([Buffer.of(4), Buffer.from(x as string, "base64url"), Buffer.from(y as string, "base64url")]);
    for (const secret of [raw, raw.toString("base64"), raw.toString("base64url"), raw.toString("hex")])
      expect(() => createVerifier({ keys: secret })).toThrow("must never be an HMAC secret");
    const other = Buffer.from(raw);
    other[40] = (other[40] as number) ^ 1;
    expect(recognizeKeyMaterial(other)).toBeUndefined();
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

// ---- every key in every wrapping ---------------------------------------------------------------------------------------

const signer = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

const keys: Readonly<Record<string, { publicKey: KeyObject; privateKey: KeyObject }>> = {
  "RSA of 512 bits": generateKeyPairSync("rsa", { modulusLength: 512 }),
  "RSA of 1024 bits": generateKeyPairSync("rsa", { modulusLength: 1024 }),
  "RSA of 2048 bits": pairs.RSA,
  "RSA of 2048 bits and the exponent 3": generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }),
  "RSA of 3072 bits": generateKeyPairSync("rsa", { modulusLength: 3072 }),
  "RSA of 4096 bits": generateKeyPairSync("rsa", { modulusLength: 4096, publicExponent: 3 }),
  "P-256": pairs["P-256"],
  "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "P-521": pairs["P-521"],
  Ed25519: pairs.Ed25519,
  X25519: pairs.X25519,
  Ed448: pairs.Ed448,
};

/** The length of each part, and the part (RFC 4251 §5). */
function sshBytes(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, Buffer.from(part as string)];
    }),
  );
}

function sshKey(key: KeyObject): Buffer | undefined {
  const { kty, crv, n, e, x, y } = key.export({ format: "jwk" }) as Record<string, string>;
  const number = (text: string | undefined) => Buffer.from(text as string, "base64url");
  if (kty === "RSA") return sshBytes("ssh-rsa", number(e), Buffer.concat([Buffer.of(0), number(n)]));
  if (crv === "Ed25519") return sshBytes("ssh-ed25519", number(x));
  if (kty !== "EC") return undefined;
  const name = `nistp${crv?.slice(2)}`;
  return sshBytes(`ecdsa-sha2-${name}`, name, Buffer.concat([Buffer.of(4), number(x), number(y)]));
}

/** A key as files have it. */
function formsOf({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): Record<string, Buffer> {
  const jwk = publicKey.export({ format: "jwk" });
  const ssh = sshKey(publicKey);
  const certificate = certificateOf(publicKey, signer);
  const { kty, ...others } = jwk as Record<string, string>;
  const { asymmetricKeyType: type } = publicKey;
  return {
    "SPKI in DER": publicKey.export({ type: "spki", format: "der" }),
    "SPKI in PEM": Buffer.from(publicKey.export({ type: "spki", format: "pem" })),
    "PKCS #8 in DER": privateKey.export({ type: "pkcs8", format: "der" }),
    "a certificate in DER": certificate,
    "a certificate in PEM": Buffer.from(pem("CERTIFICATE", certificate)),
    "a JWK": Buffer.from(JSON.stringify(jwk)),
    "a JWK within a string": Buffer.from(JSON.stringify(JSON.stringify(jwk))),
    "a JWK within a string within a string": Buffer.from(JSON.stringify(JSON.stringify(JSON.stringify(jwk)))),
    "a JWK in JSON5": Buffer.from(`{ kty: '${kty}', ${JSON.stringify(others).slice(1)}`),
    "a JWK in YAML": Buffer.from(
      `kty: ${kty}\n${Object.entries(others)
        .map((member) => member.join(": "))
        .join("\n")}`,
    ),
    "a JWK set": Buffer.from(JSON.stringify({ keys: [jwk] }, null, 2)),
    ...(ssh !== undefined && {
      "an SSH key": ssh,
      "an SSH key in a line": Buffer.from(`${sshName(ssh)}  ${ssh.toString("base64")} me@host`),
    }),
    ...(type === "rsa" && {
      "PKCS #1 in DER": publicKey.export({ type: "pkcs1", format: "der" }),
      "PKCS #1 in DER, private": privateKey.export({ type: "pkcs1", format: "der" }),
      "PKCS #1 in PEM": Buffer.from(publicKey.export({ type: "pkcs1", format: "pem" })),
    }),
    ...(type === "ec" && { "SEC 1 in DER": privateKey.export({ type: "sec1", format: "der" }) }),
  };
}

function sshName(blob: Buffer): string {
  return blob.toString("latin1", 4, 4 + blob.readUInt32BE(0));
}

const percentOf = (bytes: Buffer) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

const wrappings: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  "as it is": (bytes) => bytes,
  "in base64": (bytes) => Buffer.from(bytes.toString("base64")),
  "in base64 without its padding": (bytes) => Buffer.from(bytes.toString("base64").replaceAll("=", "")),
  "in base64url": (bytes) => Buffer.from(bytes.toString("base64url")),
  "in lines of base64": (bytes) => Buffer.from(bytes.toString("base64").replace(/.{76}/g, "$&\r\n")),
  "in lines of base64 within a string": (bytes) => Buffer.from(JSON.stringify(bytes.toString("base64").replace(/.{64}/g, "$&\n"))),
  "in base64 of a PEM": (bytes) => Buffer.from(Buffer.from(pem("PUBLIC KEY", bytes)).toString("base64")),
  "in base64 of base64": (bytes) => Buffer.from(Buffer.from(bytes.toString("base64")).toString("base64")),
  "in base64 of base64 of hex": (bytes) => Buffer.from(btoa(btoa(bytes.toString("hex")))),
  "in hex": (bytes) => Buffer.from(bytes.toString("hex")),
  "in capital hex": (bytes) => Buffer.from(bytes.toString("hex").toUpperCase()),
  "in hex with colons": (bytes) => Buffer.from(bytes.toString("hex").replace(/..(?=.)/g, "$&:")),
  "in percent signs": (bytes) => Buffer.from(percentOf(bytes)),
  "in base64 in percent signs": (bytes) => Buffer.from(percentOf(Buffer.from(bytes.toString("base64")))),
  "in base64 in UTF-16": (bytes) => Buffer.from(bytes.toString("base64"), "utf16le"),
  "read as Latin-1": (bytes) => Buffer.from(bytes.toString("latin1")),
};

const wrapped = Object.entries(keys).flatMap(([name, pair]) =>
  Object.entries(formsOf(pair)).map(([form, bytes]): Material => [`${form} of ${name}`, bytes]),
);

const EACH_BYTE = someOf(Array.from({ length: 256 }, (_, byte) => byte));
/** White space, digits of each alphabet, and others. */
const SOME_BYTES = [...'\0 \nAgz09+-="\\%:\x80\xc3\xff'].map((character) => character.charCodeAt(0));
/** All bytes before all wrappings take half a minute. */
const BEHIND_ANY = ["as it is", "in base64url", "in hex"];

describe.each(wrapped)("%s", (_, bytes) => {
  it("is no secret in any wrapping, after a byte as well", () => {
    const taken = Object.entries(wrappings).flatMap(([wrapping, wrap]) => {
      const material = wrap(bytes);
      const behind = (BEHIND_ANY.includes(wrapping) ? EACH_BYTE : SOME_BYTES).filter(
        (byte) => !recognizeKeyMaterial(Buffer.concat([Buffer.of(byte), material])),
      );
      return recognizeKeyMaterial(material) && behind.length === 0 ? [] : [[wrapping, behind]];
    });
    expect(taken).toEqual([]);
  });
});

/** Of 1024 bits and less, a modulus leaves too little to be told from noise once bytes are lost. */
const readable = wrapped.filter(([name]) => name.includes("DER") && !/PKCS #1.*(?:512|1024)/.test(name));

describe("DER whose bytes were lost in reading", () => {
  it.each(readable)("as ASCII or UTF-8, of %s, is no secret", (_, bytes) => {
    expect(recognizeKeyMaterial(Buffer.from(bytes.toString("ascii")))).toBeTypeOf("string");
    expect(recognizeKeyMaterial(Buffer.from(bytes.toString("utf8")))).toBeTypeOf("string");
  });
});

describe("text in other spellings", () => {
  const spki = pairs.RSA.publicKey.export({ type: "spki", format: "pem" }).toString();

  it.each<[string, Buffer]>([
    ["a PEM in UTF-16", Buffer.from(spki, "utf16le")],
    ["a PEM in UTF-16 of the other order", Buffer.from(spki, "utf16le").swap16()],
    ["a certificate in UTF-16", Buffer.from("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "utf16le")],
    ["a PEM in percent signs", Buffer.from(encodeURIComponent(spki))],
    ["a PEM as a form has it", Buffer.from(new URLSearchParams({ key: spki }).toString())],
    ["a PEM within a string", Buffer.from(JSON.stringify(spki))],
    ["a PEM in small letters", Buffer.from("-----begin public key-----\nMIIB and so on\n-----end public key-----")],
    ["a PEM of four dashes", Buffer.from("----BEGIN PUBLIC KEY----\nMIIB and so on\n----END PUBLIC KEY----")],
    ["a JWK in percent signs", Buffer.from(encodeURIComponent(JSON.stringify(pairs.RSA.publicKey.export({ format: "jwk" }))))],
    ["an SSH key after a tab", Buffer.from(`ssh-ed25519\t${sshBlob("ssh-ed25519")}`)],
  ])("such as %s is no secret", (_, bytes) => {
    expect(recognizeKeyMaterial(bytes)).toBeTypeOf("string");
  });

  it.each(["sk-", "ssh-rsa ", "---- ", "kty ", "-", "0", "A", "%25", "\\", "\0", `${"A".repeat(53)}!`])(
    "is looked for in 64 KiB of %j within a moment",
    (text) => {
      const bytes = Buffer.alloc(65536, text);
      const start = performance.now();
      expect(recognizeKeyMaterial(bytes)).toBeUndefined();
      expect(performance.now() - start).toBeLessThan(500);
    },
  );
});

describe("a real secret", () => {
  /** Which of `count` were taken for a key: their bytes, in hex. */
  const refused = (count: number, make: (round: number) => Buffer) =>
    Array.from({ length: times(count) }, (_, round) => make(round))
      .filter((bytes) => recognizeKeyMaterial(bytes) !== undefined)
      .map((bytes) => bytes.toString("hex"));

  it("of random bytes is never taken for a key", () => {
    expect(refused(40_000, (round) => randomBytes(32 + (round % 33)))).toEqual([]);
    expect(refused(10_000, (round) => randomBytes(65 + (round % 400)))).toEqual([]);
    expect(refused(50, () => randomBytes(65536))).toEqual([]);
  });

  it.each(["hex", "base64", "base64url", "utf8", "latin1", "ascii"] as const)("written as %s is never taken for a key", (encoding) => {
    expect(refused(10_000, (round) => Buffer.from(randomBytes(24 + (round % 100)).toString(encoding)))).toEqual([]);
    expect(refused(10, () => Buffer.from(randomBytes(21_000).toString(encoding)))).toEqual([]);
  });

  it("of names, or in an encoding twice, is never taken for a key", () => {
    expect(refused(5000, () => Buffer.from(`${randomUUID()}${randomUUID()}`))).toEqual([]);
    expect(refused(5000, () => Buffer.from(btoa(randomBytes(32 + 32).toString("base64"))))).toEqual([]);
    expect(refused(5000, () => Buffer.from(percentOf(randomBytes(64))))).toEqual([]);
  });

  it.each([
    "correct horse battery staple, and then some more words",
    "{not json, but a long pass phrase with braces}",
    "------------------------ a line of dashes -----------",
    "AAAA".repeat(40),
    "kitty: the cat that sleeps on the keyboard, all day long",
    "sk-proj-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "100 % of \\ backslashes and 20% of the percent signs, in one phrase",
    "a phrase with umlauts: \u00e4\u00f6\u00fc \u00df \u00e9\u00e8, and the rest of it in ASCII",
  ])("of words, %j, is not taken for a key", (text) => {
    expect(recognizeKeyMaterial(Buffer.from(text))).toBeUndefined();
  });
});

describe("a key read as Latin-1", () => {
  it("is no secret, though some of its bytes look like escapes", () => {
    const [, der] = others[0] as Material;
    for (const mark of ["\\n", "\\x41", "%41", "\\u0041"]) {
      // Within the modulus, whose bytes may be any.
      const changed = Buffer.concat([der.subarray(0, 60), Buffer.from(mark), der.subarray(60 + mark.length)]);
      expect(recognizeKeyMaterial(changed)).toBeTypeOf("string");
      expect(recognizeKeyMaterial(Buffer.from(changed.toString("latin1")))).toBeTypeOf("string");
      expect(recognizeKeyMaterial(Buffer.from(JSON.stringify(changed.toString("latin1"))))).toBeTypeOf("string");
    }
  });
});
