/** `node examples/fastify.mjs`, after `npm ci && npm run build`. The port is PORT, or 3000. */
import fastify from "fastify";
import { createVerifier } from "wasm-jwt";
import { authenticate } from "wasm-jwt/fastify";
import { announce, TEST_KEY } from "./demoToken.mjs";

const verifier = createVerifier({ keys: TEST_KEY, issuer: "https://auth.example.com", requiredClaims: ["sub", "exp"] });
const app = fastify();

app.register(authenticate({ verifier, realm: "telemetry" }));
app.get("/health", { config: { auth: false } }, async () => ({ ok: true })); // for everybody
app.get("/telemetry", { config: { auth: { scope: "telemetry:read" } } }, async (request) => {
  return { device: request.auth.claims.sub, temperature: 21 };
});
app.delete("/telemetry", { config: { auth: { scope: "telemetry:write" } } }, async (_, reply) => reply.code(204).send());

await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" });
announce(app.server.address().port);
