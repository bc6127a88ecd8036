/** Scales from values to pixels. The ends of the domain fall on the ends of the range. `ticks` are where an axis is marked. */

/** From zero, for lengths: a bar must not start anywhere else. */
export function lengthScale(max, length, wanted = 5) {
  const step = niceStep(max / wanted);
  const ticks = [];
  for (let value = 0; value <= max * 1.0001; value += step) ticks.push(value);
  return Object.assign((value) => (value / max) * length, { ticks });
}

/** For what spans decades: equal distances are equal ratios. */
export function logScale([low, high], [start, end], base = 10) {
  const span = Math.log(high / low) || 1;
  const scale = (value) => start + (Math.log(value / low) / span) * (end - start);
  return Object.assign(scale, { ticks: base === 2 ? powersOfTwo(low, high) : oneTwoFive(low, high) });
}

/** For steps that are named and not measured: evenly spread. */
export function stepScale(values, [start, end]) {
  const distance = values.length > 1 ? (end - start) / (values.length - 1) : 0;
  return Object.assign((value) => start + values.indexOf(value) * distance, { ticks: values });
}

/** The least of 1, 2, 5, 10, 20, … that is not under `rough`. */
function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.9999);
}

/** 1, 2, 5, 10, …, or more of them where these are too few. */
function oneTwoFive(low, high) {
  const coarse = multiples([1, 2, 5], low, high);
  return coarse.length > 2 ? coarse : multiples([1, 1.5, 2, 3, 4, 5, 6, 8], low, high);
}

function multiples(factors, low, high) {
  const ticks = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10)
    for (const factor of factors) if (factor * power >= low * 0.9999 && factor * power <= high * 1.0001) ticks.push(factor * power);
  return ticks;
}

function powersOfTwo(low, high) {
  const ticks = [];
  for (let value = 2 ** Math.ceil(Math.log2(low) - 1e-9); value <= high * 1.0001; value *= 2) ticks.push(value);
  return ticks;
}

/** Leaves out ticks, evenly from the first, until they are `apart` pixels from each other. */
export function thinned(scale, apart) {
  const { ticks } = scale;
  for (let every = 1; every < ticks.length; every++) {
    const kept = ticks.filter((_, place) => place % every === 0);
    const gaps = kept.slice(1).map((tick, place) => Math.abs(scale(tick) - scale(kept[place])));
    if (gaps.every((gap) => gap >= apart)) return kept;
  }
  return ticks.slice(0, 1);
}
