import { type Machine, SnapshotError, type SnapshotSpecification } from "vra-snapshots";
import type { Connection } from "./connection.ts";
import { part, setText } from "./dom.ts";
import { machineName } from "./machine.ts";
import { OperationCard } from "./operation-card.ts";
import { type Problem, problemElement, problemOf } from "./problem.ts";
import { snapshotFacts } from "./snapshot-facts.ts";

/** What became of a submit. */
export interface Beginning {
  /** Accepted, or sent without a readable answer: not to be submitted again as it is. */
  mayHaveBegun: boolean;
  summary: string;
  /** Goes to its card, where there is one. */
  show?: () => void;
}

interface Hooks {
  announce(text: string): void;
  /** An operation began, ended or left the list. */
  onChange(): void;
}

interface Entry {
  card: OperationCard;
  connection: Connection;
  machineId: string;
  /** Ends the watching; the request goes on. */
  watching: AbortController;
}

/** The operations of this page, newest first: it submits, watches, and says how they ended. */
export class OperationPanel {
  readonly #hooks: Hooks;
  readonly #root: HTMLElement;
  readonly #list: HTMLElement;
  #entries: Entry[] = [];
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(root: HTMLElement, hooks: Hooks) {
    this.#root = root;
    this.#hooks = hooks;
    this.#list = part(root, "cards", HTMLElement);
  }

  /** Asks for a snapshot, and resolves when the service has answered; the watching goes on by itself. */
  async begin(
    connection: Connection,
    machine: Machine,
    specification: SnapshotSpecification,
  ): Promise<Beginning> {
    const name = machineName(machine);
    let entry: Entry;
    try {
      entry = this.#add(connection, machine, specification);
    } catch (error) {
      const problem = problemOf(error, "submit");
      return { mayHaveBegun: false, summary: `${problem.title}. ${problem.technical ?? ""}` };
    }
    const show = () => entry.card.focus();
    try {
      const accepted = entry.card.operation.submit();
      entry.card.show(undefined);
      await accepted;
    } catch (error) {
      const problem = this.#showRefusal(entry, error);
      return { mayHaveBegun: isUnclear(error), summary: `${name}: ${problem.title}.`, show };
    }
    this.#hooks.announce(`Snapshot of ${name} accepted by the service`);
    void this.#watch(entry);
    return { mayHaveBegun: true, summary: `${name}: accepted.`, show };
  }

  /** What speaks against another snapshot of this machine now, as far as this page knows. */
  caution({ baseUrl }: Connection, machine: Machine): string | undefined {
    const cards = this.#entries
      .filter((entry) => entry.machineId === machine.id && entry.connection.baseUrl === baseUrl)
      .map((entry) => entry.card);
    if (cards.some((card) => card.state === "unclear")) {
      return "It is not known what came of an earlier snapshot. Check the machine's snapshots first.";
    }
    if (cards.some((card) => !card.isOver)) {
      return "A snapshot of it is under way. The service runs one operation at a time on a machine.";
    }
    return undefined;
  }

  #add(connection: Connection, machine: Machine, specification: SnapshotSpecification): Entry {
    const operation = connection.client.prepareSnapshot(machine.id, specification);
    const names = { machineName: machineName(machine), snapshotName: specification.name };
    const card = new OperationCard(operation, names, {
      onWatch: () => void this.#watch(entry),
      onStop: () => entry.watching.abort(),
      onCheck: () => void this.#check(entry),
      onDismiss: () => this.#dismiss(entry),
    });
    const entry: Entry = { card, connection, machineId: machine.id, watching: new AbortController() };
    this.#entries.unshift(entry);
    this.#list.prepend(card.element);
    this.#changed();
    return entry;
  }

  /** Follows an accepted request to its end. */
  async #watch(entry: Entry): Promise<void> {
    const { card } = entry;
    entry.watching = new AbortController();
    const { signal } = entry.watching;
    card.resume();
    this.#changed();
    try {
      for await (const tracker of card.operation.watch({ signal })) card.show(tracker);
      // The request is over; where it has succeeded, its snapshot is still to be looked up.
      card.show(card.operation.tracker);
      const snapshot = await card.operation.result({ signal });
      card.finish(snapshot);
      this.#hooks.announce(`Snapshot of ${card.machineName} finished`);
    } catch (error) {
      if (signal.aborted) card.pause();
      else this.#showEnd(entry, error);
    }
    this.#changed();
  }

  #showRefusal({ card }: Entry, error: unknown): Problem {
    const problem = problemOf(error, "submit");
    if (isUnclear(error)) card.leaveUnclear(problem);
    else card.fail("Not begun", problem);
    this.#hooks.announce(`Snapshot of ${card.machineName}: ${problem.title}. ${problem.next}`);
    this.#changed();
    return problem;
  }

  #showEnd({ card }: Entry, error: unknown): void {
    const problem = problemOf(error, "watch");
    if (isUnclear(error)) card.leaveUnclear(problem, error.candidates);
    else if (error instanceof SnapshotError && error.code === "operation_failed")
      card.fail("Failed", problem);
    else card.pause(problem);
    this.#hooks.announce(
      `Snapshot of ${card.machineName}: ${problem.title}. ${problem.detail ?? problem.next}`,
    );
  }

  /** Lists the machine's snapshots in the card, for a person to find theirs. */
  async #check({ card, connection, machineId }: Entry): Promise<void> {
    try {
      const snapshots = await connection.client.listSnapshots(machineId);
      const heading = document.createElement("p");
      heading.className = "found-title";
      heading.textContent =
        snapshots.length > 0 ? "Snapshots of this machine now" : "This machine has no snapshots now.";
      card.showFound(heading, ...snapshots.map(snapshotFacts));
    } catch (error) {
      card.showFound(problemElement(problemOf(error, "list")));
    }
  }

  /** The focus goes to the list's heading, not to the top of the page. */
  #dismiss(entry: Entry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    entry.card.element.remove();
    this.#root.querySelector("h2")?.focus();
    this.#changed();
  }

  #changed(): void {
    const running = this.#entries.filter(({ card }) => card.state === "running").length;
    const over = this.#entries.filter(({ card }) => card.isOver).length;
    const words = [...(running > 0 ? [`${running} under way`] : []), ...(over > 0 ? [`${over} over`] : [])];
    setText(part(this.#root, "tally", HTMLElement), words.join(", "));
    part(this.#root, "none", HTMLElement).hidden = this.#entries.length > 0;
    part(this.#root, "fine-print", HTMLElement).hidden = running === 0;
    this.#runClock(running > 0);
    this.#hooks.onChange();
  }

  #runClock(needed: boolean): void {
    if (needed === (this.#clock !== undefined)) return;
    clearInterval(this.#clock);
    this.#clock = needed ? setInterval(() => this.#tick(), 1000) : undefined;
  }

  #tick(): void {
    for (const { card } of this.#entries) if (card.state === "running") card.show(card.operation.tracker);
  }
}

function isUnclear(error: unknown): error is SnapshotError {
  return (
    error instanceof SnapshotError && (error.code === "outcome_unknown" || error.code === "ambiguous_result")
  );
}
