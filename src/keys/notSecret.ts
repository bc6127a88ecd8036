/**
 * Recognizes key material that is public, or meant for a parser: none of it may serve as an HMAC secret. A server that
 * takes its own public key for a secret lets anyone sign (the algorithm-confusion attack).
 *
 * Junk before or around the material does not hide it.
 */
import { latin1Text, utf8Text } from "../text.js";

/** Object identifiers in DER: rsaEncryption, ecPublicKey, X25519 to Ed448. */
const KEY_IDENTIFIERS = [
  "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01",
  "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",
  "\x30\x05\x06\x03\x2b\x65\x6e",
  "\x30\x05\x06\x03\x2b\x65\x6f",
  "\x30\x05\x06\x03\x2b\x65\x70",
  "\x30\x05\x06\x03\x2b\x65\x71",
] as const;

/** What the bytes look like, in words, or undefined where they may be a secret. */
export function recognizeKeyMaterial(bytes: Uint8Array): string | undefined {
  const text = latin1Text(bytes);
  if (/-----\s*BEGIN |---- BEGIN SSH2/.test(text)) return "a PEM key or certificate";
  if (/(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-\S+@openssh\.com) AAAA/.test(text)) return "an SSH public key";
  if (isJwkText(text)) return "the text of a JWK or JWK set";
  if (isDer(text) || isDerReadAsText(bytes)) return "a DER key or certificate";
  if (isBase64Der(text)) return "the base64 of a DER key or certificate";
  return undefined;
}

/** A member named `kty` in any spelling, in JSON or something like it. */
function isJwkText(text: string): boolean {
  if (!text.includes("{")) return false;
  const plain = text
    .replaceAll("\0", "")
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return /["']kty["']\s*:/.test(plain);
}

function isDer(text: string): boolean {
  if (KEY_IDENTIFIERS.some((identifier) => text.includes(identifier))) return true;
  // PKCS #1: SEQUENCE { INTEGER modulus, INTEGER exponent, … }, both lengths in two bytes.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: DER is binary
  return /\x30[\x82\ufffd]..\x02[\x82\ufffd]..\x00.+\x02\x03\x01\x00\x01/s.test(text);
}

/** A file of DER that was read as Latin-1 or as UTF-8, and is text now: bytes that were no UTF-8 became U+FFFD. */
function isDerReadAsText(bytes: Uint8Array): boolean {
  const text = utf8Text(bytes);
  return isDer(text) || KEY_IDENTIFIERS.some((identifier) => text.includes(identifier.replace(/[\x80-\xff]/g, "\ufffd")));
}

/** Any run of base64 long enough to hold a key, in either alphabet and broken into lines or not. */
function isBase64Der(text: string): boolean {
  const joined = text
    .replace(/[\s\0]/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  for (const [run] of joined.matchAll(/[A-Za-z0-9+/]{56,}/g)) {
    // Junk may shift the groups of four: try each of the four phases.
    for (let phase = 0; phase < 4; phase++) {
      const whole = run.slice(phase, run.length - ((run.length - phase) % 4));
      if (isDer(atob(whole))) return true;
    }
  }
  return false;
}
