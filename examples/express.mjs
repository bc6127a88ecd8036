/** `node examples/express.mjs`, after `npm ci && npm run build`. The port is PORT, or 3000. */
import express from "express";
import { createVerifier } from "wasm-jwt";
import { authenticate, requireScope } from "wasm-jwt/express";
import { announce, TEST_KEY } from "./demoToken.mjs";

const verifier = createVerifier({ keys: TEST_KEY, issuer: "https://auth.example.com", requiredClaims: ["sub", "exp"] });
const app = express();

app.get("/health", (_, response) => response.json({ ok: true })); // before `authenticate`: for everybody
app.use(authenticate({ verifier, realm: "telemetry" }));
app.get("/telemetry", requireScope("telemetry:read"), (request, response) => {
  response.json({ device: request.auth.claims.sub, temperature: 21 });
});
app.delete("/telemetry", requireScope("telemetry:write"), (_, response) => response.sendStatus(204));

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => announce(server.address().port));
