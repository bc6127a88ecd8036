/** The keys of a verifier's options: which of them tokens can select. */
import { type Algorithm, isSecretAlgorithm } from "../base/algorithms.js";
import { requireGiven } from "../base/check.js";
import { optionError } from "../base/errors.js";
import { holding, wipe } from "../base/wipe.js";
import type { Key } from "../engine/key.js";
import { bound, type KeyInput, type KeyRules, parseKeys } from "./key.js";
import { defaultsAmong, hasTwoDefaults, MOST_TRIED } from "./nameless.js";

export interface ConfiguredKeys {
  readonly keys: readonly Key[];
  /** What is wrong with those that were left out. */
  readonly problems: readonly string[];
}

export interface ConfiguredRules extends KeyRules {
  /** The algorithms that the verifier allows; none where it allows those of its keys. */
  readonly allowed: readonly Algorithm[];
  /** The verifier's clock. */
  readonly now: () => number;
}

/** What was given as one key, and what messages call it. */
export interface Entry {
  readonly name: string;
  readonly keys: readonly Key[];
}

/**
 * The keys of the option `keys`, all of which must be good.
 * @throws TypeError that names the one at fault, never what is in it.
 */
export function parseConfigured(input: unknown, name: string, rules: ConfiguredRules): readonly Key[] {
  requireGiven(input, name, "a key, an array of keys, a key ring or a key table");
  if (Array.isArray(input) && input.length === 0) throw optionError(name, "at least one key", input);
  const named: readonly (readonly [string, unknown])[] = Array.isArray(input)
    ? input.map((each, index) => [`${name}[${index}]`, each])
    : [[name, input]];
  return holding(wipeEntries, (entries: Entry[]) => {
    for (const [nameOfKey, each] of named) {
      entries.push({ name: nameOfKey, keys: bound(parseKeys(each as KeyInput, nameOfKey, rules), rules.allowed, nameOfKey) });
    }
    const { keys, problems } = selectable(entries);
    if (problems.length) throw new TypeError(problems[0]);
    return keys;
  });
}

/** A key for one of its algorithms. */
interface Candidate {
  readonly name: string;
  readonly key: Key;
  readonly algorithm: Algorithm;
  readonly isDefault: boolean;
  readonly isNameless: boolean;
}

/**
 * Those of the keys that tokens can select: by `kid` and algorithm, or without `kid`. The same key twice is one; of two others with one name and
 * algorithm neither is taken.
 * @throws TypeError for two that are marked `default`.
 */
export function selectable(entries: readonly Entry[]): ConfiguredKeys {
  const all = entries.flatMap(({ name, keys }) =>
    keys.map((key): Candidate => ({ name, key, algorithm: key.algorithm, isDefault: key.isDefault, isNameless: key.kid === undefined })),
  );
  if (entries.length === 1) return { keys: all.map(({ key }) => ({ ...key, isDefault: true })), problems: [] };
  const groups = groupsOf(all);
  const distinct = groups.length === all.length ? all : groups.flat();
  const clear = groups.length === all.length ? all : groups.filter((group) => group.length === 1 || group[0]?.isNameless).flat();
  if (hasTwoDefaults(distinct)) throw new TypeError("Expected `keys` to have at most one `default` for each algorithm, got several");
  const defaults = defaultsAmong(clear);
  const taken = new Set(clear.filter((each) => defaults.has(each) || !each.isNameless));
  const keys = [...taken].map((each) => ({ ...each.key, isDefault: defaults.has(each) }));
  if (taken.size === all.length) return { keys, problems: [] };
  wipe(all.filter((each) => !taken.has(each)).map(({ key }) => key));
  const problems = distinct
    .filter((each) => !taken.has(each))
    .map(({ name, algorithm, isNameless }) => {
      return isNameless
        ? unselected(name, algorithm)
        : `Expected \`${name}.kid\` to be the name of one key of its algorithm, got that of several`;
    });
  return { keys, problems };
}

/** Those of one name and algorithm together, each key once. */
function groupsOf(all: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const groups = new Map<string, Candidate[]>();
  for (const each of all) {
    const name = each.key.kid === undefined ? each.algorithm : `${each.algorithm} ${each.key.kid}`;
    const group = groups.get(name);
    if (!group) groups.set(name, [each]);
    else if (!group.some((other) => other.isDefault === each.isDefault && isSameMaterial(other.key, each.key))) group.push(each);
  }
  return [...groups.values()];
}

/** Of a CryptoKey it cannot be told. */
function isSameMaterial(left: Key, right: Key): boolean {
  if (!left.secret) return !right.secret && left.jwk !== undefined && JSON.stringify(left.jwk) === JSON.stringify(right.jwk);
  const { secret } = right;
  return secret?.length === left.secret.length && left.secret.every((byte, index) => byte === secret[index]);
}

function unselected(name: string, algorithm: Algorithm): string {
  const most = isSecretAlgorithm(algorithm) ? `at most ${MOST_TRIED} secrets are` : "one public key is";
  return `Expected \`${name}\` to have a \`kid\`: without, ${most} tried for a token of ${algorithm}`;
}

export function wipeEntries(entries: readonly Entry[]): void {
  for (const { keys } of entries) wipe(keys);
}
