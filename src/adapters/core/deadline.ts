/** The time that a connection may wait for its token to be judged: nobody reads from it meanwhile, nor hears that it is given up. */
import { later } from "../../timer.js";
import { AuthFailure } from "./failure.js";

/** Longer than it takes to load keys, in seconds. */
const LONGEST = 30;

/** @throws AuthFailure of status 503 (as a rejection) where it takes longer. */
export async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let callOff = () => {};
  const tooLate = new Promise<never>((_, fail) => {
    const cause = Object.assign(new Error(`Expected the token to be judged within ${LONGEST} seconds`), { status: 503 });
    callOff = later(LONGEST, () => fail(new AuthFailure(cause)));
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    callOff();
  }
}
