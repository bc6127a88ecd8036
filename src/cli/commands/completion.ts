/** `wasm-jwt completion`: a script by which a shell completes commands, options and their values, made from the commands' own tables. */
import { oneOfNames } from "../../explain/index.js";
import { SHELLS } from "../completion/shells.js";
import { standardOutput } from "../output/output.js";
import { defineCommand } from "../subcommand/command.js";
import type { Command } from "../subcommand/definition.js";
import { SUCCESS, UsageError } from "../words/failure.js";

/** `others` are all the other commands. */
export function completion(others: readonly Command[]): Command {
  const shells = Object.keys(SHELLS);
  const self: Command = defineCommand({
    name: "completion",
    usage: "SHELL",
    summary: "print a script that completes commands and options in a shell",
    about: `Prints a script for SHELL, which is ${oneOfNames(shells)}. Have the shell read it when it starts: then the tab key completes
commands, options and their values.`,
    options: {},
    operands: shells,
    notes: `fish: the first example, in ~/.config/fish/config.fish. bash: the second one, in ~/.bashrc. zsh: the third one, in
~/.zshrc after compinit.`,
    examples: ["wasm-jwt completion fish | source", `eval "$(wasm-jwt completion bash)"`, "source <(wasm-jwt completion zsh)"],
    async run(_, operands) {
      const [shell = ""] = operands;
      if (operands.length !== 1 || !Object.hasOwn(SHELLS, shell))
        throw new UsageError(`Expected one argument, the shell: ${oneOfNames(shells)}`);
      await standardOutput.write(SHELLS[shell as keyof typeof SHELLS]([...others, self]));
      return SUCCESS;
    },
  });
  return self;
}
