/** The types of adapt.mjs, which plain Node must be able to run. */
import type { createVerifier } from "../../src/index.js";

export interface Key {
  readonly format: string;
  readonly value: unknown;
}

export interface Row {
  readonly token: string;
  readonly key: Key;
  readonly alg: readonly string[] | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly kind?: "jwt" | "jws";
}

export interface Answer {
  /** null: not supported, and `skip` says what is not. */
  readonly ok: boolean | null;
  readonly payload?: unknown;
  readonly code?: string;
  readonly skip?: string;
}

export function adapt(library: { readonly createVerifier: typeof createVerifier }): {
  verify(row: Row): Answer;
  verifyBatch(row: Omit<Row, "token"> & { readonly tokens: readonly string[] }): Answer[];
};
