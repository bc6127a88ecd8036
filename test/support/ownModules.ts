/**
 * Runs before each file of tests. Workers serve many files (`isolate: false`), which saves their start; each file still loads every module
 * anew, so that no state of the library passes from one file to the next. What a file changes of the process itself it restores: one that
 * does not fails here, rather than another one somewhere.
 */
import { afterAll, vi } from "vitest";

const GLOBALS = [
  ...(["setTimeout", "clearTimeout", "setInterval", "setImmediate", "queueMicrotask", "Date", "performance"] as const),
  ...(["fetch", "crypto", "WebAssembly", "Buffer", "FinalizationRegistry", "WeakRef"] as const),
];

vi.resetModules();

const before = stateOfProcess();

afterAll(() => {
  const after = stateOfProcess();
  const changed = Object.keys({ ...before, ...after }).filter((name) => !Object.is(before[name], after[name]));
  if (changed.length) throw new Error(`Expected the file to leave the process as it was, got other values of ${changed.join(", ")}`);
});

/** What tests replace to see what the library does with it. */
function stateOfProcess(): Record<string, unknown> {
  const builtIn = Object.fromEntries(
    [Object, Array, Function, String, Number, Promise, Map, Uint8Array, Error].flatMap(({ name, prototype }) => {
      const names = Reflect.ownKeys(prototype) as (keyof typeof prototype)[];
      return names.map((key) => [`${name}.prototype.${String(key)}`, Object.getOwnPropertyDescriptor(prototype, key)?.value]);
    }),
  );
  return {
    ...builtIn,
    ...Object.fromEntries(GLOBALS.map((name) => [name, globalThis[name]])),
    ...{ "Date.now": Date.now, "performance.now": performance.now, "crypto.subtle": crypto.subtle },
    ...{ "process.getBuiltinModule": process.getBuiltinModule, "process.exitCode": process.exitCode, "process.cwd": process.cwd() },
    ...Object.fromEntries(Object.entries(process.env).map(([name, value]) => [`process.env.${name}`, value])),
  };
}
