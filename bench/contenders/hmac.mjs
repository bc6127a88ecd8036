/**
 * HMAC-SHA-256 of the signing input's bytes, each library in its best form: key blocks are hashed once where its interface lets
 * one keep the state. Nothing is judged. (Ours beside them is the whole verdict: `wasm-jwt/primitives` loads the key for every call.)
 */
import { createHmac, createSecretKey } from "node:crypto";
import { loadPackage } from "../packages.mjs";

let sink = 0;

/** `make` gets the library and a secret and returns a function from bytes to their tag. */
function contender({ name, package: packageName, kind = "hmac", load, make }) {
  return {
    name,
    kind,
    package: packageName,
    judges: false,
    load,
    async make(module, { algorithm, keys: [{ secret }] }) {
      if (algorithm !== "HS256") throw new Error(`is set up for HS256 here, not for ${algorithm}`);
      const tagOf = await make(module, secret);
      const prepare = (token) => Buffer.from(token.slice(0, token.lastIndexOf(".")));
      return {
        prepare,
        accepts: (token) => Buffer.from(tagOf(prepare(token))).toString("base64url") === token.slice(token.lastIndexOf(".") + 1),
        run(inputs) {
          for (const input of inputs) sink += tagOf(input)[0];
          return inputs.length;
        },
      };
    },
  };
}

const BLOCK = 64;

/** The key block of HMAC (RFC 2104 §2), for a secret of no more than a block. */
function keyBlock(secret, pad) {
  const block = Buffer.alloc(BLOCK);
  secret.copy(block);
  return block.map((byte) => byte ^ pad);
}

export const bareHmac = contender({
  name: "createHmac",
  kind: "native",
  load: async () => ({ createHmac, createSecretKey }),
  make({ createHmac, createSecretKey }, secret) {
    const key = createSecretKey(secret);
    return (input) => createHmac("sha256", key).update(input).digest();
  },
});

export const noble = contender({
  name: "noble-hashes",
  package: "@noble/hashes",
  load: async () => ({
    ...(await loadPackage("@noble/hashes", "@noble/hashes/hmac.js")),
    ...(await loadPackage("@noble/hashes", "@noble/hashes/sha2.js")),
  }),
  make({ hmac, sha256 }, secret) {
    const keyed = hmac.create(sha256, secret);
    const scratch = keyed.clone();
    const tag = new Uint8Array(32);
    return (input) => {
      keyed._cloneInto(scratch).update(input).digestInto(tag);
      return tag;
    };
  },
});

/** Its own HMAC hashes the key blocks for every message; with saved states it is a tenth faster. */
export const hashWasm = contender({
  name: "hash-wasm",
  package: "hash-wasm",
  load: () => loadPackage("hash-wasm"),
  async make({ createSHA256 }, secret) {
    const hasher = await createSHA256();
    const inner = hasher.init().update(keyBlock(secret, 0x36)).save();
    const outer = hasher.init().update(keyBlock(secret, 0x5c)).save();
    return (input) => {
      const digest = hasher.load(inner).update(input).digest("binary");
      return hasher.load(outer).update(digest).digest("binary");
    };
  },
});

/** It keeps no states; a digest in one call is its fastest way. */
export const asSha256 = contender({
  name: "as-sha256",
  package: "@chainsafe/as-sha256",
  load: () => loadPackage("@chainsafe/as-sha256"),
  make({ digest }, secret) {
    const inner = Buffer.alloc(BLOCK + 65_536);
    inner.set(keyBlock(secret, 0x36));
    const outer = Buffer.alloc(BLOCK + 32);
    outer.set(keyBlock(secret, 0x5c));
    return (input) => {
      inner.set(input, BLOCK);
      outer.set(digest(inner.subarray(0, BLOCK + input.length)), BLOCK);
      return digest(outer);
    };
  },
});
