/** Colours, where somebody sees them: a terminal, unless NO_COLOR or FORCE_COLOR say otherwise (no-color.org, force-color.org). */

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

export type Style = keyof typeof CODES;

/** The text for stdout. */
export function styled(style: Style, text: string): string {
  const [on, off] = CODES[style];
  return hasColours(process.env, process.stdout.isTTY === true) ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

/** As Node has it: FORCE_COLOR wins, 0 and false say no. An empty NO_COLOR says nothing. */
function hasColours({ FORCE_COLOR, NO_COLOR, TERM }: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return !NO_COLOR && isTerminal && TERM !== "dumb";
}
