/** The name by which a token selects its key, for the host: of a token that the engine found no key for. */
import { LARGEST_KID } from "./abi.js";
import { base64urlText, utf8Bytes } from "./text.js";

/**
 * The `kid`, or the claim that selects keys: unverified, and good for nothing but to look for a key. The token is three segments of strict
 * base64url with a proper header; its payload may be anything. Undefined where it names none.
 */
export function keyNameOf(token: string, claim: string | undefined): string | undefined {
  const [header, payload] = token.split(".", 2) as [string, string];
  const name = memberOf(claim === undefined ? header : payload, claim ?? "kid");
  return typeof name === "string" && name.isWellFormed() && utf8Bytes(name).length <= LARGEST_KID ? name : undefined;
}

function memberOf(segment: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(base64urlText(segment));
    return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}
