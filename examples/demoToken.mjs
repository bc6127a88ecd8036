/** A test key that everybody knows, for these examples and nothing else, and a token that is good for an hour. */
import { createSigner } from "wasm-jwt";

export const TEST_KEY = "test key of the wasm-jwt examples, known to everybody";

/** Says how to call the server, with a fresh token. */
export function announce(port) {
  const signer = createSigner({ key: TEST_KEY, issuer: "https://auth.example.com", expiresIn: 3600, jwtId: "random" });
  const token = signer.sign({ sub: "device-7", scope: "telemetry:read" });
  console.log(`curl -i -H "Authorization: Bearer ${token}" http://127.0.0.1:${port}/telemetry`);
}
