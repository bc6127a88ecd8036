/** `node examples/hono.mjs`, after `npm ci && npm run build`. The port is PORT, or 3000. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createVerifier } from "wasm-jwt";
import { authenticate, requireScope } from "wasm-jwt/hono";
import { announce, TEST_KEY } from "./demoToken.mjs";

const verifier = createVerifier({ keys: TEST_KEY, issuer: "https://auth.example.com", requiredClaims: ["sub", "exp"] });
const app = new Hono();

app.get("/health", (c) => c.json({ ok: true })); // before `authenticate`: for everybody
app.use(authenticate({ verifier, realm: "telemetry" }));
app.get("/telemetry", requireScope("telemetry:read"), (c) => c.json({ device: c.get("auth").claims.sub, temperature: 21 }));
app.delete("/telemetry", requireScope("telemetry:write"), (c) => c.body(null, 204));

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: "127.0.0.1" }, ({ port }) => announce(port));
