/** A list beside the largest chunks there are: nothing that it notes for itself stands in a token. */
import { expect, it } from "vitest";
import { createVerifier } from "../../../src/index.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { testSecret, tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

it("a chunk whose payloads fill their area is looked up without a byte of it changed", () => {
  const revocation = createRevocationList();
  const keys = { kid: "1", secret: testSecret("1") };
  const verifier = createVerifier({ keys, currentDate: NOW, revocation, maxTokenLength: 262_144 });
  revocation.apply([{ jti: "other" }]);
  const claims = Array.from({ length: 128 }, (_, index) => ({ jti: `${index}`.padEnd(5900, "x"), exp: NOW + 1 }));
  const tokens = claims.map((each) => tokenOf("1", each));
  const verdicts = verifier.verifyBatch(tokens);
  expect(verdicts.accepted).toBe(128);
  for (const [index, each] of claims.entries()) expect(verdicts.claims(index)).toEqual(each);
  revocation.apply(claims.map(({ jti }) => ({ jti })));
  expect(verifier.verifyBatch(tokens).accepted).toBe(0);
});
