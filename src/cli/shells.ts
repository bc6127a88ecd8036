/** Completion scripts for shells, from the tables of commands and options. */
import { HELP } from "./arguments.js";
import type { Command, Option } from "./command.js";

/** What each shell reads. */
export const SHELLS = { bash, zsh, fish } as const satisfies Record<string, (commands: readonly Command[]) => string>;

const GLOBAL = ["--help", "--version"];

function namesOf({ name, alias }: Command): string[] {
  return alias ? [name, alias] : [name];
}

function optionsOf({ options }: Command): [string, Option][] {
  return Object.entries({ ...options, ...HELP });
}

/** As it is typed: `-f`, `--file`. */
function spellings([name, { short }]: [string, Option]): string[] {
  return short ? [`-${short}`, `--${name}`] : [`--${name}`];
}

/** The help of an option up to its first break. */
function brief(help: string): string {
  return (/^[^;:(.]*/.exec(help)?.[0] ?? "").replaceAll("`", "").replaceAll("  ", " ").trim();
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

// ---- bash --------------------------------------------------------------------------------------------------------------

/** Where the function names no words, bash completes the names of files; `compopt`, which bash 3 lacks, ends that. */
function bash(commands: readonly Command[]): string {
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

// ---- zsh ---------------------------------------------------------------------------------------------------------------

function zsh(commands: readonly Command[]): string {
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

// ---- fish --------------------------------------------------------------------------------------------------------------

function fish(commands: readonly Command[]): string {
  const lines = [
    "# Completion of wasm-jwt for fish: wasm-jwt completion fish | source",
    "complete -c wasm-jwt -f",
    "complete -c wasm-jwt -n __fish_use_subcommand -s h -l help -d 'show all commands'",
    "complete -c wasm-jwt -n __fish_use_subcommand -s V -l version -d 'show the version'",
    "complete -c wasm-jwt -n __fish_use_subcommand -a help -d 'explain a command'",
    `complete -c wasm-jwt -n '__fish_seen_subcommand_from help' -a ${fishQuoted(commands.flatMap(namesOf).join(" "))}`,
    ...commands.flatMap(fishLines),
  ];
  return `${lines.join("\n")}\n`;
}

function fishLines(command: Command): string[] {
  const { operands, summary } = command;
  const names = namesOf(command);
  const within = `complete -c wasm-jwt -n ${fishQuoted(`__fish_seen_subcommand_from ${names.join(" ")}`)}`;
  const first = names.map((name) => `complete -c wasm-jwt -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`);
  const rest = operands === undefined ? [] : [operands === "FILE" ? `${within} -F` : `${within} -a ${fishQuoted(operands.join(" "))}`];
  return [...first, ...rest, ...optionsOf(command).map((option) => `${within} ${fishOption(option)}`)];
}

function fishOption([name, { type, value, short, choices, help }]: [string, Option]): string {
  const values = type === "flag" ? "" : choices ? ` -x -a ${fishQuoted(choices.join(" "))}` : value === "FILE" ? " -r -F" : " -x";
  return `${short ? `-s ${short} ` : ""}-l ${name}${values} -d ${fishQuoted(brief(help))}`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
