// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of access rules
/** Texts with names in them: what they say of a connection is said of no other. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filled, parseTemplate } from "../../../../src/adapters/mqtt/template.js";
import { runs } from "../../../support/runs.js";

const fill = (text: string, username: string | undefined, clientid: string | undefined) =>
  filled(parseTemplate(text), { username, clientid });

describe("a text with names in it", () => {
  it.each<[string, string, string, string | undefined]>([
    ["${clientid}", "u", "a/b", "a/b"],
    ["up/${clientid}/#", "u", "a/b", "up/a/b/#"],
    ["${username}/${clientid}", "u", "a/b", "u/a/b"],
    ["${username}/${clientid}", "a/b", "c", undefined],
    ["${username}--${clientid}", "a-", "c", undefined],
    ["${username}--${clientid}", "a-b", "-c", "a-b---c"],
    ["${clientid}@${username}@${clientid}", "a", "b@c", undefined],
    ["x", "u", "c", "x"],
  ])("%s, of %s and %s, is %s", (text, username, clientid, expected) => {
    expect(fill(text, username, clientid)).toBe(expected);
  });

  it("says of two connections the same only if they call themselves the same", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b", "/"), minLength: 1, maxLength: 5 });
    const between = fc.string({ unit: fc.constantFrom("a", "/"), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(between, fc.array(fc.tuple(name, name), { minLength: 20, maxLength: 60 }), (separator, connections) => {
        const saidOf = new Map<string, string>();
        for (const [username, clientid] of connections) {
          const text = fill(`\${username}${separator}\${clientid}`, username, clientid);
          if (text === undefined) continue;
          const names = JSON.stringify([username, clientid]);
          expect(saidOf.get(text) ?? names).toBe(names);
          saidOf.set(text, names);
        }
      }),
      runs(500),
    );
  });

  it("is refused with nothing between two names, for no one could tell where the first one ends", () => {
    expect(() => parseTemplate("${username}${clientid}")).toThrow("Expected text between two placeholders");
  });
});
