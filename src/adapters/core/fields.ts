/** Values by their name, out of a Cookie field, a query and a parsed body. All there are: that there is one only is for others to ask. */

/** Spaces and tabs on both sides. Other blanks are part of a name: a browser that sees one before `__Host-` does not guard the cookie. */
const BLANKS = /^[ \t]+|[ \t]+$/g;

/** A value in quotes, which are no part of it (RFC 6265 §4.1.1). */
const QUOTED = /^"([^"]*)"$/;

/** The values of a cookie in a `Cookie` field (RFC 6265 §4.2), without quotes around them. Nothing is decoded. */
export function cookieValues(field: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of field.split(";")) {
    const end = pair.indexOf("=");
    if (end >= 0 && pair.slice(0, end).replace(BLANKS, "") === name)
      values.push(
        pair
          .slice(end + 1)
          .replace(BLANKS, "")
          .replace(QUOTED, "$1"),
      );
  }
  return values;
}

/** The values of a parameter in an address. `name[]` and `name[0]` count: there are parsers that take them for the same. */
export function queryValues(url: string, name: string): string[] {
  const start = url.indexOf("?");
  if (start < 0) return [];
  const values: string[] = [];
  for (const [key, value] of new URLSearchParams(url.slice(start + 1).split("#", 1)[0])) {
    if (key === name || key.startsWith(`${name}[`)) values.push(value);
  }
  return values;
}

/** The values of a parsed body's own member: those of an array, where it stood there several times. */
export function bodyValues(body: unknown, name: string): readonly unknown[] {
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, name)) return [];
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(value) ? value : [value];
}
