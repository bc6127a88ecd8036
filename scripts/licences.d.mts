export function licencesOf(inputs: readonly string[], root: string): string;
