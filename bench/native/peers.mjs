/**
 * The native peers as data: what is needed of Debian, and how each is built.
 *
 * `what` is "verify" for one that judges whole tokens, "tags" for one that stops at the signature. `packages` are names as dpkg knows
 * them, "a | b" where either will do; `library` is the one whose version is told. `commands(program, found)` are those that build
 * `program`; `found` maps each entry of `packages` to the package that is installed. `concerns(version)`, where there is one, says
 * whether the peer is to be had of that version of the library.
 *
 * @typedef {{ file: string, args: readonly string[], cwd?: string, env?: Record<string, string> }} Command
 * @typedef {{
 *   contender: string,
 *   what: "verify" | "tags",
 *   packages: readonly string[],
 *   library: string,
 *   concerns?: (version?: string) => boolean,
 *   commands: (program: string, found: Record<string, string>) => readonly Command[],
 * }} Peer
 */
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = dirname(fileURLToPath(import.meta.url));
const COMPILER = ["gcc", "libc6-dev"];
const GOLANG_JWT = "golang-github-golang-jwt-jwt-v5-dev | golang-github-golang-jwt-jwt-dev";

/** @type {readonly Peer[]} */
export const PEERS = [
  {
    contender: "Rust jsonwebtoken",
    what: "verify",
    packages: ["cargo", "rustc", ...COMPILER, "librust-jsonwebtoken-dev", "librust-serde-dev", "librust-libc-dev"],
    library: "librust-jsonwebtoken-dev",
    commands: buildRust,
  },
  {
    contender: "libjwt",
    what: "verify",
    packages: [...COMPILER, "libjwt-dev"],
    library: "libjwt-dev",
    commands: (program) => buildC(program, "libjwt.c", ["-ljwt"]),
  },
  { contender: "golang-jwt", what: "verify", packages: ["golang-go", GOLANG_JWT], library: GOLANG_JWT, commands: buildGo },
  {
    contender: "OpenSSL, midstates",
    what: "tags",
    packages: [...COMPILER, "libssl-dev"],
    library: "libssl-dev",
    commands: (program) => buildC(program, "openssl.c", ["-lcrypto"]),
  },
  // ipsec-mb 2 has no manager for AVX; its SSE one has four lanes as well.
  ipsecMb("ipsec-mb AVX ×4", "avx", "IMB_CPUFLAGS_AVX", { before: 2 }),
  ipsecMb("ipsec-mb SSE ×4", "sse", "IMB_CPUFLAGS_SSE", { from: 2 }),
  ipsecMb("ipsec-mb AVX2 ×8", "avx2", "IMB_CPUFLAGS_AVX2"),
  ipsecMb("ipsec-mb AVX-512 ×16", "avx512", "IMB_CPUFLAGS_AVX512"),
  ipsecMb("ipsec-mb SHA-NI", "sse", "IMB_CPUFLAGS_SSE_T2", { flags: "0" }),
];

/** With `before` or `from`, it is a peer only of versions before or from that one. Where none is installed, Debian's is thought to be 1. */
function ipsecMb(contender, manager, features, { flags = "IMB_FLAG_SHANI_OFF", before = Number.POSITIVE_INFINITY, from = 0 } = {}) {
  const defines = [`-DMANAGER=${manager}`, `-DFEATURES=${features}`, `-DFLAGS=${flags}`];
  return {
    contender,
    what: "tags",
    packages: [...COMPILER, "libipsec-mb-dev"],
    library: "libipsec-mb-dev",
    concerns: (version = "1") => Number.parseInt(version, 10) >= from && Number.parseInt(version, 10) < before,
    commands: (program) => buildC(program, "ipsecMb.c", ["-lIPSec_MB"], defines),
  };
}

function buildC(program, source, libraries, defines = []) {
  const flags = ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Wpedantic", "-Werror", ...defines];
  return [{ file: "/usr/bin/gcc", args: [...flags, "-o", program, "peer.c", source, ...libraries], cwd: home }];
}

/** Outside of modules, so that Go looks for nothing but Debian's sources. */
function buildGo(program, found) {
  const tags = found[GOLANG_JWT].includes("-v5-") ? ["-tags", "v5"] : [];
  const env = { GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOCACHE: `${program}.cache`, GOFLAGS: "" };
  return [{ file: "/usr/bin/go", args: ["build", ...tags, "-o", program, "."], cwd: join(home, "golang"), env }];
}

/** In a copy, since Cargo writes a lock beside the sources, which holds for this machine only. */
function buildRust(program) {
  const folder = `${program}.cargo`;
  mkdirSync(folder, { recursive: true });
  cpSync(join(home, "rust"), folder, { recursive: true });
  const debian = ['source.crates-io.replace-with="debian"', 'source.debian.directory="/usr/share/cargo/registry"'];
  const args = ["build", "--release", "--offline", "--quiet", ...debian.flatMap((line) => ["--config", line])];
  return [
    { file: "/usr/bin/cargo", args, cwd: folder, env: { RUSTC: "/usr/bin/rustc", CARGO_TARGET_DIR: join(folder, "target") } },
    { file: "/bin/cp", args: [join(folder, "target/release/peer"), program], cwd: folder },
  ];
}
