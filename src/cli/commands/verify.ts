/** `wasm-jwt verify`: judges tokens from arguments, a file or stdin, however many there are. */
import { counted } from "../../explain/index.js";
import { createVerifier, type Verifier } from "../../index.js";
import { chooseInput, isStdin } from "../input/choose.js";
import type { Input } from "../input/lines.js";
import { memberText } from "../input/member.js";
import { LONGEST_LINE } from "../input/splitter.js";
import { KEY_OPTIONS, PUBLIC_KEY_OPTIONS } from "../keys/options.js";
import { readPublicKeys } from "../keys/public.js";
import { requireKeys } from "../keys/secrets.js";
import { ClaimsReport } from "../output/claimsReport.js";
import { JsonReport } from "../output/jsonReport.js";
import { startProgress } from "../output/progress.js";
import type { Report } from "../output/report.js";
import { TableReport } from "../output/tableReport.js";
import { defineCommand } from "../subcommand/command.js";
import { flag, section, text } from "../subcommand/options.js";
import { RULE_OPTIONS, readRules, TIME_NOTE } from "../values/rules.js";
import { REJECTED, SUCCESS, UsageError } from "../words/failure.js";
import { inCommandLineWords } from "../words/library.js";
import { printable } from "../words/printable.js";

export const verify = defineCommand({
  name: "verify",
  usage: "[TOKEN...] [options]",
  summary: "judge tokens from arguments, a file or stdin",
  about: `Judges each token and tells how many are accepted, how many are rejected and why.

Tokens are the arguments, or the lines of --file, or those of stdin. Blank lines are passed over but counted in line
numbers. A line that holds no token is MALFORMED; the rest goes on.`,
  options: {
    ...section("Tokens", {
      file: text("FILE", "one token a line; - is stdin", { short: "f" }),
      field: text("NAME", "each line is a JSON object, and this member of it the token; a.b is the member b of a"),
      bearer: flag("take `Bearer ` off the beginning of each token, as a header has it"),
    }),
    ...KEY_OPTIONS,
    ...PUBLIC_KEY_OPTIONS,
    ...RULE_OPTIONS,
    ...section("Output", {
      claims: flag("print the claims of each accepted token, one JSON object a line, and tell of the rejected ones on stderr", {
        short: "c",
      }),
      json: flag(
        "one JSON object a token: line, ok, code, and claim where one is at fault; with --claims, those of each accepted one; the last is the summary",
        { short: "j" },
      ),
    }),
  },
  notes: `${TIME_NOTE}

Up to twenty tokens are listed one by one; of more, the first ten that are rejected. No token is ever printed.

Exit code: 0 when all are accepted, 1 when one is rejected, 2 when there is no token or something is wrong with the
usage or a file.`,
  examples: [
    "wasm-jwt verify --secret-file secret.txt --issuer https://auth.example.com < tokens.txt",
    "wasm-jwt verify --public-key issuer.pem --alg RS256 --file tokens.txt",
    "wasm-jwt verify --secret-env JWT_SECRET --file log.ndjson --field request.token --json",
  ],
  async run(values, operands) {
    const rules = readRules(values);
    const input = chooseTokens(values, operands);
    const { label, keys } = readPublicKeys(values) ?? requireKeys(values, "verify");
    const verifier = inCommandLineWords(label, () => createVerifier({ ...rules, keys: [...keys] }));
    return judge(verifier, input, values, reportOf(values));
  },
});

function chooseTokens({ file, field }: { file: string | undefined; field: string | undefined }, operands: readonly string[]): Input {
  if (field?.split(".").includes("")) throw new UsageError("Expected `--field` to be the name of a member, such as token or request.token");
  if (file === undefined && operands.length && !isStdin(operands)) {
    if (operands.includes("-")) throw new UsageError("Expected `-` for stdin to be the only argument");
    if (field !== undefined) throw new UsageError("Expected `--field` to go with `--file` or stdin");
  }
  const encoding = field === undefined ? "latin1" : "utf8";
  return chooseInput(operands, file, { one: "a token", many: "tokens", ways: "as arguments, in `--file FILE`, or on stdin", encoding });
}

function reportOf({ json, claims }: { readonly json: boolean; readonly claims: boolean }): Report {
  if (json) return new JsonReport(claims);
  return claims ? new ClaimsReport() : new TableReport();
}

interface Reading {
  readonly field: string | undefined;
  readonly bearer: boolean;
}

async function judge(verifier: Verifier, input: Input, { field, bearer }: Reading, report: Report): Promise<number> {
  const path = field?.split(".");
  const progress = startProgress(input.size, "tokens");
  let [missing, schemes] = [0, 0];
  try {
    for await (const { texts, numbers, position } of input.batches()) {
      const found = path ? texts.map((line) => tokenIn(line, path)) : texts;
      const tokens = bearer ? found.map((token) => token.replace(SCHEME, "")) : found;
      if (path) missing += tokens.filter((token) => token === "").length;
      schemes += tokens.filter((token) => SCHEME.test(token)).length;
      const verdicts = await verifier.verifyBatchAsync(tokens);
      await report.add(numbers, verdicts, tokens);
      progress.update(position, report.tokens);
    }
  } finally {
    progress.stop();
  }
  if (report.tokens === 0) throw new UsageError(`Expected at least one token from ${input.name}, got none`);
  await report.end();
  if (missing === report.tokens) note(`no line has a text at \`--field ${printable(String(field))}\``);
  if (schemes > report.tokens / 2)
    note(`${counted(schemes, "token")} with \`Bearer \` before, as a header has it: \`--bearer\` takes it off`);
  return report.rejected ? REJECTED : SUCCESS;
}

/** Of a header (RFC 6750 §2.1). */
const SCHEME = /^bearer +/i;

function note(text: string): void {
  process.stderr.write(`wasm-jwt verify: ${text}\n`);
}

/** What is no token is judged as the empty one, MALFORMED. A line that was cut stays as it is: too long for any token. */
function tokenIn(line: string, path: readonly string[]): string {
  return line.length > LONGEST_LINE ? line : (memberText(line, path) ?? "");
}
