/**
 * The claim `acl`: what a token allows its holder, in the two forms that EMQX documents. It restricts, so no part of it may be passed over:
 * if any part is not understood exactly, the whole claim is refused.
 */
import { ownMember } from "../../base/own.js";
import { type Address, contains, parseAddress, parseNetwork } from "./address.js";
import { type Action, hasWildcard, type QoS, type Rule } from "./permissions.js";
import { filled, type Names, parseTemplate } from "./template.js";
import { filterLevels } from "./topics.js";

/** A rule, as a token has it. The first rule that is about what a client asks decides. */
export interface AclRule {
  readonly permission: "allow" | "deny";
  readonly action: "publish" | "subscribe" | "all";
  /**
   * A filter, which may have `${clientid}` and `${username}` in it, or `%c` and `%u` as whole levels. After `eq ` it is the filter itself, with
   * nothing put into it: `eq a/#` is about a subscription to `a/#`, not about one to `a/b`.
   */
  readonly topic: string;
  /** Applies only to messages and subscriptions with one of these. */
  readonly qos?: readonly QoS[];
  /** Applies only to messages that are retained, or only to those that are not; subscriptions have no such flag. */
  readonly retain?: boolean;
  /** Applies only to clients at this address or in this network, such as `"192.168.5.0/24"`. */
  readonly ipaddr?: string;
}

/** Filters, by what may be done with the topics that they match. */
export interface AclLists {
  readonly pub?: readonly string[];
  readonly sub?: readonly string[];
  readonly all?: readonly string[];
}

/** The claim: rules in their order; or lists of what is allowed, except for what is denied. */
export type Acl = readonly AclRule[] | (AclLists & { readonly deny?: AclLists });

/** What of a claim is not understood, by its place. Nothing of the claim's own text is in it. */
export interface AclFault {
  /** The list that it is in, where there are lists: `"pub"`, `"deny.sub"`. */
  readonly list?: string | undefined;
  /** Its number there, or among the rules, from 0. */
  readonly index?: number | undefined;
  /**
   * `"form"`: no object, list or text where there must be one; `"member"`: a member, or a list, of another name; `"name"`: the client's id or user
   * name is missing, or not fit to be in a topic; `"address"`: the client's address is not known; else the member that has no such value.
   */
  readonly part: "form" | "member" | "permission" | "action" | "topic" | "name" | "qos" | "retain" | "ipaddr" | "address";
}

/** What is known of a client that rules may be about. */
export interface Who {
  readonly names: Names;
  /** Of its connection; undefined where it is not known. */
  readonly address: string | undefined;
}

const RULE = ["permission", "action", "topic", "qos", "retain", "ipaddr"];
const ACTIONS: Readonly<Record<string, readonly Action[]>> = {
  publish: ["publish"],
  subscribe: ["subscribe"],
  all: ["publish", "subscribe"],
};
const LISTS: Readonly<Record<string, keyof typeof ACTIONS>> = { pub: "publish", sub: "subscribe", all: "all" };

class Unclear extends Error {
  readonly fault: AclFault;

  constructor(part: AclFault["part"], index?: number, list?: string) {
    super("Expected rules that are understood");
    this.fault = { list, index, part };
  }
}

/** The rules of a claim that are about this client; or what of it is not understood. */
export function parseAcl(claim: unknown, who: Who): readonly Rule[] | AclFault {
  try {
    return (Array.isArray(claim) ? inPlaces(claim, (rule) => parseRule(rule, who)) : parseLists(claim, who)).flat();
  } catch (error) {
    if (error instanceof Unclear) return error.fault;
    throw error;
  }
}

export function isFault(parsed: readonly Rule[] | AclFault): parsed is AclFault {
  return !Array.isArray(parsed);
}

/** What is denied comes first. */
function parseLists(value: unknown, who: Who): Rule[][] {
  const lists = objectOf(value);
  const denied = Object.hasOwn(lists, "deny") ? objectOf(ownMember(lists, "deny"), "deny") : {};
  const allowed = Object.keys(lists).filter((name) => name !== "deny");
  return [
    ...Object.keys(denied).flatMap((name) => parseList(denied, name, "deny", who)),
    ...allowed.flatMap((name) => parseList(lists, name, "allow", who)),
  ];
}

function parseList(lists: object, name: string, permission: AclRule["permission"], who: Who): Rule[][] {
  if (!Object.hasOwn(LISTS, name)) throw new Unclear("member", undefined, permission === "deny" ? "deny" : undefined);
  const list = permission === "deny" ? `deny.${name}` : name;
  const topics = ownMember(lists, name);
  if (!Array.isArray(topics)) throw new Unclear("form", undefined, list);
  return inPlaces(topics, (topic) => parseRule({ permission, action: LISTS[name], topic }, who), list);
}

/** Parses each by itself; if one is not understood, the fault names its place. */
function inPlaces<Parsed>(values: readonly unknown[], parse: (value: unknown) => Parsed, list?: string): Parsed[] {
  return values.map((value, index) => {
    try {
      return parse(value);
    } catch (error) {
      throw error instanceof Unclear ? new Unclear(error.fault.part, index, list) : error;
    }
  });
}

/** None where the rule is about other clients. */
function parseRule(value: unknown, who: Who): Rule[] {
  const rule = objectOf(value);
  if (!Object.keys(rule).every((name) => RULE.includes(name))) throw new Unclear("member");
  const [permission, action, topic, qos, retain, ipaddr] = RULE.map((name) => ownMember(rule, name));
  if (permission !== "allow" && permission !== "deny") throw new Unclear("permission");
  if (typeof action !== "string" || !Object.hasOwn(ACTIONS, action)) throw new Unclear("action");
  if (typeof topic !== "string") throw new Unclear("topic");
  if (qos !== undefined && !isQualities(qos)) throw new Unclear("qos");
  // A subscription has none: such a rule would say less than its author means.
  if (retain !== undefined && (typeof retain !== "boolean" || action === "subscribe")) throw new Unclear("retain");
  const isAbout = ipaddr === undefined || isWithin(ipaddr, who.address);
  const actions = ACTIONS[action] as readonly Action[];
  const parsed: Rule = { allows: permission === "allow", actions, ...parseTopic(topic, who.names), qos, retain };
  // No message has such a topic: it would deny nothing.
  if (parsed.isLiteral && hasWildcard(parsed.pattern) && !actions.includes("subscribe")) throw new Unclear("topic");
  return isAbout ? [parsed] : [];
}

function objectOf(value: unknown, list?: string): object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unclear("form", undefined, list);
  return value;
}

function isQualities(value: unknown): value is readonly QoS[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => each === 0 || each === 1 || each === 2);
}

function isWithin(ipaddr: unknown, client: string | undefined): boolean {
  const network = typeof ipaddr === "string" ? parseNetwork(ipaddr) : undefined;
  if (!network) throw new Unclear("ipaddr");
  const address: Address | undefined = client === undefined ? undefined : parseAddress(client);
  if (!address) throw new Unclear("address");
  return contains(network, address);
}

const LITERAL = "eq ";
/** Subscriptions are judged by their filter without this: no rule with it would be about any. */
const SHARED = /^\$share(\/|$)/;
const BLANKS_AT_ENDS = /^\s|\s$/;

/** EMQX puts nothing into a literal filter: one with a placeholder would be about no topic that there is. */
const PLACEHOLDER = /\$\{|(^|\/)%[cu](\/|$)/;
/**
 * What other brokers and formats write for names and wildcards. Here a rule with one would be about no topic that there is: `eq` written in
 * another way, blanks at the ends of a level, braces, a `$` that is not in front, the names of placeholders in other marks, percent signs before
 * a letter, `*`, and `>` as a level.
 */
const FOREIGN = /^eq\s|(^|\/)\s|\s(\/|$)|[{}*]|.\$|(^|\/)[^\w/]+(client|user)[_-]?(id|name)[^\w/]*(\/|$)|%[a-z]|(^|\/)>(\/|$)/is;

function parseTopic(topic: string, names: Names): Pick<Rule, "pattern" | "isLiteral"> {
  const isLiteral = topic.startsWith(LITERAL);
  const text = isLiteral ? topic.slice(LITERAL.length) : named(topic, names);
  const pattern = filterLevels(text);
  const isUnclear = SHARED.test(text) || (isLiteral && (BLANKS_AT_ENDS.test(text) || PLACEHOLDER.test(text)));
  if (!pattern || isUnclear) throw new Unclear("topic");
  return { pattern, isLiteral };
}

/** The text with the names of this client in it. */
function named(topic: string, names: Names): string {
  const text = topic.replace(/(?<=^|\/)%([cu])(?=\/|$)/g, (_, letter) => (letter === "c" ? `\${clientid}` : `\${username}`));
  const template = templateOf(text);
  if (FOREIGN.test(template.map((part, index) => (index % 2 === 0 ? part : "x")).join(""))) throw new Unclear("topic");
  const name = filled(template, names, isPlain);
  if (name === undefined) throw new Unclear("name");
  return name;
}

function templateOf(text: string): readonly string[] {
  try {
    return parseTemplate(text);
  } catch {
    throw new Unclear("topic");
  }
}

/** A name that is one level and stays it, wherever it stands: no wildcard, no other level, nothing of the server's own. */
function isPlain(name: string): boolean {
  return !/^\$|[+#/\0]/.test(name);
}
