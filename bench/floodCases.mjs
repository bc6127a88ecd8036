/**
 * Floods, and what becomes of good tokens in them: every other token is junk that costs a client nothing to make. Quiet and flooded rounds
 * take turns; in a quiet one a good token stands in the place of each that is junk.
 */
import { createHash, createHmac } from "node:crypto";
import { median, quantile, ratioOf } from "./statistics.mjs";

const DEVICES = 500;
const NOW = 2_000_000_000;
const SIGNATURE = "A".repeat(43);
/** Members of a header that is as long as a token may be. */
const HEADER_MEMBERS = 800;

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const flat = (text) => Buffer.from(text).toString("latin1");
/** Test keys, which everybody can make. */
const secretOf = (name) => createHash("sha256").update(`wasm-jwt flood key ${name}, not a secret`).digest();
const deviceOf = (number) => `device-${String(number).padStart(6, "0")}`;
const PAYLOAD = base64url({ sub: "made up", exp: NOW + 3600 });

function signed(kid, claims, secret) {
  const input = `${base64url({ alg: "HS256", typ: "JWT", kid })}.${base64url({ sub: kid, exp: NOW + 3600, ...claims })}`;
  return flat(`${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`);
}

const junkOf = (header) => flat(`${base64url(header)}.${PAYLOAD}.${SIGNATURE}`);
const junkKid = (number) => junkOf({ alg: "HS256", typ: "JWT", kid: `made-up-${number}` });
const wide = Object.fromEntries(Array.from({ length: HEADER_MEMBERS }, (_, index) => [index.toString(36), 0]));
const wideHeaders = Array.from({ length: 64 }, (_, number) => junkOf({ alg: "HS256", kid: `${number}`, ...wide }));
const junkHeader = (number) => wideHeaders[number % wideHeaders.length];

/** Good tokens, each of another device, over and over. */
function fleet(secret = secretOf) {
  const tokens = Array.from({ length: DEVICES }, (_, number) => signed(deviceOf(number), {}, secret(deviceOf(number))));
  return (number) => tokens[number % DEVICES];
}

/** The cases, of the library as it was built or as a test has it. `count` is how many good tokens a case is measured with. */
export function floodCases({ createVerifier, resolveKeys, deriveKeys, deriveSecret, createKeyRing, callback, createReplayGuard }, count) {
  const verifierOf = (options) => createVerifier({ currentDate: NOW, ...options });
  const isDevice = (name) => name.startsWith("device-");
  const resolved = (title, answer, isAsync) => {
    let lookUps = 0;
    const keys = resolveKeys((name) => {
      lookUps++;
      return answer(name);
    });
    const verifier = verifierOf({ keys });
    const call = isAsync ? (token) => verifier.verifyAsync(token) : (token) => verifier.verify(token);
    return { title, isAsync, good: fleet(), junk: junkKid, call, lookUps: () => lookUps, bytes: () => keys.at(NOW).bytes };
  };
  const keyOf = (name) => (isDevice(name) ? { secret: secretOf(name) } : undefined);
  const master = "wasm-jwt flood master, not a secret".padEnd(48, ".");
  const derived = deriveKeys({ master });
  const byDerived = verifierOf({ keys: derived });
  const ring = createKeyRing({
    source: callback(() => Array.from({ length: DEVICES }, (_, number) => ({ kid: deviceOf(number), secret: secretOf(deviceOf(number)) }))),
  });
  const byRing = verifierOf({ keys: ring });
  const own = { kid: deviceOf(0), secret: secretOf(deviceOf(0)) };
  const byOne = verifierOf({ keys: own });
  const guard = createReplayGuard({ currentDate: () => NOW });
  const once = verifierOf({ keys: own, replay: guard });
  const ids = Array.from({ length: 3 * count + DEVICES }, (_, number) => signed(own.kid, { jti: `id-${number}` }, own.secret));
  let next = 0;
  return [
    resolved("junk kids, resolver at once", keyOf, false),
    resolved("junk kids, resolver by promise", async (name) => keyOf(name), true),
    resolved("junk kids, resolver that hangs for them", (name) => (isDevice(name) ? keyOf(name) : new Promise(() => {})), true),
    {
      title: "junk kids, derived keys",
      good: fleet((name) => deriveSecret({ master }, name)),
      junk: junkKid,
      call: (token) => byDerived.verify(token),
      bytes: () => derived.at(NOW).bytes,
    },
    {
      title: "junk kids, ring",
      ready: () => ring.ready(),
      isAsync: true,
      good: fleet(),
      junk: junkKid,
      call: (token) => byRing.verifyAsync(token),
      end: () => ring.close(),
    },
    {
      title: `junk headers of ${HEADER_MEMBERS} members`,
      good: () => ids[0],
      junk: junkHeader,
      call: (token) => byOne.verify(token),
    },
    {
      title: "junk jtis, replay guard",
      good: () => ids[next++],
      junk: (number) =>
        flat(`${base64url({ alg: "HS256", kid: own.kid })}.${base64url({ jti: `junk-${number}`, exp: NOW + 9 })}.${SIGNATURE}`),
      call: (token) => once.verify(token),
      bytes: () => guard.bytes,
      // One for each good token is what a guard is for.
      bytesPerGood: 128,
    },
  ];
}

/**
 * Measures a case: the share of good tokens that were accepted; the 99th percentile of their times in microseconds, quiet and flooded, and the
 * median of the rounds' ratios; and what the tokens between them took, good ones and junk, the event loop's turn included where there is one.
 */
export async function measureFlood(flood, { rounds, calls }) {
  await flood.ready?.();
  let accepted = 0;
  let junk = 0;
  let spent = 0;
  const time = async (other, timed) => {
    const token = flood.good(timed);
    const before = performance.now();
    // Not waited for: it may hang. What it does at once, and in this turn, is its own time.
    void flood.call(other);
    if (flood.isAsync) await new Promise(setImmediate);
    const start = performance.now();
    const verdict = flood.isAsync ? await flood.call(token) : flood.call(token);
    const end = performance.now();
    if (verdict.ok) accepted++;
    spent += start - before;
    return 1000 * (end - start);
  };
  const round = async (other) => {
    const times = [];
    const others = Array.from({ length: calls }, (_, index) => other(index));
    for (let index = 0; index < calls; index++) times.push(await time(others[index], index));
    return quantile(times, 0.99);
  };
  for (let index = 0; index < DEVICES; index++) await flood.call(flood.good(index));
  const bytesBefore = flood.bytes?.() ?? 0;
  const lookUpsBefore = flood.lookUps?.() ?? 0;
  const start = performance.now();
  const quiet = [];
  const flooded = [];
  const spentOnGood = [];
  const spentOnJunk = [];
  for (let index = 0; index < rounds; index++) {
    spent = 0;
    quiet.push(await round((number) => flood.good(number + 1)));
    spentOnGood.push(spent);
    spent = 0;
    flooded.push(await round(() => flood.junk(junk++)));
    spentOnJunk.push(spent);
  }
  const seconds = (performance.now() - start) / 1000;
  const good = 2 * rounds * calls;
  const growth = (flood.bytes?.() ?? 0) - bytesBefore - (flood.bytesPerGood ?? 0) * 1.5 * good;
  flood.end?.();
  return {
    title: flood.title,
    successRate: accepted / good,
    quiet: median(quiet),
    flooded: median(flooded),
    ratio: ratioOf(flooded, quiet).median,
    cost: { good: (1000 * median(spentOnGood)) / calls, junk: (1000 * median(spentOnJunk)) / calls },
    junk,
    seconds,
    lookUps: flood.lookUps && flood.lookUps() - lookUpsBefore,
    growth: Math.max(0, growth),
  };
}
