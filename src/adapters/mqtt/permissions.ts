/** What a token allows its holder: the claim `acl`, for one connection. */
import { bare } from "../../own.js";
import { filled, type Names, parseTemplate } from "./template.js";
import { covers, filterLevels, type Levels, overlap, subscribedLevels, topicLevels } from "./topics.js";

/** A rule, as a token has it. The first that is about a topic decides. */
export interface AclRule {
  readonly permission: "allow" | "deny";
  readonly action: "publish" | "subscribe" | "all";
  /** A filter, which may have `${clientid}` and `${username}` in it. */
  readonly topic: string;
}

/** Filters, by what may be done with the topics that they match. */
export interface AclLists {
  readonly pub?: readonly string[];
  readonly sub?: readonly string[];
  readonly all?: readonly string[];
}

/** The claim: rules in their order; or what is allowed, but for what is denied. */
export type Acl = readonly AclRule[] | (AclLists & { readonly deny?: AclLists });

type Action = "publish" | "subscribe";

interface Rule {
  readonly allows: boolean;
  readonly actions: readonly Action[];
  readonly pattern: Levels;
}

const ACTIONS: Readonly<Record<string, readonly Action[]>> = {
  publish: ["publish"],
  subscribe: ["subscribe"],
  all: ["publish", "subscribe"],
};
const LISTS: Readonly<Record<string, keyof typeof ACTIONS>> = { pub: "publish", sub: "subscribe", all: "all" };

/** What one connection may do. */
export class Permissions {
  readonly #rules: readonly Rule[];
  readonly #isOpen: boolean;

  /** `isOpen` says what holds for topics that no rule is about. */
  constructor(rules: readonly Rule[], isOpen: boolean) {
    this.#rules = rules;
    this.#isOpen = isOpen;
  }

  mayPublish(topic: unknown): boolean {
    return this.#allows("publish", topicLevels(topic));
  }

  /** All that the filter matches must be allowed, and nothing of it denied. */
  maySubscribe(filter: unknown): boolean {
    return this.#allows("subscribe", subscribedLevels(filter));
  }

  mayReceive(topic: unknown): boolean {
    return this.#allows("subscribe", topicLevels(topic));
  }

  #allows(action: Action, asked: Levels | undefined): boolean {
    if (!asked) return false;
    for (const { allows, actions, pattern } of this.#rules) {
      if (!actions.includes(action)) continue;
      if (allows ? covers(pattern, asked) : overlap(pattern, asked)) return allows;
    }
    return this.#isOpen;
  }
}

/**
 * The rules of a claim for a connection of these names. Undefined for a claim that is no list of rules, or of which something is not
 * understood; and where a name that stands in a rule is missing, or is not fit to be a level of a topic or a part of one.
 */
export function parseAcl(claim: unknown, names: Names): readonly Rule[] | undefined {
  try {
    return (Array.isArray(claim) ? claim.map(ruleOf) : listed(claim)).map(({ permission, action, topic }) => ({
      allows: permission === "allow",
      actions: ACTIONS[action] as readonly Action[],
      pattern: patternOf(topic, names),
    }));
  } catch {
    return undefined;
  }
}

function ruleOf(value: unknown): AclRule {
  const { permission, action, topic, ...others } = objectOf(value);
  const isRule = (permission === "allow" || permission === "deny") && typeof action === "string" && Object.hasOwn(ACTIONS, action);
  if (!isRule || typeof topic !== "string" || Object.keys(others).length) throw new TypeError("Expected a rule");
  return { permission, action: action as AclRule["action"], topic };
}

function listed(value: unknown): AclRule[] {
  const { deny = {}, ...allowed } = objectOf(value);
  return [...rulesOf("deny", objectOf(deny)), ...rulesOf("allow", allowed)];
}

function rulesOf(permission: AclRule["permission"], lists: Readonly<Record<string, unknown>>): AclRule[] {
  return Object.entries(lists).flatMap(([name, topics]) => {
    if (!Object.hasOwn(LISTS, name) || !Array.isArray(topics)) throw new TypeError("Expected lists of topics");
    return topics.map((topic) => ruleOf({ permission, action: LISTS[name], topic }));
  });
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("Expected an object");
  return bare(value) as Readonly<Record<string, unknown>>;
}

function patternOf(topic: string, names: Names): Levels {
  const pattern = filterLevels(filled(parseTemplate(topic), names, isPlain));
  if (!pattern) throw new TypeError("Expected a filter");
  return pattern;
}

/** A name that is one level and stays it, wherever it stands: no wildcard, no other level, nothing of the server's own. */
function isPlain(name: string): boolean {
  return !/^\$|[+#/\0]/.test(name);
}
