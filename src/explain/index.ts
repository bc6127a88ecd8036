/** The door of this room: tokens and their checks in words, for the command and for pages. It needs nothing of Node. */
export { ALGORITHM_NAMES, isPublicAlgorithm, isSecretAlgorithm, PUBLIC_ALGORITHMS, SECRET_ALGORITHMS, secretBytes } from "./algorithms.js";
export type { Check, Status } from "./check.js";
export { exactJson, exactObject } from "./exact.js";
export { type Explanation, explain } from "./explain.js";
export { jsonObject, jsonValue, ownObject, segmentText } from "./json.js";
export { dateText, relativeText } from "./moments.js";
export type { ExplainOptions, RuleName } from "./options.js";
export { shapeFault } from "./shape.js";
export { counted, grouped, oneOfNames } from "./words.js";
