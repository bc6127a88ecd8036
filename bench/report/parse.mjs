/**
 * The JSON of a benchmark, with every part there that others count on. A quick or interrupted run has fewer parts than a
 * full one; `parseResults` fills in empty ones, and refuses what is no benchmark.
 */

export function parseResults(text, file) {
  let results;
  try {
    results = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`Expected ${file} to be JSON: ${error.message}`);
  }
  if (results?.format !== 1 || !Array.isArray(results.runs))
    throw new TypeError(`Expected ${file} to be a benchmark of format 1, got format ${JSON.stringify(results?.format)}`);
  return completed(results);
}

/** The same with empty lists where parts are absent. */
export function completed(results) {
  return {
    ...results,
    native: results.native
      ? {
          ...results.native,
          results: results.native.results ?? [],
          missing: results.native.missing ?? [],
          failed: results.native.failed ?? [],
        }
      : null,
    runs: (results.runs ?? []).map((run) => ({ ...run, scenarios: run.scenarios ?? [], failed: run.failed ?? [] })),
  };
}
