/**
 * Times contenders fairly in one process: they take turns within a round, the order changes from round to round, and
 * what counts is the ratio inside each round, since a shared machine drifts. tinybench runs its tasks one after the other,
 * so each round is a bench of its own.
 */
import { setImmediate } from "node:timers/promises";
import { Bench } from "tinybench";

/**
 * Each runner is a function that works through `perCall` tokens. For each there are samples in ns per token, one a round, and an
 * Error where it threw: it is out of the race then. `progress` is called with the share that is done; `signal` ends it after the
 * round that is running.
 *
 * @typedef {{ call: () => unknown, perCall: number, isAsync?: boolean }} Runner
 * @typedef {{ rounds?: number, sliceMs?: number, warmupMs?: number, progress?: (share: number) => void, signal?: AbortSignal }} Timing
 * @param {readonly Runner[]} runners
 * @param {Timing} timing
 * @returns {Promise<{ samples: { wall: number[], cpu: number[] }[], errors: (Error | undefined)[], interrupted: boolean }>}
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

/**
 * The wall times of runners by their names.
 *
 * @param {Record<string, Runner>} runners
 * @param {Timing} timing
 * @throws what one of them threw
 */
export async function timesOf(runners, timing) {
  const { samples, errors } = await takeTurns(Object.values(runners), timing);
  const error = errors.find(Boolean);
  if (error) throw error;
  return Object.fromEntries(Object.keys(runners).map((name, place) => [name, samples[place].wall]));
}

/**
 * For what measures itself and takes as long as it takes: each is called once a round, and what it returns are its samples, those of the
 * rounds of the warm-up left out.
 *
 * @template Sample
 * @param {Record<string, (round: number) => Sample | Promise<Sample>>} measures
 * @param {{ rounds: number, warmUp?: number }} timing
 * @returns {Promise<Record<string, Sample[]>>}
 */
export async function inRounds(measures, { rounds, warmUp = 0 }) {
  const names = Object.keys(measures);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const name of orderOf(names, round)) {
      const sample = await measures[name](round);
      if (round >= warmUp) samples[name].push(sample);
    }
  }
  return samples;
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
