/** What a misspelt name was meant to be. */

/** The known name that it is like, or else one that begins as it does; undefined where there is none. */
export function closest(name: string, known: readonly string[]): string | undefined {
  return known.find((each) => isAlike(each, name)) ?? known.find((each) => beginsAlike(each, name));
}

/** Do they differ by one letter that is missing, added, replaced or swapped with the next one? */
function isAlike(known: string, name: string): boolean {
  const [left, right, prefix] = parted(known, name);
  const rests = (of: number, other: number) => left.slice(prefix + of) === right.slice(prefix + other);
  const isSwapped = left[prefix] === right[prefix + 1] && left[prefix + 1] === right[prefix];
  return rests(1, 1) || rests(1, 0) || rests(0, 1) || (isSwapped && rests(2, 2));
}

/** Is one the beginning of the other, or most of one that of the other? */
function beginsAlike(known: string, name: string): boolean {
  const [left, right, prefix] = parted(known, name);
  const least = Math.min(left.length, right.length);
  return (prefix === least && prefix >= 3) || (prefix >= 6 && 4 * prefix >= 3 * least);
}

/** Both in lower case, and how many letters they begin with are the same. */
function parted(known: string, name: string): [left: string, right: string, prefix: number] {
  const [left, right] = [known.toLowerCase(), name.toLowerCase()];
  let prefix = 0;
  while (prefix < left.length && left[prefix] === right[prefix]) prefix++;
  return [left, right, prefix];
}
