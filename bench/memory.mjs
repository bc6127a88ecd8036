/**
 * Ten million tokens through one verifier: linear memory and the JavaScript heap before, between and after. `npm run
 * bench:memory [-- --count N]`. Run with --expose-gc, so that the heap is what lives and not what waits.
 */
import { createVerifier } from "../dist/index.js";
import { orExit, parse, UsageError } from "./arguments.mjs";
import { checksOf, NOW, SECRET, tokensOf } from "./fleet.mjs";

const BATCH = 1000;
const count = orExit(readCount);

// The only memory of WebAssembly in this process is the engine's: keep hold of it as it is made.
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    memory = this.exports.memory;
  }
};

const pool = tokensOf("mid", 100 * BATCH);
const verifier = createVerifier({ keys: SECRET, ...checksOf("mid"), currentDate: NOW });
console.log("tokens        linear memory   JavaScript heap   resident");
report(0);
let done = 0;
for (let tenth = 1; tenth <= 10; tenth++) {
  for (; done < (count * tenth) / 10; done += BATCH) {
    const from = done % pool.length;
    const batch = verifier.verifyBatch(pool.slice(from, from + BATCH));
    if (batch.accepted !== BATCH) throw new Error("A good token was rejected");
    // Every thousandth token's claims are read, as a server would.
    batch.claims(0);
  }
  report(done);
}

function report(tokens) {
  globalThis.gc?.();
  const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const { heapUsed, rss } = process.memoryUsage();
  console.log(
    `${tokens.toLocaleString("en-US").padEnd(14)}${mebibytes(memory.buffer.byteLength).padEnd(16)}${mebibytes(heapUsed).padEnd(18)}${mebibytes(rss)}`,
  );
}

function readCount() {
  const { values } = parse({ count: { type: "string", default: "10000000" } });
  const number = Number(values.count);
  if (Number.isInteger(number) && number >= 10) return number;
  throw new UsageError(`Expected \`--count\` to be a whole number of tokens, 10 or more, got ${values.count}`);
}
