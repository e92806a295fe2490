// The service, answering from memory: the same calls and bodies as the real one, and a request that is over after a
// fixed number of polls. It decides nothing by time, so that every contestant sends the same requests.

/** Polls until a request tracker is FINISHED, that one included. */
const POLLS = 8;

export class Service {
  /** Requests answered. */
  requests = 0;
  #forgetful;
  #begun = 0;
  /** By tracker id: the machine, the name asked for, and the polls so far. */
  #running = new Map();
  /** What the machine has: the last one made, so that every list is as long as any other. */
  #listed = snapshot("s0", { machineId: "9e49c1f0a2b34d57", name: "older" });

  /** A forgetful one keeps nothing of what was begun, and no request of it is ever over. */
  constructor({ forgetful = false } = {}) {
    this.#forgetful = forgetful;
  }

  /** The answer to one call: a status and a body. */
  answer(method, url, sent) {
    this.requests += 1;
    const [, , collection, id, ...more] = pathOf(url).slice(1).split("/");
    if (method === "POST" && collection === "machines") return { status: 202, body: this.#begin(id, sent) };
    if (collection === "request-tracker") return { status: 200, body: this.#poll(id) };
    if (more[0] === "snapshots") return { status: 200, body: `[${this.#listed}]` };
    throw new Error(`the bench knows no ${method} ${url}`);
  }

  #begin(machineId, sent) {
    this.#begun += 1;
    const id = `3f2d7c1e-5b8a-4e6f-9c0d-${String(this.#begun).padStart(12, "0")}`;
    if (!this.#forgetful) this.#running.set(id, { machineId, name: JSON.parse(sent).name, polls: 0 });
    return tracker(id, "INPROGRESS", 0, machineId);
  }

  #poll(id) {
    const running = this.#running.get(id);
    // One that nobody began never ends: it is what single reads ask for.
    if (running === undefined) return tracker(id, "INPROGRESS", 50, "9e49c1f0a2b34d57");
    running.polls += 1;
    if (running.polls < POLLS) {
      return tracker(id, "INPROGRESS", Math.floor((100 * running.polls) / POLLS), running.machineId);
    }
    this.#running.delete(id);
    this.#listed = snapshot(`s${id.slice(-12)}`, running);
    return tracker(id, "FINISHED", 100, running.machineId);
  }
}

/** The headers of an answer, as the service sends them. */
export function headersOf(body) {
  // Every body here is ASCII.
  return { "content-type": "application/json", "content-length": String(body.length) };
}

function pathOf(url) {
  const start = url.startsWith("http") ? url.indexOf("/", 8) : 0;
  const end = url.indexOf("?", start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
}

function tracker(id, status, progress, machineId) {
  return `{"id":"${id}","selfLink":"/iaas/api/request-tracker/${id}","name":"Snapshot creation","status":"${status}",\
"progress":${progress},"message":"${status}","resources":["/iaas/api/machines/${machineId}"]}`;
}

function snapshot(id, { machineId, name }) {
  return `{"id":"${id}","name":"${name}","description":"Before the upgrade to 19c","isCurrent":true,\
"owner":"csp@vmware.com","ownerType":"user","orgId":"9e49","createdAt":"2026-01-05T22:00:00.000Z",\
"updatedAt":"2026-01-05T22:00:00.000Z","_links":{"self":{"href":"/iaas/api/machines/${machineId}/snapshots/${id}"},\
"machine":{"href":"/iaas/api/machines/${machineId}"},"empty":false}}`;
}
