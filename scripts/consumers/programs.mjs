/** One real program, signing, verifying and judging a batch, in the forms that tools take it in. */

/** What it prints. */
export const EXPECTED = "device-1 1 of 2 BAD_SIGNATURE";

const BODY = `
const key = new Uint8Array(32).fill(7); // a test key
const token = createSigner({ key, expiresIn: 60 }).sign({ sub: "device-1" });
const verifier = createVerifier({ keys: key, requiredClaims: ["sub", "exp"] });
const verdict = verifier.verify(token);
if (!verdict.ok) throw new Error(verdict.code);
const batch = verifier.verifyBatch([token, token.slice(0, -8) + "AAAAAAAA"]);
const forged = batch.at(1);
const result = [verdict.claims.sub, batch.accepted, "of", batch.length, forged.ok ? "" : forged.code].join(" ");
`;

const IMPORT = 'import { createSigner, createVerifier } from "wasm-jwt";';
const REQUIRE = 'const { createSigner, createVerifier } = require("wasm-jwt");';
const PRINT = "console.log(result);\n";
const TEST = `test("signs and verifies", () => expect(result).toBe(${JSON.stringify(EXPECTED)}));\n`;

export const IMPORTED = `${IMPORT}${BODY}${PRINT}`;
export const REQUIRED = `${REQUIRE}${BODY}${PRINT}`;
export const IMPORTED_TEST = `${IMPORT}${BODY}${TEST}`;
export const REQUIRED_TEST = `${REQUIRE}${BODY}${TEST}`;
export const VITEST_TEST = `import { expect, test } from "vitest";\n${IMPORTED_TEST}`;

/** With types, of claims as well, and with those of all entries; it needs those of Node or the DOM for nothing. */
export function typed(subpaths) {
  const all = subpaths.map((subpath, index) => `export * as entry${index} from "${subpath}";\n`).join("");
  return `${IMPORT}
declare const console: { log(text: string): void };
interface MyClaims { sub: string; exp: number }
${BODY.replace("createVerifier(", "createVerifier<MyClaims>(")}
const subject: string = verdict.claims.sub;
export { subject, verifier };
${all}${PRINT}`;
}
