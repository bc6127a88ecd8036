/** The types of build.mjs, for the tests. */
export interface Peer {
  readonly contender: string;
  readonly what: "verify" | "tags";
  readonly packages: readonly string[];
  readonly library?: string;
  readonly concerns?: (version?: string) => boolean;
  readonly commands: (
    program: string,
    found: Readonly<Record<string, string>>,
  ) => readonly {
    readonly file: string;
    readonly args: readonly string[];
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  }[];
}

export function buildPeers(settings: {
  readonly peers?: readonly Peer[];
  readonly output: string;
  readonly versionOf?: (name: string) => Promise<string | undefined>;
}): Promise<{
  readonly built: readonly (Peer & { readonly program: string; readonly version?: string })[];
  readonly missing: readonly { readonly contender: string; readonly package: string }[];
  readonly failed: readonly { readonly contender: string; readonly reason: string }[];
}>;
