/** Names that once had a key, in bounded number: the ones that were added longest ago are forgotten first. */
export class RecentNames {
  readonly #names = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  add(name: string): void {
    this.#names.delete(name);
    this.#names.add(name);
    if (this.#names.size <= this.#most) return;
    for (const oldest of this.#names) {
      this.#names.delete(oldest);
      return;
    }
  }

  delete(name: string): void {
    this.#names.delete(name);
  }
}
