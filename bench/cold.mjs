/**
 * The cold start: each sample is a process of its own that imports, makes a verifier, judges one token and then a first batch. What
 * counts as the result is the first batch; the phases before it are beside it, in milliseconds.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, fleetOf, resultOf } from "./block.mjs";
import { contenderNamed } from "./contenders/index.mjs";
import { prove } from "./prove.mjs";
import { orderOf } from "./rounds.mjs";

const CHILD = fileURLToPath(new URL("coldStart.mjs", import.meta.url));

/** As `measureBlock`, for the block of cold scenarios. */
export async function measureCold({ scenarios: [scenario], timing: { rounds } }, { progress, signal }) {
  const fleet = fleetOf({ ...scenario, pool: scenario.batch });
  const samples = new Map();
  const failed = [];
  for (const name of scenario.contenders) {
    try {
      const contender = contenderNamed(name, scenario.group);
      await prove(await contender.make(await contender.load(), fleet.context), fleet, contender.judges);
      samples.set(name, { kind: contender.kind, wall: [], cpu: [], phases: [] });
    } catch (error) {
      failed.push({ contender: name, scenario: scenario.id, reason: error.message });
    }
  }
  let round = 0;
  for (; round < rounds && !signal?.aborted; round++) {
    for (const name of orderOf([...samples.keys()], round)) {
      try {
        const { wall, cpu, ...phases } = await startCold({ name, group: scenario.group, context: fleet.context, tokens: fleet.tokens });
        const sample = samples.get(name);
        sample.wall.push(wall);
        sample.cpu.push(cpu);
        sample.phases.push(phases);
      } catch (error) {
        samples.delete(name);
        failed.push({ contender: name, scenario: scenario.id, reason: error.message });
      }
    }
    progress((round + 1) / rounds);
  }
  const results = [...samples].filter(([, { wall }]) => wall.length > 0).map(([name, { kind, ...rest }]) => resultOf({ name, kind }, rest));
  return { scenarios: [describe(scenario, fleet, results)], failed, interrupted: round < rounds };
}

/** One fresh process: `{ wall, cpu }` of the first batch in ns per token, `importMs`, `createMs` and `firstMs`. */
function startCold(work) {
  // A group of its own, so that Ctrl-C ends the round and not this process in the middle.
  const child = fork(CHILD, { execArgv: [], serialization: "advanced", detached: true, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  return new Promise((resolve, reject) => {
    let complaint = "";
    let answer;
    child.stderr.on("data", (text) => (complaint += text));
    child.on("message", (message) => (answer = message));
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0 && answer) resolve(answer);
      else reject(new Error(`Expected a fresh process to end well, got status ${status}: ${complaint.trim().split("\n").at(-1)}`));
    });
    child.send(work);
  });
}
