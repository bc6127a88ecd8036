/** A completion script for zsh. */
import type { Command, Option } from "../subcommand/definition.js";
import { brief, GLOBAL, namesOf, optionsOf, quoted, spellings } from "./spelling.js";

export function zsh(commands: readonly Command[]): string {
  const described = commands.flatMap((command) => namesOf(command).map((name) => `    ${quoted(`${name}:${command.summary}`)}`));
  return `#compdef wasm-jwt
# Completion of wasm-jwt for zsh: source <(wasm-jwt completion zsh) after compinit, or as the file _wasm-jwt in a folder of $fpath
_wasm_jwt() {
  local -a commands=(
${described.join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe -t commands command commands
    compadd help ${GLOBAL.join(" ")}
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
    help) _describe -t commands command commands ;;
${commands.map(zshCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _wasm-jwt ]]; then
  _wasm_jwt "$@"
else
  compdef _wasm_jwt wasm-jwt
fi
`;
}

function zshCase(command: Command): string {
  const { operands } = command;
  const specs = optionsOf(command).map(zshOption);
  if (operands !== undefined) specs.push(quoted(operands === "FILE" ? "*:file:_files" : `1:argument:(${operands.join(" ")})`));
  return [
    `    ${namesOf(command).join("|")})`,
    `      _arguments -s \\`,
    specs.map((spec) => `        ${spec}`).join(" \\\n"),
    "      ;;",
  ].join("\n");
}

/** As `_arguments` has it: what excludes it, its spellings, what it is, and its value. */
function zshOption([name, option]: [string, Option]): string {
  const { type, value, short, choices, help } = option;
  const takesValue = type !== "flag";
  const action = choices ? `(${choices.join(" ")})` : value === "FILE" ? "_files" : " ";
  const meaning = `[${brief(help).replace(/[[\]:\\]/g, "\\$&")}]${takesValue ? `:${value}:${action}` : ""}`;
  const long = `--${name}${takesValue ? "=" : ""}`;
  const excluded = type === "list" ? "*" : `(${spellings([name, option]).join(" ")})`;
  if (!short) return quoted(`${excluded}${long}${meaning}`);
  return `${quoted(excluded)}{-${short}${takesValue ? "+" : ""},${long}}${quoted(meaning)}`;
}
