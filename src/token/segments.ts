/** The JSON in the text of a token that was proved authentic: its segments are strict base64url, so that any decoder reads them alike. */
import { base64urlText } from "../runtime/text.js";

/** The header's. */
export function headerText(token: string): string {
  return base64urlText(token.slice(0, token.indexOf(".")));
}

/** The payload's. */
export function claimsText(token: string): string {
  const start = token.indexOf(".") + 1;
  return base64urlText(token.slice(start, token.indexOf(".", start)));
}
