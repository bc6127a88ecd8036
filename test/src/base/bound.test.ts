/** Methods that are taken out of their object, and options given where none are taken. */
import { describe, expect, it } from "vitest";
import { createBatcher, createKeyTable, createSigner, createVerifier, decode, resolveKeys, type Verdict } from "../../../src/index.js";
import { createKeyRing } from "../../../src/keyring/index.js";
import { createRefresher, createRevocationList } from "../../../src/revocation/index.js";
import { createSessionRegistry } from "../../../src/sessions/index.js";
import { NOW, signClaims, TEST_SECRET } from "../../support/tokens.js";

const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
const tokens = ["a", "b"].map((sub) => signClaims({ sub }));
const subjectOf = (verdict: Verdict) => (verdict.ok ? verdict.claims.sub : verdict.code);

describe("methods taken out of their object", () => {
  it("verify, alone and as what `map` is given", async () => {
    const { verify, verifyAsync, verifyBatch, verifyBatchAsync, verifyOrThrow, stats } = createVerifier({
      keys: TEST_SECRET,
      currentDate: NOW,
    });
    expect(tokens.map(verify).map(subjectOf)).toEqual(["a", "b"]);
    expect(tokens.map(verifyOrThrow).map(subjectOf)).toEqual(["a", "b"]);
    expect((await Promise.all(tokens.map(verifyAsync))).map(subjectOf)).toEqual(["a", "b"]);
    expect([tokens].map(verifyBatch).map(({ accepted }) => accepted)).toEqual([2]);
    expect((await Promise.all([tokens].map(verifyBatchAsync))).map(({ accepted }) => accepted)).toEqual([2]);
    expect(stats().accepted).toBe(10);
  });

  it("verify in batches, sign, and decode", async () => {
    const { verifyAsync, stats } = createBatcher(verifier);
    expect((await Promise.all(tokens.map(verifyAsync))).map(subjectOf)).toEqual(["a", "b"]);
    expect(stats().batches).toBe(1);
    const { sign, signBatch } = createSigner({ key: TEST_SECRET });
    expect([sign({ sub: "c" }), ...signBatch([{ sub: "d" }])].map(verifier.verify).map(subjectOf)).toEqual(["c", "d"]);
    expect(tokens.map(decode).map((parts) => parts?.unverifiedClaims.sub)).toEqual(["a", "b"]);
  });

  it("work of keys, lists, refreshers and sessions", async () => {
    const { add, status, retire, remove } = createKeyRing({ keys: [{ kid: "a", secret: TEST_SECRET }] });
    add({ kid: "b", secret: TEST_SECRET });
    expect([retire("a"), remove("b"), status().keys]).toEqual([true, true, 0]);
    const { set, has, clear } = createKeyTable({ keys: [] });
    set([{ kid: "a", secret: TEST_SECRET }]);
    expect(has("a")).toBe(true);
    clear();
    const { forget } = resolveKeys(() => undefined);
    expect(forget("a")).toBe(false);
    const revocations = createRevocationList();
    const { revoke, isRevoked, health } = revocations;
    await revoke({ jti: "1" });
    expect([isRevoked({ jti: "1" }), health().isStale]).toEqual([true, false]);
    const signer = createSigner({ key: TEST_SECRET, typ: "rt+jwt" });
    const { start, refresh } = createRefresher({
      verifier: createVerifier({ keys: TEST_SECRET }),
      refreshSigner: signer,
      accessSigner: createSigner({ key: TEST_SECRET, typ: "at+jwt" }),
      revocations,
      accessLifetime: 60,
      refreshLifetime: 600,
    });
    expect(await refresh((await start({ sub: "a" })).refreshToken)).toMatchObject({ ok: true });
    expect(await refresh(undefined as never)).toMatchObject({ code: "MALFORMED", reason: "NOT_A_STRING" });
    const { add: addSession, close } = createSessionRegistry();
    addSession({ exp: Date.now() / 1000 + 60 }, () => {}).remove();
    close();
  });
});

/** What the types do not allow. */
const more = (second: unknown) => [second] as unknown as [];

describe("a second argument", () => {
  const methods = {
    verify: (second: unknown) => verifier.verify(tokens[0] as string, ...more(second)),
    verifyOrThrow: (second: unknown) => verifier.verifyOrThrow(tokens[0] as string, ...more(second)),
    verifyAsync: (second: unknown) => verifier.verifyAsync(tokens[0] as string, ...more(second)),
    verifyBatch: (second: unknown) => verifier.verifyBatch(tokens, ...more(second)),
    verifyBatchAsync: (second: unknown) => verifier.verifyBatchAsync(tokens, ...more(second)),
    decode: (second: unknown) => decode(tokens[0] as string, ...more(second)),
  };
  const batched = (second: unknown) => createBatcher(verifier).verifyAsync(tokens[0] as string, ...more(second));

  describe.each(Object.entries({ ...methods, "verifyAsync of a batcher": batched }))("of %s", (name, call) => {
    it.each<[string, unknown]>([
      ["options", { audience: "api" }],
      ["a secret", "secret-marker"],
      ["a key", TEST_SECRET],
      ["a callback", () => {}],
      ["null", null],
    ])("is an error that says where options belong: %s", async (_, second) => {
      const expected = new RegExp(
        `Expected \`${name.split(" ")[0]}\` to get nothing else, got [^:]+: options and keys belong to \`createVerifier\``,
      );
      const error = await (async () => call(second))().then(
        () => expect.fail("no error"),
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(TypeError);
      expect((error as TypeError).message).toMatch(expected);
      expect((error as TypeError).message).not.toContain("marker");
    });

    it.each([undefined, 0, 7])("may be %s, which `map` gives", async (second) => {
      expect(await call(second)).toBeDefined();
    });
  });

  it("judges nothing where it is an error", () => {
    const { verify, stats } = createVerifier({ keys: TEST_SECRET });
    expect(() => verify(tokens[0] as string, ...more({}))).toThrow(TypeError);
    expect(stats().tokens).toBe(0);
  });
});
