/** Any key that a verifier is given: a secret for the engine, or a public key for the platform. Never one for the other. */
import { isPublicKeyInput, type PublicKey, type PublicKeyInput, parsePublicKey } from "./public.js";
import { parseSecretKey, type SecretKey, type SecretKeyInput } from "./secret.js";

export type KeyInput = SecretKeyInput | PublicKeyInput;
export type Key = SecretKey | PublicKey;

/**
 * Reads one configured key.
 * @throws TypeError that names the option, never what is in it.
 */
export function parseKey(input: KeyInput, name: string, allowWeak: boolean): Key {
  return isPublicKeyInput(input) ? parsePublicKey(input, name) : parseSecretKey(input, name, allowWeak);
}
