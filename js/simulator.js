// The half of the simulator that is not in wasm: `fetch`.
import { Simulation } from "./simulator_core.js";

/** What a timer holds. */
const LONGEST_MS = 2 ** 31 - 1;

export class Simulator {
  #simulation;
  #latencyMs;

  constructor(options = {}) {
    const { latencyMs = 0, ...others } = options;
    if (!Number.isFinite(latencyMs) || latencyMs < 0 || latencyMs > LONGEST_MS) {
      throw new TypeError(`simulator options: latencyMs must be a number from 0 to ${LONGEST_MS}`);
    }
    this.#latencyMs = latencyMs;
    this.#simulation = new Simulation(JSON.stringify(others));
    const { token, readOnlyToken, refreshToken, organization } = this.#simulation;
    Object.assign(this, { token, readOnlyToken, refreshToken, organization });
    this.fetch = (input, init) => this.#answer(input, init);
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
    const answer = this.#simulation.handle(request.method, pathname + search, headers, sent, Date.now());
    await pause(this.#latencyMs / 2, signal);
    const [status, fields, body] = answer;
    return new Response(status === 204 ? null : body, { status, headers: fields });
  }
}

async function pause(ms, signal) {
  signal?.throwIfAborted();
  if (ms === 0) return;
  await new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
