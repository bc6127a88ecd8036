/** `wasm-jwt sign`: claims in, tokens out; one set from the arguments, or one a line from stdin. */
import { jsonObject } from "../../explain/index.js";
import { createSigner, type JwtClaims, type Signer, type SignerOptions } from "../../index.js";
import { chooseInput } from "../input/choose.js";
import { LONGEST_LINE } from "../input/splitter.js";
import { requireName } from "../keys/given.js";
import { KEY_OPTIONS, PRIVATE_KEY_OPTIONS } from "../keys/options.js";
import { readPrivateKey, requireSecret } from "../keys/signing.js";
import { standardOutput } from "../output/output.js";
import { defineCommand } from "../subcommand/command.js";
import type { Values } from "../subcommand/definition.js";
import { flag, list, section, text } from "../subcommand/options.js";
import { parseHeaderMembers } from "../values/header.js";
import { TIME_NOTE } from "../values/rules.js";
import { parseMoment, parseSeconds } from "../values/units.js";
import { withoutUndefined } from "../values/without.js";
import { SUCCESS, UsageError } from "../words/failure.js";
import { inCommandLineWords } from "../words/library.js";

const SIGN_OPTIONS = section("What is signed", {
  "expires-in": text("TIME", "`exp` is the time of signing and this"),
  "not-before": text("TIME", "`nbf` is the time of signing and this"),
  issuer: text("TEXT", "`iss`"),
  audience: list("TEXT", "`aud`"),
  subject: text("TEXT", "`sub`"),
  "jwt-id-random": flag("`jti` is a random UUID"),
  "no-issued-at": flag("leave out `iat`, which is the time of signing"),
  kid: text("NAME", "the key's name in the header; with a JWK set, which key to sign with"),
  header: list("MEMBER", "one more member of the header: name=value, a text; or a JSON object of several", { short: "H" }),
  typ: text("TEXT", "`typ` in the header; JWT unless given"),
  "no-typ": flag("leave out `typ`"),
  now: text("MOMENT", "sign at this time: seconds since the epoch, or a date"),
});

export const sign = defineCommand({
  name: "sign",
  alias: "encode",
  usage: "[CLAIMS...] [options]",
  summary: "turn claims into tokens",
  about: `Signs each claims set, a JSON object, and prints one token a line.

Claims sets are the arguments, or the lines of --file, or those of stdin; blank lines are passed over. What a claims set says itself wins
over the options below. Numbers are those of JavaScript: whole ones are exact up to 2^53.`,
  options: {
    ...section("Claims", { file: text("FILE", "one claims set a line; - is stdin", { short: "f" }) }),
    ...KEY_OPTIONS,
    ...PRIVATE_KEY_OPTIONS,
    ...SIGN_OPTIONS,
  },
  notes: `${TIME_NOTE}

Exit code: 0 when all is signed, 2 when there is nothing to sign, or at the first line that is no claims set; the tokens
before it are printed.`,
  examples: [
    `wasm-jwt sign '{"sub":"device-1"}' --secret-file secret.txt --expires-in 15m`,
    "wasm-jwt sign --private-key issuer.key --expires-in 15m < claims.ndjson > tokens.txt",
    "wasm-jwt sign --jwk keys.json --kid 2026-11 --jwt-id-random < claims.ndjson > tokens.txt",
  ],
  async run(values, operands) {
    requireName(values.kid);
    const options = signerOptions(values);
    const input = chooseInput(operands, values.file, CLAIMS);
    const { label, key } = readPrivateKey(values) ?? requireSecret(values);
    const signer = inCommandLineWords(label, () => createSigner({ ...options, key }));
    let count = 0;
    for await (const { texts, numbers } of input.batches()) {
      count += texts.length;
      await signLines(signer, texts, (index) => input.place(numbers[index] as number));
    }
    await standardOutput.end();
    if (count === 0) throw new UsageError(`Expected at least one claims set from ${input.name}, got none`);
    return SUCCESS;
  },
});

function signerOptions(values: Values<typeof SIGN_OPTIONS> & { readonly "allow-weak-secrets": boolean }): Omit<SignerOptions, "key"> {
  if (values["no-typ"] && values.typ !== undefined) throw new UsageError("Expected `--typ` or `--no-typ`, not both");
  const audience = values.audience.length === 1 ? values.audience[0] : values.audience;
  return withoutUndefined({
    expiresIn: parseSeconds(values["expires-in"], "expires-in"),
    notBefore: parseSeconds(values["not-before"], "not-before"),
    issuer: values.issuer,
    audience: values.audience.length ? audience : undefined,
    subject: values.subject,
    jwtId: values["jwt-id-random"] ? "random" : undefined,
    issuedAt: !values["no-issued-at"],
    header: parseHeaderMembers(values.header),
    typ: values["no-typ"] ? null : values.typ,
    currentDate: parseMoment(values.now, "now"),
    allowWeakSecrets: values["allow-weak-secrets"],
  });
}

/** As `chooseInput` calls what is signed. */
const CLAIMS = {
  one: "a claims set, a JSON object",
  many: "claims",
  ways: "a JSON object as an argument, or one a line in `--file FILE` or on stdin",
  encoding: "utf8",
} as const;

/** Signs up to the first line that cannot be signed, prints those tokens, then tells of it. */
async function signLines(signer: Signer, texts: readonly string[], place: (index: number) => string): Promise<void> {
  const sets = texts.map((line) => (line.length > LONGEST_LINE ? undefined : (jsonObject(line) as JwtClaims | undefined)));
  const wrong = sets.indexOf(undefined);
  const usable = (wrong < 0 ? sets : sets.slice(0, wrong)) as JwtClaims[];
  try {
    await printTokens(await signer.signBatchAsync(usable));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { index, reason } = refusal(error);
    await printTokens(await signer.signBatchAsync(usable.slice(0, index)));
    throw new UsageError(`Expected ${place(index)} to be a claims set: ${reason}`);
  }
  if (wrong >= 0) throw new UsageError(`Expected ${place(wrong)} to be a claims set, a JSON object, got something else`);
}

async function printTokens(tokens: readonly string[]): Promise<void> {
  if (tokens.length) await standardOutput.write(`${tokens.join("\n")}\n`);
}

/** Which set the signer refuses, and why. */
function refusal(error: TypeError): { index: number; reason: string } {
  const match = /`claims(?:\[(\d+)\])?(?:\.(\w+))?` to be (.*)/.exec(error.message);
  const reason = match ? `${match[2] ? `\`${match[2]}\` ` : ""}is to be ${match[3]}` : error.message;
  return { index: Number(match?.[1] ?? 0), reason };
}
