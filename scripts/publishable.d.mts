export function missingOf(manifest: Record<string, unknown>): string[];
