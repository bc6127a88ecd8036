/** What every key has beside its material: a name. */
import { LARGEST_KID } from "../abi.js";
import { optionError } from "../errors.js";
import { ownMembers } from "../own.js";
import { utf8Bytes } from "../text.js";

/** The key's name (RFC 7515 §4.1.4), if it has one. @throws TypeError for one that no header can bear. */
export function parseKid(kid: unknown, name: string): string | undefined {
  if (kid === undefined) return undefined;
  // Three bytes a character at most: a short name need not be measured.
  const fits = typeof kid === "string" && kid.isWellFormed() && (3 * kid.length <= LARGEST_KID || utf8Bytes(kid).length <= LARGEST_KID);
  if (!fits) throw optionError(name, `a well-formed string of at most ${LARGEST_KID} bytes`, kid);
  return kid;
}

/** A key's own members. Their names must be among those known: a misspelt one would silently say nothing. */
export function ownKeyOptions<Options extends object>(options: Options, known: readonly (keyof Options & string)[], name: string): Options {
  for (const option of Object.keys(options)) {
    if (!(known as readonly string[]).includes(option))
      throw new TypeError(`Unknown option \`${name}.${option}\`; known are ${known.join(", ")}`);
  }
  return ownMembers(options, name, known);
}
