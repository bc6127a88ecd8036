/** What the library tells others must not fail because of what they do about it. */
import { isPromise } from "./own.js";

/** Runs what may fail, at once or as a promise; a failure is ignored. */
export function attempt(action: () => unknown): void {
  try {
    const outcome = action();
    if (isPromise(outcome)) Promise.resolve(outcome).catch(() => {});
  } catch {}
}

/** What a promise comes to; undefined where it fails. */
export async function settled<Value>(begin: () => Promise<Value> | undefined): Promise<Value | undefined> {
  try {
    return await begin();
  } catch {
    return undefined;
  }
}
