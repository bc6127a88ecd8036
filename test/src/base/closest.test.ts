/** What a misspelt name was meant to be. */
import { expect, it } from "vitest";
import { closest } from "../../../src/base/closest.js";

const KNOWN = ["issuer", "issuers", "audience", "maxTokenAge", "typ", "allow"];

it.each<[name: string, meant: string | undefined]>([
  ["isuer", "issuer"],
  ["isssuer", "issuer"],
  ["iszuer", "issuer"],
  ["isseur", "issuer"],
  ["ISSUER", "issuer"],
  ["issue", "issuer"],
  ["aud", "audience"],
  ["au", undefined],
  ["maxTokenAcc", "maxTokenAge"],
  ["allowed", "allow"],
  ["type", "typ"],
  ["tpye", undefined],
  ["subject", undefined],
  ["", undefined],
])("%j was meant to be %j", (name, meant) => {
  expect(closest(name, KNOWN)).toBe(meant);
});
