/** `wasm-jwt inspect`: shows what is in a token and explains every check it passes or fails. */
import { explain } from "../../explain/index.js";
import { createVerifier } from "../../index.js";
import { isStdinTerminal } from "../input/choose.js";
import { fileLines, type Input, stdinLines } from "../input/lines.js";
import { KEY_OPTIONS, PUBLIC_KEY_OPTIONS } from "../keys/options.js";
import { readPublicKeys } from "../keys/public.js";
import { readKeys } from "../keys/secrets.js";
import { explanationText, firstFailed } from "../output/explanation.js";
import { standardOutput } from "../output/output.js";
import { defineCommand } from "../subcommand/command.js";
import { flag, section, text } from "../subcommand/options.js";
import { RULE_OPTIONS, readRules, TIME_NOTE } from "../values/rules.js";
import { REJECTED, SUCCESS, UsageError } from "../words/failure.js";
import { flagOf, inCommandLineWords } from "../words/library.js";
import { isNameOfFile } from "../words/mistaken.js";

export const inspect = defineCommand({
  name: "inspect",
  alias: "decode",
  usage: "[TOKEN] [options]",
  summary: "show one token and explain every check",
  about: `Shows the header and the claims of one token, from the argument, a file or stdin, and explains every check it passes or
fails, in the order of judgement.

Without a key the signature is NOT verified: what is shown may have been written by anyone.`,
  options: {
    ...section("Token", { file: text("FILE", "the token is the one line of FILE; - is stdin", { short: "f" }) }),
    ...KEY_OPTIONS,
    ...PUBLIC_KEY_OPTIONS,
    ...RULE_OPTIONS,
    ...section("Output", {
      json: flag("one JSON object, with the header and the claims called unverified unless the signature is right", { short: "j" }),
    }),
  },
  notes: `${TIME_NOTE}

Exit code: 0 when no check fails, 1 when one does, 2 for wrong usage. Without a key, 0 does not say that the token is
genuine.`,
  examples: ["wasm-jwt inspect < token.txt", "wasm-jwt inspect --secret-file secret.txt --audience mqtt-gateway < token.txt"],
  async run(values, operands) {
    const rules = readRules(values);
    const keys = readPublicKeys(values) ?? readKeys(values, "verify");
    // All that can be wrong with the options shows here, before a token is read.
    inCommandLineWords(keys?.label ?? "", () => createVerifier({ ...rules, keys: keys?.keys ?? new Uint8Array(32) }));
    const token = await readToken(operands, values.file);
    // It is judged at the moment that it has come: it may have been made since the command started.
    const explanation = await explain(token, { ...rules, keys: keys?.keys, nameOption: flagOf });
    await standardOutput.write(explanationText(explanation, values.json));
    return explanation.verdict?.ok === false || firstFailed(explanation) ? REJECTED : SUCCESS;
  },
});

async function readToken(operands: readonly string[], file: string | undefined): Promise<string> {
  if (operands.length > 1) throw new UsageError("Expected one token, got several: `wasm-jwt verify` takes many");
  const [operand] = operands;
  if (operand !== undefined && file !== undefined) throw new UsageError("Expected a token as an argument or in `--file`, not both");
  if (operand !== undefined && operand !== "-") {
    if (isNameOfFile(operand))
      throw new UsageError("Expected the argument to be a token, got the name of a file: `--file` reads a token from it");
    return operand;
  }
  if (operand === undefined && file === undefined && isStdinTerminal())
    throw new UsageError("Expected a token: as an argument, in `--file FILE`, or on stdin");
  return onlyLine(file === undefined ? stdinLines("latin1") : fileLines("--file", file, "latin1"));
}

async function onlyLine(input: Input): Promise<string> {
  let token: string | undefined;
  for await (const { texts } of input.batches()) {
    if (token !== undefined || texts.length > 1)
      throw new UsageError(`Expected one token from ${input.name}, got several lines: \`wasm-jwt verify\` takes many`);
    [token] = texts;
  }
  if (token === undefined) throw new UsageError(`Expected a token from ${input.name}, got none`);
  return token;
}
