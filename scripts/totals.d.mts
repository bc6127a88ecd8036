export interface Outcome {
  status: string;
  fullName: string;
  failureMessages: string[];
}

interface Report {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: Outcome[];
  }[];
}
export function failuresOf(report: Report): { title: string; error: string }[];
export function summary(reports: { run: string; report: Report }[]): string;
