// A generated client with zod (@hey-api/openapi-ts); `openapi.yaml` is what it is generated from.
import { createClient, createSnapshot, getTracker, listSnapshots } from "../generated/client.js";
import { waiting } from "./waiting.js";

export const name = "generated + zod";
export const does = "validates";

export function connect({ baseUrl, token, fetch, delayMs }) {
  const headers = { accept: "application/json", authorization: `Bearer ${token}` };
  const client = createClient({ baseUrl, fetch, headers, throwOnError: true, responseStyle: "data" });
  const of = (id) => ({ client, path: { id }, query: { apiVersion: "2021-07-15" } });
  const calls = {
    submit: (id, specification) => createSnapshot({ ...of(id), body: { id, _links: {}, ...specification } }),
    getTracker: (id) => getTracker(of(id)),
    listSnapshots: (id) => listSnapshots(of(id)),
  };
  return { getTracker: calls.getTracker, createSnapshot: waiting(calls, delayMs) };
}
