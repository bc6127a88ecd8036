/** Texts with `${clientid}` and `${username}` in them, which stand for what a connection says it is. */

/** What a connection calls itself. */
export interface Names {
  readonly clientid: string | undefined;
  readonly username: string | undefined;
}

/** Text and names in turn, beginning with text. */
export type Template = readonly string[];

const PLACEHOLDER = /\$\{([^}]*)\}/;
const KNOWN: readonly string[] = ["clientid", "username"] satisfies (keyof Names)[];

/** @throws TypeError for a name that nothing stands for, naming it, and for names with nothing between them. */
export function parseTemplate(text: string): Template {
  const parts = text.split(PLACEHOLDER);
  if (parts.some((part) => part.includes("${"))) throw new TypeError("Expected each placeholder to end with `}`");
  const unknown = parts.find((part, index) => index % 2 === 1 && !KNOWN.includes(part));
  if (unknown !== undefined) throw new TypeError(`Expected \`\${clientid}\` or \`\${username}\`, got \`\${${unknown}}\``);
  if (parts.slice(1, -1).some((part, index) => index % 2 === 1 && part === ""))
    throw new TypeError("Expected text between two placeholders");
  return parts;
}

/**
 * The text with the names in it; undefined where one is missing, empty, or not `isFit`, or has the text in it that ends it: `a/b` and `c`
 * would be `a` and `b/c`.
 */
export function filled(template: Template, names: Names, isFit: (name: string) => boolean = () => true): string | undefined {
  const parts = template.map((part, index) => (index % 2 === 0 ? part : names[part as keyof Names]));
  const isLacking = (part: string | undefined, index: number) =>
    index % 2 === 1 && (!part || !isFit(part) || !isEnded(template, index, part));
  return parts.some(isLacking) ? undefined : parts.join("");
}

/** Does a name end where the text behind it first is? That behind the last one is at the end of all. */
function isEnded(template: Template, index: number, name: string): boolean {
  const next = template[index + 1] as string;
  return index + 2 === template.length || `${name}${next}`.indexOf(next) === name.length;
}
