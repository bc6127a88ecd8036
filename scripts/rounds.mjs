/**
 * Writes the kernels that hash several messages side by side: `node scripts/rounds.mjs`. Their rounds are unrolled, so that the state and the
 * message schedule are locals and no round moves a word from one to another; that is some 400 lines which differ in letters and offsets alone.
 *
 * A kernel has as many lanes as its words fit a vector, and a message more in scalar registers or none. Which is faster depends on the
 * processor. The engine is built from the files in `assembly/`; a test compares them with what this script writes, and tries the other widths.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./command.mjs";

/** Rounds that are unrolled: as many as a block has words, so that each finds its word in the same local at each turn of the loop. */
const UNROLLED = 16;

/** SHA-256 in four lanes (FIPS 180-4 §6.2), for the functions of `rounds.ts`. */
const SHA256 = {
  bits: 256,
  rounds: 64,
  section: "§6.2",
  word: "u32",
  wordBytes: 4,
  lanes: 4,
  vector: "i32x4",
  functions: "./rounds",
  temporary: ["temporary", "temporaryx4"],
  schedule: ["schedule", "schedulex4"],
  sigma: ["bigSigma0", "bigSigma0x4"],
  // Spread over the lanes beforehand: a load is cheaper than a load that spreads.
  laneConstants: "ROUND_CONSTANTS",
  laneConstant: (base, round) => `v128.load(${base}, ${16 * round})`,
  constants: "CONSTANTS",
  constantsFile: "./constants",
  single: {
    parameters: "state: usize, message: usize",
    state: "state",
    block: (offset) => `bswap(load<u32>(message, ${offset}))`,
    areas: [],
  },
  where: "the block at `message` into the 32-byte state at `state`",
};

/** SHA-512 in two lanes (§6.4), for those of `rounds512.ts`. */
const SHA512 = {
  bits: 512,
  rounds: 80,
  section: "§6.4",
  word: "u64",
  wordBytes: 8,
  lanes: 2,
  vector: "i64x2",
  functions: "./rounds512",
  temporary: ["temporary512", "temporary512x2"],
  schedule: ["schedule512", "schedule512x2"],
  sigma: ["bigSigma0of512", "bigSigma0x2"],
  laneConstants: "CONSTANTS_512",
  laneConstant: (base, round) => `v128.load64_splat(${base}, ${8 * round})`,
  constants: "CONSTANTS_512",
  constantsFile: "./constants512",
  single: {
    parameters: "",
    state: "SCALAR_STATE_512",
    block: (offset) => `load<u64>(SCHEDULE_512, ${offset})`,
    areas: ["SCALAR_STATE_512", "SCHEDULE_512"],
  },
  where: "the one in SCHEDULE_512 into SCALAR_STATE_512",
};

/** Every width there is. Those that the engine uses are files of `assembly/`. */
export const KERNELS = /** @type {const} */ ([
  { file: "sha256x4.ts", name: "compressFour", hash: SHA256, hasSingle: false, isUsed: false },
  { file: "sha256x5.ts", name: "compressFive", hash: SHA256, hasSingle: true, isUsed: true },
  { file: "sha512x2.ts", name: "compressTwo", hash: SHA512, hasSingle: false, isUsed: false },
  { file: "sha512x3.ts", name: "compressThree", hash: SHA512, hasSingle: true, isUsed: true },
]);

/** The text of a kernel's file, formatted as Biome would. */
export function kernelText(kernel) {
  const body = [...loads(kernel), "", ...declarations(kernel), "", ...firstRounds(kernel), "", ...otherRounds(kernel), "", ...sums(kernel)];
  return `${[...opening(kernel), "", ...imports(kernel), "", ...signature(kernel), ...indented(body), "}"].join("\n")}\n`;
}

function opening({ hash, hasSingle }) {
  const { bits, rounds, section, lanes } = hash;
  const [count, inVectors] = bits === 256 ? ["five", "four"] : ["three", "two"];
  const turns = { 48: "three", 64: "four" }[rounds - UNROLLED];
  return [
    "/**",
    hasSingle
      ? ` * SHA-${bits} on ${count} messages at once: ${inVectors} in the ${128 / lanes}-bit lanes of vectors, one in scalar registers (FIPS 180-4 ${section}).`
      : ` * SHA-${bits} on ${inVectors} messages at once, in the ${128 / lanes}-bit lanes of vectors (FIPS 180-4 ${section}).`,
    " *",
    ...(hasSingle ? PINNING : []),
    ` * The first sixteen rounds stand alone, the other ${rounds - UNROLLED} are a loop of ${turns} times sixteen: unrolling all of them spills registers, and`,
    " * costs half as much again on Node 20. State and schedule are locals.",
    " *",
    " * Written by `node scripts/rounds.mjs`: change it there.",
    " */",
  ];
}

const PINNING = [
  " * A processor has other units for vectors than for integers, and the rounds in lanes leave the latter idle: taken in turn, the message in",
  " * scalar registers costs next to nothing. A compiler is free to gather all that concerns one message, and V8 11 does, which makes a block of",
  " * SHA-256 cost 92 ns rather than 65. A store of no other use at the end of each round pins it to its place. It also keeps the code a quarter",
  " * smaller when compressed.",
  " *",
];

function imports({ hash, hasSingle }) {
  const { laneConstants, constants, constantsFile, functions, temporary, schedule, sigma, single } = hash;
  const areas = [
    "STATE",
    "WORDS",
    ...(laneConstants === constants ? [] : [laneConstants]),
    ...(hasSingle ? ["PINNED", ...single.areas] : []),
  ];
  const needsConstants = hasSingle || laneConstants === constants;
  const used = [temporary, schedule, sigma].flatMap(([one, many]) => (hasSingle ? [one, many] : [many]));
  return [
    `import { ${areas.sort().join(", ")} } from "../src/abi";`,
    ...(needsConstants ? [`import { ${constants} } from "${constantsFile}";`] : []),
    `import { ${used.sort().join(", ")} } from "${functions}";`,
  ];
}

function signature({ name, hash, hasSingle }) {
  const inLanes = `the block${hasSingle ? "" : "s"} in WORDS into STATE`;
  const count = { 2: "two", 4: "four" }[hash.lanes];
  return [
    hasSingle
      ? `/** Compresses the blocks in WORDS into STATE, in ${count} lanes, and ${hash.where}. */`
      : `/** Compresses ${inLanes}, in ${count} lanes. */`,
    `export function ${name}(${hasSingle ? hash.single.parameters : ""}): void {`,
  ];
}

const LETTERS = ["a", "b", "c", "d", "e", "f", "g", "h"];
const capital = (letter) => `s${letter.toUpperCase()}`;

/** State and block of all messages, into locals. */
function loads({ hash, hasSingle }) {
  const { word, wordBytes, single } = hash;
  const words = Array.from({ length: UNROLLED }, (_, index) => index);
  return [
    ...LETTERS.map((letter, index) => `let ${letter} = v128.load(STATE, ${16 * index});`),
    ...words.map((index) => `let w${index} = v128.load(WORDS, ${16 * index});`),
    ...(hasSingle
      ? [
          "",
          ...LETTERS.map((letter, index) => `let ${capital(letter)} = load<${word}>(${single.state}, ${wordBytes * index});`),
          ...words.map((index) => `let sW${index} = ${single.block(wordBytes * index)};`),
        ]
      : []),
  ];
}

/** Maj(a, b, c) = b ^ ((a ^ b) & (b ^ c)), and b ^ c is the round before's a ^ b: x and y take turns. */
function declarations({ hash, hasSingle }) {
  const { word } = hash;
  return [
    ...["let x: v128;", "let y = v128.xor(b, c);", "let t: v128;"],
    ...(hasSingle ? [`let sX: ${word};`, "let sY = sB ^ sC;", `let sT: ${word};`] : []),
  ];
}

/** Those whose words are the block's own. */
function firstRounds(kernel) {
  const { laneConstants, constants } = kernel.hash;
  return times(UNROLLED, (round) => [...laneRound(kernel, round, laneConstants), ...singleRound(kernel, round, constants)]);
}

/** Those whose words are made of earlier ones, in a loop. */
function otherRounds(kernel) {
  const { rounds, wordBytes, laneConstants, constants } = kernel.hash;
  const isSpread = laneConstants !== constants;
  const bytes = isSpread ? 16 : wordBytes;
  const hasOwn = kernel.hasSingle && isSpread;
  const body = times(UNROLLED, (round) => [
    ...laneWord(kernel, round),
    ...laneRound(kernel, round, "k"),
    ...singleWord(kernel, round),
    ...singleRound(kernel, round, hasOwn ? "sK" : "k"),
  ]);
  return [
    ...(hasOwn ? [`let sK: usize = ${constants} + ${wordBytes * UNROLLED};`] : []),
    `const end: usize = ${laneConstants} + ${bytes * rounds};`,
    `for (let k: usize = ${laneConstants} + ${bytes * UNROLLED}; k < end; k += ${bytes * UNROLLED}) {`,
    ...indented(body),
    ...(hasOwn ? [`  sK += ${wordBytes * UNROLLED};`] : []),
    "}",
  ];
}

function laneRound({ hash, hasSingle }, round, base) {
  const { vector, temporary, sigma, laneConstant } = hash;
  const [a, b, , d, e, f, g, h] = rotated(round);
  const [x, y] = turned(round);
  return [
    `t = ${temporary[1]}(${e}, ${f}, ${g}, ${h}, ${laneConstant(base, round)}, w${round});`,
    `${d} = ${vector}.add(${d}, t);`,
    `${x} = v128.xor(${a}, ${b});`,
    `${h} = ${vector}.add(t, ${vector}.add(${sigma[1]}(${a}), v128.xor(${b}, v128.and(${x}, ${y}))));`,
    ...(hasSingle ? [`v128.store(PINNED, ${h});`] : []),
  ];
}

function singleRound({ hash, hasSingle }, round, base) {
  if (!hasSingle) return [];
  const { word, wordBytes, temporary, sigma } = hash;
  const [a, b, , d, e, f, g, h] = rotated(round).map(capital);
  const [x, y] = turned(round).map(capital);
  return [
    `sT = ${temporary[0]}(${e}, ${f}, ${g}, ${h}, load<${word}>(${base}, ${wordBytes * round}) + sW${round});`,
    `${d} += sT;`,
    `${x} = ${a} ^ ${b};`,
    `${h} = sT + ${sigma[0]}(${a}) + (${b} ^ (${x} & ${y}));`,
    `store<${word}>(PINNED, ${h}, 16);`,
  ];
}

function laneWord({ hash }, round) {
  return [`w${round} = ${hash.schedule[1]}(${earlier(round, "w")});`];
}

function singleWord({ hash, hasSingle }, round) {
  return hasSingle ? [`sW${round} = ${hash.schedule[0]}(${earlier(round, "sW")});`] : [];
}

/** The words sixteen, fifteen, seven and two rounds before, sixteen locals taking turns. */
function earlier(round, name) {
  return [16, 15, 7, 2].map((before) => `${name}${(round + UNROLLED - before) % UNROLLED}`).join(", ");
}

/** The state's letters move on by one with each round, and the values stay where they are. */
function rotated(round) {
  return LETTERS.map((_, index) => LETTERS[(index + 8 * UNROLLED - round) % 8]);
}

function turned(round) {
  return round % 2 ? ["y", "x"] : ["x", "y"];
}

function sums({ hash, hasSingle }) {
  const { word, wordBytes, vector, single } = hash;
  const inLanes = (letter, index) => `v128.store(STATE, ${vector}.add(v128.load(STATE, ${16 * index}), ${letter}), ${16 * index});`;
  const alone = (letter, index) => {
    const offset = wordBytes * index;
    return `store<${word}>(${single.state}, load<${word}>(${single.state}, ${offset}) + ${capital(letter)}, ${offset});`;
  };
  return [...LETTERS.map(inLanes), ...(hasSingle ? LETTERS.map(alone) : [])];
}

function times(count, lines) {
  return Array.from({ length: count }, (_, index) => lines(index)).flat();
}

function indented(lines) {
  return lines.map((line) => (line ? `  ${line}` : line));
}

if (process.argv[1] === import.meta.filename) {
  for (const kernel of KERNELS) if (kernel.isUsed) writeFileSync(join(root, "assembly", kernel.file), kernelText(kernel));
}
