/**
 * Times contenders fairly in one process: they take turns within a round, the order changes from round to round, and
 * what counts is the ratio inside each round, since a shared machine drifts. tinybench runs its tasks one after the other,
 * so each round is a bench of its own.
 */
import { setImmediate } from "node:timers/promises";
import { Bench } from "tinybench";

/**
 * Each runner is `{ call, perCall, isAsync }`: a function that works through `perCall` tokens. Returns `{ samples, errors,
 * interrupted }`: for each runner `{ wall, cpu }` in ns per token, one a round, and an Error where it threw; who throws is
 * out of the race. `progress` is called with the share that is done; `signal` ends it after the round that is running.
 */
export async function takeTurns(runners, { rounds = 21, sliceMs = 40, warmupMs = 300, progress = () => {}, signal }) {
  const samples = runners.map(() => ({ wall: [], cpu: [] }));
  const errors = runners.map(() => undefined);
  const standing = () => [...runners.keys()].filter((place) => errors[place] === undefined);

  for (const { place, error } of await timeOnce(standing(), runners, warmupMs)) errors[place] = error;
  let round = 0;
  for (; round < rounds && !signal?.aborted; round++) {
    for (const { place, error, wall, cpu } of await timeOnce(orderOf(standing(), round), runners, sliceMs)) {
      errors[place] = error;
      samples[place].wall.push(wall);
      samples[place].cpu.push(cpu);
    }
    progress((round + 1) / rounds);
    // A signal is heard only where the event loop turns.
    await setImmediate();
  }
  return { samples, errors, interrupted: round < rounds };
}

/** Everybody begins in turn; every other round goes backwards, so that nobody always pays for what the same other left behind. */
export function orderOf(items, round) {
  const rotated = items.map((_, turn) => items[(turn + round) % items.length]);
  return round % 2 ? rotated.reverse() : rotated;
}

/** Each runner once, for `time` milliseconds, in the given order. CPU time is that of all threads of the process. */
async function timeOnce(order, runners, time) {
  const bench = new Bench({ time, iterations: 1, warmup: false, throws: false });
  const cpuMicroseconds = new Map();
  for (const place of order) {
    const { call, isAsync = false } = runners[place];
    let before;
    bench.add(`${place}`, call, {
      async: isAsync,
      beforeAll() {
        before = process.cpuUsage();
      },
      afterAll() {
        const { user, system } = process.cpuUsage(before);
        cpuMicroseconds.set(place, user + system);
      },
    });
  }
  const tasks = await bench.run();
  return tasks.map(({ name, runs, result }) => {
    const place = Number(name);
    if (result.state !== "completed") return { place, error: result.error ?? new Error(`Expected to run to the end, ${result.state}`) };
    const { perCall } = runners[place];
    return { place, wall: (result.latency.mean * 1e6) / perCall, cpu: (cpuMicroseconds.get(place) * 1e3) / (runs * perCall) };
  });
}
