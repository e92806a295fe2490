import createClient from "openapi-fetch";
import { waiting } from "./waiting.js";

export const name = "openapi-fetch";
export const does = "types only";

export function connect({ baseUrl, token, fetch, delayMs }) {
  const headers = { accept: "application/json", authorization: `Bearer ${token}` };
  const client = createClient({ baseUrl, fetch, headers });
  const params = (id) => ({ path: { id }, query: { apiVersion: "2021-07-15" } });

  async function data(call) {
    const { data, error } = await call;
    if (error !== undefined) throw new Error(JSON.stringify(error));
    return data;
  }

  const calls = {
    submit: (id, body) =>
      data(client.POST("/iaas/api/machines/{id}/operations/snapshots", { params: params(id), body })),
    getTracker: (id) => data(client.GET("/iaas/api/request-tracker/{id}", { params: params(id) })),
    listSnapshots: (id) => data(client.GET("/iaas/api/machines/{id}/snapshots", { params: params(id) })),
  };
  return { getTracker: calls.getTracker, createSnapshot: waiting(calls, delayMs) };
}
