/** Tables of very many keys, each of a device, and tokens that name them. */
import { createHash } from "node:crypto";
import { createKeyTable, type KeyTable } from "../../src/index.js";
import { NOW, signText } from "./tokens.js";

/** So many keys have a table whose look-ups are made side by side. */
export const LARGE = 3000;

/** A test secret that is another for each name and for each of its versions, and has no text of the name in it. */
export function deviceSecret(name: string, version = 0): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(`test key ${version} of ${name}`).digest());
}

export interface DeviceKey {
  readonly kid: string;
  readonly secret: Uint8Array;
}

export function deviceKeys(kids: readonly string[], version = 0): DeviceKey[] {
  return kids.map((kid) => ({ kid, secret: deviceSecret(kid, version) }));
}

/** Names of devices that are there to make a table large. */
export function fleet(count = LARGE): string[] {
  return Array.from({ length: count }, (_, number) => `fleet ${number}`);
}

export function tableOf(kids: readonly string[]): KeyTable {
  return createKeyTable({ keys: deviceKeys(kids) });
}

/** A token of the device, its header naming it. */
export function deviceToken(kid: string, version = 0): string {
  return signText(`{"iat":${NOW}}`, JSON.stringify({ alg: "HS256", kid }), deviceSecret(kid, version));
}
