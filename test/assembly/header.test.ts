/** JOSE headers (RFC 7515 §4): parsed strictly once, then known by their bytes. */
import { describe, expect, it } from "vitest";
import { HEADER_ENTRIES, MOST_HEADER_MEMBERS } from "../../src/abi.js";
import { createVerifier } from "../../src/index.js";
import { codeOf, codeOfHeader } from "../support/judge.js";
import { NOW, OTHER_TEST_SECRET, signText, TEST_SECRET } from "../support/tokens.js";

describe("a header", () => {
  it.each([
    ['{"alg":"HS256"}', "has only alg"],
    ['{"typ":"JWT","alg":"HS256"}', "has typ first"],
    [' {\t"alg"\r\n:\n"HS256" } ', "has white space everywhere"],
    ['{"\\u0061lg":"HS256"}', "spells alg with an escape"],
    ['{"alg":"HS\\u003256"}', "spells HS256 with an escape"],
    ['{"alg":"HS256","alG":"none"}', "has another name in another case"],
    ['{"alg":"HS256","x":{"alg":"none","alg":"none"}}', "has alg again, but deeper down"],
    ['{"alg":"HS256","x":"\\"alg\\":\\"none\\""}', "has alg in a string"],
    [
      '{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"},"jku":"https://x.example","x5c":[],"x5u":"x","zip":"DEF"}',
      "has parameters that change nothing",
    ],
    ['{"alg":"HS256","b64":true}', "says that its payload is encoded, as it is"],
    ['{"alg":"HS256","kid":""}', "has an empty kid, for a key without a name"],
    [`{"alg":"HS256","kid":"${"k".repeat(256)}"}`, "has a kid of 256 bytes"],
    ['{"alg":"HS256","__proto__":{"alg":"none"}}', "has __proto__ for a name"],
    ['{"alg":"HS256","":1}', "has an empty name"],
  ])("%s is accepted, which %s", (header) => {
    expect(codeOfHeader(header)).toBe("ACCEPTED");
  });

  it.each([
    ["{}", "has no alg"],
    ["[]", "is an array"],
    ["null", "is null"],
    ['"HS256"', "is a string"],
    ["1", "is a number"],
    ['{"alg":"HS256"', "is not closed"],
    ['{"alg":"HS256"}}', "is closed twice"],
    ['{"alg":"HS256"} x', "has something behind it"],
    ['{"alg":"HS256",}', "has a comma at its end"],
    ['{,"alg":"HS256"}', "has a comma at its beginning"],
    ["{'alg':'HS256'}", "has single quotes"],
    ['{alg:"HS256"}', "has no quotes"],
    ['{"alg":"HS256"/**/}', "has a comment"],
    ['\ufeff{"alg":"HS256"}', "has a byte order mark"],
    ['{"alg":"HS256","alg":"HS256"}', "has alg twice"],
    ['{"alg":"none","\\u0061lg":"HS256"}', "has alg twice, once with an escape"],
    ['{"alg":"HS256","x":1,"x":1}', "has a private name twice"],
    ['{"alg":"HS256","\\ud800":1,"\\uD800":1}', "has a lone surrogate for a name, twice"],
    ['{"alg":"HS256","😀":1,"\\ud83d\\ude00":1}', "has a pair of surrogates twice, once with escapes"],
    ['{"alg":256}', "has a number for alg"],
    ['{"alg":null}', "has null for alg"],
    ['{"alg":["HS256"]}', "has an array for alg"],
    ['{"alg":"HS256","kid":1}', "has a number for kid"],
    ['{"alg":"HS256","kid":null}', "has null for kid"],
    [`{"alg":"HS256","kid":"${"k".repeat(257)}"}`, "has a kid of 257 bytes"],
    [`{"alg":"HS256","kid":"${"é".repeat(129)}"}`, "has a kid of 129 characters, 258 bytes"],
    ['{"alg":"HS256","x":"\u0001"}', "has a control character"],
    ['{"alg":"HS256","x":"\\x"}', "has an unknown escape"],
    ['{"alg":"HS256","x":01}', "has a number that begins with 0"],
    ['{"alg":"HS256","x":NaN}', "has NaN"],
  ])("%s is MALFORMED, which %s", (header) => {
    expect(codeOfHeader(header)).toBe("MALFORMED");
  });

  it.each([
    [Buffer.from("7b22616c67223a224853323536222c2278223a22ff227d", "hex"), "a byte that UTF-8 never has"],
    [Buffer.from("7b22616c67223a224853323536222c2278223a22c080227d", "hex"), "an overlong NUL"],
    [Buffer.from("7b22616c67223a224853323536222c2278223a22eda080227d", "hex"), "a surrogate"],
    [Buffer.from("7b22616c67223a224853323536222c2278223a22f4908080227d", "hex"), "a character beyond Unicode"],
  ])("%s is MALFORMED, having %s", (header) => {
    expect(codeOfHeader(header)).toBe("MALFORMED");
  });

  it.each([
    "none",
    "None",
    "NONE",
    "nOnE",
    "",
    "HS256 ",
    " HS256",
    "hs256",
    "HS25",
    "HS2566",
    "HS384",
    "HS512",
    "RS256",
    "ES256",
    "PS256",
    "EdDSA",
    "HS256\\u0000",
    "dir",
  ])("with alg %j is ALGORITHM_NOT_ALLOWED", (alg) => {
    expect(codeOfHeader(`{"alg":"${alg}"}`)).toBe("ALGORITHM_NOT_ALLOWED");
  });

  it("may nest to 128 levels and no deeper", () => {
    const nested = (levels: number) => `{"alg":"HS256","x":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    expect(codeOfHeader(nested(128))).toBe("ACCEPTED");
    expect(codeOfHeader(nested(129))).toBe("MALFORMED");
  });

  it("may have 64 members and no more, those of a nested object not counted", () => {
    const members = (count: number) => Array.from({ length: count }, (_, index) => `"m${index}":0`).join();
    const withMembers = (count: number) => `{"alg":"HS256",${members(count - 1)}}`;
    expect(MOST_HEADER_MEMBERS).toBe(64);
    expect(codeOfHeader(withMembers(64))).toBe("ACCEPTED");
    expect(codeOfHeader(withMembers(65))).toBe("MALFORMED");
    expect(codeOfHeader(`{"alg":"HS256","x":{${members(300)}}}`)).toBe("ACCEPTED");
  });

  it("may not have a name twice, wherever the two are among 64", () => {
    const names = Array.from({ length: 63 }, (_, index) => `m${index}`);
    for (let second = 1; second < names.length; second++) {
      for (const first of [0, second >> 1, second - 1]) {
        const repeated = names.with(second, names[first] as string).map((name) => `"${name}":0`);
        expect(codeOfHeader(`{"alg":"HS256",${repeated.join()}}`), `${first} and ${second}`).toBe("MALFORMED");
      }
    }
  });

  it("that has been accepted is known again, and so is every one of more than are remembered", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    const tokens = Array.from({ length: 5 * HEADER_ENTRIES }, (_, index) => signText("{}", `{"alg":"HS256","kid":"device ${index}"}`));
    for (let round = 0; round < 3; round++) expect(verifier.verifyBatch(tokens).accepted).toBe(tokens.length);
  });

  it("that is remembered does not vouch for one that differs in any character", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    const token = signText("{}", '{"alg":"HS256","typ":"JWT"}');
    verifier.verifyBatch([token, token, token]);
    for (let place = 0; place < token.indexOf("."); place++) {
      const changed = token.slice(0, place) + (token[place] === "A" ? "B" : "A") + token.slice(place + 1);
      expect(verifier.verify(changed).ok, `character ${place}`).toBe(false);
    }
  });

  it("of any length is judged the same the second time", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    for (let length = 0; length <= 400; length++) {
      const token = signText("{}", `{"alg":"HS256","x":"${"x".repeat(length)}"}`);
      const forged = token.slice(0, -1).concat("A");
      expect([...verifier.verifyBatch([token, token]).codes], `${length}`).toEqual([0, 0]);
      expect(verifier.verify(token).ok).toBe(true);
      if (forged !== token) expect(verifier.verify(forged).ok).toBe(false);
    }
  });
});

describe("crit", () => {
  const known = { crit: ["ext", "other"] };

  it.each([
    ['{"alg":"HS256","crit":["ext"],"ext":1}', "names one that is understood and there"],
    ['{"alg":"HS256","ext":null,"crit":[ "ext" ]}', "stands behind what it names"],
    ['{"alg":"HS256","crit":["other","ext"],"ext":1,"other":2}', "names two"],
    ['{"alg":"HS256","crit":["\\u0065xt"],"e\\u0078t":1}', "names it with escapes"],
    ['{"alg":"HS256","ext":1}', "is absent"],
  ])("%s is accepted, where it %s", (header) => {
    expect(codeOfHeader(header, known)).toBe("ACCEPTED");
  });

  it.each([
    ['{"alg":"HS256","crit":null,"ext":1}', "is null"],
    ['{"alg":"HS256","crit":"ext","ext":1}', "is a string"],
    ['{"alg":"HS256","crit":"","ext":1}', "is an empty string"],
    ['{"alg":"HS256","crit":false,"ext":1}', "is false"],
    ['{"alg":"HS256","crit":{},"ext":1}', "is an object"],
    ['{"alg":"HS256","crit":[],"ext":1}', "is empty"],
    ['{"alg":"HS256","crit":[ ],"ext":1}', "is empty but for a space"],
    ['{"alg":"HS256","crit":["ext"]}', "names what is absent"],
    ['{"alg":"HS256","crit":["ext","ext"],"ext":1}', "names one twice"],
    ['{"alg":"HS256","crit":["ext","unknown"],"ext":1,"unknown":1}', "names one that is not understood"],
    ['{"alg":"HS256","crit":["ext",1],"ext":1}', "has a number in it"],
    ['{"alg":"HS256","crit":[["ext"]],"ext":1}', "has an array in it"],
    ['{"alg":"HS256","crit":["alg"]}', "names alg"],
    ['{"alg":"HS256","crit":["Ext"],"Ext":1}', "names it in another case"],
    ['{"alg":"HS256","crit":["ext"],"x":{"ext":1}}', "names what is only deeper down"],
    ['{"alg":"HS256","crit":["b64"],"b64":false}', "names b64"],
    ['{"alg":"HS256","b64":false}', "is absent, but b64 is false"],
    ['{"alg":"HS256","b64":0}', "is absent, but b64 is a number"],
    ['{"alg":"HS256","b64":"true"}', "is absent, but b64 is a string"],
    ['{"alg":"HS256","b6\\u0034":false}', "is absent, but b64 is false by another spelling"],
  ])("%s is CRITICAL_HEADER_UNSUPPORTED, where it %s", (header) => {
    expect(codeOfHeader(header, known)).toBe("CRITICAL_HEADER_UNSUPPORTED");
  });

  it("of any kind is unsupported when nothing is understood", () => {
    expect(codeOfHeader('{"alg":"HS256","crit":["ext"],"ext":1}')).toBe("CRITICAL_HEADER_UNSUPPORTED");
  });
});

describe("typ", () => {
  it.each([
    ['"JWT"', "ACCEPTED"],
    ['"jwt"', "ACCEPTED"],
    ['"application/jwt"', "ACCEPTED"],
    ['"APPLICATION/JWT"', "ACCEPTED"],
    ['"at+JWT"', "ACCEPTED"],
    ['"\\u004aWT"', "ACCEPTED"],
    ['"application/application/jwt"', "TYPE_MISMATCH"],
    ['"jwt "', "TYPE_MISMATCH"],
    ['"text/jwt"', "TYPE_MISMATCH"],
    ['"jwe"', "TYPE_MISMATCH"],
    ['"application/"', "TYPE_MISMATCH"],
    ['""', "TYPE_MISMATCH"],
    ["null", "TYPE_MISMATCH"],
    ['["JWT"]', "TYPE_MISMATCH"],
    ["1", "TYPE_MISMATCH"],
    ['"ＪWT"', "TYPE_MISMATCH"],
  ])("%s is %s where jwt or at+jwt is expected", (typ, code) => {
    expect(codeOfHeader(`{"alg":"HS256","typ":${typ}}`, { typ: ["JWT", "application/at+jwt"] })).toBe(code);
  });

  it.each([
    ["application/text/plain", "application/text/plain", "ACCEPTED"],
    ["application/text/plain", "APPLICATION/Text/Plain", "ACCEPTED"],
    ["application/text/plain", "text/plain", "TYPE_MISMATCH"],
    ["text/plain", "application/text/plain", "TYPE_MISMATCH"],
    ["text/plain", "Text/plain", "ACCEPTED"],
    // RFC 7515 §4.1.9 says of this one that it cannot be shortened.
    ['application/example;part="1/2"', 'example;part="1/2"', "TYPE_MISMATCH"],
    ['example;part="1/2"', 'application/example;part="1/2"', "TYPE_MISMATCH"],
    ["application/example\n/x", "example\n/x", "TYPE_MISMATCH"],
    ["application/example;part=1", "example;part=1", "ACCEPTED"],
    ["application/application/jwt", "application/jwt", "TYPE_MISMATCH"],
    ["application/jwt", "application/application/jwt", "TYPE_MISMATCH"],
  ])("with %j expected: %j is %s", (expected, typ, code) => {
    expect(codeOfHeader(JSON.stringify({ alg: "HS256", typ }), { typ: expected })).toBe(code);
  });

  it("must be there where it is expected, and may be anything where it is not", () => {
    expect(codeOfHeader('{"alg":"HS256"}', { typ: "JWT" })).toBe("TYPE_MISMATCH");
    expect(codeOfHeader('{"alg":"HS256","typ":[null]}')).toBe("ACCEPTED");
  });
});

describe("kid", () => {
  const keys = [
    { kid: "one", secret: TEST_SECRET },
    { kid: "two", secret: OTHER_TEST_SECRET },
  ];

  it.each([
    ['{"alg":"HS256","kid":"one"}', TEST_SECRET, "ACCEPTED"],
    ['{"alg":"HS256","kid":"two"}', OTHER_TEST_SECRET, "ACCEPTED"],
    ['{"alg":"HS256","kid":"\\u006fne"}', TEST_SECRET, "ACCEPTED"],
    ['{"alg":"HS256","kid":"one"}', OTHER_TEST_SECRET, "BAD_SIGNATURE"],
    ['{"alg":"HS256","kid":"two"}', TEST_SECRET, "BAD_SIGNATURE"],
    ['{"alg":"HS256","kid":"three"}', TEST_SECRET, "KEY_NOT_FOUND"],
    ['{"alg":"HS256","kid":"One"}', TEST_SECRET, "KEY_NOT_FOUND"],
    ['{"alg":"HS256","kid":""}', TEST_SECRET, "KEY_NOT_FOUND"],
    ['{"alg":"HS256","kid":"one\\u0000"}', TEST_SECRET, "KEY_NOT_FOUND"],
    ['{"alg":"HS256"}', TEST_SECRET, "KEY_NOT_FOUND"],
  ])("in %s selects the key it names: with this signature, %#, %s", (header, secret, code) => {
    expect(codeOf(signText("{}", header, secret as Uint8Array), { keys })).toBe(code);
  });

  it("is not needed where one key is the default, and selects nothing else there", () => {
    const withDefault = keys.map((key, index) => ({ ...key, default: index === 0 }));
    expect(codeOf(signText("{}", '{"alg":"HS256"}'), { keys: withDefault })).toBe("ACCEPTED");
    expect(codeOf(signText("{}", '{"alg":"HS256"}', OTHER_TEST_SECRET), { keys: withDefault })).toBe("BAD_SIGNATURE");
    expect(codeOf(signText("{}", '{"alg":"HS256","kid":"x"}'), { keys: withDefault })).toBe("KEY_NOT_FOUND");
  });

  it("of the only key must match when the token names one", () => {
    const only = { keys: { kid: "one", secret: TEST_SECRET } };
    expect(codeOf(signText("{}", '{"alg":"HS256"}'), only)).toBe("ACCEPTED");
    expect(codeOf(signText("{}", '{"alg":"HS256","kid":"one"}'), only)).toBe("ACCEPTED");
    expect(codeOf(signText("{}", '{"alg":"HS256","kid":"two"}'), only)).toBe("KEY_NOT_FOUND");
  });
});
