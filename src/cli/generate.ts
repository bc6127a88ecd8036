/** `wasm-jwt generate`: a fleet's worth of tokens, good and bad, the same for the same seed. */
import { createSigner } from "../index.js";
import { defineCommand, flag, section, text } from "./command.js";
import { inCommandLineWords, SUCCESS, UsageError } from "./failure.js";
import { fleetTokens, KINDS, type Kind, type Quotas, SIZES, type Size } from "./fleet.js";
import { KEY_OPTIONS, requireKeys, requireName, SECRET_ALGORITHM_OPTIONS, signingKey } from "./keys.js";
import { fileOutput, requireFileName, standardOutput } from "./output.js";
import { startProgress } from "./progress.js";
import { seededRandom } from "./random.js";
import { TIME_NOTE } from "./rules.js";
import { grouped, parseMoment, parseSeconds, parseShare, parseWhole } from "./units.js";

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
    const keys = requireKeys(values, "sign");
    const key = signingKey(keys, values.kid);
    const allowWeakSecrets = values["allow-weak-secrets"];
    const signer = inCommandLineWords(keys.label, () => createSigner({ key, issuedAt: false, allowWeakSecrets }));

    const output = values.out === undefined ? standardOutput : await fileOutput("--out", values.out, values.force);
    const progress = startProgress(count, "tokens");
    let done = 0;
    try {
      for (const tokens of fleetTokens(signer, random, plan, quotas, BATCH)) {
        const lines = values.ndjson ? tokens.map((entry) => JSON.stringify(entry)) : tokens.map(({ token }) => token);
        await output.write(`${lines.join("\n")}\n`);
        done += tokens.length;
        progress.update(done, done);
        // Lets the bar be drawn and an interrupt be heard.
        await new Promise(setImmediate);
      }
      await output.end();
    } finally {
      progress.stop();
    }
    if (values.out !== undefined) process.stderr.write(`wasm-jwt: wrote ${describeQuotas(quotas)}\n`);
    return SUCCESS;
  },
});

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

const DEFAULT_SHARES: Readonly<Record<Exclude<Kind, "valid">, number>> = {
  expired: 0.02,
  "not-yet-valid": 0.005,
  tampered: 0.01,
  "wrong-audience": 0.005,
  malformed: 0.01,
};

function parseQuotas(values: Readonly<Record<Exclude<Kind, "valid">, string | undefined>>, count: number, size: Size): Quotas {
  const quotas = { valid: count } as Quotas;
  const kinds = Object.keys(DEFAULT_SHARES) as (keyof typeof DEFAULT_SHARES)[];
  const isChosen = kinds.some((kind) => values[kind] !== undefined);
  let bad = 0;
  for (const kind of kinds) {
    const hasNone = kind === "wrong-audience" && size === "small";
    const share = parseShare(values[kind], kind) ?? (hasNone || isChosen ? 0 : DEFAULT_SHARES[kind]);
    if (hasNone && share > 0)
      throw new UsageError("Expected `--wrong-audience` to go with `--size mid` or `big`: small tokens have no `aud`");
    // 29 % of 100 is a little less than 29 in binary.
    quotas[kind] = Math.floor(share * count + 1e-6);
    quotas.valid -= quotas[kind];
    bad += share;
  }
  if (bad > 1 + 1e-9) throw new UsageError("Expected the shares of bad tokens to be 100% at most, all together");
  return quotas;
}

function describeQuotas(quotas: Quotas): string {
  const kinds = (Object.keys(quotas) as Kind[]).filter((kind) => quotas[kind] > 0);
  return kinds.map((kind) => `${grouped(quotas[kind])} ${KINDS[kind]}`).join(", ");
}
