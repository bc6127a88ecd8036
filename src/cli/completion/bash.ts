/** A completion script for bash. */
import type { Command, Option } from "../subcommand/definition.js";
import { GLOBAL, namesOf, optionsOf, quoted, spellings } from "./spelling.js";

/** Where the function names no words, bash completes the names of files; `compopt`, which bash 3 lacks, ends that. */
export function bash(commands: readonly Command[]): string {
  const all = commands.flatMap(namesOf).join(" ");
  return `# Completion of wasm-jwt for bash: eval "$(wasm-jwt completion bash)"
_wasm_jwt() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" words=
  # An option and its value with = between them are three words here.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words=${quoted(`${all} help ${GLOBAL.join(" ")}`)}
  else
    case "\${COMP_WORDS[1]}" in
      help) words=${quoted(all)} ;;
${commands.map(bashCase).join("\n")}
    esac
  fi
  [[ -n $words ]] || compopt +o default 2>/dev/null
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _wasm_jwt wasm-jwt
`;
}

function bashCase(command: Command): string {
  const options = optionsOf(command);
  const taking = options.filter(([, { type }]) => type !== "flag");
  const files = taking.filter(([, { value }]) => value === "FILE");
  const chosen = taking.filter(([, { choices }]) => choices);
  const others = taking.filter(([, { value, choices }]) => value !== "FILE" && !choices);
  const names = (some: [string, Option][]) => some.flatMap(spellings).join("|");
  const operands = command.operands === "FILE" ? "return" : `words=${quoted((command.operands ?? []).join(" "))}`;
  return [
    `      ${namesOf(command).join("|")})`,
    `        case "$before" in`,
    ...(files.length ? [`          ${names(files)}) return ;;`] : []),
    ...chosen.map(([name, option]) => `          ${names([[name, option]])}) words=${quoted((option.choices ?? []).join(" "))} ;;`),
    ...(others.length ? [`          ${names(others)}) ;;`] : []),
    `          *) if [[ $word == -* ]]; then words=${quoted(options.flatMap(spellings).join(" "))}; else ${operands}; fi ;;`,
    "        esac",
    "        ;;",
  ].join("\n");
}
