/** An explanation of one token, for people and for programs. */
import { type Check, dateText, type Explanation, exactJson, relativeText, type Status } from "../../explain/index.js";
import { describe } from "../words/library.js";
import { printable } from "../words/printable.js";
import { type Style, styled } from "./colour.js";

export function explanationText(explanation: Explanation, asJson: boolean): string {
  return asJson ? `${printable(exactJson(forPrograms(explanation)) as string)}\n` : forPeople(explanation);
}

export function firstFailed({ checks }: Explanation): Check | undefined {
  return checks.find(({ status }) => status === "failed");
}

/** As one object. */
function forPrograms(explanation: Explanation) {
  const { isSignatureVerified, verdict, shown, checks } = explanation;
  return {
    signatureVerified: isSignatureVerified,
    verdict: verdict === undefined ? null : verdict.ok ? "ACCEPTED" : verdict.code,
    ...(verdict && !verdict.ok && verdict.claim !== undefined ? { claim: verdict.claim } : {}),
    [isSignatureVerified ? "header" : "unverifiedHeader"]: shown.header ?? null,
    [isSignatureVerified ? "claims" : "unverifiedClaims"]: shown.claims ?? null,
    checks,
  };
}

function forPeople(explanation: Explanation): string {
  const { header, claims, shown, now } = explanation;
  const trust = explanation.isSignatureVerified ? "" : ", NOT verified";
  const parts = [
    ...members(`Header${trust}:`, shown.header, header, now),
    ...members(`Claims${trust}:`, shown.claims, claims, now),
    ["Checks, in the order of judgement:", ...explanation.checks.map(checkRow)].join("\n"),
    conclusion(explanation),
  ];
  return `${parts.join("\n\n")}\n`;
}

function members(title: string, shown: object | undefined, read: object | undefined, now: number): string[] {
  if (!shown || !read) return [];
  const width = Math.max(0, ...Object.keys(shown).map((name) => printable(name).length));
  const rows = Object.entries(shown).map(([name, value]) => {
    const time = TIME_CLAIMS.includes(name) ? (read as Record<string, unknown>)[name] : undefined;
    return `  ${printable(name).padEnd(width)}  ${printable(String(exactJson(value)))}${timeText(time, now)}`;
  });
  return [[styled("bold", title), ...rows].join("\n")];
}

/** The claims that are times (RFC 7519 §4.1, and OpenID Connect's). */
const TIME_CLAIMS = ["exp", "nbf", "iat", "auth_time", "updated_at"];

function timeText(value: unknown, now: number): string {
  return typeof value === "number" && Number.isFinite(value) ? `   ${dateText(value)}, ${relativeText(value, now)}` : "";
}

const STYLES = { passed: "green", failed: "red", unknown: "yellow", "not asked": "dim" } as const satisfies Record<Status, Style>;

function checkRow({ name, status, text }: Check): string {
  return `  ${styled(STYLES[status], status.padEnd(9))}  ${name.padEnd(9)}  ${printable(text)}`;
}

function conclusion(explanation: Explanation): string {
  const { verdict } = explanation;
  if (!verdict) {
    const fault = firstFailed(explanation);
    const rejected = fault ? `It would be rejected even so: ${styled("red", String(fault.code))} (${fault.name}). ` : "";
    return `${styled("yellow", "The signature was NOT verified: no key was given.")} ${rejected}Give a key with --secret-file, --secret-env, --jwk, --public-key or --jwks.`;
  }
  if (verdict.ok) return `Verdict: ${styled("green", "ACCEPTED")}`;
  return `Verdict: ${styled("red", verdict.code)}. ${describe(verdict.code)}${verdict.claim === undefined ? "" : ` (${printable(verdict.claim)})`}.`;
}
