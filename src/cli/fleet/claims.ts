/** The claims of a made-up device. */
import type { JwtClaims } from "../../index.js";
import type { Kind, Plan, Size } from "./kinds.js";
import type { Random } from "./random.js";

export function claimsOf(plan: Plan, kind: Kind, device: number, random: Random): JwtClaims {
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
