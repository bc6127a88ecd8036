/** How wide a text will be in a system font, in pixels: an estimate on the safe side, since nothing is measured here. */
export const textWidth = (text, size) => (text ?? "").length * size * 0.6;

/**
 * Moves labels apart that would lie on each other: `places` are the heights wanted, in any order; the result keeps their
 * order from top to bottom, `gap` apart, between `top` and `bottom` where that is possible. Those that crowd each other
 * stand around their common middle.
 */
export function spread(places, gap, top, bottom) {
  const order = places.map((_, index) => index).sort((a, b) => places[a] - places[b] || a - b);
  const crowds = [];
  for (const index of order) {
    crowds.push({ members: [index], start: places[index] });
    while (crowds.length > 1 && endOf(crowds.at(-2), gap) > crowds.at(-1).start) merge(crowds, places, gap);
  }
  const result = [...places];
  for (const { members, start } of crowds) for (const [rank, index] of members.entries()) result[index] = start + rank * gap;
  return within(result, order, gap, top, bottom);
}

const endOf = ({ members, start }, gap) => start + members.length * gap;

/** Makes one crowd of the last two, as near to the places wanted as it can stand. */
function merge(crowds, places, gap) {
  const last = crowds.pop();
  const members = [...crowds.pop().members, ...last.members];
  const start = members.reduce((sum, index, rank) => sum + places[index] - rank * gap, 0) / members.length;
  crowds.push({ members, start });
}

function within(places, order, gap, top, bottom) {
  const result = [...places];
  let least = top;
  for (const index of order) {
    result[index] = Math.max(result[index], least);
    least = result[index] + gap;
  }
  let most = bottom;
  for (const index of [...order].reverse()) {
    result[index] = Math.min(result[index], most);
    most = result[index] - gap;
  }
  return result;
}
