/** @throws Error whose words do not repeat the text, as the engine's own would. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("is no JSON");
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first member that is none of these. */
export function otherThan(names: readonly string[], object: Record<string, unknown>): string | undefined {
  return Object.keys(object).find((name) => !names.includes(name));
}
