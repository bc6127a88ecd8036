/** What is remembered under addresses of the heap. */
import { forgetFirstBlocks } from "./firstBlocks";
import { forgetShapes } from "./shapes";

/** Must be called whenever a block of the heap is freed: its address may come to mean another context or key. */
export function forget(): void {
  forgetFirstBlocks();
  forgetShapes();
}
