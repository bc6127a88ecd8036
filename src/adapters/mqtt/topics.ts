/**
 * Topics of MQTT and the filters that match them (MQTT 3.1.1 §4.7). Sets of topics are compared without a look at any topic: a filter
 * that somebody subscribes to may match more of them than there are.
 */

/** A topic or filter, in levels. */
export type Levels = readonly string[];

const ONE = "+";
const REST = "#";
const SHARED = /^\$share\/[^/+#]+\/(.+)$/s;

/** The levels of a topic's name; undefined where it is none: empty, or with a wildcard or a null character in it (§4.7.3). */
export function topicLevels(topic: unknown): Levels | undefined {
  return typeof topic === "string" && topic !== "" && !/[+#\0]/.test(topic) ? topic.split("/") : undefined;
}

/** The levels of a filter; undefined where it is none: a wildcard takes a whole level, and `#` the last (§4.7.1). */
export function filterLevels(filter: unknown): Levels | undefined {
  if (typeof filter !== "string" || filter === "" || filter.includes("\0")) return undefined;
  const levels = filter.split("/");
  const isProper = (level: string, index: number) =>
    /^[^+#]*$/.test(level) || level === ONE || (level === REST && index === levels.length - 1);
  if (!levels.every(isProper)) return undefined;
  // Both match all there is (§4.7.1.2): what `+/#` leaves out, `#` does as well.
  return levels.length === 2 && levels[0] === ONE && levels[1] === REST ? [REST] : levels;
}

/** The filter by which a subscription is judged: of `$share/group/filter` (MQTT 5 §4.8.2) the last part. */
export function subscribedLevels(filter: unknown): Levels | undefined {
  if (typeof filter !== "string" || !/^\$share(\/|$)/.test(filter)) return filterLevels(filter);
  return filterLevels(SHARED.exec(filter)?.[1]);
}

/** Does the pattern match every topic that the filter matches? */
export function covers(pattern: Levels, filter: Levels): boolean {
  if (hidesSystem(pattern) && isSystem(filter)) return false;
  for (let index = 0; index < pattern.length; index++) {
    const level = pattern[index];
    if (level === REST) return true;
    const other = filter[index];
    if (other === undefined || other === REST) return false;
    if (level !== ONE && level !== other) return false;
  }
  return filter.length === pattern.length;
}

/** Is there a topic that both of them match? */
export function overlap(one: Levels, other: Levels): boolean {
  if ((hidesSystem(one) && isSystem(other)) || (hidesSystem(other) && isSystem(one))) return false;
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const [left, right] = [one[index], other[index]];
    if (left === REST || right === REST) return true;
    if (left === undefined || right === undefined) return false;
    if (left !== ONE && right !== ONE && left !== right) return false;
  }
  return true;
}

/** A wildcard in front matches no topic that begins with `$` (§4.7.2). */
function hidesSystem([first]: Levels): boolean {
  return first === ONE || first === REST;
}

function isSystem([first]: Levels): boolean {
  return first?.startsWith("$") === true;
}
