/** Claims of refused tokens in adapters: hooks may read them, no answer has them. */
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { Denial } from "../../../src/adapters/core/denial.js";
import { authenticate } from "../../../src/adapters/hono.js";
import { createVerifier } from "../../../src/index.js";
import { NOW, OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../../support/tokens.js";

const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
const claims = { sub: "marker", exp: NOW };

describe("the claims of a refused token", () => {
  it.each([
    ["can be read by `onRejected`, and are in no answer, not even one made of the denial", signClaims(claims), claims],
    ["are not there for a forged one", signClaims(claims, undefined, OTHER_TEST_SECRET), undefined],
  ])("%s", async (_, token, expected) => {
    const denials: Denial[] = [];
    const headers = { authorization: `Bearer ${token}` };
    const answers = await Promise.all(
      [
        { verifier, onRejected: (denial: Denial) => void denials.push(denial) },
        { verifier, onRejected: (denial: Denial) => ({ body: denial }) },
      ].map((options) => new Hono().use(authenticate(options)).request("/", { headers })),
    );
    expect(denials.map(({ rejection }) => rejection?.refusedClaims)).toEqual([expected]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(JSON.stringify([...answer.headers]) + (await answer.text())).not.toContain("marker");
    }
  });
});
