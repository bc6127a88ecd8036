/** The one key to sign with. */
import type { KeyOptions, OctJwk, PrivateKeyOptions, SecretSource } from "../../index.js";
import type { Values } from "../subcommand/definition.js";
import { UsageError } from "../words/failure.js";
import { parsePublicAlgorithm } from "./algorithm.js";
import { labelOf } from "./file.js";
import { type Keys, namesOfKeys } from "./given.js";
import type { PRIVATE_KEY_OPTIONS } from "./options.js";
import { algorithmOf, readKey } from "./pairs.js";
import { type KeyValues, requireKeys } from "./secrets.js";

interface Named {
  readonly kid: string | undefined;
}

/** A key, and what stands for it on the command line. */
interface SigningKey<Key> {
  readonly label: string;
  readonly key: Key;
}

/** The secret to sign with: the only one there is, or the one that `kid` names. @throws UsageError */
export function requireSecret(values: KeyValues & Named): SigningKey<SecretSource | KeyOptions> {
  const keys = requireKeys(values, "sign");
  return { label: keys.label, key: chosenKey(keys, values.kid) };
}

/** The private key to sign with; undefined where none is named. @throws UsageError */
export function readPrivateKey(values: Values<typeof PRIVATE_KEY_OPTIONS> & KeyValues & Named): SigningKey<PrivateKeyOptions> | undefined {
  namesOfKeys(values);
  const file = values["private-key"];
  if (file === undefined) return undefined;
  const given = parsePublicAlgorithm(values.alg, "--private-key");
  const expected = "a private key in PEM or DER, or a JSON Web Key";
  const named = { option: "--private-key", file, expected, options: values };
  const privateKey = readKey(named, ["private key"]);
  const kid = values.kid === undefined ? {} : { kid: values.kid };
  return { label: labelOf(named), key: { privateKey, ...algorithmOf(privateKey, given, labelOf(named)), ...kid } };
}

function chosenKey({ label, keys }: Keys<SecretSource | KeyOptions>, kid: string | undefined): SecretSource | KeyOptions {
  if (kid === undefined) {
    if (keys.length > 1) throw new UsageError(`Expected \`--kid\` to choose one of the ${keys.length} keys of \`${label}\``);
    return keys[0] as SecretSource | KeyOptions;
  }
  if (keys.length > 1) {
    const chosen = keys.find((key) => memberOf(key, "kid") === kid);
    if (!chosen) throw new UsageError(`Expected \`--kid\` to name a key of \`${label}\`, got a name that none of them has`);
    return chosen;
  }
  const [only] = keys;
  const own = memberOf(only, "kid");
  if (own !== undefined && own !== kid) throw new UsageError(`Expected \`--kid\` to be that of \`${label}\`, got another`);
  return memberOf(only, "secret") === undefined ? { secret: only as OctJwk, kid } : { ...(only as KeyOptions), kid };
}

function memberOf(key: unknown, name: string): unknown {
  return typeof key === "object" && key !== null && Object.hasOwn(key, name) ? (key as Record<string, unknown>)[name] : undefined;
}
