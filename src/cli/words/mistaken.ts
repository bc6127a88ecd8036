/** What was given in place of something else: a file's name as a token, a token or a key as a file's name. None of it is repeated. */
import { type Stats, statSync } from "node:fs";

/** The beginning of one, whose header is a JSON object. */
export function looksLikeToken(text: string): boolean {
  return /^\s*(?:bearer\s+)?eyJ[\w-]*\.[\w-]*/i.test(text);
}

/** With a place of its own, from the root or from here. */
export function looksLikeFileName(text: string): boolean {
  return /^(?:\.{0,2}\/|[A-Za-z]:[\\/])[^\n]{1,1000}$/.test(text);
}

/** Is it the name of a file that is there, as it stands or after an `@`, as other commands have it? */
export function isNameOfFile(text: string): boolean {
  return statsOf(text)?.isFile() === true || (text.startsWith("@") && statsOf(text.slice(1))?.isFile() === true);
}

/** What stands where an option wants the name of a file, in words; undefined where it may well be a name. */
export function insteadOfFile(option: string, name: string): string | undefined {
  if (name === "") return "an empty name";
  if (statsOf(name)) return undefined;
  if (looksLikeToken(name)) return "what looks like a token";
  if (/-----BEGIN |\n/.test(name)) return "text of several lines: write it to a file, and give the file's name";
  if (/^\s*\{/.test(name)) return "JSON: write it to a file, and give the file's name";
  if (/secret|key|jwk/.test(option) && looksLikeSecret(name))
    return "the name of none, or a secret itself: secrets are not taken on the command line, where other users and the shell's history see them";
  return undefined;
}

/** Long, and without what names of files have. */
function looksLikeSecret(text: string): boolean {
  return text.length >= 16 && !/[./\\]/.test(text);
}

/** Undefined for what is not there, or can be no name. */
export function statsOf(name: string): Stats | undefined {
  try {
    return statSync(name, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
