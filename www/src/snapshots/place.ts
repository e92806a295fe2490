import type { Place } from "../context.ts";
import { part, showText } from "../ui/dom.ts";
import { count } from "../ui/format.ts";

/** So many machines a worker takes in one fleet. */
const MOST_ON_WORKER = 1_000;

/** The choice where a planned fleet runs, where there is one: the page is connected to a worker. */
export class PlaceChoice {
  readonly #root: HTMLElement;
  readonly #worker: HTMLInputElement;
  readonly #tab: HTMLInputElement;
  readonly #error: HTMLElement;
  #machines = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#worker = part(root, "on-worker", HTMLInputElement);
    this.#tab = part(root, "in-tab", HTMLInputElement);
    this.#error = part(root, "place-error", HTMLElement);
    root.addEventListener("change", () => this.#refresh());
    // It changes nothing of what was planned.
    root.addEventListener("input", (event) => event.stopPropagation());
  }

  offer(isOffered: boolean, machines: number): void {
    this.#root.hidden = !isOffered;
    this.#machines = machines;
    this.#refresh();
  }

  /** Where it is to run; `undefined` when it cannot run there, which is told beside the choice. */
  read(): Place | undefined {
    if (this.#root.hidden || this.#tab.checked) return "tab";
    if (!this.#isTooMany) return "worker";
    this.#worker.focus();
    return undefined;
  }

  get #isTooMany(): boolean {
    return this.#worker.checked && this.#machines > MOST_ON_WORKER;
  }

  #refresh(): void {
    const words = `The worker takes at most ${count(MOST_ON_WORKER, "machine")} in a fleet, and these are ${count(this.#machines)}. Choose fewer, or run it in this tab.`;
    showText(this.#error, this.#isTooMany ? words : undefined);
  }
}
