/** Revokes one token after the other, and says so when it is acknowledged, until it is killed: `writer.mjs FILE FIRST`. */
import { writeSync } from "node:fs";
import { createRevocationList } from "wasm-jwt/revocation";
import { file } from "wasm-jwt/revocation/node";

const [path, first] = process.argv.slice(2);
const list = createRevocationList({ store: file(path, { compactBehind: 50 }) });
writeSync(1, "ready\n");
const SIDE_BY_SIDE = 8;
for (let number = Number(first); ; number += SIDE_BY_SIDE) {
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async (_, index) => {
      // Every other one is revoked twice: so there are lines to be left out when the file is written anew.
      const jti = `jti-${number + index}`;
      await list.revoke({ jti, iss: "https://a.example" });
      if (index % 2) await list.revoke({ jti, iss: "https://a.example" });
      if (index % 4 === 1) for (let again = 0; again < 8; again++) await list.revoke({ jti, iss: "https://a.example" });
      writeSync(1, `${jti}\n`);
    }),
  );
}
