/** A rejected token costs no more than an accepted one of its length, with the same JSON in it: whatever that is, and wherever it stands. */
import { describe, expect, it } from "vitest";
import { createVerifier, type VerifierOptions } from "../../../src/index.js";
import { NOW, signText, TEST_SECRET } from "../../support/tokens.js";

const BYTES = 5800;
const BATCH = 64;
const ROUNDS = 15;
/** What the time of one may be in that of the other; more than one, since the machine may do other things meanwhile. */
const MOST = 1.25;

/** So many bytes of a text over and over, with commas between. */
function list(item: (index: number) => string): string {
  const items: string[] = [];
  for (let length = 0; length < BYTES; length += (items.at(-1) as string).length + 1) items.push(item(items.length));
  return items.join();
}

/** Members of a JSON object. */
const MEMBERS: readonly (readonly [string, string])[] = [
  ["hundreds of members", list((index) => `"m${index}":0`)],
  ["64 members of long names", list((index) => `"${"n".repeat(84)}${index}":0`)],
  ["a name again and again", list(() => '"name":0')],
  ["names of escapes", list((index) => `"${"\\u0061".repeat(16)}${index}":0`)],
  ["an array of numbers", `"x":[${list(() => "0")}]`],
  ["an array of strings", `"crit":[${list(() => '"x"')}]`],
  ["an array of objects", `"x":[${list(() => '{"":0}')}]`],
  ["deep arrays", `"x":[${list(() => "[".repeat(100) + "]".repeat(100))}]`],
  ["escapes", `"x":"${"\\n".repeat(BYTES / 2)}"`],
  ["characters beyond ASCII", `"x":"${"é".repeat(BYTES / 2)}"`],
  ["white space", `"x":${" ".repeat(BYTES)}0`],
  ["a number of thousands of digits", `"x":${"1".repeat(BYTES)}`],
];

const HEADER = '{"alg":"HS256"}';
const EXPECTED = '"aud":"a"';
const named: VerifierOptions = { keys: { kid: "a", secret: TEST_SECRET }, currentDate: NOW };

/** Rejected and accepted, of the same verifier and nearly the same length. */
const PAIRS: readonly (readonly [string, VerifierOptions, (members: string) => readonly [rejected: string, accepted: string]])[] = [
  [
    "in a header whose algorithm is not allowed",
    { keys: TEST_SECRET, currentDate: NOW, audience: ["a", "b"] },
    (members) => [signText(`{${EXPECTED}}`, `{"alg":"HS384",${members}}`), signText(`{${EXPECTED},${members}}`, HEADER)],
  ],
  [
    "in a header of another type",
    { keys: TEST_SECRET, currentDate: NOW, audience: ["a", "b"], typ: ["JWT", "at+jwt"], crit: ["x", "y"] },
    (members) => [
      signText(`{${EXPECTED}}`, `{"alg":"HS256","typ":"other",${members}}`),
      signText(`{${EXPECTED},${members}}`, '{"alg":"HS256","typ":"JWT"}'),
    ],
  ],
  [
    "in a payload that no key signed",
    { keys: TEST_SECRET, currentDate: NOW },
    (members) => [`${signText(`{${members}}`, HEADER).slice(0, -8)}AAAAAAAA`, signText(`{${members}}`, HEADER)],
  ],
  [
    "in a payload that names no issuer",
    { issuers: [{ issuer: "A", keys: TEST_SECRET }], currentDate: NOW },
    (members) => [signText(`{${members},"iss":"B"}`, HEADER), signText(`{${members},"iss":"A"}`, HEADER)],
  ],
  [
    "in a payload whose claim names no key",
    { ...named, keyFrom: { claim: "device" } },
    (members) => [signText(`{${members},"device":"b"}`, HEADER), signText(`{${members},"device":"a"}`, HEADER)],
  ],
];

/** The shortest times of a batch of each, in microseconds a token; they take turns. */
function timed(options: VerifierOptions, [rejected, accepted]: readonly [string, string]): readonly [number, number] {
  const verifier = createVerifier(options);
  const time = (token: string) => {
    const batch = new Array<string>(BATCH).fill(token);
    const start = performance.now();
    for (let turn = 0; turn < 2; turn++) verifier.verifyBatch(batch);
    return ((performance.now() - start) * 1000) / (2 * BATCH);
  };
  const rounds = Array.from({ length: ROUNDS }, () => [time(rejected), time(accepted)] as const);
  return [Math.min(...rounds.map(([time]) => time)), Math.min(...rounds.map(([, time]) => time))];
}

describe.each(PAIRS)("JSON %s", (_, options, pair) => {
  it.each(MEMBERS)("costs no more than in an accepted token: %s", { retry: 3 }, (name, members) => {
    const tokens = pair(members);
    const verifier = createVerifier(options);
    expect(tokens.map((token) => verifier.verify(token).ok)).toEqual([false, true]);
    const [rejected, accepted] = timed(options, tokens);
    console.log(`${name}: ${rejected.toFixed(1)} µs rejected, ${accepted.toFixed(1)} accepted`);
    expect(rejected).toBeLessThanOrEqual(MOST * accepted);
  });
});
