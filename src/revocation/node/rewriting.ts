/**
 * Writes a revocation file anew: what there still is goes to another file, which then takes the place of this one, with all that came to this
 * one meanwhile.
 */
import { closeSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { attempt } from "../../base/attempt.js";
import { bare } from "../../base/own.js";
import type { RevocationEntry } from "../entry.js";
import { AppendFile } from "./appendFile.js";
import { type Content, inTurns, STEP } from "./content.js";
import type { Lock } from "./lock.js";
import { toLine } from "./records.js";

/** For the process that holds the lock. If it fails, the file is left as it is. */
export async function writeAnew(content: Content, lock: Lock): Promise<void> {
  const { journal } = content;
  const { temporary } = lock;
  let fresh: AppendFile | undefined;
  let reader: number | undefined;
  content.late = [];
  try {
    rmSync(temporary, bare({ force: true }));
    fresh = await AppendFile.open(temporary);
    reader = openSync(temporary, "r+");
    let lines = 0;
    for (const step of inSteps(content.list?.snapshot() ?? [])) lines += await writeLines(fresh, step);
    const stamp = content.stampNow();
    if (stamp) lines += await writeLines(fresh, [toLine(stamp)]);
    lines += await writeLate(content, fresh);
    if (!lock.isOurs() || !journal.isNamed() || !journal.isContinued())
      throw new Error(`Expected ${content.name} to be left to one process while it is written anew`);
    await fresh.rename(journal.path, dirname(journal.path));
    lines += await writeLate(content, fresh);
    await journal.replace(reader, fresh);
    content.lines = lines;
    content.separator = "";
    content.stamp = stamp;
    content.isIncomplete = false;
    content.list?.synced();
  } catch (error) {
    if (reader !== undefined) attempt(() => closeSync(reader as number));
    await fresh?.close().catch(() => undefined);
    throw error;
  } finally {
    content.late = undefined;
  }
}

function* inSteps(entries: Iterable<RevocationEntry>): Generator<string[]> {
  let lines: string[] = [];
  for (const entry of entries) {
    if (lines.push(toLine(entry)) < STEP) continue;
    yield lines;
    lines = [];
  }
  yield lines;
}

async function writeLines(file: AppendFile, lines: readonly string[]): Promise<number> {
  if (lines.length) await file.write(new TextEncoder().encode(lines.join("")));
  return lines.length;
}

/** Adds what has come to the file that is read, and synchronizes it. */
async function writeLate(content: Content, fresh: AppendFile): Promise<number> {
  if (content.journal.isContinued()) await inTurns(content.readLines(false));
  const late = content.late?.splice(0) ?? [];
  const count = await writeLines(fresh, late.map(toLine));
  await fresh.synchronize();
  return count;
}
