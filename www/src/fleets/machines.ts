import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { canRetry, type EntryView, STATUS_WORDS } from "../storage/fleet-record.ts";
import { setText, showText } from "../ui/dom.ts";
import { button, element } from "../ui/elements.ts";
import type { Painter } from "../ui/painter.ts";
import type { FleetModel } from "./model.ts";

/** In the page's text size. */
const ROW_REM = 3.25;

interface Options {
  model: FleetModel;
  painter: Painter;
  retry(place: number): void;
}

/** The machines of a fleet: of thousands, only those in sight are in the page. */
export class FleetMachines {
  readonly element = element("div", "fleet-machines");
  readonly #list = element("ul");
  readonly #none = element("p", "fleet-none", "No machine has this status now.");
  readonly #options: Options;
  readonly #rows = new Map<number, Row>();
  readonly #draw = () => this.#drawRows();
  readonly #virtual: Virtualizer<HTMLElement, HTMLElement>;
  readonly #unmount: () => void;
  #places: number[] = [];
  #canAct = false;

  constructor(options: Options) {
    this.#options = options;
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", "Machines of this fleet");
    this.element.append(this.#list, this.#none);
    this.#virtual = new Virtualizer<HTMLElement, HTMLElement>(this.#settings());
    this.#unmount = this.#virtual._didMount();
  }

  /** Shows these machines of the fleet. */
  show(places: number[], canAct: boolean): void {
    const isOther = places.length !== this.#places.length;
    this.#places = places;
    this.#canAct = canAct;
    this.#none.hidden = places.length > 0;
    if (isOther) this.#virtual.setOptions(this.#settings());
    this.#virtual._willUpdate();
    this.#drawRows();
  }

  end(): void {
    this.#unmount();
  }

  #settings() {
    const size = ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    return {
      count: this.#places.length,
      getScrollElement: () => this.element,
      estimateSize: () => size,
      overscan: 6,
      initialRect: { width: 0, height: 320 },
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.#options.painter.ask(this.#draw),
    };
  }

  #drawRows(): void {
    const items = this.#virtual.getVirtualItems();
    this.#list.style.blockSize = `${this.#virtual.getTotalSize()}px`;
    const gone = new Set(this.#rows.keys());
    let after: Element | null = null;
    for (const { index, start, size } of items) {
      const place = this.#places[index];
      const view = place === undefined ? undefined : this.#options.model.entries[place];
      if (place === undefined || !view) continue;
      gone.delete(place);
      let row = this.#rows.get(place);
      if (!row) {
        row = new Row(() => this.#options.retry(place));
        this.#rows.set(place, row);
      }
      // In the order of the list, for those who go through it without seeing where it stands.
      const next: Element | null = after ? after.nextElementSibling : this.#list.firstElementChild;
      if (next !== row.element) this.#list.insertBefore(row.element, next);
      after = row.element;
      row.place(start, size, index, this.#places.length);
      row.show(view, this.#canAct);
    }
    for (const place of gone) {
      this.#rows.get(place)?.element.remove();
      this.#rows.delete(place);
    }
  }
}

class Row {
  readonly element = element("li", "fleet-machine");
  readonly #name = element("span", "fleet-machine-name");
  readonly #status = element("span", "fleet-status");
  readonly #detail = element("span", "fleet-machine-detail");
  readonly #retry: HTMLButtonElement;
  #shown: EntryView | undefined;
  #couldAct = false;

  constructor(retry: () => void) {
    this.#retry = button("Try again", "is-small", retry);
    this.element.append(this.#name, this.#status, this.#detail, this.#retry);
  }

  place(start: number, size: number, index: number, count: number): void {
    this.element.style.transform = `translateY(${start}px)`;
    this.element.style.blockSize = `${size}px`;
    this.element.ariaPosInSet = String(index + 1);
    this.element.ariaSetSize = String(count);
  }

  show(view: EntryView, canAct: boolean): void {
    if (view === this.#shown && canAct === this.#couldAct) return;
    this.#shown = view;
    this.#couldAct = canAct;
    const { name, status, progress } = view;
    setText(this.#name, name);
    this.#status.dataset.status = status;
    const told = status === "inProgress" && progress !== undefined ? ` ${Math.floor(progress)}%` : "";
    setText(this.#status, `${STATUS_WORDS[status]}${told}`);
    const detail = view.reason ?? (status === "inProgress" ? view.message : view.snapshotName);
    showText(this.#detail, detail);
    this.#detail.title = detail ?? "";
    this.#retry.hidden = !canAct || !canRetry(status);
    this.#retry.setAttribute("aria-label", `Try again (${name})`);
  }
}
