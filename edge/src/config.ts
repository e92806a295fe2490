import type { ClientOptions } from "vra-snapshots";
import { SnapshotClient, SnapshotError } from "vra-snapshots";
import type { Env } from "./env.ts";
import { type Caller, callersOf } from "./http/callers.ts";
import { isObject, otherThan, parsed } from "./http/json.ts";
import { Problem } from "./http/problem.ts";

/** The settings, once they are known to be right. */
export interface Config {
  /** Without a slash at its end. */
  readonly serviceUrl: string;
  readonly refreshToken: string;
  readonly organization: string | undefined;
  readonly callers: readonly Caller[];
  readonly origins: ReadonlySet<string>;
  /** Of the client that drives fleets. */
  readonly client: Tuning;
  readonly retentionMs: number;
}

type Tuning = Pick<ClientOptions, (typeof TUNING)[number]>;

const TUNING = [
  "apiVersion",
  "retry",
  "polling",
  "reconcile",
  "requestTimeoutMs",
  "maxBodyBytes",
  "body",
  "allowInsecure",
] as const;

const DAY_MS = 86_400_000;

const known = new WeakMap<Env, Config>();

/**
 * The settings of this worker.
 *
 * @throws Problem `not_configured`, which names all that is missing or wrong and repeats none of it.
 */
export function configOf(env: Env): Config {
  const ready = known.get(env);
  if (ready) return ready;
  const problems: string[] = [];
  const read = <T>(name: keyof Env, parse: (text: string) => T): T | undefined => {
    const text = env[name];
    try {
      if (typeof text === "string" && text.trim() !== "") return parse(text.trim());
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : "cannot be read"}`);
    }
    return undefined;
  };
  const required = <T>(name: keyof Env, parse: (text: string) => T): T => {
    const before = problems.length;
    const value = read(name, parse);
    if (value === undefined && problems.length === before) problems.push(`${name} is not set`);
    return value as T;
  };
  const client = read("CLIENT", tuningOf) ?? {};
  const config: Config = {
    serviceUrl: required("SERVICE_URL", (text) => serviceUrlOf(text, client)),
    refreshToken: required("REFRESH_TOKEN", tokenOf),
    organization: read("ORGANIZATION", (text) => text),
    callers: required("CALLERS", callersOf),
    origins: read("ALLOWED_ORIGINS", originsOf) ?? new Set<string>(),
    client,
    retentionMs: (read("RETENTION_DAYS", daysOf) ?? 30) * DAY_MS,
  };
  if (problems.length > 0) throw new Problem("not_configured", `${problems.join("; ")}.`);
  known.set(env, config);
  return config;
}

/** The library judges it, as it will when it is used. */
function serviceUrlOf(text: string, client: Tuning): string {
  try {
    new SnapshotClient({ ...client, baseUrl: text }).free();
  } catch (error) {
    throw error instanceof SnapshotError ? new Error(`or CLIENT is wrong: ${error.message}`) : error;
  }
  return text.replace(/\/+$/, "");
}

function tokenOf(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error("must be visible ASCII characters");
  return text;
}

function originsOf(text: string): Set<string> {
  const origins = text.split(/[\s,]+/);
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new Error('must be origins such as "https://console.example.com", with spaces between them');
  }
  return new Set(origins);
}

function tuningOf(text: string): Tuning {
  const client = parsed(text);
  if (!isObject(client)) throw new Error("must be a JSON object");
  const other = otherThan(TUNING, client);
  if (other !== undefined) throw new Error(`takes ${TUNING.join(", ")}; not ${other}`);
  return client;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!(days > 0 && days <= 3650)) throw new Error("must be a number of days, above 0 and to 3650");
  return days;
}
