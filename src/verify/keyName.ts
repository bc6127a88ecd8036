/** The name by which an accepted token selected its key. The engine itself reads those of tokens that are not accepted (`engine/keyName.ts`). */
import { LARGEST_KID } from "../abi.js";
import { base64urlText, utf8Bytes } from "../runtime/text.js";

/**
 * The `kid`, or the claim that selects keys; undefined where the token has none. In an accepted token no name stands twice that could select a
 * key, so this is what the engine has selected by.
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
