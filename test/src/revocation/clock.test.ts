/** A clock that jumps: nothing that was acknowledged is deleted for it, and what may have been deleted is not taken for known. */
import "../../support/followFakes.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSigner, createVerifier, type Verdict } from "../../../src/index.js";
import { createRefresher, createReplayGuard, createRevocationList, type RevocationList } from "../../../src/revocation/index.js";
import type { RevocationSink, RevocationStore } from "../../../src/revocation/store.js";
import { testSecret, tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

const KEYS = { kid: "1", secret: testSecret("1") };
const HOURS = 3600;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"], now: NOW * 1000 }));
afterEach(() => void vi.useRealTimers());

const token = (jti: string, exp: number) => tokenOf("1", { iss: "a", jti, exp });
const codeOf = (verdict: Verdict) => (verdict.ok ? "ACCEPTED" : verdict.code);
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(1000 * seconds);
/** Sets the system's clock; timers and the monotonic clock do not notice. */
const jump = (seconds: number) => vi.setSystemTime(Date.now() + 1000 * seconds);

/** The clock is two hours ahead for six seconds, in which a small list is swept once. */
async function jumpForSixSeconds(): Promise<void> {
  jump(2 * HOURS);
  await pass(6);
  jump(-2 * HOURS);
}

describe("a clock that is two hours ahead for six seconds", () => {
  it("has no revocation forgotten", async () => {
    const list = createRevocationList();
    const verifier = createVerifier({ keys: KEYS, revocation: list });
    await list.revoke({ jti: "a", exp: NOW + HOURS });
    await jumpForSixSeconds();
    expect(codeOf(verifier.verify(token("a", NOW + HOURS)))).toBe("REVOKED");
    expect([...list.snapshot()]).toEqual([{ jti: "a", exp: NOW + HOURS }]);
    expect(codeOf(verifier.verify(token("b", NOW + HOURS)))).toBe("ACCEPTED");
    await pass(HOURS + 120);
    expect(list.size).toBe(0);
  });

  it("leaves nothing out of what a store is given to write anew", async () => {
    let sink: RevocationSink | undefined;
    const list = createRevocationList({
      store: storeOf((given) => {
        sink = given;
      }),
    });
    await list.revoke(Array.from({ length: 21 }, (_, index) => ({ jti: `${index}`, exp: NOW + HOURS })));
    jump(2 * HOURS);
    expect([...(sink as RevocationSink).snapshot()]).toHaveLength(21);
  });

  it("has no token used twice", async () => {
    const verifier = createVerifier({ keys: KEYS, replay: createReplayGuard() });
    const text = token("a", NOW + HOURS);
    expect(codeOf(verifier.verify(text))).toBe("ACCEPTED");
    await jumpForSixSeconds();
    expect(codeOf(verifier.verify(text))).toBe("REPLAYED");
  });

  it("has no spent refresh token forgotten", async () => {
    const revocations = createRevocationList();
    const signer = (typ?: string) => createSigner({ key: KEYS, ...(typ && { typ }) });
    const refresher = createRefresher({
      verifier: createVerifier({ keys: KEYS, typ: "rt+jwt" }),
      accessSigner: signer(),
      refreshSigner: signer("rt+jwt"),
      revocations,
      accessLifetime: 60,
      refreshLifetime: HOURS,
    });
    const { refreshToken } = await refresher.start({ sub: "ann" });
    expect(await refresher.refresh(refreshToken)).toMatchObject({ ok: true });
    await jumpForSixSeconds();
    expect(await refresher.refresh(refreshToken)).toMatchObject({ ok: false, code: "REPLAYED" });
  });
});

describe("a clock that was ahead when the process began, and is set right", () => {
  beforeEach(() => jump(2 * HOURS));

  it("makes a guard refuse what it may have forgotten, and nothing else", async () => {
    const verifier = createVerifier({ keys: KEYS, replay: createReplayGuard() });
    const text = token("a", NOW + 2 * HOURS + 10);
    expect(codeOf(verifier.verify(text))).toBe("ACCEPTED");
    await pass(300);
    jump(-2 * HOURS);
    expect(codeOf(verifier.verify(text))).toBe("REPLAY_GUARD_FULL");
    expect(codeOf(verifier.verify(token("b", NOW + 2 * HOURS + 10)))).toBe("REPLAY_GUARD_FULL");
    expect(codeOf(verifier.verify(token("c", NOW + 2 * HOURS + 11)))).toBe("ACCEPTED");
  });

  it("makes a list stale until all that it may have forgotten has expired", async () => {
    const errors: string[] = [];
    const list = createRevocationList({ onError: ({ message }) => errors.push(message) });
    const lenient = createRevocationList({ onStale: "allow" });
    const verifierOf = (revocation: RevocationList) => createVerifier({ keys: KEYS, revocation, clockTolerance: 5 });
    const [verifier, allowing] = [verifierOf(list), verifierOf(lenient)];
    for (const each of [list, lenient]) await each.revoke({ jti: "a", exp: NOW + 2 * HOURS + 10 });
    await pass(300);
    const lasting = token("b", NOW + 9 * HOURS);
    expect(codeOf(verifier.verify(lasting))).toBe("ACCEPTED");
    jump(-2 * HOURS);
    expect(codeOf(verifier.verify(token("a", NOW + 2 * HOURS + 10)))).toBe("REVOCATION_STALE");
    expect(codeOf(verifier.verify(lasting))).toBe("REVOCATION_STALE");
    expect(codeOf(allowing.verify(lasting))).toBe("ACCEPTED");
    await pass(1);
    expect(list.health()).toMatchObject({ isStale: true, lastError: errors[0] });
    expect(errors).toEqual([expect.stringContaining("got one that was set back")]);
    await pass(2 * HOURS - 288);
    expect(codeOf(verifier.verify(lasting))).toBe("REVOCATION_STALE");
    await pass(2);
    expect(codeOf(verifier.verify(lasting))).toBe("ACCEPTED");
    expect(list.health()).toMatchObject({ isStale: false, lastError: undefined });
    expect(errors).toHaveLength(1);
  });
});

describe("a verifier that judges by an earlier time", () => {
  it("is served as long as nothing of its time is forgotten, by a list that goes by the same clock", async () => {
    let now = NOW;
    const list = createRevocationList({ currentDate: () => now });
    const verifier = createVerifier({ keys: KEYS, revocation: list, currentDate: () => now });
    await list.revoke({ jti: "a", exp: NOW + 10 });
    now -= 9 * HOURS;
    expect(codeOf(verifier.verify(token("a", NOW + 10)))).toBe("REVOKED");
    expect(codeOf(verifier.verify(token("b", NOW + 10)))).toBe("ACCEPTED");
  });

  it("is told that entries of its time are missing, where it says which that is", async () => {
    const errors: string[] = [];
    const list = createRevocationList({ onError: ({ message }) => errors.push(message) });
    await list.revoke({ jti: "a", exp: NOW + 10 });
    await pass(300);
    expect([list.place(NOW + 300).isStale, list.place(NOW + 9).isStale, list.place().isStale]).toEqual([false, true, false]);
    await pass(1);
    expect(errors).toEqual([]);
    jump(-HOURS);
    expect(list.place(NOW).isStale).toBe(true);
    await pass(1);
    expect(errors).toHaveLength(1);
  });

  it("that ignores when tokens expire is refused by a list that has forgotten some", async () => {
    const list = createRevocationList();
    const ignoring = { keys: KEYS, revocation: list, ignoreExpiration: true } as const;
    await list.revoke({ jti: "a", exp: NOW + 10 });
    createVerifier({ keys: KEYS, revocation: list });
    await pass(300);
    expect(() => createVerifier(ignoring)).toThrow("Expected a verifier with `ignoreExpiration` to be made before");
  });

  it("whose tolerance comes late makes the list stale for no longer than that", async () => {
    const list = createRevocationList();
    const first = createVerifier({ keys: KEYS, revocation: list });
    await list.revoke({ jti: "a", exp: NOW + 300 });
    await pass(310);
    expect(list.size).toBe(0);
    const late = createVerifier({ keys: KEYS, revocation: list, clockTolerance: 60 });
    expect(codeOf(late.verify(token("a", NOW + 300)))).toBe("REVOCATION_STALE");
    await pass(51);
    expect([first, late].map((verifier) => codeOf(verifier.verify(token("b", NOW + HOURS))))).toEqual(["ACCEPTED", "ACCEPTED"]);
  });
});

describe("a list that was told by its store what an earlier process knew", () => {
  it("deletes nothing early, though it began while the clock was ahead", async () => {
    jump(2 * HOURS);
    const list = createRevocationList({
      store: storeOf((sink) => {
        sink.apply([{ jti: "a", exp: NOW + HOURS }]);
        sink.resume?.({ time: NOW, forgotten: Number.NEGATIVE_INFINITY });
      }),
    });
    const verifier = createVerifier({ keys: KEYS, revocation: list });
    await pass(300);
    jump(-2 * HOURS);
    expect(codeOf(verifier.verify(token("a", NOW + HOURS)))).toBe("REVOKED");
  });

  it("is stale where what was forgotten is not past by its clock", () => {
    const list = createRevocationList({ store: storeOf((sink) => sink.resume?.({ time: NOW + HOURS, forgotten: NOW + 10 })) });
    expect(list.health().isStale).toBe(true);
    jump(10);
    expect(list.health().isStale).toBe(false);
  });

  it("is stale while the store says that it has not all there is", () => {
    let isCurrent = false;
    const store = { ...storeOf(() => undefined), isCurrent: () => isCurrent };
    const verifier = createVerifier({ keys: KEYS, revocation: createRevocationList({ store }) });
    expect(codeOf(verifier.verify(token("a", NOW + 10)))).toBe("REVOCATION_STALE");
    isCurrent = true;
    expect(codeOf(verifier.verify(token("a", NOW + 10)))).toBe("ACCEPTED");
  });
});

it("a list whose clock is set back while its store is silent grows stale by the monotonic one", async () => {
  const list = createRevocationList({ store: { ...storeOf(() => undefined), isOwn: false }, maxStaleness: 30 });
  await pass(20);
  jump(-20);
  await pass(20);
  expect(list.health()).toMatchObject({ isStale: true, staleness: 40 });
});

it("a list whose clock fails is stale where that has something to say, and fails no call", async () => {
  let fails = false;
  const currentDate = () => {
    if (fails) throw new Error("the caller's");
    return Date.now() / 1000;
  };
  const silent = createRevocationList({ store: { ...storeOf(() => undefined), isOwn: false }, maxStaleness: 30, currentDate });
  const forgetful = createRevocationList({ currentDate });
  await forgetful.revoke({ jti: "a", exp: NOW + 1 });
  await pass(120);
  expect(forgetful.size).toBe(0);
  for (const revocation of [silent, forgetful]) {
    const verifier = createVerifier({ keys: KEYS, revocation, currentDate: NOW + 120 });
    fails = true;
    expect(revocation.health().isStale).toBe(true);
    expect(verifier.stats().revocations?.isStale).toBe(true);
    expect(codeOf(verifier.verify(token("b", NOW + HOURS)))).toBe(revocation === silent ? "REVOCATION_STALE" : "ACCEPTED");
    fails = false;
  }
});

function storeOf(open: (list: RevocationSink) => void): RevocationStore {
  return { name: "the test's store", open, append: async () => undefined, close: async () => undefined };
}
