/**
 * Reads the arguments of a subcommand by its table of options. Whatever is wrong is named by its option, never by the
 * value: a value may be a token, or a secret that should not have been typed.
 */
import { parseArgs } from "node:util";
import { UsageError } from "../words/failure.js";
import type { OptionTable, Values } from "./definition.js";
import { HELP } from "./options.js";
import { closest } from "./suggest.js";

export interface Arguments<Options extends OptionTable> {
  readonly values: Values<Options>;
  readonly operands: readonly string[];
}

/**
 * The values by option, and the operands; or "help" when that is what is asked for.
 * @throws UsageError
 */
export function parseArguments<Options extends OptionTable>(args: readonly string[], options: Options): Arguments<Options> | "help" {
  const { tokens } = parseArgs({ args: [...args], options: forParser(options), strict: false, allowPositionals: true, tokens: true });
  if (tokens.some((token) => token.kind === "option" && token.name === "help")) return "help";

  const values: Record<string, boolean | string | string[] | undefined> = {};
  for (const [name, { type }] of Object.entries(options)) values[name] = type === "flag" ? false : type === "list" ? [] : undefined;
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const written = args[token.index] as string;
    if (isLongWithOneDash(written, options)) throw unknownOption(written, written.slice(1), options);
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option) throw unknownOption(token.rawName, token.name, options);
    if (option.type === "flag") {
      if (token.value !== undefined) throw new UsageError(`Expected \`--${token.name}\` to have no value`);
      values[token.name] = true;
      continue;
    }
    const value = textOf(token.name, token.value, token.inlineValue === true, option.value);
    if (option.type === "list") (values[token.name] as string[]).push(value);
    else if (values[token.name] === undefined) values[token.name] = value;
    else throw new UsageError(`Expected \`--${token.name}\` only once`);
  }
  return { values: values as Values<Options>, operands };
}

function forParser(options: OptionTable) {
  const entries = Object.entries({ ...options, ...HELP }).map(
    ([name, { type, short }]) => [name, { type: type === "flag" ? "boolean" : "string", ...(short && { short }) }] as const,
  );
  return Object.fromEntries(entries);
}

/** `-file`, which would be read as `-f ile`. */
function isLongWithOneDash(written: string, options: OptionTable): boolean {
  return /^-[^-]/.test(written) && written.length > 2 && Object.hasOwn(options, written.slice(1));
}

/** The next word is no value when it is an option itself; a negative number, or `-`, is one. */
function textOf(name: string, value: string | undefined, inline: boolean, placeholder: string): string {
  if (value === undefined || (!inline && /^-[^\d]/.test(value))) {
    throw new UsageError(
      `Expected a value after \`--${name}\`: \`--${name} ${placeholder}\`, or \`--${name}=${placeholder}\` if it begins with a dash`,
    );
  }
  return value;
}

/** Somebody is typing a secret, rather than a known option with a slip in it. */
function isSecret(name: string): boolean {
  return /^(secret|key|password)/i.test(name) && !/^secret-(f|e|b)/i.test(name);
}

function unknownOption(rawName: string, name: string, options: OptionTable): UsageError {
  if (isSecret(name) && "secret-file" in options) {
    return new UsageError(
      "Secrets are not taken on the command line, where other users and the shell's history see them: use `--secret-file`, `--secret-env` or `--jwk`",
    );
  }
  // A long or odd name is more likely a slip of the paste buffer than an option: it is not repeated.
  const shown = /^--?[a-z][a-z-]{0,29}$/i.test(rawName) ? ` \`${rawName}\`` : "";
  const meant = closest(name, Object.keys(options));
  return new UsageError(`Unknown option${shown}${meant ? `: did you mean \`--${meant}\`?` : "; `--help` lists what there is"}`);
}
