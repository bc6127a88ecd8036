/** Members of a token's header from the command line: `name=value`, a text, or a JSON object. */
import { jsonObject } from "../../explain/index.js";
import { UsageError } from "../words/failure.js";

/** Those that another option gives. */
const OF_OPTIONS: ReadonlyMap<string, string> = new Map(["alg", "kid", "typ"].map((name) => [name, `--${name}`]));

/** The members of all of them, or undefined where there is none. @throws UsageError, which repeats no value */
export function parseHeaderMembers(given: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  const members = given.flatMap(membersOf);
  for (const [name] of members) {
    const option = OF_OPTIONS.get(name);
    if (option) throw new UsageError(`Expected \`--header\` to have no \`${name}\`: \`${option}\` gives it`);
  }
  if (new Set(members.map(([name]) => name)).size < members.length) throw new UsageError("Expected `--header` to give each member once");
  return members.length ? Object.fromEntries(members) : undefined;
}

function membersOf(text: string): readonly (readonly [name: string, value: unknown])[] {
  const object = jsonObject(text);
  if (object) return Object.entries(object);
  const [, name, value] = /^([^={[\s"]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new UsageError("Expected `--header` to be name=value, or a JSON object");
  return [[name, value]];
}
