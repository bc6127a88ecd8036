/** The name of the method by which an object says how `console.log` and `util.inspect` show it, in Node, Bun and Deno. */
export const INSPECT: unique symbol = /* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom");
