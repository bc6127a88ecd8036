/**
 * Copies of secrets that are made while keys are read. Whatever fails after one of them, and wherever one is not needed any more, none is
 * left: neither among the arrays that were made, nor in linear memory.
 */
import { createSecretKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { KeyMemory } from "../../src/engine/keyMemory.js";
import { openEngine } from "../../src/engine/openEngine.js";
import {
  createJwsVerifier,
  createKeyTable,
  createSigner,
  createVerifier,
  deriveKeys,
  deriveSecret,
  resolveKeys,
  type VerifierOptions,
} from "../../src/index.js";
import { callback } from "../../src/keyring/callback.js";
import type { KeyRing } from "../../src/keyring/keyRing.js";
import type { RingSource } from "../../src/keyring/loading.js";
import { directory } from "../../src/keyring/node/directory.js";
import { environment } from "../../src/keyring/node/environment.js";
import { remote } from "../../src/keyring/remote.js";
import { createKeyRing } from "../../src/keyring/ring.js";
import { OpenKey } from "../../src/keys/open.js";
import { copiesOf } from "../support/copies.js";
import { withoutNodeCrypto } from "../support/pairs.js";
import { base64url, signText } from "../support/tokens.js";

/** A test key. No other one has its bytes. */
const SECRET = Uint8Array.from("a test key whose copies are looked for, of 64 bytes: 0123456789ab", (each) => each.charCodeAt(0));
/** What all copies have, those of its beginning too. */
const NEEDLE = SECRET.subarray(0, 31);
/** Too short for HS512. */
const SHORT = SECRET.slice(0, 63);
const OTHER = new Uint8Array(64).fill(0x41);
const TEXT = Buffer.from(SECRET).toString("latin1");
const ENCODED = base64url(SECRET);
const good = { kid: "a", secret: SECRET };
const other = { kid: "b", secret: OTHER };
const bad = { kid: "b", secret: "short" };
const jwk = { kty: "oct", kid: "a", k: ENCODED };
const otherJwk = { kty: "oct", kid: "b", k: base64url(OTHER) };
/** Reading it fails in the caller's own code. */
const bomb = {
  kty: "oct",
  kid: "b",
  get k(): string {
    throw new RangeError("from a getter of the caller's");
  },
};
const hmac = await crypto.subtle.importKey("raw", SECRET as BufferSource, { name: "HMAC", hash: "SHA-256" }, true, ["verify"]);

function verifierOf(options: object): void {
  createVerifier(options as VerifierOptions);
}

/** Linear memory that cannot grow, from the `after`th block on. */
function withoutMemory(act: () => unknown, after = 0): unknown {
  const { memory } = openEngine();
  const { allocate } = memory;
  let left = after;
  const spy = vi.spyOn(memory, "allocate").mockImplementation((size) => {
    if (left-- > 0) return allocate.call(memory, size);
    throw new RangeError("Expected memory to grow");
  });
  try {
    return act();
  } finally {
    spy.mockRestore();
  }
}

/** An engine that cannot hash. */
function withoutHash(act: () => unknown): unknown {
  const spy = vi.spyOn(openEngine().memory, "takeAreas").mockImplementation(() => {
    throw new RangeError("Expected an engine that hashes");
  });
  try {
    return act();
  } finally {
    spy.mockRestore();
  }
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

type Row = readonly [what: string, act: () => unknown];

/** What fails after a copy was made: at once, or as a rejection. */
async function expectNoneLeft(act: () => unknown, needle: Uint8Array = NEEDLE): Promise<void> {
  let failure: unknown;
  const copies = await copiesOf(needle, async () => {
    try {
      await act();
    } catch (error) {
      failure = error;
    }
  });
  expect(failure).toBeInstanceOf(Error);
  expect(copies.made).toBeGreaterThan(0);
  expect(copies.left).toBe(0);
}

describe("no copy of a secret is left where a verifier cannot be made:", () => {
  const list = { place: () => ({ list: 0, isStale: false }), health: () => ({ entries: 0, staleness: 0, isStale: false }) };
  const failing = () => {
    throw new RangeError("from a list of the caller's");
  };
  const issuer = { issuer: "a", keys: good };
  it.each<Row>([
    ["it is too short", () => verifierOf({ keys: { secret: SHORT, alg: "HS512" } })],
    ["it looks like a key of another kind", () => verifierOf({ keys: Buffer.from(`-----BEGIN PUBLIC KEY-----${TEXT}`) })],
    [
      "it is long enough for one of its algorithms alone",
      () => verifierOf({ keys: { secret: TEXT.slice(0, 63), alg: ["HS256", "HS512"] } }),
    ],
    ["a later key is bad", () => verifierOf({ keys: [good, bad] })],
    ["a later key is bad, it is text", () => verifierOf({ keys: [{ kid: "a", secret: TEXT }, bad] })],
    ["a later key is bad, it is base64url", () => verifierOf({ keys: [{ kid: "a", secret: ENCODED, encoding: "base64url" }, bad] })],
    ["a later key is bad, it is a JWK", () => verifierOf({ keys: [jwk, bad] })],
    ["a later key is bad, it is a KeyObject", () => verifierOf({ keys: [{ kid: "a", secret: createSecretKey(SECRET) }, bad] })],
    ["a later key is bad, it is a CryptoKey", () => verifierOf({ keys: [{ kid: "a", secret: hmac }, bad] })],
    ["a later key has a getter that throws", () => verifierOf({ keys: [good, bomb] })],
    ["another key has its name", () => verifierOf({ keys: [good, { ...other, kid: "a" }] })],
    [
      "another key is the default as well",
      () =>
        verifierOf({
          keys: [
            { ...good, default: true },
            { ...other, default: true },
          ],
        }),
    ],
    ["a claim is to name keys and it has no name", () => verifierOf({ keys: SECRET, keyFrom: { claim: "sub" } })],
    ["none of the algorithms is its own", () => verifierOf({ keys: SECRET, algorithms: ["HS384"] })],
    ["a later JWK of its set has a getter that throws", () => verifierOf({ jwks: { keys: [jwk, bomb] } })],
    ["a JWK of its set has its name, and there is no other", () => verifierOf({ jwks: { keys: [jwk, { ...otherJwk, kid: "a" }] } })],
    ["its issuer's name is too long", () => verifierOf({ issuers: [{ issuer: "a".repeat(257), keys: good }] })],
    ["a later issuer's key is bad", () => verifierOf({ issuers: [issuer, { issuer: "b", keys: bad }] })],
    ["a later issuer has the name of an earlier one", () => verifierOf({ issuers: [issuer, { issuer: "a", keys: other }] })],
    ["an option of the verifier is bad beside good issuers", () => verifierOf({ issuers: [issuer], maxTokenLength: 0 })],
    ["its revocation list fails", () => verifierOf({ keys: good, revocation: { ...list, outlive: failing } })],
    ["the revocation list of its issuers fails", () => verifierOf({ issuers: [issuer], revocation: { ...list, outlive: failing } })],
    ["linear memory is full", () => withoutMemory(() => verifierOf({ keys: good }))],
    ["linear memory is full after its keys", () => withoutMemory(() => verifierOf({ keys: SECRET }), 1)],
    ["linear memory is full before its issuers", () => withoutMemory(() => verifierOf({ issuers: [issuer] }))],
    [
      "linear memory is full among its issuers",
      () => withoutMemory(() => verifierOf({ issuers: [issuer, { issuer: "b", keys: good }] }), 3),
    ],
    ["linear memory is full for a verifier of bytes", () => withoutMemory(() => createJwsVerifier({ keys: good }))],
  ])("%s", (_, act) => expectNoneLeft(act));
});

describe("no copy of a secret is left where it is not taken:", () => {
  it.each<Row>([
    ["a signer's is too short", () => createSigner({ key: { secret: SHORT, alg: "HS512" } })],
    ["linear memory is full for a signer's header", () => withoutMemory(() => createSigner({ key: good }))],
    ["linear memory is full for a signer's key", () => withoutMemory(() => createSigner({ key: good }), 1)],
    ["a later key of a table is bad", () => createKeyTable({ keys: [good, bad] })],
    ["the keys of a table end in an exception", () => createKeyTable().set(endless())],
    ["a key of a table has no name", () => createKeyTable({ keys: [SECRET] })],
    ["a key of a table is a default", () => createKeyTable({ keys: [{ ...good, default: true }] })],
    [
      "linear memory is full for a table's keys",
      () => {
        const table = createKeyTable();
        withoutMemory(() => table.set([good]));
      },
    ],
    ["a master secret is too short", () => deriveKeys({ master: NEEDLE })],
    ["linear memory is full for what a master secret derives", () => withoutMemory(() => deriveKeys({ master: SECRET }), 2)],
    ["linear memory is full for what a master secret derives once", () => withoutMemory(() => deriveSecret({ master: SECRET }, "a"))],
    ["linear memory is full for a ring's keys", () => loadedFrom(createKeyRing({ keys: good }))],
    ["a looked-up key has another name", () => lookedUp({ ...good, kid: "another" })],
    ["linear memory is full for a looked-up key", () => lookedUp(good, withoutMemory)],
  ])("%s", (_, act) => expectNoneLeft(act));

  it.each<Row>([
    ["an option after a master secret is bad", () => deriveKeys({ master: SECRET, maxKeys: 0 })],
    ["the name beside a master secret is bad", () => deriveSecret({ master: SECRET }, 5 as never)],
  ])("%s, no copy having been made", async (_, act) => {
    expect(await copiesOf(NEEDLE, () => expect(act).toThrow(TypeError))).toEqual({ made: 0, left: 0 });
  });

  function* endless() {
    yield good;
    throw new RangeError("from a generator of the caller's");
  }

  /** The ring keeps its own copy until it is removed. */
  function loadedFrom(keys: KeyRing): void {
    const verifier = createVerifier({ keys });
    try {
      withoutMemory(() => verifier.verify(signText("{}")));
    } finally {
      keys.remove("a");
    }
  }

  it("a look-up is forgotten before it ends", async () => {
    let give: (key: object) => void = () => undefined;
    const keys = resolveKeys(() => new Promise((resolve) => (give = resolve)) as never);
    const answer = createVerifier({ keys }).verifyAsync(signText("{}", '{"alg":"HS256","kid":"a"}', SECRET));
    const { made, left } = await copiesOf(NEEDLE, async () => {
      keys.forget("a");
      give(good);
      expect(await answer).toMatchObject({ ok: false, code: "KEY_UNAVAILABLE" });
    });
    expect(made).toBeGreaterThan(0);
    expect(left).toBe(0);
  });

  it("linear memory is full for a derived one", async () => {
    const derived = deriveSecret({ master: SECRET }, "a");
    const verifier = createVerifier({ keys: deriveKeys({ master: SECRET }) });
    const verify = (kid: string) => verifier.verify(signText("{}", `{"alg":"HS256","kid":"${kid}"}`, OTHER));
    // All else is in linear memory then.
    expect(verify("b")).toMatchObject({ code: "BAD_SIGNATURE" });
    const { made, left } = await copiesOf(derived, () => {
      vi.spyOn(KeyMemory.prototype, "put").mockImplementation(() => {
        throw new RangeError("Expected memory to grow");
      });
      expect(verify("a").ok).toBe(false);
    });
    expect(made).toBeGreaterThan(0);
    expect(left).toBe(0);
  });

  /** Has a token's key looked up; throws what was wrong with it. */
  function lookedUp(key: object, within = (act: () => unknown) => act()): void {
    const errors: Error[] = [];
    const keys = resolveKeys((name) => (name === "a" ? (key as never) : undefined), { onError: (error) => errors.push(error) });
    const verifier = createVerifier({ keys });
    const verify = (kid: string) => verifier.verify(signText("{}", `{"alg":"HS256","kid":"${kid}"}`, OTHER));
    // All else is in linear memory then.
    verify("b");
    within(() => verify("a"));
    throw errors[0];
  }
});

describe("no copy of a secret is left where a ring", () => {
  it.each<Row>([
    ["has a later key that is bad", () => createKeyRing({ keys: [good, bad] })],
    ["has a later JWK with a getter that throws", () => createKeyRing({ keys: { keys: [jwk, bomb] } as never })],
    ["has another key of its name", () => createKeyRing({ keys: [good, { ...other, kid: "a" }] })],
    ["has it in a JWK that is too short", () => createKeyRing({ keys: { keys: [{ ...jwk, alg: "HS512", k: base64url(SHORT) }] } })],
    [
      "has two defaults",
      () =>
        createKeyRing({
          keys: [
            { ...good, default: true },
            { ...other, default: true },
          ],
        }),
    ],
    ["has none but rivals in a set", () => createKeyRing({ keys: { keys: [jwk, { ...otherJwk, kid: "a" }] } })],
    ["cannot hash it", () => withoutHash(() => createKeyRing({ keys: SECRET }))],
    ["has a source that has no key", () => createKeyRing({ keys: [good], source: sourceOf(() => ({ keys: [], problems: [] })) })],
    [
      "has a source that cannot be watched",
      () => createKeyRing({ keys: [good], source: { ...sourceOf(() => "unchanged"), watch: failing } }),
    ],
    ["is given another of its name", () => createKeyRing({ keys: other }).add({ ...good, kid: "b" })],
    ["is given a second default", () => createKeyRing({ keys: { ...other, default: true } }).add({ ...good, default: true })],
    ["is closed while its source gives it", () => closedWithin()],
    ["is closed when its source has given it", () => closedAfter()],
    ["gets it by a callback, beside a JWK with a getter that throws", () => ready(callback(() => ({ keys: [jwk, bomb] }) as never))],
    ["gets it by a callback, beside a bad key", () => ready(callback(() => [good, bad]))],
    [
      "gets it by a callback, beside a second default",
      () => ready(callback(() => [good, other].map((key) => ({ ...key, default: true })))),
    ],
    ["reads it from a directory, beside a bad one", () => createKeyRing({ source: directory(folder({ a: TEXT, b: "short" })) })],
    [
      "reads it from a directory, and it is too short",
      () => createKeyRing({ source: directory(folder({ a: TEXT.slice(0, 63) }), { alg: "HS512" }) }),
    ],
    ["fetches it in too long a body", () => ready(fetched(async () => new Response(streamOf(SECRET, OTHER)), { maxLength: 100 }))],
    ["fetches it in too long a body that is no stream", () => ready(fetched(async () => bodyOf(SECRET), { maxLength: 10 }))],
    ["fetches it in a body that breaks off", () => ready(fetched(async () => new Response(streamOf(SECRET, new RangeError("torn")))))],
    ["reads it from a variable, and it is too short", () => inVariable(TEXT.slice(0, 63))],
    ["has a key beside it that the platform refuses", () => refusedByPlatform()],
    ["fetches it in no JSON", () => ready(fetched(async () => new Response(streamOf(SECRET))))],
  ])("%s", (_, act) => expectNoneLeft(act));

  const failing = () => {
    throw new RangeError("from a source of the caller's");
  };
  const sourceOf = (load: RingSource["load"]): RingSource => ({ name: "a source", load });
  const set = { keys: [jwk] };

  function inVariable(text: string): void {
    vi.stubEnv("WASM_JWT_TEST_KEY", text);
    createKeyRing({ source: environment("WASM_JWT_TEST_KEY", { format: "secret", alg: "HS512" }) });
  }

  /** The ring keeps its own copy until it is closed: it is removed. */
  function refusedByPlatform(): void {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
    const ring = createKeyRing({ keys: [good, { ...rsa, kid: "b" } as never] });
    vi.spyOn(OpenKey.prototype, "bind").mockImplementation(failing);
    try {
      createVerifier({ keys: ring, algorithms: ["HS256", "RS256"] }).verify(signText("{}"));
    } finally {
      ring.remove("a");
    }
  }

  async function ready(source: RingSource): Promise<void> {
    const ring = createKeyRing({ source });
    onTestFinished(() => ring.close());
    await ring.ready();
  }

  async function closedWithin(): Promise<void> {
    const given = await callback(() => set).load({ allowWeak: false } as never);
    let ring: ReturnType<typeof createKeyRing> | undefined;
    let isFirst = true;
    const list = (await callback(() => [other]).load({ allowWeak: false } as never)) as never;
    ring = createKeyRing({
      source: sourceOf(() => {
        if (isFirst) {
          isFirst = false;
          return list;
        }
        ring?.close();
        return given;
      }),
    });
    expect(await ring.reload()).toBe(false);
    throw new Error(ring.status().lastError ?? "closed");
  }

  async function closedAfter(): Promise<void> {
    const given = await callback(() => set).load({ allowWeak: false } as never);
    let give: (keys: typeof given) => void = () => undefined;
    const ring = createKeyRing({ source: sourceOf(() => new Promise((resolve) => (give = resolve))) });
    const isReady = ring.ready();
    give(given);
    // Its answer is under way to the ring.
    await Promise.resolve();
    ring.close();
    await isReady;
  }

  function fetched(fetch: () => Promise<unknown>, options: object = {}): RingSource {
    return remote("https://keys.test/jwks", { fetch: fetch as never, headers: { authorization: "Bearer test" }, ...options });
  }

  function folder(files: Readonly<Record<string, string>>): string {
    const path = mkdtempSync(join(tmpdir(), "wasm-jwt-wiping-"));
    onTestFinished(() => rmSync(path, { recursive: true }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return path;
  }
});

/** A body of these pieces, or one that ends in an error. */
function streamOf(...pieces: readonly (Uint8Array | Error)[]): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const piece = left.shift();
      if (piece instanceof Error) controller.error(piece);
      else if (piece) controller.enqueue(Uint8Array.from(piece));
      else controller.close();
    },
  });
}

function bodyOf(bytes: Uint8Array): object {
  return { status: 200, headers: new Headers(), arrayBuffer: async () => Uint8Array.from(bytes).buffer };
}

describe("no copy of a secret is left once it is in the engine:", () => {
  it.each<Row>([
    ["bytes", () => verifierOf({ keys: SECRET })],
    ["text", () => verifierOf({ keys: TEXT })],
    ["base64url", () => verifierOf({ keys: { secret: ENCODED, encoding: "base64url" } })],
    ["a JWK", () => verifierOf({ keys: jwk })],
    ["a set with the same key twice", () => verifierOf({ jwks: { keys: [jwk, jwk] } })],
    [
      "a set with two others of one name",
      () => verifierOf({ jwks: { keys: [{ ...otherJwk, kid: "c" }, jwk, { ...otherJwk, kid: "a" }] } }),
    ],
    ["a KeyObject", () => verifierOf({ keys: createSecretKey(SECRET) })],
    ["a CryptoKey", () => verifierOf({ keys: hmac })],
    ["text that is its hex", () => verifierOf({ keys: { secret: Buffer.from(SECRET).toString("hex") } })],
    ["text that is its base64", () => verifierOf({ keys: { secret: Buffer.from(SECRET).toString("base64") } })],
    ["text that has it in percent signs", () => verifierOf({ keys: { secret: `%41${TEXT}` } })],
    ["a signer's", () => createSigner({ key: SECRET })],
    ["a table's", () => createKeyTable({ keys: [good] })],
    ["a master secret", () => deriveSecret({ master: SECRET }, "a")],
  ])("%s", async (_, act) => {
    const { made, left } = await copiesOf(NEEDLE, act);
    expect(made).toBeGreaterThan(0);
    expect(left).toBe(0);
  });

  const twice = { keys: [jwk, jwk, otherJwk] };
  it.each<Row>([
    ["that are given to it", () => createKeyRing({ keys: twice })],
    ["that its source gives", () => createKeyRing({ source: callback(() => twice) }).ready()],
  ])("a ring's, of which it keeps one of two %s", async (_, act) => {
    const { made, left } = await copiesOf(NEEDLE, act);
    expect(made).toBeGreaterThan(1);
    expect(left).toBe(1);
  });

  it("a ring's in base64url, by which it is named", async () => {
    const text = Buffer.from(ENCODED.slice(0, 40));
    const { made, left } = await copiesOf(text, () => createKeyRing({ keys: SECRET }));
    expect(made).toBeGreaterThan(0);
    expect(left).toBe(0);
  });
});

describe("no copy of a private key is left", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const members = privateKey.export({ format: "jwk" });
  const number = Uint8Array.from(Buffer.from(members.d as string, "base64url"));
  const der = privateKey.export({ format: "der", type: "pkcs8" });
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }) as string;
  const sec1 = privateKey.export({ format: "pem", type: "sec1" }) as string;
  const forms: readonly (readonly [form: string, key: object | string])[] = [
    ["PEM", pem],
    ["PEM of SEC 1", sec1],
    ["PEM in base64", Buffer.from(pem).toString("base64")],
    ["PEM in UTF-16", Buffer.from(`\ufeff${pem}`, "utf16le")],
    ["DER", der],
    ["DER in base64", der.toString("base64")],
    ["a JWK", members],
  ];

  it.each(forms)("once a signer has it, of %s", async (_, given) => {
    const { left } = await copiesOf(number, () => createSigner({ key: { privateKey: given as never } }));
    expect(left).toBe(0);
  });

  it.each(forms)("where it is for another algorithm, of %s", (_, given) =>
    expectNoneLeft(() => createSigner({ key: { privateKey: given as never, alg: "ES384" } }), number),
  );

  it.each<Row>([
    ["two stand in one text", () => createSigner({ key: { privateKey: pem + sec1 } })],
    [
      "something else of DER is around it",
      () => createSigner({ key: { privateKey: Buffer.concat([Buffer.from([0x30, der.length]), der]) } }),
    ],
    ["a member of its JWK is bad", () => createSigner({ key: { privateKey: { ...members, x: "AA" } as never } })],
    ["a name is too long", () => createSigner({ key: { privateKey: pem, kid: "a".repeat(257) } })],
  ])("where %s", (_, act) => expectNoneLeft(act, number));

  it.each([
    ["PEM", pem],
    ["DER", der],
  ])("where there is no node:crypto and it is for another algorithm, of %s", (_, given) =>
    expectNoneLeft(() => withoutNodeCrypto(() => createSigner({ key: { privateKey: given, alg: "ES384" } })), number),
  );

  it("once a runtime without node:crypto has imported it", async () => {
    const { made, left } = await copiesOf(number, () =>
      withoutNodeCrypto(() => createSigner({ key: { privateKey: pem } })).signAsync({ sub: "a" }),
    );
    expect([made, left]).toEqual([1, 0]);
  });

  it("in the bytes of its PEM, once a signer has it", async () => {
    const line = Buffer.from(pem.split("\n")[1] as string);
    const { made, left } = await copiesOf(line, () => createSigner({ key: { privateKey: Buffer.from(pem).toString("base64") } }));
    expect(made).toBeGreaterThan(0);
    expect(left).toBe(0);
  });

  it("is changed of the caller's own bytes", () => {
    const own = Uint8Array.from(der);
    createSigner({ key: { privateKey: own } });
    expect(() => createSigner({ key: { privateKey: own, alg: "ES384" } })).toThrow(TypeError);
    const exporting = { type: "secret", export: () => given };
    const given = Uint8Array.from(SECRET);
    verifierOf({ keys: [exporting, { kid: "a", secret: given }] });
    expect([Buffer.from(own).equals(der), Buffer.from(given).equals(SECRET)]).toEqual([true, true]);
  });
});
