/**
 * Tables of very many keys, such as one for each device of a fleet: they lie in linear memory alone, and come and go one by one or by
 * the million while verifiers use them.
 */
import { bindMethods } from "../base/bound.js";
import { boolean, requireString } from "../base/check.js";
import { atCaller, optionError } from "../base/errors.js";
import { ownOptions } from "../base/own.js";
import { wipe } from "../base/wipe.js";
import type { Key } from "../engine/key.js";
import { KeyMemory } from "../engine/keyMemory.js";
import { openEngine } from "../engine/openEngine.js";
import { bound, type KeyInput, parseKeys } from "../keys/key.js";
import { released } from "../runtime/released.js";
import type { KeySource } from "./keySource.js";

export interface KeyTableOptions {
  /** Keys that are there from the beginning, each with its `kid`. */
  readonly keys?: Iterable<KeyInput>;
  /** Take secrets shorter than the hash. Empty ones are never taken. */
  readonly allowWeakSecrets?: boolean;
}

/**
 * Keys by their names. Give it to any number of verifiers as `keys`. A change is there for the next call of each of them, all of it at
 * once; none disturbs a batch under way. Of a batch by promise, a token whose signature is still being verified when its key is removed or
 * replaced is KEY_NOT_FOUND; tokens of later calls are judged by the key that has the name now.
 */
export interface KeyTable extends KeySource {
  /** @internal */
  at(now: number): KeyMemory;
  /** How many keys there are. */
  readonly size: number;
  /** Bytes of linear memory that they take. */
  readonly bytes: number;
  /**
   * Adds keys, each with a `kid`; several of one `kid` must be of different algorithms, or the last one counts. A `kid` that was there has
   * these keys alone afterwards. They are read one after the other, so that a generator need not hold them all.
   * @throws TypeError where one of them is no key or has no `kid`; nothing has changed then.
   */
  set(keys: Iterable<KeyInput>): void;
  /** Removes the keys of a name and wipes them; says whether there were any. */
  delete(kid: string): boolean;
  has(kid: string): boolean;
  /** Removes all keys. */
  clear(): void;
}

/**
 * Makes a key table.
 * @throws TypeError for a wrong option or key, naming it.
 */
export const createKeyTable = /* @__PURE__ */ atCaller(function createKeyTable(given: KeyTableOptions = {}): KeyTable {
  const options = ownOptions(given, "options", ["keys", "allowWeakSecrets"]);
  const keys = new KeyMemory(openEngine());
  const table = new Table(keys, boolean(options.allowWeakSecrets, "allowWeakSecrets"));
  released.register(table, () => keys.release());
  if (options.keys !== undefined) table.set(options.keys);
  return table;
});

/** Keys that are parsed before they are loaded, several side by side. */
const BATCH = 1024;

/** Of all tables: they change in their place, and no snapshot has to be fetched. */
const changes = { count: 0 };

class Table implements KeyTable {
  readonly changes = changes;
  readonly #keys: KeyMemory;
  readonly #allowWeak: boolean;

  constructor(keys: KeyMemory, allowWeak: boolean) {
    keys.open();
    this.#keys = keys;
    this.#allowWeak = allowWeak;
    bindMethods(this as KeyTable, "set", "delete", "has", "clear");
  }

  at(): KeyMemory {
    return this.#keys;
  }

  get size(): number {
    return this.#keys.size;
  }

  get bytes(): number {
    return this.#keys.bytes;
  }

  set(keys: Iterable<KeyInput>): void {
    // Bytes can be iterated, but are one secret: what is said of the first "key" would tell its first byte.
    const canBe = typeof keys === "object" && keys !== null && !ArrayBuffer.isView(keys) && typeof keys[Symbol.iterator] === "function";
    if (!canBe) {
      throw optionError("keys", "an array of keys, or something else that can be iterated", keys);
    }
    this.#keys.put(parsed(keys, this.#allowWeak));
  }

  delete(kid: string): boolean {
    return this.#keys.remove(nameOf(kid));
  }

  has(kid: string): boolean {
    return this.#keys.has(nameOf(kid));
  }

  clear(): void {
    this.#keys.clear();
  }
}

/** The keys in batches, each of which has an end before the next is read. */
function* parsed(inputs: Iterable<KeyInput>, allowWeak: boolean): Generator<readonly Key[]> {
  let keys: Key[] = [];
  let index = 0;
  try {
    for (const input of inputs) {
      keys.push(...parseNamed(input, index++, allowWeak));
      if (keys.length < BATCH) continue;
      openEngine(keys.map(({ algorithm }) => algorithm));
      yield keys;
      keys = [];
    }
    openEngine(keys.map(({ algorithm }) => algorithm));
    yield keys;
  } finally {
    wipe(keys);
  }
}

function parseNamed(input: KeyInput, index: number, allowWeak: boolean): readonly Key[] {
  const keys = parseOne(input, index, allowWeak);
  const { kid, isDefault } = keys[0] as Key;
  if (kid !== undefined && !isDefault) return keys;
  wipe(keys);
  const expected = isDefault ? "not to be the `default`: a table has none" : "to have a `kid`: nothing else selects it";
  throw new TypeError(`Expected \`keys[${index}]\` ${expected}`);
}

/** The name of a key is made where there is something to say about it: a million names cost as much as the keys. */
function parseOne(input: KeyInput, index: number, allowWeak: boolean): readonly Key[] {
  const parse = (name: string) => bound(parseKeys(input, name, { allowWeak, algorithms: undefined }), [], name);
  if (input === undefined || input === null) throw optionError(`keys[${index}]`, "a key", input);
  try {
    return parse("key");
  } catch {
    return parse(`keys[${index}]`);
  }
}

function nameOf(kid: unknown): string {
  requireString(kid, "kid");
  return kid;
}
