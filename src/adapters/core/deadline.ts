/** An end to each wait for a verifier or a callback: a request or connection must not stay open because one of them never answers. */
import { within } from "../../runtime/deadline.js";
import { AuthFailure } from "./failure.js";

/** Longer than it takes to load keys, in seconds. */
export const LONGEST = 30;

/** The failure of something that takes longer: the client may try again. `awaited` names what did not answer. */
export function lateness(awaited: string): Error {
  return Object.assign(new Error(`Expected ${awaited} within ${LONGEST} seconds`), { status: 503 });
}

/** What `work` comes to. A value that is there already is not waited for. @throws AuthFailure of status 503 (as a rejection) where it takes longer. */
export function inTime<Result>(work: Result | Promise<Result>, awaited: string): Result | Promise<Result> {
  if (typeof (work as Promise<Result> | undefined)?.then !== "function") return work;
  return within(LONGEST, Promise.resolve(work), () => new AuthFailure(lateness(awaited)));
}
