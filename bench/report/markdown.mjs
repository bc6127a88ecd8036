/** Markdown as the documents of this project have it: tables whose first column stands left and the others right. */

export function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => plain(cell ?? "–")).join(" | ")} |`;
  return [line(head), `|---|${"--:|".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}

/** Text from a file must neither end a cell nor become markup. */
export const plain = (text) =>
  String(text)
    .replace(/\s+/g, " ")
    .replace(/[|<\\]/g, "\\$&");
