/** Which kernel hashes: the runtime's own choice is only one of the two. */
import { openEngine } from "../../src/engine.js";

export const LANES = [4, 5] as const;

/** From now on the engine of this thread hashes so many messages side by side. */
export function useLanes(lanes: (typeof LANES)[number]): void {
  openEngine().exports.chooseLanes(lanes);
}
