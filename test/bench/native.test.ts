/** Native peers are shell scripts here: what is tested is how they are built, proved, timed and listed. No native package is needed. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { buildPeers } from "../../bench/native/build.mjs";
import { PEERS, type Peer } from "../../bench/native/peers.mjs";
import { measureNative } from "../../bench/native/run.mjs";

const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-peers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const COUNT = 64;
const nothing = async () => undefined;
const everything = async () => "1.2.3";

/** What a peer does, in the words of a shell: the pool has many tokens, a file with a bad one has one. */
const REJECT = "{ echo 'rejects a good token' >&2; exit 1; }";
const JUDGE_SIGNATURE = `[ "$(wc -l < "$1")" -eq ${COUNT} ] || case "$1" in *expired*) ;; *) ${REJECT} ;; esac`;
const JUDGE_TIME = `case "$1" in *expired*) ${REJECT} ;; esac`;
const JUDGE_ISSUER = `[ "$5" = https://auth.example.com ] || ${REJECT}`;
const JUDGE_AUDIENCE = `[ "$6" = mqtt-gateway ] || ${REJECT}`;
const JUDGE_ALL = [JUDGE_SIGNATURE, JUDGE_TIME, JUDGE_ISSUER, JUDGE_AUDIENCE];
const PRINT_ROUNDS = 'round=0; while [ $round -lt "$3" ]; do echo "250.5 240"; round=$((round + 1)); done';

/** A peer whose program is a script; its compiler copies it. */
function peer(contender: string, lines: readonly string[], fields: Partial<Peer> = {}): Peer {
  const source = join(folder, `${contender.replaceAll(" ", "-")}.sh`);
  writeFileSync(source, `#!/bin/sh\n${lines.join("\n")}\n`);
  chmodSync(source, 0o755);
  const commands = (program: string) => [{ file: "/bin/cp", args: [source, program] }];
  return { contender, what: "verify", packages: ["some-dev"], library: "some-dev", commands, ...fields };
}

const measure = (peers: readonly Peer[], settings: Partial<Parameters<typeof measureNative>[0]> = {}) =>
  measureNative({ peers, sets: ["mid"], rounds: 7, count: COUNT, output: folder, versionOf: everything, ...settings });

describe.skipIf(process.platform === "win32")("measureNative", () => {
  it("returns the machine, and ns per token of every round", async () => {
    const { machine, results, missing, failed } = await measure([peer("honest", [...JUDGE_ALL, PRINT_ROUNDS])]);
    const wall = Array(7).fill(250.5);
    const cpu = Array(7).fill(240);
    expect(results).toEqual([{ contender: "honest", version: "1.2.3", set: "mid", what: "verify", wall, cpu }]);
    expect({ missing, failed }).toEqual({ missing: [], failed: [] });
    expect(machine).toEqual({
      cpu: expect.any(String),
      cores: expect.any(Number),
      memoryGiB: expect.any(Number),
      os: expect.any(String),
      arch: process.arch,
    });
  });

  it("gives each set its own tokens, and its own issuer and audience", async () => {
    const log = join(folder, "calls.txt");
    const { results } = await measure(
      [peer("listening", [`echo "$3 $4 $5 $6" >> '${log}'`, JUDGE_SIGNATURE, PRINT_ROUNDS], { what: "tags" })],
      {
        sets: ["small", "big"],
        rounds: 1,
      },
    );
    expect(results.map(({ set, wall }) => [set, wall.length])).toEqual([
      ["small", 1],
      ["big", 1],
    ]);
    const calls = readFileSync(log, "utf8");
    expect(calls).toMatch(/^1 \d+ {2}$/m);
    expect(calls).toMatch(/^1 \d+ https:\/\/keycloak\.example\.com\/realms\/fleet mqtt-gateway$/m);
  });

  it.each([
    ["accepts a tampered token", [JUDGE_TIME, JUDGE_ISSUER, JUDGE_AUDIENCE]],
    ["accepts an expired token", [JUDGE_SIGNATURE, JUDGE_ISSUER, JUDGE_AUDIENCE]],
    ["accepts a token of another issuer", [JUDGE_SIGNATURE, JUDGE_TIME, JUDGE_AUDIENCE]],
    ["accepts a token for another audience", [JUDGE_SIGNATURE, JUDGE_TIME, JUDGE_ISSUER]],
    ["rejects a good token", [REJECT]],
    ["is out of order", ["echo 'first line' >&2; echo 'is out of order' >&2; exit 1"]],
    ["ends with status 7", ["exit 7"]],
    ["was ended by SIGSEGV", ["kill -SEGV $$"]],
    ["should reject a token and ends with status 3", [`[ "$(wc -l < "$1")" -eq ${COUNT} ] || exit 3`]],
    ["prints 0 rounds, expected 1", JUDGE_ALL],
    ['prints "fast", expected two times in ns', [...JUDGE_ALL, 'if [ "$3" -gt 0 ]; then echo fast; fi']],
  ])("lists one that %s as failed, and times the rest", async (reason, lines) => {
    const { results, failed } = await measure(
      [peer("faulty", [...lines, ...(reason.startsWith("prints") ? [] : [PRINT_ROUNDS])]), peer("honest", [...JUDGE_ALL, PRINT_ROUNDS])],
      {
        rounds: 5,
      },
    );
    expect(failed).toEqual([{ contender: "faulty", set: "mid", reason }]);
    expect(results.map(({ contender, wall }) => [contender, wall.length])).toEqual([["honest", 5]]);
  });

  it("asks of one that makes tags only that it rejects the tampered token", async () => {
    const { results, failed } = await measure([peer("tags", [JUDGE_SIGNATURE, PRINT_ROUNDS], { what: "tags" })]);
    expect(failed).toEqual([]);
    expect(results.map(({ contender, what }) => [contender, what])).toEqual([["tags", "tags"]]);
  });

  it("tells how far it is", async () => {
    const shares: number[] = [];
    const texts: string[] = [];
    const progress = (share: number, text: string) => {
      shares.push(share);
      texts.push(text);
    };
    await measure([peer("honest", [...JUDGE_ALL, PRINT_ROUNDS])], { progress });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(texts).toEqual(["building honest", "mid tokens, proving honest", ...Array(5).fill("mid tokens, honest")]);
  });

  it("lists what is missing with its package, and has no results then", async () => {
    const { results, missing, failed } = await measureNative({ versionOf: nothing, output: folder });
    expect({ results, failed }).toEqual({ results: [], failed: [] });
    expect(missing.map(({ contender }) => contender)).toEqual([
      "Rust jsonwebtoken",
      "libjwt",
      "golang-jwt",
      "OpenSSL, midstates",
      "ipsec-mb AVX ×4",
      "ipsec-mb AVX2 ×8",
      "ipsec-mb AVX-512 ×16",
      "ipsec-mb SHA-NI",
    ]);
    expect(missing.find(({ contender }) => contender === "libjwt")?.package).toBe("gcc, libc6-dev, libjwt-dev");
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const slow = peer("slow", [...JUDGE_ALL, 'if [ "$3" -gt 0 ]; then exec sleep 30; fi']);
    const progress = (_share: number, text: string) => {
      if (text === "mid tokens, slow") setTimeout(() => stop.abort(), 50);
    };
    expect(await measure([slow], { progress, signal: stop.signal })).toMatchObject({ results: [], failed: [] });
  });
});

describe.skipIf(process.platform === "win32")("buildPeers", () => {
  const build = (peers: readonly Peer[], installed: Readonly<Record<string, string>>) =>
    buildPeers({ peers, output: folder, versionOf: async (name) => installed[name] });

  it("takes the first of two packages that is there", async () => {
    const two = { packages: ["new-dev | old-dev"], library: "new-dev | old-dev" };
    const { built } = await build([peer("either", [], two)], { "old-dev": "4.0" });
    expect(built).toMatchObject([{ contender: "either", version: "4.0" }]);
  });

  it("names only the packages that are not there", async () => {
    const { missing } = await build([peer("half", [], { packages: ["here-dev", "new-dev | old-dev", "gone-dev"] })], { "here-dev": "1" });
    expect(missing).toEqual([{ contender: "half", package: "new-dev | old-dev, gone-dev" }]);
  });

  it("lists one that does not compile, with the compiler's error", async () => {
    const commands = () => [{ file: "/bin/sh", args: ["-c", "echo 'in file a:' >&2; echo 'a:1: error: no such thing' >&2; exit 1"] }];
    const { built, failed } = await build([peer("broken", [], { commands })], { "some-dev": "1" });
    expect(built).toEqual([]);
    expect(failed).toEqual([{ contender: "broken", reason: "does not compile: a:1: error: no such thing" }]);
  });

  it.each([
    ["1.3", "ipsec-mb AVX ×4"],
    ["2.0.1", "ipsec-mb SSE ×4"],
  ])("has the four lanes that ipsec-mb %s has", async (version, contender) => {
    const commands = () => [];
    const peers = PEERS.filter((each) => each.contender.endsWith("×4")).map((each) => ({ ...each, commands }));
    const { built } = await build(peers, { gcc: "12", "libc6-dev": "2", "libipsec-mb-dev": version });
    expect(built.map((each) => each.contender)).toEqual([contender]);
  });
});

describe("install.sh", () => {
  it("names every package that a peer needs", () => {
    const script = readFileSync(new URL("../../bench/native/install.sh", import.meta.url), "utf8");
    const [, list] = /PACKAGES=\(([^)]*)\)/.exec(script) ?? [];
    const needed = new Set(PEERS.flatMap(({ packages }) => packages.map((entry) => entry.replaceAll(" | ", "|"))));
    expect(new Set(list?.trim().replaceAll("'", "").split(/\s+/))).toEqual(needed);
  });
});
