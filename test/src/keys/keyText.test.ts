/** Keys as they come from files and environment variables: what is one key of the kind that is wanted works, all else is told what it is. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSigner, createVerifier, type SignerOptions } from "../../../src/index.js";
import { certificateOf, pem, sequence } from "../../support/certificate.js";
import { OTHER_PAIRS, PAIRS, signWith, withoutNodeCrypto } from "../../support/pairs.js";
import { refusal } from "../../support/refusal.js";
import { NOW, signText } from "../../support/tokens.js";

const { publicKey, privateKey } = PAIRS.ES256;
const rsa = PAIRS.RS256;
const spki = publicKey.export({ type: "spki", format: "pem" }) as string;
const spkiDer = publicKey.export({ type: "spki", format: "der" });
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const pkcs8Der = privateKey.export({ type: "pkcs8", format: "der" });
const otherPkcs8 = OTHER_PAIRS.ES256.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const named = (key: KeyObject, ...names: [subject: string, issuer: string]) =>
  pem("CERTIFICATE", certificateOf(key, privateKey, true, names));
const leaf = named(publicKey, "leaf", "middle");
const middle = named(OTHER_PAIRS.ES256.publicKey, "middle", "root");
const root = named(OTHER_PAIRS.ES384.publicKey, "root", "root");
const utf16 = (text: string) => Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, "utf16le")]);

/** What happens to the text of a key on its way. */
const SPELLINGS: readonly (readonly [string, (text: string) => string | Uint8Array])[] = [
  ["as it is", (text) => text],
  ["without the last line break", (text) => text.trim()],
  ["with line breaks written out", (text) => text.replaceAll("\n", "\\n")],
  ["with line breaks written out twice", (text) => text.replaceAll("\n", "\\\\n")],
  ["with line breaks of Windows written out", (text) => text.replaceAll("\n", "\\r\\n")],
  ["with blanks in place of line breaks", (text) => text.replaceAll("\n", " ")],
  ["without any line break", (text) => text.replaceAll("\n", "")],
  ["in quotes", (text) => `"${text.trim()}"`],
  ["in single quotes, with line breaks written out", (text) => `'${text.replaceAll("\n", "\\n")}'`],
  ["after a byte order mark", (text) => `\ufeff${text}`],
  ["after a byte order mark, as bytes", (text) => Buffer.from(`\ufeff${text}`)],
  ["in UTF-16", utf16],
  ["after other text", (text) => `Bag Attributes\n    friendlyName: signing: key {1}\nKey Attributes: <No Attributes>\n${text}`],
  ["in base64", (text) => Buffer.from(text).toString("base64")],
];

describe.each(SPELLINGS)("PEM %s", (_, spelt) => {
  it("is the public key", () => {
    const verifier = createVerifier({ keys: { publicKey: spelt(spki) }, currentDate: NOW });
    expect(verifier.verify(signWith("ES256", "{}")).ok).toBe(true);
    expect(verifier.verify(signWith("ES256", "{}", undefined, OTHER_PAIRS.ES256.privateKey)).ok).toBe(false);
  });

  it("is the private key", async () => {
    const verifier = createVerifier({ keys: publicKey });
    const key = { privateKey: spelt(pkcs8) };
    expect(verifier.verify(createSigner({ key }).sign({})).ok).toBe(true);
    expect(verifier.verify(await withoutNodeCrypto(() => createSigner({ key })).signAsync({})).ok).toBe(true);
  });
});

describe("a public key", () => {
  const good = signWith("ES256", "{}");

  it.each<[string, string | Uint8Array]>([
    ["the base64 of DER", spkiDer.toString("base64")],
    ["the base64 of DER in lines", spkiDer.toString("base64").replace(/.{64}/g, "$&\n")],
    ["a chain of certificates", leaf + middle + root],
    ["a chain of certificates with text between them", `subject=leaf\n${leaf}\nsubject=middle\n${middle}`],
  ])("may be %s", (_, text) => {
    const verifier = createVerifier({ keys: { publicKey: text }, currentDate: NOW });
    expect(verifier.verify(good).ok).toBe(true);
    for (const { privateKey: other } of [OTHER_PAIRS.ES256, OTHER_PAIRS.ES384])
      expect(verifier.verify(signWith("ES256", "{}", undefined, other)).ok).toBe(false);
  });

  const one = "Expected `keys` to be one public key or certificate of RSA, P-256, P-384, P-521, Ed25519 or Ed448 in PEM or DER, got";
  it.each<[string, string | Uint8Array, string]>([
    ["two keys", spki + spki, `${one} a public key and a public key`],
    ["a certificate and a key", leaf + spki, `${one} a certificate and a public key`],
    ["a certificate with its private key", leaf + pkcs8, `${one} a certificate and a private key`],
    ["certificates that are no chain", leaf + root, `${one} a certificate and a certificate`],
    ["an old and a new certificate of one name", root + root, `${one} a certificate and a certificate`],
    ["a chain that goes on after its root", leaf + middle + root + root, `${one} a certificate and a certificate`],
    ["a chain from its end", middle + leaf, `${one} a certificate and a certificate`],
    ["a chain with one that is damaged", leaf + pem("CERTIFICATE", Buffer.of(1)), `${one} a certificate and a certificate`],
    ["a private key", pkcs8, `${one} a private key; write its public half, as \`openssl pkey -pubout\` makes it`],
    ["a private key in DER", pkcs8Der, `${one} a private key; write its public half`],
    ["a private key that is encrypted", pem("ENCRYPTED PRIVATE KEY", Buffer.of(0x30, 0)), `${one} a private key; write its public half`],
    [
      "an OpenSSH key",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@host",
      `${one} an OpenSSH key; write what \`ssh-keygen -e -m PKCS8 -f FILE\` makes of it`,
    ],
    ["the text of a JWK", JSON.stringify(publicKey.export({ format: "jwk" })), `${one} the text of a JWK; write \`JSON.parse(text)\``],
    ["an address", "https://auth.example.com/jwks", `${one} an address; write \`keys: createKeyRing({ source: remote(url) })\``],
    ["a path", "./keys/public.pem", `${one} a path; write what is in the file: \`readFileSync(path)\``],
    ["a name of a file", "public.pem", `${one} a path;`],
    ["a path of Windows", "C:\\keys\\public", `${one} a path;`],
    ["the URL of a file", "file:///keys/public", `${one} a path;`],
    ["DER that was read as text", spkiDer.toString("latin1"), `${one} DER that is damaged, or was read as text; write bytes`],
    ["DER that was read as UTF-8", spkiDer.toString(), `${one} DER that is damaged, or was read as text; write bytes`],
    ["PEM without its end", spki.slice(0, 80), `${one} PEM that is cut off or damaged`],
    ["PEM with a letter that is none", spki.replace(/MF/, "M*"), `${one} PEM that is cut off or damaged`],
    ["PEM within PEM", spki.replace("\n", `\n${spki}`), `${one} PEM that is cut off or damaged`],
    ["a key of something else", sequence(sequence(), Buffer.of(3, 1, 0)), `${one} another kind of key`],
    ["nothing", "", `${one} nothing`],
    ["something else", "secret", `${one} something else`],
  ])("may not be %s", (_, text, message) => {
    expect(refusal({ publicKey: text })).toContain(message);
    expect(withoutNodeCrypto(() => refusal({ publicKey: text }))).toContain(message);
  });

  it("by itself is never a secret, whatever is before it", () => {
    for (let byte = 0; byte < 128; byte++) {
      const text = String.fromCharCode(byte) + spki;
      const verifier = createVerifier({ keys: text, currentDate: NOW });
      expect(verifier.verify(good).ok, `after byte ${byte}`).toBe(true);
      for (const secret of [text, spki]) expect(verifier.verify(signText("{}", undefined, Buffer.from(secret))).ok).toBe(false);
      expect(refusal({ secret: text })).toContain("must never be an HMAC secret");
    }
  });
});

describe("a private key", () => {
  const verifier = createVerifier({
    keys: [
      { kid: "e", publicKey },
      { kid: "r", alg: "RS256", publicKey: rsa.publicKey },
    ],
  });
  const accepts = (key: unknown, kid = "e") => {
    const claims = createSigner({ key: { ...(key as object), kid } as SignerOptions["key"] }).sign({});
    return verifier.verify(claims).ok;
  };

  it.each<[string, object, string?]>([
    ["the base64 of DER", { privateKey: pkcs8Der.toString("base64") }],
    ["PEM beside a certificate", { privateKey: leaf + pkcs8 }],
    ["PEM beside its public key", { privateKey: spki + pkcs8 }],
    [
      "SEC 1 after the parameters of its curve",
      {
        privateKey: `${pem("EC PARAMETERS", Buffer.from("06082a8648ce3d030107", "hex"))}${privateKey.export({ type: "sec1", format: "pem" })}`,
      },
    ],
    ["SEC 1 in DER", { privateKey: privateKey.export({ type: "sec1", format: "der" }) }],
    ["PKCS #1 in DER", { alg: "RS256", privateKey: rsa.privateKey.export({ type: "pkcs1", format: "der" }) }, "r"],
    ["`key`", { key: pkcs8 }],
  ])("may be %s", (_, key, kid) => {
    expect(accepts(key, kid)).toBe(true);
  });

  it.each<[string, unknown]>([
    ["PEM", pkcs8],
    ["a KeyObject", privateKey],
    ["a JWK", privateKey.export({ format: "jwk" })],
  ])("may be %s alone", (_, key) => {
    expect(createVerifier({ keys: publicKey }).verify(createSigner({ key: key as string }).sign({})).ok).toBe(true);
  });

  const one = "Expected `key` to be one private key in PEM or DER, got";
  it.each<[string, string | Uint8Array, string]>([
    ["two keys", pkcs8 + otherPkcs8, `${one} a private key and a private key`],
    ["a public key", spki, `${one} a public key`],
    ["a public key in DER", spkiDer, `${one} a public key`],
    ["a certificate", leaf, `${one} a certificate`],
    [
      "a key of OpenSSH",
      pem("OPENSSH PRIVATE KEY", Buffer.from("openssh-key-v1\0")),
      `${one} an OpenSSH key; write what \`ssh-keygen -p -m PKCS8 -f FILE\` makes of it`,
    ],
    ["a path", "/run/secrets/private.pem", `${one} a path; write what is in the file`],
    ["the text of a JWK", JSON.stringify(privateKey.export({ format: "jwk" })), `${one} the text of a JWK; write \`JSON.parse(text)\``],
    ["PEM without its end", pkcs8.slice(0, 100), `${one} PEM that is cut off or damaged`],
    ["a request for a certificate", pem("CERTIFICATE REQUEST", Buffer.of(0x30, 0)), `${one} something else`],
    ["something else", "secret", `${one} something else`],
  ])("may not be %s", (_, text, message) => {
    expect(() => createSigner({ key: { privateKey: text } })).toThrow(message);
    expect(() => withoutNodeCrypto(() => createSigner({ key: { privateKey: text } }))).toThrow(message);
  });

  it("with both names is refused", () => {
    expect(() => createSigner({ key: { privateKey: pkcs8, key: pkcs8 } })).toThrow("to have `privateKey` or `key`, got both");
  });

  it("of RSA alone is told what it lacks", () => {
    const key = rsa.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    expect(() => createSigner({ key })).toThrow('Expected `key` to have an `alg`, as { alg: "RS256", … }');
  });

  it("is no key of a verifier, and no secret", () => {
    expect(refusal(pkcs8)).toContain("must never be an HMAC secret; write `{ publicKey, alg }`");
    expect(() => createSigner({ key: { secret: pkcs8 } })).toThrow("must never be an HMAC secret; write `{ privateKey, alg }`");
    expect(refusal({ privateKey: pkcs8 })).toContain("got a `privateKey`; write `{ publicKey }`");
  });
});

describe("a private key that is encrypted", () => {
  const passphrase = "correct horse battery staple";
  const modern = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }) as string;
  const modernDer = privateKey.export({ type: "pkcs8", format: "der", cipher: "aes-256-cbc", passphrase });
  const old = privateKey.export({ type: "sec1", format: "pem", cipher: "aes-128-cbc", passphrase }) as string;
  const verifier = createVerifier({ keys: publicKey });

  it.each<[string, SignerOptions["key"]]>([
    ["in PEM", { privateKey: modern, passphrase }],
    ["in PEM, as `key`", { key: modern, passphrase }],
    ["in DER", { privateKey: modernDer, passphrase }],
    ["in the old way", { privateKey: old, passphrase }],
    ["in the old way, with line breaks written out", { privateKey: old.replaceAll("\n", "\\n"), passphrase }],
    ["with bytes for a passphrase", { privateKey: modern, passphrase: Buffer.from(passphrase) }],
    ["not at all", { privateKey: pkcs8, passphrase }],
  ])("%s is opened", (_, key) => {
    expect(verifier.verify(createSigner({ key }).sign({})).ok).toBe(true);
  });

  it.each([modern, old, modernDer])("is told so without a passphrase", (text) => {
    const message = "Expected `key` to be a private key, got one that is encrypted; write `{ privateKey, passphrase }`";
    expect(() => createSigner({ key: { privateKey: text } })).toThrow(message);
    expect(() => createSigner({ key: { privateKey: text, passphrase: undefined } as never })).toThrow(message);
    if (typeof text === "string") expect(() => createSigner({ key: text })).toThrow(message);
  });

  it.each([modern, old])("is told so with another passphrase", (text) => {
    for (const wrong of ["wrong", ""])
      expect(() => createSigner({ key: { privateKey: text, passphrase: wrong } })).toThrow(
        "Expected `key.passphrase` to open the key, got one with which this runtime cannot decrypt it",
      );
  });

  it("takes node:crypto, and says so where that is not", () => {
    expect(() => withoutNodeCrypto(() => createSigner({ key: { privateKey: modern, passphrase } }))).toThrow(
      "Expected `key` to be a private key that this runtime can read, got one that is encrypted; write it decrypted: only node:crypto decrypts",
    );
  });

  it.each([12345678, true, {}])("may not have the passphrase %o, of which nothing is shown", (wrong) => {
    const act = () => createSigner({ key: { privateKey: modern, passphrase: wrong } as never });
    expect(act).toThrow(/^Expected `key.passphrase` to be text or bytes, got (?!12345678)/);
  });
});

describe("a key of a curve that is described and not named", () => {
  const explicit = generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" });
  const token = signWith("ES256", "{}", undefined, explicit.privateKey);
  const der = explicit.publicKey.export({ type: "spki", format: "der" });

  it.each<[string, object]>([
    ["a KeyObject", { publicKey: explicit.publicKey }],
    ["PEM", { publicKey: explicit.publicKey.export({ type: "spki", format: "pem" }) }],
    ["DER", { publicKey: der }],
    ["a certificate", { publicKey: certificateOf(explicit.publicKey, privateKey) }],
  ])("is the key of the named one, as %s", (_, keys) => {
    const verifier = createVerifier({ keys, currentDate: NOW });
    expect(verifier.verify(token).ok).toBe(true);
    expect(verifier.verify(signWith("ES256", "{}")).ok).toBe(false);
  });

  it("signs as one", () => {
    const key = { privateKey: explicit.privateKey.export({ type: "pkcs8", format: "pem" }) as string };
    expect(createVerifier({ keys: explicit.publicKey }).verify(createSigner({ key }).sign({})).ok).toBe(true);
  });

  it("is refused where it is another curve, and where there is no node:crypto", () => {
    // The last byte of the generator: a curve of which anyone could know the private key.
    const generator = Buffer.from("37bf51f5", "hex");
    const other = Buffer.from(der);
    other[other.indexOf(generator) + 3] = 0xf4;
    expect(der.indexOf(generator)).toBeGreaterThan(0);
    expect(refusal({ publicKey: other })).toMatch(/^Expected `keys` to be /);
    const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1", paramEncoding: "explicit" }).publicKey;
    expect(refusal({ publicKey: koblitz.export({ type: "spki", format: "der" }) })).toMatch(/^Expected `keys` to be /);
    expect(withoutNodeCrypto(() => refusal({ publicKey: der }))).toContain("got another kind of key");
  });

  it("is the same key to node:crypto", () => {
    expect(createPrivateKey(explicit.privateKey.export({ type: "pkcs8", format: "pem" })).equals(explicit.privateKey)).toBe(true);
  });
});
