/** Revokes one token after the other in a file that others have open too, and says so when each is acknowledged: `sharer.mjs FILE NAME`. */
import { writeSync } from "node:fs";
import { createRevocationList } from "wasm-jwt/revocation";
import { file } from "wasm-jwt/revocation/node";

const [path, name] = process.argv.slice(2);
const list = createRevocationList({ store: file(path, { compactBehind: 20 }) });
for (let number = 0; ; number++) {
  const jti = `jti-${name}-${number}`;
  // Four times: so there are lines to be left out when the file is written anew.
  for (let time = 0; time < 4; time++) await list.revoke({ jti });
  writeSync(1, `${name}-${number}\n`);
}
