/** Which of the listed things are chosen, and from where a range reaches. It knows ids, and nothing of the page. */
export class Selection {
  readonly #ids = new Set<string>();
  #anchor: string | undefined;

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  clear(): void {
    this.#ids.clear();
    this.#anchor = undefined;
  }

  only(id: string): void {
    this.#ids.clear();
    this.#ids.add(id);
    this.#anchor = id;
  }

  toggle(id: string): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#anchor = id;
  }

  add(ids: Iterable<string>): void {
    for (const id of ids) this.#ids.add(id);
  }

  /** Adds all from the one chosen last to this one, in the order of what is shown. */
  reach(id: string, shown: readonly string[]): void {
    const from = this.#anchor === undefined ? -1 : shown.indexOf(this.#anchor);
    const to = shown.indexOf(id);
    // The one chosen last may be hidden by now.
    if (from < 0) this.only(id);
    else this.add(shown.slice(Math.min(from, to), Math.max(from, to) + 1));
  }
}
