/** An end to each wait on code that is not ours. */
import { later } from "./timer.js";

/** For how long foreign code is waited for unless its caller says otherwise, in seconds: longer than it takes to load keys. */
export const LONGEST = 30;

/** The error of what takes longer. A server that it happens to answers 503: the client may try again. `awaited` names what did not come. */
export function lateness(awaited: string): Error {
  return Object.assign(new Error(`Expected ${awaited} within ${LONGEST} seconds`), { status: 503 });
}

/**
 * Comes to what `work` comes to, or is rejected with what `late` makes after so many seconds. What `work` comes to after that is
 * ignored, and an error is not reported as unhandled.
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

/** Fulfilled with the result of `work`, rejected with what it throws; rejected with an Error that has `name` in it after so many seconds. */
export function answerOf<Value>(name: string, seconds: number, work: () => Value | PromiseLike<Value>): Promise<Value> {
  const started = async (): Promise<Value> => work();
  return within(seconds, started(), () => new Error(`Expected ${name} to answer within ${seconds} s`));
}
