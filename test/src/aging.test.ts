/** Sources of keys that grow old: they let go of keys before these are used, and callers that can wait have them renewed first. */
import { describe, expect, it } from "vitest";
import { createVerifier, type Verdict, type VerifierOptions } from "../../src/index.js";
import { createKeyRing } from "../../src/keyring/ring.js";
import type { KeySource } from "../../src/sources/keySource.js";

import { testSet, tokenOf } from "../support/ring.js";
import { NOW } from "../support/tokens.js";

const codeOf = (verdict: Verdict) => (verdict.ok ? "ACCEPTED" : verdict.code);

const ISSUER = "https://a.example.com";
const token = tokenOf("a", { iss: ISSUER });

/** One issuer, or several, of which another one has a source that never grows old. */
const ways: readonly [string, (keys: KeySource) => VerifierOptions][] = [
  ["one issuer", (keys) => ({ keys, currentDate: NOW })],
  [
    "many issuers",
    (keys) => ({
      issuers: [
        { issuer: ISSUER, keys },
        { issuer: "https://b.example.com", keys: createKeyRing({ keys: testSet("b") }) },
      ],
      currentDate: NOW,
    }),
  ],
];

/** A source that has its key until it is told to be old; it counts its changes, as far as it is asked to expire. */
function aging(changes: KeySource["changes"] = { count: 0 }) {
  const ring = createKeyRing({ keys: testSet("a") });
  const state = { isOld: false, renewals: 0, expiries: 0 };
  const expire = () => {
    state.expiries++;
    if (!state.isOld) return;
    ring.remove("a");
    changes.count++;
  };
  const fresh = () => {
    if (!state.isOld) return undefined;
    state.renewals++;
    return new Promise((resolve) => setTimeout(resolve, 5));
  };
  const at = (now: number) => {
    expire();
    return ring.at(now);
  };
  const keys: KeySource = { at, changes, expire, fresh };
  return { keys, state };
}

describe.each(ways)("a source that grows old, with %s", (_, optionsOf) => {
  it("lets go of its keys before they are used", async () => {
    const { keys, state } = aging();
    const verifier = createVerifier(optionsOf(keys));
    expect(verifier.verify(token).ok).toBe(true);
    state.isOld = true;
    expect(codeOf(verifier.verify(token))).toBe("KEY_NOT_FOUND");
    expect(verifier.verifyBatch([token, token]).accepted).toBe(0);
  });

  it("is renewed for callers that can wait, before anything is judged", async () => {
    const { keys, state } = aging();
    const verifier = createVerifier(optionsOf(keys));
    expect((await verifier.verifyAsync(token)).ok).toBe(true);
    expect(state.renewals).toBe(0);
    state.isOld = true;
    const bytes = Buffer.from(token);
    const tokens: (string | Uint8Array)[] = [bytes, token];
    const pending = [verifier.verifyAsync(token), verifier.verifyBatchAsync(tokens)] as const;
    expect(state.renewals).toBe(2);
    // What was given is judged, whatever becomes of it.
    bytes.fill(0x2e);
    tokens.length = 0;
    expect(codeOf(await pending[0])).toBe("KEY_NOT_FOUND");
    expect([...(await pending[1])].map(codeOf)).toEqual(["KEY_NOT_FOUND", "KEY_NOT_FOUND"]);
  });

  it("is asked only if it is overdue, where its counter knows", async () => {
    const overdue = new Set<KeySource>();
    const { keys, state } = aging({ count: 0, expire: () => undefined, overdue });
    const verifier = createVerifier(optionsOf(keys));
    state.isOld = true;
    await verifier.verifyAsync(token);
    expect(state.renewals).toBe(0);
    overdue.add(keys);
    // That of another verifier is not waited for.
    overdue.add({ at: () => keys.at(NOW), fresh: () => new Promise(() => undefined) });
    await verifier.verifyAsync(token);
    expect(state.renewals).toBe(1);
  });

  it("that fails in its own way fails no verdict", async () => {
    const { keys } = aging();
    const fails = [
      () => {
        throw new Error("its own");
      },
      () => Promise.reject(new Error("its own")),
    ];
    for (const fresh of fails) expect((await createVerifier(optionsOf({ ...keys, fresh })).verifyAsync(token)).ok).toBe(true);
  });
});

describe("a counter of many sources", () => {
  it("is asked in their place whether some have grown old", () => {
    let expiries = 0;
    const { keys, state } = aging({ count: 0, expire: () => expiries++ });
    const [, optionsOf] = ways.at(-1) as (typeof ways)[number];
    const verifier = createVerifier(optionsOf(keys));
    verifier.verify(token);
    const before = [expiries, state.expiries] as const;
    verifier.verify(token);
    expect([expiries, state.expiries]).toEqual([before[0] + 1, before[1]]);
  });
});
