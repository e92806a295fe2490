// Timers by the time at which they are due: a binary heap, because there are thousands, and most are cleared.
export class Timers {
  #heap = [];
  /** By their numbers; a cleared one stays in the heap until its time, with nothing to call. */
  #pending = new Map();
  #last = 0;

  set(at, callback) {
    this.#last += 1;
    const timer = { at, number: this.#last, callback };
    this.#pending.set(timer.number, timer);
    this.#push(timer);
    return timer.number;
  }

  clear(number) {
    const timer = this.#pending.get(number);
    if (timer === undefined) return;
    this.#pending.delete(number);
    timer.callback = undefined;
  }

  /** When the next one is due. */
  next() {
    while (this.#heap.length > 0 && this.#heap[0].callback === undefined) this.#pop();
    return this.#heap[0]?.at;
  }

  /** Those that are due, in their order; one may clear another one. */
  *due(now) {
    while (this.next() <= now) {
      const { number, callback } = this.#pop();
      this.#pending.delete(number);
      yield callback;
    }
  }

  #push(timer) {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(timer);
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isBefore(timer, heap[above])) break;
      heap[place] = heap[above];
      place = above;
    }
    heap[place] = timer;
  }

  #pop() {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1], heap[below])) below += 1;
      if (!isBefore(heap[below], last)) break;
      heap[place] = heap[below];
      place = below;
    }
    heap[place] = last;
    return first;
  }
}

const isBefore = (one, other) => one.at < other.at || (one.at === other.at && one.number < other.number);
