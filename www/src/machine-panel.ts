import { type Machine, type SnapshotClient, SnapshotError } from "vra-snapshots";
import { part, setText } from "./dom.ts";
import { count } from "./format.ts";
import { MachinePages } from "./machine-pages.ts";
import { MachineRow } from "./machine-row.ts";
import { problemElement, problemOf } from "./problem.ts";

interface Hooks {
  onChoose(machine: Machine | undefined): void;
  /** A call with the token was answered. */
  onToken(accepted: boolean): void;
  changeToken(): void;
}

/** The list of machines: loaded a page at a time, searched by name among what is loaded. */
export class MachinePanel {
  readonly #hooks: Hooks;
  readonly #search: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #loading: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #count: HTMLElement;
  readonly #more: HTMLButtonElement;

  #client: SnapshotClient | undefined;
  #pages: MachinePages | undefined;
  #rows: MachineRow[] = [];
  #hasMore = false;
  /** Whether what stands in the list's place is for the search to change. */
  #searchable = false;
  /** Ends the list before this one. */
  #reading = new AbortController();

  constructor(root: HTMLElement, hooks: Hooks) {
    this.#hooks = hooks;
    this.#search = part(root, "search", HTMLInputElement);
    this.#list = part(root, "rows", HTMLElement);
    this.#loading = part(root, "loading", HTMLElement);
    this.#empty = part(root, "empty", HTMLElement);
    this.#count = part(root, "count", HTMLElement);
    this.#more = part(root, "more", HTMLButtonElement);

    this.#search.addEventListener("input", () => this.#filter());
    this.#search.addEventListener("keydown", (event) => this.#leaveSearch(event));
    this.#list.addEventListener("change", () => this.#hooks.onChoose(this.#chosen()?.machine));
    this.#more.addEventListener("click", () => void this.#readPage());
    part(root, "reload", HTMLButtonElement).addEventListener("click", () => this.#reload());
  }

  /** Shows the machines of this client, from the first page on. */
  load(client: SnapshotClient): void {
    this.#client = client;
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#pages = new MachinePages(client, this.#reading.signal);
    this.#rows = [];
    this.#hasMore = false;
    this.#list.replaceChildren();
    this.#hooks.onChoose(undefined);
    void this.#readPage();
  }

  focus(): void {
    this.#search.focus();
  }

  clearChoice(): void {
    const chosen = this.#chosen();
    if (chosen) chosen.choice.checked = false;
    this.#hooks.onChoose(undefined);
  }

  #reload(): void {
    if (this.#client) this.load(this.#client);
  }

  async #readPage(): Promise<void> {
    const pages = this.#pages;
    const { signal } = this.#reading;
    if (!pages) return;
    this.#showLoading();
    try {
      const page = await pages.next();
      if (signal.aborted) return;
      this.#hooks.onToken(true);
      this.#append(page);
      const hasMore = await pages.hasMore();
      if (signal.aborted) return;
      this.#hasMore = hasMore;
      this.#filter();
    } catch (error) {
      if (!signal.aborted) this.#showProblem(error);
    }
  }

  #append(machines: Machine[]): void {
    const rows = machines.map((machine) => new MachineRow(machine));
    this.#rows.push(...rows);
    this.#list.append(...rows.map((row) => row.element));
    this.#loading.hidden = true;
    this.#searchable = true;
    this.#filter();
  }

  /** Shows the rows that match the search, and says how many of how many. */
  #filter(): void {
    if (!this.#searchable) return;
    const search = this.#searched();
    let shown = 0;
    for (const row of this.#rows) {
      const matches = row.matches(search);
      row.element.hidden = !matches;
      if (matches) shown += 1;
    }
    const loaded = count(this.#rows.length, "machine");
    const words = search ? `${shown.toLocaleString()} of ${loaded}` : loaded;
    setText(this.#count, this.#hasMore ? `${words} loaded; there are more` : words);
    this.#more.hidden = !this.#hasMore;
    this.#more.disabled = false;
    if (this.#rows.length === 0) {
      this.#showEmpty(
        "No machines",
        "This token sees no machines here. Its user may not be a member of a project.",
      );
    } else if (shown === 0) {
      this.#showEmpty(
        "No match",
        this.#hasMore ? "Not among those loaded. Load more to search on." : "Try a part of the name.",
      );
    } else {
      this.#empty.hidden = true;
    }
  }

  /** From the search, Enter and the down arrow go to the machine of just this name, or else to the first in sight. */
  #leaveSearch(event: KeyboardEvent): void {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    const choosable = this.#rows.filter((row) => !row.element.hidden && !row.choice.disabled);
    const goal = choosable.find((row) => row.is(this.#searched())) ?? choosable[0];
    if (!goal) return;
    event.preventDefault();
    goal.choice.focus();
    // As an arrow key does inside the list: to move is to choose.
    goal.choice.click();
  }

  #searched(): string {
    return this.#search.value.trim().toLowerCase();
  }

  #chosen(): MachineRow | undefined {
    return this.#rows.find((row) => row.choice.checked);
  }

  #showLoading(): void {
    this.#searchable = this.#rows.length > 0;
    this.#loading.hidden = this.#searchable;
    this.#empty.hidden = true;
    this.#more.disabled = true;
    setText(this.#count, this.#searchable ? "Loading more" : "Loading machines");
  }

  #showEmpty(title: string, text: string): void {
    const heading = document.createElement("p");
    heading.className = "empty-title";
    heading.textContent = title;
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    this.#empty.replaceChildren(heading, paragraph);
    this.#empty.hidden = false;
  }

  #showProblem(error: unknown): void {
    this.#searchable = false;
    this.#loading.hidden = true;
    this.#more.hidden = true;
    const loaded = this.#rows.length > 0;
    setText(
      this.#count,
      loaded ? `${count(this.#rows.length, "machine")} loaded; the rest could not be` : "No machines loaded",
    );
    const again = button("Try again", () => this.#reload());
    const buttons = [again];
    if (error instanceof SnapshotError && error.code === "unauthorized") {
      this.#hooks.onToken(false);
      buttons.unshift(button("Change the token", () => this.#hooks.changeToken()));
    }
    this.#empty.replaceChildren(problemElement(problemOf(error, "list")), ...buttons);
    this.#empty.hidden = false;
  }
}

function button(label: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button";
  element.textContent = label;
  element.addEventListener("click", onClick);
  return element;
}
