/** JWK sets by HTTP, from real servers that are slow, wrong, huge, moody or gone. */
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { FetchResponse } from "../../../src/keyring/document.js";
import type { KeyRing, KeyRingOptions } from "../../../src/keyring/keyRing.js";
import { type RemoteOptions, remote } from "../../../src/keyring/remote.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { certificateOf, pem } from "../../support/certificate.js";
import { json, kidsOf, publicJwk, serve, testSecret, testSet } from "../../support/ring.js";
import { base64url, NOW } from "../../support/tokens.js";

/** What authorizes a request in these tests. */
const headers = { authorization: "Bearer test" };

function open(url: string, options: RemoteOptions = {}, more: KeyRingOptions = {}): KeyRing {
  const ring = createKeyRing({ source: remote(url, { headers, ...options }), ...more });
  onTestFinished(() => ring.close());
  return ring;
}

/** A ring that has the key "a", whose server then turns bad. */
async function opened(options: RemoteOptions = {}) {
  const server = await serve(json(testSet("a")));
  const ring = open(server.url, options);
  await ring.ready();
  return { server, ring };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a remote JWK set", () => {
  it("is fetched, with the headers given", async () => {
    const server = await serve((request, response) => {
      const { authorization, accept } = request.headers;
      json({ keys: authorization === "Bearer test" && accept?.includes("application/json") ? testSet("a").keys : [] })(request, response);
    });
    const ring = open(server.url);
    await ring.ready();
    expect(kidsOf(ring)).toEqual(["a"]);
    expect(ring.at(NOW).load()).toMatchObject([{ secret: testSecret("a") }]);
  });

  it("is fetched once for a hundred who ask at the same time", async () => {
    const { server, ring } = await opened({ coolDown: 1 });
    server.answer = (...both) => setTimeout(json(testSet("b")), 50, ...both);
    let now = Date.now() / 1000;
    const patient = open(server.url, { coolDown: 1 }, { currentDate: () => now });
    await patient.ready();
    expect(server.count).toBe(2);
    now += 1;
    await Promise.all(Array.from({ length: 100 }, () => patient.refresh()));
    expect(server.count).toBe(3);
    await Promise.all(Array.from({ length: 100 }, () => ring.reload()));
    expect(server.count).toBe(4);
  });

  it("is not asked for again within the cool-down, however many unknown keys there are", async () => {
    const server = await serve(json(testSet("a")));
    let now = NOW;
    const ring = open(server.url, {}, { currentDate: () => now });
    await ring.ready();
    for (now = NOW; now < NOW + 30; now++) {
      ring.missed();
      await ring.refresh();
    }
    expect(server.count).toBe(1);
    server.answer = json(testSet("a", "b"));
    expect(await ring.refresh()).toBe(true);
    expect([server.count, kidsOf(ring)]).toEqual([2, ["a", "b"]]);
  });

  it("is known by its ETag", async () => {
    const server = await serve(json(testSet("a"), { etag: '"1"' }));
    const ring = open(server.url);
    await ring.ready();
    const before = ring.at(NOW);
    let asked: unknown;
    server.answer = (request, response) => {
      asked = request.headers["if-none-match"];
      response.writeHead(304).end();
    };
    expect(await ring.reload()).toBe(true);
    expect([asked, server.count]).toEqual(['"1"', 2]);
    expect(ring.at(NOW)).toBe(before);
    server.answer = json(testSet("b"));
    expect(await ring.reload()).toBe(true);
    expect(kidsOf(ring)).toEqual(["b"]);
    server.answer = (request, response) => {
      asked = request.headers["if-none-match"];
      json(testSet("b"))(request, response);
    };
    await ring.reload();
    expect(asked).toBeUndefined();
  });

  it("that was bad is not known by its ETag", async () => {
    const { server, ring } = await opened();
    const asked: unknown[] = [];
    server.answer = (request, response) => {
      asked.push(request.headers["if-none-match"]);
      json({ keys: [{ kty: "oct" }] }, { etag: '"bad"' })(request, response);
    };
    expect([await ring.reload(), await ring.reload()]).toEqual([false, false]);
    expect(asked).toEqual([undefined, undefined]);
  });

  it("of one source goes to several rings, each with its own ETag", async () => {
    const server = await serve((request, response) => {
      if (request.headers["if-none-match"]) response.writeHead(304).end();
      else json(testSet("a"), { etag: '"1"' })(request, response);
    });
    const source = remote(server.url, { headers });
    for (let count = 0; count < 2; count++) {
      const ring = createKeyRing({ source });
      onTestFinished(() => ring.close());
      await ring.ready();
      expect(kidsOf(ring)).toEqual(["a"]);
    }
  });

  it("is read again when its server has come back", async () => {
    const { server, ring } = await opened();
    for (let turn = 0; turn < 5; turn++) {
      server.answer = (_, response) => response.writeHead(503).end("with a secret");
      expect([await ring.reload(), kidsOf(ring)]).toEqual([false, [turn === 0 ? "a" : `turn ${turn - 1}`]]);
      expect(ring.status().lastError).toContain("got status 503");
      server.answer = json(testSet(`turn ${turn}`));
      expect([await ring.reload(), kidsOf(ring), ring.status().lastError]).toEqual([true, [`turn ${turn}`], undefined]);
    }
  });
});

describe("a bad answer", () => {
  it.each<[string, Parameters<typeof serve>[0], string]>([
    ["HTML", (_, response) => response.end("<html>secret</html>"), "to hold a JWK set, got 19 bytes that are no JSON"],
    ["bad JSON", (_, response) => response.end('{"keys":[{"k":"secret"'), "to hold a JWK set, got 22 bytes that are no JSON"],
    ["nothing", (_, response) => response.end(), "to hold a JWK set, got nothing"],
    ["no keys", json({ secret: 1 }), "to hold a JWK set, got an object whose `keys` is undefined"],
    ["a key that cannot be read", json({ keys: [{ kty: "oct", k: "!" }] }), "to hold keys for this ring, got no usable one"],
    ["an array", json(["secret"]), "to hold a JWK set, got an array"],
    ["status 404", (_, response) => response.writeHead(404).end("secret"), "to be answered with status 200, got status 404"],
    ["status 206", (_, response) => response.writeHead(206).end(JSON.stringify(testSet("a"))), "got status 206"],
    ["status 304, which nobody asked for", (_, response) => response.writeHead(304).end(), "got status 304"],
    [
      "a redirect",
      (_, response) => response.writeHead(302, { location: "/elsewhere" }).end(),
      "to be answered with status 200, got a redirect, which is not followed",
    ],
    [
      "a redirect with a set",
      (_, response) => response.writeHead(307, { location: "/elsewhere" }).end(JSON.stringify(testSet("b"))),
      "got a redirect, which is not followed",
    ],
    [
      "a body cut off",
      (_, response) => response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy()),
      "to be read to its end, got",
    ],
    ["no answer at all", (request) => request.socket.destroy(), "to be reached, got"],
  ])("is %s: the keys stay, and it is told without a word of it", async (_, answer, message) => {
    const { server, ring } = await opened();
    server.answer = answer;
    expect(await ring.reload()).toBe(false);
    expect(kidsOf(ring)).toEqual(["a"]);
    expect(ring.status().lastError).toContain(`Expected the JWK set at ${server.url} ${message.startsWith("to ") ? message : ""}`);
    expect(ring.status().lastError).toContain(message);
    expect(ring.status().lastError).not.toContain("secret");
    expect(server.count).toBe(2);
  });

  it.each<[string, Parameters<typeof serve>[0]]>([
    ["never begins", () => undefined],
    ["never ends", (_, response) => void response.writeHead(200).write('{"keys":[')],
    [
      "trickles",
      (_, response) => {
        const timer = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(timer));
      },
    ],
  ])("is one that %s: it has its time", async (_, answer) => {
    const { server, ring } = await opened({ timeout: 0.2 });
    server.answer = answer;
    const start = performance.now();
    expect(await ring.reload()).toBe(false);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(ring.status().lastError).toBe(`Expected the JWK set at ${server.url} within 0.2 s, got no complete answer`);
    expect(kidsOf(ring)).toEqual(["a"]);
  });

  it.each([
    ["says its length", true],
    ["does not", false],
  ])("is huge and %s: no more than the limit is read", async (_, says) => {
    const { server, ring } = await opened({ maxLength: 100_000 });
    let written = 0;
    server.answer = (_, response) => {
      response.writeHead(200, says ? { "content-length": "1000000000" } : {});
      const part = Buffer.alloc(65_536, 0x20);
      const write = () => {
        while (!response.destroyed && written < 1e9) {
          written += part.length;
          if (!response.write(part)) return void response.once("drain", write);
        }
      };
      write();
    };
    expect(await ring.reload()).toBe(false);
    expect(ring.status().lastError).toBe(`Expected the JWK set at ${server.url} to be at most 100000 bytes, got more`);
    expect(written).toBeLessThan(50_000_000);
    expect(kidsOf(ring)).toEqual(["a"]);
  });

  it("comes from a server that is gone", async () => {
    const { server, ring } = await opened();
    await server.close();
    expect([await ring.reload(), kidsOf(ring)]).toEqual([false, ["a"]]);
    expect(ring.status().lastError).toBe(`Expected the JWK set at ${server.url} to be reached, got ECONNREFUSED`);
    await expect(open(server.url).ready()).rejects.toThrow("to be reached, got ECONNREFUSED");
  });

  it.each(["localhost", "[::1]"])("comes from no server: of %s all addresses are told of, by their codes", async (host) => {
    const server = await serve(json(testSet("a")));
    await server.close();
    const ring = open(server.url.replace("127.0.0.1", host));
    await expect(ring.ready()).rejects.toThrow(/to be reached, got (?:ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT)/);
  });

  it("comes from a server with a self-signed certificate", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const server = createServer({
      key: privateKey.export({ type: "pkcs8", format: "pem" }),
      cert: pem("CERTIFICATE", certificateOf(publicKey, privateKey)),
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const ring = open(`https://127.0.0.1:${(server.address() as AddressInfo).port}/?token=secret`);
    const error: Error = await ring.ready().catch((error) => error);
    expect(error.message).toMatch(/to be reached, got (?:DEPTH_ZERO_SELF_SIGNED_CERT|[A-Z_]*CERT[A-Z_]*)$/);
    expect(error.message).not.toContain("secret");
  });

  it("is not awaited once the ring is closed", async () => {
    const { server, ring } = await opened();
    server.answer = () => undefined;
    const underWay = ring.reload();
    ring.close();
    expect(await underWay).toBe(false);
    expect(kidsOf(ring)).toEqual(["a"]);
  });
});

describe("secrets in a remote JWK set", () => {
  it("are refused when anybody can fetch them", async () => {
    const server = await serve(json(testSet("a")));
    const ring = open(server.url, { headers: { "x-request-id": "5" } });
    await expect(ring.ready()).rejects.toThrow(
      "got no usable one: Expected `keys[0].kty` to be that of a public key: a secret that can be fetched without authorization or encryption is none",
    );
    expect(kidsOf(ring)).toEqual([]);
  });

  it.each(["Authorization", "authorization", "Cookie", "X-API-Key", "X-Vault-Token", "Private-Token", "Proxy-Authorization"])(
    "are taken when the request has the header %s",
    async (name) => {
      const server = await serve(json(testSet("a")));
      const ring = open(server.url, { headers: { [name]: "test" } });
      await ring.ready();
      expect(kidsOf(ring)).toEqual(["a"]);
    },
  );

  it.each(["accept", "x-request-id", "user-agent", "x-tokenizer", "keys"])("are not taken for the header %s", async (name) => {
    const server = await serve(json(testSet("a")));
    await expect(open(server.url, { headers: { [name]: "test" } }).ready()).rejects.toThrow("got no usable one");
  });
});

describe("headers of a request", () => {
  const pairs: [string, string][] = [
    ["Authorization", "Bearer test"],
    ["x-request-id", "5"],
  ];
  it.each<[string, RemoteOptions["headers"]]>([
    ["an object", Object.fromEntries(pairs)],
    ["an object without a prototype", Object.assign(Object.create(null), Object.fromEntries(pairs))],
    ["an object of another realm", runInNewContext('({ Authorization: "Bearer test", "x-request-id": "5" })')],
    ["Headers", new Headers(pairs)],
    ["a Map", new Map(pairs)],
    ["a Map of another realm", runInNewContext('new Map([["Authorization", "Bearer test"], ["x-request-id", "5"]])')],
    ["an array of pairs", pairs],
    [
      "what gives pairs",
      {
        *[Symbol.iterator]() {
          yield* pairs;
        },
      },
    ],
  ])("may be %s: all are sent, and authorize it", async (_, headers) => {
    const seen: unknown[] = [];
    const server = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers["x-request-id"]);
      json(testSet("a"))(request, response);
    });
    const ring = open(server.url, { headers: headers as never });
    await ring.ready();
    expect([seen, kidsOf(ring)]).toEqual([["Bearer test", "5"], ["a"]]);
  });
});

describe("plain HTTP to another machine", () => {
  const answer = (set: object) => async () => ({
    status: 200,
    headers: { get: () => null },
    arrayBuffer: async () => Uint8Array.from(Buffer.from(JSON.stringify(set))).buffer,
  });

  it("is used where it is allowed by name", async () => {
    const ring = open("http://keys.internal/jwks", { allowInsecureHttp: true, fetch: answer({ keys: [publicJwk("a", "ES256")] }) });
    await ring.ready();
    expect(kidsOf(ring)).toEqual(["a"]);
  });

  it("brings no secrets, whatever authorizes the request: they could be read on their way", async () => {
    const ring = open("http://keys.internal/jwks", { allowInsecureHttp: true, headers, fetch: answer(testSet("a")) });
    await expect(ring.ready()).rejects.toThrow("a secret that can be fetched without authorization or encryption is none");
  });
});

describe("a fetch of one's own", () => {
  const body = new TextEncoder().encode(JSON.stringify(testSet("a")));
  const response = (more: Partial<FetchResponse> = {}): FetchResponse => ({
    status: 200,
    headers: { get: () => null },
    arrayBuffer: async () => body.slice().buffer,
    ...more,
  });
  const ringOf = (fetch: NonNullable<RemoteOptions["fetch"]>, options: RemoteOptions = {}) =>
    open("https://auth.example.com/keys?token=secret#part", { fetch, ...options });

  it("is called instead, with the address in full", async () => {
    const fetch = vi.fn(async () => response());
    const ring = ringOf(fetch);
    await ring.ready();
    expect(kidsOf(ring)).toEqual(["a"]);
    expect(fetch).toHaveBeenCalledWith(
      "https://auth.example.com/keys?token=secret",
      expect.objectContaining({ method: "GET", redirect: "manual", headers: expect.objectContaining(headers) }),
    );
  });

  it.each<[string, () => Promise<FetchResponse>, string]>([
    ["follows a redirect", async () => response({ redirected: true }), "got a redirect, which is not followed"],
    ["hides a redirect", async () => response({ status: 0, type: "opaqueredirect" }), "got a redirect, which is not followed"],
    ["gives too much", async () => response({ arrayBuffer: async () => new ArrayBuffer(262_145) }), "to be at most 262144 bytes, got more"],
    ["fails", async () => Promise.reject(new Error("secret")), "to be reached, got an error (Error)"],
    [
      "throws",
      () => {
        throw new Error("secret");
      },
      "to be reached, got an error (Error)",
    ],
    [
      "has a code",
      async () => Promise.reject(new TypeError("secret", { cause: { code: "ECONNREFUSED" } })),
      "to be reached, got ECONNREFUSED",
    ],
    [
      "hides the code in one error for each address",
      async () =>
        Promise.reject(
          new TypeError("secret", {
            cause: new AggregateError([
              Object.assign(new Error("secret"), { code: "ECONNREFUSED" }),
              Object.assign(new Error("secret"), { code: "ENETUNREACH" }),
              Object.assign(new Error("secret"), { code: "ECONNREFUSED" }),
            ]),
          }),
        ),
      "to be reached, got ECONNREFUSED, ENETUNREACH",
    ],
    [
      "has a code that is text",
      async () => Promise.reject(Object.assign(new Error(), { code: "https://secret", name: "secret name" })),
      "to be reached, got an error",
    ],
    [
      "takes too long",
      async () => Promise.reject(new DOMException("secret", "TimeoutError")),
      "to be reached, got an error (TimeoutError)",
    ],
    [
      "cannot read its body",
      async () => response({ arrayBuffer: () => Promise.reject(new TypeError("secret", { cause: { code: "UND_ERR_SOCKET" } })) }),
      "to be read to its end, got UND_ERR_SOCKET",
    ],
    [
      "has headers that throw",
      async () =>
        response({
          headers: {
            get: () => {
              throw new Error("secret");
            },
          },
        }),
      "to be read to its end, got an error (Error)",
    ],
    ["is never done", () => new Promise(() => undefined), "within 0.05 s, got no complete answer"],
  ])("that %s is reported", async (_, fetch, message) => {
    const ring = ringOf(fetch, { timeout: 0.05 });
    await expect(ring.ready()).rejects.toThrow(message);
    expect(ring.status().lastError).toMatch(/^Expected the JWK set at https:\/\/auth\.example\.com\/keys /);
    expect(ring.status().lastError).not.toContain("secret");
  });
});

describe("options of a remote JWK set", () => {
  const good = "https://auth.example.com/jwks.json";
  it.each<[string, unknown, unknown, string]>([
    ["no address", undefined, {}, "Expected `url` to be an absolute URL, got undefined"],
    ["a relative address", "/jwks.json", {}, "Expected `url` to be an absolute URL, got a string"],
    ["plain HTTP", "http://auth.example.com/", {}, "Expected `url` to be https:, or http: on this machine, got another"],
    ["a name like this machine's", "http://127.0.0.1.example.com/", {}, "Expected `url` to be https:, or http: on this machine"],
    ["another scheme", "file:///etc/passwd", {}, "Expected `url` to be https:, or http: on this machine"],
    [
      "plain HTTP, where that is not allowed",
      "http://keys/",
      { allowInsecureHttp: false },
      "`allowInsecureHttp: true` takes it for a server",
    ],
    [
      "another scheme, where plain HTTP is allowed",
      "ftp://keys/",
      { allowInsecureHttp: true },
      "Expected `url` to be https: or http:, got",
    ],
    ["an opt-in that is none", good, { allowInsecureHttp: "yes" }, "Expected `allowInsecureHttp` to be a boolean, got a string"],
    ["a password", "https://user:secret@example.com/", {}, "Expected `url` to have no user name or password"],
    ["a long time-out", good, { timeout: 601 }, "Expected `timeout` to be a number of seconds from 0.001 to 600, got 601"],
    ["no limit", good, { maxLength: Number.POSITIVE_INFINITY }, "Expected `maxLength` to be a number of bytes from 1 to 16777216"],
    ["no cool-down", good, { coolDown: 0 }, "Expected `coolDown` to be a number of seconds from 1 to 86400, got 0"],
    ["no age", good, { maxAge: -1 }, "Expected `maxAge` to be a number of seconds from 1 to 86400, got -1"],
    [
      "headers that are text",
      good,
      { headers: "authorization: secret" },
      "Expected `headers` to be an object, a Map or an array of pairs, got",
    ],
    ["headers that are a list of texts", good, { headers: ["ab"] }, "Expected `headers` to be an object, a Map or an array of pairs, got"],
    [
      "headers of a class that shows none",
      good,
      { headers: new (class Sent {})() },
      "Expected `headers` to be an object, a Map or an array of pairs, got",
    ],
    ["a header given twice", good, { headers: { Cookie: "secret", cookie: "b" } }, "Expected `headers` to have cookie once, got it twice"],
    [
      "a header of two lines",
      good,
      { headers: { a: "secret\r\nb: c" } },
      "Expected `headers.a` to be a string of visible characters, got a string",
    ],
    ["a name that is none", good, { headers: { "a b": "c" } }, "Expected `headers` to have names of HTTP headers"],
    ["a fetch that is none", good, { fetch: 5 }, "Expected `fetch` to be a function, got 5"],
    ["a misspelt option", good, { timeOut: 5 }, "Unknown option `timeOut`: did you mean `timeout`?"],
    ["options that are none", good, null, "Expected `options` to be an object, got null"],
  ])("are refused: %s", (_, url, options, message) => {
    expect(() => remote(url as string, options as RemoteOptions)).toThrow(TypeError);
    expect(() => remote(url as string, options as RemoteOptions)).toThrow(message);
    expect(() => remote(url as string, options as RemoteOptions)).not.toThrow("secret");
  });

  it.each([good, new URL(good), "http://localhost:3000/", "http://127.0.0.1/", "http://[::1]:3000/"])("may be %s", (url) => {
    expect(remote(url).load).toBeTypeOf("function");
  });

  it("has the address in its name, without what may be secret", () => {
    expect(remote(`${good}?key=${base64url(testSecret("a"))}#part`).name).toBe(`the JWK set at ${good}`);
  });

  it("may be the runtime's own fetch", () => {
    expect(remote(good, { fetch }).load).toBeTypeOf("function");
  });
});
