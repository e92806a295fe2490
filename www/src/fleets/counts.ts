import type { MachineStatus } from "vra-snapshots";
import { type Counts, STATUS_WORDS, STATUSES } from "../storage/fleet-record.ts";
import { setText } from "../ui/dom.ts";
import { element } from "../ui/elements.ts";

/** How many machines have each status: a stacked bar, and its legend, which chooses what the list shows. */
export class FleetCounts {
  readonly element = element("div", "fleet-counts");
  readonly #stack = element("div", "fleet-stack");
  readonly #segments = new Map<MachineStatus, HTMLElement>();
  readonly #buttons = new Map<MachineStatus | undefined, { button: HTMLButtonElement; count: HTMLElement }>();
  chosen: MachineStatus | undefined;

  constructor(onChoose: () => void) {
    this.#stack.setAttribute("role", "img");
    const filters = element("div", "fleet-filters");
    filters.setAttribute("role", "group");
    filters.setAttribute("aria-label", "Show machines that are");
    for (const status of [undefined, ...STATUSES]) {
      const count = element("span", "fleet-count");
      const word = element("span", "fleet-status", status ? STATUS_WORDS[status] : "All");
      if (status) word.dataset.status = status;
      const made = element("button", "fleet-filter", word, " ", count);
      made.type = "button";
      made.addEventListener("click", () => {
        this.chosen = status;
        this.#showChosen();
        onChoose();
      });
      this.#buttons.set(status, { button: made, count });
      filters.append(made);
      if (!status) continue;
      const segment = element("i");
      segment.dataset.status = status;
      this.#segments.set(status, segment);
      this.#stack.append(segment);
    }
    this.element.append(this.#stack, filters);
    this.#showChosen();
  }

  show(counts: Counts, size: number): void {
    const told: string[] = [];
    for (const status of STATUSES) {
      const count = counts[status];
      const segment = this.#segments.get(status);
      if (segment) {
        segment.style.flexGrow = String(count);
        segment.hidden = count === 0;
      }
      if (count > 0) told.push(`${count.toLocaleString()} ${STATUS_WORDS[status].toLowerCase()}`);
      this.#showCount(status, count);
    }
    this.#showCount(undefined, size);
    const label = `${size.toLocaleString()} machines: ${told.join(", ")}`;
    if (this.#stack.ariaLabel !== label) this.#stack.ariaLabel = label;
  }

  #showCount(status: MachineStatus | undefined, count: number): void {
    const shown = this.#buttons.get(status);
    if (!shown) return;
    setText(shown.count, count.toLocaleString());
    shown.button.classList.toggle("is-none", count === 0);
  }

  #showChosen(): void {
    for (const [status, { button }] of this.#buttons)
      button.setAttribute("aria-pressed", String(status === this.chosen));
  }
}
