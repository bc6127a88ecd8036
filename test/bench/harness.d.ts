/** What the tests know of the benchmark, which is plain JavaScript. */

declare module "*/bench/statistics.mjs" {
  export function quantile(values: readonly number[], share: number): number;
  export function median(values: readonly number[]): number;
  export function ratioOf(slow: readonly number[], fast: readonly number[]): { median: number; low: number; high: number };
}

declare module "*/bench/rounds.mjs" {
  export interface Runner {
    call(): void | Promise<void>;
    perCall: number;
    isAsync?: boolean;
  }
  export interface Samples {
    wall: number[];
    cpu: number[];
  }
  export interface Timing {
    rounds: number;
    sliceMs: number;
    warmupMs: number;
    progress?(share: number): void;
    signal?: AbortSignal;
  }
  export function orderOf<Item>(items: readonly Item[], round: number): Item[];
  export function takeTurns(
    runners: readonly Runner[],
    timing: Timing,
  ): Promise<{ samples: Samples[]; errors: (Error | undefined)[]; interrupted: boolean }>;
}

declare module "*/bench/fleet.mjs" {
  /** A secret or a public key. */
  export interface FleetKey {
    kid?: string;
    secret?: Uint8Array;
    publicKey?: import("node:crypto").KeyObject;
  }
  export interface Fleet {
    tokens: string[];
    good: Uint8Array;
    goodToken(index: number): string;
    badToken(index: number, defect: string): string;
    context: { keys: FleetKey[]; checks: object; now: number };
  }
  export const DEFECT_NAMES: string[];
  export function makeFleet(wanted: {
    set: string;
    algorithm?: string;
    keys?: number;
    count?: number;
    bad?: number;
    defect?: string;
  }): Fleet;
}

declare module "*/bench/contenders/nodeCrypto.mjs" {
  export const cryptoVerify: {
    judges: boolean;
    make(module: object, context: object): import("../../bench/prove.mjs").Instance;
  };
}

declare module "*/bench/prove.mjs" {
  export interface Instance {
    accepts(token: string): boolean | Promise<boolean>;
    run(tokens: readonly string[]): number | Promise<number>;
  }
  export function prove(instance: Instance, fleet: object, judges?: boolean, proofs?: number): Promise<void>;
}

declare module "*/bench/block.mjs" {
  export function walk(
    instance: { run(tokens: readonly string[]): number | Promise<number> },
    settings: { fleet: { tokens: readonly string[]; good: Uint8Array }; batch: number; isAsync: boolean; judges: boolean },
  ): { call(): void | Promise<void>; perCall: number };
}

declare module "*/bench/plan.mjs" {
  export interface Scenario {
    id: string;
    group: string;
    title: string;
    algorithm: string;
    set: string;
    batch: number;
    bad: number;
    keys: number;
    contenders: string[];
  }
  export const OURS: string;
  export function planOf(wanted?: { full?: boolean; filter?: string }): {
    blocks: { name: string; scenarios: Scenario[]; timing: { rounds: number } }[];
    stages: boolean;
    scaling: boolean;
  };
}

declare module "*/bench/floodCases.mjs" {
  export interface Flood {
    readonly title: string;
  }
  export function floodCases(library: object, count: number): Flood[];
  export function measureFlood(
    flood: Flood,
    plan: { rounds: number; calls: number },
  ): Promise<{ successRate: number; ratio: number; quiet: number; flooded: number; seconds: number; lookUps?: number; growth: number }>;
}
