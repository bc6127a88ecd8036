/**
 * PEM (RFC 7468) as files and environment variables have it: one block or several, between text that says nothing (§2), with line breaks
 * that may be written out as `\n`.
 */
export interface PemBlock {
  readonly label: string;
  /** Undefined where what is between the two lines is damaged, or encrypted in the old way (RFC 1421 §4.6). */
  readonly der: Uint8Array | undefined;
  /** The whole block, for the runtime to read. */
  readonly text: string;
}

const PUBLIC = /-----BEGIN (?:PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE)-----/;

/** All blocks of a text, in order; none where one of them has no end. */
export function pemBlocks(given: string): readonly PemBlock[] {
  const text = given.replace(/(?:\\+r)?\\+n/g, "\n");
  const begin = /-----BEGIN ([A-Z0-9 ]+)-----/g;
  const blocks: PemBlock[] = [];
  for (let found = begin.exec(text); found; found = begin.exec(text)) {
    const label = found[1] as string;
    const end = `-----END ${label}-----`;
    const at = text.indexOf(end, begin.lastIndex);
    if (at < 0) return [];
    const body = text.slice(begin.lastIndex, at);
    blocks.push({ label, der: bytesOf(body), text: `${found[0]}\n${body.trim()}\n${end}\n` });
    begin.lastIndex = at + end.length;
  }
  return blocks;
}

/** What base64 stands for, white space within it included; undefined where it is none. */
export function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Is this text meant as a public key or a certificate? No such text is ever a secret. */
export function isPublicPem(text: string): boolean {
  return PUBLIC.test(text);
}
