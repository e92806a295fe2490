// Through its adapter for fetch: the one for Node's own sockets cannot be given a stub.
import axios from "axios";
import { waiting } from "./waiting.js";

export const name = "axios";
export const does = "time-outs";

export function connect({ baseUrl, token, fetch, delayMs }) {
  const client = axios.create({
    baseURL: `${baseUrl}/iaas/api/`,
    adapter: "fetch",
    env: { fetch },
    headers: { accept: "application/json", authorization: `Bearer ${token}` },
    params: { apiVersion: "2021-07-15" },
    timeout: 30_000,
  });
  const data = async (call) => (await call).data;
  const calls = {
    submit: (machineId, body) => data(client.post(`machines/${machineId}/operations/snapshots`, body)),
    getTracker: (id) => data(client.get(`request-tracker/${id}`)),
    listSnapshots: (machineId) => data(client.get(`machines/${machineId}/snapshots`)),
  };
  return { getTracker: calls.getTracker, createSnapshot: waiting(calls, delayMs) };
}
