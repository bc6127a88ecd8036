/** The types of peers.mjs, for the tests. */
import type { Peer } from "./build.mjs";

export const PEERS: readonly Peer[];
