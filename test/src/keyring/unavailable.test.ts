/** What a source that is down means to a token: its key could not be looked up, which is not the same as that there is none. */
import { describe, expect, it, onTestFinished } from "vitest";
import { createVerifier } from "../../../src/index.js";
import { remote } from "../../../src/keyring/remote.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { json, serve, testJwk, testSet, tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

const headers = { authorization: "Bearer test" };

async function opened() {
  const server = await serve(json(testSet("a")));
  let now = NOW;
  const errors: string[] = [];
  const ring = createKeyRing({
    source: remote(server.url, { headers, timeout: 0.5 }),
    keys: testJwk("own"),
    currentDate: () => now,
    onError: ({ message }) => errors.push(message),
  });
  onTestFinished(() => ring.close());
  const verifiers = [
    createVerifier({ keys: ring }),
    createVerifier({
      issuers: [
        { issuer: "a", keys: ring },
        { issuer: "b", keys: createKeyRing({ keys: testSet("b") }) },
      ],
    }),
  ];
  /** The verdict of every verifier in every way, which is the same. */
  const promised = async (kid: string) => {
    const token = tokenOf(kid, { iss: "a" });
    const codes = new Set<string>();
    for (const verifier of verifiers) {
      const verdict = await verifier.verifyAsync(token);
      codes.add(verdict.ok ? "ACCEPTED" : verdict.code);
      const batch = await verifier.verifyBatchAsync([token, "a.b.c"]);
      const first = batch.at(0);
      codes.add(first.ok ? "ACCEPTED" : first.code);
      const atOnce = verifier.verify(token);
      codes.add(atOnce.ok ? "ACCEPTED" : atOnce.code);
    }
    return [...codes].join();
  };
  const pass = (seconds: number) => {
    now += seconds;
  };
  return { server, ring, promised, pass, errors, verifiers };
}

describe("a token whose key is not in a ring", () => {
  it("has no key where the source has been heard, also during the cool-down", async () => {
    const { ring, promised, server } = await opened();
    await ring.ready();
    expect(await promised("none")).toBe("KEY_NOT_FOUND");
    expect(server.count).toBe(1);
  });

  it("may have one where nothing has been loaded yet, and waits for it by promise", async () => {
    const { verifiers, promised } = await opened();
    const atOnce = verifiers[0]?.verify(tokenOf("a"));
    expect(atOnce).toEqual({ ok: false, code: "KEY_UNAVAILABLE" });
    expect(verifiers[0]?.verify(tokenOf("own")).ok).toBe(true);
    expect(await promised("a")).toBe("ACCEPTED");
  });

  it.each<[string, Parameters<typeof serve>[0]]>([
    ["answers 503", (_, response) => response.writeHead(503).end()],
    ["hangs", () => undefined],
    ["gives no JSON", (_, response) => response.end("<html>")],
    ["ends the connection", (request) => request.socket.destroy()],
  ])("may have one where the server %s; other tokens go on", async (_, answer) => {
    const { ring, promised, server, pass, errors } = await opened();
    await ring.ready();
    server.answer = answer;
    pass(30);
    expect([await promised("new"), await promised("a"), await promised("own")]).toEqual(["KEY_UNAVAILABLE", "ACCEPTED", "ACCEPTED"]);
    // One request for all of them, and one error: the cool-down holds for a source that is down as well.
    for (let turn = 0; turn < 20; turn++) expect(await promised("new")).toBe("KEY_UNAVAILABLE");
    expect([server.count, errors.length]).toEqual([2, 1]);
    server.answer = json(testSet("a", "new"));
    pass(30);
    expect([await promised("new"), await promised("none"), server.count]).toEqual(["ACCEPTED", "KEY_NOT_FOUND", 3]);
  });

  it("may have one where no server listens, from the beginning", async () => {
    const { ring, promised, server } = await opened();
    await server.close();
    await expect(ring.ready()).rejects.toThrow("got ECONNREFUSED");
    expect([await promised("a"), await promised("own")]).toEqual(["KEY_UNAVAILABLE", "ACCEPTED"]);
  });

  it("has none in a ring without a source", () => {
    const ring = createKeyRing({ keys: testSet("a") });
    expect([ring.isUnavailable?.(undefined), createVerifier({ keys: ring }).verify(tokenOf("b"))]).toEqual([
      false,
      { ok: false, code: "KEY_NOT_FOUND" },
    ]);
  });
});
