/** What is checked after the engine: the caller's own `validate`, and then, of tokens that all else accepts, the replay guard. */
import { ACCEPTED, REPLAY_GUARD_FULL, REPLAYED, REVOCATION_STALE, REVOKED, VALIDATION_FAILED } from "../abi.js";
import type { AcceptedToken } from "./acceptedToken.js";
import type { Judging } from "./judging.js";
import type { Plan } from "./options.js";
import type { OnceOnly, Replays } from "./revocations.js";
import type { Acceptance } from "./verdict.js";

type Validate<Claims> = (claims: Claims) => boolean;
/** A token of a batch by its number. */
type TokenAt<Claims> = (number: number) => AcceptedToken<Claims>;

export class LastChecks<Claims> {
  readonly #validate: Validate<Claims> | undefined;
  readonly #replay: Replays | undefined;

  constructor({ validate, replay }: Pick<Plan, "validate" | "replay">) {
    this.#validate = validate as Validate<Claims> | undefined;
    this.#replay = replay;
  }

  /** Are there any? */
  get areNeeded(): boolean {
    return this.#validate !== undefined || this.#replay !== undefined;
  }

  /** What becomes of a token that the engine gave a code which `isPending`. */
  pass(code: number, token: AcceptedToken<Claims>): number {
    const replay = code === ACCEPTED ? this.#replay : undefined;
    // Read before the caller has the claims and may write to them.
    const identity = replay && token.identity();
    if (this.#validate && !isValid(this.#validate, token)) return VALIDATION_FAILED;
    return replay ? useOnce(replay, identity as OnceOnly) : code;
  }

  /** The same for a batch whose codes are the engine's. The engine's memory is no longer in use. */
  passAll(batch: Judging, tokenAt: TokenAt<Claims>): void {
    const { codes } = batch;
    if (this.#validate) validateAll(codes, tokenAt, this.#validate);
    if (this.#replay) rejectReplayed(codes, tokenAt, this.#replay);
    batch.accepted = 0;
    for (const code of codes) if (code === ACCEPTED) batch.accepted++;
  }
}

/** Is nothing against a token but what comes after `validate`? */
export function isPending(code: number): boolean {
  return code === ACCEPTED || code === REVOKED || code === REVOCATION_STALE;
}

function validateAll<Claims>(codes: Uint8Array, tokenAt: TokenAt<Claims>, validate: Validate<Claims>): void {
  for (const [number, code] of codes.entries()) {
    if (isPending(code) && !isValid(validate, tokenAt(number))) codes[number] = VALIDATION_FAILED;
  }
}

/** All tokens are read before the guard is asked about the first: that takes the engine's memory, where they are read from. */
function rejectReplayed<Claims>(codes: Uint8Array, tokenAt: TokenAt<Claims>, replay: Replays): void {
  const numbers = [...codes.keys()].filter((number) => codes[number] === ACCEPTED);
  const tokens = numbers.map((number) => tokenAt(number).identity());
  for (const [index, number] of numbers.entries()) codes[number] = useOnce(replay, tokens[index] as OnceOnly);
}

/** Whether a token is used for the first time. What a caller's own guard says that is no code, such as a promise, is not a yes. */
function useOnce(replay: Replays, token: OnceOnly): number {
  try {
    const code: unknown = replay.judge(token);
    return code === ACCEPTED || code === REPLAYED ? code : REPLAY_GUARD_FULL;
  } catch {
    return REPLAY_GUARD_FULL;
  }
}

/** Only `true` is a yes: a promise, say, is not. */
function isValid<Claims>(validate: Validate<Claims>, token: Acceptance<Claims>): boolean {
  try {
    return validate(token.claims) === true;
  } catch {
    return false;
  }
}
