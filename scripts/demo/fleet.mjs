/** A seeded fleet of device tokens, signed by node:crypto; about one in twenty is bad in a known way. */
import { createHash, createHmac } from "node:crypto";

/** A test key. */
export const SECRET = createHash("sha256").update("wasm-jwt demo key, not a secret").digest();
export const ISSUER = "https://auth.example.com";
export const AUDIENCE = "mqtt-gateway";

const base64url = (text) => Buffer.from(text).toString("base64url");
const HEADER = base64url(JSON.stringify({ alg: "HS256", typ: "JWT" }));

/** The ways to be bad, with the code each must get. They come in turn, one token in twenty. */
const DEFECTS = [
  ["EXPIRED", (claims, now) => sign({ ...claims, exp: now - 1 })],
  ["EXPIRED", (claims, now) => sign({ ...claims, exp: now })],
  ["NOT_YET_VALID", (claims, now) => sign({ ...claims, nbf: now + 30 })],
  ["BAD_SIGNATURE", (claims) => tamper(sign(claims), -8)],
  ["BAD_SIGNATURE", (claims) => tamper(sign(claims), 60)],
  ["BAD_SIGNATURE", (claims) => sign(claims, "another secret of another fleet, 32+")],
  ["AUDIENCE_MISMATCH", (claims) => sign({ ...claims, aud: "firmware-server" })],
  ["ISSUER_MISMATCH", (claims) => sign({ ...claims, iss: "https://elsewhere.example.com" })],
  ["CLAIM_MISSING", ({ aud, ...claims }) => sign(claims)],
  ["CLAIM_INVALID", (claims) => sign({ ...claims, exp: String(claims.exp) })],
  ["ALGORITHM_NOT_ALLOWED", (claims) => sign(claims, SECRET, base64url('{"alg":"none"}'))],
  ["ALGORITHM_NOT_ALLOWED", (claims) => sign(claims, SECRET, base64url('{"alg":"RS256","typ":"JWT"}'))],
  ["MALFORMED", (claims) => sign(claims).slice(0, -44)],
  ["MALFORMED", (claims) => `${sign(claims)}=`],
  ["MALFORMED", (claims) => `${sign(claims)}.`],
  ["MALFORMED", () => `${HEADER}.${base64url('{"exp":1e400')}.${"A".repeat(43)}`, "BAD_SIGNATURE"],
];

/** `count` lines: `{ token, expected }`, the same for the same seed and `now`. */
export function* fleet(count, now, seed = 1) {
  let state = seed >>> 0 || 1;
  const random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  let defects = 0;
  for (let index = 0; index < count; index++) {
    const claims = {
      iss: ISSUER,
      sub: `device-${String(index).padStart(7, "0")}`,
      aud: random() < 0.1 ? ["console", AUDIENCE] : AUDIENCE,
      iat: now - Math.floor(random() * 3600),
      exp: now + 1 + Math.floor(random() * 86_400),
      jti: createHash("sha256")
        .update(`${seed} ${index}`)
        .digest("hex")
        .slice(0, 8 + Math.floor(random() * 24)),
      scope: "telemetry:write config:read",
    };
    if (random() >= 0.05) {
      yield { token: sign(claims), expected: "ACCEPTED" };
      continue;
    }
    const [code, make, other] = DEFECTS[defects++ % DEFECTS.length];
    yield { token: make(claims, now), expected: other ?? code };
  }
}

function sign(claims, secret = SECRET, header = HEADER) {
  const input = `${header}.${base64url(JSON.stringify(claims))}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

function tamper(token, place) {
  const at = place < 0 ? token.length + place : place;
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
}
