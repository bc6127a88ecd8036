/** Keys that a claim names, read before the signature is verified: it selects, and vouches for nothing. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVerifier, type VerifierOptions } from "../../src/index.js";
import { isObject, memberNames, nestingOf, parseStrict } from "../reference/json.js";
import { deviceSecret, fleet, tableOf } from "../support/devices.js";
import { runs } from "../support/runs.js";
import { base64url, NOW, signatureOf, signSegments, signText } from "../support/tokens.js";

const KIDS = [
  "A",
  "B",
  "",
  '"',
  "back\\slash",
  "ключ",
  "😀",
  "a\nb",
  "\0",
  "k".repeat(256),
  "é".repeat(128),
  "k".repeat(96),
  "k".repeat(97),
];

const TABLES = { small: tableOf(KIDS), large: tableOf([...fleet(), ...KIDS]) };
type Size = keyof typeof TABLES;

function verifierOf(size: Size, claim: string, options: Partial<VerifierOptions> = {}) {
  const verifier = createVerifier({ keys: TABLES[size], keyFrom: { claim }, currentDate: NOW, ...options });
  return (token: string): string => {
    const verdict = verifier.verify(token);
    return verdict.ok ? "ACCEPTED" : [verdict.code, ...(verdict.claim === undefined ? [] : [verdict.claim])].join(" ");
  };
}

/** Signed as it stands by a device. */
const by = (kid: string, payload: string | Uint8Array, header = '{"alg":"HS256"}') => signText(payload, header, deviceSecret(kid));

/** So much that the claim is not among the first 128 characters, at any of the places where a string may be cut. */
const FILLERS = Array.from({ length: 40 }, (_, index) => "x".repeat(60 + index));

const CLAIMS = [
  ["sub", "a registered claim"],
  ["dev", "a private one"],
] as const;

describe.each(["small", "large"] as const)("in a %s table", (size) => {
  describe.each(CLAIMS)("a key named by %s, %s,", (claim) => {
    const codeOf = verifierOf(size, claim);

    it.each([
      ["alone", `{"${claim}":"A"}`],
      ["first", `{"${claim}":"A","exp":${NOW + 1},"x":[1,{"y":null}]}`],
      ["last", `{"exp":${NOW + 1},"x":[1,{"y":null}],"${claim}":"A"}`],
      ["among white space", ` {\t"x" : 1 ,\r\n"${claim}" : "A" } `],
      ["with an escape in its name", `{"\\u00${Buffer.from(claim.slice(0, 1)).toString("hex")}${claim.slice(1)}":"A"}`],
      ["with an escape in its value", `{"${claim}":"\\u0041"}`],
      ["with an escape in its value, before names with escapes", `{"${claim}":"\\u0041","\\u0042":1,"${"\\u0042".repeat(300)}":2}`],
      ["behind a nested one of that name", `{"x":{"${claim}":"B"},"${claim}":"A"}`],
      ["before a nested one of that name", `{"${claim}":"A","x":{"${claim}":"B"}}`],
      ["behind its like in a string", `{"x":"\\"${claim}\\":\\"B\\"","${claim}":"A"}`],
      ["behind names much like it", `{"${claim}x":"B","${claim.slice(1)}":"B","${claim.toUpperCase()}":"B","${claim}":"A"}`],
      ["behind a name that is empty", `{"":1,"${claim}":"A"}`],
      ["behind a long value", `{"x":"${"x".repeat(5000)}","${claim}":"A"}`],
      ["before a long value", `{"${claim}":"A","x":"${"x".repeat(5000)}"}`],
      ["between long names with escapes", `{"${"x\\u0041".repeat(400)}":1,"${claim}":"A","${"y\\u0041".repeat(400)}":1}`],
    ])("is found where it stands %s", (_, payload) => {
      expect(codeOf(by("A", payload))).toBe("ACCEPTED");
      expect(codeOf(by("B", payload))).toBe("BAD_SIGNATURE");
    });

    it.each(KIDS)("may be any: %j", (kid) => {
      const spelt = [JSON.stringify(kid), `"${[...Array(kid.length).keys()].map((unit) => escapeOf(kid.charCodeAt(unit))).join("")}"`];
      for (const value of spelt) {
        for (const payload of [`{"${claim}":${value}}`, `{"x":"${FILLERS[0]}","${claim}":${value},"y":"\\u0041"}`]) {
          expect(codeOf(by(kid, payload)), payload).toBe("ACCEPTED");
          expect(codeOf(by(kid === "A" ? "B" : "A", payload)), payload).toBe("BAD_SIGNATURE");
        }
      }
    });

    it("is found wherever it stands about the place up to which is read first", () => {
      for (const filler of FILLERS) {
        for (const kid of ["A", "k".repeat(96), "😀", "back\\slash"]) {
          const payload = `{"x":"${filler}","${claim}":${JSON.stringify(kid)}}`;
          expect(codeOf(by(kid, payload)), payload).toBe("ACCEPTED");
        }
      }
    });

    it.each([
      ["that of no key", `{"${claim}":"C"}`],
      ["that of none in this case", `{"${claim}":"a"}`],
      ["longer by a NUL", `{"${claim}":"A\\u0000"}`],
      ["a number", `{"${claim}":1}`],
      ["null", `{"${claim}":null}`],
      ["an array", `{"${claim}":["A"]}`],
      ["an object", `{"${claim}":{"${claim}":"A"}}`],
      ["true", `{"${claim}":true}`],
      ["absent", "{}"],
      ["absent, and kid is none", '{"kid":"A"}'],
      ["only deeper down", `{"x":{"${claim}":"A"}}`],
      ["a lone surrogate", `{"${claim}":"\\ud800"}`],
      ["longer than 256 bytes", `{"${claim}":"${"k".repeat(257)}"}`],
      ["longer than 256 bytes, not characters", `{"${claim}":"${"é".repeat(128)}x"}`],
      ["longer than 256 bytes with escapes", `{"${claim}":"${"\\u006b".repeat(257)}"}`],
      ["much longer with escapes", `{"${claim}":"${"\\u006b".repeat(900)}"}`],
      ["in an array", `["${claim}","A"]`],
      ["the payload", `"${claim}"`],
      ["in no JSON", `{${claim}:"A"}`],
      ["behind no colon", `{"${claim}"="A"}`],
      ["cut off", `{"${claim}":"A`],
      ["missing", `{"${claim}":`],
      ["behind no JSON", `{"x":tru,"${claim}":"A"}`],
      ["behind a control character", `{"x":"\u0001","${claim}":"A"}`],
      ["of nothing", ""],
    ])("is none where the claim is %s", (_, payload) => {
      const expected = payload === "" ? "MALFORMED" : "KEY_NOT_FOUND";
      for (const kid of ["A", "B"]) expect(codeOf(by(kid, payload))).toBe(expected);
    });

    it("is not the one that the header names", () => {
      const header = (kid: string) => `{"alg":"HS256","kid":"${kid}"}`;
      for (let round = 0; round < 3; round++) {
        expect(codeOf(by("A", `{"${claim}":"A"}`, header("B")))).toBe("ACCEPTED");
        expect(codeOf(by("B", `{"${claim}":"B"}`, header("B")))).toBe("ACCEPTED");
        expect(codeOf(by("B", `{"${claim}":"A"}`, header("B")))).toBe("BAD_SIGNATURE");
        expect(codeOf(by("A", "{}", header("A")))).toBe("KEY_NOT_FOUND");
        expect(codeOf(by("A", `{"${claim}":"A"}`, '{"alg":"HS256","kid":1}'))).toBe("MALFORMED");
        expect(codeOf(by("A", `{"${claim}":"C"}`, '{"alg":"HS512"}'))).toBe("KEY_NOT_FOUND");
        expect(codeOf(by("A", `{"${claim}":"A"}`, '{"alg":"HS512"}'))).toBe("ALGORITHM_NOT_ALLOWED");
        expect(codeOf(by("A", `{"${claim}":"A"}`, '{"alg":"none"}'))).toBe("ALGORITHM_NOT_ALLOWED");
      }
    });

    it("does not make base64url of what is none", () => {
      const [header, payload] = [base64url('{"alg":"HS256"}'), base64url(`{"${claim}":"A","x":"${"x".repeat(400)}"}`)];
      const sign = (text: string) => signSegments(header, text, deviceSecret("A"));
      expect(codeOf(sign(payload))).toBe("ACCEPTED");
      for (const wrong of ["=", "+", " ", "A==", "é"]) {
        expect(codeOf(sign(`${payload.slice(0, -1)}${wrong}`)), wrong).toBe("MALFORMED");
        expect(codeOf(sign(`${payload.slice(0, 200)}${wrong}${payload.slice(201)}`)), wrong).toBe("MALFORMED");
      }
      const short = base64url(`{"${claim}":"A"}`);
      expect(codeOf(sign(`${short}=`))).toBe("MALFORMED");
      for (let end = 0; end < payload.length; end++) {
        const input = `${header}.${payload.slice(0, end)}`;
        expect(codeOf(`${input}.${signatureOf(input, deviceSecret("B"))}`), `${end}`).toMatch(/^(MALFORMED|KEY_NOT_FOUND|BAD_SIGNATURE)$/);
        expect(codeOf(`${input}.${signatureOf(input, deviceSecret("A"))}`), `${end}`).toMatch(/^(MALFORMED|KEY_NOT_FOUND)$/);
        expect(codeOf(input)).toBe("MALFORMED");
      }
    });

    it("is that of its own token in a batch", () => {
      const verifier = createVerifier({ keys: TABLES[size], keyFrom: { claim }, currentDate: NOW });
      const kids = [...KIDS, "C", ...fleet(1500)];
      const tokens = kids.map((kid, index) => by(index % 7 === 3 ? "A" : kid, JSON.stringify({ x: index, [claim]: kid })));
      const expected = kids.map((kid, index) => {
        if (kid === "C" || (size === "small" && !KIDS.includes(kid))) return 6;
        return index % 7 === 3 && kid !== "A" ? 7 : 0;
      });
      for (let round = 0; round < 2; round++) expect([...verifier.verifyBatch(tokens).codes]).toEqual(expected);
    });
  });

  describe("a registered claim that stands twice, or before what is no JSON,", () => {
    const codeOf = verifierOf(size, "sub");

    it.each([
      ['{"sub":"A","sub":"B"}', "A", "CLAIM_INVALID sub"],
      ['{"sub":"A","sub":"A"}', "A", "CLAIM_INVALID sub"],
      ['{"sub":"A","sub":"B"}', "B", "BAD_SIGNATURE"],
      ['{"sub":"A","\\u0073ub":"B"}', "A", "CLAIM_INVALID sub"],
      [`{"sub":"A","x":"${"x".repeat(300)}","sub":"B"}`, "A", "CLAIM_INVALID sub"],
      [`{"sub":"A","x":"${"x".repeat(300)}","sub":"B"}`, "B", "BAD_SIGNATURE"],
      ['{"sub":1,"sub":"A"}', "A", "KEY_NOT_FOUND"],
    ])("%s, signed by %s, is %s", (payload, kid, code) => {
      expect(codeOf(by(kid, payload))).toBe(code);
    });

    it.each([
      ["is not closed", '{"sub":"A"'],
      ["ends with a comma", '{"sub":"A",'],
      ["is closed twice", '{"sub":"A"}}'],
      ["has a wrong number behind it", '{"sub":"A","x":01}'],
      ["has a wrong word far behind it", `{"sub":"A","x":"${"x".repeat(300)}","y":nul}`],
      ["nests too deep behind it", `{"sub":"A","x":${"[".repeat(128)}${"]".repeat(128)}}`],
    ])("is looked for in a payload that %s, which is MALFORMED at best", (_, payload) => {
      expect(codeOf(by("A", payload))).toMatch(/^(MALFORMED|KEY_NOT_FOUND)$/);
      expect(codeOf(by("B", payload))).toMatch(/^(BAD_SIGNATURE|KEY_NOT_FOUND)$/);
    });
  });

  describe("a private claim that stands twice", () => {
    const codeOf = verifierOf(size, "dev");

    it.each([
      '{"dev":"A","dev":"B"}',
      '{"dev":"A","dev":"A"}',
      '{"dev":"A","d\\u0065v":"B"}',
      '{"dev":"A","dev":1}',
      '{"dev":1,"dev":"A"}',
      `{"dev":"A","x":"${"x".repeat(300)}","dev":"B"}`,
      '{"dev":"A"',
      '{"dev":"A","x":01}',
      `{"dev":"A","x":${"[".repeat(128)}${"]".repeat(128)}}`,
    ])("%s, or in no valid JSON, names nothing", (payload) => {
      for (const kid of ["A", "B"]) expect(codeOf(by(kid, payload))).toBe("KEY_NOT_FOUND");
    });

    it("may be followed by what is no JSON, which is MALFORMED", () => {
      expect(codeOf(by("A", '{"dev":"A"} x'))).toBe("MALFORMED");
    });
  });

  it.each(CLAIMS)("any payload is judged as JSON.parse reads %s", (claim) => {
    const codeOf = verifierOf(size, claim);
    const name = fc.constantFrom(
      `"${claim}"`,
      `"${claim}"`,
      `"${claim}"`,
      '"x"',
      '"y"',
      '""',
      `"\\u00${Buffer.from(claim).toString("hex", 0, 1)}${claim.slice(1)}"`,
      '"aud"',
    );
    const value = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('"A"', '"B"', '"\\u0041"', '"C"') },
      { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 120 }).map((text) => JSON.stringify(text)) },
      { weight: 1, arbitrary: fc.constantFrom(...KIDS).map((kid) => JSON.stringify(kid)) },
    );
    const space = fc.constantFrom("", "", "", " ", "\n\t");
    const member = fc
      .tuple(space, name, space, space, value)
      .map(([before, key, colon, after, text]) => `${before}${key}${colon}:${after}${text}`);
    const payload = fc.array(member, { maxLength: 6 }).map((members) => `{${members.join(",")}}`);
    fc.assert(
      fc.property(payload, fc.constantFrom("A", "A", "B", ...KIDS), (text, signer) => {
        expect(codeOf(by(signer, text))).toBe(expectedCode(text, claim, signer));
      }),
      runs(2000),
    );
  });

  it.each(CLAIMS)("any bytes are judged without a key that %s does not name", (claim) => {
    const codeOf = verifierOf(size, claim);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.constantFrom(`{"${claim}":"A","x":"`, `{"x":1,"${claim}":"`, "{"), fc.uint8Array({ maxLength: 150 }))
        .map(([head, rest]) => {
          return Uint8Array.from(Buffer.concat([Buffer.from(head), rest, Buffer.from('"}')]));
        }),
    );
    fc.assert(
      fc.property(bytes, (payload) => {
        // A name that is longer than what there is.
        const code = codeOf(by("k".repeat(256), payload));
        expect(["MALFORMED", "KEY_NOT_FOUND", "BAD_SIGNATURE"]).toContain(code);
      }),
      runs(1000),
    );
  });
});

/** What the rules say of a payload that is signed by a device, its JSON being read by `JSON.parse`. */
function expectedCode(text: string, claim: string, signer: string): string {
  const json = parseStrict(Buffer.from(text));
  if (!json || !isObject(json.value) || nestingOf(text) > 128) return "MALFORMED";
  const names = memberNames(text);
  const count = names.filter((name) => name === claim).length;
  const first = firstValue(text, claim);
  if (count === 0 || typeof first !== "string" || !KIDS.includes(first)) return "KEY_NOT_FOUND";
  if (claim === "dev" && count > 1) return "KEY_NOT_FOUND";
  if (first !== signer) return "BAD_SIGNATURE";
  const repeated = names.find((name, index) => ["sub", "aud"].includes(name) && names.indexOf(name) < index);
  if (repeated) return `CLAIM_INVALID ${repeated}`;
  return "ACCEPTED";
}

/** The value of the first member of that name: `JSON.parse` itself keeps the last. */
function firstValue(text: string, claim: string): unknown {
  let number = 0;
  const first = memberNames(text).indexOf(claim);
  // The outermost object's members are revived last, in no order to rely on: each is given a name of its own instead.
  const renamed = renameMembers(text, () => `m${number++}`);
  return (JSON.parse(renamed) as Record<string, unknown>)[`m${first}`];
}

/** Gives the members of the outermost object of valid JSON other names. */
function renameMembers(text: string, name: () => string): string {
  let depth = 0;
  return text.replace(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gsu, (piece: string, colon: string | undefined) => {
    if (piece === "{" || piece === "[") depth++;
    if (piece === "}" || piece === "]") depth--;
    return colon !== undefined && depth === 1 ? `"${name()}"${colon}` : piece;
  });
}

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
