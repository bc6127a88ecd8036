/** `wasm-jwt inspect`: shows what is in a token and explains every check it passes or fails. */
import { createVerifier } from "../index.js";
import { type Check, type Explanation, explain, type Status } from "./checks.js";
import { type Style, styled } from "./colour.js";
import { defineCommand, flag, section, text } from "./command.js";
import { exactJson } from "./exact.js";
import { inCommandLineWords, REJECTED, SUCCESS, UsageError } from "./failure.js";
import { fileLines, type Input, isStdinTerminal, stdinLines } from "./input.js";
import { KEY_OPTIONS, readKeys } from "./keys.js";
import { isNameOfFile } from "./mistaken.js";
import { standardOutput } from "./output.js";
import { PUBLIC_KEY_OPTIONS, readPublicKeys } from "./pairs.js";
import { printable } from "./printable.js";
import { describe } from "./rejections.js";
import { RULE_OPTIONS, readRules, TIME_NOTE } from "./rules.js";
import { dateText, relativeText } from "./units.js";

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
    // After the token has come: it may have been made since the command started.
    const now = typeof rules.currentDate === "number" ? rules.currentDate : Date.now() / 1000;
    const explanation = explain(token, { ...rules, currentDate: now }, keys);
    await standardOutput.write(values.json ? `${printable(exactJson(forPrograms(explanation)) as string)}\n` : forPeople(explanation, now));
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

function firstFailed({ checks }: Explanation): Check | undefined {
  return checks.find(({ status }) => status === "failed");
}

function forPrograms(explanation: Explanation) {
  const { isSignatureVerified, verdict, shown, checks } = explanation;
  return {
    signatureVerified: isSignatureVerified,
    verdict: verdict === undefined ? null : verdict.ok ? "ACCEPTED" : verdict.code,
    ...(verdict && !verdict.ok && verdict.claim !== undefined ? { claim: verdict.claim } : {}),
    [isSignatureVerified ? "header" : "unverifiedHeader"]: shown.header ?? null,
    [isSignatureVerified ? "claims" : "unverifiedClaims"]: shown.claims ?? null,
    checks,
  };
}

function forPeople(explanation: Explanation, now: number): string {
  const trust = explanation.isSignatureVerified ? "" : ", NOT verified";
  const parts = [
    ...members(`Header${trust}:`, explanation.shown.header, explanation.header, now),
    ...members(`Claims${trust}:`, explanation.shown.claims, explanation.claims, now),
    ["Checks, in the order of judgement:", ...explanation.checks.map(checkRow)].join("\n"),
    conclusion(explanation),
  ];
  return `${parts.join("\n\n")}\n`;
}

function members(title: string, shown: object | undefined, read: object | undefined, now: number): string[] {
  if (!shown || !read) return [];
  const width = Math.max(0, ...Object.keys(shown).map((name) => printable(name).length));
  const rows = Object.entries(shown).map(([name, value]) => {
    const time = TIME_CLAIMS.includes(name) ? (read as Record<string, unknown>)[name] : undefined;
    return `  ${printable(name).padEnd(width)}  ${printable(String(exactJson(value)))}${timeText(time, now)}`;
  });
  return [[styled("bold", title), ...rows].join("\n")];
}

/** The claims that are times (RFC 7519 §4.1, and OpenID Connect's). */
const TIME_CLAIMS = ["exp", "nbf", "iat", "auth_time", "updated_at"];

function timeText(value: unknown, now: number): string {
  return typeof value === "number" && Number.isFinite(value) ? `   ${dateText(value)}, ${relativeText(value, now)}` : "";
}

const STYLES = { passed: "green", failed: "red", unknown: "yellow", "not asked": "dim" } as const satisfies Record<Status, Style>;

function checkRow({ name, status, text }: Check): string {
  return `  ${styled(STYLES[status], status.padEnd(9))}  ${name.padEnd(9)}  ${printable(text)}`;
}

function conclusion(explanation: Explanation): string {
  const { verdict } = explanation;
  if (!verdict) {
    const fault = firstFailed(explanation);
    const rejected = fault ? `It would be rejected even so: ${styled("red", String(fault.code))} (${fault.name}). ` : "";
    return `${styled("yellow", "The signature was NOT verified: no key was given.")} ${rejected}Give a key with --secret-file, --secret-env, --jwk, --public-key or --jwks.`;
  }
  if (verdict.ok) return `Verdict: ${styled("green", "ACCEPTED")}`;
  return `Verdict: ${styled("red", verdict.code)}. ${describe(verdict.code)}${verdict.claim === undefined ? "" : ` (${printable(verdict.claim)})`}.`;
}
