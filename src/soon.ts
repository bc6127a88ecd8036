/**
 * Does work when this turn of the event loop has heard all its I/O: what came in at the same time can be done together. A microtask runs
 * too early for that, between one request and the next.
 */
export function soon(work: () => void): void {
  if (typeof setImmediate === "function") setImmediate(work);
  else if (typeof MessageChannel === "function") post(work);
  else setTimeout(work, 0);
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
