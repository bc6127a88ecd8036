/**
 * Runs the built command many times in one process, each time anew but for what it imports: a fiftieth of what a process of its own takes.
 * For each message, what the command would find in a process of its own, it answers with how the command ended.
 */
import { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";

process.on("message", ({ id, command, args, env, umask, folder, stdin }) => {
  last = last.then(() => once({ command, args, env, umask, folder, stdin })).then((ended) => process.send({ id, ...ended }));
});

let last = Promise.resolve();
let count = 0;

async function once({ command, args, env, umask, folder, stdin }) {
  const output = { stdout: "", stderr: "" };
  process.argv = [process.execPath, command, ...args];
  process.env = env;
  process.umask(umask);
  process.chdir(folder);
  replace("stdin", Readable.from(piecesOf(stdin), { objectMode: false }));
  for (const name of ["stdout", "stderr"]) replace(name, collector(output, name));
  process.exitCode = undefined;
  try {
    await import(`${pathToFileURL(command)}?${++count}`);
    // What was written without being waited for.
    await new Promise(setImmediate);
    return { code: process.exitCode ?? 0, ...output };
  } catch (error) {
    return { code: 1, stdout: output.stdout, stderr: `${output.stderr}${error.stack}` };
  } finally {
    process.exitCode = undefined;
  }
}

function replace(name, value) {
  Object.defineProperty(process, name, { value, configurable: true, enumerable: true });
}

/** As a pipe gives it. */
function* piecesOf(bytes) {
  for (let from = 0; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536);
}

function collector(output, name) {
  const pieces = new TextDecoder();
  return new Writable({
    decodeStrings: true,
    write(bytes, _, done) {
      output[name] += pieces.decode(bytes, { stream: true });
      done();
    },
  });
}
