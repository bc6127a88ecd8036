/** The tokens of a made-up fleet of devices: their claims, what is wrong with some of them, and what to expect of each. */
import type { JwtClaims, Signer, VerdictCode } from "../index.js";
import type { Random } from "./random.js";

export const SIZES = ["small", "mid", "big"] as const;
export type Size = (typeof SIZES)[number];

/** What can be the matter with a token, and the verdict on it. */
export const KINDS = {
  valid: "ACCEPTED",
  expired: "EXPIRED",
  "not-yet-valid": "NOT_YET_VALID",
  tampered: "BAD_SIGNATURE",
  "wrong-audience": "AUDIENCE_MISMATCH",
  malformed: "MALFORMED",
} as const satisfies Record<string, VerdictCode>;

export type Kind = keyof typeof KINDS;
/** How many tokens there are to be of each kind. */
export type Quotas = Record<Kind, number>;

export interface Plan {
  readonly size: Size;
  readonly now: number;
  /** Seconds from signing to expiry. */
  readonly lifetime: number;
  readonly issuer: string;
  readonly audience: string;
}

export interface FleetToken {
  readonly token: string;
  readonly expect: VerdictCode;
}

/**
 * The tokens, in batches, in random order. What is left of each kind is drawn from, so that the quotas come out
 * exactly without anything being remembered.
 */
export function* fleetTokens(signer: Signer, random: Random, plan: Plan, quotas: Quotas, batchSize: number): Generator<FleetToken[]> {
  const left = { ...quotas };
  let remaining = Object.values(left).reduce((sum, count) => sum + count, 0);
  for (let device = 0; remaining > 0; ) {
    const kinds: Kind[] = [];
    const claims: JwtClaims[] = [];
    while (kinds.length < batchSize && remaining > 0) {
      const kind = draw(left, random.below(remaining--));
      kinds.push(kind);
      claims.push(claimsOf(plan, kind, device++, random));
    }
    const tokens = signer.signBatch(claims);
    yield tokens.map((token, index) => ({ token: spoil(token, kinds[index] as Kind, random), expect: KINDS[kinds[index] as Kind] }));
  }
}

function draw(left: Quotas, place: number): Kind {
  for (const kind of Object.keys(left) as Kind[]) {
    if (place < left[kind]) {
      left[kind]--;
      return kind;
    }
    place -= left[kind];
  }
  throw new RangeError("Expected the place to be within what is left");
}

function claimsOf(plan: Plan, kind: Kind, device: number, random: Random): JwtClaims {
  const times = timesOf(plan, kind, random);
  const audience = kind === "wrong-audience" ? `${plan.audience}-of-others` : plan.audience;
  return CLAIMS[plan.size]({ ...plan, audience }, device, times, random);
}

type Times = { iat: number; nbf?: number; exp: number };

/** The valid ones have run for half of their life at most. */
function timesOf({ now, lifetime }: Plan, kind: Kind, random: Random): Times {
  const age = random.below(Math.max(1, Math.floor(lifetime / 2)));
  if (kind === "expired") return { iat: now - age - lifetime, exp: now - age };
  if (kind === "not-yet-valid") return { iat: now, nbf: now + age + 60, exp: now + age + 60 + lifetime };
  return { iat: now - age, exp: now - age + lifetime };
}

const CLAIMS: Readonly<Record<Size, (plan: Plan, device: number, times: Times, random: Random) => JwtClaims>> = {
  small: (_, device, times) => ({ sub: `d${digits(device, 5)}`, ...times }),
  mid: ({ issuer, audience }, device, times, random) => ({
    iss: issuer,
    sub: `device-${digits(device, 7)}`,
    aud: audience,
    ...times,
    jti: random.hex(22),
    scope: "telemetry:write config:read",
  }),
  big: ({ issuer, audience, now }, device, times, random) => ({
    ...times,
    auth_time: now - 90,
    jti: uuid(random),
    iss: `${issuer}/realms/fleet`,
    aud: [`${audience}-account`, audience],
    sub: uuid(random),
    typ: "Bearer",
    azp: "device-gateway",
    session_state: uuid(random),
    acr: "1",
    "allowed-origins": ["https://console.example.com"],
    realm_access: { roles: ["offline_access", "uma_authorization", "default-roles-fleet"] },
    resource_access: { account: { roles: ["manage-account", "view-profile"] } },
    scope: "openid profile email",
    preferred_username: `device-${digits(device, 5)}`,
    email: `device-${digits(device, 5)}@devices.example.com`,
    given_name: "Temperature probe",
    family_name: "Hall 7, north wall, second rack",
  }),
};

function digits(number: number, length: number): string {
  return String(number).padStart(length, "0");
}

/** A UUID of version 4 (RFC 9562 §5.4). */
function uuid(random: Random): string {
  return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
}

function spoil(token: string, kind: Kind, random: Random): string {
  if (kind === "tampered") return tamper(token, random);
  if (kind === "malformed") return (MALFORMATIONS[random.below(MALFORMATIONS.length)] as (token: string) => string)(token);
  return token;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Replaces one character of the payload or the signature; not the last, whose spare bits have to stay zero. */
function tamper(token: string, random: Random): string {
  const [, payload, signature] = token.split(".") as [string, string, string];
  const ofPayload = random.below(2) === 0;
  const end = ofPayload ? token.length - signature.length - 2 : token.length - 1;
  const place = end - 1 - random.below((ofPayload ? payload : signature).length - 1);
  const other = ALPHABET[(ALPHABET.indexOf(token[place] as string) + 1 + random.below(63)) % 64];
  return token.slice(0, place) + other + token.slice(place + 1);
}

const MALFORMATIONS: readonly ((token: string) => string)[] = [
  (token) => token.slice(0, token.lastIndexOf(".")),
  (token) => `${token}=`,
  (token) => `${token}.${token}`,
  (token) => `Bearer ${token}`,
  (token) => token.replace(".", ":"),
];
