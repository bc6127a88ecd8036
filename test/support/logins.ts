/** An issuer with a refresher, and a gateway that takes its access tokens. */
import { createSigner, createVerifier, decode, type JwtClaims, type SignerOptions, type VerifierOptions } from "../../src/index.js";
import { createRevocationList, type RevocationList } from "../../src/revocation/list.js";
import type { TokenPair } from "../../src/revocation/pairs.js";
import { createRefresher, type Refreshed, type Refresher } from "../../src/revocation/refresher.js";
import type { RefresherOptions } from "../../src/revocation/refresherOptions.js";
import type { RevocationStore } from "../../src/revocation/store.js";
import { testSecret } from "./ring.js";
import { NOW } from "./tokens.js";

export const ISSUER = "https://auth.example";
export const ACCESS_KEY = { kid: "access", secret: testSecret("access") };
export const REFRESH_KEY = { kid: "refresh", secret: testSecret("refresh") };
export const HOUR = 3600;

/** An issuer, and the gateway that takes its access tokens: one clock, one list. */
export class World {
  now = NOW;
  readonly list: RevocationList;
  readonly refresher: Refresher;
  readonly clock = () => this.now;

  constructor(more: Partial<RefresherOptions> = {}, store?: RevocationStore) {
    this.list = more.revocations ?? createRevocationList({ currentDate: this.clock, ...(store && { store }) });
    this.refresher = this.withList(this.list, more);
  }

  withList(revocations: RevocationList, more: Partial<RefresherOptions> = {}): Refresher {
    return createRefresher({
      verifier: this.verifier(),
      accessSigner: this.accessSigner(),
      refreshSigner: this.refreshSigner(),
      revocations,
      accessLifetime: 900,
      refreshLifetime: 24 * HOUR,
      currentDate: this.clock,
      ...more,
    });
  }

  verifier(more: Partial<VerifierOptions> = {}) {
    return createVerifier({ keys: REFRESH_KEY, issuer: ISSUER, currentDate: this.clock, ...more });
  }

  accessSigner() {
    return createSigner({ key: ACCESS_KEY, issuer: ISSUER, audience: "api", typ: "at+jwt" });
  }

  refreshSigner(more: Partial<SignerOptions> = {}) {
    return createSigner({ key: REFRESH_KEY, issuer: ISSUER, typ: "rt+jwt", ...more });
  }

  /** What a gateway says of an access token. */
  access(token: string, revocation = this.list): string {
    const gateway = createVerifier({
      keys: ACCESS_KEY,
      issuer: ISSUER,
      audience: "api",
      typ: "at+jwt",
      currentDate: this.now,
      requireJwtId: true,
      revocation,
    });
    const verdict = gateway.verify(token);
    return verdict.ok ? "ACCEPTED" : verdict.code;
  }

  async refresh(pair: TokenPair): Promise<TokenPair> {
    const refreshed = await this.refresher.refresh(pair.refreshToken);
    if (!refreshed.ok) throw new Error(`Expected a pair, got ${refreshed.code}`);
    return refreshed;
  }

  async codeOf(pair: TokenPair, refresher = this.refresher): Promise<string> {
    return codeOf(await refresher.refresh(pair.refreshToken));
  }
}

export function codeOf(answer: Refreshed | { ok: true } | Exclude<Refreshed, { ok: true }>): string {
  if (answer.ok) return "ok";
  return "claim" in answer ? `${answer.code} ${answer.claim}` : answer.code;
}

export function claimsOf(token: string): JwtClaims {
  return decode(token)?.unverifiedClaims as JwtClaims;
}

export function storeOf(more: Partial<RevocationStore>): RevocationStore {
  return { name: "a store", open: () => {}, append: async () => {}, close: async () => {}, ...more };
}
