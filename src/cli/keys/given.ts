/** The one key that the options name. */
import { oneOfNames } from "../../explain/index.js";
import type { KeyInput } from "../../index.js";
import { UsageError } from "../words/failure.js";

/** Keys as the library takes them, and what stands for them on the command line. */
export interface Keys<Input extends KeyInput = KeyInput> {
  readonly label: string;
  readonly keys: readonly Input[];
}

const OPTIONS_OF_KEYS = ["secret-file", "secret-env", "jwk", "public-key", "jwks", "private-key"] as const;

/** The option that names a key, or none. @throws UsageError for several */
export function namesOfKeys(values: Readonly<Partial<Record<(typeof OPTIONS_OF_KEYS)[number], string | undefined>>>): readonly string[] {
  const given = OPTIONS_OF_KEYS.filter((name) => values[name] !== undefined);
  if (given.length > 1) throw new UsageError(`Expected one key, got ${given.map((name) => `\`--${name}\``).join(" and ")}`);
  return given;
}

/** Where a command needs a key; `values` tell what it takes. */
export function missingKey(values: object): UsageError {
  const options = OPTIONS_OF_KEYS.filter((name) => Object.hasOwn(values, name));
  const shown = options.map((name) => `\`--${name} ${name === "secret-env" ? "NAME" : "FILE"}\``);
  return new UsageError(`Expected a key: give ${oneOfNames(shown)}`);
}

/** @throws UsageError for an empty one, as of a variable of the shell that is not set */
export function requireName(kid: string | undefined): void {
  if (kid === "") throw new UsageError("Expected `--kid` to be a name, got an empty one");
}
