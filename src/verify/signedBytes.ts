/**
 * A token's signing input and its signature as bytes. A platform that answers at once is lent them: they are in one stretch of memory, which
 * is wiped after each token and written over by the next. One that answers by a promise gets copies.
 */
import { asciiBytes, type ByteWindow, base64urlBytes, byteWindow } from "../runtime/text.js";

/** A token that is known to be ASCII, its signature to be canonical base64url; the signing input has `signingLength` characters. */
interface SignedText {
  readonly text: string;
  readonly signingLength: number;
}

type Use<Result> = (input: Uint8Array, signature: Uint8Array) => Result;

/** The longest token unless a verifier says otherwise, and the longest signature, of an RSA key of 16,384 bits. */
const INPUT_ROOM = 8192;
const SIGNATURE_ROOM = 2048;

/** Lends the bytes of `token` until `use` is done with them: it must answer at once. */
export function lendBytes(token: SignedText, use: Use<boolean>): boolean {
  if (loan === undefined) loan = openLoan();
  const mine = loan;
  if (!mine?.write(token)) return useCopies(token, use);
  // Were `use` to lead to another token, that one would not get these bytes while they are in use.
  loan = null;
  try {
    return use(mine.input, mine.signature);
  } finally {
    mine.wipe();
    loan = mine;
  }
}

/** Has `use` work with bytes of its own. */
export function useCopies<Result>({ text, signingLength }: SignedText, use: Use<Result>): Result {
  return use(asciiBytes(text.slice(0, signingLength)), base64urlBytes(text.slice(signingLength + 1)));
}

/** The memory that is lent. Tokens of one issuer are mostly of one length: a view is made anew only where the length is another. */
class Loan {
  readonly #window: ByteWindow;
  readonly #buffer: ArrayBuffer;
  input: Uint8Array;
  signature: Uint8Array;

  constructor(buffer: ArrayBuffer, window: ByteWindow) {
    this.#window = window;
    this.#buffer = buffer;
    this.input = new Uint8Array(buffer, 0, 0);
    this.signature = new Uint8Array(buffer, INPUT_ROOM, 0);
  }

  /** False where there is no room: nothing is written then. */
  write({ text, signingLength }: SignedText): boolean {
    const characters = text.length - signingLength - 1;
    const signatureLength = (3 * characters) >> 2;
    if (signingLength > INPUT_ROOM || signatureLength > SIGNATURE_ROOM) return false;
    if (this.input.length !== signingLength) this.input = new Uint8Array(this.#buffer, 0, signingLength);
    if (this.signature.length !== signatureLength) this.signature = new Uint8Array(this.#buffer, INPUT_ROOM, signatureLength);
    this.#window.latin1Write(text, 0, signingLength);
    this.#window.base64urlWrite(text.slice(signingLength + 1), INPUT_ROOM);
    return true;
  }

  wipe(): void {
    this.input.fill(0);
    this.signature.fill(0);
  }
}

/** Undefined before it is first asked for; null while it is lent, and where there is no Buffer. */
let loan: Loan | null | undefined;

function openLoan(): Loan | null {
  const buffer = new ArrayBuffer(INPUT_ROOM + SIGNATURE_ROOM);
  const window = byteWindow(buffer);
  return window ? new Loan(buffer, window) : null;
}
