/** The name of the key that a token wants, read by the host. */
import { describe, expect, it } from "vitest";
import { keyNameOf } from "../../../src/verify/keyName.js";
import { base64url } from "../../support/tokens.js";

const token = (header: string, payload: string) => `${base64url(header)}.${base64url(payload)}.AA`;

describe("the name of a token's key", () => {
  it("is its kid, or the claim that is asked for", () => {
    expect(keyNameOf(token('{"kid":"a"}', '{"sub":"b"}'), undefined)).toBe("a");
    expect(keyNameOf(token('{"kid":"a"}', '{"sub":"b"}'), "sub")).toBe("b");
    expect(keyNameOf(token('{"kid":""}', "{}"), undefined)).toBe("");
    expect(keyNameOf(token('{"\\u006bid":"\\u0061\\n"}', "{}"), undefined)).toBe("a\n");
  });

  it.each([
    ["{}"],
    ['{"sub":1}'],
    ['{"sub":null}'],
    ['{"sub":["a"]}'],
    ["[]"],
    ["null"],
    ['"sub"'],
    ["no JSON"],
    [""],
    ['{"sub":"\\ud800"}'],
    [`{"sub":"${"x".repeat(257)}"}`],
    [`{"sub":"${"é".repeat(129)}"}`],
  ])("is none in %s", (payload) => {
    expect(keyNameOf(token("{}", payload), "sub")).toBeUndefined();
  });

  it("is none that objects have by themselves", () => {
    for (const claim of ["toString", "constructor", "__proto__"]) expect(keyNameOf(token("{}", "{}"), claim)).toBeUndefined();
  });
});
