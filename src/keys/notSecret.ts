/**
 * Recognizes key material that is public, or meant for a parser: none of it may serve as an HMAC secret. A server that
 * takes its own public key for a secret lets anyone sign (the algorithm-confusion attack).
 *
 * Junk before or around the material does not hide it, nor does an encoding of it, or three of them.
 */
import { latin1Text, toBase64url } from "../runtime/text.js";
import { INTEGER, lengthAt, OCTET_STRING, SEQUENCE } from "./der.js";
import { isOffCurve } from "./onCurve.js";
import { decodedRuns, plainForms } from "./wrapped.js";

/**
 * Nothing shorter holds a key: the smallest there is, a public key of Ed25519 in DER, has 44 bytes. Secrets of 32 bytes, of which a
 * fleet has a million, are not looked at further.
 */
const SHORTEST = 40;

/** How many encodings may be around a key. */
const MOST_WRAPPINGS = 3;

/** What the bytes look like, in words, or undefined where they may be a secret. */
export function recognizeKeyMaterial(bytes: Uint8Array): string | undefined {
  if (bytes.length >= SHORTEST) return recognize(bytes, MOST_WRAPPINGS);
  return bytes[0] === DASH || bytes[0] === BRACE ? recognizeText(latin1Text(bytes)) : undefined;
}

/** What PEM and a JWK begin with: of a broken one it is told what it is. */
const DASH = 0x2d;
const BRACE = 0x7b;

function recognize(bytes: Uint8Array, wrappings: number): string | undefined {
  if (bytes.length < SHORTEST) return undefined;
  const text = latin1Text(bytes);
  const found = recognizeText(text) ?? recognizeDer(bytes) ?? recognizePoint(bytes);
  return found || wrappings === 0 ? found : recognizeWrapped(bytes, text, wrappings - 1);
}

// ---- what can be read as it stands -------------------------------------------------------------------------------------
// None of these patterns looks twice at what another place may begin at: 64 KiB of anything take milliseconds.

const PEM = /----\s*BEGIN[\s+]/i;
/** A public key in a line of text, or in the bytes within (RFC 4253 §6.6), or a file of OpenSSH. */
const SSH =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: lengths in four bytes
  /(?:ssh-(?:rsa|dss|ed25519|ed448)|nistp\d{3}|@openssh\.com)\s+AAAA|\0\0\0[\x07-\x22](?:ssh-(?:rsa|dss|ed)|ecdsa-sha2-|sk-(?:ssh|ecdsa))|openssh-key-v1\0/;
/** A member named `kty` (RFC 7517 §4.1), in JSON or something like it; without quotes, of a kind that there is. */
const JWK = /["']kty\\*["']\s*:|kty[\\"']*\s*[:=]\s*[\\"']*(?:RSA|EC|OKP|AKP|oct)\b/;

function recognizeText(text: string): string | undefined {
  if (PEM.test(text)) return "a PEM key or certificate";
  if (SSH.test(text)) return "an SSH key";
  if (JWK.test(text)) return "the text of a JWK or JWK set";
  return DER_IDENTIFIER.test(text) || DER_READ_AS_TEXT.test(text) ? DER : undefined;
}

const DER = "a DER key or certificate";

/** Object identifiers in DER: those of PKCS (RSA, encryption with a passphrase, PKCS #7 and #12), ecPublicKey, DSA, the curves, X25519 to Ed448. */
const KEY_IDENTIFIERS = [
  "2a864886f70d01",
  "06072a8648ce3d0201",
  "06072a8648ce380401",
  "06082a8648ce3d030107",
  "06052b8104000a",
  "06052b81040022",
  "06052b81040023",
  "300506032b656e",
  "300506032b656f",
  "300506032b6570",
  "300506032b6571",
] as const;

/** As they are, and as they are after a file of DER was read as ASCII or as UTF-8: bytes that were neither became others. */
const DER_IDENTIFIER = new RegExp(
  KEY_IDENTIFIERS.flatMap((identifier) => {
    const bytes = identifier.match(/../g) as string[];
    const isHigh = (byte: string) => Number.parseInt(byte, 16) > 0x7f;
    const inAscii = bytes.map((byte) => (isHigh(byte) ? (Number.parseInt(byte, 16) - 0x80).toString(16).padStart(2, "0") : byte));
    const inUtf8 = bytes.flatMap((byte) => (isHigh(byte) ? ["ef", "bf", "bd"] : [byte]));
    return [bytes, inAscii, inUtf8].map((spelling) => spelling.map((byte) => `\\x${byte}`).join(""));
  }).join("|"),
);

/** PKCS #1 read as UTF-8 or as ASCII: SEQUENCE { INTEGER version?, INTEGER modulus, … }, both lengths in one or two bytes. */
const DER_READ_AS_TEXT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: DER is binary
  /\x30(?:\xef\xbf\xbd[\x01-\x10](?:[\0-\x7f]|\xef\xbf\xbd)(?:\x02\x01[\0\x01])?\x02\xef\xbf\xbd[\x01-\x08](?:[\0-\x7f]|\xef\xbf\xbd)\0|\x02[\x01-\x10][\0-\x7f](?:\x02\x01[\0\x01])?\x02\x02[\x01-\x08][\0-\x7f]\0|(?:\x01|\x02[\x01-\x10])[\0-\x7f](?:\x02\x01[\0\x01])?\x02\x01[\0-\x7f]\0)/;

// ---- keys without an identifier ----------------------------------------------------------------------------------------

function recognizeDer(bytes: Uint8Array): string | undefined {
  for (let at = 0; at + SHORTEST <= bytes.length; at++) {
    if (bytes[at] === SEQUENCE && (isRsaKey(bytes, at) || isSec1Key(bytes, at))) return DER;
  }
  return undefined;
}

/** Of RSA-512. */
const LEAST_MODULUS_BYTES = 64;

/**
 * PKCS #1 (RFC 8017 A.1): SEQUENCE { version?, modulus, exponent, … }. Its end may be missing where its lengths alone are more
 * than chance: random bytes look so in less than one of 2^38 places.
 */
function isRsaKey(bytes: Uint8Array, at: number): boolean {
  const whole = lengthAt(bytes, at + 1);
  if (!whole || bytes[whole.start] !== INTEGER) return false;
  const isPrivate = bytes[whole.start + 1] === 1 && (bytes[whole.start + 2] as number) <= 1;
  const start = isPrivate ? whole.start + 3 : whole.start;
  const modulus = bytes[start] === INTEGER ? lengthAt(bytes, start + 1) : undefined;
  if (!modulus || modulus.value < LEAST_MODULUS_BYTES) return false;
  const isLong = modulus.start > start + 2;
  const first = bytes[modulus.start] ?? 0;
  if (first > 0x7f || (!isLong && first > 0)) return false;
  const end = modulus.start + modulus.value;
  const left = whole.start + whole.value - end;
  if (left < 3) return false;
  if (end + 1 >= bytes.length) return isLong && (isPrivate || left <= LONGEST_USUAL_EXPONENT + 2);
  return bytes[end] === INTEGER && (isPrivate || (lengthAt(bytes, end + 1)?.value ?? 0) + 2 === left);
}

const LONGEST_USUAL_EXPONENT = 8;

/** SEC 1 (RFC 5915 §3): SEQUENCE { version 1, the private key, … }, of curves from 160 to 521 bits. */
function isSec1Key(bytes: Uint8Array, at: number): boolean {
  const whole = lengthAt(bytes, at + 1);
  if (!whole || bytes[whole.start] !== INTEGER || bytes[whole.start + 1] !== 1 || bytes[whole.start + 2] !== 1) return false;
  const length = bytes[whole.start + 4] ?? 0;
  return bytes[whole.start + 3] === OCTET_STRING && length >= 20 && length <= 66 && length + 5 <= whole.value;
}

// What WebCrypto exports as "raw". One of 2^264 secrets looks so.

const CURVES: Readonly<Record<number, string>> = { 65: "P-256", 97: "P-384", 133: "P-521" };
const UNCOMPRESSED = 4;

/** A point on a curve of ECDSA, both coordinates (SEC 1 §2.3.3). */
function recognizePoint(bytes: Uint8Array): string | undefined {
  const crv = CURVES[bytes.length];
  if (crv === undefined || bytes[0] !== UNCOMPRESSED) return undefined;
  const half = (bytes.length - 1) / 2;
  const point = { kty: "EC", crv, x: toBase64url(bytes.subarray(1, 1 + half)), y: toBase64url(bytes.subarray(1 + half)) } as const;
  return isOffCurve(point) ? undefined : "the bytes of a public key";
}

// ---- keys within an encoding -------------------------------------------------------------------------------------------

// A pattern finds out in less time than the bytes could be read here; 54 characters of base64 are 40 bytes. It begins where a run does,
// since it would read each run again from each of its characters.
const MAY_BE_ESCAPED = /[\\%\0]|[\xc2\xc3][\x80-\xbf]/;
const MAY_BE_ENCODED = /(?:^|[^\w+/\-\s\0:])[\w+/\-\s\0:]{54}/;

function recognizeWrapped(bytes: Uint8Array, text: string, wrappings: number): string | undefined {
  if (MAY_BE_ESCAPED.test(text)) {
    for (const plain of plainForms(bytes)) {
      const within = recognize(plain, wrappings);
      if (within) return within;
    }
  }
  if (!MAY_BE_ENCODED.test(text)) return undefined;
  for (const decoded of decodedRuns(bytes, SHORTEST)) {
    const within = recognize(decoded, wrappings);
    if (within) return within.startsWith(ENCODED) ? within : ENCODED + within;
  }
  return undefined;
}

const ENCODED = "the base64 or hex of ";
