/** Filters compared, against a plain reference that looks at topics one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covers, filterLevels, type Levels, overlap, subscribedLevels, topicLevels } from "../../../../src/adapters/mqtt/topics.js";
import { runs } from "../../../support/runs.js";

/** MQTT 3.1.1 §4.7 as a regular expression. */
function matches(filter: string, topic: string): boolean {
  if (/^[+#]/.test(filter) && topic.startsWith("$")) return false;
  const escaped = filter.replace(/[$.*?()[\]{}|\\^]/g, "\\$&");
  const pattern = escaped.replaceAll("+", "[^/]*").replace(/^#$/, ".*").replace(/\/#$/, "(/.*)?");
  return new RegExp(`^${pattern}$`).test(topic);
}

/**
 * All topics of up to four levels of these words: one more than filters below have, and a word that they do not have. The empty one, which
 * nobody may use, is all that `+` and `/#` have in common.
 */
const WORDS = ["", "a", "b", "$c", "other"];
const TOPICS = [1, 2, 3, 4].flatMap((count) => tuples(count));

function tuples(count: number): string[] {
  if (count === 1) return WORDS;
  return tuples(count - 1).flatMap((start) => WORDS.map((word) => `${start}/${word}`));
}

const filters = fc
  .tuple(fc.array(fc.constantFrom("", "a", "b", "$c", "+"), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, isOpen]) => (isOpen ? [...levels.slice(0, 2), "#"] : levels).join("/"))
  .filter((filter) => filter !== "");
const wide = fc.oneof(filters, fc.constantFrom("#", "+", "+/#", "$c/#", "a/#"));

const levels = (filter: string) => filterLevels(filter) as Levels;

describe("a filter", () => {
  it("covers another exactly if it matches all topics that the other matches", () => {
    fc.assert(
      fc.property(wide, wide, (pattern, filter) => {
        const isCovered = TOPICS.every((topic) => !matches(filter, topic) || matches(pattern, topic));
        expect(covers(levels(pattern), levels(filter))).toBe(isCovered);
      }),
      runs(2000),
    );
  });

  it("overlaps another exactly if there is a topic that both match", () => {
    fc.assert(
      fc.property(wide, wide, (one, other) => {
        const isShared = TOPICS.some((topic) => matches(one, topic) && matches(other, topic));
        expect(overlap(levels(one), levels(other))).toBe(isShared);
        expect(overlap(levels(other), levels(one))).toBe(isShared);
      }),
      runs(2000),
    );
  });

  it("covers and overlaps a topic exactly if it matches it", () => {
    fc.assert(
      fc.property(wide, fc.constantFrom(...TOPICS.filter(Boolean)), (filter, topic) => {
        const asked = topicLevels(topic) as Levels;
        expect(covers(levels(filter), asked)).toBe(matches(filter, topic));
        expect(overlap(levels(filter), asked)).toBe(matches(filter, topic));
      }),
      runs(2000),
    );
  });

  it.each(["a", "/", "a/", "+", "#", "+/+", "a/+/#", "/#", "$SYS/#", "ä b"])("may be %s", (filter) => {
    expect(filterLevels(filter)).toEqual(filter.split("/"));
  });

  it.each(["", "a#", "#/a", "a/#/b", "a+", "+a", "a/b+/c", "##", "++", "a\0", undefined, 5, {}])("may not be %j", (filter) => {
    expect(filterLevels(filter)).toBeUndefined();
  });
});

describe("a topic", () => {
  it.each(["a", "/", "a//b", "$SYS/x"])("may be %s", (topic) => {
    expect(topicLevels(topic)).toEqual(topic.split("/"));
  });

  it.each(["", "+", "a/#", "a+", "a\0", undefined, 5])("may not be %j", (topic) => {
    expect(topicLevels(topic)).toBeUndefined();
  });
});

describe("a shared subscription", () => {
  it.each([
    ["$share/group/a/+", ["a", "+"]],
    ["$share/group/#", ["#"]],
    ["$share/group//a", ["", "a"]],
    ["$share", undefined],
    ["$share/group", undefined],
    ["$share/group/", undefined],
    ["$share//a", undefined],
    ["$share/+/a", undefined],
    ["$share/#", undefined],
    ["$shared/a", ["$shared", "a"]],
  ])("%s is judged by its filter", (filter, expected) => {
    expect(subscribedLevels(filter)).toEqual(expected);
  });
});
