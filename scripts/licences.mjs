/** The licences of what is bundled: of each package in the version that is in the bundle, which need not be the one at the top of node_modules. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** `inputs` are the files that went into the bundles, as paths from `root`. */
export function licencesOf(inputs, root) {
  const homes = new Set(inputs.flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? []));
  return [...homes]
    .map((home) => noticeOf(join(root, home), root))
    .sort()
    .join(`\n${"-".repeat(80)}\n\n`);
}

function noticeOf(home, root) {
  const { name, version, license } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  return `${name} ${version}, ${license}\n\n${licenceText(name, home, root).trim()}\n`;
}

/** The loader is published without the licence of AssemblyScript, which it is under. */
function licenceText(name, home, root) {
  if (name === "@assemblyscript/loader") return licenceText("assemblyscript", join(root, "node_modules/assemblyscript"), root);
  const file = existsSync(home) && readdirSync(home).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`Expected ${name}, which is bundled, to come with a licence`);
  return readFileSync(join(home, file), "utf8");
}
