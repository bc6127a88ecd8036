/** PEM (RFC 7468): the DER between two lines that name it. One block, and nothing else beside it. */

const PEM = /^\s*-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----\s*$/;
const PUBLIC = /^\s*-----BEGIN (?:PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE)-----/;

/** The label and the bytes, or undefined where the text is no single block of PEM. */
export function readPem(text: string): { label: string; der: Uint8Array } | undefined {
  const [, label, body] = PEM.exec(text) ?? [];
  if (label === undefined || body === undefined) return undefined;
  try {
    return { label, der: Uint8Array.from(atob(body), (character) => character.charCodeAt(0)) };
  } catch {
    return undefined;
  }
}

/** Is this text meant as a public key or a certificate? Only from its first line on. */
export function isPublicPem(text: string): boolean {
  return PUBLIC.test(text);
}
