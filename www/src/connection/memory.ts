import type { Target } from "./connection.ts";

const KEY = "vra-snapshots.connection";

/**
 * The connection of this tab, over a reload: only if the user asks for it, since it holds the token. It is gone with the
 * tab. A browser that stores nothing for this page remembers nothing, and that is all.
 */
export function remember(target: Target | undefined): void {
  try {
    if (target) sessionStorage.setItem(KEY, JSON.stringify(target));
    else sessionStorage.removeItem(KEY);
  } catch {}
}

export function remembered(): Target | undefined {
  try {
    const target = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return isTarget(target) ? target : undefined;
  } catch {
    return undefined;
  }
}

function isTarget(value: unknown): value is Target {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  if (value.kind === "simulator") return "machines" in value && typeof value.machines === "number";
  if (value.kind !== "service" && value.kind !== "edge") return false;
  if (!("baseUrl" in value && typeof value.baseUrl === "string" && "secret" in value)) return false;
  return typeof value.secret === "object" && value.secret !== null && "type" in value.secret;
}
