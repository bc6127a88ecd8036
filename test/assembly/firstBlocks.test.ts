/** The memory of first blocks must never lend one token's hash state to another. */
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { base64url, NOW, OTHER_TEST_SECRET, signSegments, signText, TEST_SECRET } from "../support/tokens.js";

/** A header and the beginning of a payload of 48 bytes in which only `name` varies: more than 64 characters signed. */
function beginningOf(name: string): string {
  return `{"sub":"${name.padEnd(38, ".")}",`;
}

/** A token whose first 64 characters depend on `name` alone, `length` bytes of payload following. */
function tokenOf(name: string, length: number): string {
  return signText(`${beginningOf(name)}"x":"${"y".repeat(length)}"}`, '{"alg":"HS256"}');
}

/** The first 64 characters of one token before the rest of another. */
function splice(first: string, rest: string): string {
  return first.slice(0, 64) + rest.slice(64);
}

const names = Array.from({ length: 100 }, (_, index) => `device ${index}`);

describe("first blocks", () => {
  it("are shared by the tokens of one name and differ between names", () => {
    expect(tokenOf("device 1", 5).slice(0, 64)).toBe(tokenOf("device 1", 300).slice(0, 64));
    expect(new Set(names.map((name) => tokenOf(name, 5).slice(0, 64))).size).toBe(names.length);
  });

  it("learnt within a batch never authenticate what is left of another token in it", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    const short = names.map((name) => tokenOf(name, 5));
    const long = names.map((name) => tokenOf(name, 300));
    const wrong: string[] = [];
    for (let mine = 0; mine < names.length; mine++) {
      for (let other = 0; other < mine; other++) {
        const [own, victim] = [short[mine] as string, short[other] as string];
        verifier.verifyBatch([victim, victim]);
        verifier.verify(own);
        // The short ones are hashed first and taught; the long ones were looked up before that.
        const forged = splice(victim, long[mine] as string);
        const honest = long[other] as string;
        const codes = verifier.verifyBatch([own, own, own, own, own, forged, honest]).codes;
        if (codes.join() !== "0,0,0,0,0,7,0") wrong.push(`${mine}, ${other}: ${codes}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("serve many names in turn, and splices of any two of them are refused", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    const many = Array.from({ length: 400 }, (_, index) => `sensor ${index}`);
    const pairs = many.map((name) => [tokenOf(name, 5), tokenOf(name, 300)] as const);
    for (let round = 0; round < 12; round++) {
      // Each round begins elsewhere and steps differently, so that other names meet in a batch.
      const chosen = many.map((_, index) => pairs[(index * (2 * round + 3) + 31 * round) % many.length] as readonly [string, string]);
      const tokens = chosen.flatMap(([short, long], index) => [
        short,
        short,
        long,
        splice(short, (chosen[(index + 1) % many.length] as readonly [string, string])[1]),
      ]);
      const codes = verifier.verifyBatch(tokens).codes;
      expect(
        codes.every((code, index) => code === (index % 4 === 3 ? 7 : 0)),
        `round ${round}`,
      ).toBe(true);
    }
  });

  it("are kept for each key apart", () => {
    const verifier = createVerifier({
      keys: [
        { kid: "1", secret: TEST_SECRET },
        { kid: "2", secret: OTHER_TEST_SECRET },
      ],
      currentDate: NOW,
    });
    const payload = `${beginningOf("device")}"x":1}`;
    const [one, two] = ["1", "2"].map((kid) => `{"alg":"HS256","kid":"${kid}"}`) as [string, string];
    const tokens = [
      signText(payload, one),
      signText(payload, two, OTHER_TEST_SECRET),
      signText(payload, one, OTHER_TEST_SECRET),
      signText(payload, two),
    ];
    for (let round = 0; round < 5; round++) expect([...verifier.verifyBatch(tokens).codes]).toEqual([0, 0, 7, 7]);
  });

  it("are not recalled for another verifier that has the same name for another secret", () => {
    const token = tokenOf("device", 100);
    const right = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    const wrong = createVerifier({ keys: OTHER_TEST_SECRET, currentDate: NOW });
    for (let round = 0; round < 5; round++) {
      expect(right.verify(token).ok).toBe(true);
      expect(wrong.verify(token)).toEqual({ ok: false, code: "BAD_SIGNATURE" });
    }
  });

  it("are recalled only whole: a change in any of the 64 characters is seen", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    const token = tokenOf("device", 100);
    for (let round = 0; round < 5; round++) expect(verifier.verify(token).ok).toBe(true);
    for (let place = 0; place < 64; place++) {
      const changed = token.slice(0, place) + (token[place] === "A" ? "Q" : "A") + token.slice(place + 1);
      expect(verifier.verify(changed).ok, `character ${place}`).toBe(false);
    }
  });

  it.each([43, 44, 45, 46, 47, 48, 49, 50, 63, 64, 65, 127, 128, 129])(
    "are told from shorter signing inputs of %i characters",
    (length) => {
      const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
      const header = base64url('{"alg":"HS256"}');
      const payload = base64url(`{"x":"${"y".repeat(100)}`.slice(0, Math.ceil((3 * (length - header.length - 1)) / 4)));
      const token = signSegments(header, payload.slice(0, length - header.length - 1));
      for (let round = 0; round < 4; round++) expect(verifier.verify(token).ok).toBe(false);
      for (let round = 0; round < 4; round++) expect(verifier.verify(token)).toMatchObject({ code: "MALFORMED" });
    },
  );
});
