/** However the command ends while its progress bar is drawn, the terminal is as it was, and the bar is gone. */
import { once } from "node:events";
import { afterAll, describe, expect, it } from "vitest";
import { Folder } from "../command.js";
import { inTerminal, screenOf, startInTerminal, TERMINAL } from "../terminal.js";

const folder = new Folder();
afterAll(() => folder.remove());

const endless = ["generate", "--count", "1000000000", "--out", "/dev/null", ...folder.key];
const CTRL_C = "\u0003";
/** Clears the line from the cursor on, as the bar's end does. */
const CLEARED = ["\u001b[K", "\u001b[0K", "\u001b[2K"];

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo() && waited < 20_000; waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe.skipIf(!TERMINAL).concurrent("a progress bar", () => {
  it("is gone when all is done", async () => {
    const { code, screen } = await inTerminal(["generate", "--count", "20000", "--out", "/dev/null", ...folder.key]);
    expect(code).toBe(0);
    expect(screen).toContain("tokens");
    expectClean(screen, /wrote 19,100 ACCEPTED/);
  });

  it("is gone after Ctrl-C, which ends the command", async () => {
    const child = startInTerminal(endless);
    const screen = screenOf(child);
    await until(() => screen.text.includes(" to go"));
    child.stdin?.write(CTRL_C);
    const [code] = await once(child, "close");
    expect(code).toBe(130);
    expectClean(screen.text, /$/);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])("is gone after %s, which ends the command", async (signal, ended) => {
    // The shell tells its own number, which the command takes over.
    const child = startInTerminal(endless, {}, (command) => `echo "pid $$"; exec ${command}`);
    const screen = screenOf(child);
    await until(() => screen.text.includes(" to go"));
    process.kill(Number(/pid (\d+)/.exec(screen.text)?.[1]), signal);
    const [code] = await once(child, "close");
    expect(code).toBe(ended);
    expectClean(screen.text, /$/);
  });

  it("is gone after an error", async () => {
    const { code, screen } = await inTerminal(["generate", "--count", "100000", "--out", "/dev/full", ...folder.key]);
    expect(code).toBe(2);
    expectClean(screen, /Expected `--out \/dev\/full` to be a new file .*, got a full disk/);
  });

  it("is gone when the reader of the results goes away", async () => {
    const { screen } = await inTerminal(
      ["generate", "--count", "1000000", ...folder.key],
      {},
      (command) => `${command} | head -1 >/dev/null`,
    );
    expectClean(screen, /$/);
  });
});

/** Line wrap and cursor were never touched, and after the bar's last drawing its line was cleared. */
function expectClean(screen: string, last: RegExp): void {
  for (const mode of ["\u001b[?7l", "\u001b[?25l"]) expect(screen).not.toContain(mode);
  const bar = Math.max(screen.lastIndexOf("tokens, "), screen.lastIndexOf("tokens …"));
  expect(bar).toBeGreaterThan(0);
  expect(CLEARED.some((clear) => screen.slice(bar).includes(clear))).toBe(true);
  expect(screen.slice(bar)).toMatch(last);
}
