/** Every call that the library has, to be made from within a callback. */
import { createHash } from "node:crypto";
import {
  createKeyTable,
  createSigner,
  createVerifier,
  decode,
  deriveKeys,
  deriveSecret,
  resolveKeys,
  verdictName,
} from "../../../src/index.js";
import type { RingKeysInput } from "../../../src/keyring/input.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { jwkThumbprint } from "../../../src/keyring/thumbprint.js";
import * as primitives from "../../../src/primitives.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { createReplayGuard } from "../../../src/revocation/replayGuard.js";
import { createSessionRegistry } from "../../../src/sessions/registry.js";
import { PAIRS } from "../../support/pairs.js";
import { NOW, TEST_SECRET } from "../../support/tokens.js";
import { derivation, keyOf, secretOf, tokenOf } from "./doors.js";
import { codeOf, type House } from "./house.js";

export interface Call {
  readonly name: string;
  /** What an attacker would want: always tried. */
  readonly isChief?: boolean;
  make(house: House): void;
}

const signer = createSigner({ key: TEST_SECRET, currentDate: NOW });
const other = createVerifier({ keys: TEST_SECRET, currentDate: NOW });

export const CALLS: readonly Call[] = [
  { name: "verify", make: verifyEach },
  { name: "verifyBatch", make: verifyAll },
  { name: "verifyAsync", make: verifyEachAsync },
  { name: "verifyBatchAsync", make: verifyAllAsync },
  { name: "verifyAsync of a batcher", make: (house) => batchEach(house) },
  { name: "stats", make: (house) => house.try(() => house.outer.stats()) },
  {
    name: "verify of another verifier of the same keys",
    make: (house) =>
      house.try(() => house.checkAll(house.samples, house.sibling.verifyBatch(house.samples.map(({ token }) => token)), false)),
  },
  { name: "a change of keys", make: (house) => house.change() },
  {
    name: "a change of keys, and verify",
    make: (house) => {
      house.change();
      verifyFirst(house);
    },
  },
  {
    name: "a change of keys, verify, and verifiers of other keys",
    isChief: true,
    make: (house) => {
      house.change();
      verifyFirst(house);
      house.steal(3);
    },
  },
  {
    name: "verify, and verifiers of other keys",
    make: (house) => {
      verifyFirst(house);
      house.steal(3);
    },
  },
  {
    name: "two changes of keys, each with verifyBatchAsync, and verifiers of other keys",
    make: (house) => {
      for (let round = 0; round < 2; round++) {
        house.change();
        verifyAllAsync(house);
        house.steal(2);
      }
    },
  },
  {
    name: "a change of keys, verify, and tables and rings of other keys",
    make: (house) => {
      house.change();
      verifyFirst(house);
      for (const { name, algorithm } of house.doors) {
        const keys = ["own", "spare", "unknown"].map((kid) => keyOf(`foreign ${name}`, kid, algorithm));
        house.try(() => {
          const table = createKeyTable({ keys });
          const verifiers = [
            createVerifier({ keys: table, currentDate: NOW }),
            createVerifier({ keys: createKeyRing({ keys: keys as RingKeysInput }) }),
          ];
          for (const verifier of verifiers) house.begun.push(verifier.verifyAsync(tokenOf(name, "own", algorithm, {})));
        });
      }
    },
  },
  { name: "createVerifier of other keys", make: (house) => house.steal(3) },
  {
    name: "createVerifier of other keys, and verify by it",
    make: (house) =>
      house.try(() => {
        const foreigner = house.foreign();
        house.foreigners.push(foreigner);
        const codes = [...foreigner.verifyBatch(house.samples.map(({ token }) => token))].map(codeOf);
        house.samples.forEach(({ alone, name }, index) => {
          if ((codes[index] === "ACCEPTED") !== (alone === "foreign"))
            house.faults.push(`${name}: a foreigner's verdict is ${codes[index]}`);
        });
      }),
  },
  { name: "keys taken out and put back", make: (house) => house.renew() },
  {
    name: "keys taken out and put back, verify, and verifiers of other keys",
    make: (house) => {
      house.renew();
      verifyFirst(house);
      house.steal(3);
    },
  },
  { name: "revoke", make: (house) => house.revokeVictim() },
  {
    name: "what a revocation list answers",
    make: (house) => {
      house.try(() => house.list.isRevoked({ jti: "revoked", sub: "a", kid: "own", iss: "x" }));
      house.try(() => [...house.list.snapshot()]);
      house.try(() => house.list.revokedBefore("a"));
      house.try(() => house.list.health());
      house.try(() => house.list.place());
    },
  },
  { name: "apply of a list, so that it grows", make: growList },
  {
    name: "a list, a guard, a registry of their own",
    make: (house) => {
      house.try(() => {
        const list = createRevocationList();
        list.apply([{ jti: "good own 0" }, { kid: "own", iss: "x" }]);
        const registry = createSessionRegistry({ revocations: list });
        registry.add({ jti: "a", exp: NOW }, () => undefined);
        registry.close();
      });
      house.try(() => {
        const guard = createReplayGuard();
        const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW, replay: guard });
        const token = signer.sign({ jti: "used", exp: NOW + 10 });
        house.expect("a token used once", codeOf(verifier.verify(token)), "ACCEPTED");
        house.expect("a token used twice", codeOf(verifier.verify(token)), "REPLAYED");
      });
    },
  },
  {
    name: "sign and signBatch",
    make: (house) => {
      house.try(() => house.expect("a signed token", codeOf(other.verify(signer.sign({ sub: "a" }))), "ACCEPTED"));
      house.try(() => {
        const batch = other.verifyBatch(signer.signBatch([{ sub: "a" }, { sub: "b", padding: "p".repeat(500) }]));
        house.expect("signed tokens", [...batch.codes].map(verdictName).join(), "ACCEPTED,ACCEPTED");
      });
      house.try(() => createSigner({ key: TEST_SECRET }).sign({ sub: "a" }));
      house.try(() => signer.signAsync({ sub: "a" }));
    },
  },
  {
    name: "primitives",
    make: (house) => {
      const text = Buffer.from("a message ".repeat(30));
      const digest = createHash("sha256").update(text).digest("hex");
      house.try(() => house.expect("SHA-256", Buffer.from(primitives.sha256(text)).toString("hex"), digest));
      house.try(() => primitives.sha512(text));
      house.try(() => primitives.hmacSha256(TEST_SECRET, text));
      house.try(() => primitives.hmacSha512(TEST_SECRET, text));
      house.try(() => house.expect("base64url", primitives.base64urlEncode(text), text.toString("base64url")));
      house.try(() => primitives.base64urlDecode("AAAA"));
      house.try(() => primitives.jsonAccepts(text));
      house.try(() => primitives.verifySignature({ alg: "ES256", publicKey: PAIRS.ES256.publicKey }, text, new Uint8Array(64)));
    },
  },
  {
    name: "decode, deriveSecret, jwkThumbprint",
    make: (house) => {
      house.try(() => decode(house.samples[0]?.token ?? ""));
      house.try(() => deriveSecret(derivation("derived"), "own"));
      house.try(() => jwkThumbprint({ kty: "oct", k: "AAAA" }));
    },
  },
  {
    name: "other sources of keys",
    make: (house) => {
      const key = { kid: "own", secret: secretOf("foreign", "own") };
      house.try(() => createKeyTable({ keys: [key] }));
      house.try(() => createVerifier({ keys: resolveKeys(() => key), currentDate: NOW }).verify(house.samples[0]?.token ?? ""));
      house.try(() => createVerifier({ keys: deriveKeys(derivation("foreign")), currentDate: NOW }).verify(house.samples[1]?.token ?? ""));
    },
  },
  { name: "a table so large that memory grows", make: growMemory },
  { name: "an exception", make: (house) => house.throw() },
];

function verifyFirst(house: House): void {
  // One token of each door: all keys are placed by the first, whichever it is.
  for (const sample of house.samples.slice(0, 2)) house.try(() => house.check(sample, house.outer.verify(sample.token)));
}

function verifyEach(house: House): void {
  for (const sample of house.samples) house.try(() => house.check(sample, house.outer.verify(sample.token)));
}

function verifyAll(house: House): void {
  house.try(() => house.checkAll(house.samples, house.outer.verifyBatch(house.samples.map(({ token }) => token))));
}

function verifyEachAsync(house: House): void {
  for (const sample of house.samples) house.try(async () => house.check(sample, await house.outer.verifyAsync(sample.token)));
}

function verifyAllAsync(house: House): void {
  house.try(async () => house.checkAll(house.samples, await house.outer.verifyBatchAsync(house.samples.map(({ token }) => token))));
}

function batchEach(house: House): void {
  for (const sample of house.samples) house.try(async () => house.check(sample, (await house.batcher.verifyAsync(sample.token)) as never));
}

let entries = 0;

function growList(house: House): void {
  house.try(() => house.list.apply(Array.from({ length: 50 }, () => ({ jti: `another ${entries++}` }))));
}

function growMemory(house: House): void {
  const secret = secretOf("foreign", "own");
  house.try(() => createKeyTable({ keys: Array.from({ length: 3000 }, (_, index) => ({ kid: `device ${index}`, secret })) }));
}
