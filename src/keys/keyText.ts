/**
 * The one key in a text or in bytes that were given as a public or a private key: in PEM with whatever is around it, in DER, or in the base64
 * of either. What is not one key of that kind is refused in words that say what it is.
 */
import { misuse } from "../base/errors.js";
import { wipeBytes } from "../base/wipe.js";
import { latin1Text } from "../runtime/text.js";
import { BIT_STRING, INTEGER, OCTET_STRING, SEQUENCE, sequence } from "./der.js";
import { bytesOf, type PemBlock, pemBlocks } from "./pem.js";
import { isChain } from "./spki.js";

const A_PUBLIC_KEY = "a public key";
const A_CERTIFICATE = "a certificate";
const A_PRIVATE_KEY = "a private key";
const OPENSSH = "an OpenSSH key";
const SOMETHING_ELSE = "something else";

/** What the labels of PEM stand for. DER gets the label that it would have. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ["PUBLIC KEY", A_PUBLIC_KEY],
  ["RSA PUBLIC KEY", A_PUBLIC_KEY],
  ["CERTIFICATE", A_CERTIFICATE],
  ["PRIVATE KEY", A_PRIVATE_KEY],
  ["RSA PRIVATE KEY", A_PRIVATE_KEY],
  ["EC PRIVATE KEY", A_PRIVATE_KEY],
  ["ENCRYPTED PRIVATE KEY", A_PRIVATE_KEY],
  ["OPENSSH PRIVATE KEY", OPENSSH],
]);

/** DER by the tags that it begins with (RFC 5280 §4.1, RFC 5958 §2, §3, RFC 8017 A.1, RFC 5915 §3). */
const STRUCTURES: readonly (readonly [label: string, ...tags: number[]])[] = [
  ["PUBLIC KEY", SEQUENCE, BIT_STRING],
  ["CERTIFICATE", SEQUENCE, SEQUENCE, BIT_STRING],
  ["ENCRYPTED PRIVATE KEY", SEQUENCE, OCTET_STRING],
  ["PRIVATE KEY", INTEGER, SEQUENCE, OCTET_STRING],
  ["RSA PRIVATE KEY", INTEGER, INTEGER, INTEGER],
  ["RSA PUBLIC KEY", INTEGER, INTEGER],
  ["EC PRIVATE KEY", INTEGER, OCTET_STRING],
];

type Given = string | Uint8Array;

export const ONE_PUBLIC_KEY = "one public key or certificate of RSA, P-256, P-384, P-521, Ed25519 or Ed448 in PEM or DER";

/**
 * The public key or the certificate; of a chain of certificates, each issued by the next, the first one.
 * @throws TypeError for anything else.
 */
export function publicBlock(given: Given, name: string): PemBlock {
  const blocks = blocksOf(given);
  const [first] = blocks;
  const isCertificate = ({ label }: PemBlock) => label === "CERTIFICATE";
  const isOne = blocks.length === 1 || (blocks.every(isCertificate) && isChain(blocks.map(({ der }) => der)));
  if (first && isOne && PUBLIC.includes(what(first))) return first;
  throw refusal(given, blocks, `Expected \`${name}\` to be ${ONE_PUBLIC_KEY}`);
}

/**
 * The private key, which may stand among certificates and parameters. Its DER is a copy, which is the caller's to wipe.
 * @throws TypeError for anything else.
 */
export function privateBlock(given: Given, name: string): PemBlock {
  const copy = typeof given === "string" ? given : Uint8Array.from(given);
  const blocks = blocksOf(copy);
  const [key, ...more] = blocks.filter(isPrivate);
  if (typeof copy !== "string" && key?.der !== copy) copy.fill(0);
  if (key && more.length === 0) return key;
  wipeBytes(blocks.map(({ der }) => der));
  throw refusal(given, blocks, `Expected \`${name}\` to be one private key in PEM or DER`);
}

/** Is there a private key in PEM in this text? No such text is ever a secret. */
export function isPrivatePem(text: string): boolean {
  const blocks = pemBlocks(text);
  wipeBytes(blocks.map(({ der }) => der));
  return blocks.some(isPrivate);
}

function what({ label }: PemBlock): string {
  return LABELS.get(label) ?? SOMETHING_ELSE;
}

const PUBLIC: readonly string[] = [A_PUBLIC_KEY, A_CERTIFICATE];

function isPrivate(block: PemBlock): boolean {
  return what(block) === A_PRIVATE_KEY;
}

// ---- how blocks are found ----------------------------------------------------------------------------------------------

function blocksOf(given: Given): readonly PemBlock[] {
  // DER begins with a sequence.
  if (given[0] === SEQUENCE) return derBlock(given as Uint8Array);
  const text = textOf(given);
  const blocks = pemBlocks(text);
  const bytes = blocks.length ? undefined : bytesOf(text.replace(/\\+[rn]|["'\ufeff]/g, ""));
  if (!bytes) return blocks;
  const inner = bytes[0] === SEQUENCE ? derBlock(bytes) : pemBlocks(latin1Text(bytes));
  if (inner[0]?.der !== bytes) bytes.fill(0);
  return inner;
}

/** Windows writes UTF-16, and a mark before it. */
function textOf(given: Given): string {
  if (typeof given === "string") return given;
  const text = latin1Text(given);
  return text.startsWith("\xff\xfe") ? text.replace(/(.)./gs, "$1") : text;
}

function derBlock(der: Uint8Array): readonly PemBlock[] {
  const members = sequence(der);
  const [label] = STRUCTURES.find(([, ...tags]) => members && tags.every((tag, index) => members[index]?.tag === tag)) ?? [];
  return label === undefined ? [] : [{ label, der, text: "" }];
}

// ---- what is said of anything else -------------------------------------------------------------------------------------

function refusal(given: Given, blocks: readonly PemBlock[], expected: string): TypeError {
  const [first, ...more] = blocks;
  if (more.length) return misuse(`${expected}, got ${blocks.map(what).join(" and ")}`);
  const [found, instead] = first ? [what(first), INSTEAD.get(what(first))] : mistakeIn(given);
  return misuse(`${expected}, got ${found}`, instead);
}

const INSTEAD: ReadonlyMap<string, string> = new Map([
  [A_PRIVATE_KEY, "its public half, as `openssl pkey -pubout` makes it: a verifier should not have the private one"],
  [OPENSSH, "what `ssh-keygen -p -m PKCS8 -f FILE` makes of it"],
]);

/** What people give, and what they should. */
const MISTAKES: readonly (readonly [RegExp, string, string?])[] = [
  [/^$/, "nothing"],
  [/-----BEGIN /, "PEM that is cut off or damaged"],
  [/^\W*\{/, "the text of a JWK", "`JSON.parse(text)`"],
  [/^\W*(?:ssh-|ecdsa-sha2-)/, OPENSSH, "what `ssh-keygen -e -m PKCS8 -f FILE` makes of it"],
  [/^https?:/, "an address", "`keys: createKeyRing({ source: remote(url) })`"],
  [
    /^(?:file:|~|\.{0,2}[\\/]|[A-Z]:\\)[^\n]*$|^[^\n]+\.(?:pem|key|pub|crt|cer|der|p8|p12|json)$/i,
    "a path",
    "what is in the file: `readFileSync(path)`",
  ],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: DER is binary
  [/^0.*[\0-\x08]/s, "DER that is damaged, or was read as text", "bytes: `readFileSync(path)`"],
];

function mistakeIn(given: Given): readonly [what: string, instead?: string | undefined] {
  const text = textOf(given);
  const [, found = SOMETHING_ELSE, instead] = MISTAKES.find(([pattern]) => pattern.test(text)) ?? [];
  return [found, instead];
}
