/** Keys, tokens and servers for tests of key rings. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Key } from "../../src/engine/key.js";
import type { PublicAlgorithm } from "../../src/index.js";
import type { KeySnapshot, KeySource } from "../../src/sources/keySource.js";
import { PAIRS } from "./pairs.js";
import { base64url, NOW, signClaims } from "./tokens.js";

/** A test key, public as this file is: one for each name. */
export function testSecret(name: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`test key ${name}, to be used nowhere else`.padEnd(48, ".")));
}

/** The JWK of the test key of that name, under that name. */
export function testJwk(kid: string, more: object = {}): { kty: "oct"; k: string; kid: string } {
  return { kty: "oct", k: base64url(testSecret(kid)), kid, ...more };
}

/** The bytes of a key, if it is a secret. */
export function secretOf(key: Key | undefined): Uint8Array | undefined {
  return key && "secret" in key ? key.secret : undefined;
}

/** The public JWK of a test pair under that name. */
export function publicJwk(kid: string, alg: PublicAlgorithm, more: object = {}): { kty: "RSA" | "EC" | "OKP"; kid: string; alg?: string } {
  const jwk = PAIRS[alg].publicKey.export({ format: "jwk" }) as { kty: "RSA" | "EC" | "OKP" };
  return { ...jwk, kid, alg, ...more };
}

export function testSet(...kids: string[]): { keys: object[] } {
  return { keys: kids.map((kid) => testJwk(kid)) };
}

/** A token signed with the test key of that name, which its header names. */
export function tokenOf(kid: string, claims: object = {}): string {
  return signClaims(claims, { alg: "HS256", kid }, testSecret(kid));
}

/** The names of the keys that a ring holds at a time. */
export function kidsOf(ring: KeySource, now = NOW): (string | undefined)[] {
  const keys = ring.at(now) as Partial<KeySnapshot>;
  if (!keys.load) throw new TypeError("Expected a ring, got a table");
  return keys.load().map(({ kid }) => kid);
}

export interface TestServer {
  readonly url: string;
  /** How many requests there were. */
  count: number;
  /** What answers them; may be replaced. */
  answer: RequestListener;
  close(): Promise<void>;
}

/** A server on loopback, gone when the test is. */
export async function serve(answer: RequestListener): Promise<TestServer> {
  const server = createServer((request, response) => {
    test.count++;
    test.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const test: TestServer = { url: `http://127.0.0.1:${port}/jwks.json`, count: 0, answer, close };
  onTestFinished(close);
  return test;
}

/** Answers with JSON. */
export function json(value: unknown, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => {
    response.writeHead(200, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(value));
  };
}

/** Fulfilled once `condition` holds. @throws Error when it does not within five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > end) throw new Error("Expected the condition to hold within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
