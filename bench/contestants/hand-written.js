// The same features by hand, by somebody careful: validation, retries with backoff and Retry-After, a time limit for
// each attempt, abort, events. Written to be fast: one controller and one timer an attempt, no combined signal.
export const name = "hand-written";
export const does = "validates, retries, time-outs, abort, events";
/** It takes a signal and a listener for events. */
export const reports = true;

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 4;
const POLLS_THAT_MAY_FAIL = 30;
const MAX_BODY_BYTES = 8 * 2 ** 20;

class CallError extends Error {
  constructor(message, { status, retryable = false, retryAfterMs, cause } = {}) {
    super(message, { cause });
    Object.assign(this, { status, retryable, retryAfterMs });
  }
}

export function connect({ baseUrl, token, fetch, delayMs, signal: user, onEvent }) {
  /** A call with its retries. */
  async function call(method, path, check, body) {
    for (let attempt = 1; ; attempt += 1) {
      onEvent?.({ type: attempt === 1 ? "request" : "retry", method, path, attempt });
      const start = performance.now();
      try {
        const { status, json } = await send(method, path, body);
        onEvent?.({ type: "response", method, path, attempt, status, durationMs: performance.now() - start });
        return check(json);
      } catch (error) {
        if (user?.aborted) throw user.reason;
        onEvent?.({ type: "response", method, path, attempt, status: error.status, failure: error.message });
        // What was sent by a POST may have been carried out.
        if (!error.retryable || attempt === ATTEMPTS || (method === "POST" && error.status !== 429))
          throw error;
        const backoff = Math.min(20_000, 500 * 2 ** attempt) * (0.8 + 0.2 * Math.random());
        await pause(error.retryAfterMs ?? backoff);
      }
    }
  }

  /** One attempt, its body included, within the time limit. */
  async function send(method, path, body) {
    user?.throwIfAborted();
    const controller = new AbortController();
    const stop = () => controller.abort(user.reason);
    user?.addEventListener("abort", stop, { once: true });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      controller.abort();
    }, TIMEOUT_MS);
    try {
      const headers = { accept: "application/json", authorization: `Bearer ${token}` };
      if (body !== undefined) headers["content-type"] = "application/json";
      const { signal } = controller;
      const init = { method, headers, body, signal, redirect: "manual" };
      const response = await fetch(`${baseUrl}${path}?apiVersion=2021-07-15`, init);
      return await read(response);
    } catch (cause) {
      if (cause instanceof CallError) throw cause;
      throw new CallError(late ? "timeout" : "network", { retryable: true, cause });
    } finally {
      clearTimeout(timer);
      user?.removeEventListener("abort", stop);
    }
  }

  async function read(response) {
    const { status, headers } = response;
    if (Number(headers.get("content-length")) > MAX_BODY_BYTES) throw new CallError("too large", { status });
    const text = await response.text();
    if (response.ok) return { status, json: parse(text, status) };
    const retryable = status === 408 || status === 429 || status >= 500;
    const seconds = Number(headers.get("retry-after") || Number.NaN);
    const retryAfterMs = Number.isNaN(seconds) ? undefined : Math.min(seconds * 1000, 300_000);
    throw new CallError(text.slice(0, 200), { status, retryable, retryAfterMs });
  }

  function pause(ms) {
    if (ms <= 0) return;
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        user?.removeEventListener("abort", end);
        user?.aborted ? reject(user.reason) : resolve();
      };
      const timer = setTimeout(end, ms);
      user?.addEventListener("abort", end, { once: true });
    });
  }

  const getTracker = (id) => call("GET", `/iaas/api/request-tracker/${encodeURIComponent(id)}`, asTracker);

  async function createSnapshot(machineId, specification) {
    const machine = `/iaas/api/machines/${encodeURIComponent(machineId)}`;
    const body = JSON.stringify({ id: machineId, _links: {}, ...specification });
    let tracker = await call("POST", `${machine}/operations/snapshots`, asTracker, body);
    for (let failed = 0; tracker.status !== "FINISHED"; ) {
      if (tracker.status === "FAILED") throw new CallError(tracker.message ?? "the operation failed");
      await pause(delayMs);
      try {
        tracker = await getTracker(tracker.id);
        failed = 0;
      } catch (error) {
        failed += 1;
        if (!error.retryable || failed === POLLS_THAT_MAY_FAIL) throw error;
      }
    }
    const snapshots = await call("GET", `${machine}/snapshots`, asSnapshots);
    const made = snapshots.find(({ name }) => name === specification.name);
    if (made === undefined) throw new CallError("the snapshot is not listed");
    return made;
  }

  return { createSnapshot, getTracker };
}

function parse(text, status) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CallError("not JSON", { status, cause });
  }
}

const isText = (value) => typeof value === "string";
const isOptionalText = (value) => value === undefined || isText(value);

function asTracker(json) {
  const { id, selfLink, progress, status, name, message, deploymentId, resources } = json ?? {};
  const isValid =
    [id, selfLink, status].every(isText) &&
    [name, message, deploymentId].every(isOptionalText) &&
    typeof progress === "number" &&
    (resources === undefined || (Array.isArray(resources) && resources.every(isText)));
  if (!isValid) throw new CallError("not a request tracker");
  return json;
}

function asSnapshots(json) {
  if (!Array.isArray(json) || !json.every(isSnapshot)) throw new CallError("not a list of snapshots");
  return json;
}

function isSnapshot(json) {
  const { id, _links, name, description, owner, createdAt, updatedAt, isCurrent } = json ?? {};
  return (
    isText(id) &&
    typeof _links === "object" &&
    [name, description, owner, createdAt, updatedAt].every(isOptionalText) &&
    (isCurrent === undefined || typeof isCurrent === "boolean")
  );
}
