/** One table of requests for all frameworks, over loopback: they cannot drift apart. */
import "../../support/followFakes.js";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createKeyTable, createVerifier, type VerifierOptions } from "../../../src/index.js";
import { NOW, OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../../support/tokens.js";
import { CASES, token, verifier } from "./cases.js";
import { type Sent, send } from "./client.js";
import { type App, FRAMEWORKS, listen } from "./frameworks.js";

/** Tokens without a valid signature, in each way that can be told from the others by one that knows keys and issuers. */
const FORGED: [what: string, options: VerifierOptions, forged: () => string[]][] = [
  [
    "one key",
    { keys: [{ kid: "k", secret: TEST_SECRET }] },
    () => [
      signClaims({ sub: "device" }, { alg: "HS256", kid: "k" }, OTHER_TEST_SECRET),
      signClaims({ sub: "device" }, { alg: "HS256", kid: "unknown" }, OTHER_TEST_SECRET),
      signClaims({ sub: "device" }, { alg: "HS512", kid: "k" }, OTHER_TEST_SECRET),
      `${signClaims({}, { alg: "HS256", kid: "k" }).split(".").slice(0, 2).join(".")}.AAAA`,
    ],
  ],
  [
    "several issuers",
    {
      issuers: [
        { issuer: "A", keys: TEST_SECRET, typ: "at+jwt" },
        { issuer: "B", keys: TEST_SECRET },
      ],
    },
    () =>
      ["A", "B", "C"].flatMap((iss) => [
        signClaims({ iss }, { alg: "HS256" }, OTHER_TEST_SECRET),
        signClaims({ iss }, { alg: "HS256", typ: "at+jwt" }, OTHER_TEST_SECRET),
        signClaims({ iss }, { alg: "HS384" }, OTHER_TEST_SECRET),
        signClaims({ iss }, { alg: "HS256", crit: ["x"], x: 1 }, OTHER_TEST_SECRET),
        signClaims({ iss }, {}, OTHER_TEST_SECRET),
      ]),
  ],
  [
    "devices by their names",
    { keys: createKeyTable({ keys: [{ kid: "d1", secret: TEST_SECRET }] }), keyFrom: { claim: "sub" } },
    () => ["d1", "d2"].map((sub) => signClaims({ sub }, { alg: "HS256" }, OTHER_TEST_SECRET)),
  ],
];

describe.each(Object.entries(FRAMEWORKS))("a forger in front of %s", (_, open) => {
  it.each(FORGED)("cannot tell what there is: %s", async (_, options, forged) => {
    const codes = new Set<string | undefined>();
    const onRejected: App["options"]["onRejected"] = ({ rejection }) => void codes.add(rejection?.code);
    const port = await listen(await open({ options: { verifier: createVerifier({ ...options, currentDate: NOW }), onRejected } }));
    const answers = await Promise.all(forged().map((text) => send(port, { lines: [["authorization", `Bearer ${text}`]] })));
    const told = answers.map(({ status, headers: { date, ...headers }, body }) => JSON.stringify({ status, headers, body }));
    expect(new Set(told).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, body: expect.stringContaining("The token cannot be authenticated") });
    // The server's operator learns more.
    expect(codes.size).toBeGreaterThan(1);
  });
});

describe.each(Object.entries(FRAMEWORKS))("a request to %s", (_, open) => {
  const never = () => new Promise<never>(() => {});

  it.each<[what: string, sent: Sent, options: (hang: () => Promise<never>) => Partial<App["options"]>]>([
    ["a verifier", { lines: [["authorization", `Bearer ${token()}`]] }, (hang) => ({ verifier: { verifyAsync: hang } })],
    ["`from`", {}, (hang) => ({ token: { from: hang } })],
    ["`onRejected`", {}, (hang) => ({ onRejected: hang })],
  ])("is answered, though %s never answers", async (_, sent, options) => {
    let isAsked = false;
    const hang = () => {
      isAsked = true;
      return never();
    };
    const port = await listen(await open({ options: { verifier, ...options(hang) } }));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const answered = send(port, sent);
    while (!isAsked) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(30_000);
    const { status, headers, body } = await answered;
    expect([status, headers["retry-after"]]).toEqual([503, "5"]);
    expect(body).not.toContain('"sub"');
  });
});

describe.each(Object.entries(FRAMEWORKS))("behind %s", (_, open) => {
  it.each(CASES)("$title: $status", async ({ options, cors, sent, status, headers = {}, sub, denied }) => {
    const port = await listen(await open({ options: { verifier, ...options }, cors }));
    const request = sent();
    const received = await send(port, request);
    expect(received).toMatchObject({ status });
    for (const [name, value] of Object.entries(headers)) expect([name, received.headers[name]]).toEqual([name, value]);
    if (denied !== undefined) expect(JSON.parse(received.body)).toMatchObject({ denied });
    if (sub !== undefined) expect(JSON.parse(received.body)).toMatchObject({ sub });
    else expect(received.body).not.toContain('"sub"');
    // Nothing that came with the request is told.
    for (const part of JSON.stringify(request).match(/ey[\w-]+\.[\w-]+\.[\w-]+/g) ?? [])
      expect(JSON.stringify(received)).not.toContain(part);
  });
});
