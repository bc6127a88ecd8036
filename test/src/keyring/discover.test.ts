/** Keys of an issuer, found by its metadata, from real servers and from some that are wrong, slow or malicious. */
import "../../support/followFakes.js";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createVerifier } from "../../../src/index.js";
import { type DiscoverOptions, discover } from "../../../src/keyring/discover.js";
import type { FetchResponse } from "../../../src/keyring/document.js";
import type { KeyRing } from "../../../src/keyring/keyRing.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { signWith } from "../../support/pairs.js";
import { json, kidsOf, publicJwk, serve, testSet } from "../../support/ring.js";

const ISSUER = "https://login.example/tenant/v2.0";
const METADATA = `${ISSUER}/.well-known/openid-configuration`;
const KEYS = "https://keys.example/tenant/keys";
const set = (...kids: string[]) => ({ keys: kids.map((kid) => publicJwk(kid, "ES256")) });

function open(issuer: string, options: DiscoverOptions = {}): KeyRing {
  const ring = createKeyRing({ source: discover(issuer, options) });
  onTestFinished(() => ring.close());
  return ring;
}

/** The whole web, by addresses: what each answers with, and what was asked of it. */
class Web {
  readonly asked: string[] = [];
  readonly headers: Record<string, string>[] = [];
  readonly documents: Record<string, unknown>;

  constructor(documents: Record<string, unknown> = {}) {
    this.documents = { [METADATA]: { issuer: ISSUER, jwks_uri: KEYS }, [KEYS]: set("a"), ...documents };
  }

  readonly fetch = async (url: string, request?: { readonly headers?: unknown }): Promise<FetchResponse> => {
    this.asked.push(url);
    const headers = request?.headers as Record<string, string>;
    this.headers.push(headers);
    const document = this.documents[url];
    if (document === undefined) return { status: 404, headers: { get: () => null }, arrayBuffer: async () => new ArrayBuffer(0) };
    const etag = `"${JSON.stringify(document).length}"`;
    if (headers["if-none-match"] === etag)
      return { status: 304, headers: { get: () => null }, arrayBuffer: async () => new ArrayBuffer(0) };
    const text = typeof document === "string" ? document : JSON.stringify(document);
    return {
      status: 200,
      headers: { get: (name) => (name === "etag" ? etag : null) },
      arrayBuffer: async () => Uint8Array.from(Buffer.from(text)).buffer,
    };
  };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an issuer's keys", () => {
  it("are those of the set that its metadata names, from real servers", async () => {
    const keys = await serve(json(set("a")));
    const server = await serve((request, response) => {
      const known = request.url === "/realms/test/.well-known/openid-configuration";
      json(known ? { issuer, jwks_uri: keys.url } : {})(request, response);
    });
    const issuer = server.url.replace("/jwks.json", "/realms/test");
    const ring = open(issuer);
    await ring.ready();
    const verifier = createVerifier({ keys: ring, issuer });
    const token = signWith("ES256", JSON.stringify({ iss: issuer }), JSON.stringify({ alg: "ES256", kid: "a" }));
    expect(verifier.verify(token).ok).toBe(true);
    expect([server.count, keys.count]).toEqual([1, 1]);
  });

  it.each<[string, DiscoverOptions["wellKnown"], string]>([
    ["https://a.example", undefined, "https://a.example/.well-known/openid-configuration"],
    ["https://a.example/", undefined, "https://a.example/.well-known/openid-configuration"],
    ["https://a.example/b/c", "openid-configuration", "https://a.example/b/c/.well-known/openid-configuration"],
    ["https://a.example/b/c/", undefined, "https://a.example/b/c/.well-known/openid-configuration"],
    ["https://a.example/b/c", "oauth-authorization-server", "https://a.example/.well-known/oauth-authorization-server/b/c"],
    ["https://a.example/", "oauth-authorization-server", "https://a.example/.well-known/oauth-authorization-server"],
  ])("of %s by %s are found by %s", async (issuer, wellKnown, address) => {
    const web = new Web({ [address]: { issuer, jwks_uri: KEYS } });
    const ring = open(issuer, { fetch: web.fetch, ...(wellKnown && { wellKnown }) });
    await ring.ready();
    expect([web.asked, kidsOf(ring)]).toEqual([[address, KEYS], ["a"]]);
  });

  it("take `alg`, as any source does", async () => {
    const web = new Web({ [KEYS]: { keys: [publicJwk("a", "RS256", { alg: undefined }), publicJwk("b", "ES256")] } });
    const ring = open(ISSUER, { fetch: web.fetch, alg: "RS256" });
    await ring.ready();
    expect(ring.at(0).load()).toMatchObject([{ kid: "a", algorithm: "RS256" }]);
    expect(ring.status().problems).toEqual([`the JWK set of ${ISSUER}: Expected \`keys[1]\` to be a key for RS256, got another`]);
  });
});

describe("metadata", () => {
  const cases: [string, unknown, string][] = [
    [
      "of another issuer",
      { issuer: "https://secret.example", jwks_uri: KEYS },
      `Expected \`issuer\` in the metadata at ${METADATA} to be ${ISSUER}, got another one`,
    ],
    ["of the issuer with a slash", { issuer: `${ISSUER}/`, jwks_uri: KEYS }, "got one that differs by a slash at its end"],
    ["of the issuer in other letters", { issuer: ISSUER.toUpperCase(), jwks_uri: KEYS }, `to be ${ISSUER}, got another one`],
    [
      "of all tenants",
      { issuer: "https://login.example/{tenantid}/v2.0", jwks_uri: KEYS },
      "got a template with a place for the tenant's id: put the id in the place of `{tenantid}`, `common` or `organizations`",
    ],
    ["without an issuer", { jwks_uri: KEYS }, `to be ${ISSUER}, got undefined`],
    ["with issuers", { issuer: [ISSUER], jwks_uri: KEYS }, `to be ${ISSUER}, got an array`],
    [
      "without keys",
      { issuer: ISSUER },
      `Expected \`jwks_uri\` in the metadata at ${METADATA} to be an https: URL without user name and password, got undefined`,
    ],
    [
      "with keys by plain HTTP",
      { issuer: ISSUER, jwks_uri: "http://secret.example/" },
      "to be an https: URL without user name and password, got another text",
    ],
    ["with keys of this machine by plain HTTP", { issuer: ISSUER, jwks_uri: "http://127.0.0.1/secret" }, "to be an https: URL"],
    ["with keys in a file", { issuer: ISSUER, jwks_uri: "file:///secret" }, "to be an https: URL"],
    ["with keys behind a password", { issuer: ISSUER, jwks_uri: "https://secret:b@c.example/" }, "to be an https: URL"],
    ["with a relative address", { issuer: ISSUER, jwks_uri: "/secret" }, "to be an https: URL"],
    ["that is an array", ["secret"], `Expected the metadata at ${METADATA} to be an object, got an array`],
    ["that is HTML", "<html>secret</html>", "to hold the metadata of an issuer, got 19 bytes that are no JSON"],
    ["that is not there", undefined, `Expected the metadata at ${METADATA} to be answered with status 200, got status 404`],
  ];
  it.each(cases)("%s is refused, and no word of it is told", async (_, document, message) => {
    const web = new Web({ [METADATA]: document });
    const ring = open(ISSUER, { fetch: web.fetch });
    const error: Error = await ring.ready().catch((error) => error);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("secret");
    expect(web.asked).toEqual([METADATA]);
  });

  it("may name plain HTTP where that is allowed, and then brings no secrets", async () => {
    const plain = "http://keycloak:8080/certs";
    const web = new Web({ [METADATA]: { issuer: ISSUER, jwks_uri: plain }, [plain]: { keys: [...set("a").keys, ...testSet("b").keys] } });
    const ring = open(ISSUER, { fetch: web.fetch, allowInsecureHttp: true });
    await ring.ready();
    expect(kidsOf(ring)).toEqual(["a"]);
  });

  it("is read again with each `maxAge`, and not for each unknown key", async () => {
    const web = new Web();
    let elapsed = 0;
    const started = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => started + 1000 * elapsed);
    const ring = open(ISSUER, { fetch: web.fetch, maxAge: 600 });
    await ring.ready();
    elapsed = 40;
    await ring.refresh();
    expect(web.asked).toEqual([METADATA, KEYS, KEYS]);
    const moved = "https://keys.example/moved";
    web.documents[METADATA] = { issuer: ISSUER, jwks_uri: moved };
    web.documents[moved] = set("b");
    elapsed = 700;
    await ring.reload();
    expect([web.asked.slice(3), kidsOf(ring)]).toEqual([[METADATA, moved], ["b"]]);
  });

  it("is read again where the keys cannot be fetched: they may be elsewhere", async () => {
    const web = new Web();
    const ring = open(ISSUER, { fetch: web.fetch });
    await ring.ready();
    const moved = "https://keys.example/moved";
    Object.assign(web.documents, { [METADATA]: { issuer: ISSUER, jwks_uri: moved }, [KEYS]: undefined, [moved]: set("b") });
    expect([await ring.reload(), kidsOf(ring)]).toEqual([true, ["b"]]);
    expect(web.asked.slice(2)).toEqual([KEYS, METADATA, moved]);
  });

  it("that still names keys which cannot be fetched has them asked for once in a load, and what there is stays", async () => {
    const web = new Web();
    const ring = open(ISSUER, { fetch: web.fetch });
    await ring.ready();
    web.documents[KEYS] = undefined;
    expect([await ring.reload(), kidsOf(ring)]).toEqual([false, ["a"]]);
    expect(web.asked.slice(2)).toEqual([KEYS, METADATA]);
    expect(ring.status().lastError).toBe(`Expected the JWK set of ${ISSUER} to be answered with status 200, got status 404`);
    web.documents[KEYS] = set("c", "d");
    expect([await ring.reload(), kidsOf(ring)]).toEqual([true, ["c", "d"]]);
  });
});

describe("what is sent to an issuer", () => {
  it("has an ETag of the keys at that address, and of no other", async () => {
    const web = new Web();
    const ring = open(ISSUER, { fetch: web.fetch });
    await ring.ready();
    const before = ring.at(0);
    await ring.reload();
    expect([web.headers.at(-1)?.["if-none-match"], ring.at(0) === before]).toEqual([expect.any(String), true]);
    const moved = "https://keys.example/moved";
    // It is as long, so that it has the same ETag.
    Object.assign(web.documents, { [METADATA]: { issuer: ISSUER, jwks_uri: moved }, [KEYS]: undefined, [moved]: set("b") });
    await ring.reload();
    expect(kidsOf(ring)).toEqual(["b"]);
  });

  it("has `headers` at its own origin alone", async () => {
    const near = "https://login.example/keys";
    const web = new Web();
    const options = { fetch: web.fetch, headers: new Headers({ authorization: "Bearer test" }) };
    await open(ISSUER, options).ready();
    expect(web.headers.map(({ authorization }) => authorization)).toEqual(["Bearer test", undefined]);
    Object.assign(web.documents, { [METADATA]: { issuer: ISSUER, jwks_uri: near }, [near]: testSet("a") });
    const ring = open(ISSUER, options);
    await ring.ready();
    expect(web.headers.slice(2).map(({ authorization }) => authorization)).toEqual(["Bearer test", "Bearer test"]);
    expect(kidsOf(ring)).toEqual(["a"]);
  });

  it("has both documents within one time-out", async () => {
    const keys = await serve(() => undefined);
    const server = await serve((request, response) => void setTimeout(json({ issuer, jwks_uri: keys.url }), 50, request, response));
    const issuer = server.url;
    const start = performance.now();
    const ring = open(issuer, { timeout: 0.3 });
    await expect(ring.ready()).rejects.toThrow(`Expected the JWK set of ${issuer} within 0.3 s, got no complete answer`);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it("is not followed to where it redirects, and no more than the limit is read", async () => {
    const server = await serve((_, response) => response.writeHead(302, { location: "/elsewhere" }).end());
    await expect(open(server.url).ready()).rejects.toThrow("to be answered with status 200, got a redirect, which is not followed");
    expect(server.count).toBe(1);
    server.answer = json({ issuer: server.url, jwks_uri: server.url, padding: "p".repeat(1000) });
    await expect(open(server.url, { maxLength: 999 }).ready()).rejects.toThrow("to be at most 999 bytes, got more");
  });
});

describe("options of a discovery", () => {
  it.each<[string, unknown, unknown, string]>([
    ["no issuer", undefined, {}, "Expected `issuer` to be the URL of an issuer, as text, got undefined"],
    [
      "a URL object, whose text is another",
      new URL(ISSUER),
      {},
      "Expected `issuer` to be the URL of an issuer, as text, got an object (URL)",
    ],
    ["no address", "login.example", {}, "Expected `issuer` to be an absolute URL, got a string"],
    ["plain HTTP", "http://login.example", {}, "Expected `issuer` to be https:, or http: on this machine, got another"],
    ["a query", `${ISSUER}?secret=1`, {}, "Expected `issuer` to be a URL without a query or fragment"],
    ["an empty fragment", `${ISSUER}#`, {}, "Expected `issuer` to be a URL without a query or fragment"],
    ["a blank", `${ISSUER} `, {}, "Expected `issuer` to be a URL without a query or fragment"],
    ["a template", "https://login.example/{tenantid}/v2.0", {}, "Expected `issuer` to be that of one tenant, got a template"],
    ["another document", ISSUER, { wellKnown: "jwks.json" }, 'Expected `wellKnown` to be "openid-configuration" or'],
    [
      "algorithms of several kinds",
      ISSUER,
      { alg: ["RS256", "ES256"] },
      "Expected `alg` to be algorithms of one kind of key, got RSA and EC",
    ],
    ["a misspelt option", ISSUER, { maxage: 5 }, "Unknown option `maxage`: did you mean `maxAge`?"],
  ])("are refused: %s", (_, issuer, options, message) => {
    expect(() => discover(issuer as string, options as DiscoverOptions)).toThrow(TypeError);
    expect(() => discover(issuer as string, options as DiscoverOptions)).toThrow(message);
    expect(() => discover(issuer as string, options as DiscoverOptions)).not.toThrow("secret");
  });
});
