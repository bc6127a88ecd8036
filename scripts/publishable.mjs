/**
 * Refuses to publish (`prepublishOnly`) until package.json says where the package's own repository, page and bug list are: `npm publish
 * --provenance` compares the repository with the one that it runs in, and readers follow the others.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./command.mjs";

/**
 * What is missing of a manifest: the names of its members.
 *
 * @param {Record<string, any>} manifest
 */
export function missingOf({ repository, homepage, bugs }) {
  const addresses = { repository: repository?.url ?? repository, homepage, bugs: bugs?.url ?? bugs };
  return Object.keys(addresses).filter((name) => typeof addresses[name] !== "string" || !URL.canParse(addresses[name]));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const missing = missingOf(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  if (missing.length) {
    console.error(`Expected package.json to have ${missing.join(", ")}, each an address: set them first (CONTRIBUTING.md, "Releasing")`);
    process.exitCode = 1;
  }
}
