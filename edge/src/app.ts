import { Hono } from "hono";
import { cors } from "hono/cors";
import { configOf } from "./config.ts";
import { fleets } from "./fleets/routes.ts";
import { gateway } from "./gateway/gateway.ts";
import type { App } from "./http/app.ts";
import { authenticate } from "./http/callers.ts";
import { Problem } from "./http/problem.ts";

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
const METHODS = ["GET", "POST", "DELETE"];
/** Seconds: how long a browser keeps the answer to a preflight. */
const PREFLIGHT_S = 7_200;
/** Seconds: the period of the limit in wrangler.jsonc. */
const RATE_S = 10;

/** Asked in this order: is the worker complete, is it asked safely, may the page call, who calls, how often, and what. */
export function app(): Hono<App> {
  const app = new Hono<App>();
  app.onError((error) => {
    if (error instanceof Problem) return error.response();
    console.error(error);
    return new Problem("internal", "The worker failed; its log says more.").response();
  });
  const noSuchCall = () => new Problem("not_found", "The worker has no such call.").response();
  app.notFound(noSuchCall);
  app.use(async ({ req, env }, next) => {
    const { origins } = configOf(env);
    const { protocol, hostname, origin: own } = new URL(req.url);
    if (protocol !== "https:" && !LOOPBACK.includes(hostname))
      throw new Problem(
        "insecure",
        "Call by https: whoever is on the way can read the token. Take another one now.",
      );
    const origin = req.header("origin");
    if (origin !== undefined && origin !== own && !origins.has(origin))
      throw new Problem("foreign_origin", "Add the page's origin to ALLOWED_ORIGINS.");
    return next();
  });
  app.use(
    cors({
      // The origin is known to be listed.
      origin: (origin) => origin,
      allowMethods: METHODS,
      allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"],
      exposeHeaders: ["Retry-After", "Location", "Idempotency-Replayed"],
      maxAge: PREFLIGHT_S,
    }),
  );
  app.use(async (context, next) => {
    const { req, env } = context;
    // The router would take HEAD for GET.
    if (!METHODS.includes(req.method)) return noSuchCall();
    const caller = await authenticate(configOf(env).callers, req.header("authorization"));
    const { success } = await env.RATE.limit({ key: caller.name });
    if (!success)
      throw new Problem("rate_limited", `${caller.name} asks too often.`, {
        headers: { "retry-after": String(RATE_S) },
      });
    context.set("caller", caller);
    return next();
  });
  gateway(app);
  fleets(app);
  return app;
}
