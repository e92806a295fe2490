const BUDGET_MS = 8;

/**
 * Draws in animation frames, each thing once however often it has changed, and no longer in one frame than leaves
 * room for the rest of the page. A hidden tab draws nothing and catches up when it is seen.
 */
export class Painter {
  readonly #dirty = new Set<() => void>();
  #asked = false;

  /** `draw` must be the same function each time. */
  ask(draw: () => void): void {
    this.#dirty.add(draw);
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#asked = false;
    const end = performance.now() + BUDGET_MS;
    for (const draw of this.#dirty) {
      this.#dirty.delete(draw);
      draw();
      if (performance.now() > end) break;
    }
    if (this.#dirty.size > 0) {
      this.#asked = true;
      requestAnimationFrame(() => this.#draw());
    }
  }
}
