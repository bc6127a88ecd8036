/** What a user may get wrong is answered by one line that names it, exit code 2, and never by what is secret. */
import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { completion } from "../../src/cli/commands/completion.js";
import { generate } from "../../src/cli/commands/generate.js";
import { inspect } from "../../src/cli/commands/inspect.js";
import { jwks } from "../../src/cli/commands/jwks.js";
import { keygen } from "../../src/cli/commands/keygen.js";
import { sign } from "../../src/cli/commands/sign.js";
import { verify } from "../../src/cli/commands/verify.js";
import { UsageError } from "../../src/cli/words/failure.js";
import { Folder, linesOf, run } from "./command.js";

const folder = new Folder();
afterAll(() => folder.remove());

const SECRET = "hunter2-hunter2";
const LONG_SECRET = SECRET.repeat(3);
const TOKEN = folder.token({ sub: SECRET });
mkdirSync(folder.file("folder"));
folder.write("empty", "");
folder.write("newline", "\n");
folder.write("short", SECRET);
folder.write("padded", `${SECRET}==`);
folder.write("pem", "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n");
folder.write("text.jwk", `{"kty":"oct","k":"${SECRET}`);
folder.write("array.jwk", `["${SECRET}"]`);
folder.write("bad-k.jwk", `{"kty":"oct","k":"${SECRET}=="}`);
folder.write("short.jwk", `{"kty":"oct","k":"${Buffer.from(SECRET).toString("base64url")}"}`);
folder.write("rsa.jwk", `{"kty":"RSA","n":"${SECRET}"}`);
folder.write("rsa-set.jwk", `{"keys":[{"kty":"RSA","n":"${SECRET}"}]}`);
folder.write("nameless.jwk", `{"keys":[{"kty":"oct","k":"${SECRET}"},{"kty":"oct","k":"${SECRET}","kid":"a"}]}`);
folder.write("token", TOKEN);
folder.write("private", `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----\n`);
folder.write("encrypted", `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${SECRET}\n-----END ENCRYPTED PRIVATE KEY-----\n`);
folder.write("openssh", `-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}\n-----END OPENSSH PRIVATE KEY-----\n`);
folder.write("empty-set.jwk", '{"keys":[]}');
const at = (name: string) => folder.file(name);
/** As long as a name of a variable may be, and none: it has no words. */
const WORD = SECRET.replaceAll("-", "").repeat(2);

const CASES: [string, string[], string | RegExp][] = [
  [
    "a secret of letters and digits as the name of a variable",
    ["verify", "--secret-env", WORD, "x"],
    "Expected `--secret-env` to name a variable with the secret, got what is no name of one, or a secret itself",
  ],
  ["a set without keys", ["verify", "--jwk", at("empty-set.jwk"), "x"], /to hold an oct key for .*, got an empty set$/],
  ["a public set without keys", ["verify", "--jwks", at("empty-set.jwk"), "x"], /to hold a public key for .*, got an empty set$/],
  [
    "a set of secrets as a secret",
    ["verify", "--secret-file", at("nameless.jwk"), "x"],
    /to be a file with the secret, got a set of secrets as JSON Web Keys: `--jwk` takes it$/,
  ],
  [
    "a public set to sign with",
    ["sign", "--private-key", at("rsa-set.jwk"), "{}"],
    /to be a private key in PEM or DER, or a JSON Web Key, got a set of JSON Web Keys$/,
  ],
  [
    "a name that is too long for a file",
    ["verify", ...folder.key, "--file", "x".repeat(300)],
    `Expected \`--file ${"x".repeat(300)}\` to be a file to read, got a name that is too long for one`,
  ],
  ["an empty name to sign with", ["sign", ...folder.key, "--kid", "", "{}"], "Expected `--kid` to be a name, got an empty one"],
  ["an empty name of a fleet", ["generate", ...folder.key, "--kid", ""], "Expected `--kid` to be a name, got an empty one"],
  ["an empty name to publish", ["jwks", at("private"), "--kid", ""], "Expected `--kid` to be a name, got an empty one"],
  [
    "a new secret in a folder that is not there",
    ["keygen", "--out", at("absent/secret")],
    /^Expected `--out .*absent.secret` to be a new file .*, got one in a folder that is not there$/,
  ],
  [
    "a fleet in a folder that is not there",
    ["generate", ...folder.key, "--out", at("absent/fleet"), "--force"],
    /^Expected `--out .*absent.fleet` to be a file to write, got one in a folder that is not there$/,
  ],
  [
    "milliseconds as the time",
    ["verify", ...folder.key, "--now", "9999999999999", "x"],
    "Expected `--now` to be seconds since the epoch, got milliseconds: divide by 1000",
  ],
  ["a `crit` of text", ["sign", ...folder.key, "--header", "crit=x", "{}"], /^Expected `crit` of `--header` to be an array of header/],
  [
    "an empty `typ` to sign",
    ["sign", ...folder.key, "--typ", "", "{}"],
    "Expected `--typ` to be a string of 1 to 256 characters, got an empty string",
  ],
  [
    "no key",
    ["verify", "x"],
    "Expected a key: give `--secret-file FILE`, `--secret-env NAME`, `--jwk FILE`, `--public-key FILE` or `--jwks FILE`",
  ],
  ["two keys", ["verify", "--secret-env", "A", ...folder.key, "x"], "Expected one key, got `--secret-file` and `--secret-env`"],
  [
    "a secret file that is not there",
    ["verify", "--secret-file", at("absent"), "x"],
    /^Expected `--secret-file .*absent` to be a file with the secret, got nothing of that name$/,
  ],
  [
    "a secret file that is a folder",
    ["sign", "--secret-file", at("folder"), "{}"],
    /^Expected `--secret-file .*folder` to be .*, got a directory$/,
  ],
  ["an empty secret file", ["sign", "--secret-file", at("empty"), "{}"], /^Expected `--secret-file .*empty` to be .*, got an empty file$/],
  [
    "a secret file of a newline",
    ["generate", "--secret-file", at("newline")],
    /^Expected `--secret-file .*newline` to be .*, got an empty file$/,
  ],
  [
    "a short secret",
    ["verify", "--secret-file", at("short"), "x"],
    /^Expected `--secret-file .*short` to be at least 32 bytes for HS256 \(RFC 7518 §3\.2\), got 15; `--allow-weak-secrets` takes it/,
  ],
  [
    "a short secret for HS512",
    ["verify", ...folder.key, "--alg", "HS512", "x"],
    /^Expected `--secret-file .*` to be at least 64 bytes for HS512 \(RFC 7518 §3\.2\), got \d+; `--allow-weak-secrets` takes it/,
  ],
  ["another algorithm", ["sign", ...folder.key, "--alg", "hs256", "{}"], "Expected `--alg` to be HS256, HS384 or HS512 for a secret"],
  ["an algorithm of a pair", ["generate", ...folder.key, "--alg", "ES256"], "Expected `--alg` to be HS256, HS384 or HS512 for a secret"],
  ["another algorithm to make a secret for", ["keygen", "--alg", "none"], /^Expected `--alg` to be HS256, HS384, .* or EdDSA$/],
  ["too few bytes for an algorithm", ["keygen", "--alg", "HS512", "--bytes", "32"], /^Expected `--bytes` to be .*64/],
  ["an algorithm without a key", ["inspect", "--alg", "HS512", "x"], "Expected `--alg` to go with a key"],
  ["a short secret to sign with", ["sign", "--secret-file", at("short"), "{}"], /`--secret-file .*short` to be at least 32 bytes/],
  ["a short secret to inspect with", ["inspect", "--secret-file", at("short"), "x"], /`--secret-file .*short` to be at least 32 bytes/],
  [
    "a public key as a secret",
    ["verify", "--secret-file", at("pem"), "x"],
    /`--secret-file .*pem` to be a file with the secret, got a public key: `--public-key` takes it$/,
  ],
  ["a JWK as a secret", ["verify", "--secret-file", at("short.jwk"), "x"], /got a secret as a JSON Web Key: `--jwk` takes it$/],
  [
    "other text than base64url",
    ["verify", "--secret-base64url", "--secret-file", at("padded"), "x"],
    /`--secret-file .*padded` to be base64url without padding/,
  ],
  [
    "base64url of nothing",
    ["verify", "--secret-base64url", ...["--jwk", at("short.jwk")], "x"],
    "Expected `--secret-base64url` to go with `--secret-file` or `--secret-env`",
  ],
  [
    "a variable that is not set",
    ["verify", "--secret-env", "NO_SUCH_SECRET", "x"],
    "Expected `--secret-env NO_SUCH_SECRET` to name a variable with the secret, got one that is not set",
  ],
  ["an empty variable", ["verify", "--secret-env", "EMPTY_SECRET", "x"], /got one that is empty$/],
  ["a short variable", ["verify", "--secret-env", "SHORT_SECRET", "x"], /^Expected `--secret-env SHORT_SECRET` to be at least 32 bytes/],
  [
    "a JWK that is not there",
    ["verify", "--jwk", at("absent"), "x"],
    /^Expected `--jwk .*absent` to be a JSON Web Key.*, got nothing of that name$/,
  ],
  ["a JWK that is no JSON", ["verify", "--jwk", at("text.jwk"), "x"], /got no JSON object$/],
  ["a JWK that is an array", ["verify", "--jwk", at("array.jwk"), "x"], /got no JSON object$/],
  [
    "a JWK of another kind",
    ["verify", "--jwk", at("rsa.jwk"), "x"],
    /`--jwk .*rsa\.jwk` to be a JSON Web Key of type oct .*, got a public key: `--public-key` takes it$/,
  ],
  ["a JWK that is not base64url", ["verify", "--jwk", at("bad-k.jwk"), "x"], /^Expected `k` of `--jwk .*` to be base64url without padding/],
  ["a short JWK", ["verify", "--jwk", at("short.jwk"), "x"], /to be at least 32 bytes/],
  [
    "a set without an oct key",
    ["verify", "--jwk", at("rsa-set.jwk"), "x"],
    /to hold an oct key for HS256, HS384 or HS512, got 1 other key; `--jwks` takes public ones$/,
  ],
  ["a set of keys without names", ["verify", "--jwk", at("nameless.jwk"), "x"], /to have a `kid`, got one without$/],
  [
    "a token file that is not there",
    ["verify", ...folder.key, "--file", at("absent")],
    /^Expected `--file .*absent` to be a file to read, got nothing of that name$/,
  ],
  ["a token file that is a folder", ["verify", ...folder.key, "--file", at("folder")], /got a directory$/],
  [
    "a token file that is empty",
    ["verify", ...folder.key, "--file", at("empty")],
    /^Expected at least one token from `--file .*empty`, got none$/,
  ],
  ["no token", ["verify", ...folder.key], "Expected at least one token from stdin, got none"],
  [
    "tokens from two places",
    ["verify", ...folder.key, "--file", at("short"), "x"],
    "Expected tokens as arguments or in `--file`, not both",
  ],
  ["stdin among tokens", ["verify", ...folder.key, "x", "-"], "Expected `-` for stdin to be the only argument"],
  ["a field of arguments", ["verify", ...folder.key, "--field", "a", "x"], "Expected `--field` to go with `--file` or stdin"],
  ["a field without a name", ["verify", ...folder.key, "--field", "a..b"], /^Expected `--field` to be the name of a member/],
  [
    "a file's name as a token",
    ["verify", ...folder.key, at("short")],
    "Expected argument 1 to be a token, got the name of a file: `--file` reads tokens from it",
  ],
  [
    "a file's name after an @",
    ["verify", ...folder.key, "x", `@${at("short")}`],
    "Expected argument 2 to be a token, got the name of a file: `--file` reads tokens from it",
  ],
  [
    "a file's name as the token",
    ["inspect", at("short")],
    "Expected the argument to be a token, got the name of a file: `--file` reads a token from it",
  ],
  [
    "a file's name as claims",
    ["sign", ...folder.key, at("short")],
    /^Expected argument 1 to be a claims set, a JSON object, got the name of a file: `--file` reads claims from it$/,
  ],
  [
    "a token as a file's name",
    ["verify", ...folder.key, "--file", TOKEN],
    "Expected `--file` to name a file to read, got what looks like a token",
  ],
  [
    "a token as a file's name, to inspect",
    ["inspect", "--file", `Bearer ${TOKEN}`],
    "Expected `--file` to name a file to read, got what looks like a token",
  ],
  [
    "a token as the secret",
    ["verify", "--secret-file", at("token"), "x"],
    /`--secret-file .*token` to be a file with the secret, got a token$/,
  ],
  [
    "the secret as its file's name",
    ["verify", "--secret-file", LONG_SECRET, "x"],
    /^Expected `--secret-file` to name a file with the secret, got the name of none, or a secret itself: secrets are not taken/,
  ],
  [
    "the secret as a variable's name",
    ["verify", "--secret-env", LONG_SECRET, "x"],
    "Expected `--secret-env` to name a variable with the secret, got what is no name of one, or a secret itself",
  ],
  [
    "a file's name as a variable's",
    ["verify", "--secret-env", at("short"), "x"],
    "Expected `--secret-env` to name a variable with the secret, got the name of a file: `--secret-file` takes it",
  ],
  [
    "a variable with a file's name",
    ["verify", "--secret-env", "PATH_OF_SECRET", "x"],
    "Expected `--secret-env PATH_OF_SECRET` to name a variable with the secret, got one with the name of a file: `--secret-file` takes it",
  ],
  [
    "PEM as a file's name",
    ["verify", "--public-key", `-----BEGIN PUBLIC KEY-----\n${SECRET}`, "x"],
    /^Expected a value after `--public-key`/,
  ],
  [
    "PEM as a file's name, all the same",
    ["verify", `--public-key=-----BEGIN PUBLIC KEY-----\n${SECRET}`, "x"],
    /^Expected `--public-key` to name a public key .*, got text of several lines: write it to a file/,
  ],
  [
    "a JWK as a file's name",
    ["verify", "--jwk", `{"kty":"oct","k":"${SECRET}"}`, "x"],
    /^Expected `--jwk` to name a JSON Web Key .*, got JSON: write it to a file/,
  ],
  ["a set as one public key", ["verify", "--public-key", at("rsa-set.jwk"), "x"], /got a set of JSON Web Keys: `--jwks` takes it$/],
  ["one public key as a set", ["verify", "--jwks", at("rsa.jwk"), "x"], /got a public key: `--public-key` takes it$/],
  [
    "a set of secrets as public keys",
    ["verify", "--jwks", at("nameless.jwk"), "x"],
    /to hold a public key for RS256, .*, got 2 other keys$/,
  ],
  ["a public key to sign with", ["sign", "--private-key", at("pem"), "{}"], /got a public key, which signs nothing$/],
  [
    "a private key to verify with",
    ["verify", "--public-key", at("private"), "x"],
    /got a private key: `wasm-jwt jwks` prints its public part, for `--jwks`$/,
  ],
  ["an encrypted private key", ["sign", "--private-key", at("encrypted"), "{}"], /got an encrypted private key: decrypt it first/],
  ["a key of OpenSSH", ["sign", "--private-key", at("openssh"), "{}"], /got a key of OpenSSH: turn a copy of it into PEM/],
  ["nothing to make a set of", ["jwks"], "Expected at least one FILE with a key"],
  ["a secret in a published set", ["jwks", at("short.jwk")], /to be a key of a pair, .*, got a secret as a JSON Web Key$/],
  ["a name for several keys", ["jwks", "--kid", "a", at("pem"), at("rsa.jwk")], "Expected `--kid` to go with one FILE, got several"],
  ["a set of a secret", ["keygen", "--jwks"], "Expected `--jwks` to go with an `--alg` of public keys: a secret is not published"],
  [
    "a secret's format for a pair",
    ["keygen", "--alg", "ES256", "--format", "hex", "--out", at("new")],
    "Expected `--format` to be pem or jwk for `--alg ES256`",
  ],
  ["a pair's format for a secret", ["keygen", "--format", "pem"], "Expected `--format` to be base64url, hex, raw or jwk for a secret"],
  ["- as a new file", ["keygen", "--out", "-"], "Expected `--out` to name a file, got -: without `--out`, results go to stdout"],
  ["force without a file", ["generate", ...folder.key, "--force"], "Expected `--force` to go with `--out`"],
  ["another shell", ["completion", "tcsh"], "Expected one argument, the shell: bash, zsh or fish"],
  ["a long option after one dash", ["verify", "-file", "x"], "Unknown option `-file`: did you mean `--file`?"],
  ["an unknown option", ["verify", "--isuer", "x"], "Unknown option `--isuer`: did you mean `--issuer`?"],
  ["a wholly unknown option", ["verify", "--frobnicate"], "Unknown option `--frobnicate`; `--help` lists what there is"],
  ["an option that goes on with what it should not", ["verify", `--a${SECRET}=${SECRET}`], "Unknown option; `--help` lists what there is"],
  ["a short option", ["verify", "-x"], "Unknown option `-x`; `--help` lists what there is"],
  ["an option without its value", ["verify", "--issuer"], /^Expected a value after `--issuer`: `--issuer TEXT`/],
  ["an option in place of a value", ["verify", "--issuer", "--json"], /^Expected a value after `--issuer`/],
  ["a value of a flag", ["verify", "--json=yes"], "Expected `--json` to have no value"],
  ["an option twice", ["verify", ...folder.key, ...folder.key, "x"], "Expected `--secret-file` only once"],
  ["an empty issuer", ["verify", ...folder.key, "--issuer=", "x"], "Expected `--issuer` to be a non-empty string, got an empty string"],
  [
    "much tolerance",
    ["verify", ...folder.key, "--clock-tolerance", "2d", "x"],
    "Expected `--clock-tolerance` to be a number of seconds from 0 to 86400, got 172800",
  ],
  [
    "a time that is none",
    ["verify", ...folder.key, "--max-token-age", "soon", "x"],
    /^Expected `--max-token-age` to be a number of seconds/,
  ],
  [
    "a length that is none",
    ["verify", ...folder.key, "--max-token-length", "0", "x"],
    /^Expected `--max-token-length` to be a whole number from 1/,
  ],
  ["a moment that is none", ["verify", ...folder.key, "--now", "noon", "x"], /^Expected `--now` to be seconds since the epoch or a date/],
  ["a standard parameter as an extension", ["verify", ...folder.key, "--crit", "alg", "x"], /^Expected `--crit` to name extensions/],
  [
    "a past expiry",
    ["sign", ...folder.key, "--expires-in", "-5", "{}"],
    "Expected `--expires-in` to be a number of seconds, more than 0, got -5",
  ],
  [
    "a header without a name",
    ["sign", ...folder.key, "--header", `=${SECRET}`, "{}"],
    "Expected `--header` to be name=value, or a JSON object",
  ],
  [
    "a header that is an array",
    ["sign", ...folder.key, "--header", `["${SECRET}"]`, "{}"],
    "Expected `--header` to be name=value, or a JSON object",
  ],
  [
    "a header's member twice",
    ["sign", ...folder.key, "--header", "a=1", "--header", '{"a":2}', "{}"],
    "Expected `--header` to give each member once",
  ],
  [
    "an algorithm in the header",
    ["sign", ...folder.key, "--header", "alg=none", "{}"],
    "Expected `--header` to have no `alg`: `--alg` gives it",
  ],
  [
    "a key's name in the header",
    ["sign", ...folder.key, "--header", '{"kid":"a"}', "{}"],
    "Expected `--header` to have no `kid`: `--kid` gives it",
  ],
  ["a header member that is refused", ["sign", ...folder.key, "--header", "b64=no", "{}"], /^Expected `--header` to have no `b64`: /],
  [
    "a header member of another type",
    ["sign", ...folder.key, "--header", '{"x5t#S256":1}', "{}"],
    "Expected `x5t#S256` of `--header` to be a string, got 1",
  ],
  ["two ways with `typ`", ["sign", ...folder.key, "--typ", "x", "--no-typ", "{}"], "Expected `--typ` or `--no-typ`, not both"],
];

/** A process each would take long: most cases are asked of the subcommand itself, these of the command as a whole. */
const AS_PROCESSES = [
  "no key",
  "no token",
  "a secret file that is a folder",
  "a short secret to sign with",
  "a short secret to inspect with",
  "a secret file of a newline",
  "a variable that is not set",
  "a JWK that is no JSON",
  "a token file that is not there",
  "an unknown option",
];
const COMMANDS = { verify, sign, inspect, generate, keygen, jwks, completion: completion([]) };

describe("one line about", () => {
  beforeAll(() => {
    vi.stubEnv("EMPTY_SECRET", "");
    vi.stubEnv("SHORT_SECRET", SECRET);
    vi.stubEnv("PATH_OF_SECRET", at("short"));
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it.each(CASES.filter(([name]) => !AS_PROCESSES.includes(name)))("%s", async (_, [name, ...args], message) => {
    const error: unknown = await COMMANDS[name as keyof typeof COMMANDS].run(args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expectMessage((error as UsageError).message, message);
  });
});

function expectMessage(said: string, message: string | RegExp): void {
  if (typeof message === "string") expect(said).toBe(message);
  else expect(said).toMatch(message);
  for (const hidden of ["\n", SECRET, folder.secret, TOKEN]) expect(said).not.toContain(hidden);
  // What the library calls its options: `keys[0].secret`, `allowWeakSecrets`, { alg: "RS256" }.
  expect(said).not.toMatch(/`[a-z]+[A-Z]\w*[`:]|`keys?[`[.]|\{ \w+:/);
}

describe.concurrent("one line and exit code 2 for", () => {
  it.each(CASES.filter(([name]) => AS_PROCESSES.includes(name)))("%s", async (_, args, message) => {
    const { code, stdout, stderr } = await run(args);
    const prefix = `wasm-jwt ${args[0]}: `;
    expect({ code, stdout, prefix: stderr.slice(0, prefix.length) }).toEqual({ code: 2, stdout: "", prefix });
    expectMessage(stderr.slice(prefix.length, -1), message);
  });

  it.each([
    ["verify", ["--secret", SECRET, "x"]],
    ["verify", [`--secret=${SECRET}`, "x"]],
    ["sign", ["--key", SECRET, "{}"]],
    ["inspect", [`--secret-${SECRET}`]],
    ["generate", ["--password", SECRET]],
  ])("a secret typed for %s", async (command, args) => {
    const { code, stdout, stderr } = await run([command, ...args]);
    expect({ code, stdout, lines: linesOf(stderr).length }).toEqual({ code: 2, stdout: "", lines: 1 });
    expect(stderr).toMatch(/: Secrets are not taken on the command line.*use `--secret-file`, `--secret-env` or `--jwk`\n$/);
    expect(stderr).not.toContain(SECRET);
  });
});

describe.concurrent("no token and no secret is printed by", () => {
  const good = folder.token({ sub: "device-1" });
  const bad = `${good.slice(0, -1)}!`;

  it.each([
    ["verify", ["verify", ...folder.key, good, bad]],
    ["verify --json --claims", ["verify", "--json", "--claims", ...folder.key, good, bad]],
    ["inspect", ["inspect", ...folder.key, good]],
    ["inspect of a malformed token", ["inspect", "--json", ...folder.key, bad]],
  ])("%s", async (_, args) => {
    const { stdout, stderr } = await run(args, { env: { NODE_DEBUG: "wasm-jwt" } });
    for (const part of [...good.split("."), folder.secret]) expect(stdout + stderr).not.toContain(part);
  });
});
