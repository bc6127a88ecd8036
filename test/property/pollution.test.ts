/**
 * A polluted `Object.prototype` changes nothing: for each name that the sources read, and several values, what is accepted stays what it was,
 * and what is refused stays refused. An exception is as good as a refusal: the platform itself fails for some names.
 */
import { sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { protect } from "../../src/adapters/aedes.js";
import { authenticate as express, requireScope } from "../../src/adapters/express.js";
import { authenticate as fastify } from "../../src/adapters/fastify.js";
import { authenticate as hono } from "../../src/adapters/hono.js";
import { authenticate as koa, requireScope as koaScope } from "../../src/adapters/koa.js";
import { authenticateUpgrade } from "../../src/adapters/ws.js";
import { newPair } from "../../src/cli/keys/newPair.js";
import {
  createJwsSigner,
  createJwsVerifier,
  createKeyTable,
  createSigner,
  createVerifier,
  deriveKeys,
  deriveSecret,
  type KeyInput,
  resolveKeys,
  type Verdict,
  type Verifier,
} from "../../src/index.js";
import { createKeyRing, discover, remote } from "../../src/keyring/index.js";
import { createRefresher, createReplayGuard, createRevocationList } from "../../src/revocation/index.js";
import { createSessionRegistry } from "../../src/sessions/index.js";
import { sessionToken } from "../../src/sessions/token.js";
import { codeOf, filesIn } from "../architecture/sources.js";
import { polluted } from "../support/polluted.js";
import { base64url, LONG_TEST_SECRET, NOW, OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../support/tokens.js";

// ---- what is judged ----------------------------------------------------------------------------------------------------

const currentDate = NOW;
const claims = { iss: "A", sub: "d1", aud: "api", iat: NOW - 10, exp: NOW + 60, jti: "1", scope: "read", acl: { pub: ["d/d1/#"] } };
const good = signClaims(claims, { alg: "HS256", typ: "JWT", kid: "k1" });
const bare = signClaims({ n: 1 });
const TOKENS = [
  good,
  bare,
  signClaims({ ...claims, exp: NOW - 60 }, { alg: "HS256", kid: "k1" }),
  signClaims({ ...claims, nbf: NOW + 60 }, { alg: "HS256", kid: "k1" }),
  signClaims({ ...claims, iss: "B", aud: "other" }, { alg: "HS256", kid: "k1" }),
  signClaims(claims, { alg: "HS256", kid: "k1" }, OTHER_TEST_SECRET),
  signClaims(claims, { alg: "HS256", kid: "k2" }, OTHER_TEST_SECRET),
  signClaims(claims, { alg: "HS256", kid: "unknown" }),
  signClaims(claims, { alg: "HS256", kid: "k1", crit: ["x"], x: 1 }),
  `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(claims))}.`,
  `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(claims))}.AA`,
  "x",
];

const ec = newPair("ec", { namedCurve: "P-256" });
const rsa = newPair("rsa", { modulusLength: 2048 });
const ed = newPair("ed25519");
const signedBy = (alg: string, hash: string | null, key: object) => {
  const input = `${base64url(JSON.stringify({ alg }))}.${base64url(JSON.stringify(claims))}`;
  return `${input}.${base64url(sign(hash, Buffer.from(input), key as never))}`;
};
const PAIRS = [
  { key: ec.publicKey.export({ format: "jwk" }), token: signedBy("ES256", "sha256", { key: ec.privateKey, dsaEncoding: "ieee-p1363" }) },
  { key: ed.publicKey.export({ format: "pem", type: "spki" }) as string, token: signedBy("EdDSA", null, ed.privateKey) },
  {
    key: { alg: "RS256", publicKey: rsa.publicKey.export({ format: "pem", type: "spki" }) },
    token: signedBy("RS256", "sha256", rsa.privateKey),
    // The signature is of the key's owner, but of another scheme.
    other: signedBy("RS256", "sha256", { key: rsa.privateKey, padding: 6, saltLength: 32 }),
  },
  {
    key: { alg: "PS256", publicKey: rsa.publicKey.export({ format: "pem", type: "spki" }) },
    token: signedBy("PS256", "sha256", { key: rsa.privateKey, padding: 6, saltLength: 32 }),
    other: signedBy("PS256", "sha256", rsa.privateKey),
  },
].map(({ key, token, other }) => ({ keys: key as KeyInput, tokens: [token, other ?? token.slice(0, -4), `${token.slice(0, -4)}AAAA`] }));
const oct = { kty: "oct", k: base64url(TEST_SECRET) };
const DERIVED = signClaims(claims, { alg: "HS256", kid: "d1" }, deriveSecret({ master: TEST_SECRET }, "d1"));
const KEYS = [
  { kid: "k1", secret: TEST_SECRET },
  { kid: "k2", secret: LONG_TEST_SECRET },
];

// ---- how it is judged, each anew: what each gives is a text, with "+" before what lets pass -----------------------------

/** Each member of an accepted token, and nothing that it inherits. */
function told(verdict: Verdict): string {
  if (!Object.hasOwn(verdict, "ok") || verdict.ok !== true) return (verdict as { code: string }).code;
  return `+${JSON.stringify(verdict.claims)} ${JSON.stringify(verdict.header)} ${verdict.keyName} ${verdict.issuerIndex}`;
}

const judged = (verifier: Verifier, tokens: readonly string[] = TOKENS) => Array.from(verifier.verifyBatch(tokens), told).join("\n");

const WARM = createVerifier({ keys: KEYS, currentDate });
const WARM_PAIRS = PAIRS.map(({ keys, tokens }) => ({ verifier: createVerifier({ keys, currentDate }), tokens }));
const OPEN_RING = createKeyRing({ keys: { keys: [{ ...rsa.publicKey.export({ format: "jwk" }), kid: "k1" }] } });
const WARM_RING = createVerifier({ keys: createKeyRing({ keys: KEYS }), currentDate });

const JUDGED: Readonly<Record<string, () => string>> = {
  "a verifier made before": () => `${judged(WARM)}\n${told(WARM.verify(bare))}`,
  "one key": () => judged(createVerifier({ keys: TEST_SECRET, currentDate })),
  "several keys and rules": () =>
    judged(createVerifier({ keys: KEYS, issuer: "A", audience: ["api"], requiredClaims: ["sub"], currentDate })),
  issuers: () =>
    judged(
      createVerifier({
        issuers: [
          { issuer: "A", keys: KEYS },
          { issuer: "B", jwks: { keys: [{ ...oct, kid: "k1" }] } },
        ],
        currentDate,
      }),
    ),
  "a key for signing alone": () => judged(createVerifier({ keys: { ...oct, key_ops: ["sign"] } as never, currentDate })),
  "a key that a claim names": () =>
    judged(createVerifier({ keys: { kid: "d1", secret: TEST_SECRET }, keyFrom: { claim: "sub" }, currentDate })),
  "a short secret": () => judged(createVerifier({ keys: "short", currentDate })),
  "a ring made before": () => judged(WARM_RING),
  "a JWK set, with what is left out": () => {
    const jwks = { keys: [{ ...oct, kid: "k1" }, { kty: "AKP" }, { ...oct, kid: "k2", alg: "HS512" }, { ...oct, kid: "k3", use: "enc" }] };
    const verifier = createVerifier({ jwks, alg: ["HS256", "HS384"], currentDate });
    return `${judged(verifier)}\n${verifier.problems.join("\n")}`;
  },
  "a key for several algorithms": () => judged(createVerifier({ keys: { secret: TEST_SECRET, alg: ["HS256", "HS384"] }, currentDate })),
  "a table": () => judged(createVerifier({ keys: createKeyTable({ keys: KEYS }), currentDate })),
  "a resolver": () => judged(createVerifier({ keys: resolveKeys((name) => KEYS.find(({ kid }) => kid === name)), currentDate })),
  "derived keys": () => judged(createVerifier({ keys: deriveKeys({ master: TEST_SECRET }), currentDate }), [DERIVED, good]),
  "a source of the caller's own": () => {
    const keys = { at: () => SNAPSHOT };
    return judged(createVerifier({ keys, currentDate }), TOKENS.slice(0, 8));
  },
  "what is signed": () => {
    const signer = createSigner({ key: { kid: "k1", secret: TEST_SECRET }, expiresIn: 60, currentDate });
    return `+${signer.sign({ sub: "d1" })}`;
  },
  "what a call says, under a header": () => {
    const signer = createSigner({ key: { kid: "k1", secret: TEST_SECRET }, header: { cty: "x", own: [{ a: 1 }] }, currentDate });
    return `+${signer.sign({ sub: "d1" }, { expiresIn: "1m", audience: "api" })}`;
  },
  "what is signed of bytes": () => {
    const token = createJwsSigner({ key: { kid: "k1", secret: TEST_SECRET } }).sign(new Uint8Array(3));
    const verdict = createJwsVerifier({ keys: KEYS }).verify(token);
    return `+${token} ${Object.hasOwn(verdict, "ok") && verdict.ok === true && `${verdict.payload} ${verdict.keyName}`}`;
  },
  "what is revoked": () => {
    const list = createRevocationList({ currentDate: () => NOW });
    const verifier = createVerifier({ keys: TEST_SECRET, revocation: list, currentDate });
    const before = told(verifier.verify(good));
    list.apply([{ sub: "d1", exp: NOW + 60 }, { jti: "9" }, { before: 5 }]);
    const entries = [...list.snapshot()].map((entry) => JSON.stringify(entry)).sort();
    return `+${[before, told(verifier.verify(good)), told(verifier.verify(bare)), list.isRevoked({ sub: "d1", iat: 3 }), ...entries].join("\n")}`;
  },
  "what is used": () => {
    const verifier = createVerifier({ keys: TEST_SECRET, replay: createReplayGuard(), currentDate });
    return [good, good, bare].map((token) => told(verifier.verify(token))).join("\n");
  },
  "what a session knows": () => {
    const verdict = WARM.verify(good);
    const anonymous = createVerifier({ keys: TEST_SECRET, currentDate }).verify(bare);
    return verdict.ok && anonymous.ok ? `+${JSON.stringify([sessionToken(verdict), sessionToken(anonymous)])}` : "refused";
  },
  "sessions that are revoked": () => {
    const list = createRevocationList({ currentDate: () => NOW });
    const sessions = createSessionRegistry({ revocations: list, currentDate: () => NOW });
    const ended: string[] = [];
    sessions.add({ sub: "d1" }, (reason) => ended.push(reason));
    sessions.add({ sub: "d2", iss: "A" }, (reason) => ended.push(reason));
    list.apply([{ sub: "d1", before: NOW }]);
    sessions.close();
    return `+${ended.join()}`;
  },
};

const SNAPSHOT = {
  load: () => KEYS.map((key) => ({ ...key, secret: Uint8Array.from(key.secret), algorithm: "HS256", isDefault: false })),
} as never;

/** With all that can be judged only by the platform, which takes longer. */
const BY_PLATFORM: Readonly<Record<string, () => string>> = {
  "pairs, in verifiers made before": () => WARM_PAIRS.map(({ verifier, tokens }) => judged(verifier, tokens)).join("\n"),
  "RSA keys of which nothing says what they are for": () => {
    const tokens = (PAIRS[2] as (typeof PAIRS)[0]).tokens.concat((PAIRS[3] as (typeof PAIRS)[0]).tokens);
    const verifiers = [
      createVerifier({ keys: OPEN_RING, algorithms: ["RS256"], currentDate }),
      createVerifier({ keys: OPEN_RING, currentDate }),
    ];
    return verifiers.map((verifier) => judged(verifier, tokens)).join("\n");
  },
  pairs: () =>
    PAIRS.slice(0, 3)
      .map(({ keys, tokens }) => judged(createVerifier({ keys, currentDate }), tokens))
      .join("\n"),
};

/** The verifier without a batcher, which would wait for more than microtasks. */
const verifier = { verifyAsync: (token: string) => WARM.verifyAsync(token) };
const HEADERS: readonly Record<string, string>[] = [
  {},
  { authorization: `Bearer ${good}` },
  { authorization: `Bearer ${TOKENS[5]}` },
  { authorization: "Bearer" },
];

const requestOf = (headers: Record<string, string>) => ({ method: "GET", url: "/", headers, rawHeaders: [] });
const passed = (auth: unknown) => `+${(auth as { claims?: { sub?: string } } | undefined)?.claims?.sub}`;

async function byEach(answer: (headers: Record<string, string>) => Promise<string>): Promise<string> {
  const answers: string[] = [];
  for (const headers of HEADERS) answers.push(await answer(headers));
  return answers.join("\n");
}

const throughExpress = (...middleware: ReturnType<typeof express<never>>[]) =>
  byEach(async (headers) => {
    const request = requestOf(headers);
    const response = { statusCode: 200, setHeader() {}, end() {} };
    for (const each of middleware) if (!(await each(request as never, response))) return `${response.statusCode}`;
    return passed(ownOf(request, "auth"));
  });

const ownOf = (object: object, name: string) => (Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined);

const ASKED: Readonly<Record<string, () => Promise<string>>> = {
  Express: () => throughExpress(express({ verifier })),
  "Express with a scope": () => throughExpress(express({ verifier, scope: "read" })),
  "Express with another scope": () => throughExpress(express({ verifier, scope: "write" })),
  "Express with nothing before a scope": () => throughExpress(requireScope("read")),
  "Express with a field of the body": () => throughExpress(express({ verifier, token: { body: "access_token" } })),
  Koa: () =>
    byEach(async (headers) => {
      const context = { req: requestOf(headers), method: "GET", url: "/", request: {}, state: {}, status: 404, body: "", set() {} };
      let hasPassed = false;
      await koa({ verifier })(context, async () => {
        hasPassed = true;
      });
      return hasPassed ? passed(ownOf(context.state, "auth")) : `${context.status}`;
    }),
  "Koa with nothing before a scope": () =>
    byEach(async (headers) => {
      const context = { req: requestOf(headers), method: "GET", url: "/", request: {}, state: {}, status: 404, body: "", set() {} };
      let hasPassed = false;
      await koaScope("read")(context, async () => {
        hasPassed = true;
      });
      return hasPassed ? "+" : `${context.status}`;
    }),
  Hono: () =>
    byEach(async (headers) => {
      const variables = new Map<unknown, unknown>();
      const req = { method: "GET", url: "http://a/", header: (name: string) => ownOf(headers, name) as string | undefined };
      const context = {
        req,
        res: { headers: new Headers() },
        get: (name: never) => variables.get(name),
        set: (name: never, value: never) => void variables.set(name, value),
        header() {},
      };
      let hasPassed = false;
      const response = await hono({ verifier })(context as never, async () => {
        hasPassed = true;
      });
      return hasPassed ? passed(variables.get("auth")) : `${(response as Response).status}`;
    }),
  Fastify: () => byEach((headers) => throughFastify(headers, {})),
  "Fastify's route with a scope": () => byEach((headers) => throughFastify(headers, { auth: { scope: "write" } })),
  WebSockets: () =>
    byEach(async (headers) => {
      let connected: object | undefined;
      const server = {
        options: { noServer: true },
        shouldHandle: () => true,
        handleUpgrade: (request: object) => {
          connected = request;
        },
        emit: () => true,
      };
      const socket = { destroyed: false, writable: true, on() {}, removeListener() {}, end() {}, destroy() {} };
      await authenticateUpgrade(server as never, { verifier, sessions: NO_SESSIONS })(requestOf(headers), socket, new Uint8Array());
      return connected ? passed(ownOf(connected, "auth")) : "refused";
    }),
  MQTT: async () => {
    const answers: string[] = [];
    for (const password of [undefined, good, TOKENS[5], TOKENS[2]]) answers.push(await throughBroker(password));
    return answers.join("\n");
  },
  "keys of an issuer that is discovered": async () => {
    const documents: Readonly<Record<string, object>> = {
      "https://keys.test/.well-known/openid-configuration": { issuer: "https://keys.test", jwks_uri: "https://keys.test/jwks" },
      "https://keys.test/jwks": { keys: [{ ...oct, kid: "k1" }] },
    };
    const fetch = async (url: string) => ({
      status: 200,
      headers: { get: () => null },
      arrayBuffer: async () => new TextEncoder().encode(JSON.stringify(documents[url])).buffer as ArrayBuffer,
    });
    const headers = new Map([["authorization", "Bearer t"]]);
    const source = discover("https://keys.test", { headers, fetch, alg: "HS256" });
    const ring = createKeyRing({ source, currentDate: () => NOW });
    await ring.ready();
    ring.close();
    return judged(createVerifier({ keys: ring, currentDate }));
  },
  "keys of a server": async () => {
    const body = JSON.stringify({ keys: [{ ...oct, kid: "k1" }] });
    const fetch = async () => ({
      status: 200,
      headers: { get: () => null },
      arrayBuffer: async () => new TextEncoder().encode(body).buffer as ArrayBuffer,
    });
    const ring = createKeyRing({
      source: remote("https://keys.test/", { headers: { authorization: "Bearer t" }, fetch }),
      currentDate: () => NOW,
    });
    await ring.ready();
    ring.close();
    return judged(createVerifier({ keys: ring, currentDate }));
  },
  "refresh tokens": async () => {
    const key = { kid: "k1", secret: TEST_SECRET };
    const signer = createSigner({ key, currentDate });
    const revocations = createRevocationList({ currentDate: () => NOW });
    const refresher = createRefresher({
      verifier: createVerifier({ keys: [key], typ: "rt+jwt", currentDate }),
      accessSigner: signer,
      refreshSigner: createSigner({ key, typ: "rt+jwt", currentDate }),
      revocations,
      accessLifetime: 60,
      refreshLifetime: 600,
      currentDate: () => NOW,
    });
    const first = await refresher.start({ sub: "d1" });
    const answers = [
      await refresher.refresh(first.refreshToken),
      await refresher.refresh(first.refreshToken),
      await refresher.refresh(good),
    ];
    return answers
      .map((answer) => (answer.ok === true && Object.hasOwn(answer, "refreshToken") ? "+" : (answer as { code: string }).code))
      .join("\n");
  },
};

const NO_SESSIONS = { size: 0, add: () => ({ remove() {} }), close() {} };

async function throughFastify(headers: object, config: object): Promise<string> {
  let hook: ((request: object, reply: object, done: (error?: Error) => void) => void) | undefined;
  const instance = {
    hasRequestDecorator: () => true,
    decorateRequest() {},
    addHook(name: string, given: typeof hook) {
      if (name !== "onRoute") hook = given;
    },
  };
  fastify({ verifier })(instance as never, {}, () => undefined);
  const request = { method: "GET", url: "/", headers, raw: {}, routeOptions: { config } };
  return new Promise((resolve) => {
    let status = 200;
    const reply = {
      code(given: number) {
        status = given;
      },
      headers() {},
      send: () => resolve(`${status}`),
    };
    hook?.(request, reply, (error) => resolve(error ? "error" : passed(ownOf(request, "auth"))));
  });
}

async function throughBroker(password: string | undefined): Promise<string> {
  const pass = (...values: unknown[]) => (values.at(-1) as (error: null, value: unknown) => void)(null, values.at(-2) ?? true);
  const broker = {
    ...{ id: "b", preConnect: pass, authenticate: pass, authorizePublish: pass, authorizeSubscribe: pass },
    ...{ authorizeForward: (_: unknown, packet: unknown) => packet, on() {} },
  };
  const client = { id: "d1", closed: false, conn: { once() {} }, close() {} } as never;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of `bind`
  protect(broker as never, { verifier, bind: { sub: "${clientid}" }, sessions: NO_SESSIONS });
  const handlers = broker as unknown as Record<string, (...values: unknown[]) => unknown>;
  const isIn = await new Promise((resolve) => {
    handlers.authenticate?.(client, undefined, password === undefined ? undefined : Buffer.from(password), (error: unknown) =>
      resolve(!error),
    );
  });
  const may = (topic: string) => {
    let answer = false;
    handlers.authorizePublish?.(client, { topic }, (error: unknown) => {
      answer = !error;
    });
    return answer;
  };
  return [isIn, may("d/d1/x"), may("d/d2/x"), handlers.authorizeForward?.(client, { topic: "d/d1/x" }) !== null]
    .map((each) => (each ? "+" : "-"))
    .join("");
}

// ---- names and values --------------------------------------------------------------------------------------------------

/** The language itself asks for these: with `then` every object is a promise, with `return` each loop that ends early fails. */
const SKIPPED = ["then", "return"];

/** What follows a dot, in a pattern or a literal, and what is in quotes: all that may be read of an object, by us or by the platform. */
function namesOf(): string[] {
  const found = new Set<string>([
    "context",
    "ext",
    "fatal",
    "ignoreBOM",
    "stream",
    "get",
    "set",
    "value",
    "statusText",
    "dispatcher",
    "signal",
  ]);
  for (const file of filesIn("src").filter((each) => !each.startsWith("src/cli/"))) {
    const code = codeOf(file);
    for (const [, name] of code.matchAll(/\.([A-Za-z_]\w*)/g)) found.add(name as string);
    for (const [, pattern] of code.matchAll(/\{([^{}]*)\}/g))
      for (const [name] of (pattern as string).matchAll(/\b[A-Za-z_]\w*\b/g)) found.add(name);
    for (const [, name] of code.matchAll(/"([A-Za-z_][\w-]*)"/g)) found.add(name as string);
  }
  return [...found].filter((name) => !(name in Object.prototype) && !SKIPPED.includes(name)).sort();
}

const VALUES: readonly unknown[] = [
  true,
  false,
  200,
  0,
  "x",
  `Bearer ${good}`,
  () => ({ ok: true, claims: {} }),
  { ok: true, kid: "k1", claims: { scope: "read" }, access_token: good },
];

// ---- the comparison ----------------------------------------------------------------------------------------------------

type Case = () => string | Promise<string>;

const CASES: Readonly<Record<string, Case>> = { ...JUDGED, ...BY_PLATFORM, ...ASKED };

const FAILED = "exception";

/** Cases in which nothing passes. */
const REFUSED = [
  "a key for signing alone",
  "a short secret",
  "Express with another scope",
  "Express with nothing before a scope",
  "Koa with nothing before a scope",
  "Fastify's route with a scope",
];

async function outcomeOf(work: Case): Promise<string> {
  try {
    return await work();
  } catch {
    return FAILED;
  }
}

/** So many names at once: most change nothing at all. */
const GROUP = 64;

type Outcomes = ReadonlyMap<string, string>;

/** What becomes of the cases in a host with such names; of those that wait for something else, that they fail. */
async function outcomesOf(cases: readonly string[], names: readonly string[], value: unknown): Promise<Outcomes> {
  const outcomes = new Map(cases.map((what) => [what, FAILED]));
  await polluted(names, value, () => {
    for (let index = 0; index < cases.length; index++) void begin(cases[index] as string, outcomes);
  });
  return outcomes;
}

async function begin(what: string, outcomes: Map<string, string>): Promise<void> {
  const outcome = await outcomeOf(CASES[what] as Case);
  outcomes.set(what, outcome);
}

/**
 * What these names change, told for each case and name. Where nothing is changed by several, nothing is by any of them. Sessions are closed for
 * 10 ms at a time, which a pause may end: a single name is tried twice.
 */
async function changesBy(
  names: readonly string[],
  value: unknown,
  before: Outcomes,
  cases: readonly string[],
  tries = 2,
): Promise<string[]> {
  const after = await outcomesOf(cases, names, value);
  const changed = cases.filter((what) => after.get(what) !== before.get(what));
  if (changed.length === 0) return [];
  if (names.length > 1) {
    const half = names.length >> 1;
    const parts = [names.slice(0, half), names.slice(half)];
    return [
      ...(await changesBy(parts[0] as string[], value, before, changed)),
      ...(await changesBy(parts[1] as string[], value, before, changed)),
    ];
  }
  const unsafe = changed.filter((what) => !isSafe(before.get(what) as string, after.get(what) as string));
  if (unsafe.length && tries > 1) return changesBy(names, value, before, unsafe, tries - 1);
  return unsafe.map((what) => `${names[0]} = ${String(value)}, ${what}: ${before.get(what)} became ${after.get(what)}`);
}

/** Is each line what it was, or a failure of the server? */
function isSafe(before: string, after: string): boolean {
  const lines = after.split("\n");
  const isFailure = (line: string) => /^(?:exception|error|5\d\d|refused|----)$/.test(line);
  return after === FAILED || before.split("\n").every((line, index) => line === lines[index] || isFailure(lines[index] as string));
}

const NAMES = namesOf();

describe("a host with a polluted Object.prototype", () => {
  it("is told by what the sources read", () => {
    expect(NAMES.length).toBeGreaterThan(1000);
    for (const name of ["ignoreExpiration", "currentDate", "auth", "status", "kid", "key_ops", "brokerId", "padding"])
      expect(NAMES).toContain(name);
  });

  it("changes nothing", async () => {
    const all = Object.keys(CASES);
    const before = await outcomesOf(all, [], undefined);
    expect(await outcomesOf(all, [], undefined)).toEqual(before);
    expect(all.filter((what) => !before.get(what)?.includes("+"))).toEqual(REFUSED);
    const found: string[] = [];
    for (const value of VALUES) {
      for (let from = 0; from < NAMES.length; from += GROUP) {
        found.push(...(await changesBy(NAMES.slice(from, from + GROUP), value, before, all)));
        // What is made for each is collected.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    expect(found).toEqual([]);
  });
});
