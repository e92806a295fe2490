// The half of the simulator that is not in wasm: `fetch`.
import { Simulation } from "./simulator_core.js";

/** What a timer holds. */
const LONGEST_MS = 2 ** 31 - 1;
const WITHOUT_BODY = [204, 205, 304];

export class Simulator {
  #simulation;
  #latencyMs;
  #now;

  constructor(options = {}) {
    // The clock is looked up at each call: one that is replaced later counts too.
    const { latencyMs = 0, now = () => Date.now(), ...others } = options;
    if (!Number.isFinite(latencyMs) || latencyMs < 0 || latencyMs > LONGEST_MS) {
      throw new TypeError(`simulator options: latencyMs must be a number from 0 to ${LONGEST_MS}`);
    }
    if (typeof now !== "function") throw new TypeError("simulator options: now must be a function");
    this.#latencyMs = latencyMs;
    this.#now = now;
    this.#simulation = new Simulation(JSON.stringify(others));
    const { token, readOnlyToken, refreshToken, organization } = this.#simulation;
    Object.assign(this, { token, readOnlyToken, refreshToken, organization });
    this.fetch = (input, init) => this.#answer(input, init);
  }

  inject(faults) {
    this.#simulation.inject(toJson(faults));
  }

  clearFaults() {
    this.#simulation.clearFaults();
  }

  expireTokens() {
    this.#simulation.expireTokens();
  }

  beginForeign(operation) {
    return this.#simulation.beginForeign(toJson(operation), this.#now());
  }

  stats() {
    return JSON.parse(this.#simulation.stats(this.#now()));
  }

  snapshotsOf(machineId) {
    return JSON.parse(this.#simulation.snapshotsOf(String(machineId), this.#now()));
  }

  async #answer(input, init) {
    const signal = init?.signal === undefined ? input?.signal : init.signal;
    signal?.throwIfAborted();
    // The signal is left to this function: a request would keep a listener on it.
    const request = new Request(input, { ...init, signal: null });
    const { pathname, search } = new URL(request.url);
    const headers = [...request.headers].flat();
    const sent = new Uint8Array(await request.arrayBuffer());

    // Half the latency on each way: what is aborted in between may have been carried out, as in life.
    await pause(this.#latencyMs / 2, signal);
    const answer = this.#simulation.handle(request.method, pathname + search, headers, sent, this.#now());
    const [status, fields, body, delayMs, end] = answer;
    await pause(this.#latencyMs / 2 + delayMs, signal);
    if (end === "refused") throw failure("ECONNREFUSED");
    if (end === "cut") throw failure("ECONNRESET");
    if (end !== "kept") {
      const length = ["content-length", String(body.length)];
      return new Response(cut(body.subarray(0, end)), { status, headers: [...fields, length] });
    }
    return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers: fields });
  }
}

/** `undefined` is no JSON, and no fault either. */
function toJson(value) {
  return JSON.stringify(value) ?? "null";
}

/** What `fetch` rejects with when there is no answer. */
function failure(code) {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
}

/** A body that breaks off. */
function cut(body) {
  let rest = body;
  const pull = (stream) => {
    if (rest.length === 0) return stream.error(new TypeError("terminated"));
    stream.enqueue(rest);
    rest = rest.subarray(rest.length);
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}

async function pause(ms, signal) {
  signal?.throwIfAborted();
  if (ms === 0) return;
  await new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const end = () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST_MS));
    signal?.addEventListener("abort", stop, { once: true });
  });
}
