/** Unrolled rounds are written by a script: what is in git is what it writes, and the widths that the engine does not use are right too. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { main as asc } from "assemblyscript/asc";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../../scripts/command.mjs";
import { KERNELS, kernelText } from "../../scripts/rounds.mjs";
import { INITIAL_STATE, INPUT, SCALAR_STATE, SCALAR_STATE_512, STATE, TAGS } from "../../src/abi.js";
import { runs } from "../support/runs.js";
import { root } from "./sources.js";

/** All kernels, and what brings messages into their lanes. */
const ENTRY = [
  'import { INITIAL_STATES_512 } from "./constants512";',
  'export { placeInitialState } from "./hmac";',
  'export { loadBlocks, loadStates, spreadRoundConstants, storeDigests } from "./lanes";',
  'export { loadBlocks512, loadStates512, storeDigests512 } from "./lanes512";',
  ...KERNELS.map(({ file, name }) => `export { ${name} } from "./${file.replace(".ts", "")}";`),
  "export function initialState512(): usize { return INITIAL_STATES_512; }",
].join("\n");

type Kernel = (typeof KERNELS)[number];

interface Engine extends Record<Kernel["name"], (state?: number, message?: number) => void> {
  readonly memory: WebAssembly.Memory;
  placeInitialState(): void;
  spreadRoundConstants(): void;
  loadStates(target: number, s0: number, s1: number, s2: number, s3: number): void;
  loadBlocks(m0: number, m1: number, m2: number, m3: number): void;
  storeDigests(target: number): void;
  initialState512(): number;
  loadStates512(s0: number, s1: number): void;
  loadBlocks512(single: number, m0: number, m1: number): void;
  storeDigests512(target: number): void;
}

const named = KERNELS.map((kernel) => [kernel.file, kernel] as const);

it.each(named.filter(([, { isUsed }]) => isUsed))("assembly/%s is what scripts/rounds.mjs writes", (file, kernel) => {
  expect(readFileSync(join(root, "assembly", file), "utf8")).toBe(kernelText(kernel));
});

it.each(named.filter(([, { isUsed }]) => !isUsed))(
  "%s, for which no file is needed yet, would be formatted as the others are",
  (file, kernel) => {
    const [node, args] = commandLine("@biomejs/biome", "biome", "format", `--stdin-file-path=assembly/${file}`);
    expect(execFileSync(node, args, { cwd: root, input: kernelText(kernel), encoding: "utf8" })).toBe(kernelText(kernel));
  },
);

describe("a kernel", () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await compile();
  });

  it.each(named)("of %s hashes other data in each lane, as node:crypto does", (_, kernel) => {
    const messages = kernel.hash.lanes + (kernel.hasSingle ? 1 : 0);
    const bytes = fc.uint8Array({ minLength: 300, maxLength: 300 });
    fc.assert(
      fc.property(fc.array(bytes, { minLength: messages, maxLength: messages }), fc.nat(300), (data, length) => {
        const texts = data.map((each) => each.subarray(0, length));
        expect(digestsOf(engine, kernel, texts)).toEqual(
          texts.map((text) => createHash(`sha${kernel.hash.bits}`).update(text).digest("hex")),
        );
      }),
      runs(100),
    );
  });
});

/** One engine of all kernels, each from the text that the script writes, whatever is in git. */
async function compile(): Promise<Engine> {
  const texts = new Map([
    ["assembly/kernels.ts", ENTRY],
    ...KERNELS.map((kernel) => [`assembly/${kernel.file}`, kernelText(kernel)] as const),
  ]);
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const options = ["--runtime", "stub", "--initialMemory", "64", "--memoryBase", "1024", "--use", "abort=", "--enable", "simd"];
  const { error, stderr } = await asc(["assembly/kernels.ts", "--outFile", "kernels.wasm", ...options], {
    readFile: (name) => texts.get(name) ?? (/^(?:assembly|src)\/\w+\.ts$/.test(name) ? readFileSync(join(root, name), "utf8") : null),
    writeFile: (_, contents) => {
      binary = new Uint8Array(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`Expected asc to compile the kernels, got ${error}: ${stderr}`);
  return (await WebAssembly.instantiate(binary)).instance.exports as unknown as Engine;
}

/** The digests of texts of one length: those in lanes, then that in scalar registers. */
function digestsOf(engine: Engine, kernel: Kernel, texts: readonly Uint8Array[]): string[] {
  const { bits, lanes } = kernel.hash;
  const memory = Buffer.from(engine.memory.buffer as ArrayBuffer);
  const padded = texts.map((text) => pad(text, bits / 4));
  memory.set(Buffer.concat(padded), INPUT);
  (bits === 256 ? hash256 : hash512)(engine, kernel, (padded[0] as Buffer).length);
  const digests = Array.from({ length: lanes }, (_, lane) => memory.subarray(TAGS + (bits / 8) * lane, TAGS + (bits / 8) * (lane + 1)));
  if (kernel.hasSingle) digests.push(bits === 256 ? copy(memory, SCALAR_STATE, 32).swap32() : copy(memory, SCALAR_STATE_512, 64).swap64());
  return digests.map((digest) => digest.toString("hex"));
}

/** Messages of `length` bytes, one after the other: their digests are left at TAGS and in SCALAR_STATE. */
function hash256(engine: Engine, { name }: Kernel, length: number): void {
  engine.spreadRoundConstants();
  engine.placeInitialState();
  engine.loadStates(STATE, INITIAL_STATE, INITIAL_STATE, INITIAL_STATE, INITIAL_STATE);
  new Uint8Array(engine.memory.buffer).copyWithin(SCALAR_STATE, INITIAL_STATE, INITIAL_STATE + 32);
  for (let block = INPUT as number; block < INPUT + length; block += 64) {
    engine.loadBlocks(block, block + length, block + 2 * length, block + 3 * length);
    engine[name](SCALAR_STATE, block + 4 * length);
  }
  engine.storeDigests(TAGS);
}

function hash512(engine: Engine, { name }: Kernel, length: number): void {
  const initial = engine.initialState512();
  engine.loadStates512(initial, initial);
  new Uint8Array(engine.memory.buffer).copyWithin(SCALAR_STATE_512, initial, initial + 64);
  for (let block = INPUT as number; block < INPUT + length; block += 128) {
    engine.loadBlocks512(block + 2 * length, block, block + length);
    engine[name]();
  }
  engine.storeDigests512(TAGS);
}

/** FIPS 180-4 §5.1: a one, zeros, and the length in bits, up to whole blocks. */
function pad(text: Uint8Array, blockBytes: number): Buffer {
  const padded = Buffer.alloc(Math.ceil((text.length + 1 + blockBytes / 8) / blockBytes) * blockBytes);
  padded.set(text);
  padded[text.length] = 0x80;
  padded.writeUInt32BE(8 * text.length, padded.length - 4);
  return padded;
}

function copy(memory: Buffer, start: number, length: number): Buffer<ArrayBuffer> {
  return Buffer.from(memory.subarray(start, start + length));
}
