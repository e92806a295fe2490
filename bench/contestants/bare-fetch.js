// The limit: `fetch` and `response.json()`, believing all that comes.
import { waiting } from "./waiting.js";

export const name = "bare fetch";
export const does = "nothing but the calls";

export function connect(settings) {
  const calls = callsOf(settings);
  return { getTracker: calls.getTracker, createSnapshot: waiting(calls, settings.delayMs) };
}

export function callsOf({ baseUrl, token, fetch }) {
  const headers = { accept: "application/json", authorization: `Bearer ${token}` };
  const sending = { ...headers, "content-type": "application/json" };

  async function call(path, init = { headers }) {
    const response = await fetch(`${baseUrl}/iaas/api/${path}?apiVersion=2021-07-15`, init);
    return response.json();
  }

  return {
    submit: (machineId, specification) =>
      call(`machines/${machineId}/operations/snapshots`, {
        method: "POST",
        headers: sending,
        body: JSON.stringify(specification),
      }),
    getTracker: (id) => call(`request-tracker/${id}`),
    listSnapshots: (machineId) => call(`machines/${machineId}/snapshots`),
  };
}
