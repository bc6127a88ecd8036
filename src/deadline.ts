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

/** What a part's work comes to, rejected with an Error that names the part if it takes longer than so many seconds; what it throws is a rejection. */
export function answerOf<Value>(name: string, seconds: number, work: () => Value | PromiseLike<Value>): Promise<Value> {
  const started = async (): Promise<Value> => work();
  return within(seconds, started(), () => new Error(`Expected ${name} to answer within ${seconds} s`));
}
