/** The numbers of one scenario: a row for each contender. */

import { quartiles } from "../statistics.mjs";
import { inOrder } from "./contenders.mjs";
import { nanoseconds, tokensPerSecond } from "./format.mjs";
import { numberTable } from "./table.mjs";

export function scenarioTable({ id, title, results }) {
  const ordered = inOrder(results.map(({ contender }) => contender)).map((name) => results.find(({ contender }) => contender === name));
  return numberTable({
    caption: id ? `${title} (${id})` : title,
    head: ["ns per token", "median", "quartiles", "CPU time", "tokens/s"],
    rows: ordered.map(resultRow),
  });
}

function resultRow({ contender, version, kind, wall, cpu }) {
  const name = version ? `${contender} ${version}` : contender;
  if (wall.length === 0) return { kind, cells: [name, undefined, undefined, undefined, undefined] };
  const { low, median, high } = quartiles(wall);
  const cpuTime = cpu?.length ? nanoseconds(quartiles(cpu).median) : undefined;
  return { kind, cells: [name, nanoseconds(median), `${nanoseconds(low)}–${nanoseconds(high)}`, cpuTime, tokensPerSecond(median)] };
}
