/** How the command ends, and the one line it says where that is not well. No message repeats a token, a secret or what a file holds. */
import { debuglog } from "node:util";
import { isBrokenPipe, systemCode, systemReason } from "./system.js";

/** Exit codes of the command. */
export const SUCCESS = 0;
export const REJECTED = 1;
export const FAILURE = 2;
/** As of a program that a closed pipe or an interrupt ends. */
export const BROKEN_PIPE = 141;

/** The user can set it right: the message says what was expected. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const debug = debuglog("wasm-jwt");

/** Tells of an error on stderr and gives the exit code. */
export function reportFailure(error: unknown, command: string): number {
  if (isBrokenPipe(error)) return BROKEN_PIPE;
  process.stderr.write(`${command}: ${messageOf(error)}\n`);
  debug("%s", error instanceof Error ? error.stack : "no stack");
  return FAILURE;
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (systemCode(error)) return `The system reports ${systemReason(error)}`;
  return `Unexpected ${error instanceof Error ? error.constructor.name : "failure"}: please report it; NODE_DEBUG=wasm-jwt shows where it arose`;
}
