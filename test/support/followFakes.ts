/**
 * The library takes its timers when it is loaded, and no fake that comes later reaches it. A test that has to make 30 seconds pass imports this
 * file before the library: what the library takes then asks what is there when it is called, be it a fake or not. The process has its own
 * again after the file.
 */
import { afterAll } from "vitest";

function follow<Holder extends object>(holder: () => Holder, name: keyof Holder & string): void {
  const [real, first] = [holder()[name] as (...values: unknown[]) => unknown, holder()];
  let isAsked = false;
  const forward = (...values: unknown[]): unknown => {
    const current = holder()[name] as typeof real;
    // A fake hands what is not its own to what it has replaced, which is this.
    if (current === forward || isAsked) return real.apply(first, values);
    isAsked = true;
    try {
      return current.apply(holder(), values);
    } finally {
      isAsked = false;
    }
  };
  const own = Object.getOwnPropertyDescriptor(first, name);
  Object.assign(first, { [name]: forward });
  afterAll(() => void (own ? Object.defineProperty(first, name, own) : delete first[name]));
}

for (const name of ["setTimeout", "clearTimeout"] as const) follow(() => globalThis, name);
follow(() => globalThis.performance, "now");
