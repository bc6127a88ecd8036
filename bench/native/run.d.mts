/** The types of run.mjs, for the tests. */
import type { Peer } from "./build.mjs";

export interface Native {
  readonly machine: Readonly<Record<"cpu" | "os" | "arch", string> & Record<"cores" | "memoryGiB", number>>;
  readonly results: readonly {
    readonly contender: string;
    readonly version?: string;
    readonly set: string;
    readonly what: "verify" | "tags";
    readonly wall: readonly number[];
    readonly cpu: readonly number[];
  }[];
  readonly missing: readonly { readonly contender: string; readonly package: string }[];
  readonly failed: readonly { readonly contender: string; readonly set?: string; readonly reason: string }[];
}

export function measureNative(settings?: {
  readonly progress?: (share: number, text: string) => void;
  readonly rounds?: number;
  readonly sets?: readonly string[];
  readonly peers?: readonly Peer[];
  readonly count?: number;
  readonly output?: string;
  readonly versionOf?: (name: string) => Promise<string | undefined>;
  readonly signal?: AbortSignal;
}): Promise<Native>;
