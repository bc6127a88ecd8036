/** What is remembered under addresses of the heap. */
import { forgetFirstBlocks } from "./firstBlocks";
import { forgetShapes } from "./shapes";

/**
 * Must be called whenever a block `[start, end)` of the heap is freed in which a context or key was used: its address may come to mean
 * another one. What was remembered of others stays.
 */
export function forget(start: usize, end: usize): void {
  forgetFirstBlocks(start, end);
  forgetShapes(start, end);
}
