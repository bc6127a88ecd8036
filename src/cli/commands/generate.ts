/** `wasm-jwt generate`: a fleet's worth of tokens, good and bad, the same for the same seed. */
import { createSigner } from "../../index.js";
import { type FleetToken, fleetTokens } from "../fleet/fleet.js";
import { SIZES, type Size } from "../fleet/kinds.js";
import { describeQuotas, parseQuotas } from "../fleet/quotas.js";
import { seededRandom } from "../fleet/random.js";
import { requireName } from "../keys/given.js";
import { KEY_OPTIONS, SECRET_ALGORITHM_OPTIONS } from "../keys/options.js";
import { requireSecret } from "../keys/signing.js";
import { fileOutput, type Output, requireFileName, standardOutput } from "../output/output.js";
import { startProgress } from "../output/progress.js";
import { defineCommand } from "../subcommand/command.js";
import { flag, section, text } from "../subcommand/options.js";
import { TIME_NOTE } from "../values/rules.js";
import { parseMoment, parseSeconds, parseWhole } from "../values/units.js";
import { SUCCESS, UsageError } from "../words/failure.js";
import { inCommandLineWords } from "../words/library.js";

const BATCH = 1024;

export const generate = defineCommand({
  name: "generate",
  usage: "[options]",
  summary: "make a fleet of tokens, good and bad, to try things with",
  about: `Makes tokens as a fleet of devices would send them, one a line, some of them bad. The same seed, key, --now and
options give the same tokens.`,
  options: {
    ...section("The fleet", {
      count: text("N", "how many tokens; 1000 unless given", { short: "n" }),
      seed: text("N", "a number to begin from; 1 unless given"),
      size: text(
        "SIZE",
        "small: sub, iat, exp in about 148 bytes (unless given); mid: seven claims in about 322; big: like Keycloak's, about 1088",
        { choices: SIZES },
      ),
      now: text("MOMENT", "the time they are valid at: seconds since the epoch, or a date; the clock unless given"),
      "expires-in": text("TIME", "from signing to expiry; 1d unless given"),
      issuer: text("TEXT", "`iss` of mid and big; https://auth.example.com unless given"),
      audience: text("TEXT", "`aud` of mid and big; mqtt-gateway unless given"),
      kid: text("NAME", "the key's name in the header; with a JWK set, which key to sign with"),
    }),
    ...section("Shares of bad tokens (those below; or, when one is given, 0% for the others)", {
      expired: text("SHARE", "2%"),
      "not-yet-valid": text("SHARE", "0.5%"),
      tampered: text("SHARE", "1%, in the payload or the signature"),
      "wrong-audience": text("SHARE", "0.5%; of small ones, which have no `aud`, 0%"),
      malformed: text("SHARE", "1%"),
    }),
    ...KEY_OPTIONS,
    ...SECRET_ALGORITHM_OPTIONS,
    ...section("Output", {
      out: text("FILE", "a new file, readable by its owner only (mode 0600), instead of stdout", { short: "o" }),
      force: flag("with --out: overwrite a file that exists"),
      ndjson: flag(`lines of {"token": …, "expect": CODE}, with the verdict to expect from verify --audience at --now`),
    }),
  },
  notes: TIME_NOTE,
  examples: [
    "wasm-jwt generate --count 1000000 --seed 7 --secret-file secret.txt --out fleet.txt",
    "wasm-jwt generate --size mid --expired 10% --secret-file secret.txt --ndjson",
  ],
  async run(values, operands) {
    if (operands.length) throw new UsageError("Expected no arguments but options");
    if (values.force && values.out === undefined) throw new UsageError("Expected `--force` to go with `--out`");
    requireFileName(values.out);
    const size = parseSize(values.size);
    const count = parseWhole(values.count, "count", 1, 1_000_000_000) ?? 1000;
    const random = seededRandom(parseWhole(values.seed, "seed", 0, Number.MAX_SAFE_INTEGER) ?? 1);
    const quotas = parseQuotas(values, count, size);
    const plan = {
      size,
      now: Math.floor(parseMoment(values.now, "now") ?? Date.now() / 1000),
      lifetime: parseLifetime(values["expires-in"]),
      issuer: values.issuer ?? "https://auth.example.com",
      audience: values.audience ?? "mqtt-gateway",
    };
    requireName(values.kid);
    const { label, key } = requireSecret(values);
    const allowWeakSecrets = values["allow-weak-secrets"];
    const signer = inCommandLineWords(label, () => createSigner({ key, issuedAt: false, allowWeakSecrets }));

    const output = values.out === undefined ? standardOutput : await fileOutput("--out", values.out, values.force);
    await writeFleet(fleetTokens(signer, random, plan, quotas, BATCH), count, output, values.ndjson ? JSON.stringify : tokenOf);
    if (values.out !== undefined) process.stderr.write(`wasm-jwt: wrote ${describeQuotas(quotas)}\n`);
    return SUCCESS;
  },
});

function tokenOf({ token }: FleetToken): string {
  return token;
}

async function writeFleet(
  fleet: Iterable<FleetToken[]>,
  count: number,
  output: Output,
  lineOf: (token: FleetToken) => string,
): Promise<void> {
  const progress = startProgress(count, "tokens");
  let done = 0;
  try {
    for (const tokens of fleet) {
      await output.write(`${tokens.map((token) => lineOf(token)).join("\n")}\n`);
      done += tokens.length;
      progress.update(done, done);
      // Lets the bar be drawn and an interrupt be heard.
      await new Promise(setImmediate);
    }
    await output.end();
  } finally {
    progress.stop();
  }
}

function parseSize(value: string | undefined): Size {
  const size = SIZES.find((name) => name === (value ?? "small"));
  if (!size) throw new UsageError(`Expected \`--size\` to be one of ${SIZES.join(", ")}`);
  return size;
}

function parseLifetime(value: string | undefined): number {
  const lifetime = parseSeconds(value, "expires-in") ?? 86400;
  if (!(lifetime >= 2)) throw new UsageError("Expected `--expires-in` to be at least 2 seconds");
  return Math.floor(lifetime);
}
