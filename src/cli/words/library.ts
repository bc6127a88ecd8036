/** What the library says, in the words of the command line: options are called by their names there. */
import { describeRejection, type RejectionCode } from "../../index.js";
import { UsageError } from "./failure.js";

/**
 * Runs what checks options; a TypeError of the library is passed on in the words of the command line.
 * `keyLabel` is what stands there for the key.
 */
export function inCommandLineWords<Result>(keyLabel: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(commandLineWords(error.message, keyLabel));
    throw error;
  }
}

const FLAG_NAMES: Readonly<Record<string, string>> = { requiredClaims: "require", currentDate: "now" };

function commandLineWords(message: string, keyLabel: string): string {
  return (
    message
      .replace(" or array of them", "")
      // What to write instead is said in the words of a program.
      .replace(/; write .*$/s, "")
      .replace("give a Date, or divide", "divide")
      .replace(" or null", "")
      .replace("`allowWeakSecrets: true`", "`--allow-weak-secrets`")
      .replace(/^Expected `(\w+)(?:\[\d+\])?((?:\.[^`.]+)*)`/, (_, option: string, members: string) => {
        const member = members.replace(/^\.(?:secret|publicKey|privateKey)/, "").slice(1);
        const name = /^keys?$/.test(option) ? keyLabel : flagOf(option);
        return `Expected ${member ? `\`${member}\` of ` : ""}\`${name}\``;
      })
      .replace(/`header(?:\.([^`]+))?`/g, (_, member?: string) => `${member ? `\`${member}\` of ` : ""}\`--header\``)
  );
}

/** The option by which the command takes one of the library's: `maxTokenAge` is --max-token-age. */
export function flagOf(option: string): string {
  return `--${FLAG_NAMES[option] ?? option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Why tokens are rejected: one sentence. */
export function describe(code: RejectionCode): string {
  return describeRejection(code).replace(/`(max\w+)`/, (_, option: string) => `\`${flagOf(option)}\``);
}
