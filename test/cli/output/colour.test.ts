import { afterAll, describe, expect, it } from "vitest";
import { Folder, run } from "../command.js";
import { inTerminal, TERMINAL } from "../terminal.js";

const folder = new Folder();
afterAll(() => folder.remove());

const args = ["verify", ...folder.key, "x"];
const RED = "\u001b[31mMALFORMED\u001b[39m";

describe.concurrent("colour", () => {
  it.each([
    ["none in a pipe", {}, false],
    ["in a pipe where FORCE_COLOR asks for it", { FORCE_COLOR: "1" }, true],
    ["in a pipe where FORCE_COLOR is empty", { FORCE_COLOR: "" }, true],
    ["none where FORCE_COLOR is 0", { FORCE_COLOR: "0" }, false],
    ["where both are set, as FORCE_COLOR says", { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
  ])("is there: %s", async (_, env, isThere) => {
    const { stdout } = await run(args, { env: { NO_COLOR: "", ...env } });
    expect(stdout.includes(RED)).toBe(isThere);
    expect(stdout).toContain("MALFORMED");
  });

  it.skipIf(!TERMINAL).each([
    ["is there", {}, true],
    ["is not there for NO_COLOR", { NO_COLOR: "1" }, false],
    ["is there for an empty NO_COLOR", { NO_COLOR: "" }, true],
    ["is not there where the terminal has none", { TERM: "dumb" }, false],
  ])("in a terminal %s", async (_, env, isThere) => {
    const { screen } = await inTerminal(args, { env: { NO_COLOR: "", TERM: "xterm", ...env } });
    expect(screen.includes(RED)).toBe(isThere);
  });

  it("is never within JSON", async () => {
    expect((await run([...args, "--json"], { env: { FORCE_COLOR: "1" } })).stdout).not.toContain("\u001b");
  });
});
