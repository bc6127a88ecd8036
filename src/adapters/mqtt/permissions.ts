/** What one connection may do. */
import { partMember } from "../../base/own.js";
import { covers, filterLevels, type Levels, overlap, subscribedLevels, topicLevels } from "./topics.js";

export type Action = "publish" | "subscribe";
export type QoS = 0 | 1 | 2;

/** A rule for one connection. */
export interface Rule {
  readonly allows: boolean;
  readonly actions: readonly Action[];
  readonly pattern: Levels;
  /** Is it about the filter itself, rather than about the topics that it matches? */
  readonly isLiteral: boolean;
  /** Of these alone, where there are any. */
  readonly qos: readonly QoS[] | undefined;
  /** Of messages that are retained, or that are not. */
  readonly retain: boolean | undefined;
}

/** What a client asks to do. */
interface Asked {
  readonly action: Action;
  readonly levels: Levels;
  /** Is it a message, by its topic, rather than a filter? */
  readonly isMessage: boolean;
  readonly qos: unknown;
  readonly retain: unknown;
}

/** How a message is published, or a filter subscribed to. */
interface Manner {
  readonly qos?: unknown;
  readonly retain?: unknown;
}

const EVERYTHING = filterLevels("#") as Levels;
const QUALITIES: readonly QoS[] = [0, 1, 2];

export class Permissions {
  readonly #rules: readonly Rule[];
  readonly #isOpen: boolean;

  /** `isOpen` says what holds for topics that no rule is about. Those of the server (`$SYS`) are allowed by a rule only, as with `#`. */
  constructor(rules: readonly Rule[], isOpen: boolean) {
    this.#rules = rules;
    this.#isOpen = isOpen;
  }

  mayPublish(topic: unknown, manner: Manner = {}): boolean {
    const levels = topicLevels(topic);
    const [qos, retain] = [partMember(manner, "qos"), partMember(manner, "retain")];
    return levels !== undefined && this.#allows({ action: "publish", levels, isMessage: true, qos, retain });
  }

  /** All that the filter matches must be allowed, and nothing of it denied. */
  maySubscribe(filter: unknown, manner: Manner = {}): boolean {
    const levels = subscribedLevels(filter);
    const qos = partMember(manner, "qos");
    return levels !== undefined && this.#allows({ action: "subscribe", levels, isMessage: false, qos, retain: undefined });
  }

  /** Is there a subscription that might bring it? With which QoS it came, and by which filter, its subscription was asked. */
  mayReceive(topic: unknown): boolean {
    const levels = topicLevels(topic);
    if (!levels) return false;
    return QUALITIES.some((qos) => this.#allows({ action: "subscribe", levels, isMessage: true, qos, retain: undefined }));
  }

  #allows(asked: Asked): boolean {
    const rule = this.#rules.find((each) => isAbout(each, asked));
    return rule ? rule.allows : this.#isOpen && covers(EVERYTHING, asked.levels);
  }
}

function isAbout(rule: Rule, asked: Asked): boolean {
  return (
    rule.actions.includes(asked.action) &&
    fits(rule, rule.qos, asked.qos) &&
    (asked.action === "subscribe" || fits(rule, rule.retain === undefined ? undefined : [rule.retain], asked.retain)) &&
    (rule.allows ? allowsAll(rule, asked) : deniesSome(rule, asked))
  );
}

/** What is not known is not allowed, and is denied. */
function fits({ allows }: Rule, values: readonly unknown[] | undefined, asked: unknown): boolean {
  return values === undefined || (asked === undefined ? !allows : values.includes(asked));
}

/** A literal filter with wildcards allows a subscription to itself alone; all messages that it matches may come then. */
function allowsAll({ pattern, isLiteral }: Rule, { action, levels, isMessage }: Asked): boolean {
  if (!isLiteral || !hasWildcard(pattern)) return covers(pattern, levels);
  return action === "subscribe" && (isMessage ? covers(pattern, levels) : isSame(pattern, levels));
}

/** A filter that matches more than a denied one would bring all that is denied as well. */
function deniesSome({ pattern, isLiteral }: Rule, { levels }: Asked): boolean {
  return isLiteral ? covers(levels, pattern) : overlap(pattern, levels);
}

export function hasWildcard(levels: Levels): boolean {
  return levels.includes("+") || levels.includes("#");
}

function isSame(one: Levels, other: Levels): boolean {
  return one.length === other.length && one.every((level, index) => level === other[index]);
}
