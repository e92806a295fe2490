import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { configOf } from "../config.ts";
import type { App } from "../http/app.ts";
import { authorise, type Role } from "../http/callers.ts";
import { Problem } from "../http/problem.ts";
import { tokensOf } from "../tokens/tokens.ts";
import { masked } from "./secrets.ts";

type Rule = [method: "GET" | "POST" | "DELETE", path: string, role: Role, query?: readonly string[]];

const VERSION = "apiVersion";
const LIST = [VERSION, "$top", "$skip", "$orderby", "$count", "$select", "$filter", "skipOperationLinks"];
const TRACKERS = [VERSION, "$top", "$skip", "$filter"];

/** What the library calls, and with which parameters; it logs in here, not there. */
const RULES: readonly Rule[] = [
  ["GET", "/iaas/api/about", "read", []],
  ["GET", "/iaas/api/machines", "read", LIST],
  ["GET", "/iaas/api/machines/:machine", "read", [VERSION, "$select"]],
  ["GET", "/iaas/api/machines/:machine/snapshots", "read"],
  ["GET", "/iaas/api/machines/:machine/snapshots/:snapshot", "read"],
  ["DELETE", "/iaas/api/machines/:machine/snapshots/:snapshot", "operate"],
  ["POST", "/iaas/api/machines/:machine/operations/snapshots", "operate"],
  ["POST", "/iaas/api/machines/:machine/operations/revert/:snapshot", "operate"],
  ["GET", "/iaas/api/request-tracker", "read", TRACKERS],
  ["GET", "/iaas/api/request-tracker/:tracker", "read"],
  ["DELETE", "/iaas/api/request-tracker/:tracker", "operate"],
];

/** The largest specification is far below. */
const MOST_BYTES = 65_536;
/** The client's own time limit is shorter, and it may then be told what has happened. */
const MOST_MS = 60_000;
/** Of the service's answer. */
const PASSED = ["content-type", "retry-after"];

/** The service's API, as far as the library uses it, with the worker's token in place of the caller's. */
export function gateway(app: Hono<App>): void {
  const limit = bodyLimit({
    maxSize: MOST_BYTES,
    onError: () => {
      throw new Problem("body_too_large", `A specification is read up to ${MOST_BYTES} bytes.`);
    },
  });
  for (const [method, path, role, query = [VERSION]] of RULES)
    app.on(method, path, limit, async (context) => {
      authorise(context.var.caller, role);
      return forward(context, targetOf(context, query));
    });
}

/** @throws Problem for an address that is none of the service's, or may be read as another there. */
function targetOf({ req, env }: Context<App>, allowed: readonly string[]): string {
  const { pathname, search, searchParams } = new URL(req.url);
  for (const part of pathname.split("/")) {
    if (!isPlain(part)) throw new Problem("not_found", "An id in this path has characters that no id has.");
  }
  for (const name of searchParams.keys())
    if (!allowed.includes(name))
      throw new Problem("invalid_input", `The parameter ${JSON.stringify(name)} is none of this call's.`);
  return configOf(env).serviceUrl + pathname + search;
}

/** Whether any server takes it for one segment, and for the same. */
function isPlain(part: string): boolean {
  let decoded: string;
  try {
    decoded = decodeURIComponent(part);
  } catch {
    return false;
  }
  return decoded !== "." && decoded !== ".." && /^[^/\\%?#;\p{C}]*$/u.test(decoded);
}

async function forward(context: Context<App>, url: string): Promise<Response> {
  const { method } = context.req;
  const body = method === "POST" ? await bodyOf(context) : undefined;
  const send = (token: string) => sent(url, { method, token, body });
  const token = await tokenFor(context);
  const secrets = [configOf(context.env).refreshToken, token];
  let answer = await send(token);
  if (answer.status === 401) {
    // Refused before any work: with another token it may be sent again, as the library does.
    await answer.body?.cancel();
    const renewed = await tokenFor(context, token);
    secrets.push(renewed);
    answer = await send(renewed);
  }
  if (answer.status === 401)
    throw new Problem("service_refused", "The service refuses the token that it has just given.");
  if (answer.status >= 300 && answer.status < 400)
    throw new Problem("service_unreachable", "The service answered with a redirect, which is not followed.");
  const headers = new Headers({ "cache-control": "no-store" });
  for (const name of PASSED) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(masked(answer.body, secrets), { status: answer.status, headers });
}

async function bodyOf({ req }: Context<App>): Promise<string | undefined> {
  const text = await req.text();
  if (text === "") return undefined;
  if (!/^application\/json\b/i.test(req.header("content-type") ?? ""))
    throw new Problem("unsupported_media_type", "Send JSON as `application/json`.");
  try {
    JSON.parse(text);
  } catch {
    throw new Problem("invalid_input", "The body is no JSON.");
  }
  return text;
}

/** Nothing has been sent yet where it fails, and the answer says so: 403 is final, 503 with Retry-After is not. */
async function tokenFor({ env }: Context<App>, stale?: string): Promise<string> {
  const answer = await tokensOf(env).token(stale);
  if ("token" in answer) return answer.token;
  const message = `The worker has no token of the service: ${answer.message}`;
  if (answer.refused) throw new Problem("service_refused", message);
  throw new Problem("service_unreachable", message, { status: 503, headers: { "retry-after": "1" } });
}

async function sent(
  url: string,
  { method, token, body }: { method: string; token: string; body: string | undefined },
): Promise<Response> {
  const headers = new Headers({ accept: "application/json", authorization: `Bearer ${token}` });
  if (body !== undefined) headers.set("content-type", "application/json");
  const signal = AbortSignal.timeout(MOST_MS);
  try {
    return await fetch(url, {
      method,
      headers,
      redirect: "manual",
      signal,
      ...(body !== undefined && { body }),
    });
  } catch {
    throw signal.aborted
      ? new Problem("service_timeout", "The service took longer than a minute.")
      : new Problem("service_unreachable", "The service could not be reached, or cut the connection.");
  }
}
