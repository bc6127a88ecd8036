/** Names that once had a key. */
import { expect, it } from "vitest";
import { RecentNames } from "../../../src/base/recentNames.js";

it("are remembered in bounded number, those added last", () => {
  const names = new RecentNames(3);
  for (const name of ["a", "b", "c", "a", "d"]) names.add(name);
  expect(["a", "b", "c", "d"].filter((name) => names.has(name))).toEqual(["a", "c", "d"]);
  names.delete("c");
  names.add("e");
  expect(["a", "b", "c", "d", "e"].filter((name) => names.has(name))).toEqual(["a", "d", "e"]);
});
