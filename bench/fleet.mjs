/** The token sets that all figures are about: distinct HS256 tokens, signed by node:crypto, one 32-byte secret. */
import { createHash, createHmac } from "node:crypto";

/** A test key: 32 bytes that everybody knows. */
export const SECRET = createHash("sha256").update("wasm-jwt benchmark key, not a secret").digest();
export const NOW = 1_800_000_000;
export const ISSUER = "https://auth.example.com";
export const AUDIENCE = "mqtt-gateway";

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const HEADER = base64url({ alg: "HS256", typ: "JWT" });

export function signToken(claims, secret = SECRET) {
  const input = `${HEADER}.${base64url(claims)}`;
  // Through a buffer: a string that is built in pieces is flattened before it is measured.
  return Buffer.from(`${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`).toString("latin1");
}

const hex = (index, length) => createHash("sha256").update(`${index}`).digest("hex").slice(0, length);
const times = (index) => ({ iat: NOW - 60 - (index % 600), exp: NOW + 3600 + (index % 600) });

/** Claims by set: about 148, 322 and 1088 bytes a token. */
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

export function tokensOf(set, count) {
  return Array.from({ length: count }, (_, index) => signToken(SETS[set](index)));
}

/** What every contender is asked to check. */
export function checksOf(set) {
  if (set === "small") return {};
  return { issuer: set === "mid" ? ISSUER : "https://keycloak.example.com/realms/fleet", audience: AUDIENCE };
}
