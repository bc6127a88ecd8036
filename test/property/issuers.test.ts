/** A verifier of several issuers gives every token the verdict that a verifier of the issuer it names alone would give it. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, it } from "vitest";
import { createVerifier, type IssuerOptions, type Verdict, type Verifier, verdictName } from "../../src/index.js";
import { runs } from "../support/runs.js";
import { base64url, LONG_TEST_SECRET, NOW, OTHER_TEST_SECRET, signSegments, TEST_SECRET } from "../support/tokens.js";
import { mutated } from "./arbitraries.js";

// One secret for nearly all: what keeps their tokens apart is their rules alone.
const keys = [
  { kid: "1", secret: TEST_SECRET },
  { kid: "2", alg: "HS512", secret: LONG_TEST_SECRET },
] as const;
const ISSUERS: readonly IssuerOptions[] = [
  { issuer: "iss-a", keys, audience: "a", requiredClaims: ["x"] },
  { issuer: "iss-b", keys, audience: ["b", "c"], requiredClaims: ["x"] },
  { issuer: "iss-c", keys, requiredClaims: ["y"] },
  { issuer: "iss-d", keys, audience: "a", requiredClaims: ["x", "y"], subject: "s" },
  { issuer: ["iss-e", "iss-é"], keys, maxTokenAge: 10, clockTolerance: 5, jwtId: ["s", "t"] },
  { issuer: "iss-f", keys, nonce: "s", ignoreExpiration: true, typ: "jwt" },
  { issuer: "iss-g", keys: [{ kid: "1", secret: OTHER_TEST_SECRET }], audience: "a", requiredClaims: ["x"] },
  { issuer: "iss-h", keys: { secret: TEST_SECRET } },
];
const NAMES = ISSUERS.flatMap(({ issuer }) => issuer);

function issuersVerifier(): Verifier {
  return createVerifier({ issuers: ISSUERS, currentDate: NOW });
}

const alone = new Map<unknown, Verifier>();
for (const each of ISSUERS) {
  const verifier = createVerifier({ ...each, currentDate: NOW });
  for (const name of [each.issuer].flat()) alone.set(name, verifier);
}

/** What a verdict says, its claims and header included. */
function plain(verdict: Verdict): object {
  return verdict.ok ? { claims: verdict.claims, header: verdict.header } : { ...verdict };
}

// ---- tokens ------------------------------------------------------------------------------------------------------------

const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom("iss-x", "", "iss-a\u0000") },
);

/** A JSON string, sometimes with one of its characters as an escape. */
const spelt = (text: string) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(JSON.stringify(text)) },
    {
      weight: 1,
      arbitrary: fc.nat().map((at) => {
        const place = at % Math.max(1, text.length);
        const escaped = text.length ? `\\u${text.charCodeAt(place).toString(16).padStart(4, "0")}` : "";
        return `"${JSON.stringify(text.slice(0, place)).slice(1, -1)}${escaped}${JSON.stringify(text.slice(place + 1)).slice(1, -1)}"`;
      }),
    },
  );

const issuerText = fc.oneof(
  { weight: 12, arbitrary: name.chain(spelt) },
  { weight: 1, arbitrary: name.map((text) => JSON.stringify({ iss: text })) },
  { weight: 1, arbitrary: fc.constantFrom("null", "1", '["iss-a"]', '"\\ud800"') },
);
const letter = fc.constantFrom('"a"', '"b"', '"c"', '"s"', '"t"', '["a"]', '["b"]', '["b","a"]', '["c",1]', "1", '"\\u0061"');
const time = fc.integer({ min: -20, max: 20 }).map((delta) => `${NOW + delta}`);
const late = fc.oneof({ weight: 4, arbitrary: fc.constant(`${NOW + 100}`) }, { weight: 1, arbitrary: time });

const member = (label: string, value: fc.Arbitrary<string>) => fc.tuple(spelt(label), value).map(([label, text]) => `${label}:${text}`);
const often = (text: fc.Arbitrary<string>) => fc.option(text, { freq: 5 });
const seldom = (text: fc.Arbitrary<string>) => fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: text });

const payload = fc
  .tuple(
    fc.oneof({ weight: 20, arbitrary: member("iss", issuerText) }, { weight: 1, arbitrary: fc.constant(null) }),
    often(member("aud", letter)),
    often(member("x", letter)),
    often(member("y", letter)),
    often(member("sub", letter)),
    often(member("jti", letter)),
    often(member("nonce", letter)),
    often(member("exp", late)),
    often(member("iat", time)),
    seldom(member("iss", issuerText)),
    seldom(
      member(
        "nested",
        name.map((text) => `{"iss":"${text}","a":[{"iss":1}]}`),
      ),
    ),
    seldom(
      member(
        "pad",
        fc.integer({ min: 60, max: 300 }).map((length) => `"${"p".repeat(length)}"`),
      ),
    ),
  )
  .chain((members) =>
    fc.shuffledSubarray(
      members.filter((text) => text !== null),
      { minLength: members.filter((text) => text !== null).length },
    ),
  )
  .map((members) => `{${members.join(",")}}`);

const HEADERS = [
  '{"alg":"HS256","kid":"1"}',
  '{"alg":"HS256","typ":"JWT","kid":"1"}',
  '{"alg":"HS512","kid":"2"}',
  '{"typ":"JWT","alg":"HS512","kid":"2"}',
  '{"alg":"HS256"}',
  '{"alg":"HS256","kid":"9"}',
  '{"alg":"HS512","kid":"1"}',
];

function sign(header: string, text: string, isOther: boolean): string {
  const [first, second] = [base64url(header), base64url(text)];
  if (header.includes("HS512")) return signSegments(first, second, LONG_TEST_SECRET, "HS512");
  return signSegments(first, second, isOther ? OTHER_TEST_SECRET : TEST_SECRET);
}

const usualHeader = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HEADERS.slice(0, 4)) },
  { weight: 1, arbitrary: fc.constantFrom(...HEADERS) },
);
const signed = fc.tuple(usualHeader, payload, fc.nat(9)).map(([header, text, dice]) => sign(header, text, dice === 0));

const spliced = fc
  .tuple(signed, signed, signed)
  .map(([left, middle, right]) => [left.split(".")[0], middle.split(".")[1], right.split(".")[2]].join("."));

const token = fc.oneof({ weight: 8, arbitrary: signed }, { weight: 1, arbitrary: spliced }, { weight: 1, arbitrary: mutated(signed) });

// ---- what the verdict must be --------------------------------------------------------------------------------------------

const MALFORMED = { ok: false, code: "MALFORMED" };
const NOT_FOUND = { ok: false, code: "ISSUER_NOT_FOUND", claim: "iss" };

/** The verdict, or undefined where it need only be a rejection: the payload is no JSON, or names an issuer twice. */
function expected(text: string): object | undefined {
  const segments = text.split(".");
  const isCanonical = (segment: string) => segment !== "" && Buffer.from(segment, "base64url").toString("base64url") === segment;
  if (segments.length !== 3 || !segments.every(isCanonical)) return MALFORMED;
  let claims: unknown;
  let json = "";
  try {
    json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(segments[1] as string, "base64url"));
    claims = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (isNamedTwice(json)) return undefined;
  const issuer =
    typeof claims === "object" && claims !== null && Object.hasOwn(claims, "iss") ? (claims as { iss: unknown }).iss : undefined;
  const verifier = alone.get(issuer);
  return verifier ? plain(verifier.verify(text)) : NOT_FOUND;
}

/** Has the claims set two members of the name at its top level? A reviver meets each member that is left; the text has the others. */
function isNamedTwice(json: string): boolean {
  let depth = 0;
  let count = 0;
  for (const [piece] of json.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*:)|"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (piece === "{" || piece === "[") depth++;
    else if (piece === "}" || piece === "]") depth--;
    else if (depth === 1 && JSON.parse(piece) === "iss") count++;
  }
  return count > 1;
}

function check(verifier: Verifier, tokens: readonly string[]): void {
  const batch = verifier.verifyBatch(tokens);
  let index = 0;
  for (const text of tokens) {
    const verdict = batch.at(index);
    const wanted = expected(text);
    if (wanted) deepStrictEqual(plain(batch.at(index)), wanted);
    else deepStrictEqual(verdict.ok, false);
    if (verdict.ok) {
      const issuer = (verdict.claims as { iss: string }).iss;
      deepStrictEqual(
        verdict.issuerIndex,
        ISSUERS.findIndex((each) => [each.issuer].flat().includes(issuer)),
      );
      deepStrictEqual(batch.issuerIndex(index), verdict.issuerIndex);
    }
    index++;
  }
}

describe("a verifier of several issuers", () => {
  it("judges as a verifier of the issuer alone does that a token names", () => {
    const verifier = issuersVerifier();
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 40 }), (tokens) => {
        check(verifier, tokens);
        const one = tokens[0] as string;
        const wanted = expected(one);
        const verdict = verifier.verify(one);
        if (wanted) deepStrictEqual(plain(verdict), wanted);
        else deepStrictEqual(verdict.ok, false);
      }),
      runs(300),
    );
  });

  it("never takes a name's second mention for its first", () => {
    const verifier = issuersVerifier();
    fc.assert(
      fc.property(name, name, fc.boolean(), fc.constantFrom(...HEADERS.slice(0, 4)), (first, second, isOther, header) => {
        const text = `{"aud":["a","b"],"iss":${JSON.stringify(first)},"x":1,"y":1,"i\\u0073s":${JSON.stringify(second)},"sub":"s","jti":"s","nonce":"s","iat":${NOW}}`;
        const whole = sign(header, text, isOther);
        const wanted = alone.get(first) ? plain((alone.get(first) as Verifier).verify(whole)) : NOT_FOUND;
        deepStrictEqual(plain(verifier.verify(whole)), wanted);
        deepStrictEqual("claims" in wanted, false);
      }),
      runs(300),
    );
  });

  it("lets no token pass by a shape that was learnt under another issuer", () => {
    const names = NAMES.filter((text) => text.length === 5 && text !== "iss-é");
    const claims = fc.record({
      iss: fc.constantFrom(...names),
      aud: fc.constantFrom('"a"', '"b"', '"c"', '"z"'),
      required: fc.constantFrom("x", "y", "z"),
      other: fc.constantFrom("x", "y", "w"),
      sub: fc.constantFrom("s", "t"),
      jti: fc.constantFrom("s", "u"),
      nonce: fc.constantFrom("s", "u"),
      time: fc.constantFrom(NOW - 16, NOW - 15, NOW, NOW + 5, NOW + 6),
      exp: fc.constantFrom(NOW - 5, NOW - 4, NOW, NOW + 1),
    });
    // All of one length and one order, so that they meet in one place of the memory of shapes.
    const text = claims.map(
      ({ iss, aud, required, other, sub, jti, nonce, time, exp }) =>
        `{"iss":"${iss}","aud":${aud},"${required}":1,"${other === required ? "v" : other}":1,"sub":"${sub}","jti":"${jti}","nonce":"${nonce}","iat":${time},"exp":${exp}}`,
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 4, maxLength: 60 }), fc.nat(3), fc.constantFrom(...names), (texts, header, favourite) => {
        const verifier = issuersVerifier();
        const good = `{"iss":"${favourite}","aud":"a","x":1,"y":1,"sub":"s","jti":"s","nonce":"s","iat":${NOW},"exp":${NOW + 9}}`;
        const warm = sign(HEADERS[header] as string, good, favourite === "iss-g");
        verifier.verifyBatch(Array.from({ length: 40 }, () => warm));
        const tokens = texts.map((each) => sign(HEADERS[header] as string, each, each.includes("iss-g")));
        check(verifier, [...tokens, ...tokens, warm, ...tokens]);
        check(verifier, [...tokens].reverse());
      }),
      runs(80),
    );
  });

  it("lets no token pass by the very shape of one that another issuer accepts", () => {
    const names = NAMES.filter((text) => text.length === 5 && text !== "iss-é");
    const header = HEADERS[0] as string;
    const textsOf = (iss: string) =>
      ["a", "b"].flatMap((aud) =>
        ["x", "y", "v"].flatMap((first) =>
          ["x", "y", "w"].flatMap((second) =>
            ["s", "t"].map((sub) => `{"iss":"${iss}","aud":"${aud}","${first}":1,"${second}":1,"sub":"${sub}","jti":"s","iat":${NOW}}`),
          ),
        ),
      );
    let warmed = 0;
    for (const iss of names) {
      textsOf(iss).forEach((text, number) => {
        const good = sign(header, text, iss === "iss-g");
        if (!alone.get(iss)?.verify(good).ok) return;
        warmed++;
        const verifier = issuersVerifier();
        verifier.verifyBatch([good, good, good]);
        const others = names.map((other) => sign(header, textsOf(other)[number] as string, other === "iss-g"));
        check(verifier, others);
      });
    }
    deepStrictEqual(warmed > 20, true);
  });

  it("accepts some of them", () => {
    const verifier = issuersVerifier();
    const sample = fc.sample(signed, { numRuns: 3000, seed: 7 });
    const names = new Set([...verifier.verifyBatch(sample).codes].map(verdictName));
    for (const code of [
      "ACCEPTED",
      "AUDIENCE_MISMATCH",
      "CLAIM_MISSING",
      "KEY_NOT_FOUND",
      "BAD_SIGNATURE",
      "ISSUER_NOT_FOUND",
      "EXPIRED",
    ] as const) {
      deepStrictEqual([code, names.has(code)], [code, true]);
    }
  });
});
