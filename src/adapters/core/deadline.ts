/** An end to each wait for a verifier or a callback: a request or connection must not stay open because one of them never answers. */
import { LONGEST, lateness, within } from "../../runtime/deadline.js";
import { AuthFailure } from "./failure.js";

/** What `work` comes to. A value that is there already is not waited for. @throws AuthFailure of status 503 (as a rejection) where it takes longer. */
export function inTime<Result>(work: Result | Promise<Result>, awaited: string): Result | Promise<Result> {
  if (typeof (work as Promise<Result> | undefined)?.then !== "function") return work;
  return within(LONGEST, Promise.resolve(work), () => new AuthFailure(lateness(awaited)));
}
