// Azure's client for long-running operations, by an adapter: the service tells by a body what core-lro looks for in
// headers and in other words. Without it a 202 that has no `Location` is taken for a success.
import { createHttpPoller } from "@azure/core-lro";
import {
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
} from "@azure/core-rest-pipeline";

export const name = "core-rest-pipeline + core-lro";
export const does = "retries, time-outs, abort; by an adapter";

const STATUS = { FINISHED: "Succeeded", FAILED: "Failed", INPROGRESS: "Running" };

export function connect({ baseUrl, token, fetch, delayMs }) {
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 3 } });
  const client = { sendRequest: (request) => sent(request, fetch) };

  async function call(method, path, body, options) {
    const headers = createHttpHeaders({ accept: "application/json", authorization: `Bearer ${token}` });
    if (body !== undefined) headers.set("content-type", "application/json");
    const url = `${baseUrl}${path}?apiVersion=2021-07-15`;
    const { abortSignal } = options ?? {};
    const request = createPipelineRequest({ method, url, headers, body, abortSignal, timeout: 30_000 });
    const { status, bodyAsText, headers: got } = await pipeline.sendRequest(client, request);
    if (status >= 400) throw new Error(bodyAsText);
    return { status, json: JSON.parse(bodyAsText), headers: got.toJSON(), request: { method, url: path } };
  }

  /** What core-lro asks for; the polls' words are put into its own. */
  function response({ status, json, headers, request }, more) {
    const body = { ...json, status: STATUS[json.status] };
    return {
      flatResponse: json,
      rawResponse: { statusCode: status, body, headers: { ...headers, ...more }, request },
    };
  }

  async function createSnapshot(machineId, specification) {
    const machine = `/iaas/api/machines/${machineId}`;
    const poller = createHttpPoller(
      {
        sendInitialRequest: async () => {
          const body = JSON.stringify(specification);
          const accepted = await call("POST", `${machine}/operations/snapshots`, body);
          // Where it polls, and what it gets in the end.
          const links = { "operation-location": accepted.json.selfLink, location: `${machine}/snapshots` };
          return response(accepted, links);
        },
        sendPollRequest: async (path, options) => response(await call("GET", path, undefined, options)),
      },
      { intervalInMs: delayMs },
    );
    if (delayMs > 0) {
      await poller.pollUntilDone();
    } else {
      // `pollUntilDone` sets a timer even of 0 ms, and nobody else here does.
      while (!poller.isDone) await poller.poll();
    }
    return poller.result.find(({ name }) => name === specification.name);
  }

  const getTracker = async (id) => (await call("GET", `/iaas/api/request-tracker/${id}`)).json;

  return { createSnapshot, getTracker };
}

/**
 * Sends over the given `fetch`. core-rest-pipeline's own client for browsers copies the body through two more streams,
 * and its own for Node uses sockets: this one is cheaper than either, and the same everywhere.
 */
async function sent(request, fetch) {
  const controller = new AbortController();
  const stop = () => controller.abort();
  request.abortSignal?.addEventListener("abort", stop);
  const timer = setTimeout(stop, request.timeout);
  try {
    const { method, body } = request;
    const headers = request.headers.toJSON();
    const response = await fetch(request.url, { method, headers, body, signal: controller.signal });
    const bodyAsText = await response.text();
    return {
      request,
      status: response.status,
      headers: createHttpHeaders(Object.fromEntries(response.headers)),
      bodyAsText,
    };
  } finally {
    clearTimeout(timer);
    request.abortSignal?.removeEventListener("abort", stop);
  }
}
