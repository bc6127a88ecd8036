/** Errors of the system, in words. */

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "nothing of that name",
  EISDIR: "a directory",
  ENOTDIR: "a path through something that is no directory",
  EACCES: "one without permission",
  EPERM: "one without permission",
  EEXIST: "one that exists already",
  ENOSPC: "a full disk",
  EROFS: "one on a read-only disk",
  ENAMETOOLONG: "a name that is too long for one",
  ELOOP: "links that go round in circles",
  EMFILE: "too many open files",
  ENXIO: "a device that is not there",
  EIO: "a device that fails",
};

/** The reason of a system error, to stand after "got". */
export function systemReason(error: unknown): string {
  const code = systemCode(error) ?? "an unknown error";
  return REASONS[code] ?? code;
}

export function systemCode(error: unknown): string | undefined {
  const isOfSystem = error instanceof Error && Object.hasOwn(error, "syscall") && Object.hasOwn(error, "code");
  return isOfSystem ? String((error as Error & { readonly code?: unknown }).code) : undefined;
}

export function isBrokenPipe(error: unknown): boolean {
  return systemCode(error) === "EPIPE";
}
