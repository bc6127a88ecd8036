/**
 * What nobody holds any more is wiped from linear memory: objects are registered with what gives back their memory, which must know
 * nothing of the objects themselves.
 */
export const released = /* @__PURE__ */ new FinalizationRegistry<() => void>((release) => release());
