/** An end to each wait on code that is not ours. */
import { later } from "./timer.js";

/**
 * Comes to what `work` comes to, or is rejected with what `late` makes after so many seconds. What `work` comes to after that is not heard: an
 * error of it is not unhandled.
 */
export function within<Value>(seconds: number, work: PromiseLike<Value>, late: () => Error): Promise<Value> {
  return new Promise((resolve, reject) => {
    const callOff = later(seconds, () => reject(late()));
    work.then(
      (value) => {
        callOff();
        resolve(value);
      },
      (error: unknown) => {
        callOff();
        reject(error);
      },
    );
  });
}
