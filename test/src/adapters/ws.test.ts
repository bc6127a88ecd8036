/** WebSocket upgrades over loopback: `node:http` and ws on one side, ws and bare sockets on the other. */
import "../../support/followFakes.js";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createWebSocketStream, WebSocket, WebSocketServer } from "ws";
import { type AuthenticatedUpgrade, authenticateUpgrade, type UpgradeOptions } from "../../../src/adapters/ws.js";
import { createVerifier, type JwtClaims } from "../../../src/index.js";
import { createRevocationList } from "../../../src/revocation/index.js";
import { createSessionRegistry } from "../../../src/sessions/index.js";
import { OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../../support/tokens.js";

type Options = Partial<UpgradeOptions<JwtClaims, IncomingMessage>>;

const verifier = createVerifier({ keys: TEST_SECRET });
const seconds = () => Date.now() / 1000;
const soon = (milliseconds = 100) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let count = 0;
/** A token like no other, good for a minute. */
function token(claims: object = {}, secret = TEST_SECRET): string {
  return signClaims({ sub: "device", jti: `token-${++count}`, exp: Math.floor(seconds()) + 60, ...claims }, undefined, secret);
}

const bearer = (value: string) => `Authorization: Bearer ${value}`;

async function start(options: Options = {}, serverOptions: object = {}) {
  const webSockets = new WebSocketServer({ noServer: true, ...serverOptions });
  const connected: { sub: string | undefined; messages: string[]; socket: WebSocket; request: IncomingMessage }[] = [];
  webSockets.on("connection", (socket, request) => {
    const messages: string[] = [];
    connected.push({ sub: (request as AuthenticatedUpgrade<JwtClaims, IncomingMessage>).auth?.claims.sub, messages, socket, request });
    socket.on("message", (data) => messages.push(String(data)));
  });
  const results: Promise<boolean>[] = [];
  const upgrade = authenticateUpgrade<JwtClaims, IncomingMessage>(webSockets, { verifier, ...options });
  const sockets = new Set<Socket>();
  const server = createServer().listen(0, "127.0.0.1");
  server.on("connection", (socket) => sockets.add(socket));
  server.on("upgrade", (request, socket, head) => results.push(upgrade(request, socket, head)));
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `ws://127.0.0.1:${port}`, connected, results, webSockets };
}

function fail(): never {
  throw new Error("by the application");
}

/** The head of a request for an upgrade, with these lines. */
function handshake(lines: readonly string[], path = "/"): string {
  const needed = [
    "Host: a",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  ];
  return [`GET ${path} HTTP/1.1`, ...needed, ...lines, "", ""].join("\r\n");
}

/** Asks for an upgrade with these lines. */
function dial(port: number, lines: readonly string[], path = "/"): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.write(handshake(lines, path));
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** What the server answers: all of it where it closes, or its head where it does not. */
async function ask(port: number, lines: readonly string[], path = "/"): Promise<{ status: number; head: string; body: string }> {
  const socket = dial(port, lines, path);
  const [first] = await once(socket, "data");
  const start = String(first);
  const received = start.startsWith("HTTP/1.1 101") ? start : start + (await text(socket));
  const end = received.indexOf("\r\n\r\n");
  return { status: Number(received.slice(9, 12)), head: received.slice(0, end).toLowerCase(), body: received.slice(end + 4) };
}

describe("an upgrade", () => {
  it("that a verifier never answers is 503 in the end, and is no connection should it answer then", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const sessions = createSessionRegistry();
    let answerLate = () => {};
    const silent = {
      verifyAsync: (text: string) => new Promise<void>((resolve) => (answerLate = resolve)).then(() => verifier.verify(text)),
    };
    const { port, connected, results } = await start({ verifier: silent, sessions });
    const answered = ask(port, [bearer(token())]);
    while (results.length === 0) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await answered).toMatchObject({ status: 503, head: expect.stringContaining("retry-after: 5") });
    answerLate();
    expect(await results[0]).toBe(false);
    await new Promise(setImmediate);
    expect([connected.length, sessions.size]).toEqual([0, 0]);
  });

  it("with a good token becomes a connection that knows of it", async () => {
    const { url, connected, results } = await start();
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token()}` } });
    await once(socket, "open");
    socket.send("hello");
    await expect.poll(() => connected).toMatchObject([{ sub: "device", messages: ["hello"] }]);
    expect(await Promise.all(results)).toEqual([true]);
    socket.terminate();
  });

  it.each<[what: string, lines: () => string[], status: number, challenge: string | undefined, path?: () => string]>([
    ["no token", () => [], 401, "bearer"],
    [
      "a forged token",
      () => [bearer(token({}, OTHER_TEST_SECRET))],
      401,
      'bearer error="invalid_token", error_description="the token cannot be authenticated"',
    ],
    ["an expired token", () => [bearer(token({ exp: 5 }))], 401, 'bearer error="invalid_token", error_description="the token has expired"'],
    [
      "what is no token",
      () => [bearer("abc")],
      401,
      'bearer error="invalid_token", error_description="the token is not a well-formed signed jwt"',
    ],
    ["another scheme", () => ["Authorization: Basic YTpi"], 401, "bearer"],
    ["two tokens in one place", () => [bearer(token()), bearer(token())], 400, undefined],
    [
      "two tokens in two places",
      () => [bearer(token())],
      400,
      'bearer error="invalid_request", error_description="the request has more than one access token"',
      () => `/?token=${token()}`,
    ],
    ["a token twice among the subprotocols", () => [`Sec-WebSocket-Protocol: jwt, ${token()}, jwt, ${token()}`], 400, undefined],
    ["a token among the subprotocols, and one besides", () => [`Sec-WebSocket-Protocol: jwt, ${token()}`, bearer(token())], 400, undefined],
    ["a token that is too long", () => [bearer(token({ more: "x".repeat(7000) }))], 401, undefined],
    ["a header larger than the server takes", () => [bearer(token({ more: "x".repeat(20_000) }))], 431, undefined],
  ])("with %s is refused", async (_, lines, status, challenge, path) => {
    const { port, connected, results } = await start({ token: { query: "token", protocol: "jwt" } });
    const answer = await ask(port, lines(), path?.());
    expect(answer.status).toBe(status);
    if (challenge) expect(answer.head.split("\r\n")).toContain(`www-authenticate: ${challenge}`);
    if (status !== 431) expect(answer.head).toContain("connection: close");
    expect(await Promise.all(results)).toEqual(status === 431 ? [] : [false]);
    expect(connected).toEqual([]);
  });

  it("is refused before the handshake: a client never sees it open", async () => {
    const { url } = await start();
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token({ exp: 5 })}` } });
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(401);
    expect(JSON.parse(await text(response))).toEqual({ error: "invalid_token", error_description: "The token has expired" });
  });

  it("whose token does not grant the scope is refused, and told which", async () => {
    const { port } = await start({ scope: "read", realm: "devices" });
    const { status, head } = await ask(port, [bearer(token({ scope: "write" }))]);
    expect(status).toBe(403);
    expect(head).toContain('www-authenticate: bearer realm="devices", error="insufficient_scope"');
    expect((await ask(port, [bearer(token({ scope: "read" }))])).status).toBe(101);
  });

  it("may come without a token where that is allowed, but not with a bad one", async () => {
    const { port, connected } = await start({ optional: true });
    expect((await ask(port, [])).status).toBe(101);
    expect((await ask(port, [bearer("abc")])).status).toBe(401);
    expect(connected).toMatchObject([{ sub: undefined }]);
  });

  it("is answered as `onRejected` wants it, but not with what no header may have", async () => {
    const heard: unknown[] = [];
    const { port } = await start({
      onRejected: ({ error }, { url }) => {
        heard.push([error, url]);
        return { status: 302, headers: { Location: url === "/bad" ? "/\r\nX-Evil: 1" : "/login" }, body: "ö" };
      },
    });
    const answer = await ask(port, [], "/good");
    expect(answer.status).toBe(302);
    expect(answer.head).toContain("location: /login");
    expect(answer.head).toContain("content-length: 2");
    expect((await ask(port, [], "/bad")).head).not.toContain("evil");
    expect(heard).toEqual([
      [undefined, "/good"],
      [undefined, "/bad"],
    ]);
  });

  it.each<[what: string, thrown: object, status: number]>([
    ["fails", new Error("keys are gone"), 500],
    ["has too much to do", Object.assign(new Error("busy"), { status: 503 }), 503],
    ["is overloaded", Object.assign(new Error("full"), { code: "OVERLOADED" }), 503],
  ])("is an error of the server where the verifier %s", async (_, thrown, status) => {
    const heard: unknown[] = [];
    const { port, connected } = await start({
      verifier: { verifyAsync: () => Promise.reject(thrown) },
      onError: (error) => {
        heard.push((error as Error).cause);
        throw error;
      },
    });
    const answer = await ask(port, [bearer(token())]);
    expect([answer.status, answer.body]).toEqual([status, ""]);
    expect(answer.head.includes("retry-after: 5")).toBe(status === 503);
    expect(heard).toEqual([thrown]);
    expect(connected).toEqual([]);
  });

  it.each(["KEY_UNAVAILABLE", "REVOCATION_STALE", "REPLAY_GUARD_FULL"] as const)(
    "is 503 where nothing is known of its token: %s",
    async (code) => {
      const { port } = await start({ verifier: { verifyAsync: async () => ({ ok: false, code }) } });
      const { status, head, body } = await ask(port, [bearer(token())]);
      expect([status, body]).toEqual([503, ""]);
      expect(head).toContain("retry-after: 5");
      expect(head).not.toContain("www-authenticate");
    },
  );

  it("with a forged token is answered with the same, whether there is such a key or not", async () => {
    const { port } = await start({ verifier: createVerifier({ keys: [{ kid: "k", secret: TEST_SECRET }] }) });
    const forged = ["k", "unknown"].map((kid) => signClaims({}, { alg: "HS256", kid }, OTHER_TEST_SECRET));
    const [one, other] = await Promise.all(forged.map((text) => ask(port, [bearer(text)])));
    expect(one).toEqual(other);
    expect(one?.body).toContain("cannot be authenticated");
  });

  it.each<[what: string, options: Options, status: number]>([
    ["`from` rejects", { token: { from: () => Promise.reject(new Error("down")) } }, 500],
    ["`from` gives a number", { token: { from: () => 5 as never } }, 500],
    ["`onRejected` rejects", { onRejected: () => Promise.reject(new Error("down")) }, 500],
    ["`onRejected` gives text", { onRejected: () => "no" as never }, 500],
    ["`shouldHandle` throws", { shouldHandle: fail }, 500],
    ["`shouldHandle` gives a promise that rejects", { shouldHandle: (() => Promise.reject(new Error("down"))) as never }, 500],
    ["`origins` gives a promise that rejects", { origins: (() => Promise.reject(new Error("down"))) as never }, 500],
  ])("is an error of the server where %s", async (_, options, status) => {
    const errors: unknown[] = [];
    const { port, connected, results } = await start({
      // What this rejects with is ignored.
      onError: (async (error: unknown) => {
        errors.push(error);
        throw error;
      }) as never,
      ...options,
    });
    expect((await ask(port, ["Origin: https://a.example"])).status).toBe(status);
    expect(await Promise.all(results)).toEqual([false]);
    expect([errors.length, connected.length]).toEqual([1, 0]);
  });

  it.each<[what: string, session: unknown]>([
    ["throws", fail],
    ["gives nothing", () => undefined],
    ["gives a promise", async () => ({ exp: 5 })],
    ["gives a promise that rejects", () => Promise.reject(new Error("down"))],
  ])("is an error of the server where `session` %s: its connection would not end with its token", async (_, session) => {
    const { port, connected } = await start({ session: session as never });
    expect((await ask(port, [bearer(token())])).status).toBe(500);
    expect(connected).toEqual([]);
  });

  it.each<[what: string, serverOptions: object, listener?: () => void]>([
    ["a hook for subprotocols throws", { handleProtocols: fail }],
    ["a hook for clients throws", { verifyClient: fail }],
    ["a listener of connections throws", {}, fail],
  ])("ends where %s, which `onError` hears of", async (_, serverOptions, listener) => {
    const errors: unknown[] = [];
    const sessions = createSessionRegistry();
    const options = { sessions, onError: (error: unknown) => void errors.push(error) };
    const { port, results, webSockets } = await start(options, serverOptions);
    if (listener) webSockets.on("connection", listener);
    const socket = dial(port, [bearer(token()), "Sec-WebSocket-Protocol: chat"]);
    socket.on("error", () => {});
    socket.resume();
    await once(socket, "close");
    expect(errors).toEqual([new Error("by the application")]);
    expect(await Promise.all(results)).toEqual([listener !== undefined]);
    await expect.poll(() => sessions.size).toBe(0);
  });

  it("ends where a hook of ws never answers", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const sessions = createSessionRegistry();
    const { port, results } = await start({ sessions }, { verifyClient: (_: unknown, _done: unknown) => {} });
    const socket = dial(port, [bearer(token())]);
    const closed = once(socket, "close");
    socket.on("error", () => {});
    while (results.length === 0) await new Promise(setImmediate);
    expect(await results[0]).toBe(true);
    await vi.advanceTimersByTimeAsync(30_000);
    await closed;
    while (sessions.size) await new Promise(setImmediate);
  });

  it("that is no WebSocket's is left to ws", async () => {
    const { port } = await start();
    expect((await ask(port, [bearer(token()), "Sec-WebSocket-Key: none"])).status).toBe(400);
  });
});

describe("a token among the subprotocols", () => {
  it("is taken, and neither chosen nor seen by the application", async () => {
    const given = token();
    const seen: string[][] = [];
    const { url, connected } = await start(
      { token: { protocol: "wasm-jwt" } },
      { handleProtocols: (protocols: Set<string>) => seen.push([...protocols]) && [...protocols].at(-1) },
    );
    const socket = new WebSocket(url, ["wasm-jwt", given]);
    await once(socket, "open");
    expect(socket.protocol).toBe("wasm-jwt");
    const other = new WebSocket(url, ["mqtt", "wasm-jwt", token()]);
    await once(other, "open");
    expect(seen).toEqual([["wasm-jwt"], ["mqtt", "wasm-jwt"]]);
    expect(connected.map(({ sub }) => sub)).toEqual(["device", "device"]);
    for (const each of [socket, other]) each.terminate();
  });

  it("counts before or after the header, as `prefer` says, and is hidden all the same", async () => {
    const given = () => [bearer(token({ sub: "header" })), `Sec-WebSocket-Protocol: jwt, ${token()}`];
    for (const [prefer, sub] of [["protocol", "device"] as const, ["header", "header"] as const]) {
      const { port, connected } = await start({ token: { protocol: "jwt", prefer } });
      const { status, head } = await ask(port, given());
      expect([status, connected[0]?.sub, head.split("sec-websocket-protocol: ")[1]]).toEqual([101, sub, "jwt"]);
    }
  });

  it("is none without its mark", async () => {
    const { port } = await start({ token: { protocol: "wasm-jwt" } });
    for (const list of [token(), `other, ${token()}`, `${token()}, wasm-jwt`]) {
      const answer = await ask(port, [`Sec-WebSocket-Protocol: ${list}`]);
      expect(answer.status).toBe(401);
      expect(answer.head).not.toContain("sec-websocket-protocol");
    }
  });
});

describe("a token in the query", () => {
  it("is taken", async () => {
    const { url, connected } = await start({ token: { query: "access_token", header: false } });
    const socket = new WebSocket(`${url}/?access_token=${token()}`);
    await once(socket, "open");
    expect(connected).toMatchObject([{ sub: "device" }]);
    socket.terminate();
  });
});

describe("a token in a cookie", () => {
  it.each<[what: string, lines: string[], status: number]>([
    ["from a page that may connect", ["Origin: https://app.example.com"], 101],
    ["from no page", [], 101],
    ["from a page of another site", ["Origin: https://evil.example"], 403],
    ["from a page of another port", ["Origin: https://app.example.com:8443"], 403],
    ["from a page without a site", ["Origin: null"], 403],
    ["from two pages", ["Origin: https://app.example.com", "Origin: https://evil.example"], 403],
  ])("%s", async (_, lines, status) => {
    const { port, connected } = await start({ token: { cookie: "token" }, origins: ["https://app.example.com"] });
    const answer = await ask(port, [`Cookie: token=${token()}`, ...lines]);
    expect(answer.status).toBe(status);
    expect(connected).toHaveLength(status === 101 ? 1 : 0);
  });

  it("is judged by a function, which must say `true`", async () => {
    const { port } = await start({
      token: { cookie: "token" },
      origins: (origin) => (origin === "https://a.example" ? true : (1 as never)),
    });
    expect((await ask(port, [`Cookie: token=${token()}`, "Origin: https://a.example"])).status).toBe(101);
    expect((await ask(port, [`Cookie: token=${token()}`, "Origin: https://b.example"])).status).toBe(403);
  });
});

describe("a client that is gone while its token is judged", () => {
  it.each(["destroy", "resetAndDestroy"] as const)("is no connection, nor an error (%s)", async (leave) => {
    let judge = () => {};
    const judged = new Promise<void>((resolve) => {
      judge = resolve;
    });
    const sessions = createSessionRegistry();
    const asked: string[] = [];
    const { port, connected, results } = await start({
      sessions,
      verifier: {
        verifyAsync: async (given) => {
          asked.push(given);
          await judged;
          return verifier.verifyAsync(given);
        },
      },
    });
    const socket = connect(port, "127.0.0.1");
    const lines = ["GET / HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
    socket.write([...lines, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", bearer(token()), "", ""].join("\r\n"));
    await expect.poll(() => asked).toHaveLength(1);
    socket[leave]();
    await soon();
    judge();
    await Promise.all(results);
    await expect.poll(() => sessions.size).toBe(0);
    expect(connected.every(({ socket: { readyState } }) => readyState !== WebSocket.OPEN)).toBe(true);
  });
});

describe("a connection", () => {
  // A busy machine may be late.
  it("is closed within a second of `exp`, with the reason, and heard no more", { retry: 2 }, async () => {
    const { url, connected } = await start();
    const exp = Math.floor(seconds()) + 2;
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token({ exp })}` } });
    await once(socket, "open");
    // A client that takes no notice of the closing frame.
    const chatter = setInterval(() => socket.send(String(seconds())), 5);
    const [code, reason] = await once(socket, "close");
    const end = seconds();
    clearInterval(chatter);
    expect([code, String(reason)]).toEqual([1008, "expired"]);
    expect(end).toBeGreaterThanOrEqual(exp);
    expect(end).toBeLessThan(exp + 2);
    const { messages } = connected[0] as (typeof connected)[number];
    expect(messages.length).toBeGreaterThan(50);
    expect(Number(messages.at(-1))).toBeLessThan(exp + 0.5);
  });

  it("is cut a second later where the client does not answer", { retry: 2 }, async () => {
    const { port, connected } = await start();
    const exp = Math.floor(seconds()) + 2;
    await ask(port, [bearer(token({ exp }))]);
    const { socket } = connected[0] as (typeof connected)[number];
    await once(socket, "close");
    // A second at most until the registry sees it, and the second of grace.
    expect(seconds()).toBeGreaterThanOrEqual(exp + 1);
    expect(seconds()).toBeLessThan(exp + 2.5);
  });

  it("is closed at once when its token is revoked, others are not", async () => {
    const revocations = createRevocationList();
    const sessions = createSessionRegistry({ revocations });
    const { url } = await start({ sessions });
    const open = async (claims: object) => {
      const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token(claims)}` } });
      await once(socket, "open");
      return socket;
    };
    const [one, other] = await Promise.all([open({ jti: "one" }), open({ jti: "other" })]);
    const closed = once(one as WebSocket, "close");
    await revocations.revoke({ jti: "one" });
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([1008, "revoked"]);
    await soon();
    expect(other?.readyState).toBe(WebSocket.OPEN);
    expect(sessions.size).toBe(1);
    other?.close();
    await expect.poll(() => sessions.size).toBe(0);
  });

  it.each<[how: string, prepare: (socket: WebSocket) => void]>([
    ["listens", () => {}],
    ["has paused it", (socket) => socket.pause()],
    ["reads a stream of it", (socket) => createWebSocketStream(socket).on("error", () => {})],
  ])("ends at once where the client answers and the application %s", { retry: 2 }, async (_, prepare) => {
    const revocations = createRevocationList();
    const sessions = createSessionRegistry({ revocations });
    const { url, connected } = await start({ sessions });
    const client = new WebSocket(url, { headers: { authorization: `Bearer ${token({ jti: "good" })}` } });
    await once(client, "open");
    const { socket } = connected[0] as (typeof connected)[number];
    prepare(socket);
    const closed = Promise.all([once(socket, "close"), once(client, "close")]);
    const begin = seconds();
    revocations.apply([{ jti: "good" }]);
    for (const [code, reason] of await closed) expect([code, String(reason)]).toEqual([1008, "revoked"]);
    expect(seconds() - begin).toBeLessThan(0.5);
    expect(sessions.size).toBe(0);
  });

  it("is heard no more by those who listen already, though more has been read", async () => {
    const revocations = createRevocationList();
    const { url, connected } = await start({ sessions: createSessionRegistry({ revocations }) });
    const client = new WebSocket(url, { headers: { authorization: `Bearer ${token({ jti: "chatty" })}` } });
    await once(client, "open");
    const { socket, messages } = connected[0] as (typeof connected)[number];
    const stream = createWebSocketStream(socket, { encoding: "utf8" });
    const streamed: string[] = [];
    stream.on("data", (data) => streamed.push(data));
    stream.on("error", () => {});
    socket.once("message", () => revocations.apply([{ jti: "chatty" }]));
    const raw = (client as unknown as { readonly _socket: Socket })._socket;
    raw.cork();
    for (let index = 0; index < 5; index++) client.send(`at once ${index}`);
    raw.uncork();
    await once(client, "close");
    expect(messages).toEqual(["at once 0"]);
    expect(streamed).toEqual(["at once 0"]);
  });

  // A busy machine may be late.
  it("is cut a second later where the client goes on, and heard by nobody until then", { retry: 2 }, async () => {
    const revocations = createRevocationList();
    const sessions = createSessionRegistry({ revocations });
    const { port, connected } = await start({ sessions });
    const client = dial(port, [bearer(token({ jti: "deaf" }))]);
    client.on("error", () => {});
    let received = 0;
    client.on("data", (data) => {
      received += data.length;
    });
    await expect.poll(() => connected).toHaveLength(1);
    // Of one byte each: a text, a ping, a pong, bytes, and a text in two parts.
    const frames = ["8181000000002e", "8981000000002e", "8a81000000002e", "8281000000002e", "0181000000002e", "8081000000002e"];
    const flood = setInterval(() => client.write(Buffer.from(frames.join(""), "hex")), 1);
    onTestFinished(() => clearInterval(flood));
    const { socket } = connected[0] as (typeof connected)[number];
    socket.setMaxListeners(0);
    const heard: string[] = [];
    const hear = (how: string) => () => void heard.push(how);
    const listen = (when: string) => {
      for (const event of ["message", "ping", "pong"]) {
        socket.on(event, hear(`${event}, ${when}`));
        socket.once(event, hear(`${event} once, ${when}`));
      }
      socket.addEventListener("message", hear(`event, ${when}`));
      socket.onmessage = hear(`attribute, ${when}`);
      createWebSocketStream(socket)
        .on("data", hear(`stream, ${when}`))
        .on("error", () => {});
    };
    listen("before");
    await expect.poll(() => new Set(heard).size).toBe(9);
    const begin = seconds();
    revocations.apply([{ jti: "deaf" }]);
    heard.length = 0;
    listen("at the end");
    setTimeout(() => listen("later"), 100);
    const before = received;
    await once(socket, "close");
    expect(seconds() - begin).toBeGreaterThan(0.9);
    expect(seconds() - begin).toBeLessThan(2);
    await soon();
    expect(heard).toEqual([]);
    // Nor is it answered: the closing frame, of 2 + 2 + 7 bytes, and pongs that were on their way.
    expect(received - before).toBeLessThan(100);
    expect(sessions.size).toBe(0);
  });

  it("is not made where its token is revoked while it is judged", async () => {
    const revocations = createRevocationList();
    const denials: unknown[] = [];
    const { port, connected } = await start({
      sessions: createSessionRegistry({ revocations }),
      onRejected: ({ rejection }) => void denials.push(rejection?.code),
      verifier: {
        verifyAsync: async (given) => {
          const verdict = await verifier.verifyAsync(given);
          revocations.apply([{ jti: "late" }]);
          return verdict;
        },
      },
    });
    expect((await ask(port, [bearer(token({ jti: "late" }))])).status).toBe(401);
    expect(denials).toEqual(["REVOKED"]);
    expect(connected).toEqual([]);
  });
});

/** A server with these listeners of upgrades, in their order. */
async function serving(...listeners: ((request: IncomingMessage, socket: Socket, head: Buffer) => unknown)[]): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  for (const listener of listeners) server.on("upgrade", listener as never);
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function webSocketsAt(path?: string) {
  const webSockets = new WebSocketServer({ noServer: true, ...(path ? { path } : {}) });
  const subs: (string | undefined)[] = [];
  webSockets.on("connection", (_, request) => subs.push((request as AuthenticatedUpgrade<JwtClaims, IncomingMessage>).auth?.claims.sub));
  return { webSockets, subs };
}

describe("upgrades for others", () => {
  it("are left to the listener whose path it is, with tokens of its own", async () => {
    const [one, other] = [webSocketsAt("/one"), webSocketsAt("/other")];
    const others = createVerifier({ keys: OTHER_TEST_SECRET });
    const port = await serving(
      authenticateUpgrade(one.webSockets, { verifier }),
      authenticateUpgrade(other.webSockets, { verifier: others }),
    );
    const status = async (path: string, text: string) => (await ask(port, [bearer(text)], path)).status;
    expect([
      await status("/one?a=b", token()),
      await status("/other", token()),
      await status("/one", token({}, OTHER_TEST_SECRET)),
    ]).toEqual([101, 401, 401]);
    expect(await status("/other", token({ sub: "other" }, OTHER_TEST_SECRET))).toBe(101);
    expect([one.subs, other.subs]).toEqual([["device"], ["other"]]);
    // Of nobody: all of them say so.
    for (const path of ["/", "/one/", "/ONE", "/oneself"]) expect([path, await status(path, token())]).toEqual([path, 404]);
  });

  it("are left to servers that ask for no token, before and after, by path and by option", async () => {
    const own = webSocketsAt();
    const open = new WebSocketServer({ noServer: true });
    const isDevelopment = ({ headers }: IncomingMessage) => headers["sec-websocket-protocol"] === "vite-hmr";
    const development = (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (isDevelopment(request)) open.handleUpgrade(request, socket, head, () => {});
    };
    // As engine.io does: what is below its path, some time later.
    const engine = (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (request.url?.startsWith("/socket.io/")) setTimeout(() => open.handleUpgrade(request, socket, head, () => {}), 20);
    };
    const shouldHandle = (request: IncomingMessage) => !isDevelopment(request) && !request.url?.startsWith("/socket.io/");
    const upgrade = authenticateUpgrade<JwtClaims, IncomingMessage>(own.webSockets, { verifier, shouldHandle });
    for (const listeners of [
      [development, engine, upgrade],
      [upgrade, engine, development],
    ]) {
      const port = await serving(...listeners);
      const before = own.subs.length;
      expect((await ask(port, ["Sec-WebSocket-Protocol: vite-hmr"])).status).toBe(101);
      expect((await ask(port, [], "/socket.io/?transport=websocket")).status).toBe(101);
      expect(own.subs.length).toBe(before);
      expect((await ask(port, [])).status).toBe(401);
      expect((await ask(port, [bearer(token())])).status).toBe(101);
      expect(own.subs.length).toBe(before + 1);
    }
  });

  it("are answered at once where there is no other, and in the end where no other answers", async () => {
    const { webSockets } = webSocketsAt("/own");
    const upgrade = authenticateUpgrade(webSockets, { verifier });
    const alone = await ask(await serving(upgrade), [bearer(token())], "/other");
    expect([alone.status, alone.body]).toEqual([404, ""]);
    const port = await serving(
      (request, socket, head) => upgrade(request, socket, head),
      () => {},
    );
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const socket = dial(port, [], "/other");
    let received = "";
    socket.on("data", (data) => {
      received += data;
    });
    while (vi.getTimerCount() === 0) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(received).toBe("");
    await vi.advanceTimersByTimeAsync(1000);
    await once(socket, "close");
    expect(received).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("end no process when their sockets fail", async () => {
    const { webSockets } = webSocketsAt("/own");
    const events: string[] = [];
    const port = await serving(authenticateUpgrade(webSockets, { verifier }), (_, socket) => {
      socket.on("close", () => events.push("close"));
      socket.resume();
      events.push("left");
    });
    const socket = dial(port, [], "/other");
    socket.on("error", () => {});
    await expect.poll(() => events).toEqual(["left"]);
    socket.resetAndDestroy();
    await expect.poll(() => events).toEqual(["left", "close"]);
  });
});

describe("a listener", () => {
  it("that is registered twice lets a client in once, and says so", async () => {
    const errors: unknown[] = [];
    const { webSockets, subs } = webSocketsAt();
    const upgrade = authenticateUpgrade(webSockets, { verifier, onError: (error) => errors.push(error) });
    const port = await serving(upgrade, upgrade);
    expect((await ask(port, [bearer(token())])).status).toBe(101);
    expect((await ask(port, [])).status).toBe(401);
    expect(subs).toEqual(["device"]);
    expect(errors.map(String)).toEqual(
      Array(2).fill("Error: Expected one listener to handle an upgrade, got a second one: each needs a `path` of its own"),
    );
  });

  it("beside another for the same path leaves its upgrades to that one, and says so", async () => {
    const errors: string[] = [];
    const [one, other] = [webSocketsAt("/a"), webSocketsAt()];
    const port = await serving(
      authenticateUpgrade(one.webSockets, { verifier, onError: () => errors.push("one") }),
      authenticateUpgrade(other.webSockets, { verifier, optional: true, onError: () => errors.push("other") }),
    );
    expect((await ask(port, [], "/a")).status).toBe(401);
    expect((await ask(port, [bearer(token())], "/a")).status).toBe(101);
    expect([one.subs, other.subs, errors]).toEqual([["device"], [], ["other", "other"]]);
    expect((await ask(port, [], "/b")).status).toBe(101);
    expect(other.subs).toEqual([undefined]);
  });

  const noToken =
    "Expected `handleUpgrade` to be called by `authenticateUpgrade` alone, got it called by a listener that asks for no token";
  const answered =
    "Expected an upgrade to be left to `authenticateUpgrade`, got it answered by another listener: make each WebSocketServer with `noServer: true`";

  it.each(["before", "after"])("%s one that has the same server make each handshake judges all of them", async (order) => {
    const errors: string[] = [];
    const { webSockets, subs } = webSocketsAt();
    const own = authenticateUpgrade(webSockets, { verifier, onError: (error) => errors.push((error as Error).message) });
    const other = async (request: IncomingMessage, socket: unknown, head: unknown) => {
      webSockets.handleUpgrade(request, socket as never, head as never, (each) => webSockets.emit("connection", each, request));
      return true;
    };
    const port = await serving(...(order === "before" ? [own, other] : [other, own]));
    expect((await ask(port, [])).status).toBe(401);
    expect((await ask(port, [bearer(token())])).status).toBe(101);
    expect([subs, errors]).toEqual([["device"], [noToken, noToken]]);
  });

  it("that is registered nowhere lets nobody in who comes by another one", async () => {
    const errors: string[] = [];
    const { webSockets, subs } = webSocketsAt();
    authenticateUpgrade(webSockets, { verifier, onError: (error) => errors.push((error as Error).message) });
    const port = await serving((request, socket, head) => {
      webSockets.handleUpgrade(request, socket as never, head as never, (each) => webSockets.emit("connection", each, request));
    });
    const socket = dial(port, []);
    socket.on("error", () => {});
    socket.resume();
    await once(socket, "close");
    expect([subs, errors]).toEqual([[], [noToken]]);
  });

  it.each<[order: "before" | "after", lines: () => string[], letsIn: boolean]>([
    ["before", () => [], false],
    ["before", () => [bearer(token())], false],
    ["after", () => [], true],
    ["after", () => [bearer(token())], true],
  ])("%s a server that attaches itself to the same HTTP server ends what that takes, and no process", async (order, lines, letsIn) => {
    const errors: string[] = [];
    const { webSockets, subs } = webSocketsAt();
    const own = authenticateUpgrade(webSockets, { verifier, onError: (error) => errors.push((error as Error).message) });
    const server = createServer();
    const strangers: unknown[] = [];
    const attach = () => new WebSocketServer({ server }).on("connection", (each) => strangers.push(each.on("error", () => {})));
    if (order === "after") attach();
    server.on("upgrade", own);
    if (order === "before") attach();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const socket = dial((server.address() as AddressInfo).port, lines());
    socket.on("error", () => {});
    socket.resume();
    await once(socket, "close");
    expect([subs, errors]).toEqual([[], [answered]]);
    // One that was asked before can be told of, and cut off, and not kept from it.
    expect(strangers).toHaveLength(letsIn ? 1 : 0);
  });
});

describe("a listener that counts the bytes of each socket", () => {
  it.each([true, false])("is taken for none that makes handshakes (kept open from an earlier request: %s)", async (isKept) => {
    const errors: unknown[] = [];
    const { webSockets, subs } = webSocketsAt();
    const server = createServer((_, response) => response.end("earlier"));
    server.on("connection", (socket) => socket.on("data", () => {}));
    server.on("upgrade", authenticateUpgrade(webSockets, { verifier, onError: (error) => errors.push(error) }));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    if (isKept) {
      socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await once(socket, "data");
    }
    socket.write(handshake([bearer(token())]));
    const [answer] = await once(socket, "data");
    expect(String(answer)).toContain("HTTP/1.1 101 ");
    expect([subs, errors]).toEqual([["device"], []]);
  });
});

describe("authenticateUpgrade", () => {
  it("refuses a server that listens by itself, on a port or for an HTTP server, and one that it has been given before", async () => {
    const message = "Expected `webSockets` to be made with `noServer: true`, got one that listens by itself and asks for no token";
    const server = createServer();
    const byPort = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => byPort.close());
    for (const webSockets of [new WebSocketServer({ server }), new WebSocketServer({ server, path: "/a" }), byPort])
      expect(() => authenticateUpgrade(webSockets, { verifier })).toThrow(new TypeError(message));
    byPort.options.noServer = true;
    expect(() => authenticateUpgrade(byPort, { verifier })).toThrow(new TypeError(message));
    const webSockets = new WebSocketServer({ noServer: true });
    expect(() => authenticateUpgrade(webSockets, { verifier: {} as never })).toThrow("`verifier`");
    authenticateUpgrade(webSockets, { verifier });
    expect(() => authenticateUpgrade(webSockets, { verifier })).toThrow("to be given to `authenticateUpgrade` once, got it a second time");
  });

  it.each<[options: object, message: string]>([
    [{ verifier: {} }, "Expected `verifier` to be a verifier"],
    [{ token: { cookie: "a" } }, "Expected `origins` beside a token in a cookie"],
    [{ token: { body: "a" } }, "Expected no `token.body`"],
    [{ preflight: true }, "Expected no `preflight`"],
    [{ optional: true, onRejected: "pass" }, "Expected `onRejected` to be a function: no connection passes with a bad token, got a string"],
    [{ scopeClaim: "roles" }, "Expected `scope` beside `scopeClaim`: without one no claim is looked at"],
    [{ token: { protocol: "a", prefer: "from" } }, "Expected `prefer` to be one or several of the places that `token` names"],
    [{ token: { prefer: "body" } }, "Expected `prefer` to be one or several of the places that `token` names"],
    [{ token: { protocol: "a b" } }, "Expected `protocol` to be the name of a subprotocol"],
    [{ token: { protocol: "a", from: () => undefined } }, "Expected `protocol` or `from`, got both"],
    [{ token: { cokie: "a" } }, "Unknown option `cokie`"],
    [{ origins: "https://a.example" }, "Expected `origins` to be an array of origins, or a function"],
    [{ origins: ["https://a.example/"] }, "Expected `origins` to be such as"],
    [{ origins: ["a.example"] }, "Expected `origins` to be such as"],
    [{ origins: ["https://A.example"] }, "Expected `origins` to be such as"],
    [{ sessions: {} }, "Expected `sessions` to be a registry of sessions"],
    [{ session: 5 }, "Expected `session` to be a function"],
    [{ onError: 5 }, "Expected `onError` to be a function"],
    [{ orgins: [] }, "Unknown option `orgins`: did you mean `origins`?"],
    [{ token: { protcol: "a" } }, "Unknown option `protcol`: did you mean `protocol`?"],
    [{ token: { form: "a" } }, "Unknown option `form`: did you mean `from`?"],
    [
      { hosts: [] },
      "Unknown option `hosts`; known are verifier, token, scope, optional, scopeClaim, realm, onRejected, origins, sessions, session, shouldHandle, onError",
    ],
  ])("refuses %o", (options, message) => {
    const webSockets = new WebSocketServer({ noServer: true });
    expect(() => authenticateUpgrade(webSockets, { verifier, ...options } as UpgradeOptions<JwtClaims, IncomingMessage>)).toThrow(message);
  });

  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [{}, "an object (Object)"],
    [createServer(), "an object (Server)"],
  ])("refuses %o in the place of a server of ws", (webSockets, got) => {
    expect(() => authenticateUpgrade(webSockets as never, { verifier })).toThrow(
      new TypeError(`Expected \`webSockets\` to be a WebSocketServer of ws, got ${got}`),
    );
  });
});
