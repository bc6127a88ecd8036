/** The report of a benchmark as one HTML file, from the JSON that bench/run.mjs writes. Parts that are absent are left out. */
import { page } from "./page.mjs";
import { completed } from "./parse.mjs";

export function renderReport(results) {
  return page(completed(results)).toString();
}
