/** Texts that are kept long, and numbers found by them. */
import { Chains, END } from "./chains.js";

/** A copy that shares no memory: what was cut out of a token keeps all of the token otherwise. */
export function copied(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

/** How many of the texts seen last are remembered. */
const REMEMBERED = 256;

/** Gives equal texts as one, where there are few of them: issuers, names of keys. */
export class SharedTexts {
  readonly #texts = new Array<string>(REMEMBERED).fill("");

  shared(text: string): string {
    const place = hashOf(text) & (REMEMBERED - 1);
    if (this.#texts[place] !== text) this.#texts[place] = copied(text);
    return this.#texts[place] as string;
  }
}

/** Numbers from 0 that have a text each, found by it. Any number of them may have the same. */
export class TextIndex {
  readonly #textOf: (number: number) => string | undefined;
  #chains = new Chains(1);
  #mask = 0;
  #capacity = 0;

  /** `textOf` gives the text of a number that was added. */
  constructor(textOf: (number: number) => string | undefined) {
    this.#textOf = textOf;
  }

  /** Makes room for numbers below `capacity`. */
  grow(capacity: number): void {
    const chains = 2 ** Math.floor(Math.log2(capacity));
    if (chains === this.#mask + 1) this.#chains.grow(capacity);
    else this.#spread(chains, capacity);
    this.#capacity = capacity;
  }

  #spread(chains: number, capacity: number): void {
    this.#chains = new Chains(chains);
    this.#chains.grow(capacity);
    this.#mask = chains - 1;
    for (let number = 0; number < this.#capacity; number++) this.add(number);
  }

  /** Does nothing where the number has no text. */
  add(number: number): void {
    const text = this.#textOf(number);
    if (text !== undefined) this.#chains.add(hashOf(text) & this.#mask, number);
  }

  remove(number: number): void {
    this.#chains.remove(number);
  }

  find(text: string): number[] {
    const found: number[] = [];
    for (let number = this.#chains.first(hashOf(text) & this.#mask); number !== END; number = this.#chains.after(number)) {
      if (this.#textOf(number) === text) found.push(number);
    }
    return found;
  }
}

/** FNV-1a over UTF-16 units, its upper bits mixed into the lower ones. Texts that collide cost a look-up time, and nothing else. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash ^ (hash >>> 15);
}
