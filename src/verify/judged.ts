/** A batch that is judged: all that its verdicts are read from. Plain data, whichever verifier, cache or thread it comes from. */
export interface Judged {
  /** Verdict codes, a byte a token. */
  readonly codes: Uint8Array;
  /** The tokens' texts, by number; undefined for what is no token by its type. */
  readonly texts: readonly unknown[];
  /** The numbers of the tokens' issuers, where there are several. */
  readonly issuers: Uint16Array | undefined;
  /** Claims that their code alone does not name. */
  readonly faults: ReadonlyMap<number, string> | undefined;
  readonly accepted: number;
  /** Whose payloads may still be in memory: tokens from this number on, at this generation. */
  readonly chunk: { readonly from: number; readonly generation: number } | undefined;
  /** The keys that tokens were judged with, where that has to be noted: the addresses that their records had. */
  readonly keys: Uint32Array | undefined;
  /** What its tokens were judged by; undefined where nothing was judged. */
  readonly rules: KeyNames | undefined;
  /** For tokens that were judged once more: what they were judged by then. */
  readonly rulesAgain: ReadonlyMap<number, KeyNames> | undefined;
}

/** The names of keys, of each issuer where there are several. */
export interface KeyNames {
  contextOfIssuer(issuer: number | undefined): KeyNaming;
}

/** The keys that tokens were judged by, as they were then. */
export interface KeyNaming {
  keyNameOf(token: string, key: number | undefined): string | undefined;
}
