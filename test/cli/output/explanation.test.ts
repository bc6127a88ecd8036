/** What is shown of a token is what stands in it, even where a double cannot hold it. */
import { afterAll, describe, expect, it } from "vitest";
import { Folder, NOW, run } from "../command.js";

const folder = new Folder();
afterAll(() => folder.remove());

const ID = "12345678901234567890";
const token = folder.token(`{"sub":"a","id":${ID},"huge":1e400,"exp":${NOW + 60}.0}`, `{"alg":"HS256","n":${ID}}`);
const odd = folder.token(`{"exp":1e400,"jti":${ID}}`);

describe.concurrent("inspect shows", () => {
  it.each([[[]], [folder.key]])("numbers as they stand %#", async (key) => {
    const { stdout } = await run(["inspect", "--now", String(NOW), ...key, token]);
    for (const line of [`  id    ${ID}\n`, "  huge  1e400\n", `  n    ${ID}\n`, `  exp   ${NOW + 60}.0   2027-`])
      expect(stdout).toContain(line);
  });

  it("them in JSON, too", async () => {
    const { stdout } = await run(["inspect", "--json", ...folder.key, token]);
    expect(stdout).toContain(`"claims":{"sub":"a","id":${ID},"huge":1e400,"exp":${NOW + 60}.0}`);
    expect(stdout).toContain(`"header":{"alg":"HS256","n":${ID}}`);
  });

  it("them where they are at fault", async () => {
    const { stdout } = await run(["inspect", "--jwt-id", "a", odd]);
    expect(stdout).toMatch(/^ {2}failed +exp +1e400 is no number of seconds$/m);
    expect((await run(["inspect", "--jwt-id", "a", folder.token(`{"jti":${ID}}`)])).stdout).toMatch(
      new RegExp(`^ {2}failed +jti +expected "a": it is ${ID}$`, "m"),
    );
  });
});
