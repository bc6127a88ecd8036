/** A host whose `Object.prototype` has been written to. */

/** A property descriptor that is not polluted itself. */
function descriptorOf(value: unknown): PropertyDescriptor {
  return Object.assign(Object.create(null), { value, writable: true, enumerable: true, configurable: true });
}

function pollute(names: readonly string[], value: unknown): void {
  const descriptor = descriptorOf(value);
  for (let index = 0; index < names.length; index++) Object.defineProperty(Object.prototype, names[index] as string, descriptor);
}

function clean(names: readonly string[]): void {
  for (let index = 0; index < names.length; index++)
    delete (Object.prototype as unknown as Record<string, unknown>)[names[index] as string];
}

/**
 * Does `work` while every object has these members, and all that follows from it without waiting for more than other microtasks: what the
 * process does besides finds nothing of it.
 */
export async function polluted(names: readonly string[], value: unknown, work: () => void): Promise<void> {
  // From a microtask, the next tick comes when no microtask is left.
  await undefined;
  await new Promise<void>((done) => {
    process.nextTick(() => {
      clean(names);
      done();
    });
    pollute(names, value);
    work();
  });
}
