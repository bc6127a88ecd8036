/** Tokens that selected no key: has sources get the keys that they name, and has them judged once more if keys have come. */
import { attempt } from "../base/attempt.js";
import type { Judging } from "./judging.js";
import { type MissingKeys, missedOf, patiently, type Wanted } from "./missingKeys.js";

/** Has another try at these tokens of a batch. */
interface Retries {
  retry(batch: Judging, numbers: readonly number[]): Promise<void>;
  /** At once. Says whether some are left for callers that can wait: their public keys need a promise. */
  retryNow(batch: Judging, numbers: readonly number[]): boolean;
}

/** Names that a source was asked for, and what it promises. */
interface Open {
  readonly wanted: Wanted;
  readonly answer: Promise<boolean>;
}

export class KeySupply {
  readonly #missing: MissingKeys;
  readonly #retries: Retries;

  constructor(missing: MissingKeys, retries: Retries) {
    this.#missing = missing;
    this.#retries = retries;
  }

  /** For callers that cannot wait. */
  now(batch: Judging): void {
    this.#missing.tell(batch);
    const open: Open[] = [];
    try {
      this.#supply(batch, open);
    } finally {
      this.#tellProved(open, batch);
    }
  }

  /** For callers that can wait: judges the tokens again, once, if their keys may have come meanwhile. */
  async patiently(batch: Judging): Promise<void> {
    const open: Open[] = [];
    try {
      this.#supply(batch, open);
      const waits = open.map(({ answer }) => answer);
      for (const source of this.#missing.sourcesOf(batch)) {
        if (source.refresh) waits.push(patiently(() => source.refresh?.()).then(() => true));
        else attempt(() => source.missed?.());
      }
      if ((await Promise.all(waits)).includes(true)) await this.#retries.retry(batch, missedOf(batch));
    } finally {
      this.#tellProved(open, batch);
    }
  }

  #tellProved(open: readonly Open[], batch: Judging): void {
    for (const { wanted } of open) this.#missing.tellProved(wanted, batch);
  }

  /** Asks the sources, and has tokens judged again whose keys have come at once. The others go to `open`, whatever becomes of this. */
  #supply(batch: Judging, open: Open[]): void {
    for (const wanted of this.#missing.wanted(batch)) {
      let answer: unknown = false;
      attempt(() => {
        answer = wanted.source.supply?.([...wanted.names]);
      });
      if (typeof answer === "object") {
        open.push({ wanted, answer: patiently(() => answer as Promise<unknown>).then((value) => value === true) });
        continue;
      }
      let isLeft = false;
      try {
        isLeft = answer === true && this.#retries.retryNow(batch, wanted.numbers);
      } finally {
        if (!isLeft) this.#missing.tellProved(wanted, batch);
      }
      if (isLeft) open.push({ wanted, answer: Promise.resolve(true) });
    }
  }
}
