/** What those who write a verifier by hand share: the claims of a token, and the rules for them. */

export function claimsOf(token) {
  return parse(token.slice(token.indexOf(".") + 1, token.lastIndexOf(".")));
}

export const parse = (segment) => JSON.parse(Buffer.from(segment, "base64url").toString());

/** The same checks as everybody is asked for: `exp`, and where the set has them `iss` and `aud`. */
export function claimsHold({ exp, nbf, iss, aud }, { issuer, audience }, now) {
  if (exp !== undefined && !(now < exp)) return false;
  if (nbf !== undefined && !(now >= nbf)) return false;
  if (issuer !== undefined && iss !== issuer) return false;
  return audience === undefined || aud === audience || (Array.isArray(aud) && aud.includes(audience));
}

/** A function that finds the key for a header segment. The header of a single key is known by its text; others are parsed. */
export function keyFinder(algorithm, keys) {
  const byName = new Map(keys.map(({ kid, key }) => [kid, key]));
  const known = Buffer.from(JSON.stringify({ alg: algorithm, typ: "JWT" })).toString("base64url");
  const unnamed = byName.get(undefined);
  return (segment) => {
    if (segment === known && unnamed) return unnamed;
    const { alg, kid, crit } = parse(segment);
    return alg === algorithm && crit === undefined ? (byName.get(kid) ?? unnamed) : undefined;
  };
}
