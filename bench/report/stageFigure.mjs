/** The engine's own pipeline, stage by stage, against what the hash alone takes. */
import { figure } from "./figure.mjs";
import { nanoseconds, percent } from "./format.mjs";
import { html } from "./markup.mjs";
import { stackChart } from "./stack.mjs";
import { numberTable } from "./table.mjs";

export function stages({ stages: sets }) {
  if (!sets?.length) return undefined;
  const panels = sets.map(({ set, tokenBytes, compressions, ...rest }) => ({
    title: set,
    note: sizeText(tokenBytes, compressions),
    ...rest,
  }));
  return figure({
    title: "Stage by stage, against the floor",
    text: "The verdict on a token in ns, each stage beginning where the one before it ended. The dotted line is the floor: the bare hash kernel on as many blocks. What the total has beyond it is all that could still be saved.",
    draw: (width) => stackChart({ title: "ns per token by stage, against the floor", panels }, width),
    tables: [stageTable(sets)],
  });
}

const sizeText = (bytes, compressions) => `${bytes} bytes${compressions ? `, ${compressions} compressions` : ""}`;

/** All sets side by side; the share of the total stands behind the time. */
function stageTable(sets) {
  const columns = sets.map(
    ({ parts, total, floor }) =>
      new Map([...parts, { name: "total", ns: total }, ...(floor ? [floor] : [])].map(({ name, ns }) => [name, { ns, share: ns / total }])),
  );
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const cell = (found) => found && html`${nanoseconds(found.ns)} <small>${percent(found.share)}</small>`;
  return numberTable({
    caption: "ns by stage, and the share of the total",
    head: ["", ...sets.map(({ set }) => set)],
    rows: names.map((name) => [name, ...columns.map((column) => cell(column.get(name)))]),
  });
}
