/** What a figure depends on besides the code: machine, load, versions. */
import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";
import { PACKAGES } from "./contenders/index.mjs";
import { versionOf } from "./packages.mjs";

export function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release().split(".").slice(0, 2).join(".")}`,
    arch: arch(),
  };
}

/** The one-minute load average. */
export const load = () => Math.round(loadavg()[0] * 100) / 100;

export function versions() {
  const own = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const rivals = PACKAGES.map((name) => [name, versionOf(name)]).filter(([, version]) => version !== undefined);
  return { [own.name]: own.version, ...Object.fromEntries(rivals) };
}
