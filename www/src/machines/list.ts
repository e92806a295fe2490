import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { part } from "../ui/dom.ts";
import type { ListedMachine } from "./machine.ts";
import { machineOption } from "./option.ts";
import { Selection } from "./selection.ts";

/** A row of two lines, in rem; rows are measured once they are shown. */
const ROW_REM = 3.4;

interface Hooks {
  onSelect(): void;
  /** The last row is in sight, or nearly so. */
  onEndInSight(): void;
}

/**
 * A listbox of any number of machines, of which only those in sight are elements. The focus stays on the listbox and
 * `aria-activedescendant` tells the row, so that no row takes the focus with it when it scrolls away.
 */
export class MachineList {
  readonly #box: HTMLElement;
  readonly #sizer: HTMLElement;
  readonly #hooks: Hooks;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #selection = new Selection();
  /** The rows that are elements now, by the machine's id. */
  readonly #elements = new Map<string, HTMLElement>();
  #shown: readonly ListedMachine[] = [];
  #complete = true;
  #active = -1;
  #isRendering = false;
  #isStale = false;

  constructor(box: HTMLElement, hooks: Hooks) {
    this.#box = box;
    this.#sizer = part(box, "sizer", HTMLElement);
    this.#hooks = hooks;
    this.#virtualizer = new Virtualizer(this.#options());
    this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
    box.addEventListener("keydown", (event) => this.#onKey(event));
    box.addEventListener("click", (event) => this.#onClick(event));
    // From the keyboard it opens where one left it, or at what is chosen.
    box.addEventListener("focus", () => {
      if (this.#active < 0) this.#activate(Math.max(0, this.#firstSelected()), false);
    });
  }

  /** Shows these, in this order; `complete` if no other can follow. What was chosen stays so. */
  show(machines: readonly ListedMachine[], complete: boolean): void {
    const active = this.#shown[this.#active]?.id;
    this.#shown = machines;
    this.#complete = complete;
    this.#active = active === undefined ? -1 : machines.findIndex(({ id }) => id === active);
    this.#virtualizer.setOptions(this.#options());
    // Heights are kept by machine: rows that stay are not measured again.
    this.#virtualizer._willUpdate();
    this.#render();
  }

  /** A machine has changed; its row is made anew. */
  redraw({ id }: ListedMachine): void {
    this.#elements.get(id)?.remove();
    this.#elements.delete(id);
    this.#render();
  }

  isSelected({ id }: ListedMachine): boolean {
    return this.#selection.has(id);
  }

  get selectedCount(): number {
    return this.#selection.size;
  }

  clear(): void {
    this.#selection.clear();
    this.#changed();
  }

  selectShown(): void {
    this.#selection.add(this.#shown.map(({ id }) => id));
    this.#changed();
  }

  /** Chooses this one alone, and puts the focus on it. */
  goTo(machine: ListedMachine): void {
    this.#selection.only(machine.id);
    this.#activate(this.#shown.indexOf(machine), true);
    this.#box.focus();
    this.#changed();
  }

  #options() {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    return {
      count: this.#shown.length,
      getScrollElement: () => this.#box,
      estimateSize: () => ROW_REM * rem,
      getItemKey: (index: number) => this.#shown[index]?.id ?? index,
      overscan: 6,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.#render(),
    };
  }

  /** A row that is measured may turn out to be of another height, which is to be drawn too, but not for each row. */
  #render(): void {
    this.#isStale = true;
    if (this.#isRendering) return;
    this.#isRendering = true;
    while (this.#isStale) {
      this.#isStale = false;
      // All are put in before the first is measured, so that the browser lays them out once.
      for (const element of this.#draw()) this.#virtualizer.measureElement(element);
    }
    this.#isRendering = false;
  }

  /** Gives the rows that are new. */
  #draw(): HTMLElement[] {
    const fresh: HTMLElement[] = [];
    const items = this.#virtualizer.getVirtualItems();
    this.#sizer.style.blockSize = `${this.#virtualizer.getTotalSize()}px`;
    this.#dropAllBut(new Set(items.map(({ index }) => this.#shown[index]?.id)));
    let before: Element | null = null;
    for (const { index, start } of items) {
      const machine = this.#shown[index];
      if (!machine) continue;
      const known = this.#elements.get(machine.id);
      const element = known ?? machineOption(machine);
      element.id = `machine-at-${index}`;
      element.dataset.index = String(index);
      element.style.translate = `0 ${start}px`;
      element.setAttribute("aria-posinset", String(index + 1));
      element.setAttribute("aria-setsize", String(this.#complete ? this.#shown.length : -1));
      element.setAttribute("aria-selected", String(this.#selection.has(machine.id)));
      element.classList.toggle("is-active", index === this.#active);
      // In the order of the list, for those who read it rather than see it.
      if (!known || element.previousElementSibling !== before)
        this.#sizer.insertBefore(element, before ? before.nextSibling : this.#sizer.firstChild);
      before = element;
      if (known) continue;
      this.#elements.set(machine.id, element);
      fresh.push(element);
    }
    this.#tellActive();
    const last = items.at(-1);
    // Without a row there is no size yet.
    if (!this.#complete && last && last.index >= this.#shown.length - 1) this.#hooks.onEndInSight();
    return fresh;
  }

  #dropAllBut(kept: ReadonlySet<string | undefined>): void {
    for (const [id, element] of this.#elements) {
      if (kept.has(id)) continue;
      element.remove();
      this.#elements.delete(id);
    }
  }

  /** A row that is no element cannot be told of. */
  #tellActive(): void {
    const id = `machine-at-${this.#active}`;
    const there = this.#active >= 0 && this.#elements.has(this.#shown[this.#active]?.id ?? "");
    if (there) this.#box.setAttribute("aria-activedescendant", id);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  #firstSelected(): number {
    return this.#shown.findIndex(({ id }) => this.#selection.has(id));
  }

  #activate(index: number, scroll: boolean): void {
    this.#active = Math.max(0, Math.min(index, this.#shown.length - 1));
    if (scroll) this.#virtualizer.scrollToIndex(this.#active);
    this.#render();
  }

  #changed(): void {
    this.#render();
    this.#hooks.onSelect();
  }

  #onClick(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
    if (!row) return;
    const index = Number(row.dataset.index);
    const machine = this.#shown[index];
    if (!machine) return;
    this.#active = index;
    const onBox = event.target instanceof Element && event.target.closest("[data-part=check]") !== null;
    if (event.shiftKey) this.#reach(machine);
    else if (onBox || event.ctrlKey || event.metaKey) this.#selection.toggle(machine.id);
    else this.#selection.only(machine.id);
    this.#changed();
  }

  #reach({ id }: ListedMachine): void {
    this.#selection.reach(
      id,
      this.#shown.map((machine) => machine.id),
    );
  }

  /** As in every listbox of many choices: arrows move, the space bar chooses, shift reaches. */
  #onKey(event: KeyboardEvent): void {
    if (event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    const goal = this.#goalOf(event.key);
    if (goal !== undefined) {
      event.preventDefault();
      const left = this.#shown[this.#active];
      if (event.shiftKey && left && this.#selection.size === 0) this.#selection.only(left.id);
      this.#activate(goal, true);
      const machine = this.#shown[this.#active];
      if (event.shiftKey && machine) this.#reach(machine);
      if (event.shiftKey) this.#changed();
      return;
    }
    const machine = this.#shown[this.#active];
    if (command && event.key.toLowerCase() === "a") this.selectShown();
    else if (event.key === "Escape" && this.#selection.size > 0) this.clear();
    else if (!machine) return;
    else if (event.key === " ") this.#chooseBySpace(machine, event.shiftKey);
    else if (event.key === "Enter") this.goTo(machine);
    else return;
    event.preventDefault();
  }

  #chooseBySpace(machine: ListedMachine, reaches: boolean): void {
    if (reaches) this.#reach(machine);
    else this.#selection.toggle(machine.id);
    this.#changed();
  }

  #goalOf(key: string): number | undefined {
    const page = Math.max(1, this.#elements.size - 8);
    switch (key) {
      case "ArrowDown":
        return this.#active + 1;
      case "ArrowUp":
        return this.#active - 1;
      case "PageDown":
        return this.#active + page;
      case "PageUp":
        return this.#active - page;
      case "Home":
        return 0;
      case "End":
        return this.#shown.length - 1;
      default:
        return undefined;
    }
  }
}
