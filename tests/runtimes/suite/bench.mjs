// What the topics share: clients, the well-known machines, and a `fetch` that answers by a script.
import { assert } from "chai";

export { assert };

/** The simulator's well-known machines. */
export const MACHINES = {
  database: "9e49c1f0a2b34d57",
  web: "8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01",
  files: "6f0b9d3c2e5a48718c7d9e0f1a2b3",
  cloud: "4718263544556677",
  history: "2a4c6e8f0b1d3f57",
  slow: "7f8091a2b3c4d5e6",
  denied: "8091a2b3c4d5e6f7",
  gone: "91a2b3c4d5e6f708",
  failing: "a2b3c4d5e6f70819",
  busy: "b3c4d5e6f708192a",
};

/** No waiting between polls and attempts: the simulator's clock runs fast, and so does the client. */
export const HURRIED = {
  retry: { initialDelayMs: 0, maxDelayMs: 0 },
  polling: { initialDelayMs: 5, maxDelayMs: 20 },
  reconcile: { settleMs: 20, intervalMs: 5 },
};

/** A client of the service outside of the process. */
export function connect({ lib, url, fetch }, options = {}) {
  return new lib.SnapshotClient({ baseUrl: url, fetch, auth: "simulated-token", ...HURRIED, ...options });
}

/** A client of a service of its own, in the same process; nobody else changes its machines. */
export function connectAlone({ lib }, options = {}, simulated = {}) {
  const simulator = new lib.Simulator({ speed: 200, ...simulated });
  const fetch = recording(simulator.fetch);
  const client = new lib.SnapshotClient({
    baseUrl: "https://simulator.test",
    auth: simulator.token,
    fetch,
    ...HURRIED,
    ...options,
  });
  return { client, fetch, simulator };
}

/** The same `fetch`, with the calls made noted in `calls`. */
export function recording(fetch) {
  const calls = [];
  const recorded = (url, init) => {
    calls.push({ url, method: init.method, headers: init.headers, body: init.body, signal: init.signal });
    return fetch(url, init);
  };
  return Object.assign(recorded, {
    calls,
    posts: () => calls.filter(({ method }) => method === "POST").length,
  });
}

/** A client whose service gives these answers, one a call, the last for ever. */
export function scripted({ lib }, answers, options = {}) {
  let next = 0;
  const fetch = recording(async (url, init) => {
    const answer = answers[Math.min(next++, answers.length - 1)];
    return typeof answer === "function" ? answer(url, init) : answer;
  });
  const client = new lib.SnapshotClient({
    baseUrl: "https://service.test",
    auth: "token-of-the-test",
    fetch,
    ...HURRIED,
    ...options,
  });
  return { client, fetch };
}

/** An answer, made anew at each call: a body can be read once. */
export function json(status, body, headers = {}) {
  return () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json", ...headers },
    });
}

export function text(status, body, headers = {}) {
  return () => new Response(body, { status, headers });
}

export const TRACKER = {
  id: "t1",
  status: "INPROGRESS",
  progress: 10,
  selfLink: "/iaas/api/request-tracker/t1",
};

/** A client of a service whose one operation, on the machine `m`, is under way until `finish()` is called. */
export function held(runner, options = {}) {
  let finished = false;
  const tracker = () => ({
    ...TRACKER,
    status: finished ? "FINISHED" : "INPROGRESS",
    resources: ["/iaas/api/machines/m"],
  });
  const answer = (url, { method }) => {
    if (method === "POST") return json(202, tracker())();
    if (url.includes("/request-tracker/")) return json(200, tracker())();
    return json(200, finished ? [{ id: "s1", name: "n" }] : [])();
  };
  const finish = () => {
    finished = true;
  };
  return { ...scripted(runner, [answer], options), finish };
}

/** What the promise rejects with; fails if it does not reject. */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not reject");
}

/** Rejects with a `SnapshotError` of this code, and gives it. */
export async function refusal({ lib }, promise, code) {
  const error = await rejection(promise);
  assert.instanceOf(error, lib.SnapshotError, String(error));
  assert.instanceOf(error, Error);
  assert.equal(error.name, "SnapshotError");
  assert.equal(error.code, code, error.message);
  assert.isString(error.message);
  assert.isNotEmpty(error.message);
  return error;
}

/** Everything that an iteration gives. */
export async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** Everything that can be read of a value, its prototype's getters and its causes included. */
export function everything(value, seen = new Set()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return String(value);
  seen.add(value);
  const names = new Set([...Object.getOwnPropertyNames(value), "message", "stack", "cause"]);
  return [JSON.stringify(value), ...[...names].map((name) => everything(value[name], seen))].join("\n");
}
