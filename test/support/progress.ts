/**
 * Says every ten seconds how far a run is, where no terminal shows it: `83 of 229 files, 5120 tests, 64 s`. In a terminal vitest's own
 * reporters do.
 */
import type { Plugin } from "vitest/config";
import type { Reporter, TestModule, TestSpecification, Vitest } from "vitest/node";

const INTERVAL = 10_000;
/** The reporters that draw on a terminal how far they are. */
const DRAWING = new Set(["default", "verbose", "dot", "tree"]);

export class Progress implements Reporter {
  readonly #write: (line: string) => void;
  #files = 0;
  #done = 0;
  #tests = 0;
  #failed = 0;
  #start = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (line: string) => void = (line) => process.stderr.write(`${line}\n`)) {
    this.#write = write;
  }

  onTestRunStart(specifications: readonly Pick<TestSpecification, "moduleId">[]): void {
    this.#files = specifications.length;
    this.#done = this.#tests = this.#failed = 0;
    this.#start = performance.now();
    this.#timer = setInterval(() => this.#write(this.line()), INTERVAL).unref();
  }

  onTestModuleEnd({ children }: { children: Pick<TestModule["children"], "allTests"> }): void {
    this.#done++;
    this.#tests += [...children.allTests()].length;
    this.#failed += [...children.allTests("failed")].length;
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer);
  }

  line(): string {
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    const failed = this.#failed ? [`${this.#failed} failed`] : [];
    return [`${this.#done} of ${this.#files} files`, `${this.#tests} tests`, ...failed, `${seconds} s`].join(", ");
  }
}

/** Adds it to whatever reporters the command line asks for, which would replace those of the configuration. */
export function progress(): Plugin {
  return {
    name: "progress",
    configureVitest: ({ vitest }) => {
      if (!drawsItself(vitest)) addOnce(vitest.config.reporters);
    },
  };
}

function drawsItself({ config }: Vitest): boolean {
  return process.stdout.isTTY && config.reporters.some((reporter) => Array.isArray(reporter) && DRAWING.has(reporter[0]));
}

function addOnce(reporters: unknown[]): void {
  if (!reporters.some((reporter) => reporter instanceof Progress)) reporters.push(new Progress());
}
