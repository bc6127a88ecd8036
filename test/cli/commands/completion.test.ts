/** The completion scripts, by the shells they are for; a shell that is not installed is skipped. */
import { spawnSync } from "node:child_process";
import { afterAll, describe, expect, it } from "vitest";
import { Folder, linesOf, run } from "../command.js";

const folder = new Folder();
afterAll(() => folder.remove());

const isInstalled = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;

/** What is typed before the tab key, and what is to be offered: all of it, or some of it. */
const CASES: [string, string[]][] = [
  ["wasm-jwt ver", ["verify"]],
  ["wasm-jwt dec", ["decode"]],
  ["wasm-jwt verify --pub", ["--public-key"]],
  ["wasm-jwt verify --alg E", ["ES256", "ES384", "ES512", "EdDSA"]],
  ["wasm-jwt verify -a P", ["PS256", "PS384", "PS512"]],
  ["wasm-jwt decode --alg=HS5", ["HS512"]],
  ["wasm-jwt sign --priv", ["--private-key"]],
  ["wasm-jwt generate --alg E", []],
  ["wasm-jwt generate --size m", ["mid"]],
  ["wasm-jwt keygen --format p", ["pem"]],
  ["wasm-jwt completion z", ["zsh"]],
  ["wasm-jwt help keyg", ["keygen"]],
  ["wasm-jwt verify --issuer key", []],
  ["wasm-jwt verify key", []],
  ["wasm-jwt verify --file key-", ["key-1.txt", "key-2.txt"]],
  ["wasm-jwt verify -k key-1", ["key-1.txt"]],
  ["wasm-jwt jwks key-2", ["key-2.txt"]],
];
for (const name of ["key-1.txt", "key-2.txt"]) folder.write(name, "");

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout, stderr } = await run(["completion", shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return folder.write(`completion.${shell}`, stdout);
}

function inShell(shell: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(shell, args, {
    cwd: folder.path,
    encoding: "utf8",
    env: { ...process.env, INPUTRC: "/dev/null" },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

/** Splits words as readline does, at = too, and completes names of files where the function leaves that to readline. */
const BASH = `
source "$1"
[[ $(complete -p wasm-jwt) == "complete -o default -F _wasm_jwt wasm-jwt" ]] || exit 1
compopt() { isDefault=no; }
for line in "\${@:2}"; do
  split=\${line//=/ = }
  read -ra COMP_WORDS <<< "$split"
  [[ $line == *' ' ]] && COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  isDefault=yes
  _wasm_jwt
  if [[ \${#COMPREPLY[@]} == 0 && $isDefault == yes ]]; then COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); fi
  echo "<\${COMPREPLY[*]}>"
done`;

const FISH = String.raw`
source $argv[1]
for line in $argv[2..-1]
  echo "<"(string join -- " " (complete -C $line | string replace -r '\t.*' "" | string replace -r '^--\w+=' ""))">"
end`;

/** Types each line into a shell of its own terminal; prints what is on the screen after the tab key was pressed twice. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PROMPT='%%'; unsetopt beep; LISTMAX=1000; autoload -Uz compinit; compinit -u -D; source $1; print rea''dy"
zpty -r -m z line '*ready*'
for typed in "\${@:2}"; do
  zpty -w -n z "$typed"$'\t\t'
  sleep 0.7
  print -rn -- "<"
  while zpty -r -t z part; do print -rn -- "$part"; done
  print ">"
  zpty -w -n z $'\x15'
  sleep 0.2
  while zpty -r -t z part; do :; done
done
zpty -d z`;

describe("completion", () => {
  it.skipIf(!isInstalled("bash"))("in bash", async () => {
    const lines = linesOf(inShell("bash", ["--norc", "-c", BASH, "bash", await scriptFor("bash"), ...CASES.map(([line]) => line)]));
    expect(lines.map((line) => line.slice(1, -1).split(" ").filter(Boolean).sort())).toEqual(CASES.map(([, words]) => [...words].sort()));
  });

  it.skipIf(!isInstalled("fish"))("in fish", async () => {
    const lines = linesOf(inShell("fish", ["--no-config", "-c", FISH, await scriptFor("fish"), ...CASES.map(([line]) => line)]));
    expect(lines.map((line) => line.slice(1, -1).split(" ").filter(Boolean).sort())).toEqual(CASES.map(([, words]) => [...words].sort()));
  });

  it.skipIf(!isInstalled("zsh"))("in zsh", async () => {
    const shown = inShell("zsh", ["-f", "-c", ZSH, "zsh", await scriptFor("zsh"), ...CASES.map(([line]) => line)]);
    const screens = shown.split(/^</m).slice(1);
    expect(screens).toHaveLength(CASES.length);
    for (const [index, [line, words]] of CASES.entries()) {
      for (const word of words) expect(screens[index], line).toContain(word);
      if (words.length === 0) expect(screens[index], line).not.toMatch(/key-1|ES256/);
    }
  });

  it.each(["bash", "zsh", "fish"])("is no longer than a shell likes to read at its start, %s", async (shell) => {
    expect((await run(["completion", shell])).stdout.length).toBeLessThan(25_000);
  });

  it("names every option of every command", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const script = folder.read((await scriptFor(shell)).split("/").at(-1) as string);
      for (const command of ["verify", "sign", "inspect", "generate", "keygen", "jwks", "completion"]) {
        const { stdout } = await run([command, "--help"]);
        const options = Array.from(stdout.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm), ([, name]) => name as string);
        expect(options.length).toBeGreaterThan(0);
        for (const option of options) expect(script).toContain(shell === "fish" ? `-l ${option} ` : `--${option}`);
      }
    }
  });
});
