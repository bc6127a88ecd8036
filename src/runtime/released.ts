/**
 * What is no longer in use is wiped from linear memory: objects are registered with what gives back their memory, which must know
 * nothing of the objects themselves.
 */
export const released = /* @__PURE__ */ new FinalizationRegistry<() => void>((release) => release());

/**
 * Something small to keep in place of being registered: its owner is gone when it is. V8 keeps all that a registered object refers to
 * until the next large collection, which for verifiers made one after another are megabytes.
 */
export class Lifetime {
  constructor(release: () => void) {
    released.register(this, release);
  }
}
