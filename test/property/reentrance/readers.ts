/** Calls that run the caller's code while they read what they are given, or tell what they have done; each must come to what it says. */
import { authenticate } from "../../../src/adapters/express.js";
import { createKeyTable, createSigner, createVerifier, type KeyInput, type Verifier } from "../../../src/index.js";
import { discover } from "../../../src/keyring/discover.js";
import type { RingKeyInput } from "../../../src/keyring/input.js";
import { type RemoteOptions, remote } from "../../../src/keyring/remote.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { createRefresher } from "../../../src/revocation/refresher.js";
import { createReplayGuard } from "../../../src/revocation/replayGuard.js";
import { createSessionRegistry } from "../../../src/sessions/registry.js";
import { base64url, NOW, TEST_SECRET } from "../../support/tokens.js";
import { secretOf, tokenOf } from "./doors.js";
import { codeOf, type House } from "./house.js";

/** The name under which all of these call `at`. */
export const READING = "what a call reads";

export const READERS: Readonly<Record<string, (house: House) => Promise<void> | void>> = {
  "createKeyTable, of an iterable": (house) => {
    function* keys(): Generator<KeyInput> {
      for (const kid of ["own", "spare"]) {
        house.at(READING);
        yield read(house, { kid, secret: secretOf("reader", kid) });
        house.at(READING);
      }
    }
    const table = createKeyTable({ keys: keys() });
    expectReader(house, createVerifier({ keys: table, currentDate: NOW }));
    table.set(keys());
    expectReader(house, createVerifier({ keys: table, currentDate: NOW }));
  },
  "set of the table that is judged by": (house) => {
    const table = createKeyTable({ keys: [{ kid: "own", secret: secretOf("reader", "own") }] });
    const verifier = createVerifier({ keys: table, currentDate: NOW });
    function* keys(): Generator<KeyInput> {
      house.at(READING);
      house.try(() => expectReader(house, verifier));
      house.try(() => table.clear());
      house.try(() => table.delete("own"));
      yield { kid: "spare", secret: secretOf("reader", "spare") };
    }
    table.set(keys());
    expectReader(house, verifier);
  },
  createVerifier: (house) => {
    const keys = ["own", "spare"].map((kid) => read(house, { kid, secret: secretOf("reader", kid) }));
    expectReader(house, createVerifier(read(house, { keys, currentDate: NOW })));
    const issuers = [read(house, { issuer: "reader", keys })];
    const verifier = createVerifier(read(house, { issuers, currentDate: NOW }));
    house.expect("a token of an issuer", codeOf(verifier.verify(tokenOf("reader", "own", "HS256", { iss: "reader" }))), "ACCEPTED");
    house.expect("a foreign token", codeOf(verifier.verify(tokenOf("foreign", "own", "HS256", { iss: "reader" }))), "BAD_SIGNATURE");
  },
  "createVerifier of a JWK set, and of one key for several algorithms": (house) => {
    const jwk = (kid: string, more: object = {}) =>
      read(house, { kty: "oct", k: base64url(secretOf("reader", kid)), kid, nbf: NOW - 1, ...more });
    const jwks = read(house, { keys: [jwk("own"), jwk("own", { kty: "AKP" }), jwk("spare"), jwk("spare")] });
    for (const keys of [{ jwks }, { keys: jwks }]) {
      const verifier = createVerifier(read(house, { ...keys, alg: ["HS256"], currentDate: () => clock(house) }));
      expectReader(house, verifier);
      house.expect("what was left out", `${verifier.problems.length}`, "1");
    }
    const key = (kid: string) => read(house, { kid, secret: secretOf("reader", kid), alg: ["HS256", "HS384"] });
    expectReader(house, createVerifier({ keys: ["own", "spare"].map(key) as never, allowWeakSecrets: true, currentDate: NOW }));
  },
  "remote, discover and the headers they are given": async (house) => {
    const documents: Record<string, object> = {
      "https://keys.test/.well-known/openid-configuration": { issuer: "https://keys.test", jwks_uri: "https://keys.test/jwks" },
      "https://keys.test/jwks": { keys: ["own", "spare"].map((kid) => ({ kty: "oct", k: base64url(secretOf("reader", kid)), kid })) },
    };
    const fetch = async (url: string) => {
      house.at(READING);
      const body = Uint8Array.from(Buffer.from(JSON.stringify(documents[url])));
      return read(house, { status: 200, headers: { get: () => null }, arrayBuffer: async () => body.buffer });
    };
    function* headers(): Generator<[string, string]> {
      house.at(READING);
      yield ["authorization", "Bearer test"];
      house.at(READING);
    }
    const options = () => read(house, { headers: headers(), fetch, alg: "HS256" }) as RemoteOptions;
    for (const source of [remote("https://keys.test/jwks", options()), discover("https://keys.test", options())]) {
      const ring = createKeyRing({ source });
      await ring.ready();
      expectReader(house, createVerifier({ keys: ring, currentDate: NOW }));
      ring.close();
    }
  },
  "createKeyRing and add": (house) => {
    const ring = createKeyRing(read(house, { keys: [read(house, { kid: "own", secret: secretOf("reader", "own") }) as RingKeyInput] }));
    ring.add(read(house, { kid: "spare", secret: secretOf("reader", "spare") }) as RingKeyInput);
    expectReader(house, createVerifier({ keys: ring, currentDate: NOW }));
    ring.close();
  },
  "sign and signBatch": (house) => {
    const secret = secretOf("reader", "own");
    const signer = createSigner(read(house, { key: read(house, { kid: "own", secret }), currentDate: () => clock(house) }));
    const verifier = createVerifier({ keys: { kid: "own", secret }, currentDate: NOW });
    house.expect("a signed token", subjectOf(verifier, signer.sign(read(house, { sub: "a" }))), "a");
    const tokens = signer.signBatch([read(house, { sub: "b" }), { sub: "c", nested: read(house, { d: read(house, { e: 1 }) }) }]);
    house.expect("signed tokens", tokens.map((token) => subjectOf(verifier, token)).join(), "b,c");
  },
  "revoke, apply and listeners": async (house) => {
    const list = createRevocationList({ currentDate: () => clock(house) });
    list.subscribe(() => house.at(READING));
    const registry = createSessionRegistry({ revocations: list, currentDate: () => clock(house), onClose: () => house.at(READING) });
    const closed: string[] = [];
    for (const jti of ["a", "b", "c"]) {
      registry.add(read(house, { jti, exp: NOW + 100 }), () => {
        house.at(READING);
        closed.push(jti);
      });
    }
    await list.revoke(read(house, { jti: "a" }));
    list.apply([read(house, { jti: "b" }), read(house, { sub: "x", before: NOW })]);
    house.expect("what is revoked", ["a", "b", "c"].map((jti) => list.isRevoked({ jti })).join(), "true,true,false");
    for (let turn = 0; turn < 5 && closed.length < 2; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    house.expect("what is closed", closed.sort().join(), "a,b");
    registry.close();
    await list.close();
  },
  "a replay guard": (house) => {
    const guard = createReplayGuard({ currentDate: () => clock(house) });
    const secret = secretOf("reader", "own");
    const verifier = createVerifier({ keys: { kid: "own", secret }, currentDate: () => clock(house), replay: guard });
    const tokens = ["a", "b"].map((jti) => tokenOf("reader", "own", "HS256", { jti, exp: NOW + 10 }));
    house.expect("tokens used once", [...verifier.verifyBatch(tokens)].map(codeOf).join(), "ACCEPTED,ACCEPTED");
    house.expect("tokens used twice", [...verifier.verifyBatch(tokens)].map(codeOf).join(), "REPLAYED,REPLAYED");
  },
  "a refresher": async (house) => {
    const revocations = createRevocationList({ currentDate: () => clock(house) });
    const access = { kid: "own", secret: secretOf("reader", "own") };
    const refresher = createRefresher({
      verifier: createVerifier({ keys: TEST_SECRET, currentDate: () => clock(house), typ: "rt+jwt" }),
      accessSigner: createSigner({ key: access, currentDate: NOW }),
      refreshSigner: createSigner({ key: TEST_SECRET, typ: "rt+jwt", currentDate: NOW }),
      revocations,
      accessLifetime: 60,
      refreshLifetime: 600,
      accessClaims: () => {
        house.at(READING);
        return { role: "reader" };
      },
      currentDate: () => clock(house),
    });
    const verifier = createVerifier({ keys: access, currentDate: NOW, revocation: revocations });
    const first = await refresher.start({ sub: "a" });
    house.expect("an access token", subjectOf(verifier, first.accessToken), "a");
    const second = await refresher.refresh(first.refreshToken);
    if (!second.ok) return house.expect("a refreshed pair", second.code, "a pair");
    house.expect("the next access token", subjectOf(verifier, second.accessToken), "a");
    const again = await refresher.refresh(first.refreshToken);
    house.expect("a spent refresh token", again.ok ? "a pair" : again.code, "REPLAYED");
    house.expect("an access token of an ended family", codeOf(verifier.verify(second.accessToken)), "REVOKED");
    await revocations.close();
  },
  "middleware, where its token comes from": async (house) => {
    const verifier = createVerifier({ keys: { kid: "own", secret: secretOf("reader", "own") }, currentDate: NOW });
    for (const [door, status] of [
      ["reader", undefined],
      ["foreign", 401],
    ] as const) {
      const from = () => {
        house.at(READING);
        return tokenOf(door, "own", "HS256", {});
      };
      const guard = authenticate({ verifier, token: { header: false, from }, onRejected: () => house.at(READING) });
      const response = { statusCode: 200, setHeader: () => undefined, end: () => undefined };
      const hasPassed = await guard({ method: "GET", url: "/", headers: {} } as never, response);
      house.expect(
        `a request of a ${door}`,
        `${hasPassed} ${hasPassed ? undefined : response.statusCode}`,
        `${status === undefined} ${status}`,
      );
    }
  },
};

/** The object, each of its members being read by the caller's code. */
function read<Value extends object>(house: House, value: Value): Value {
  const copy = {} as Value;
  for (const [name, member] of Object.entries(value)) {
    Object.defineProperty(copy, name, {
      enumerable: true,
      get: () => {
        house.at(READING);
        return member;
      },
    });
  }
  return copy;
}

function clock(house: House): number {
  house.at(READING);
  return NOW;
}

function expectReader(house: House, verifier: Verifier): void {
  const tokens = [tokenOf("reader", "own", "HS256", {}), tokenOf("foreign", "own", "HS256", {}), tokenOf("reader", "spare", "HS256", {})];
  const codes = [...verifier.verifyBatch(tokens)].map(codeOf);
  house.expect("a reader's own token", codes[0] as string, "ACCEPTED");
  house.expect("a foreign token", codes[1] as string, "BAD_SIGNATURE");
  // Within the reading of a table's keys those that are read are not there yet.
  if (codes[2] !== "KEY_NOT_FOUND") house.expect("a reader's spare token", codes[2] as string, "ACCEPTED");
}

function subjectOf(verifier: Verifier, token: string): string {
  const verdict = verifier.verify(token);
  return verdict.ok ? String(verdict.claims.sub) : verdict.code;
}
