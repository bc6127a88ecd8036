/** Members of a JOSE header besides those that the key and the options say. */
import { describe, expect, it } from "vitest";
import { createSigner, createVerifier } from "../../../src/index.js";
import { LONG_TEST_SECRET, NOW, TEST_SECRET } from "../../support/tokens.js";

function headerOf(token: string): string {
  return Buffer.from(token.split(".")[0] as string, "base64url").toString();
}

const sign = (header: unknown, more: object = {}) => createSigner({ key: TEST_SECRET, header, ...more } as never).sign({});

describe("members of a signer's header", () => {
  it.each<[object, string]>([
    [{}, '{"alg":"HS256","typ":"JWT"}'],
    [{ cty: "x" }, '{"alg":"HS256","typ":"JWT","cty":"x"}'],
    [{ a: 1, b: [null, true, -0.5, "é"], c: { d: {} } }, '{"alg":"HS256","typ":"JWT","a":1,"b":[null,true,-0.5,"é"],"c":{"d":{}}}'],
    [{ crit: ["exp"], exp: 5 }, '{"alg":"HS256","typ":"JWT","crit":["exp"],"exp":5}'],
    [
      { x5c: ["MIIB"], jku: "https://a.example", "x5t#S256": "x" },
      '{"alg":"HS256","typ":"JWT","x5c":["MIIB"],"jku":"https://a.example","x5t#S256":"x"}',
    ],
    [{ jwk: { kty: "EC", crv: "P-256", x: "x", y: "y" } }, '{"alg":"HS256","typ":"JWT","jwk":{"kty":"EC","crv":"P-256","x":"x","y":"y"}}'],
    [JSON.parse('{"__proto__":{"alg":"none"},"toString":1}'), '{"alg":"HS256","typ":"JWT","__proto__":{"alg":"none"},"toString":1}'],
    [Object.assign(Object.create(null), { a: 1 }), '{"alg":"HS256","typ":"JWT","a":1}'],
    [{ "": "\ud800" }, '{"alg":"HS256","typ":"JWT","":"\\ud800"}'],
  ])("%j make the header %s", (header, expected) => {
    const token = sign(header);
    expect(headerOf(token)).toBe(expected);
    const verifier = createVerifier({ keys: TEST_SECRET, crit: ["exp"] });
    expect(verifier.verify(token)).toMatchObject({ ok: true });
  });

  it("come after the key's name, with each kind of key", () => {
    const token = sign({ cty: "x" }, { key: { kid: "k", alg: "HS512", secret: LONG_TEST_SECRET }, typ: null });
    expect(headerOf(token)).toBe('{"alg":"HS512","kid":"k","cty":"x"}');
  });

  it("are those of the time when the signer was made", () => {
    const header = { list: ["a"] };
    const signer = createSigner({ key: TEST_SECRET, header });
    header.list.push("b");
    expect(headerOf(signer.sign({}))).toBe('{"alg":"HS256","typ":"JWT","list":["a"]}');
  });

  it("may be as many and as deep as a verifier takes", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, maxTokenLength: 65_536 });
    const many = Object.fromEntries(Array.from({ length: 61 }, (_, index) => [`m${index}`, index]));
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    for (const header of [many, { deep: deep(127) }, { long: "x".repeat(16_384 - 11) }])
      expect(verifier.verify(sign(header))).toMatchObject({ ok: true });
    expect(() => sign({ ...many, more: 1 })).toThrow("Expected `header` to have at most 61 members, got 62");
    expect(() => sign({ deep: deep(128) })).toThrow("Expected `header.deep` to be at most 128 levels deep");
    expect(() => sign({ long: "x".repeat(16_384 - 10) })).toThrow("Expected `header` to be at most 16384 bytes in JSON, got 16385");
  });

  it("count for the length of a token", () => {
    const signer = createSigner({ key: TEST_SECRET, header: { long: "x".repeat(16_000) }, currentDate: NOW });
    expect(() => signer.sign({ x: "x".repeat(182_000) })).toThrow("Expected `claims` to make a token of at most 262144 bytes");
    expect(createVerifier({ keys: TEST_SECRET, maxTokenLength: 262_144 }).verify(signer.sign({ x: "x".repeat(160_000) })).ok).toBe(true);
  });

  const circle: { self?: object } = {};
  circle.self = circle;
  it.each<[unknown, string]>([
    [null, "Expected `header` to be a plain object of JOSE header members, got null"],
    [[], "Expected `header` to be a plain object"],
    ["{}", "Expected `header` to be a plain object"],
    [new Map([["a", 1]]), "Expected `header` to be a plain object"],
    [{ toJSON: () => ({ alg: "none" }) }, "Expected `header` to be a plain object"],
    [{ alg: "HS256" }, "Expected `header` to have no `alg`: the key says it"],
    [{ kid: "k" }, "Expected `header` to have no `kid`: it is a member of `key`"],
    [{ typ: "x" }, "Expected `header` to have no `typ`: it is an option of the signer"],
    [{ b64: false, crit: ["b64"] }, "Expected `header` to have no `b64`: payloads are always in base64url (RFC 7797 §7)"],
    [{ b64: true }, "Expected `header` to have no `b64`"],
    [{ zip: "DEF" }, "Expected `header` to have no `zip`: it is of encryption"],
    [{ enc: "A128GCM" }, "Expected `header` to have no `enc`: it is of encryption"],
    [{ crit: [] }, "Expected `header.crit` to be a non-empty string or array of them"],
    [{ crit: "exp", exp: 1 }, "Expected `header.crit` to be an array of header parameter names, got a string"],
    [{ crit: null }, "Expected `header.crit` to be an array of header parameter names, got null"],
    [{ crit: ["exp", "exp"], exp: 1 }, "Expected `header.crit` to name each extension once"],
    [{ crit: ["exp"] }, "Expected each name in `header.crit` to be a member of `header`"],
    [{ crit: ["toString"] }, "Expected each name in `header.crit` to be a member of `header`"],
    [{ crit: ["cty"], cty: "x" }, 'Expected `header.crit` to name extensions, got the standard parameter "cty"'],
    [{ crit: [1] }, "Expected `header.crit` to be a non-empty string or array of them"],
    [{ cty: 5 }, "Expected `header.cty` to be a string, got 5"],
    [{ x5c: "MIIB" }, "Expected `header.x5c` to be a non-empty array of strings"],
    [{ x5c: [] }, "Expected `header.x5c` to be a non-empty array of strings"],
    [{ jwk: "key" }, "Expected `header.jwk` to be a public JWK"],
    [{ jwk: { kty: "EC", d: "secret" } }, "Expected `header.jwk` to be a public JWK, got one with `d`: anybody can read a header"],
    [{ jwk: { kty: "oct", k: "secret" } }, "got one with `k`"],
    [
      { a: undefined },
      "Expected `header.a` to be JSON: text, finite numbers, booleans, null, arrays and plain objects of them, got undefined",
    ],
    [{ a: () => 1 }, "Expected `header.a` to be JSON"],
    [{ a: 1n }, "Expected `header.a` to be JSON"],
    [{ a: Number.NaN }, "Expected `header.a` to be JSON"],
    [{ a: new Date() }, "Expected `header.a` to be JSON"],
    [{ a: { b: [undefined] } }, "Expected `header.a` to be JSON"],
    [{ a: new Array(2) }, "Expected `header.a` to be JSON"],
    [{ a: new Uint8Array(2) }, "Expected `header.a` to be JSON"],
    [{ a: circle }, "Expected `header.a` to be at most 128 levels deep"],
  ])("%o are refused", (header, message) => {
    expect(() => sign(header)).toThrow(TypeError);
    expect(() => sign(header)).toThrow(message);
  });
});
