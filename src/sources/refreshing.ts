/** Keys that are due are looked up again in the background, a few in each turn of the event loop. */
import { soon } from "../runtime/soon.js";

/** Keys that are looked up again in one turn of the event loop. */
const REFRESHED_A_TURN = 16;

/** What the keys offer. */
interface LookUps {
  /** Said once in each turn, before the others. */
  readClock(): void;
  hasRoom(): boolean;
  /** Looks a key up, unless it is not wanted any more. */
  refresh(name: string): void;
}

export class Refreshing {
  readonly #lookUps: LookUps;
  readonly #due = new Set<string>();
  #isUnderWay = false;

  constructor(lookUps: LookUps) {
    this.#lookUps = lookUps;
  }

  add(name: string): void {
    this.#due.add(name);
    this.#refreshSoon();
  }

  /** There may be room again. */
  goOn(): void {
    if (this.#due.size) this.#refreshSoon();
  }

  #refreshSoon(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    soon(() => this.#refreshDue());
  }

  #refreshDue(): void {
    this.#isUnderWay = false;
    this.#lookUps.readClock();
    let left = REFRESHED_A_TURN;
    for (const name of this.#due) {
      if (!this.#lookUps.hasRoom()) return;
      if (left-- === 0) {
        this.#refreshSoon();
        return;
      }
      this.#due.delete(name);
      this.#lookUps.refresh(name);
    }
  }
}
