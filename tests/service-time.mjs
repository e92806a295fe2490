// The time of a simulated service, in the hands of a test.

/** It runs by itself until it is held, so that a test decides when an operation ends. For the option `now`. */
export class ServiceTime {
  #ahead = 0;
  #held;
  now = () => (this.#held ?? Date.now()) + this.#ahead;

  hold() {
    this.#held ??= Date.now();
  }

  runOn() {
    if (this.#held !== undefined) this.#ahead += this.#held - Date.now();
    this.#held = undefined;
  }

  /** Puts it forward; by default beyond the end of every operation under way. */
  pass(ms = 600_000) {
    this.#ahead += ms;
  }
}
