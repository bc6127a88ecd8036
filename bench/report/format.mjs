/** Numbers as people read them. Three figures are enough: the machine drifts by more than the fourth. */

const NARROW_SPACE = "\u202f";

/** 1742.3 is "1,742"; under 10 a decimal is kept. */
export function nanoseconds(value) {
  return value < 9.95 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US");
}

/** Tokens a second from ns per token: "1.74 M", "23.4 k". */
export function tokensPerSecond(perToken) {
  return amount(1e9 / perToken);
}

export function amount(value) {
  if (value === 0) return "0";
  if (value >= 999_500) return `${figures(value / 1e6)}${NARROW_SPACE}M`;
  if (value >= 999.5) return `${figures(value / 1e3)}${NARROW_SPACE}k`;
  return figures(value);
}

/** The same on an axis, where 0 and 5 need no decimal. */
export const nanosecondsTick = (value) => nanoseconds(value).replace(/\.0$/, "");

function figures(value) {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** 10.43 is "10.4", 0.834 is "0.83". */
export function ratioText(value) {
  return value.toFixed(value < 9.995 ? 2 : 1);
}

export const percent = (share) => `${Number((100 * share).toFixed(1))}${NARROW_SPACE}%`;

/** Counts on an axis: 4096 stays, 65536 is "66 k". */
export function count(value) {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(1))}${NARROW_SPACE}M`;
  if (value >= 10_000) return `${Number((value / 1e3).toFixed(0))}${NARROW_SPACE}k`;
  return String(Number(value.toFixed(2)));
}

export function duration(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** A list as a sentence has it: "a, b and c". */
export function sentenceList(items) {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

export const nodeName = ({ node }) => node.replace(/^v/, "Node ");
export const nodeMajor = ({ node }) => Number.parseInt(node.replace(/^v/, ""), 10);
