/**
 * Sums up the JSON reports of several vitest runs, for the last lines of `.ci/run`: each failed test with the first lines of its
 * error, then the totals. `node scripts/totals.mjs FOLDER` reads every report of a folder.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./command.mjs";

/** A property's error is long; what was expected and the seed are in its first lines. */
const LINES = 12;

/** What failed in one report: tests, and files that could not be loaded or whose hooks threw. */
export function failuresOf({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === "failed");
    const file = relative(root, name);
    if (!tests.length && status === "failed") return [{ title: file, error: firstLines(message) }];
    return tests.map(({ fullName, failureMessages }) => ({
      title: `${file} > ${fullName}`,
      error: firstLines(failureMessages.join("\n")),
    }));
  });
}

/** The failures by the run that met them, then the totals. */
export function summary(reports) {
  const sum = (field) => reports.reduce((total, { report }) => total + report[field], 0);
  return `${reports.map(failures).join("")}${sum("numPassedTests")} passed, ${sum("numFailedTests")} failed`;
}

function failures({ run, report }) {
  const failed = failuresOf(report).map(({ title, error }) => `FAILED [${run}] ${title}\n${error}\n\n`);
  if (!failed.length && !report.success) return `FAILED [${run}] no test, but the run: see what it printed\n\n`;
  return failed.join("");
}

function firstLines(text) {
  const lines = text.split("\n").slice(0, LINES);
  return lines.map((line) => `    ${line.slice(0, 500)}`).join("\n");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder] = process.argv.slice(2);
  const names = readdirSync(folder).sort();
  console.log(
    summary(names.map((name) => ({ run: basename(name, ".json"), report: JSON.parse(readFileSync(join(folder, name), "utf8")) }))),
  );
}
