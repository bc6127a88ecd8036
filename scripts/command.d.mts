export const root: string;
/** The file and arguments that start `command` of a package. */
export function commandLine(packageName: string, command: string, ...args: string[]): [file: string, args: string[]];
