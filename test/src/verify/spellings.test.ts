/**
 * Other spellings of an authentic token, which anyone with the token can make: the signature's numbers, with the order or the modulus added or
 * taken away, and its last character. ECDSA has one that is as good as the first.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier, type PublicAlgorithm } from "../../../src/index.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { createReplayGuard } from "../../../src/revocation/replayGuard.js";
import { ALGORITHM_NAMES, PAIRS, signWith, withoutNodeCrypto } from "../../support/pairs.js";
import { base64url, NOW, signWith as signWithSecret } from "../../support/tokens.js";
import { verdictsOf } from "../../support/verdicts.js";

const BAD = { ok: false, code: "BAD_SIGNATURE" };
const PAYLOAD = `{"iss":"A","jti":"1","exp":${NOW + 60}}`;

/** The orders of the groups (SEC 2 §2.4, §2.5, §2.6; RFC 8032 §5.1, §5.2). */
const ORDERS = {
  ES256: BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  ES384: BigInt("0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
  ES512: BigInt(`0x1${"f".repeat(64)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`),
  Ed25519: 2n ** 252n + 27742317777372353535851937790883648493n,
  Ed448: 2n ** 446n - BigInt("0x8335dc163bb124b65129c96fde933d8d723a70aadc873d6d54a7bb0d"),
};

function bigEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** Undefined where the number does not fit. */
function inBytes(number: bigint, length: number): Buffer | undefined {
  const hex = number.toString(16).padStart(2 * length, "0");
  return number >= 0n && hex.length === 2 * length ? Buffer.from(hex, "hex") : undefined;
}

function parts(token: string): [input: string, signature: Buffer] {
  const dot = token.lastIndexOf(".");
  return [token.slice(0, dot), Buffer.from(token.slice(dot + 1), "base64url")];
}

function verifiers(alg: PublicAlgorithm, publicKey: KeyObject) {
  const options = { keys: { alg, publicKey }, currentDate: NOW };
  return { verifier: createVerifier(options), byPromise: () => withoutNodeCrypto(() => createVerifier(options)) };
}

describe.each(["ES256", "ES384", "ES512"] as const)("a signature of %s", (alg) => {
  const token = signWith(alg, PAYLOAD);
  const [input, signature] = parts(token);
  const half = signature.length / 2;
  const [r, s] = [bigEndian(signature.subarray(0, half)), bigEndian(signature.subarray(half))];
  const order = ORDERS[alg];
  const withNumbers = (...numbers: bigint[]) => {
    const bytes = numbers.map((number) => inBytes(number, half));
    return bytes.every((each) => each !== undefined) ? [`${input}.${base64url(Buffer.concat(bytes))}`] : [];
  };
  const [other] = withNumbers(r, order - s) as [string];

  it("has one other spelling, r and n - s, with the same header and claims", async () => {
    const { verifier, byPromise } = verifiers(alg, PAIRS[alg].publicKey);
    expect(other).not.toBe(token);
    for (const [first, second] of await verdictsOf(verifier, [token, other])) {
      expect([first?.ok, second?.ok]).toEqual([true, true]);
      expect(JSON.parse(JSON.stringify(second))).toEqual(JSON.parse(JSON.stringify(first)));
    }
    expect((await byPromise().verifyBatchAsync([token, other])).accepted).toBe(2);
  });

  it("has no others", async () => {
    const { verifier, byPromise } = verifiers(alg, PAIRS[alg].publicKey);
    const wrong = [
      [r + order, s],
      [r, s + order],
      [r, 2n * order - s],
      [order - r, s],
      [order - r, order - s],
      [s, r],
      [r, 0n],
      [0n, s],
    ];
    // Only the halves of P-521 have room for what is greater than the order.
    const tokens = wrong.flatMap((numbers) => withNumbers(...(numbers as [bigint, bigint])));
    expect(tokens.length).toBe(alg === "ES512" ? 8 : 5);
    for (const verdicts of await verdictsOf(verifier, tokens)) expect(verdicts).toEqual(tokens.map(() => BAD));
    expect([...(await byPromise().verifyBatchAsync(tokens))]).toEqual(tokens.map(() => BAD));
  });

  it("is that of one token to a replay guard and to a list of what is revoked, in either spelling", async () => {
    const keys = PAIRS[alg].publicKey;
    for (const [first, second] of [[token, other] as const, [other, token] as const]) {
      const once = createVerifier({ keys, currentDate: NOW, replay: createReplayGuard() });
      expect([once.verify(first).ok, once.verify(second)]).toMatchObject([true, { ok: false, code: "REPLAYED" }]);
    }
    const revocation = createRevocationList({ currentDate: () => NOW });
    await revocation.revoke({ iss: "A", jti: "1", exp: NOW + 60 });
    const list = createVerifier({ keys, currentDate: NOW, revocation });
    expect([...list.verifyBatch([token, other])]).toMatchObject([{ code: "REVOKED" }, { code: "REVOKED" }]);
    revocation.close();
  });
});

describe.each([
  ["Ed25519", PAIRS.EdDSA],
  ["Ed448", generateKeyPairSync("ed448")],
] as const)("a signature of %s", (curve, { publicKey, privateKey }) => {
  it("has no other spelling: s is less than the order", async () => {
    const token = signWith("EdDSA", PAYLOAD, undefined, privateKey);
    const [input, signature] = parts(token);
    const half = signature.length / 2;
    const s = bigEndian(Buffer.from(signature.subarray(half)).reverse());
    const more = Array.from({ length: 16 }, (_, times) => inBytes(s + BigInt(times + 1) * ORDERS[curve], half)).filter(
      (each) => each !== undefined,
    );
    const less = inBytes(ORDERS[curve] - s, half) as Buffer;
    const tokens = [...more, less].map((each) => `${input}.${base64url(Buffer.concat([signature.subarray(0, half), each.reverse()]))}`);
    expect(tokens.length).toBeGreaterThan(14);
    const { verifier, byPromise } = verifiers("EdDSA", publicKey);
    for (const verdicts of await verdictsOf(verifier, [token, ...tokens])) {
      expect(verdicts).toMatchObject([{ ok: true }, ...tokens.map(() => BAD)]);
    }
    if (curve === "Ed25519") expect([...(await byPromise().verifyBatchAsync(tokens))]).toEqual(tokens.map(() => BAD));
  });
});

describe.each(["RS256", "PS256"] as const)("a signature of %s", (alg) => {
  it("has no other spelling: it is less than the modulus, and at full length", async () => {
    const { publicKey } = PAIRS[alg];
    const modulus = bigEndian(Buffer.from((publicKey.export({ format: "jwk" }) as { n: string }).n, "base64url"));
    // With the modulus added, one in some fits still: a modulus does not take up all that its bytes could hold.
    for (let number = 0; ; number++) {
      expect(number).toBeLessThan(5000);
      const token = signWith(alg, `{"jti":"${number}"}`);
      const [input, signature] = parts(token);
      const value = bigEndian(signature);
      const greater = inBytes(value + modulus, signature.length);
      if (!greater) continue;
      const others = [greater, inBytes(modulus - value, signature.length) as Buffer, Buffer.concat([Buffer.of(0), signature])];
      const tokens = others.map((each) => `${input}.${base64url(each)}`);
      const { verifier, byPromise } = verifiers(alg, publicKey);
      for (const verdicts of await verdictsOf(verifier, [token, ...tokens])) {
        expect(verdicts).toMatchObject([{ ok: true }, ...tokens.map(() => BAD)]);
      }
      expect([...(await byPromise().verifyBatchAsync(tokens))]).toEqual(tokens.map(() => BAD));
      return;
    }
  });
});

describe("the last character of a signature", () => {
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const secret = Buffer.alloc(64, "a test key, to be used nowhere else ");
  const SECRET_NAMES = ["HS256", "HS384", "HS512"] as const;

  it.each([...SECRET_NAMES, ...ALGORITHM_NAMES])("has one spelling, with %s", (alg) => {
    const isSecret = (name: string): name is (typeof SECRET_NAMES)[number] => name.startsWith("HS");
    const token = isSecret(alg) ? signWithSecret(alg, PAYLOAD, secret) : signWith(alg, PAYLOAD);
    const keys = isSecret(alg) ? { alg, secret } : { alg, publicKey: PAIRS[alg].publicKey };
    const verifier = createVerifier({ keys, currentDate: NOW });
    const bytes = token.slice(token.lastIndexOf(".") + 1);
    const spelt = [...ALPHABET].map((last) => token.slice(0, -1) + last);
    const same = spelt.filter((each) =>
      Buffer.from(each.slice(each.lastIndexOf(".") + 1), "base64url").equals(Buffer.from(bytes, "base64url")),
    );
    expect(same.length).toBe({ 0: 1, 2: 16, 3: 4 }[bytes.length % 4]);
    expect([...verifier.verifyBatch(same)].filter(({ ok }) => ok).length).toBe(1);
    for (const each of same) expect(verifier.verify(each)).toMatchObject(each === token ? { ok: true } : { ok: false, code: "MALFORMED" });
  });
});
