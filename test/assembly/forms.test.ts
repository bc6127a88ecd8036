/** Forms of headers: what was learnt of other headers changes no verdict. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONTEXT_FORMS, FORM_ENTRIES, FORM_TEXT_ROOM } from "../../src/abi.js";
import { Engine } from "../../src/engine/engine.js";
import { createKeyTable, createVerifier, type KeyTable } from "../../src/index.js";
import { parseStrict } from "../reference/json.js";
import { type ReferenceOptions, verify as verifyByReference } from "../reference/verify.js";
import { expectAsReference, plain } from "../support/compare.js";
import { deviceKeys, deviceSecret, fleet, LARGE } from "../support/devices.js";
import { place } from "../support/place.js";
import { runs } from "../support/runs.js";
import { base64url, NOW, signSegments, signText } from "../support/tokens.js";

/** Names of keys that exist. */
const KIDS = [
  "",
  "a",
  "device 1",
  "device 2",
  '"',
  '"quoted"',
  "\\",
  "back\\slash\\",
  'x","alg":"none',
  'x","kid":"device 2',
  'x","x":"',
  "\n",
  "\0",
  "\u007f",
  "ключ",
  "naïve",
  "naive",
  "😀",
  "k".repeat(15),
  "k".repeat(16),
  "k".repeat(17),
  "k".repeat(256),
  "é".repeat(128),
];

/** How a `kid` is spelt in a header: rightly, with escapes that need not be, wrongly. */
const SPELLINGS = [
  ...KIDS.map((kid) => JSON.stringify(kid)),
  '"\\u0061"',
  '"device\\u00201"',
  '"\\u043a\\u043b\\u044e\\u0447"',
  '"\\ud83d\\ude00"',
  '"\\/"',
  '"\\ud800"',
  '"nobody"',
  `"${"k".repeat(257)}"`,
  `"${"é".repeat(129)}"`,
  '"a\u0001"',
  '"a\n"',
  '"a\\x"',
  '"a',
  '"a""',
  '"a","alg":"none"',
  '"a","alg":"HS256"',
  '"a","kid":"device 1"',
  '"a","k\\u0069d":"device 1"',
  '"a","x":1',
  '"a","crit":["ext"]',
  '"a","b64":false',
  '"a","typ":1',
  "1",
  "null",
  '["a"]',
  '{"kid":"a"}',
];

/** Where it stands, and among what. */
const PLACES: readonly ((kid: string) => string)[] = [
  (kid) => `{"alg":"HS256","kid":${kid}}`,
  (kid) => `{"kid":${kid},"alg":"HS256"}`,
  (kid) => `{"alg":"HS256","kid":${kid},"typ":"JWT"}`,
  (kid) => `{"kid":${kid},"alg":"HS256","crit":["ext"],"ext":1}`,
  (kid) => `{"alg":"HS256","kid":${kid},"crit":["unknown"],"unknown":1}`,
  (kid) => ` {\t"alg" : "HS256" ,\r\n"kid" : ${kid} } `,
  (kid) => `{"alg":"HS256","x":{"kid":"device 1"},"kid":${kid}}`,
  (kid) => `{"alg":"HS256","kid":${kid},"y":[{"kid":"device 1","alg":"none"}]}`,
  (kid) => `{"alg":"HS256","x":${kid},"kid":"a"}`,
  (kid) => `{"alg":"HS256","x":"","kid":${kid},"x":""}`,
  (kid) => `{"alg":"HS384","kid":${kid}}`,
  (kid) => `{"alg":"none","kid":${kid}}`,
  (kid) => `{"alg":"HS256","x":"${"x".repeat(200)}","kid":${kid}}`,
  (kid) => `{"alg":"HS256","kid":${kid},"x":"${"x".repeat(200)}"}`,
];

/** Signed as it stands, with the key that it names or else that of "a". */
function sign(header: string | Uint8Array): string {
  const { kid, alg } = (parseStrict(Buffer.from(header))?.value ?? {}) as { kid?: unknown; alg?: unknown };
  const secret = deviceSecret(typeof kid === "string" && KIDS.includes(kid) ? kid : "a");
  return signSegments(base64url(header), base64url("{}"), secret, alg === "HS384" ? "HS384" : "HS256");
}

const TOKENS = PLACES.flatMap((place) => SPELLINGS.map((kid) => sign(place(kid))));

/** The tokens in an order that is another for each seed. */
function shuffled(tokens: readonly string[], seed: number): string[] {
  return tokens
    .map((token, index) => ({ token, place: Math.imul(index + 1, 0x9e3779b1 ^ Math.imul(seed, 0x85ebca6b)) >>> 0 }))
    .sort((left, right) => left.place - right.place)
    .map(({ token }) => token);
}

/** One of the keys is of another algorithm: a header of the same form that names it is not allowed its own. */
const named = deviceKeys(KIDS).map((key) => ({ ...key, alg: key.kid === "device 2" ? ("HS384" as const) : ("HS256" as const) }));
const sizes = { small: named, large: [...deviceKeys(fleet(LARGE)), ...named] };

describe.each(["small", "large"] as const)("with a %s table", (size) => {
  const table: KeyTable = createKeyTable({ keys: sizes[size], allowWeakSecrets: true });
  const common = { currentDate: NOW, crit: ["ext"] };
  const chosen: ReferenceOptions = { ...common, keys: sizes[size] };
  const make = () => createVerifier({ ...common, keys: table, algorithms: ["HS256", "HS384"] });

  it("every header is judged like the reference's by a verifier that has learnt nothing", () => {
    for (const token of TOKENS) expect(plain(make().verify(token))).toEqual(verifyByReference(token, chosen));
    expect(TOKENS.filter((token) => verifyByReference(token, chosen).ok).length).toBeGreaterThan(200);
  });

  it.each([1, 2, 3, 4, 5])("every header is judged the same whatever was met before, in order %i", (seed) => {
    const verifier = make();
    for (const order of [seed, seed + 100]) {
      const tokens = shuffled(TOKENS, order);
      expectAsReference(verifier.verifyBatch(tokens), tokens, chosen);
    }
    for (const token of shuffled(TOKENS, seed + 200)) expect(plain(verifier.verify(token))).toEqual(verifyByReference(token, chosen));
  });

  it.each(PLACES.map((place) => [place('"…"'), place] as const))(
    "headers of the form %s alone are judged like the reference's",
    (_, place) => {
      const verifier = make();
      const learnt = sign(place('"device 1"'));
      for (let round = 0; round < 3; round++) {
        const tokens = SPELLINGS.flatMap((kid) => [learnt, sign(place(kid))]);
        expectAsReference(verifier.verifyBatch(tokens), tokens, chosen);
      }
    },
  );

  it("a header that was changed in any of its bytes is judged like the reference's", () => {
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('"\\{}[],: \0\u001f\u007fkidalgu0')), fc.nat(255));
    const edit = fc.tuple(fc.constantFrom("set", "insert", "remove"), fc.nat(), byte);
    const changed = fc
      .tuple(fc.constantFrom(...PLACES), fc.constantFrom(...SPELLINGS), fc.array(edit, { maxLength: 3 }))
      .map(([place, kid, edits]) => {
        const bytes = [...Buffer.from(place(kid))];
        for (const [kind, at, value] of edits)
          bytes.splice(at % (bytes.length + 1), kind === "insert" ? 0 : 1, ...(kind === "remove" ? [] : [value]));
        return sign(Uint8Array.from(bytes.length ? bytes : [0x7b]));
      });
    const verifier = make();
    fc.assert(
      fc.property(fc.array(changed, { minLength: 1, maxLength: 30 }), (tokens) => {
        expectAsReference(verifier.verifyBatch(tokens), tokens, chosen);
      }),
      runs(150),
    );
  });

  it("a form says nothing of the signature, and nothing to a verifier of other rules", () => {
    const [first, second] = [make(), createVerifier({ ...common, keys: table, typ: "at+jwt" })];
    const header = (kid: string) => `{"alg":"HS256","kid":"${kid}"}`;
    for (let round = 0; round < 3; round++) {
      expect(first.verify(sign(header("device 1"))).ok).toBe(true);
      expect(first.verify(signText("{}", header("naive"), deviceSecret("device 1")))).toEqual({ ok: false, code: "BAD_SIGNATURE" });
      expect(second.verify(sign(header("naive")))).toEqual({ ok: false, code: "TYPE_MISMATCH" });
      expect(first.verify(signText("{}", header("device 2"), deviceSecret("device 2")))).toEqual({
        ok: false,
        code: "ALGORITHM_NOT_ALLOWED",
      });
    }
  });
});

describe("a form", () => {
  /** In a context's first form: how many have been learnt. */
  const LEARNT = 12;
  const engine = new Engine();
  const kids = [...fleet(100), "ключ", "é", '"', "\\", ""];

  function setUp() {
    const { address } = place(engine, { keys: deviceKeys(kids), currentDate: NOW });
    const learntBy = (...headers: string[]) => {
      const tokens = headers.map((header) => signText("{}", header, deviceSecret(JSON.parse(header).kid)));
      for (const token of tokens) expect(engine.chunks.verifyOne(address, token, 8192, NOW)).toBe(0);
      return engine.memory.word(engine.memory.word(address, CONTEXT_FORMS), LEARNT);
    };
    return learntBy;
  }

  const first = (kid: string) => `{"alg":"HS256","kid":${JSON.stringify(kid)}}`;
  const second = (kid: string) => `{"kid":${JSON.stringify(kid)},"alg":"HS256"}`;

  it("is learnt once and fits every other kid", () => {
    expect(setUp()(...fleet(100).map(first), first(""))).toBe(1);
  });

  it("is learnt beside one other, however they alternate", () => {
    expect(setUp()(...fleet(100).flatMap((kid) => [first(kid), second(kid)]))).toBe(FORM_ENTRIES);
  });

  it("is not driven out by headers that fit none", () => {
    const learntBy = setUp();
    expect(learntBy(first("fleet 0"), second("fleet 0"))).toBe(FORM_ENTRIES);
    for (const kid of ["ключ", "é", '"', "\\"]) {
      const header = `{"alg":"HS256","typ":"JWT","kid":${JSON.stringify(kid)}}`;
      expect(learntBy(header, first(kid), second(kid), header, first("fleet 1"), second("fleet 1"))).toBe(FORM_ENTRIES);
    }
  });

  it("is not learnt of a header that is too long before its kid or behind it", () => {
    const long = "x".repeat(FORM_TEXT_ROOM);
    expect(setUp()(`{"alg":"HS256","x":"${long}","kid":"fleet 1"}`, `{"alg":"HS256","kid":"fleet 1","x":"${long}"}`)).toBe(0);
    const [before, behind] = ['{"alg":"HS256","x":"","kid":"', '","alg":"HS256","x":""}'];
    const fitting = `{"alg":"HS256","x":"${long.slice(before.length)}","kid":"fleet 1"}`;
    expect(setUp()(fitting, `{"kid":"fleet 1","alg":"HS256","x":"${long.slice(behind.length)}"}`)).toBe(2);
  });

  it("is not learnt of a token that is no good", () => {
    const { address } = place(engine, { keys: deviceKeys(kids), currentDate: NOW });
    const forged = signText("{}", first("fleet 1"), deviceSecret("fleet 2"));
    const late = signText('{"exp":1}', first("fleet 1"), deviceSecret("fleet 1"));
    for (const token of [forged, late, signText("{}", first("nobody"))])
      expect(engine.chunks.verifyOne(address, token, 8192, NOW)).not.toBe(0);
    expect(engine.memory.word(address, LEARNT)).toBe(0);
  });
});
