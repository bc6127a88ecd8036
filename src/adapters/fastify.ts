/** wasm-jwt/fastify: a plugin for Fastify. */
import { atCaller } from "../base/errors.js";
import { bare, partMember } from "../base/own.js";
import { decide } from "./core/decide.js";
import type { Answer } from "./core/denial.js";
import { NodeIncoming, type NodeRequest } from "./core/incoming.js";
import { type AuthOptions, parseAuthOptions } from "./core/options.js";
import { refuseMisplaced, routePlans } from "./core/routes.js";

export type { TokenVerifier } from "./core/batched.js";
export type { Auth, ClaimsOf } from "./core/claims.js";
export type { Answer, AnswerChanges, Denial } from "./core/denial.js";
export type { AuthFailure } from "./core/failure.js";
export type { NodeRequest } from "./core/incoming.js";
export type { AuthOptions, Awaitable, OnRejected, Place, RouteOptions, ScopeOptions, TokenSources } from "./core/options.js";
export type { ScopeClaim } from "./core/scope.js";

/** What is needed of Fastify's request. */
export interface FastifyRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: NodeRequest["headers"];
  readonly raw: Pick<NodeRequest, "rawHeaders" | "stream">;
  readonly body?: unknown;
  readonly routeOptions: { readonly config: object };
}

/** What is needed of Fastify's reply. */
export interface FastifyReply {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
}

/** What is needed of a Fastify instance. */
export interface FastifyInstance {
  hasRequestDecorator(name: string): boolean;
  decorateRequest(name: string, value: null): unknown;
  addHook(name: never, hook: never): unknown;
}

export type Plugin = (instance: FastifyInstance, options: object, done: (error?: Error) => void) => void;

/**
 * A plugin: `app.register(authenticate({ verifier }))`. Routes of the instance it is registered in, and of those within, let requests with a
 * good token pass, `request.auth` being the verdict, or null where there was no token and need not be; all others are answered. A route's own
 * `config: { auth }` is `false` for none of this, or what it has of its own: `{ scope, optional, onRejected }`. Errors of the server are thrown. A wrong
 * option of a route, or one beside `config.auth`, is a TypeError when the route is declared; of routes that are declared before the plugin has
 * loaded (`await app.register(…)`) it is one when a request comes.
 * @throws TypeError for a wrong option, naming it.
 */
export const authenticate = /* @__PURE__ */ atCaller(function authenticate<Claims, Request extends FastifyRequest = FastifyRequest>(
  options: AuthOptions<Claims, Request>,
  ...more: never[]
): Plugin {
  const plan = parseAuthOptions(options, more);
  const planOf = routePlans(plan);
  const hook = hookOf(planOf);
  // A body is there only once it is parsed.
  const name = plan.sources.body === undefined ? "onRequest" : "preValidation";
  const onRoute = (route: object & { config?: object }): void => {
    refuseMisplaced(route, "options");
    // Fastify would take what every object has for the route's.
    if (!Object.hasOwn(route, "config")) route.config = {};
    planOf(route.config);
  };
  const plugin: Plugin = (instance, given, done) => {
    const error = misplacedIn(given);
    if (error) {
      done(error);
      return;
    }
    instance.addHook("onRoute" as never, onRoute as never);
    for (const member of ["auth", "authDenial"]) if (!instance.hasRequestDecorator(member)) instance.decorateRequest(member, null);
    instance.addHook(name as never, hook as never);
    done();
  };
  // What Fastify looks for: hooks and decorator are for the instance that registers it, not for one of the plugin's own.
  return Object.assign(plugin, { [Symbol.for("skip-override")]: true, [Symbol.for("fastify.display-name")]: "wasm-jwt" });
});

/** By a callback: a promise of the hook's own would be one more for each request. */
function hookOf<Claims, Request extends FastifyRequest>(planOf: ReturnType<typeof routePlans<Claims, Request>>) {
  return (request: Request & { auth: unknown; authDenial: unknown }, reply: FastifyReply, done: (error?: Error) => void): void => {
    const own = planOf(request.routeOptions.config);
    if (!own) {
      done();
      return;
    }
    const { method, url, headers, raw } = request;
    const rest = { rawHeaders: partMember(raw, "rawHeaders"), stream: partMember(raw, "stream") };
    const incoming = new NodeIncoming({ method, url, headers, ...rest }, partMember(request, "body"));
    decide(own, incoming, request).then(({ answer, auth, denial, marks, cacheControl }) => {
      if (answer) return send(reply, answer, done);
      request.auth = auth ?? null;
      if (marks) request.authDenial = denial ?? null;
      if (cacheControl) reply.headers(bare({ "cache-control": cacheControl }));
      return done();
    }, done);
  };
}

/** All options are those of `authenticate`; its hooks are for the whole instance, so that a `prefix` would not narrow them. */
function misplacedIn(options: object): Error | undefined {
  const [name] = Object.keys(options);
  return name === undefined
    ? undefined
    : new TypeError(`Expected the options of \`register\` to be given to \`authenticate\`, got \`${name}\``);
}

function send(reply: FastifyReply, { status, headers, body }: Answer, done: (error: Error) => void): void {
  try {
    reply.code(status);
    reply.headers(headers);
    reply.send(body);
  } catch (error) {
    done(error as Error);
  }
}
