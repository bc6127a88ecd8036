/**
 * Builds the native peers whose packages are there: `node bench/native/build.mjs`. What is built lies in build/native, outside
 * of git; nothing is fetched from anywhere.
 */
import { execFile } from "node:child_process";
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PEERS } from "./peers.mjs";

const run = promisify(execFile);
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is dpkg that fills it in.
const PACKAGE_FORMAT = "${db:Status-Status} ${source:Upstream-Version}";
const OUTPUT = fileURLToPath(new URL("../../build/native", import.meta.url));

/**
 * Builds what can be built, and says what cannot.
 *
 * @typedef {import("./peers.mjs").Peer} Peer
 * @typedef {{ contender: string, package: string }} Missing without its packages
 * @typedef {{ contender: string, set?: string, reason: string }} Failed that does not compile, or did not do what it should
 * @param {{
 *   peers?: readonly Peer[],
 *   output?: string,
 *   versionOf?: (name: string) => Promise<string | undefined>,
 *   progress?: (text: string) => void,
 *   signal?: AbortSignal,
 * }} settings
 * @returns {Promise<{ built: (Peer & { program: string, version?: string })[], missing: Missing[], failed: Failed[] }>}
 */
export async function buildPeers({ peers = PEERS, output = OUTPUT, versionOf = debianVersion, progress = () => {}, signal } = {}) {
  const result = { built: [], missing: [], failed: [] };
  mkdirSync(output, { recursive: true });
  for (const peer of peers) {
    const { contender, packages, library } = peer;
    const { found, absent } = await findPackages(packages, versionOf);
    const version = found[library] && (await versionOf(found[library]));
    if (peer.concerns && !peer.concerns(version)) continue;
    if (absent.length > 0) {
      result.missing.push({ contender, package: absent.join(", ") });
      continue;
    }
    if (signal?.aborted) break;
    progress(`building ${contender}`);
    const program = join(output, contender.replace(/[^A-Za-z0-9]+/g, "-"));
    try {
      for (const { file, args, cwd, env } of peer.commands(program, found))
        await run(file, args, { cwd, env: { ...process.env, ...env }, signal });
      result.built.push({ ...peer, program, version });
    } catch (error) {
      if (signal?.aborted) break;
      result.failed.push({ contender, reason: `does not compile: ${firstError(error)}` });
    }
  }
  return result;
}

/** `found` maps each entry, such as "a" or "a | b", to the package that is installed; `absent` are entries without one. */
async function findPackages(packages, versionOf) {
  const found = {};
  for (const entry of packages) {
    for (const name of entry.split(" | ")) {
      if (!found[entry] && (await versionOf(name))) found[entry] = name;
    }
  }
  return { found, absent: packages.filter((entry) => !found[entry]) };
}

/** The version of an installed package without what Debian adds to it, or undefined. */
async function debianVersion(name) {
  try {
    const { stdout } = await run("dpkg-query", ["--show", "--showformat", PACKAGE_FORMAT, name]);
    const [status, version] = stdout.split(" ");
    return status === "installed" ? version.replace(/\+(dfsg|ds).*$/, "") : undefined;
  } catch {
    return undefined;
  }
}

function firstError({ stderr = "", message }) {
  const lines = stderr.split("\n").filter((line) => line.trim());
  return lines.find((line) => /error/i.test(line)) ?? lines[0] ?? message;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { built, missing, failed } = await buildPeers({ progress: (text) => console.log(text) });
  for (const { contender, package: name } of missing) console.log(`missing ${contender}: ${name} (bench/native/install.sh)`);
  for (const { contender, reason } of failed) console.error(`failed ${contender}: ${reason}`);
  console.log(`${built.length} peers are in build/native`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
