/** What every key has beside its material: a name. */
import { LARGEST_KID } from "../abi.js";
import { optionError } from "../base/errors.js";
import { utf8Bytes } from "../runtime/text.js";

/** The key's name (RFC 7515 §4.1.4), if it has one. @throws TypeError for one that no header can bear. */
export function parseKid(kid: unknown, name: string): string | undefined {
  if (kid === undefined) return undefined;
  // Three bytes a character at most: a short name need not be measured.
  const fits = typeof kid === "string" && kid.isWellFormed() && (3 * kid.length <= LARGEST_KID || utf8Bytes(kid).length <= LARGEST_KID);
  if (!fits) throw optionError(name, `a well-formed string of at most ${LARGEST_KID} bytes`, kid);
  return kid;
}

/** Own members of a key's options. */
export type Own<Options> = { readonly [Name in keyof Options]-?: Options[Name] | undefined };
