import { callsOf } from "./ky.js";
import { validated } from "./schemas.js";
import { waiting } from "./waiting.js";

export const name = "ky + zod";
export const does = "validates, retries, time-outs";

export function connect(settings) {
  const calls = validated(callsOf(settings));
  return { getTracker: calls.getTracker, createSnapshot: waiting(calls, settings.delayMs) };
}
