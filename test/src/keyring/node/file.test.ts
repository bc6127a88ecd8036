/** Files that change under a ring: written anew, renamed over, swapped behind links, half-written, gone. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { KeyRing } from "../../../../src/keyring/keyRing.js";
import { type FileOptions, file } from "../../../../src/keyring/node/file.js";
import { createKeyRing } from "../../../../src/keyring/ring.js";
import { jwkThumbprint } from "../../../../src/keyring/thumbprint.js";
import { kidsOf, testJwk, testSecret, testSet, until } from "../../../support/ring.js";
import { base64url, NOW } from "../../../support/tokens.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wasm-jwt-file-"));
  path = join(folder, "jwks.json");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const errors: string[] = [];

function open(options: FileOptions = {}, from = path): KeyRing {
  errors.length = 0;
  const ring = createKeyRing({ source: file(from, options), onError: (error) => errors.push(error.message) });
  onTestFinished(() => ring.close());
  return ring;
}

const kids = (ring: KeyRing) => kidsOf(ring).join();

function write(...names: string[]): void {
  writeFileSync(path, JSON.stringify(testSet(...names)));
}

describe("a file", () => {
  it("has a JWK set, which is there at once", () => {
    write("a", "b");
    expect(kids(open())).toBe("a,b");
  });

  it("has a single JWK", () => {
    writeFileSync(path, JSON.stringify(testJwk("a")));
    expect(kids(open())).toBe("a");
  });

  it.each<[string, string | Uint8Array, FileOptions]>([
    ["as it is", testSecret("a"), {}],
    ["with a newline", `${Buffer.from(testSecret("a"))}\n`, {}],
    ["with a newline of Windows", `${Buffer.from(testSecret("a"))}\r\n`, {}],
    ["in base64url", `${base64url(testSecret("a"))}\n`, { encoding: "base64url" }],
  ])("has a secret %s", (_, content, options) => {
    writeFileSync(path, content);
    expect(
      open({ format: "secret", kid: "key", ...options })
        .at(NOW)
        .load(),
    ).toMatchObject([{ kid: "key", secret: testSecret("a") }]);
    expect(kids(open({ format: "secret", ...options }))).toBe(jwkThumbprint(testJwk("a")));
  });

  it.each<[string, () => unknown, FileOptions, string]>([
    ["is not there", () => undefined, {}, "to be readable, got ENOENT"],
    ["is a directory", () => mkdirSync(path), {}, "to be a regular file, got a directory"],
    ["is a device", () => symlinkSync("/dev/null", path), {}, "to be a regular file, got another kind"],
    ["is empty", () => writeFileSync(path, ""), {}, "to hold a JWK set, got nothing"],
    ["is no JSON", () => writeFileSync(path, "secret"), {}, "to hold a JWK set, got 6 bytes that are no JSON"],
    ["is too large", () => writeFileSync(path, "a".repeat(1_048_577)), {}, "to be at most 1048576 bytes, got 1048577"],
    [
      "has no usable key",
      () => writeFileSync(path, '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'),
      {},
      "Expected `keys[0]` to be at least 32 bytes",
    ],
    ["has no secret", () => writeFileSync(path, "\n"), { format: "secret" }, "to hold a secret, got nothing"],
    [
      "has a short secret",
      () => writeFileSync(path, "secret"),
      { format: "secret" },
      "to be at least 32 bytes for HS256 (RFC 7518 §3.2), got 6",
    ],
    ["has a JWK for a secret", () => write("a"), { format: "secret" }, "to be a secret, got what looks like the text of a JWK or JWK set"],
  ])("that %s makes no ring, and is named without being shown", (_, prepare, options, message) => {
    prepare();
    let error: unknown;
    try {
      open(options);
    } catch (caught) {
      error = caught;
    }
    expect((error as Error).message).toContain(JSON.stringify(path));
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain("c2VjcmV0");
  });

  it.each<[unknown, unknown, string]>([
    ["", {}, "Expected `path` to be the path of a file, got an empty string"],
    [5, {}, "Expected `path` to be the path of a file, got 5"],
    ["a", { format: "pem" }, 'Expected `format` to be "jwks" or "secret", got a string'],
    ["a", { format: "secret", encoding: "hex" }, 'Expected `encoding` to be "utf8" or "base64url", got a string'],
    ["a", { format: "secret", alg: "RS256" }, "Expected `alg` to be one of HS256"],
    ["a", { kid: "a" }, 'Expected `kid` to go with `format: "secret"`'],
    ["a", { pollInterval: 0 }, "Expected `pollInterval` to be a number of seconds from 0.05 to 86400, got 0"],
    ["a", { poll: 5 }, "Unknown option `poll`: did you mean `pollInterval`?"],
    ["a", null, "Expected `options` to be an object, got null"],
  ])("is refused for %j with %j", (from, options, message) => {
    expect(() => file(from as string, options as FileOptions)).toThrow(message);
  });
});

describe("a file that changes", () => {
  it.each<[string, () => void]>([
    ["written anew", () => write("b")],
    [
      "renamed over",
      () => {
        writeFileSync(`${path}.new`, JSON.stringify(testSet("b")));
        renameSync(`${path}.new`, path);
      },
    ],
    [
      "removed and made again",
      () => {
        unlinkSync(path);
        write("b");
      },
    ],
  ])("is read again when it is %s", async (_, change) => {
    write("a");
    const ring = open();
    expect(kids(ring)).toBe("a");
    change();
    await until(() => kids(ring) === "b");
  });

  it("is read again and again", async () => {
    write("0");
    const ring = open();
    for (let turn = 1; turn <= 5; turn++) {
      write(String(turn));
      await until(() => kids(ring) === String(turn));
    }
  });

  it("is read again on demand, at once", async () => {
    write("a");
    const ring = open({ pollInterval: 86_400 });
    write("b");
    const underWay = ring.reload();
    expect(kids(ring)).toBe("b");
    expect(await underWay).toBe(true);
  });

  it.each<[string, () => void, string]>([
    ["torn", () => writeFileSync(path, JSON.stringify(testSet("b")).slice(0, 40)), "bytes that are no JSON"],
    ["emptied", () => writeFileSync(path, ""), "got nothing"],
    ["without a key that can be read", () => writeFileSync(path, '{"keys":[{"kty":"oct"}]}'), "got no usable one"],
    ["gone", () => unlinkSync(path), "got ENOENT"],
  ])("keeps the keys while it is %s, reports, and goes on when it is whole", async (_, change, message) => {
    write("a");
    const ring = open();
    change();
    await until(() => errors.length > 0);
    expect(errors[0]).toContain(message);
    expect(errors[0]).toContain(JSON.stringify(path));
    expect([kids(ring), ring.status().lastError]).toEqual(["a", errors.at(-1)]);
    write("b");
    await until(() => kids(ring) === "b");
    expect(ring.status().lastError).toBeUndefined();
  });

  it("is seen behind links that are swapped, as Kubernetes does it", async () => {
    const mount = (version: string, ...names: string[]) => {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, "jwks.json"), JSON.stringify(testSet(...names)));
      symlinkSync(version, join(folder, "..data_tmp"));
      renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    };
    mount("..2026_11_01", "a");
    symlinkSync("..data/jwks.json", path);
    const ring = open({ pollInterval: 86_400 });
    expect(kids(ring)).toBe("a");
    mount("..2026_11_02", "b");
    await until(() => kids(ring) === "b");
    rmSync(join(folder, "..2026_11_01"), { recursive: true });
    mount("..2026_11_03", "c");
    await until(() => kids(ring) === "c");
    expect(errors).toEqual([]);
  });

  it("is seen behind a link in another folder, by looking", async () => {
    for (const name of ["a", "b"]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "jwks.json"), JSON.stringify(testSet(name)));
    }
    mkdirSync(join(folder, "app"));
    symlinkSync(join(folder, "a"), join(folder, "current"));
    symlinkSync(join(folder, "current", "jwks.json"), join(folder, "app", "jwks.json"));
    const ring = open({ pollInterval: 0.05 }, join(folder, "app", "jwks.json"));
    expect(kids(ring)).toBe("a");
    symlinkSync(join(folder, "b"), join(folder, "next"));
    renameSync(join(folder, "next"), join(folder, "current"));
    await until(() => kids(ring) === "b");
  });

  it("is watched in a folder that is another one now", async () => {
    const inner = join(folder, "config");
    mkdirSync(inner);
    path = join(inner, "jwks.json");
    write("a");
    const ring = open({ pollInterval: 0.05 });
    renameSync(inner, join(folder, "old"));
    mkdirSync(inner);
    write("b");
    await until(() => kids(ring) === "b");
    write("c");
    await until(() => kids(ring) === "c");
  });

  it("is not read for what happens to its neighbours", async () => {
    write("a");
    let loads = 0;
    const ring = createKeyRing({ source: file(path), onReload: () => loads++ });
    onTestFinished(() => ring.close());
    for (let turn = 0; turn < 5; turn++) writeFileSync(join(folder, "neighbour"), String(turn));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(loads).toBe(1);
  });

  it("is not watched once the ring is closed", async () => {
    write("a");
    const ring = open({ pollInterval: 0.05 });
    ring.close();
    write("b");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(kids(ring)).toBe("a");
  });
});
