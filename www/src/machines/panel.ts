import { SnapshotError } from "vra-snapshots";
import type { Connection } from "../connection/connection.ts";
import { problemElement } from "../problems/problem.ts";
import { problemOf } from "../problems/problem-of.ts";
import { button, part, setText, showText } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { MachineChecks } from "./checks.ts";
import { isFiltering, type MachineFilter, matches } from "./filter.ts";
import { MachineList } from "./list.ts";
import { type ListedMachine, listedMachine, powerWords } from "./machine.ts";
import { MachinePages } from "./pages.ts";

/** So long nothing has to change before a screen reader is told how many there are. */
const SETTLED_MS = 800;

interface Hooks {
  onSelect(machines: readonly ListedMachine[]): void;
  /** A call with the token was answered. */
  onToken(accepted: boolean): void;
  changeToken(): void;
}

/**
 * The machines: the next page is read when the end of the list comes into sight. With a search the end is in sight
 * soon, so it reads on until there is enough to see, or nothing more.
 */
export class MachinePanel {
  readonly #hooks: Hooks;
  readonly #list: MachineList;
  readonly #box: HTMLElement;
  readonly #search: HTMLInputElement;
  readonly #power: HTMLSelectElement;
  readonly #project: HTMLSelectElement;
  readonly #loading: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #count: HTMLElement;
  readonly #spoken: HTMLElement;
  readonly #tools: HTMLElement;
  readonly #loadAll: HTMLButtonElement;

  #connection: Connection | undefined;
  #checks: MachineChecks | undefined;
  #pages: MachinePages | undefined;
  #machines: ListedMachine[] = [];
  #shown: ListedMachine[] = [];
  #hasMore = false;
  #isReading = false;
  #failed = false;
  /** Somebody wants the whole list, whether the end is in sight or not. */
  #wantsAll = false;
  /** Ends the list before this one. */
  #reading = new AbortController();
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, hooks: Hooks) {
    this.#hooks = hooks;
    this.#box = part(root, "rows", HTMLElement);
    this.#search = part(root, "search", HTMLInputElement);
    this.#power = part(root, "power-filter", HTMLSelectElement);
    this.#project = part(root, "project-filter", HTMLSelectElement);
    this.#loading = part(root, "loading", HTMLElement);
    this.#empty = part(root, "empty", HTMLElement);
    this.#count = part(root, "count", HTMLElement);
    this.#spoken = part(root, "spoken", HTMLElement);
    this.#tools = part(root, "tools", HTMLElement);
    this.#loadAll = part(root, "load-all", HTMLButtonElement);
    this.#list = new MachineList(this.#box, {
      onSelect: () => this.#selected(),
      onEndInSight: () => void this.#readPage(),
    });

    this.#search.addEventListener("input", () => this.#filter());
    this.#search.addEventListener("keydown", (event) => this.#leaveSearch(event));
    for (const select of [this.#power, this.#project])
      select.addEventListener("change", () => this.#filter());
    part(root, "select-all", HTMLButtonElement).addEventListener("click", () => this.#list.selectShown());
    part(root, "clear", HTMLButtonElement).addEventListener("click", () => {
      this.#list.clear();
      this.#box.focus();
    });
    this.#loadAll.addEventListener("click", () => {
      this.#wantsAll = true;
      void this.#readPage();
    });
    part(root, "reload", HTMLButtonElement).addEventListener("click", () => this.#reload());
  }

  /** What can be done to a machine, as the service told not long ago. */
  get checks(): MachineChecks | undefined {
    return this.#checks;
  }

  /** Shows the machines of this connection, from the first page on. */
  load(connection: Connection): void {
    this.#connection = connection;
    this.#checks = new MachineChecks(connection.client);
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#pages = new MachinePages(connection.client, this.#reading.signal);
    this.#machines = [];
    this.#hasMore = true;
    this.#isReading = false;
    this.#failed = false;
    this.#wantsAll = false;
    this.#list.clear();
    this.#list.show([], true);
    void this.#readPage();
  }

  /** There is no connection yet: somebody has to say who they are. */
  unload(): void {
    this.#failed = true;
    this.#loading.hidden = true;
    this.#say("No machines loaded");
    this.#showEmpty("Not connected", "Enter the caller token above to see the machines.");
  }

  focus(): void {
    this.#search.focus();
  }

  clearChoice(): void {
    this.#list.clear();
  }

  /** A look at the machine has told more than the list did. */
  showReason(machine: ListedMachine, reason: string | undefined): void {
    if (machine.reason === reason) return;
    machine.reason = reason;
    this.#list.redraw(machine);
  }

  #reload(): void {
    if (this.#connection) this.load(this.#connection);
    else this.#hooks.changeToken();
  }

  async #readPage(): Promise<void> {
    const pages = this.#pages;
    const { signal } = this.#reading;
    if (!pages || !this.#hasMore || this.#isReading || this.#failed) return;
    this.#isReading = true;
    this.#refresh();
    try {
      const page = await pages.next();
      if (signal.aborted) return;
      this.#hooks.onToken(true);
      this.#machines.push(...page.map(listedMachine));
      this.#offer(page.length);
      const hasMore = await pages.hasMore();
      if (signal.aborted) return;
      this.#hasMore = hasMore;
      this.#isReading = false;
      this.#filter();
    } catch (error) {
      if (!signal.aborted) this.#showProblem(error);
    }
  }

  /** Offers to filter by what the newest so many machines have. */
  #offer(newest: number): void {
    for (const machine of this.#machines.slice(-newest)) {
      addOption(this.#power, machine.powerState, powerWords(machine));
      if (machine.projectId) addOption(this.#project, machine.projectId, machine.projectId);
    }
  }

  #filtering(): MachineFilter {
    return { search: this.#searched(), power: this.#power.value, project: this.#project.value };
  }

  /** Shows the machines that match. */
  #filter(): void {
    if (this.#failed && this.#machines.length === 0) return;
    const filter = this.#filtering();
    this.#shown = isFiltering(filter)
      ? this.#machines.filter((machine) => matches(machine, filter))
      : this.#machines;
    // Before the list, which may ask for the next page at once.
    this.#refresh();
    this.#list.show([...this.#shown], !this.#hasMore || this.#failed);
    // An empty list has no end that could come into sight.
    if (this.#shown.length === 0 || this.#wantsAll) void this.#readPage();
  }

  /** Says how many of how many, and what stands in the place of rows that there are not. */
  #refresh(): void {
    const none = this.#shown.length === 0;
    const isFirst = this.#machines.length === 0 && this.#isReading;
    this.#loading.hidden = !isFirst;
    this.#box.hidden = isFirst || none;
    this.#tools.hidden = this.#machines.length === 0;
    // The button goes when its work is done, and the focus must not go with it.
    const focused = document.activeElement === this.#loadAll;
    this.#loadAll.hidden = isFirst || !this.#hasMore || this.#failed;
    this.#loadAll.setAttribute("aria-disabled", String(this.#wantsAll));
    if (focused && this.#loadAll.hidden) this.#box.focus();
    if (this.#failed) return;
    this.#say(isFirst ? "Loading machines" : this.#howMany());
    this.#empty.hidden = isFirst || !none;
    if (isFirst || !none) return;
    if (this.#hasMore) this.#showEmpty("No match so far", "Looking through the rest of the list.");
    else if (this.#machines.length > 0)
      this.#showEmpty("No match", "Try a part of the name, or another filter.");
    else
      this.#showEmpty(
        "No machines",
        "This token sees no machines here. Its user may not be a member of a project.",
      );
  }

  #howMany(): string {
    const loaded = count(this.#machines.length, "machine");
    const words = isFiltering(this.#filtering())
      ? `${this.#shown.length.toLocaleString()} of ${loaded}`
      : loaded;
    return this.#hasMore ? `${words} loaded; there are more` : words;
  }

  #selected(): void {
    const machines = this.#machines.filter((machine) => this.#list.isSelected(machine));
    showText(
      part(this.#tools, "selected", HTMLElement),
      machines.length > 0 ? `${count(machines.length)} selected` : undefined,
    );
    part(this.#tools, "clear", HTMLButtonElement).hidden = machines.length === 0;
    this.#hooks.onSelect(machines);
    this.#speak();
  }

  #say(text: string): void {
    setText(this.#count, text);
    this.#speak();
  }

  /** A list that grows page by page, or a range that is drawn, is told of once, when it rests. */
  #speak(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const selected = this.#list.selectedCount;
      const words = selected > 0 ? `, ${count(selected)} selected` : "";
      setText(this.#spoken, `${this.#count.textContent}${words}`);
    }, SETTLED_MS);
  }

  /** From the search, Enter and the down arrow go to the machine of just this name, or else to the first in sight. */
  #leaveSearch(event: KeyboardEvent): void {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    const search = this.#searched();
    const goal = this.#shown.find(({ searchable }) => searchable === search) ?? this.#shown[0];
    if (!goal) return;
    event.preventDefault();
    this.#list.goTo(goal);
  }

  #searched(): string {
    return this.#search.value.trim().toLowerCase();
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
    this.#failed = true;
    this.#isReading = false;
    this.#filter();
    const loaded = this.#machines.length;
    this.#loading.hidden = true;
    this.#say(
      loaded > 0 ? `${count(loaded, "machine")} loaded; the rest could not be` : "No machines loaded",
    );
    const buttons = [button("Try again", () => this.#reload())];
    if (error instanceof SnapshotError && error.code === "unauthorized") {
      this.#hooks.onToken(false);
      buttons.unshift(button("Change the token", () => this.#hooks.changeToken()));
    }
    this.#empty.replaceChildren(problemElement(problemOf(error, "list")), ...buttons);
    this.#empty.hidden = false;
  }
}

/** In the order of their words, each once. */
function addOption(select: HTMLSelectElement, value: string, words: string): void {
  const options = [...select.options].slice(1);
  if (options.some((option) => option.value === value)) return;
  const next = options.find((option) => option.text.localeCompare(words) > 0);
  select.add(new Option(words, value), next ?? null);
}
