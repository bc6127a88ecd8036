/** Whether what draws charts is installed: it is no part of `npm ci`. Where everything has to be tested, its tests are not skipped. */
import { isInstalled } from "../../bench/packages.mjs";

export const canDraw = process.env.CI === "true" || ["@observablehq/plot", "linkedom"].every(isInstalled);
