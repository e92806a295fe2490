/** Which of the listed things are chosen, and from where a range reaches. It knows ids, and nothing of the page. */
export class Selection {
  readonly #ids = new Set<string>();
  #anchor: string | undefined;
  /** What the newest range has added: given up when it reaches elsewhere. */
  #reached: string[] = [];

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  clear(): void {
    this.#ids.clear();
    this.#begin(undefined);
  }

  only(id: string): void {
    this.#ids.clear();
    this.#ids.add(id);
    this.#begin(id);
  }

  toggle(id: string): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#begin(id);
  }

  add(ids: Iterable<string>): void {
    for (const id of ids) this.#ids.add(id);
    this.#reached = [];
  }

  /** Chooses all from the one chosen last to this one, in the order of what is shown. */
  reach(id: string, shown: readonly string[]): void {
    const from = this.#anchor === undefined ? -1 : shown.indexOf(this.#anchor);
    const to = shown.indexOf(id);
    // The one chosen last may be hidden by now.
    if (from < 0) {
      this.only(id);
      return;
    }
    for (const reached of this.#reached) this.#ids.delete(reached);
    const range = shown.slice(Math.min(from, to), Math.max(from, to) + 1);
    const added = range.filter((one) => !this.#ids.has(one));
    this.add(added);
    this.#reached = added;
  }

  #begin(anchor: string | undefined): void {
    this.#anchor = anchor;
    this.#reached = [];
  }
}
