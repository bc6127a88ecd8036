/**
 * `node examples/mqtt.mjs`, after `npm ci && npm run build`: an MQTT broker and two devices. One publishes what it may and what it may not; the
 * other is cut when its token expires. With PORT the broker stays, for devices of your own.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import { connectAsync } from "mqtt";
import { createSigner, createVerifier } from "wasm-jwt";
import { protect } from "wasm-jwt/aedes";
import { createRevocationList } from "wasm-jwt/revocation";
import { createSessionRegistry } from "wasm-jwt/sessions";
import { TEST_KEY } from "./demoToken.mjs";

const issuer = "https://auth.example.com";
const revocation = createRevocationList();
const verifier = createVerifier({ keys: TEST_KEY, issuer, revocation, requiredClaims: ["sub", "jti", "exp"] });
const sessions = createSessionRegistry({ revocations: revocation });

const broker = await Aedes.createBroker();
// biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder
protect(broker, { verifier, sessions, bind: { sub: "${clientid}" } });
const server = createServer(broker.handle).listen(Number(process.env.PORT ?? 0), "127.0.0.1");
await once(server, "listening");
const { port } = server.address();

// biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder
const thermometer = await device("thermometer", 3600, { pub: ["home/${clientid}/#"] });
const display = await device("display", 3, { sub: ["home/+/temperature"] });
await display.client.subscribeAsync("home/+/temperature");

const message = once(display.client, "message");
await thermometer.client.publishAsync("home/thermometer/temperature", "21", { qos: 1 });
const [topic, payload] = await message;
console.log(`display hears from ${topic}: ${payload}`);

const refused = once(thermometer.client, "close");
thermometer.client.publish("home/door/unlock", "now");
await refused;
console.log("thermometer publishes to home/door/unlock: refused, and its connection closed");

await once(display.client, "close");
console.log(`display's token expires: its connection is closed ${Date.now() - 1000 * display.exp} ms later`);

if (process.env.PORT)
  console.log(`mqtt://127.0.0.1:${port}, client id "me", any user name, password ${tokenOf("me", 3600, { all: ["#"] })}`);
else {
  server.close();
  broker.close();
}

/** Connects with a token of its own as password; MQTT 3.1.1 wants a user name beside it, whatever it is. */
async function device(clientId, seconds, acl) {
  const password = tokenOf(clientId, seconds, acl);
  const { exp } = JSON.parse(Buffer.from(password.split(".")[1], "base64url"));
  const client = await connectAsync({ host: "127.0.0.1", port, clientId, username: "jwt", password, reconnectPeriod: 0 });
  return { client, exp };
}

function tokenOf(sub, expiresIn, acl) {
  return createSigner({ key: TEST_KEY, issuer, expiresIn, jwtId: "random" }).sign({ sub, acl });
}
