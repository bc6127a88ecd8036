export function engineModule(path: string): string;
