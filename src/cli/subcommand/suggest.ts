/** Finds what a misspelt name was meant to be. */

/** The known name that is nearest, at most `limit` letters away or continuing it; undefined where none is. */
export function closest(name: string, known: readonly string[], limit = 2): string | undefined {
  const typed = name.toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, steps: distance(typed, candidate) }))
    .sort((left, right) => left.steps - right.steps);
  const [nearest] = ranked;
  if (nearest && nearest.steps <= Math.min(limit, typed.length - 1)) return nearest.candidate;
  return typed.length >= 3 ? known.find((candidate) => candidate.startsWith(typed)) : undefined;
}

/** Letters to be inserted, deleted or replaced (Levenshtein). */
function distance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replaced = (previous[column - 1] as number) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[right.length] as number;
}
