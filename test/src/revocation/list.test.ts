/** Revocation lists: what they reject, what they let be, and for how long. */
import "../../support/followFakes.js";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createKeyTable, createVerifier, type Verdict, type Verifier, type VerifierOptions } from "../../../src/index.js";
import type { RevocationEntry, RevocationInput, RevokedSubject, TokenIdentity } from "../../../src/revocation/entry.js";
import { createRevocationList, type RevocationList } from "../../../src/revocation/list.js";
import type { RevocationSink, RevocationStore } from "../../../src/revocation/store.js";
import { PAIRS, signWith as signPublic } from "../../support/pairs.js";
import { testSecret, tokenOf } from "../../support/ring.js";
import { NOW, signText } from "../../support/tokens.js";

const A = "https://a.example";
const B = "https://b.example";
const KEYS = [
  { kid: "1", secret: testSecret("1") },
  { kid: "2", secret: testSecret("2") },
  { kid: "p", alg: "ES256" as const, publicKey: PAIRS.ES256.publicKey },
];

let number = 0;
/** A token that no other is equal to. */
function token(claims: object = {}, kid = "1"): string {
  return tokenOf(kid, { iss: A, sub: "device-1", iat: NOW - 10, exp: NOW + 100, nr: number++, ...claims });
}

function verifierOf(revocation: RevocationList, more: Partial<VerifierOptions> = {}): Verifier {
  return createVerifier({ keys: KEYS, currentDate: NOW, revocation, ...more });
}

function codeOf(verdict: Verdict): string {
  return verdict.ok ? "ACCEPTED" : verdict.claim ? `${verdict.code} ${verdict.claim}` : verdict.code;
}

/** One code, by every way of asking. */
async function judged(verifier: Verifier, text: string): Promise<string> {
  const other = token({ jti: `other-${number}`, sub: "another", iat: NOW });
  const batch = verifier.verifyBatch([other, text]);
  const later = await verifier.verifyBatchAsync([text, other]);
  const codes = [verifier.verify(text), await verifier.verifyAsync(text), batch.at(1), later.at(0)].map(codeOf);
  expect(new Set(codes).size).toBe(1);
  expect([batch.accepted, later.accepted]).toEqual(codes[0] === "ACCEPTED" ? [2, 2] : [1, 1]);
  return codes[0] as string;
}

describe("a revoked token", () => {
  it.each<[string, RevocationEntry]>([
    ["its `jti` and `iss`", { jti: "t-1", iss: A }],
    ["its `jti` alone", { jti: "t-1" }],
    ["its subject", { sub: "device-1", iss: A, before: NOW }],
    ["its subject of any issuer", { sub: "device-1", before: NOW - 9 }],
    ["its key", { kid: "1" }],
    ["its key of its issuer, until now", { kid: "1", iss: A, before: NOW }],
    ["all that is older", { before: NOW - 9.5 }],
    ["all that its issuer has issued", { before: NOW, iss: A }],
  ])("is rejected by %s", async (_, entry) => {
    const list = createRevocationList();
    const verifier = verifierOf(list);
    const text = token({ jti: "t-1" });
    expect(await judged(verifier, text)).toBe("ACCEPTED");
    list.apply([entry]);
    expect(codeOf(verifier.verify(text))).toBe("REVOKED");
    expect(codeOf(verifier.verifyBatch([text]).at(0))).toBe("REVOKED");
    expect(codeOf(await verifier.verifyAsync(text))).toBe("REVOKED");
  });

  it.each<[string, RevocationEntry]>([
    ["another `jti`", { jti: "t-2", iss: A }],
    ["the same `jti` of another issuer", { jti: "t-1", iss: B }],
    ["another subject", { sub: "device-2", iss: A, before: NOW }],
    ["its `jti` as a subject", { sub: "t-1", before: NOW }],
    ["what was issued before it", { sub: "device-1", before: NOW - 10 }],
    ["another key", { kid: "2" }],
    ["its key before it was issued", { kid: "1", before: NOW - 10 }],
    ["all that another issuer has issued", { before: NOW, iss: B }],
    ["what is older", { before: NOW - 10 }],
  ])("is none because of %s", async (_, entry) => {
    const list = createRevocationList();
    list.apply([entry]);
    expect(await judged(verifierOf(list), token({ jti: "t-1" }))).toBe("ACCEPTED");
  });

  it("is rejected among others, whatever its number in the batch, and no other is", () => {
    const list = createRevocationList();
    const tokens = Array.from({ length: 3000 }, (_, index) => token({ jti: `t-${index}`, iss: index % 3 ? A : B }));
    list.apply(tokens.map((_, index) => ({ jti: `t-${index}`, iss: index % 3 ? A : B })).filter((_, index) => index % 7 === 0));
    const batch = verifierOf(list).verifyBatch(tokens);
    expect([...batch].map(codeOf)).toEqual(tokens.map((_, index) => (index % 7 === 0 ? "REVOKED" : "ACCEPTED")));
    expect(batch.accepted).toBe(3000 - Math.ceil(3000 / 7));
  });

  it("is recognized however its claims are spelt", async () => {
    const list = createRevocationList();
    list.apply([{ jti: "é/1", iss: `${A}/ü` }]);
    const header = JSON.stringify({ alg: "HS256", kid: "1" });
    const spelt = (jti: string, iss: string) => signText(`{"jti":"${jti}","iss":"${iss}","n":${number++}}`, header, testSecret("1"));
    expect(await judged(verifierOf(list), spelt("é/1", `${A}/ü`))).toBe("REVOKED");
    expect(await judged(verifierOf(list), spelt("\\u00e9\\/1", `${A.replaceAll("/", "\\/")}/\\u00fc`))).toBe("REVOKED");
    expect(await judged(verifierOf(list), spelt("\\u00e8\\/1", `${A}/ü`))).toBe("ACCEPTED");
  });

  it("of a public key is rejected as well", async () => {
    const list = createRevocationList();
    const claims = JSON.stringify({ iss: A, jti: "p-1", iat: NOW - 5 });
    const text = signPublic("ES256", claims, JSON.stringify({ alg: "ES256", kid: "p" }));
    expect(await judged(verifierOf(list), text)).toBe("ACCEPTED");
    list.apply([{ jti: "p-1", iss: A }]);
    expect(await judged(verifierOf(list), text)).toBe("REVOKED");
    const byKey = createRevocationList();
    byKey.apply([{ kid: "p" }]);
    expect(await judged(verifierOf(byKey), text)).toBe("REVOKED");
  });

  it("is so with numbers that only the host can read", async () => {
    const list = createRevocationList();
    list.apply([{ sub: "device-1", before: NOW }]);
    const text = (iat: string) =>
      signText(`{"sub":"device-1","iat":${iat},"n":${number++}}`, JSON.stringify({ alg: "HS256", kid: "1" }), testSecret("1"));
    expect(await judged(verifierOf(list), text(`${NOW - 1}.000000000000000000000001e0`))).toBe("REVOKED");
    expect(await judged(verifierOf(list), text(`${NOW}.000000000000000000000001e0`))).toBe("ACCEPTED");
  });

  it("is one that does not say when it was issued, if its subject or issuer is", async () => {
    const list = createRevocationList();
    list.apply([{ sub: "device-1", before: 1 }]);
    expect(await judged(verifierOf(list), token({ iat: undefined }))).toBe("REVOKED");
    expect(await judged(verifierOf(list), token({ iat: 1 }))).toBe("ACCEPTED");
  });

  it("of a key in a table is rejected by the name that the key is found by", async () => {
    const list = createRevocationList();
    const table = createKeyTable({ keys: [{ kid: "device-1", secret: testSecret("1") }] });
    const verifier = createVerifier({ keys: table, keyFrom: { claim: "sub" }, currentDate: NOW, revocation: list });
    const text = token({}, "1");
    expect(codeOf(verifier.verify(text))).toBe("ACCEPTED");
    list.apply([{ kid: "device-1" }]);
    expect(codeOf(verifier.verify(text))).toBe("REVOKED");
  });

  it("is rejected by the list of a verifier of several issuers", async () => {
    const list = createRevocationList();
    const issuers = [
      { issuer: A, keys: KEYS },
      { issuer: B, keys: KEYS },
    ];
    const verifier = createVerifier({ issuers, currentDate: NOW, revocation: list });
    list.apply([{ jti: "t-1", iss: B }]);
    expect(await judged(verifier, token({ jti: "t-1" }))).toBe("ACCEPTED");
    expect(await judged(verifier, token({ jti: "t-1", iss: B }))).toBe("REVOKED");
  });
});

describe("the order of judgement", () => {
  const list = createRevocationList();
  list.apply([{ jti: "t-1" }]);

  it.each<[string, string, object, Partial<VerifierOptions>]>([
    ["EXPIRED exp", "an expired one", { exp: NOW - 1 }, {}],
    ["AUDIENCE_MISMATCH aud", "one for others", { aud: "b" }, { audience: "a" }],
    ["CLAIM_MISSING role", "one that lacks a claim", {}, { requiredClaims: ["role"] }],
    ["VALIDATION_FAILED", "one that `validate` rejects", {}, { validate: () => false }],
    ["REVOKED", "one that all else accepts", {}, { validate: () => true }],
  ])("is %s for a revoked token that is %s", async (code, _, claims, options) => {
    const verifier = verifierOf(list, options);
    const text = token({ jti: "t-1", ...claims });
    expect(codeOf(verifier.verify(text))).toBe(code);
    expect(codeOf(await verifier.verifyAsync(text))).toBe(code);
    expect(codeOf(verifier.verifyBatch([text]).at(0))).toBe(code);
  });

  it("lets nothing be learnt from a forged one", async () => {
    const text = token({ jti: "t-1" });
    expect(await judged(verifierOf(list), `${text.slice(0, -3)}AAA`)).toMatch(/BAD_SIGNATURE|MALFORMED/);
  });
});

describe("claims that are no strings", () => {
  it.each(["jti", "sub", "iss"])("make a token CLAIM_INVALID where there is a list: %s", async (claim) => {
    const text = token({ [claim]: 7 });
    expect(await judged(createVerifier({ keys: KEYS, currentDate: NOW }), text)).toBe("ACCEPTED");
    expect(await judged(verifierOf(createRevocationList()), text)).toBe(`CLAIM_INVALID ${claim}`);
  });

  it("with `requireJwtId`, `jti` must be there and a string", async () => {
    const verifier = createVerifier({ keys: KEYS, currentDate: NOW, requireJwtId: true });
    const other = token({ jti: "x" });
    const codes = [token(), token({ jti: 5 }), token({ jti: null }), other].map((text) => codeOf(verifier.verify(text)));
    expect(codes).toEqual(["CLAIM_MISSING jti", "CLAIM_INVALID jti", "CLAIM_INVALID jti", "ACCEPTED"]);
  });
});

describe("an entry", () => {
  const list = createRevocationList();

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "Expected `entry` to be an object, got undefined"],
    ["text", "t-1", "Expected `entry` to be an object, got a string"],
    ["no name and no time", { iss: A }, "Expected `entry` to have `jti`, `sub`, `kid` or `before`, got none of them"],
    ["a name that is not set", { sub: undefined, before: NOW }, "Expected `entry.sub` to be set, got undefined"],
    ["an issuer that is not set", { before: NOW, iss: undefined }, "Expected `entry.iss` to be set, got undefined"],
    ["two names", { jti: "a", sub: "b" }, "Expected `entry` to have one of jti, sub, kid, got jti and sub"],
    ["an empty `jti`", { jti: "" }, "Expected `entry.jti` to be a non-empty string, got an empty string"],
    ["a number for `jti`", { jti: 5 }, "Expected `entry.jti` to be a non-empty string, got 5"],
    ["a lone surrogate", { jti: "\ud800" }, "Expected `entry.jti` to be a non-empty string"],
    ["a very long `jti`", { jti: "x".repeat(16384) }, "Expected `entry.jti` to be at most 16383 bytes"],
    ["a very long `iss`", { jti: "a", iss: "x".repeat(257) }, "Expected `entry.iss` to be at most 256 bytes"],
    ["`before` of one token", { jti: "a", before: NOW }, "Expected `entry.before` not to stand beside `jti`"],
    ["milliseconds", { jti: "a", exp: NOW * 1000 }, "Expected `entry.exp` to be seconds since the epoch"],
    ["a time that is none", { before: Number.NaN }, "Expected `entry.before` to be a number of seconds"],
    ["a misspelt member", { jti: "a", expires: NOW }, "Unknown option `expires`"],
    ["one bad among good", [{ jti: "a" }, { jti: 1 }], "Expected `entries[1].jti` to be a non-empty string, got 1"],
  ])("of %s is refused, and nothing is revoked", async (_, entry, message) => {
    await expect(list.revoke(entry as RevocationEntry)).rejects.toThrow(message);
    expect(list.size).toBe(0);
  });

  it("that comes twice lasts as long and reaches as far as both", () => {
    const twice = createRevocationList({ currentDate: () => NOW });
    twice.apply([{ sub: "a", before: NOW, exp: NOW + 5 }]);
    twice.apply([{ sub: "a", before: NOW - 5, exp: NOW + 50 }]);
    twice.apply([{ jti: "a", exp: NOW + 5 }]);
    twice.apply([{ jti: "a" }]);
    expect([...twice.snapshot()]).toEqual(expect.arrayContaining([{ sub: "a", before: NOW, exp: NOW + 50 }, { jti: "a" }]));
    expect(twice.size).toBe(2);
  });

  it("of a subject without `before` holds from now on back", async () => {
    const now = createRevocationList({ currentDate: () => NOW });
    await now.revoke({ sub: "a" });
    now.apply([{ sub: "b", iss: A }]);
    expect([...now.snapshot()]).toEqual(
      expect.arrayContaining([
        { sub: "a", before: NOW + 0.0005 },
        { sub: "b", before: NOW + 0.0005, iss: A },
      ]),
    );
    expect(now.size).toBe(2);
  });

  it("is one of those that the README shows, whatever the compiler can tell of it", () => {
    const input: RevocationInput[] = [{ iss: A, jti: "a", exp: NOW }, { iss: A, sub: "a" }, { kid: "a" }, { iss: A, before: NOW }];
    // @ts-expect-error An entry that is there says before when.
    const entry: RevocationEntry = { iss: A, sub: "a" };
    // @ts-expect-error All of an issuer are revoked up to a time that is given.
    const issue: RevocationInput = { iss: A };
    const { before }: RevokedSubject = { sub: "a", before: NOW };
    const other = createRevocationList();
    other.apply(input);
    expect(other.size).toBe(4);
    expect([entry, issue, before]).toEqual([{ iss: A, sub: "a" }, { iss: A }, NOW]);
  });
});

describe("a snapshot", () => {
  it("has every entry as it was given, among ten thousand of all kinds", () => {
    const list = createRevocationList({ currentDate: () => NOW });
    const entries = Array.from({ length: 10_000 }, (_, index): RevocationEntry => {
      const of = { ...(index % 3 && { iss: `${A}/${index % 5}` }), ...(index % 2 && { exp: NOW + index }) };
      const kinds = [
        { jti: `jti-${index}` },
        { sub: `süb-${index}`, before: NOW + index / 8 },
        { kid: `kid-${index}` },
        { kid: `k-${index}`, before: 1 },
      ];
      return { ...(kinds[index % 4] as { jti: string }), ...of };
    });
    entries.push({ before: NOW, iss: B }, { before: NOW - 1 });
    list.apply(entries);
    const sorted = (all: Iterable<RevocationEntry>) => [...all].map((entry) => JSON.stringify(entry, Object.keys(entry).sort())).sort();
    expect(sorted(list.snapshot())).toEqual(sorted(entries));
    const other = createRevocationList({ currentDate: () => NOW });
    other.apply([...list.snapshot()]);
    expect(sorted(other.snapshot())).toEqual(sorted(entries));
  });
});

describe("asking for a token by what is known of it", () => {
  it("says what verifiers say", () => {
    const list = createRevocationList();
    list.apply([{ jti: "t-1", iss: A }, { sub: "s", before: NOW }, { kid: "k" }, { before: NOW - 1000, iss: B }]);
    const known: [TokenIdentity, boolean][] = [
      [{ jti: "t-1", iss: A }, true],
      [{ jti: "t-1", iss: B, iat: NOW }, false],
      [{ jti: "t-1" }, false],
      [{ sub: "s", iat: NOW - 1 }, true],
      [{ sub: "s", iat: NOW }, false],
      [{ sub: "s" }, true],
      [{ kid: "k", iat: NOW }, true],
      [{ iss: B, iat: NOW - 1001 }, true],
      [{ iss: A, iat: NOW - 1001 }, false],
      [{}, false],
    ];
    expect(known.map(([identity]) => list.isRevoked(identity))).toEqual(known.map(([, expected]) => expected));
  });

  it("says since when all of a subject is good, by entries of any issuer", () => {
    const list = createRevocationList();
    list.apply([
      { sub: "s", before: NOW },
      { sub: "s", before: NOW - 1 },
      { sub: "a", before: NOW, iss: A },
      { before: NOW },
      { jti: "t" },
    ]);
    expect(["s", "a", "t", ""].map((sub) => list.revokedBefore(sub))).toEqual([NOW, undefined, undefined, undefined]);
  });

  it("tells those who listen, until they no longer do, and lets none of them do harm", async () => {
    const list = createRevocationList();
    const heard: unknown[] = [];
    list.subscribe(() => {
      throw new Error("must not matter");
    });
    const end = list.subscribe((entries) => heard.push(...entries));
    await list.revoke([{ jti: "a" }, { jti: "b" }]);
    end();
    await list.revoke({ jti: "c" });
    expect(heard).toEqual([{ jti: "a" }, { jti: "b" }]);
  });
});

describe("a list of which something is asked with nothing", () => {
  const list = createRevocationList();
  list.apply([{ jti: "undefined" }, { sub: "undefined", before: NOW }]);

  it.each<[string, () => unknown, string]>([
    ["apply", () => list.apply(undefined as never), "Expected `entries` to be an array, got undefined"],
    ["isRevoked", () => list.isRevoked(undefined as never), "Expected `token` to be an object, what is known of a token, got undefined"],
    ["isRevoked", () => list.isRevoked("t-1" as never), "Expected `token` to be an object, what is known of a token, got a string"],
    ["revokedBefore", () => list.revokedBefore(undefined as never), "Expected `sub` to be a string, got undefined"],
    ["subscribe", () => list.subscribe(undefined as never), "Expected `listener` to be a function, got undefined"],
    ["outlive", () => list.outlive(undefined as never), "Expected `seconds` to be a number of seconds, 0 or more, got undefined"],
    ["outlive", () => list.outlive(Number.NaN), "Expected `seconds` to be a number of seconds, 0 or more, got NaN"],
  ])("names what it expected: %s", (_, ask, message) => {
    expect(ask).toThrow(new TypeError(message));
    expect(list.size).toBe(2);
  });
});

describe("vanishing", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"], now: NOW * 1000 }));
  afterEach(() => void vi.useRealTimers());

  it("takes entries away when their tokens have expired, and gives their place to others", async () => {
    const list = createRevocationList();
    const verifier = createVerifier({ keys: KEYS, revocation: list });
    const entries = (from: number) => Array.from({ length: 5000 }, (_, index) => ({ jti: `jti-${from + index}`, exp: NOW + 10 }));
    list.apply([...entries(10_000), { jti: "stays" }, { jti: "later", exp: NOW + 1000 }]);
    const { bytes } = list.health();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(list.size).toBe(5002);
    await vi.advanceTimersByTimeAsync(120_000);
    expect([...list.snapshot()]).toEqual(expect.arrayContaining([{ jti: "stays" }, { jti: "later", exp: NOW + 1000 }]));
    expect(list.size).toBe(2);
    list.apply(entries(20_000));
    expect(list.health().bytes).toBe(bytes);
    expect(codeOf(verifier.verify(token({ jti: "stays", exp: NOW + 9999 })))).toBe("REVOKED");
    expect(codeOf(verifier.verify(token({ jti: "jti-20007", exp: NOW + 9999 })))).toBe("REVOKED");
    expect(codeOf(verifier.verify(token({ jti: "jti-10007", exp: NOW + 9999 })))).toBe("ACCEPTED");
  });

  it("waits for as long as a verifier accepts tokens behind their end", async () => {
    const list = createRevocationList();
    const patient = createVerifier({ keys: KEYS, revocation: list, clockTolerance: 600 });
    list.apply([{ jti: "t-1", exp: NOW + 10 }]);
    await vi.advanceTimersByTimeAsync(500_000);
    expect(codeOf(patient.verify(token({ jti: "t-1", exp: NOW + 10 })))).toBe("REVOKED");
    await vi.advanceTimersByTimeAsync(300_000);
    expect(list.size).toBe(0);
  });

  it("does not come to pass where a verifier ignores when tokens expire", async () => {
    const list = createRevocationList();
    const verifier = createVerifier({ keys: KEYS, revocation: list, ignoreExpiration: true });
    list.apply([{ jti: "t-1", exp: NOW + 10 }]);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(codeOf(verifier.verify(token({ jti: "t-1", exp: NOW + 10 })))).toBe("REVOKED");
  });
});

describe("a list with a store", () => {
  function storeOf(open: (list: RevocationSink) => void | Promise<void>): RevocationStore & { appended: RevocationEntry[] } {
    const appended: RevocationEntry[] = [];
    return {
      name: "the test's store",
      appended,
      open,
      append: async (entries) => void appended.push(...entries),
      close: async () => undefined,
    };
  }

  it("is stale until the store has given all there is, and rejects what it cannot know of", async () => {
    let opened = () => {};
    const store = storeOf((list) => {
      list.apply([{ jti: "t-1" }]);
      return new Promise((resolve) => {
        opened = resolve;
      });
    });
    const list = createRevocationList({ store });
    const verifier = verifierOf(list);
    expect(codeOf(verifier.verify(token({ jti: "t-1" })))).toBe("REVOKED");
    expect(codeOf(verifier.verify(token({ jti: "t-2" })))).toBe("REVOCATION_STALE");
    expect(verifier.verifyBatch([token({ jti: "t-3" }), token({ jti: "t-4" })]).accepted).toBe(0);
    opened();
    await list.ready();
    expect(codeOf(verifier.verify(token({ jti: "t-2" })))).toBe("ACCEPTED");
  });

  it("says within 30 seconds that a store which never answers has not kept what was revoked, and revokes it here", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const store = { ...storeOf(() => undefined), append: () => new Promise<void>(() => {}) };
    const list = createRevocationList({ store });
    const outcome = expect(list.revoke({ jti: "t-1" })).rejects.toThrow("Expected the test's store to answer within 30 s");
    await vi.advanceTimersByTimeAsync(30_000);
    await outcome;
    expect(list.isRevoked({ jti: "t-1" })).toBe(true);
  });

  it("grows stale when the store has been silent for too long, and fresh when it speaks", () => {
    let now = NOW;
    let sink: RevocationSink | undefined;
    const store = storeOf((list) => {
      sink = list;
    });
    const list = createRevocationList({ store, maxStaleness: 30, currentDate: () => now });
    const lenient = createRevocationList({ store: storeOf(() => {}), maxStaleness: 30, onStale: "allow", currentDate: () => now });
    const [strict, allowing] = [verifierOf(list), verifierOf(lenient)];
    expect(codeOf(strict.verify(token()))).toBe("ACCEPTED");
    now += 31;
    expect(codeOf(strict.verify(token()))).toBe("REVOCATION_STALE");
    expect(codeOf(allowing.verify(token()))).toBe("ACCEPTED");
    expect(list.health()).toMatchObject({ isStale: true, staleness: 31, lastSync: NOW });
    sink?.synced();
    expect(codeOf(strict.verify(token()))).toBe("ACCEPTED");
    now -= 3600;
    expect(codeOf(strict.verify(token()))).toBe("REVOCATION_STALE");
  });

  it("gives the store what is revoked here, and not what comes from elsewhere", async () => {
    const store = storeOf(() => {});
    const list = createRevocationList({ store });
    await list.revoke({ jti: "here" });
    list.apply([{ jti: "elsewhere" }]);
    expect(store.appended).toEqual([{ jti: "here" }]);
    expect(list.size).toBe(2);
  });

  it("revokes here even if the store fails, and says so", async () => {
    const store: RevocationStore = { ...storeOf(() => {}), append: () => Promise.reject(new Error("disk full")) };
    const list = createRevocationList({ store });
    await expect(list.revoke({ jti: "t-1" })).rejects.toThrow("disk full");
    expect(codeOf(verifierOf(list).verify(token({ jti: "t-1" })))).toBe("REVOKED");
  });

  it("is stale as well until another runtime's promise is fulfilled", async () => {
    let fulfil = () => {};
    const promise = {
      // biome-ignore lint/suspicious/noThenProperty: that is what it is about
      then: (done: () => void) => {
        fulfil = done;
      },
    };
    const list = createRevocationList({ store: storeOf(() => promise as Promise<void>) });
    await Promise.resolve();
    expect(codeOf(verifierOf(list).verify(token()))).toBe("REVOCATION_STALE");
    fulfil();
    await list.ready();
    expect(codeOf(verifierOf(list).verify(token()))).toBe("ACCEPTED");
  });

  it.each<[string, (list: RevocationSink) => void | Promise<void>]>([
    ["at once", (list) => list.failed(new Error("3 bytes too many"))],
    ["in time", async (list) => list.failed(new Error("3 bytes too many"))],
  ])("tells in `health()` what was wrong as it was read %s, until the store says that all is well", async (_, read) => {
    let sink: RevocationSink | undefined;
    const list = createRevocationList({
      store: storeOf((given) => {
        sink = given;
        return read(given);
      }),
    });
    await list.ready();
    await list.revoke({ jti: "a" });
    expect(list.health()).toMatchObject({ isStale: false, lastError: "3 bytes too many" });
    sink?.synced();
    expect(list.health().lastError).toBe(undefined);
  });

  it("tells what fails in the store", async () => {
    const errors: string[] = [];
    const store = storeOf(() => Promise.reject(new Error("no such machine")));
    const list = createRevocationList({ store, onError: ({ message }) => errors.push(message) });
    await expect(list.ready()).rejects.toThrow("no such machine");
    expect(errors).toEqual(["no such machine"]);
    expect(list.health()).toMatchObject({ isStale: true, staleness: undefined, lastError: "no such machine" });
    expect(codeOf(verifierOf(list).verify(token()))).toBe("REVOCATION_STALE");
  });
});

describe("options", () => {
  it.each<[string, unknown, string]>([
    ["store", "revoked.ndjson", "Expected `store` to be `file()` or another store, got a string"],
    ["store", {}, "Expected `store.name` to be a non-empty string, got undefined"],
    ["store", { name: "s" }, "Expected `store.open` to be a function, got undefined"],
    ["store", { name: "s", open: () => {} }, "Expected `store.append` to be a function, got undefined"],
    ["store", { name: "s", open: () => {}, append: async () => {} }, "Expected `store.close` to be a function, got undefined"],
    [
      "store",
      { name: "s", open: () => {}, append: async () => {}, close: async () => {}, isCurrent: true },
      "Expected `store.isCurrent` to be a function, got true",
    ],
    ["maxStaleness", 5, "Expected `maxStaleness` to stand beside a `store`"],
    ["onStale", "ignore", 'Expected `onStale` to be "reject" or "allow"'],
    ["onError", 1, "Expected `onError` to be a function"],
    ["currentDate", 1, "Expected `currentDate` to be a function"],
    ["maxAge", 1, "Unknown option `maxAge`"],
  ])("of a list that are wrong are refused: %s", (name, value, message) => {
    expect(() => createRevocationList({ [name]: value } as never)).toThrow(message);
  });

  it.each([true, [], {}, "list", { isRevoked: () => false }])("of a verifier take no %o for a list", (revocation) => {
    expect(() => createVerifier({ keys: KEYS, revocation } as never)).toThrow(
      "Expected `revocation` to be a list of `createRevocationList`",
    );
  });
});
