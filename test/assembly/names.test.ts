/** Finding a key by its `kid` among very many. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { NOW, signText } from "../support/tokens.js";

/** A test secret that is another for each name. */
function testSecret(name: string): Uint8Array {
  return createHash("sha256").update(`test key of ${name}`).digest();
}

function headerOf(kid: string): string {
  return JSON.stringify({ alg: "HS256", kid });
}

describe("keys by kid", () => {
  const kids = [
    ...Array.from({ length: 2000 }, (_, index) => `device ${index}`),
    "",
    "a",
    "ab",
    "ключ",
    "😀",
    "k".repeat(256),
    "é".repeat(128),
    "\0",
    "\0\0",
    "12345678",
    "123456781",
  ];
  const verifier = createVerifier({ keys: kids.map((kid) => ({ kid, secret: testSecret(kid) })), currentDate: NOW });

  it("are all found, each its own", () => {
    const batch = verifier.verifyBatch(kids.map((kid) => signText("{}", headerOf(kid), testSecret(kid))));
    expect(batch.accepted).toBe(kids.length);
  });

  it("are not taken for their neighbours", () => {
    const batch = verifier.verifyBatch(
      kids.map((kid, index) => signText("{}", headerOf(kid), testSecret(kids[(index + 1) % kids.length] as string))),
    );
    expect(new Set(batch.codes)).toEqual(new Set([7]));
  });

  it("that do not exist are KEY_NOT_FOUND", () => {
    const absent = ["device", "device 2000", "device 01", "b", "abc", "k".repeat(255), "\0\0\0", "ключ ", "1234567"];
    for (const kid of absent) expect(verifier.verify(signText("{}", headerOf(kid))), kid).toEqual({ ok: false, code: "KEY_NOT_FOUND" });
  });
});
