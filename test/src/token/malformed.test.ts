/** Why a token is MALFORMED: every way has its reason, in every way to ask, with nothing of the token in it. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createBatcher, createVerifier, JwtError, type MalformedReason } from "../../../src/index.js";
import { base64url, NOW, signClaims, signSegments, signText, TEST_SECRET } from "../../support/tokens.js";

const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
const good = signClaims({ sub: "marker" });
const [header, payload, signature] = good.split(".") as [string, string, string];
const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const bytes = (...values: number[]) => Uint8Array.from(values);
const marked = (members: string) => signText('{"sub":"marker"}', `{"alg":"HS256","x":"marker"${members}}`);

const CASES: readonly (readonly [MalformedReason, string, unknown])[] = [
  ["NOT_A_STRING", "undefined", undefined],
  ["NOT_A_STRING", "null", null],
  ["NOT_A_STRING", "a number", 1],
  ["NOT_A_STRING", "an object", { token: good }],
  ["NOT_A_STRING", "an array of one token", [good]],
  ["NOT_A_STRING", "a String object", new String(good)],
  ["NOT_A_STRING", "a promise of a token", Promise.resolve(good)],
  ["EMPTY", "an empty string", ""],
  ["EMPTY", "no bytes", bytes()],
  ["BEARER_PREFIX", "the value of an Authorization header", `Bearer ${good}`],
  ["BEARER_PREFIX", "the same in capitals, after a space", ` BEARER\t${good}`],
  ["QUOTES", "a token in quotes", `"${good}"`],
  ["QUOTES", "a token in apostrophes", `'${good}'`],
  ["ONE_SEGMENT", "an opaque token", "opaquemarker"],
  ["ONE_SEGMENT", "an object as text", String({})],
  ["TWO_SEGMENTS", "a token without its signature", `${header}.${payload}`],
  ["FIVE_SEGMENTS", "an encrypted token", `${good}.marker.marker`],
  ["SEGMENT_COUNT", "four segments", `${good}.marker`],
  ["SEGMENT_COUNT", "a thousand dots", ".".repeat(1000)],
  ["EMPTY_HEADER", "nothing before the first dot", `.${payload}.${signature}`],
  ["EMPTY_PAYLOAD", "nothing between the dots", `${header}..${signature}`],
  ["EMPTY_SIGNATURE", "nothing after the last dot", `${header}.${payload}.`],
  ["PADDING", "padding", `${good}=`],
  ["PADDING", "padding within, though signed", signSegments(`${base64url('{"alg":"HS256"}')}==`, payload)],
  ["WHITESPACE", "a line break at the end", `${good}\n`],
  ["WHITESPACE", "a space at the beginning", ` ${good}`],
  ["WHITESPACE", "the same as bytes", Buffer.from(`${good}\n`)],
  ["STANDARD_ALPHABET", "base64", signSegments(base64url(bytes(0xfb, 0xff)).replaceAll("-", "+").replaceAll("_", "/"), payload)],
  ["CHARACTER", "a character beyond ASCII", good.replace("e", "é")],
  ["CHARACTER", "a NUL", `${good}\0`],
  ["CHARACTER", "an equals sign within", signSegments(`${header.slice(0, 4)}=${header.slice(4)}`, payload)],
  ["CHARACTER", "bytes that are not ASCII", Buffer.from("e30.\xff\xff.e30", "latin1")],
  ["SEGMENT_LENGTH", "a segment that is cut off", good.slice(0, -2)],
  ["TRAILING_BITS", "a last character with bits that count for nothing", good.replace(/.$/, "B")],
  ["HEADER_NOT_UTF8", "a header that is not UTF-8", signText("{}", bytes(0x7b, 0xff, 0x7d))],
  ["HEADER_NOT_JSON", "a header that is no JSON", signText("{}", "{alg:marker}")],
  ["HEADER_NOT_JSON", "a header with a byte order mark", signText("{}", '\ufeff{"alg":"HS256"}')],
  ["HEADER_NOT_AN_OBJECT", "a header that is an array", signText("{}", "[]")],
  ["HEADER_NOT_AN_OBJECT", "a header that is null", signText("{}", "null")],
  ["HEADER_TOO_DEEP", "a header of 129 levels", marked(`,"y":${deep(128)}`)],
  ["HEADER_TOO_MANY_MEMBERS", "a header of 65 members", marked(Array.from({ length: 63 }, (_, index) => `,"m${index}":0`).join(""))],
  ["HEADER_DUPLICATE_MEMBER", "a member twice", marked(',"x":1')],
  ["HEADER_DUPLICATE_MEMBER", "a member twice, once escaped", marked(',"\\u0078":1')],
  ["ALG_MISSING", "no alg", signText("{}", "{}")],
  ["ALG_NOT_A_STRING", "an alg that is an array", signText("{}", '{"alg":["HS256"]}')],
  ["KID_NOT_A_STRING", "a kid that is null", marked(',"kid":null')],
  ["KID_TOO_LONG", "a kid of 257 bytes", marked(`,"kid":"${"k".repeat(257)}"`)],
  ["KID_TOO_LONG", "a kid of 129 characters in 258 bytes", marked(`,"kid":"${"é".repeat(129)}"`)],
  ["PAYLOAD_NOT_UTF8", "a payload that is not UTF-8", signText(bytes(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))],
  ["PAYLOAD_NOT_JSON", "a payload that is no JSON", signText("{marker}")],
  ["PAYLOAD_NOT_JSON", "a payload with a byte order mark", signText("\ufeff{}")],
  ["PAYLOAD_NOT_AN_OBJECT", "a payload that is a string", signText('"marker"')],
  ["PAYLOAD_TOO_DEEP", "a payload of 129 levels", signText(`{"x":${deep(128)}}`)],
];

describe("the reason of a MALFORMED token", () => {
  it.each(CASES)("is %s for %s, however it is asked", async (reason, _, given) => {
    const token = given as string;
    const batcher = createBatcher(verifier);
    const batch = verifier.verifyBatch([good, token]);
    const verdicts = [
      verifier.verify(token),
      batch.at(1),
      await verifier.verifyAsync(token),
      (await verifier.verifyBatchAsync([token])).at(0),
      await batcher.verifyAsync(token),
    ];
    expect(verdicts.map((verdict) => [verdict.ok ? "ACCEPTED" : verdict.code, verdict.ok ? "" : verdict.reason])).toEqual(
      Array(5).fill(["MALFORMED", reason]),
    );
    expect([batch.reason(0), batch.reason(1), batch.reason(2)]).toEqual([undefined, reason, undefined]);
  });

  it.each(CASES)("is in JSON, on the console and in the exception, without anything of the token: %s for %s", (reason, _, given) => {
    const verdict = verifier.verify(given as string);
    const shown = { ok: false, code: "MALFORMED", reason };
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(shown);
    expect(inspect(verdict)).toBe(inspect(shown));
    const error = thrown(given as string);
    expect([error.code, error.reason, error.message.endsWith(`(${reason})`)]).toEqual(["MALFORMED", reason, true]);
    for (const text of [JSON.stringify(verdict), inspect(verdict, { showHidden: true, depth: 9 }), inspect(error), JSON.stringify(error)]) {
      expect(text).not.toContain("marker");
    }
  });

  it("is told for each that the type names", () => {
    const named: Record<MalformedReason, true> = Object.fromEntries(CASES.map(([reason]) => [reason, true])) as never;
    const all: Record<MalformedReason, true> = {
      ...{ NOT_A_STRING: true, EMPTY: true, BEARER_PREFIX: true, QUOTES: true, ONE_SEGMENT: true, TWO_SEGMENTS: true, FIVE_SEGMENTS: true },
      ...{ SEGMENT_COUNT: true, EMPTY_HEADER: true, EMPTY_PAYLOAD: true, EMPTY_SIGNATURE: true, PADDING: true, WHITESPACE: true },
      ...{ STANDARD_ALPHABET: true, CHARACTER: true, SEGMENT_LENGTH: true, TRAILING_BITS: true, HEADER_NOT_UTF8: true },
      ...{ HEADER_NOT_JSON: true, HEADER_NOT_AN_OBJECT: true, HEADER_TOO_DEEP: true, HEADER_TOO_MANY_MEMBERS: true },
      ...{ HEADER_DUPLICATE_MEMBER: true, ALG_MISSING: true, ALG_NOT_A_STRING: true, KID_NOT_A_STRING: true, KID_TOO_LONG: true },
      ...{ PAYLOAD_NOT_UTF8: true, PAYLOAD_NOT_JSON: true, PAYLOAD_NOT_AN_OBJECT: true, PAYLOAD_TOO_DEEP: true },
    };
    expect(Object.keys(named).sort()).toEqual(Object.keys(all).sort());
  });

  it("is undefined for every other code", () => {
    const others = [signClaims({ exp: 1 }), `${good.slice(0, -4)}AAAA`, signText("{}", '{"alg":"none"}'), good];
    for (const verdict of verifier.verifyBatch(others)) expect(verdict).not.toHaveProperty("reason");
  });
});

function thrown(token: string): JwtError {
  try {
    verifier.verifyOrThrow(token);
  } catch (error) {
    if (error instanceof JwtError) return error;
  }
  return expect.fail("Expected a JwtError");
}
