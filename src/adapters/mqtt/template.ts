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

/** @throws TypeError for a name that nothing stands for, naming it. */
export function parseTemplate(text: string): Template {
  const parts = text.split(PLACEHOLDER);
  if (parts.some((part) => part.includes("${"))) throw new TypeError("Expected each placeholder to end with `}`");
  const unknown = parts.find((part, index) => index % 2 === 1 && !KNOWN.includes(part));
  if (unknown !== undefined) throw new TypeError(`Expected \`\${clientid}\` or \`\${username}\`, got \`\${${unknown}}\``);
  return parts;
}

/** The text with the names in it; undefined where one is missing, empty, or not `isFit`. */
export function filled(template: Template, names: Names, isFit: (name: string) => boolean = () => true): string | undefined {
  const parts = template.map((part, index) => (index % 2 === 0 ? part : names[part as keyof Names]));
  const isLacking = (part: string | undefined, index: number) => index % 2 === 1 && (!part || !isFit(part));
  return parts.some(isLacking) ? undefined : parts.join("");
}
