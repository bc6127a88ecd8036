/**
 * Claims objects by shape. What fits a shape that the engine remembers (`assembly/shapes.ts`) is the same JSON as the shape's
 * text but for a few strings and times: a copy of one object with those put in is what `JSON.parse` makes, in a fifth of the time.
 */
import { CLAIM_EXP, CLAIM_IAT, CLAIM_NBF } from "../abi.js";

interface Hole {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Which of exp, nbf and iat it is, or -1 for a string. */
  readonly time: number;
}

type Members = Record<string, unknown>;

const TIMES: Readonly<Record<string, number>> = { exp: CLAIM_EXP, nbf: CLAIM_NBF, iat: CLAIM_IAT };

export class Shape {
  readonly #model: Members;
  readonly #holes: readonly Hole[];
  /** Members that are objects or arrays: each claims object has its own. */
  readonly #nested: readonly string[];

  private constructor(model: Members, holes: readonly Hole[]) {
    this.#model = model;
    this.#holes = holes;
    this.#nested = Object.keys(model).filter((name) => typeof model[name] === "object" && model[name] !== null);
  }

  /**
   * The shape of the JSON `text`, whose bytes may differ where `mask` is 0, and which `payload` fits. Undefined where copies would
   * not be what `JSON.parse` makes, as when a name stands twice. Three fillings are tried: what does not differ may be the same as
   * one of them by chance, or by a caller's design, but not as ones and as twos.
   */
  static of(text: string, mask: Uint8Array, payload: string, times: Float64Array, at = 0): Shape | undefined {
    const shape = new Shape(JSON.parse(text) as Members, holesOf(text, mask));
    const isRight = (json: string, claims: Members) => JSON.stringify(claims) === JSON.stringify(JSON.parse(json));
    const isRightWith = (digit: string) => {
      const json = Array.from(text, (character, index) => (mask[index] ? character : digit)).join("");
      return isRight(json, shape.claims(json, new Float64Array(3).fill(Number(digit.repeat(10)))));
    };
    return isRight(payload, shape.claims(payload, times, at)) && isRightWith("1") && isRightWith("2") ? shape : undefined;
  }

  /** The claims of a payload that fits; exp, nbf and iat are in `times` from `at` on. */
  claims(payload: string, times: Float64Array, at = 0): Members {
    const claims = { ...this.#model };
    for (const name of this.#nested) claims[name] = structuredCopy(claims[name]);
    for (const { name, start, end, time } of this.#holes) claims[name] = time < 0 ? payload.substring(start, end) : times[at + time];
    return claims;
  }
}

/** Where the mask is 0: strings without their quotes, and times, each behind its name. */
function holesOf(text: string, mask: Uint8Array): Hole[] {
  const holes: Hole[] = [];
  for (let start = mask.indexOf(0), end: number; start >= 0; start = mask.indexOf(0, end)) {
    end = mask.indexOf(255, start);
    const isString = text[start - 1] === '"';
    const nameEnd = text.lastIndexOf('"', start - (isString ? 2 : 1));
    const name = text.slice(text.lastIndexOf('"', nameEnd - 1) + 1, nameEnd);
    holes.push({ name, start, end, time: isString ? -1 : (TIMES[name] as number) });
  }
  return holes;
}

/** Arrays and objects as `JSON.parse` makes them. */
function structuredCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(structuredCopy);
  const copy: Members = { ...value };
  for (const name of Object.keys(copy)) copy[name] = structuredCopy(copy[name]);
  return copy;
}
