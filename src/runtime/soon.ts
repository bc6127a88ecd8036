/** Work at the end of what runs now, by what the runtime has when the library is loaded: like timers, no test replaces it later. */

const { setImmediate, setTimeout, MessageChannel } = globalThis;

const defer = isGenuine(setImmediate) ? setImmediate : typeof MessageChannel === "function" ? post : wait;

/**
 * Does work when this turn of the event loop has heard all its I/O: what came in at the same time can be done together. A microtask runs
 * too early for that, between one request and the next.
 */
export function soon(work: () => void): void {
  defer(work);
}

const settled = Promise.resolve();

/** Does work, which must not throw, when the code that runs has come to its end. By a promise: tests do not replace those. */
export function microtask(work: () => void): void {
  void settled.then(work);
}

/** Is it no fake that a test installed before the library was loaded? Those of sinon and Jest have marks, those of `node:test` are bound functions. */
function isGenuine(timer: unknown): boolean {
  if (typeof timer !== "function") return false;
  return !["clock", "_isMockFunction"].some((mark) => Object.hasOwn(timer, mark)) && !timer.name.startsWith("bound ");
}

/** A browser makes timers wait, messages it does not. A port that is closed behind its one message keeps nothing alive. */
function post(work: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    work();
  };
  port2.postMessage(undefined);
}

function wait(work: () => void): void {
  setTimeout(work, 0);
}
