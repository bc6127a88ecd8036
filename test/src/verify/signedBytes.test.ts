/** What is lent is right while it is lent, nobody else's, and gone afterwards. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { lendBytes, useCopies } from "../../../src/verify/signedBytes.js";

interface Bytes {
  readonly input: Uint8Array;
  readonly signature: Uint8Array;
}

function tokenOf(inputLength: number, signatureLength: number) {
  const input = randomBytes(inputLength).toString("base64url").slice(0, inputLength);
  const signature = randomBytes(signatureLength);
  const token = { text: `${input}.${signature.toString("base64url")}`, signingLength: inputLength };
  return { token, expected: { input: Uint8Array.from(Buffer.from(input)), signature: Uint8Array.from(signature) } };
}

const copyOf = ({ input, signature }: Bytes): Bytes => ({ input: Uint8Array.from(input), signature: Uint8Array.from(signature) });
const isZero = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);

/** What `lendBytes` lends: as it was then, and the views themselves. */
function lent(token: ReturnType<typeof tokenOf>["token"], within?: () => void): { whole: Bytes; views: Bytes } {
  let seen: { whole: Bytes; views: Bytes } | undefined;
  lendBytes(token, (input, signature) => {
    within?.();
    seen = { whole: copyOf({ input, signature }), views: { input, signature } };
    return true;
  });
  return seen as { whole: Bytes; views: Bytes };
}

const LENGTHS = [
  [280, 256],
  [280, 256],
  [281, 64],
  [1, 1],
  [40, 0],
  [8191, 2048],
  [8192, 513],
  [100, 2048],
  [279, 256],
] as const;

describe("lent bytes", () => {
  it("are the token's, whatever lengths come one after the other", () => {
    for (const [inputLength, signatureLength] of LENGTHS) {
      const { token, expected } = tokenOf(inputLength, signatureLength);
      expect(lent(token).whole).toEqual(expected);
    }
  });

  it("are wiped when they come back", () => {
    for (const [inputLength, signatureLength] of LENGTHS) {
      const { views } = lent(tokenOf(inputLength, signatureLength).token);
      expect(isZero(new Uint8Array(views.input.buffer))).toBe(true);
      expect(views.signature.buffer).toBe(views.input.buffer);
    }
  });

  it("are wiped after an exception, and lent again", () => {
    const { token, expected } = tokenOf(280, 256);
    const views: Uint8Array[] = [];
    const fail = () =>
      lendBytes(token, (...both) => {
        views.push(...both);
        throw new Error("not today");
      });
    expect(fail).toThrow("not today");
    expect(views.map(isZero)).toEqual([true, true]);
    const again = lent(token);
    expect(again.whole).toEqual(expected);
    expect(again.views.input.buffer).toBe(views[0]?.buffer);
  });

  it("are nobody else's while they are lent", () => {
    const outer = tokenOf(280, 256);
    const inner = tokenOf(280, 256);
    let within: Bytes | undefined;
    const { whole, views } = lent(outer.token, () => {
      within = lent(inner.token).whole;
    });
    expect(within).toEqual(inner.expected);
    expect(whole).toEqual(outer.expected);
    expect(isZero(views.input)).toBe(true);
  });

  it("are the caller's answer", () => {
    const { token } = tokenOf(10, 10);
    expect(lendBytes(token, () => true)).toBe(true);
    expect(lendBytes(token, () => false)).toBe(false);
  });

  it.each([
    [8193, 256],
    [280, 2049],
    [20_000, 20_000],
  ])("are copies where there is no room for %i and %i", (inputLength, signatureLength) => {
    const { token, expected } = tokenOf(inputLength, signatureLength);
    const { whole, views } = lent(token);
    expect(whole).toEqual(expected);
    expect(views.input.buffer).not.toBe(lent(tokenOf(280, 256).token).views.input.buffer);
  });
});

describe("copies", () => {
  it("are the token's, and stay", async () => {
    const tokens = LENGTHS.map(([inputLength, signatureLength]) => tokenOf(inputLength, signatureLength));
    const copies = tokens.map(({ token }) => useCopies(token, async (input, signature) => ({ input, signature })));
    for (const { token } of tokens) lent(token);
    const found = (await Promise.all(copies)).map(copyOf);
    expect(found).toEqual(tokens.map(({ expected }) => expected));
  });
});
