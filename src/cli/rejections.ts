/** Why tokens are rejected, in the words of the command line. */
import { describeRejection, type RejectionCode } from "../index.js";
import { kebab } from "./failure.js";

/** One sentence, in which the library's options are called by their names here. */
export function describe(code: RejectionCode): string {
  return describeRejection(code).replace(/`(max\w+)`/, (_, name: string) => `\`--${kebab(name)}\``);
}
