/** What is judged behind the engine: the caller's own check, and then, of what everybody accepts, the replay guard. */
import { ACCEPTED, REPLAY_GUARD_FULL, REPLAYED, REVOCATION_STALE, REVOKED, VALIDATION_FAILED } from "../abi.js";
import type { Plan } from "./options.js";
import type { Acceptance, AcceptedToken, Verdicts } from "./result.js";
import type { OnceOnly, Replays } from "./revocations.js";

type Validate<Claims> = (claims: Claims) => boolean;

export class LastJudge<Claims> {
  readonly #validate: Validate<Claims> | undefined;
  readonly #replay: Replays | undefined;

  constructor({ validate, replay }: Pick<Plan, "validate" | "replay">) {
    this.#validate = validate as Validate<Claims> | undefined;
    this.#replay = replay;
  }

  /** Is there anything to judge? */
  get isNeeded(): boolean {
    return this.#validate !== undefined || this.#replay !== undefined;
  }

  /** What becomes of a token that the engine gave a code which `isPending`. */
  judge(code: number, token: AcceptedToken<Claims>): number {
    const replay = code === ACCEPTED ? this.#replay : undefined;
    // Read before the caller has the claims, who may write to them.
    const identity = replay && token.identity();
    if (this.#validate && !passes(this.#validate, token)) return VALIDATION_FAILED;
    return replay ? judgeUse(replay, identity as OnceOnly) : code;
  }

  /** Judges a batch whose `codes` are the engine's; returns how many tokens are accepted. The engine's memory is no longer in use. */
  judgeAll(codes: Uint8Array, verdicts: Verdicts<Claims>): number {
    if (this.#validate) validateAll(codes, verdicts, this.#validate);
    if (this.#replay) rejectReplayed(codes, verdicts, this.#replay);
    let accepted = 0;
    for (const code of codes) if (code === ACCEPTED) accepted++;
    return accepted;
  }
}

/** Is there more to judge: is nothing against a token but what comes behind `validate`? */
export function isPending(code: number): boolean {
  return code === ACCEPTED || code === REVOKED || code === REVOCATION_STALE;
}

function validateAll<Claims>(codes: Uint8Array, verdicts: Verdicts<Claims>, validate: Validate<Claims>): void {
  for (const [index, code] of codes.entries()) {
    if (isPending(code) && !passes(validate, verdicts.token(index))) codes[index] = VALIDATION_FAILED;
  }
}

/** All tokens are read before the first is judged: that takes the engine's memory, where they are read from. */
function rejectReplayed<Claims>(codes: Uint8Array, verdicts: Verdicts<Claims>, replay: Replays): void {
  const numbers = [...codes.keys()].filter((number) => codes[number] === ACCEPTED);
  const tokens = numbers.map((number) => verdicts.token(number).identity());
  for (const [index, number] of numbers.entries()) codes[number] = judgeUse(replay, tokens[index] as OnceOnly);
}

/** Whether a token is used for the first time. What a guard of the caller's says that is no code, a promise say, is not a yes. */
function judgeUse(replay: Replays, token: OnceOnly): number {
  try {
    const code: unknown = replay.judge(token);
    return code === ACCEPTED || code === REPLAYED ? code : REPLAY_GUARD_FULL;
  } catch {
    return REPLAY_GUARD_FULL;
  }
}

/** Only `true` passes: a promise, say, does not. */
function passes<Claims>(validate: Validate<Claims>, token: Acceptance<Claims>): boolean {
  try {
    return validate(token.claims) === true;
  } catch {
    return false;
  }
}
