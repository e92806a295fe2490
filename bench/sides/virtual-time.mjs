// Virtual time for a process that calls a service over real HTTP: nobody waits for a timer. When no request is in
// flight and nothing is left to do, the clock jumps to the next timer. The service is told the time with each request.

import { subscribe } from "node:diagnostics_channel";
import { generator } from "../../tests/generator.mjs";
import { Timers } from "./timers.mjs";

/** A Monday, at 22:00 UTC. */
export const START_MS = 1_767_650_400_000;
/** What Node's `fetch` sets timers for itself with: these stay real. Anything else of it would fail at once. */
const OF_THE_PLATFORM = new Set(["onTick", "onParserTimeout"]);
/** Turns of the event loop in which nothing has happened: a body that has arrived is read by then. */
const CALM_TURNS = 4;

const { fetch, setTimeout, clearTimeout, setImmediate } = globalThis;

export class VirtualTime {
  /** Milliseconds since 1970. */
  now = START_MS;
  #timers = new Timers();
  #latencyMs;
  #look;
  #lookMs;
  #nextLook = START_MS;
  /** Calls without an answer's head, and requests whose answers have not arrived whole. */
  #calls = 0;
  #requests = new Set();
  /** Anything that was done: what is calm does none of it. */
  #done = 0;
  #seen = 0;
  #calm = 0;
  #isWatching = false;
  #failed;

  /** Every call takes `latencyMs`, half of it on the way there. `look` is called about every `lookMs`. */
  constructor({ latencyMs, look, lookMs }) {
    this.#latencyMs = latencyMs;
    this.#look = look;
    this.#lookMs = lookMs;
  }

  /** Does something in virtual time; it must come to an end by itself. */
  async run(work) {
    this.#install();
    const failure = new Promise((_, reject) => (this.#failed = reject));
    const result = work();
    this.#watch();
    return Promise.race([result, failure]);
  }

  #install() {
    const fake = (object, name, value) =>
      Object.defineProperty(object, name, { value, configurable: true, writable: true });
    fake(globalThis, "setTimeout", (callback, ms, ...args) => this.#set(callback, ms, args));
    fake(globalThis, "clearTimeout", (timer) => this.#clear(timer));
    fake(globalThis, "fetch", (input, init) => this.#fetch(input, init));
    fake(Date, "now", () => this.now);
    fake(performance, "now", () => this.now - START_MS);
    // Jitter is the same in every run.
    fake(Math, "random", generator(1));

    subscribe("undici:request:create", ({ request }) => this.#requests.add(request));
    const end = ({ request }) => {
      this.#requests.delete(request);
      this.#act();
    };
    subscribe("undici:request:trailers", end);
    subscribe("undici:request:error", end);
  }

  #set(callback, ms, args) {
    if (OF_THE_PLATFORM.has(callback.name)) return setTimeout(callback, ms, ...args);
    this.#act();
    return this.#timers.set(
      this.now + Math.max(1, ms || 0),
      args.length > 0 ? () => callback(...args) : callback,
    );
  }

  #clear(timer) {
    if (typeof timer === "object") return clearTimeout(timer);
    this.#act();
    this.#timers.clear(timer);
  }

  async #fetch(input, init) {
    // All of the latency comes before the call: an answer that were held back, and not read, would never arrive whole.
    await new Promise((resolve) => this.#set(resolve, this.#latencyMs, []));
    const headers = new Headers(init?.headers);
    headers.set("x-simulated-now", String(this.now - this.#latencyMs / 2));
    this.#calls += 1;
    try {
      return await fetch(input, { ...init, headers });
    } finally {
      this.#calls -= 1;
      this.#act();
    }
  }

  #act() {
    this.#done += 1;
    this.#watch();
  }

  /** Looks on as long as nothing is in flight; whatever arrives calls it again. */
  #watch() {
    if (this.#isWatching || !this.#failed) return;
    this.#isWatching = true;
    setImmediate(() => this.#turn());
  }

  #turn() {
    this.#isWatching = false;
    if (this.#calls > 0 || this.#requests.size > 0) return;
    this.#calm = this.#done === this.#seen ? this.#calm + 1 : 0;
    this.#seen = this.#done;
    if (this.#calm === CALM_TURNS) {
      this.#calm = 0;
      this.#jump();
    }
    this.#watch();
  }

  #jump() {
    const next = this.#timers.next();
    // Not an end: what has ended is not watched any more, and its process is gone soon.
    if (next === undefined) return this.#failed(new Error("it waits for something that will never come"));
    this.now = Math.max(this.now, next);
    if (this.now >= this.#nextLook) {
      this.#nextLook = this.now + this.#lookMs;
      this.#look();
    }
    for (const callback of this.#timers.due(this.now)) callback();
  }
}
