/** Copies of a secret: every array of bytes that is made while something runs, and what has become of it. */
import { KeyObject } from "node:crypto";
import { openEngine } from "../../src/engine/openEngine.js";

export interface Copies {
  /** How many arrays had the secret when they were made, or when they were wiped. */
  readonly made: number;
  /** How many have it now, linear memory among them. */
  readonly left: number;
}

type Call = (this: unknown, ...values: unknown[]) => unknown;

/** Runs something, which may fail, and follows the arrays that it makes: by constructor, of others, of text, by Node. */
export async function copiesOf(secret: Uint8Array, run: () => unknown): Promise<Copies> {
  const needle = Buffer.from(secret);
  const has = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(needle);
  const seen = new Set<Uint8Array>();
  const found = new Set<Uint8Array>();
  const note = <Made>(made: Made): Made => {
    if (!ArrayBuffer.isView(made)) return made;
    const bytes = made as unknown as Uint8Array;
    seen.add(bytes);
    if (has(bytes)) found.add(bytes);
    return made;
  };
  const restore = watched(note);
  try {
    await run();
  } finally {
    restore();
  }
  const left = [...seen, openEngine().memory.bytes].filter(has).length;
  return { made: found.size, left };
}

/** Has whatever makes arrays tell of them; returns what ends that. */
function watched(note: <Made>(bytes: Made) => Made): () => void {
  const { Uint8Array: Original } = globalThis;
  globalThis.Uint8Array = new Proxy(Original, {
    construct: (target, values, made) => note(Reflect.construct(target, values, made as never)),
    get: (target, name) =>
      name === "from" ? (...values: Parameters<typeof Original.from>) => note(Original.from(...values)) : Reflect.get(target, name),
  });
  const secretKeys: object = Object.getPrototypeOf(KeyObject.from(SOME_KEY));
  const places: readonly (readonly [holder: object, method: string])[] = [
    [TextEncoder.prototype, "encode"],
    [Object.getPrototypeOf(Original.prototype), "slice"],
    [Object.getPrototypeOf(Original.prototype), "filter"],
    [secretKeys, "export"],
  ];
  const ends = places.map(([holder, method]) => {
    const all = holder as Record<string, Call>;
    const original = all[method] as Call;
    all[method] = function (...values) {
      return note(original.apply(this, values));
    };
    return () => {
      all[method] = original;
    };
  });
  const { fill } = Original.prototype;
  Original.prototype.fill = function (...values) {
    note(this);
    return fill.apply(this, values);
  };
  return () => {
    globalThis.Uint8Array = Original;
    // Its own is that of all typed arrays.
    Reflect.deleteProperty(Original.prototype, "fill");
    for (const end of ends) end();
  };
}

const SOME_KEY = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
