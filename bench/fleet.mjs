/**
 * The token sets that all figures are about: distinct tokens, signed by node:crypto, with secrets that everybody knows or with key pairs
 * made for this process.
 */
import { createHash, createHmac, createSecretKey, generateKeyPairSync, sign as signWith } from "node:crypto";

const SECRET_TEXT = "wasm-jwt benchmark key, not a secret";
/** A test key: 32 bytes that everybody knows. */
export const SECRET = createHash("sha256").update(SECRET_TEXT).digest();
/** The time to judge by, far ahead: good tokens are also good, and expired ones expired, for those who know no other clock than the machine's. */
export const NOW = 4_000_000_000;
export const ISSUER = "https://auth.example.com";
export const AUDIENCE = "mqtt-gateway";
/** How many distinct tokens a pool has: more than any cache between here and the memory of the machine holds. */
export const POOL = 20_480;

const LONG_AGO = 1_600_000_000;

/**
 * What an algorithm is called by node:crypto, and the characters of its signature. `pair` are the arguments that make a key pair of one
 * with public keys.
 */
const ALGORITHMS = {
  HS256: { hash: "sha256", signatureLength: 43 },
  HS384: { hash: "sha384", signatureLength: 64 },
  HS512: { hash: "sha512", signatureLength: 86 },
  RS256: { hash: "sha256", signatureLength: 342, pair: ["rsa", { modulusLength: 2048 }] },
  ES256: { hash: "sha256", signatureLength: 86, pair: ["ec", { namedCurve: "P-256" }] },
  EdDSA: { hash: null, signatureLength: 86, pair: ["ed25519"] },
};

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** Through a buffer: a string that is built in pieces is flattened before it is measured. */
const flat = (text) => Buffer.from(text).toString("latin1");
const HEADER = base64url({ alg: "HS256", typ: "JWT" });

export function signToken(claims, secret = SECRET, header = HEADER, hash = "sha256") {
  return tokenOf(claims, header, (input) => createHmac(hash, secret).update(input).digest());
}

function tokenOf(claims, header, signatureOf) {
  const input = `${header}.${base64url(claims)}`;
  return flat(`${input}.${signatureOf(input).toString("base64url")}`);
}

const hex = (index, length) => createHash("sha256").update(`${index}`).digest("hex").slice(0, length);
const times = (index) => ({ iat: NOW - 60 - (index % 600), exp: NOW + 3600 + (index % 600) });

/** Claims by set: about 148, 323 and 1080 bytes a token. */
export const SETS = {
  small: (index) => ({ sub: `d${String(index).padStart(5, "0")}`, ...times(index) }),
  mid: (index) => ({
    iss: ISSUER,
    sub: `device-${String(index).padStart(7, "0")}`,
    aud: AUDIENCE,
    ...times(index),
    jti: hex(index, 22),
    scope: "telemetry:write config:read",
  }),
  big: (index) => ({
    ...times(index),
    auth_time: NOW - 90,
    jti: `${hex(index, 8)}-1111-4222-8333-${hex(index + 7, 12)}`,
    iss: "https://keycloak.example.com/realms/fleet",
    aud: ["account", AUDIENCE],
    sub: `${hex(index + 3, 8)}-aaaa-4bbb-8ccc-${hex(index + 5, 12)}`,
    typ: "Bearer",
    azp: "device-gateway",
    session_state: `${hex(index + 9, 8)}-dddd-4eee-8fff-${hex(index + 11, 12)}`,
    acr: "1",
    "allowed-origins": ["https://console.example.com"],
    realm_access: { roles: ["offline_access", "uma_authorization", "default-roles-fleet"] },
    resource_access: { account: { roles: ["manage-account", "view-profile"] } },
    scope: "openid profile email",
    preferred_username: `device-${index}`,
    email: `device-${String(index).padStart(5, "0")}@devices.example.com`,
    given_name: "Temperature probe",
    family_name: "Hall 7, north wall, second rack from the door",
  }),
};

/** The claims of a set; besides those of `SETS` there is `"512 bytes"`, any size: small claims and a text that fills the token up. */
function claimsOf(set) {
  if (SETS[set]) return SETS[set];
  const [, size] = /^(\d+) bytes$/.exec(set) ?? [];
  if (size === undefined) throw new TypeError(`Expected a set to be small, mid, big or a size as "512 bytes", got ${JSON.stringify(set)}`);
  const payload = Math.floor(((Number(size) - HEADER.length - 2 - ALGORITHMS.HS256.signatureLength) * 3) / 4);
  return (index) => {
    const claims = { ...SETS.small(index), note: "" };
    const room = payload - JSON.stringify(claims).length;
    return room < 0 ? SETS.small(index) : { ...claims, note: "telemetry:write config:read ".repeat(room / 28 + 1).slice(0, room) };
  };
}

export function tokensOf(set, count) {
  const claims = claimsOf(set);
  return Array.from({ length: count }, (_, index) => signToken(claims(index)));
}

/** What every contender is asked to check. */
export function checksOf(set) {
  if (set === "mid") return { issuer: ISSUER, audience: AUDIENCE };
  return set === "big" ? { issuer: "https://keycloak.example.com/realms/fleet", audience: AUDIENCE } : {};
}

/**
 * One key is without a name; many have names. Secrets are as long as the hash; of a pair the private key is there as well.
 *
 * @typedef {import("node:crypto").KeyObject} KeyObject
 * @typedef {{ kid?: string, secret?: Uint8Array, publicKey?: KeyObject, privateKey?: KeyObject }} FleetKey
 * @returns {FleetKey[]}
 */
function keysOf(count, { hash, pair }) {
  const keyOf = (text) => (pair ? generateKeyPairSync(...pair) : { secret: createHash(hash).update(text).digest() });
  if (count === 1) return [{ kid: undefined, ...keyOf(SECRET_TEXT) }];
  return Array.from({ length: count }, (_, index) => ({
    kid: `key-${String(index).padStart(6, "0")}`,
    ...keyOf(`wasm-jwt benchmark key ${index}, not a secret`),
  }));
}

/** A function that signs claims under a header. Signatures of ECDSA are the two numbers, as a JWS has them. */
function signerOf({ secret, privateKey }, { hash }) {
  if (privateKey) {
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" };
    return (claims, header) => tokenOf(claims, header, (input) => signWith(hash, Buffer.from(input), key));
  }
  const key = createSecretKey(secret);
  return (claims, header) => signToken(claims, key, header, hash);
}

/** Ways to be bad. Each makes a bad token of a good one. */
const DEFECTS = {
  signature: ({ token }) => exchange(token, token.length - 10),
  expired: ({ claims, sign }) => sign({ ...claims, iat: LONG_AGO, exp: LONG_AGO + 3600 }),
  malformed: ({ token }) => exchange(token, (token.indexOf(".") + token.lastIndexOf(".")) >> 1, "*"),
};
export const DEFECT_NAMES = Object.keys(DEFECTS);

/** `token` with one other character at `place`. */
export function exchange(token, place, other = token[place] === "A" ? "B" : "A") {
  return flat(token.slice(0, place) + other + token.slice(place + 1));
}

/**
 * A pool of tokens and what is needed to judge them: `{ tokens, good, make, context }`. `good[index]` is 1 or 0: the share
 * `bad` of the tokens, spread evenly, has the `defect`, or the three in turn when it is "mixed". `make` makes one token bad.
 *
 * @typedef {ReturnType<typeof makeFleet>["context"]} Context
 */
export function makeFleet({ set, algorithm = "HS256", keys: keyCount = 1, count = POOL, bad = 0, defect = "mixed" }) {
  const entry = ALGORITHMS[algorithm];
  if (!entry)
    throw new TypeError(`Expected an algorithm that tokens are made for (${Object.keys(ALGORITHMS).join(", ")}), got ${algorithm}`);
  const claims = claimsOf(set);
  const keys = keysOf(keyCount, entry);
  const signers = new Map();
  const signerFor = (number) => {
    if (!signers.has(number)) signers.set(number, signerOf(keys[number], entry));
    return signers.get(number);
  };

  const goodToken = (index) => {
    const number = (index * 7919) % keyCount;
    const { kid } = keys[number];
    const header = base64url({ alg: algorithm, typ: "JWT", ...(kid === undefined ? {} : { kid }) });
    const sign = (content) => signerFor(number)(content, header);
    return { token: sign(claims(index)), claims: claims(index), sign };
  };
  const badToken = (index, name) => DEFECTS[name](goodToken(index));

  const thousandths = Math.round(bad * 1000);
  const badUpTo = (length) => Math.floor((length * thousandths) / 1000);
  const good = Uint8Array.from({ length: count }, (_, index) => (badUpTo(index + 1) > badUpTo(index) ? 0 : 1));
  const tokens = Array.from(good, (isGood, index) => {
    if (isGood) return goodToken(index).token;
    return badToken(index, defect === "mixed" ? DEFECT_NAMES[badUpTo(index) % DEFECT_NAMES.length] : defect);
  });
  return {
    tokens,
    good,
    goodToken: (index) => goodToken(index).token,
    badToken,
    context: {
      set,
      algorithm,
      hash: entry.hash,
      signatureLength: entry.signatureLength,
      keys: keys.map(({ privateKey, ...rest }) => rest),
      checks: checksOf(set),
      now: NOW,
    },
  };
}
