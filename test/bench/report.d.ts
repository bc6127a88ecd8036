/** What the tests know of the report, which is plain JavaScript. */

declare module "*/bench/report/index.mjs" {
  export function renderReport(results: unknown): string;
}

declare module "*/bench/report/scale.mjs" {
  export type Scale = ((value: number) => number) & { readonly ticks: readonly number[] };
  export function lengthScale(max: number, length: number, wanted?: number): Scale;
  export function logScale(domain: readonly [number, number], range: readonly [number, number], base?: number): Scale;
  export function stepScale(values: readonly number[], range: readonly [number, number]): Scale;
  export function thinned(scale: Scale, apart: number): readonly number[];
}

declare module "*/bench/report/text.mjs" {
  export function spread(places: readonly number[], gap: number, top: number, bottom: number): number[];
}

declare module "*/bench/report/markup.mjs" {
  export function html(literals: TemplateStringsArray, ...values: unknown[]): { toString(): string };
}

declare module "*/bench/report/resultsPage.mjs" {
  export function renderResults(results: unknown): string;
}

declare module "*/bench/report/readmeFigures.mjs" {
  export function withFigures(readme: string, results: unknown): string;
}

declare module "*/bench/report/parse.mjs" {
  export function parseResults(text: string, file: string): unknown;
}

declare module "*/bench/goals.mjs" {
  export interface Goal {
    readonly title: string;
    readonly atLeast?: number | Readonly<Record<number, number>>;
    readonly atMost?: number;
  }
  export interface Judged {
    readonly ratio: { readonly low: number; readonly median: number; readonly high: number };
    readonly goal?: number;
    readonly reached?: boolean;
  }
  export const GOALS: readonly Goal[];
  export function judgeGoal(goal: Goal, run: unknown, native?: unknown): Judged | undefined;
  export function greatestStage(run: unknown, set: string): { readonly name: string; readonly ns: number } | undefined;
}
