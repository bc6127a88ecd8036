/**
 * Moves labels apart that would lie on each other: `places` are the heights wanted, in any order; the result keeps their
 * order from top to bottom, `gap` apart, between `top` and `bottom` where that is possible. Those that crowd each other
 * stand around their common middle.
 */
export function spread(places, gap, top, bottom) {
  const order = places.map((_, index) => index).sort((a, b) => places[a] - places[b] || a - b);
  const result = [...places];
  const last = order.length - 1;
  for (let pass = 0; pass < 100; pass++) {
    for (let rank = 0; rank < last; rank++) {
      const [upper, lower] = [order[rank], order[rank + 1]];
      const lacking = Math.max(gap - (result[lower] - result[upper]), 0);
      result[upper] -= lacking / 2;
      result[lower] += lacking / 2;
    }
    for (const [rank, index] of order.entries()) {
      result[index] = Math.min(Math.max(result[index], top + rank * gap), bottom - (last - rank) * gap);
    }
  }
  return result;
}
