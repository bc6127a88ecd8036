/** What is told of an error: its codes, wherever they are, and nothing else of it. */
import { describe, expect, it } from "vitest";
import { reasonOf } from "../../../src/base/reason.js";

const coded = (code: unknown, more: object = {}) => Object.assign(new Error("secret"), { code, ...more });
const circle: { cause?: unknown } = new Error("secret");
circle.cause = circle;

describe("reasonOf", () => {
  it.each<[string, unknown, string]>([
    ["a refused connection", new TypeError("fetch failed", { cause: coded("ECONNREFUSED") }), "ECONNREFUSED"],
    ["a name that is not known", new TypeError("fetch failed", { cause: coded("ENOTFOUND", { hostname: "secret" }) }), "ENOTFOUND"],
    ["a resolver that does not answer", coded("EAI_AGAIN"), "EAI_AGAIN"],
    ["a time-out of undici", new TypeError("fetch failed", { cause: coded("UND_ERR_CONNECT_TIMEOUT") }), "UND_ERR_CONNECT_TIMEOUT"],
    ["a certificate", new TypeError("fetch failed", { cause: coded("CERT_HAS_EXPIRED") }), "CERT_HAS_EXPIRED"],
    ["a cause of a cause", new Error("", { cause: new Error("", { cause: coded("EPROTO") }) }), "EPROTO"],
    ["several addresses", new AggregateError([coded("ETIMEDOUT"), coded("ENETUNREACH"), coded("ETIMEDOUT")]), "ETIMEDOUT, ENETUNREACH"],
    ["very many of them", new AggregateError(Array.from({ length: 100 }, (_, index) => coded(`E${index}`))), "E0, E1, E2"],
    ["an error without a code", new TypeError("secret"), "an error (TypeError)"],
    ["a name that is text", Object.assign(new Error(), { name: "https://secret" }), "an error"],
    ["a code that is text", coded("ECONNREFUSED https://secret"), "an error (Error)"],
    ["a code that is a number", coded(20), "an error (Error)"],
    ["a circle", circle, "an error (Error)"],
    ["no error", "secret", "an error"],
    ["nothing", undefined, "an error"],
    [
      "a getter that throws",
      {
        get code() {
          throw new Error("secret");
        },
      },
      "an error",
    ],
  ])("tells of %s", (_, error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});
