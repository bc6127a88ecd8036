/** Work at the end of what runs now, by what the runtime has when the library is loaded: like timers, no test replaces it later. */

const { setImmediate, setTimeout, queueMicrotask, MessageChannel } = globalThis;

const defer = isGenuine(setImmediate) ? setImmediate : typeof MessageChannel === "function" ? post : wait;

/**
 * Does work when this turn of the event loop has heard all its I/O: what came in at the same time can be done together. A microtask runs
 * too early for that, between one request and the next.
 */
export function soon(work: () => void): void {
  defer(work);
}

/** Does work when the code that runs has come to its end. */
export function microtask(work: () => void): void {
  queueMicrotask(work);
}

/** Those that a test has put in its place know their clock, and call nobody until the test says so. */
function isGenuine(timer: unknown): boolean {
  return typeof timer === "function" && !Object.hasOwn(timer, "clock");
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
