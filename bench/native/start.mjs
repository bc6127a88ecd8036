/** Starts a native peer and reads what it prints. */
import { execFile } from "node:child_process";

const PATIENCE_MS = 120_000;

/**
 * Returns `{ rounds: [{ wall, cpu }] }` in ns per token, or `{ status, reason }` of a program that did not end with status 0.
 * With no rounds a program only proves itself.
 */
export function startPeer(program, { tokens, key, rounds = 0, now, issuer = "", audience = "" }, signal) {
  return new Promise((resolve) => {
    const args = [tokens, key, `${rounds}`, `${now}`, issuer, audience];
    execFile(program, args, { signal, timeout: PATIENCE_MS }, (error, stdout, stderr) => {
      if (error) resolve({ status: error.code, reason: lastLine(stderr) ?? endOf(error) });
      else resolve(readRounds(stdout, rounds));
    });
  });
}

const lastLine = (text) => text.trimEnd().split("\n").at(-1) || undefined;
const endOf = ({ code, signal }) => (signal ? `was ended by ${signal}` : `ends with status ${code}`);

function readRounds(text, expected) {
  const lines = text.split("\n").filter((line) => line !== "");
  const rounds = lines.map((line) => /^(\d+(?:\.\d+)?) (\d+(?:\.\d+)?)$/.exec(line)).map((match) => match && roundOf(match));
  if (lines.length !== expected) return { status: 0, reason: `prints ${lines.length} rounds, expected ${expected}` };
  const wrong = rounds.findIndex((round) => !(round?.wall > 0));
  if (wrong >= 0) return { status: 0, reason: `prints ${JSON.stringify(lines[wrong])}, expected two times in ns` };
  return { rounds };
}

const roundOf = ([, wall, cpu]) => ({ wall: Number(wall), cpu: Number(cpu) });
