// `fetch`, and zod for what comes.
import { callsOf } from "./bare-fetch.js";
import { validated } from "./schemas.js";
import { waiting } from "./waiting.js";

export const name = "fetch + zod";
export const does = "validates";

export function connect(settings) {
  const calls = validated(callsOf(settings));
  return { getTracker: calls.getTracker, createSnapshot: waiting(calls, settings.delayMs) };
}
