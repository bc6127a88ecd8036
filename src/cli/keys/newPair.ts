/** New key pairs, each key an object of its own. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";

/** What node:crypto takes beside the type of a key. */
interface PairOptions {
  readonly modulusLength?: number;
  readonly namedCurve?: string;
}

/**
 * Made of their bytes, since Node 20 can wait for itself for ever otherwise: the keys that it generates share a lock with the job that made them,
 * which the garbage collector takes when it collects that job, perhaps while a key is being exported.
 */
export function newPair(type: "rsa" | "ec" | "ed25519", options: PairOptions = {}): KeyPairKeyObjectResult {
  const generate = generateKeyPairSync as (type: string, options: object) => { publicKey: Buffer; privateKey: Buffer };
  const { publicKey, privateKey } = generate(type, {
    ...options,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  return {
    publicKey: createPublicKey({ key: publicKey, type: "spki", format: "der" }),
    privateKey: createPrivateKey({ key: privateKey, type: "pkcs8", format: "der" }),
  };
}
