/** Keys of ECDSA that are no point on their curve are refused at once, in every runtime. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../../src/index.js";
import { isOffCurve } from "../../../src/keys/onCurve.js";
import type { PublicJwk } from "../../../src/runtime/platform.js";
import { PAIRS, withoutNodeCrypto } from "../../support/pairs.js";

type EcJwk = PublicJwk & { kty: "EC" };

describe.each(["ES256", "ES384", "ES512"] as const)("a public key of %s", (alg) => {
  const jwk = PAIRS[alg].publicKey.export({ format: "jwk" }) as EcJwk;
  const bytes = Buffer.from(jwk.y, "base64url").length;
  const other = (member: "x" | "y", change: (value: Buffer) => unknown) => {
    const value = Buffer.from(jwk[member], "base64url");
    change(value);
    return { ...jwk, [member]: value.toString("base64url") };
  };

  it("is on its curve", () => {
    for (let round = 0; round < 20; round++) {
      const { publicKey } = generateKeyPairSync("ec", { namedCurve: jwk.crv });
      expect(isOffCurve(publicKey.export({ format: "jwk" }) as EcJwk)).toBe(false);
    }
  });

  it.each<[string, EcJwk]>([
    ["another x", other("x", (x) => x.writeUInt8((x.at(-1) as number) ^ 1, bytes - 1))],
    ["another y", other("y", (y) => y.writeUInt8((y.at(-1) as number) ^ 1, bytes - 1))],
    ["zeros", { ...other("x", (x) => x.fill(0)), y: Buffer.alloc(bytes).toString("base64url") }],
    ["numbers out of the field", other("x", (x) => x.fill(0xff))],
  ])("is refused with %s", (_, keys) => {
    expect(() => withoutNodeCrypto(() => createVerifier({ keys }))).toThrow("Expected `keys` to be a point on its curve, got another");
    expect(() => createVerifier({ keys })).toThrow(TypeError);
  });
});
