/** Says in words what is wrong with the shape of a token (RFC 7515 §3.1): the engine only says that it is MALFORMED. */

const NAMES = ["header", "payload", "signature"] as const;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** What is wrong, or undefined where the shape is right. */
export function shapeFault(token: string): string | undefined {
  if (token === "") return "there is nothing";
  if (/^bearer\s/i.test(token)) return "begins with the scheme of a header, `Bearer`, which is no part of the token";
  const segments = token.split(".");
  if (segments.length === 5) return "five segments: this is an encrypted token (JWE), not a signed one";
  if (segments.length !== 3) return `expected three segments with dots between them, got ${segments.length}`;
  for (const [index, name] of NAMES.entries()) {
    const fault = segmentFault(segments[index] as string);
    if (fault) return `the ${name} ${fault}`;
  }
  return undefined;
}

function segmentFault(segment: string): string | undefined {
  if (segment === "") return "is empty";
  if (/^[\w+/-]+=+$/.test(segment)) return "ends with padding (`=`), which a token has not";
  if (/\s/.test(segment)) return "has white space in it";
  if (/^[\w+/-]+$/.test(segment) && /[+/]/.test(segment)) return "is in the alphabet of base64 (`+`, `/`), not of base64url";
  if (!/^[A-Za-z0-9_-]+$/.test(segment)) return "has a character that base64url has not";
  if (segment.length % 4 === 1) return "is a character too long or too short: it is cut off, perhaps";
  const spareBits = [0, 0, 15, 3][segment.length % 4] as number;
  if (ALPHABET.indexOf(segment.at(-1) as string) & spareBits)
    return "ends with bits that should be zero: its last character was altered, perhaps";
  return undefined;
}
