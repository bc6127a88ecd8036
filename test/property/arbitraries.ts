/** Random JSON texts, claims sets, headers, options and tokens, right and nearly right. */
import fc from "fast-check";
import type { ReferenceKey, ReferenceOptions } from "../reference/verify.js";
import { base64url, LONG_TEST_SECRET, NOW, OTHER_TEST_SECRET, signSegments, TEST_SECRET, type TestAlgorithm } from "../support/tokens.js";

// ---- JSON texts --------------------------------------------------------------------------------------------------------

const spaces = fc.oneof({ weight: 6, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.stringMatching(/^[ \t\r\n]{0,3}$/) });

/** A JSON string that spells `text`, some of its characters as escapes in either case. */
function speltAs(text: string): fc.Arbitrary<string> {
  const ways = fc.array(fc.constantFrom("as is", "as is", "as is", "as is", "lower", "upper"), { minLength: 1, maxLength: 8 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(JSON.stringify(text)) },
    { weight: 1, arbitrary: ways.map((list) => spell(text, list)) },
  );
}

function spell(text: string, ways: readonly string[]): string {
  const spelt = [...text].map((character, index) => {
    const way = ways[index % ways.length];
    if (way === "as is") return JSON.stringify(character).slice(1, -1);
    return [...Array(character.length).keys()].map((unit) => escapeOf(character.charCodeAt(unit), way === "upper")).join("");
  });
  return `"${spelt.join("")}"`;
}

function escapeOf(unit: number, upper: boolean): string {
  const digits = unit.toString(16).padStart(4, "0");
  return `\\u${upper ? digits.toUpperCase() : digits}`;
}

/** Any JSON string: any characters, every kind of escape, lone surrogates among them. */
const stringText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 20 }).map((text) => JSON.stringify(text).slice(1, -1)) },
      { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 6 }).map((text) => JSON.stringify(text).slice(1, -1)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '\\"',
          "\\\\",
          "\\/",
          "\\b",
          "\\f",
          "\\n",
          "\\r",
          "\\t",
          "\\u0000",
          "\\uD83d\\ude00",
          "\\ud800",
          "\\uDFFF",
        ),
      },
    ),
    { maxLength: 4 },
  )
  .map((parts) => `"${parts.join("")}"`);

/** Numbers in every spelling that JSON has, of any size. */
const numberText = fc.stringMatching(/^-?(?:0|[1-9][0-9]{0,24})(?:\.[0-9]{1,24})?(?:[eE][+-]?[0-9]{1,4})?$/);

/** Numbers at and around the moment the tokens are judged at, in many spellings. */
const secondsText = fc
  .tuple(
    fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -200000, max: 200000 })),
    fc.constantFrom("", ".0", ".5", ".999999999", ".00000000000000000001", "e0", "E+00", ".50e-1"),
    fc.nat(5),
  )
  .map(([delta, ending, way]) => {
    const seconds = NOW + delta;
    if (way === 0) return `${seconds / 1000}e3`;
    if (way === 1) return `${seconds}000e-3`;
    if (way === 2) return `${seconds}.${"0".repeat(delta & 31)}1`;
    return `${seconds}${ending}`;
  });

const hugeText = fc.constantFrom(
  "1e400",
  "-1e400",
  "1e308",
  "1.7976931348623157e308",
  "1.7976931348623159e308",
  "9007199254740993",
  "-0",
  "0e9999",
  "1e-9999",
  "18446744073709551615",
  "18446744073709551616",
  "9999999999999999999",
  "0.1e1",
  "1700000000000",
);

const scalarText = fc.oneof(stringText, numberText, hugeText, secondsText, fc.constantFrom("true", "false", "null", '""', "[]", "{}", "0"));

/** Nests `inner` in so many arrays or objects, taking turns as the bits of `pattern` say. */
export function nest(levels: number, pattern: number, inner: string): string {
  const kinds = Array.from({ length: levels }, (_, level) => (pattern >> (level % 31)) & 1);
  const opening = kinds.map((kind) => (kind ? '{"a":' : "[")).join("");
  const closing = kinds
    .reverse()
    .map((kind) => (kind ? "}" : "]"))
    .join("");
  return opening + inner + closing;
}

const nestedText = fc
  .tuple(fc.oneof(fc.integer({ min: 124, max: 130 }), fc.nat(20)), fc.nat(), fc.constantFrom("1", "[]", '"x"'))
  .map((parts) => nest(...parts));

/** Any JSON text. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string; list: string; object: string; pair: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthIdentifier: "json" }, { weight: 5, arbitrary: scalarText }, tie("list"), tie("object"), {
    weight: 1,
    arbitrary: nestedText,
  }),
  list: fc
    .array(
      fc.tuple(spaces, tie("value"), spaces).map((parts) => parts.join("")),
      { maxLength: 4, depthIdentifier: "json" },
    )
    .map((items) => `[${items.join(",")}]`),
  pair: fc.tuple(spaces, stringText, spaces, fc.constant(":"), spaces, tie("value"), spaces).map((parts) => parts.join("")),
  object: fc.array(tie("pair"), { maxLength: 4, depthIdentifier: "json" }).map((items) => `{${items.join(",")}}`),
})).value;

/** A text changed in one or two places: often no JSON any more. */
export function nearly(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(
      "",
      ",",
      ":",
      '"',
      "\\",
      "{",
      "}",
      "[",
      "]",
      "\u0000",
      "\t",
      "\ufeff",
      "0",
      "-",
      ".",
      "e",
      "\u007f",
      "\u0080",
      "\ud800",
    ),
    fc.string({ unit: "binary", maxLength: 2 }),
  );
  return fc.tuple(text, fc.array(fc.tuple(fc.nat(), fc.nat(2), piece), { minLength: 1, maxLength: 2 })).map(([whole, edits]) =>
    edits.reduce((current, [at, removed, added]) => {
      const place = current.length ? at % (current.length + 1) : 0;
      return current.slice(0, place) + added + current.slice(place + removed);
    }, whole),
  );
}

// ---- claims sets ---------------------------------------------------------------------------------------------------------

/** Values that options and claims draw from, so that they meet. */
const VALUES = [
  "a",
  "b",
  "https://issuer.example/",
  "gerät-7",
  "\u0000",
  "😀",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
  "Ł",
] as const;
const value = fc.constantFrom(...VALUES);
const valueText = value.chain(speltAs);

const audienceText = fc.oneof(
  { weight: 2, arbitrary: valueText },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.oneof({ weight: 8, arbitrary: valueText }, { weight: 1, arbitrary: scalarText }), { maxLength: 4 })
      .map((list) => `[ ${list.join(" ,")}]`),
  },
);

const NAMES = ["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "nonce"] as const;
const OTHER_NAMES = [
  "role",
  "ex",
  "expp",
  "Exp",
  "nonc",
  "nonces",
  "__proto__",
  "toString",
  "constructor",
  "",
  "exp\u0000",
  "ключ",
] as const;

function rightText(name: string): fc.Arbitrary<string> {
  if (name === "exp" || name === "nbf" || name === "iat") return secondsText;
  return name === "aud" ? audienceText : valueText;
}

function memberText(name: string): fc.Arbitrary<string> {
  const right = rightText(name);
  return fc
    .tuple(
      spaces,
      speltAs(name),
      spaces,
      fc.constant(":"),
      spaces,
      fc.oneof({ weight: 7, arbitrary: right }, { weight: 1, arbitrary: scalarText }, { weight: 1, arbitrary: jsonText }),
      spaces,
    )
    .map((parts) => parts.join(""));
}

/** A claims set as text: some registered claims, others, now and then one twice. */
export const claimsText = fc
  .tuple(
    fc.subarray([...NAMES]),
    fc.subarray([...OTHER_NAMES], { maxLength: 3 }),
    fc.array(fc.constantFrom(...NAMES, ...OTHER_NAMES), { maxLength: 1 }),
    fc.nat(3),
  )
  .chain(([registered, others, repeated, dice]) => {
    const names: string[] = [...registered, ...others, ...(dice === 0 ? repeated : [])];
    return fc.shuffledSubarray(names, { minLength: names.length }).chain((order) => fc.tuple(...order.map(memberText)));
  })
  .chain((members) => fc.tuple(spaces, spaces).map(([before, after]) => `${before}{${members.join(",")}}${after}`));

// ---- headers -------------------------------------------------------------------------------------------------------------

const KIDS = ["k1", "k2", "k3", "k4", "k5", "", "ключ", "k".repeat(256)] as const;

const headerMembers: readonly [name: string, right: fc.Arbitrary<string>][] = [
  ["kid", fc.oneof(fc.constantFrom(...KIDS), fc.constantFrom("k".repeat(257), "é".repeat(128), "é".repeat(129))).chain(speltAs)],
  [
    "typ",
    fc
      .constantFrom(
        "JWT",
        "jwt",
        "at+jwt",
        "application/at+JWT",
        "APPLICATION/application/jwt",
        "text/plain",
        "application/Text/plain",
        "other",
      )
      .chain(speltAs),
  ],
  [
    "crit",
    fc.constantFrom(
      '["ext"]',
      '["ext","other"]',
      "[]",
      '["ext","ext"]',
      '["b64"]',
      '[ "\\u0065xt" ]',
      '["exp"]',
      "null",
      '[["ext"]]',
      '["ext",1]',
    ),
  ],
  ["ext", fc.constantFrom("1", "null")],
  ["other", fc.constant("{}")],
  ["b64", fc.constantFrom("true", "false", "null", '"true"')],
  ["jwk", fc.constant('{"kty":"oct","k":"AAAA","alg":"none"}')],
  ["zip", fc.constant('"DEF"')],
];

/** A header as text: mostly one that selects HMAC, with anything else that may stand there. */
const headerText = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom("HS256", "HS256", "HS384", "HS512").chain(speltAs) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('"none"', '"HS513"', '"hs256"', '"HS256 "', '"RS256"', "null", "256", '["HS256"]', '"HS25\\u0036"'),
      },
    ),
    fc.subarray([...headerMembers], { maxLength: 3 }),
    fc.constantFrom("", "", "", "", "", "", ',"alg":"HS256"', ',"x":1,"\\u0078":2', ',"kid":"k1"'),
  )
  .chain(([algorithm, members, ending]) => {
    const memberTexts = members.map(([name, right]) =>
      fc
        .tuple(speltAs(name), spaces, fc.oneof({ weight: 9, arbitrary: right }, { weight: 1, arbitrary: scalarText }))
        .map(([nameText, space, text]) => `${nameText}:${space}${text}`),
    );
    return fc.tuple(spaces, ...memberTexts).map(([space, ...texts]) => `{${space}${[`"alg":${algorithm}`, ...texts].join(",")}${ending}}`);
  });

const usualHeader = fc.constantFrom(
  '{"alg":"HS256"}',
  '{"alg":"HS256","typ":"JWT"}',
  '{"alg":"HS256","kid":"k1"}',
  '{"typ":"JWT","alg":"HS256","kid":"k2"}',
  '{"alg":"HS384","kid":"k4"}',
  '{"alg":"HS512","kid":"k5"}',
  '{"alg":"HS512"}',
  '{"alg":"HS384"}',
);
export const anyHeader = fc.oneof({ weight: 2, arbitrary: usualHeader }, { weight: 1, arbitrary: headerText });

// ---- options ---------------------------------------------------------------------------------------------------------------

const keySets: readonly (readonly ReferenceKey[])[] = [
  [{ secret: TEST_SECRET }],
  [{ secret: TEST_SECRET, kid: "k1" }],
  [
    { secret: TEST_SECRET, kid: "k1" },
    { secret: OTHER_TEST_SECRET, kid: "k2" },
  ],
  [
    { secret: OTHER_TEST_SECRET, kid: "k2" },
    { secret: TEST_SECRET, default: true },
    { secret: TEST_SECRET, kid: "k".repeat(256) },
    { secret: TEST_SECRET, kid: "ключ" },
  ],
  [{ secret: LONG_TEST_SECRET, alg: "HS512" }],
  [{ secret: TEST_SECRET, alg: "HS384" }],
  [
    { secret: LONG_TEST_SECRET, alg: "HS512", kid: "k5" },
    { secret: LONG_TEST_SECRET, alg: "HS384", kid: "k4" },
    { secret: TEST_SECRET, default: true },
  ],
  [
    { secret: LONG_TEST_SECRET, kid: "k1" },
    { secret: LONG_TEST_SECRET, alg: "HS384", kid: "k4" },
    { secret: LONG_TEST_SECRET, alg: "HS512", default: true },
  ],
  // One name, several algorithms.
  [
    { secret: TEST_SECRET, kid: "k1" },
    { secret: LONG_TEST_SECRET, alg: "HS384", kid: "k1" },
    { secret: LONG_TEST_SECRET, alg: "HS512", kid: "k1" },
    { secret: LONG_TEST_SECRET, alg: "HS512", kid: "k2", default: true },
    { secret: OTHER_TEST_SECRET, kid: "k2" },
  ],
  // Secrets without a name, tried in turn.
  [{ secret: OTHER_TEST_SECRET }, { secret: TEST_SECRET }],
  [
    { secret: LONG_TEST_SECRET },
    { secret: LONG_TEST_SECRET, alg: "HS512" },
    { secret: OTHER_TEST_SECRET },
    { secret: TEST_SECRET, alg: "HS384" },
    { secret: TEST_SECRET },
    { secret: LONG_TEST_SECRET, alg: "HS384" },
  ],
  [
    { secret: OTHER_TEST_SECRET },
    { secret: OTHER_TEST_SECRET, kid: "k1" },
    { secret: LONG_TEST_SECRET, kid: "k2", default: true },
    { secret: TEST_SECRET, kid: "k3" },
    { secret: TEST_SECRET },
    { secret: LONG_TEST_SECRET, kid: "k3", alg: "HS512" },
  ],
];

const someValues = fc.uniqueArray(value, { minLength: 1, maxLength: 3 });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Valid options in any combination, most of them absent most of the time. */
export const options: fc.Arbitrary<ReferenceOptions> = fc
  .record({
    keys: fc.constantFrom(...keySets),
    currentDate: fc.constantFrom(NOW, NOW, NOW, NOW + 0.5, 0, NOW - 0.001),
    issuer: seldom(someValues),
    audience: seldom(someValues),
    subject: seldom(someValues),
    jwtId: seldom(someValues),
    nonce: seldom(someValues),
    typ: seldom(
      fc.uniqueArray(fc.constantFrom("jwt", "JWT", "application/at+jwt", "At+Jwt", "text/plain", "application/text/plain"), {
        minLength: 1,
      }),
    ),
    crit: seldom(fc.constantFrom(["ext"], ["ext", "other"], ["other", "ext", "exp"])),
    requiredClaims: seldom(fc.uniqueArray(fc.constantFrom(...NAMES, ...OTHER_NAMES), { minLength: 1, maxLength: 3 })),
    clockTolerance: seldom(fc.oneof(fc.constantFrom(0, 1, 0.5, 86400), fc.double({ min: 0, max: 86400, noNaN: true }))),
    maxTokenAge: seldom(fc.constantFrom(0, 1, 60, 0.5, 100000, Number.MAX_SAFE_INTEGER)),
    maxLifetime: seldom(fc.constantFrom(1, 60, 0.25, 100000, 400000)),
    maxTokenLength: seldom(fc.constantFrom(1, 100, 150, 262144)),
    ignoreExpiration: seldom(fc.constant(true)),
    ignoreNotBefore: seldom(fc.constant(true)),
  })
  .map((record) => Object.fromEntries(Object.entries(record).filter(([, option]) => option !== undefined)) as unknown as ReferenceOptions);

// ---- tokens ------------------------------------------------------------------------------------------------------------------

const secret = fc.oneof({ weight: 6, arbitrary: fc.constant(TEST_SECRET) }, { weight: 1, arbitrary: fc.constant(OTHER_TEST_SECRET) });

const otherAlgorithm = fc.option(fc.constantFrom("HS256", "HS384", "HS512"), { freq: 12 });

/** A token signed as it stands, whatever its header and claims are; mostly with the algorithm and a key that its header asks for. */
export const signedToken = fc
  .tuple(
    anyHeader,
    fc.oneof({ weight: 6, arbitrary: claimsText }, { weight: 1, arbitrary: nearly(claimsText) }),
    secret,
    fc.nat(3),
    otherAlgorithm,
  )
  .map(([header, claims, key, dice, other]) => {
    const named = (/"(HS384|HS512)"/.exec(header)?.[1] ?? "HS256") as TestAlgorithm;
    const long = named === "HS256" ? dice === 0 : dice > 0;
    return signSegments(base64url(header), base64url(claims), long ? LONG_TEST_SECRET : key, (dice ? named : other) ?? named);
  });

type Edit = readonly [kind: "flip" | "insert" | "remove" | "cut" | "swap dot" | "spare bit", at: number, character: string];

const edit: fc.Arbitrary<Edit> = fc.tuple(
  fc.constantFrom("flip", "insert", "remove", "cut", "swap dot", "spare bit"),
  fc.nat(),
  fc.oneof(fc.stringMatching(/^[A-Za-z0-9_.-]$/), fc.constantFrom("=", "+", "/", " ", "\n", "\0", "Ł", "\u00c1", "\ud800", "😀", ".")),
);

function applyEdit(token: string, [kind, at, character]: Edit): string {
  const place = at % Math.max(1, token.length);
  if (kind === "flip") return token.slice(0, place) + character + token.slice(place + 1);
  if (kind === "insert") return token.slice(0, place) + character + token.slice(place);
  if (kind === "remove") return token.slice(0, place) + token.slice(place + 1);
  if (kind === "cut") return at % 2 ? token.slice(0, place) : token.slice(place);
  if (kind === "spare bit") return withNextCharacter(token, segmentEnds(token)[at % 3] as number);
  const dots = segmentEnds(token).slice(0, 2);
  const dot = (dots[at % dots.length] as number) + 1;
  return [token.slice(0, dot), token[dot + 1], ".", token.slice(dot + 2)].join("");
}

/** The places of the last character of each segment. */
function segmentEnds(token: string): number[] {
  const ends = [...token.matchAll(/\./g)].map(({ index }) => index - 1);
  return [...ends, token.length - 1, token.length - 1].slice(0, 3);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The next character of the alphabet differs in the lowest bit, which is a spare one in two segments of three. */
function withNextCharacter(token: string, place: number): string {
  const next = ALPHABET[(ALPHABET.indexOf(token[place] ?? "A") ^ 1) & 63] as string;
  return token.slice(0, place) + next + token.slice(place + 1);
}

/** A signed token changed in one to three places, as a string or as bytes. */
export const mutatedToken = mutated(signedToken);

/** A token changed in one to three places. */
export function mutated(token: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(token, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([whole, edits]) => edits.reduce(applyEdit, whole));
}

/** What may stand in a batch. */
export const anyToken: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: signedToken },
  { weight: 3, arbitrary: mutatedToken },
  { weight: 2, arbitrary: signedToken.map((token) => Uint8Array.from(Buffer.from(token))) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(undefined, null, 1, "", ".", "..", "a.b.c", {}, [], "...."),
    ),
  },
);
