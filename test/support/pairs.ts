/** Key pairs made for this run and gone with it, and tokens signed with node:crypto only. */
import { constants, type KeyObject, sign } from "node:crypto";
import { newPair } from "../../src/cli/keys/newPair.js";
import type { PublicAlgorithm } from "../../src/index.js";
import { base64url } from "./tokens.js";

export interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const ALGORITHM_NAMES = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const satisfies PublicAlgorithm[];

function makePairs(): Readonly<Record<PublicAlgorithm, Pair>> {
  const rsa = newPair("rsa", { modulusLength: 2048 });
  return {
    ...{ RS256: rsa, RS384: rsa, RS512: rsa, PS256: rsa, PS384: rsa, PS512: rsa },
    ES256: newPair("ec", { namedCurve: "P-256" }),
    ES384: newPair("ec", { namedCurve: "P-384" }),
    ES512: newPair("ec", { namedCurve: "P-521" }),
    EdDSA: newPair("ed25519"),
  };
}

export const PAIRS = makePairs();
/** Another pair for each algorithm. */
export const OTHER_PAIRS = makePairs();

/** The signature of `data`, in the form that a JWS has it. */
export function signatureWith(alg: PublicAlgorithm, data: string, privateKey: KeyObject = PAIRS[alg].privateKey): Buffer {
  const bits = Number(alg.slice(2));
  const how = {
    RS: { key: privateKey, padding: constants.RSA_PKCS1_PADDING },
    PS: { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 },
    ES: { key: privateKey, dsaEncoding: "ieee-p1363" as const },
    Ed: { key: privateKey },
  }[alg.slice(0, 2)] as { key: KeyObject };
  return sign(bits ? `sha${bits}` : null, Buffer.from(data, "latin1"), how);
}

/** Signs a payload as it stands under a header as it stands, `{"alg":…}` unless given. */
export function signWith(
  alg: PublicAlgorithm,
  payload: string,
  header: string = `{"alg":"${alg}"}`,
  privateKey: KeyObject = PAIRS[alg].privateKey,
): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${base64url(signatureWith(alg, input, privateKey))}`;
}

/** Runs `act` as in a runtime without node:crypto: what is made within has WebCrypto only. */
export function withoutNodeCrypto<Result>(act: () => Result): Result {
  const there = Object.getOwnPropertyDescriptor(process, "getBuiltinModule");
  Object.defineProperty(process, "getBuiltinModule", { value: undefined, configurable: true, writable: true });
  try {
    return act();
  } finally {
    if (there) Object.defineProperty(process, "getBuiltinModule", there);
    else Reflect.deleteProperty(process, "getBuiltinModule");
  }
}
