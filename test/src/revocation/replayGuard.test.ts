/** Replay guards: each token once. */
import "../../support/followFakes.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createVerifier, type Verdict, type Verifier } from "../../../src/index.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { createReplayGuard, type ReplayGuard } from "../../../src/revocation/replayGuard.js";
import { testSecret, tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

const KEYS = { kid: "1", secret: testSecret("1") };

function token(jti: unknown, claims: object = {}): string {
  return tokenOf("1", { iss: "https://a.example", jti, exp: NOW + 100, ...claims });
}

function verifierOf(replay: ReplayGuard, more: object = {}): Verifier {
  return createVerifier({ keys: KEYS, currentDate: NOW, replay, ...more });
}

function codeOf(verdict: Verdict): string {
  return verdict.ok ? "ACCEPTED" : verdict.claim ? `${verdict.code} ${verdict.claim}` : verdict.code;
}

describe("a replay guard", () => {
  it("has a token accepted once, however it is asked for", async () => {
    const verifier = verifierOf(createReplayGuard());
    const texts = ["a", "b", "c", "d"].map((jti) => token(jti));
    const ask = [
      (text: string) => verifier.verify(text),
      (text: string) => verifier.verifyAsync(text),
      (text: string) => verifier.verifyBatch([text]).at(0),
      async (text: string) => (await verifier.verifyBatchAsync([text])).at(0),
    ];
    const first = await Promise.all(texts.map((text, index) => ask[index]?.(text)));
    expect(first.map((verdict) => codeOf(verdict as Verdict))).toEqual(Array(4).fill("ACCEPTED"));
    for (const text of texts) for (const asking of ask) expect(codeOf(await asking(text))).toBe("REPLAYED jti");
  });

  it("accepts the first of a batch that has a token several times", () => {
    const batch = verifierOf(createReplayGuard()).verifyBatch([token("a"), token("b"), token("a"), token("c"), token("b"), token("a")]);
    expect([...batch].map(codeOf)).toEqual(["ACCEPTED", "ACCEPTED", "REPLAYED jti", "ACCEPTED", "REPLAYED jti", "REPLAYED jti"]);
    expect(batch.accepted).toBe(3);
    expect(batch.claims(3)).toMatchObject({ jti: "c" });
  });

  it("tells issuers apart, and tokens without one, and is not deceived by names that look like both", () => {
    const verifier = verifierOf(createReplayGuard());
    const named = (iss: string | undefined, jti: string) => codeOf(verifier.verify(token(jti, { iss })));
    expect([named("a", "bc"), named("ab", "c"), named(undefined, "bc"), named(undefined, "1:abc"), named("", "bc")]).toEqual(
      Array(5).fill("ACCEPTED"),
    );
    expect(named("ab", "c")).toBe("REPLAYED jti");
  });

  it("goes by what the token says, whatever `validate` writes to its claims", () => {
    let calls = 0;
    const validate = (claims: { jti: string }) => {
      claims.jti = `call-${calls++}`;
      return true;
    };
    const verifier = verifierOf(createReplayGuard(), { validate });
    const text = token('spelt with an escape: "');
    expect([codeOf(verifier.verify(text)), codeOf(verifier.verify(text))]).toEqual(["ACCEPTED", "REPLAYED jti"]);
  });

  it("is one for all verifiers that share it", () => {
    const guard = createReplayGuard();
    expect(codeOf(verifierOf(guard).verify(token("a")))).toBe("ACCEPTED");
    expect(codeOf(verifierOf(guard).verify(token("a")))).toBe("REPLAYED jti");
    expect(guard.size).toBe(1);
  });

  it("does not count a token that is rejected", () => {
    const guard = createReplayGuard();
    const list = createRevocationList();
    list.apply([{ jti: "r" }]);
    const verifier = verifierOf(guard, { revocation: list, validate: ({ ok }: { ok?: boolean }) => ok !== false });
    const rejected = [token("r"), token("a", { exp: NOW - 1 }), token("b", { ok: false }), `${token("c").slice(0, -4)}AAAA`];
    expect(rejected.map((text) => verifier.verify(text).ok)).toEqual([false, false, false, false]);
    expect(verifier.verifyBatch(rejected).accepted).toBe(0);
    expect(guard.size).toBe(0);
  });

  it("demands `jti` and `exp`", () => {
    const verifier = verifierOf(createReplayGuard());
    const several = createVerifier({
      issuers: [{ issuer: "https://a.example", keys: KEYS }],
      currentDate: NOW,
      replay: createReplayGuard(),
    });
    for (const each of [verifier, several]) {
      const codes = [token(undefined), token(7), token("a", { exp: undefined })].map((text) => codeOf(each.verify(text)));
      expect(codes).toEqual(["CLAIM_MISSING jti", "CLAIM_INVALID jti", "CLAIM_MISSING exp"]);
    }
  });

  it("refuses all new ones when it is full, and knows the old ones", () => {
    const verifier = verifierOf(createReplayGuard({ maxEntries: 2 }));
    expect(["a", "b", "c", "a"].map((jti) => codeOf(verifier.verify(token(jti))))).toEqual([
      "ACCEPTED",
      "ACCEPTED",
      "REPLAY_GUARD_FULL",
      "REPLAYED jti",
    ]);
  });

  it("takes no token whose names are too long to remember", () => {
    const verifier = verifierOf(createReplayGuard(), { maxTokenLength: 65536 });
    expect(codeOf(verifier.verify(token("x".repeat(16400))))).toBe("REPLAY_GUARD_FULL");
  });

  describe("by the clock", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"], now: NOW * 1000 }));
    afterEach(() => void vi.useRealTimers());

    it("forgets what has expired, not earlier than its verifiers do", async () => {
      const guard = createReplayGuard({ maxEntries: 2 });
      const verifier = createVerifier({ keys: KEYS, replay: guard, clockTolerance: 50 });
      expect(["a", "b", "c"].map((jti) => codeOf(verifier.verify(token(jti))))).toEqual(["ACCEPTED", "ACCEPTED", "REPLAY_GUARD_FULL"]);
      await vi.advanceTimersByTimeAsync(149_000);
      expect(codeOf(verifier.verify(token("a")))).toBe("REPLAYED jti");
      await vi.advanceTimersByTimeAsync(120_000);
      expect(guard.size).toBe(0);
      expect(codeOf(verifier.verify(token("c", { exp: NOW + 900 })))).toBe("ACCEPTED");
    });
  });

  it.each<[string, unknown, string]>([
    ["maxEntries", 0, "Expected `maxEntries` to be a whole number of tokens from 1"],
    ["maxEntries", "2", "Expected `maxEntries`"],
    ["currentDate", 5, "Expected `currentDate` to be a function"],
    ["size", 5, "Unknown option `size`"],
  ])("refuses a wrong option: %s %o", (name, value, message) => {
    expect(() => createReplayGuard({ [name]: value } as never)).toThrow(message);
  });

  it.each<[string, (guard: ReplayGuard) => unknown, string]>([
    ["judge", (guard) => guard.judge(undefined as never), "Expected `token.jti` to be a string, got undefined"],
    ["judge", (guard) => guard.judge({ jti: "a" } as never), "Expected `token.exp` to be a number of seconds, got undefined"],
    ["outlive", (guard) => guard.outlive(undefined as never), "Expected `seconds` to be a number of seconds, 0 or more, got undefined"],
  ])("asked with too little names what it expected, and remembers nothing: %s", (_, ask, message) => {
    const guard = createReplayGuard();
    expect(() => ask(guard)).toThrow(new TypeError(message));
    expect(guard.size).toBe(0);
  });

  it.each([true, {}, createRevocationList()])("is what `replay` takes, not %o", (replay) => {
    expect(() => createVerifier({ keys: KEYS, replay } as never)).toThrow("Expected `replay` to be a guard of `createReplayGuard`");
  });
});
