/** Makes a token bad that was signed right. */
import type { Kind } from "./kinds.js";
import type { Random } from "./random.js";

export function spoil(token: string, kind: Kind, random: Random): string {
  if (kind === "tampered") return tamper(token, random);
  if (kind === "malformed") return (MALFORMATIONS[random.below(MALFORMATIONS.length)] as (token: string) => string)(token);
  return token;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Replaces one character of the payload or the signature; not the last, whose spare bits have to stay zero. */
function tamper(token: string, random: Random): string {
  const [, payload, signature] = token.split(".") as [string, string, string];
  const ofPayload = random.below(2) === 0;
  const end = ofPayload ? token.length - signature.length - 2 : token.length - 1;
  const place = end - 1 - random.below((ofPayload ? payload : signature).length - 1);
  const other = ALPHABET[(ALPHABET.indexOf(token[place] as string) + 1 + random.below(63)) % 64];
  return token.slice(0, place) + other + token.slice(place + 1);
}

const MALFORMATIONS: readonly ((token: string) => string)[] = [
  (token) => token.slice(0, token.lastIndexOf(".")),
  (token) => `${token}=`,
  (token) => `${token}.${token}`,
  (token) => `Bearer ${token}`,
  (token) => token.replace(".", ":"),
];
