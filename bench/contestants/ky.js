import ky from "ky";
import { waiting } from "./waiting.js";

export const name = "ky";
export const does = "retries, time-outs";

export function connect({ baseUrl, token, fetch, delayMs }) {
  const calls = callsOf({ baseUrl, token, fetch });
  return { getTracker: calls.getTracker, createSnapshot: waiting(calls, delayMs) };
}

export function callsOf({ baseUrl, token, fetch }) {
  const client = ky.create({
    prefixUrl: `${baseUrl}/iaas/api`,
    headers: { authorization: `Bearer ${token}` },
    searchParams: { apiVersion: "2021-07-15" },
    timeout: 30_000,
    retry: 3,
    fetch,
  });
  return {
    submit: (machineId, json) => client.post(`machines/${machineId}/operations/snapshots`, { json }).json(),
    getTracker: (id) => client.get(`request-tracker/${id}`).json(),
    listSnapshots: (machineId) => client.get(`machines/${machineId}/snapshots`).json(),
  };
}
