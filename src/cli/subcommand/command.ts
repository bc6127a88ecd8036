/** Makes a subcommand of its definition. */
import { SUCCESS } from "../words/failure.js";
import { parseArguments } from "./arguments.js";
import type { Command, Definition, OptionTable } from "./definition.js";
import { helpText } from "./help.js";
import { HELP } from "./options.js";

/** A subcommand that reads its own arguments and answers `--help`. */
export function defineCommand<Options extends OptionTable>(definition: Definition<Options>): Command {
  const help = () => helpText({ ...definition, options: { ...definition.options, ...HELP } });
  return {
    ...definition,
    help,
    async run(args) {
      const parsed = parseArguments(args, definition.options);
      if (parsed !== "help") return definition.run(parsed.values, parsed.operands);
      process.stdout.write(help());
      return SUCCESS;
    },
  };
}
