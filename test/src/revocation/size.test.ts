/** How much memory a list takes: what the documents say of it, at any size. */
import { expect, it } from "vitest";
import { createRevocationList } from "../../../src/revocation/list.js";

const STEP = 1000;
/** Slots are seven eighths full at most: there are twice as many of them behind these. */
const GROWTHS = [14_336, 28_672, 57_344, 114_688, 229_376, 458_752, 917_504];

/** As long as a UUID. */
const entryOf = (number: number) => ({ jti: `00000000-0000-4000-8000-${`${number}`.padStart(12, "0")}`, iss: "https://a.example" });

it("a list takes 63.6 bytes an entry at a million, and at most 68 from ten thousand on, however it has just grown", () => {
  const list = createRevocationList();
  const most = { bytes: 0, size: 0 };
  const add = (upTo: number) => {
    list.apply(Array.from({ length: upTo - list.size }, (_, index) => entryOf(list.size + index)));
    const bytes = list.health().bytes / upTo;
    if (upTo >= 10_000 && bytes > most.bytes) Object.assign(most, { bytes, size: upTo });
  };
  for (let size = STEP; size <= 1_000_000; size += STEP) {
    const growth = GROWTHS.find((full) => full > size - STEP && full < size);
    if (growth) for (const at of [growth, growth + 1]) add(at);
    add(size);
  }
  expect(list.health().bytes / 1_000_000).toBeLessThan(63.6);
  expect(most.bytes).toBeLessThan(68);
  // What is measured is worst where slots have just become twice as many.
  expect(GROWTHS.some((full) => most.size > full && most.size < full + 2 * STEP)).toBe(true);
});
