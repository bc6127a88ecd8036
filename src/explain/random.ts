/** Random bytes, for keys that sign nothing but what is explained. */
export function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
