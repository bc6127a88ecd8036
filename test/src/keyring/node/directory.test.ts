/** Directories of secrets, as Kubernetes mounts them. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createVerifier } from "../../../../src/index.js";
import type { KeyRing } from "../../../../src/keyring/keyRing.js";
import { type DirectoryOptions, directory } from "../../../../src/keyring/node/directory.js";
import { createKeyRing } from "../../../../src/keyring/ring.js";
import { kidsOf, secretOf, testJwk, testSecret, testSet, tokenOf, until } from "../../../support/ring.js";
import { base64url, NOW } from "../../../support/tokens.js";

let folder: string;
const errors: string[] = [];
beforeEach(() => {
  errors.length = 0;
  folder = mkdtempSync(join(tmpdir(), "wasm-jwt-directory-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

function open(options: DirectoryOptions = {}): KeyRing {
  const ring = createKeyRing({ source: directory(folder, options), onError: (error) => errors.push(error.message) });
  onTestFinished(() => ring.close());
  return ring;
}

const kids = (ring: KeyRing) => kidsOf(ring).join();

function write(name: string, content: string | Uint8Array = testSecret(name)): void {
  writeFileSync(join(folder, name), content);
}

/** Mounts secrets as Kubernetes does: files are links through `..data`, which is swapped for another folder in one step. */
function mount(version: string, ...names: string[]): void {
  const before = readdirSync(folder).filter((name) => !name.startsWith("."));
  mkdirSync(join(folder, version));
  for (const name of names) writeFileSync(join(folder, version, name), testSecret(name));
  symlinkSync(version, join(folder, "..data_tmp"));
  renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
  for (const name of names) if (!before.includes(name)) symlinkSync(join("..data", name), join(folder, name));
  for (const name of before) if (!names.includes(name)) unlinkSync(join(folder, name));
}

describe("a directory", () => {
  it("has a secret in each file, which names it", () => {
    write("2026-11");
    write("2026-10", `${Buffer.from(testSecret("2026-10"))}\n`);
    const ring = open();
    expect(ring.at(NOW).load()).toMatchObject([
      { kid: "2026-10", secret: testSecret("2026-10") },
      { kid: "2026-11", secret: testSecret("2026-11") },
    ]);
    expect(createVerifier({ keys: ring }).verifyBatch([tokenOf("2026-10"), tokenOf("2026-11"), tokenOf("2026-12")]).accepted).toBe(2);
  });

  it("may have secrets in base64url", () => {
    write("a", base64url(testSecret("a")));
    expect(open({ encoding: "base64url" }).at(NOW).load()).toMatchObject([{ kid: "a", secret: testSecret("a") }]);
  });

  it("may have JWK sets", () => {
    write("one.json", JSON.stringify(testSet("a", "b")));
    write("two.json", JSON.stringify({ keys: [testJwk("c"), { kty: "AKP" }, testJwk("x", { kid: "a" })] }));
    const ring = open({ format: "jwks" });
    expect(kids(ring)).toBe("b,c");
    expect(ring.status().problems.map((problem) => problem.slice(problem.lastIndexOf(": Expected") + 2))).toEqual([
      "Expected `keys[1].kty` to be oct, RSA, EC, OKP, got another kind",
      "Expected `one.json: keys[0].kid` to be the name of one key of its algorithm, got that of several",
      "Expected `two.json: keys[2].kid` to be the name of one key of its algorithm, got that of several",
    ]);
    expect(ring.status().problems[0]).toBe(
      `directory ${JSON.stringify(folder)}: two.json: Expected \`keys[1].kty\` to be oct, RSA, EC, OKP, got another kind`,
    );
  });

  it("is not looked into any deeper, nor at what is hidden", () => {
    write("a");
    write("..hidden", "short");
    mkdirSync(join(folder, "inner"));
    writeFileSync(join(folder, "inner", "b"), testSecret("b"));
    expect(kids(open())).toBe("a");
  });

  it.each([
    "main~",
    "#main#",
    ".#main",
    ".main.swp",
    "main.bak",
    "main.orig",
    "main.tmp",
    "main.swp",
    "README",
    "readme.md",
    ".gitkeep",
    "a b",
  ])("takes no %s for a key, and says so", (name) => {
    write("main");
    write(name);
    const ring = open();
    expect(kids(ring)).toBe("main");
    expect(ring.status().problems).toEqual([
      `directory ${JSON.stringify(folder)}: Expected file ${JSON.stringify(join(folder, name))} to have the name of a key, got another: it is no key`,
    ]);
  });

  it("takes a lock of an editor, which is a link to nothing, for no key", () => {
    write("main");
    symlinkSync("someone@host.123", join(folder, ".#main"));
    expect(kids(open())).toBe("main");
  });

  it.each(["2026-11", "tls.key", "device:7", "a@b", "k=1+2", "_", "backup", "readmes"])("takes %s for a key", (name) => {
    write(name);
    const ring = open();
    expect(kids(ring)).toBe(name);
    expect(ring.status().problems).toEqual([]);
  });

  it("has nothing to say of what Kubernetes mounts", () => {
    mount("..1", "old-1");
    const ring = open();
    expect(kids(ring)).toBe("old-1");
    expect(ring.status().problems).toEqual([]);
  });

  it("keeps all bytes of a secret that is binary, and ends in a newline", () => {
    const secret = new Uint8Array(32).fill(0xa5).fill(0x0a, 31);
    const twoBytes = new Uint8Array(33).fill(0).fill(0x0d, 31).fill(0x0a, 32);
    write("a", secret);
    write("b", twoBytes);
    write("c", `${Buffer.from(testSecret("c"))} é\r\n`);
    const ring = open();
    expect(ring.at(NOW).load()).toMatchObject([
      { secret },
      { secret: twoBytes },
      { secret: Uint8Array.from(Buffer.from(`${Buffer.from(testSecret("c"))} é`)) },
    ]);
    expect(ring.status().problems).toEqual([]);
  });

  const text = Buffer.from(testSecret("text")).toString();
  it.each<[string, string, string]>([
    ["ends in a blank", `${text} `, "blanks or line breaks at its ends"],
    ["ends in a blank before its newline", `${text} \n`, "blanks or line breaks at its ends"],
    ["ends in two newlines", `${text}\n\n`, "blanks or line breaks at its ends"],
    ["begins with a tab", `\t${text}`, "blanks or line breaks at its ends"],
    ["begins with a byte order mark", `\ufeff${text}`, "blanks or line breaks at its ends"],
    ["is in quotes", `"${text}"\n`, "quotes around it"],
    ["is in single quotes", `'${text}'`, "quotes around it"],
  ])("takes a secret that %s as it stands, and says so", (_, content, oddity) => {
    write("a", content);
    const ring = open();
    expect(ring.at(NOW).load()).toMatchObject([{ secret: Uint8Array.from(Buffer.from(content.replace(/\n$/, ""))) }]);
    expect(ring.status().problems).toEqual([
      `directory ${JSON.stringify(folder)}: Expected file ${JSON.stringify(join(folder, "a"))} to hold a secret and nothing else, got one with ${oddity}, which are taken`,
    ]);
  });

  it.each<[string, () => void, string]>([
    ["is gone", () => rmSync(folder, { recursive: true }), "to be a readable directory, got ENOENT"],
    ["has no file", () => undefined, "to hold keys for this ring, got no usable one"],
    ["has an empty file", () => write("b", ""), "to hold a secret, got nothing"],
    ["has a file too short", () => write("b", "short"), "to be at least 32 bytes"],
    ["has a public key", () => write("b", "-----BEGIN PUBLIC KEY-----"), "got what looks like a PEM key or certificate"],
    ["has a link to nothing", () => symlinkSync("nothing", join(folder, "b")), 'b" to be readable, got a link to nothing'],
  ])("that %s makes no ring, and is named", (_, prepare, message) => {
    prepare();
    expect(() => open()).toThrow(message);
    expect(() => open()).toThrow(JSON.stringify(folder).slice(1, -1));
  });

  it.each<[unknown, unknown, string]>([
    ["", {}, "Expected `path` to be the path of a directory, got an empty string"],
    ["a", { kid: "a" }, "Unknown option `kid`"],
    ["a", { format: "jwks", encoding: "utf8" }, 'Expected `encoding` to go with `format: "secret"`'],
  ])("is refused for %j with %j", (from, options, message) => {
    expect(() => directory(from as string, options as DirectoryOptions)).toThrow(message);
  });
});

describe("a directory that changes", () => {
  it("is read again when a file comes, changes or goes", async () => {
    write("a");
    const ring = open();
    write("b");
    await until(() => kids(ring) === "a,b");
    unlinkSync(join(folder, "a"));
    await until(() => kids(ring) === "b");
    write("b", testSecret("another"));
    await until(() => Buffer.from(secretOf(ring.at(NOW).load()[0]) ?? []).equals(testSecret("another")));
  });

  it("keeps its keys while a file is torn, reports, and goes on", async () => {
    write("a");
    write("b");
    const ring = open();
    write("b", "");
    await until(() => errors.length > 0);
    expect(kids(ring)).toBe("a,b");
    expect(errors[0]).toBe(`Expected file ${JSON.stringify(join(folder, "b"))} to hold a secret, got nothing`);
    write("b", testSecret("c"));
    await until(() => ring.status().lastError === undefined);
    expect(ring.at(NOW).load()).toMatchObject([{ kid: "a" }, { kid: "b", secret: testSecret("c") }]);
  });

  it("is seen when its link is swapped, as Kubernetes does it, and never half", async () => {
    mount("..1", "old-1", "old-2");
    const ring = createKeyRing({ source: directory(folder, { pollInterval: 86_400 }), onError: (error) => errors.push(error.message) });
    onTestFinished(() => ring.close());
    expect(kids(ring)).toBe("old-1,old-2");
    for (let turn = 2; turn < 8; turn++) {
      const names = turn % 2 ? ["old-1", "old-2"] : ["new-1", "new-2", "new-3"];
      mount(`..${turn}`, ...names);
      rmSync(join(folder, `..${turn - 1}`), { recursive: true });
      await until(() => kids(ring) === names.join());
    }
  });
});
