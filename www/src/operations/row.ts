import { problemElement } from "../problems/problem.ts";
import {
  type Driver,
  isOver,
  type OperationRecord,
  type SnapshotFacts,
  subjectOf,
} from "../storage/operation-record.ts";
import { showText } from "../ui/dom.ts";
import { button, dismissButton, element, Fact } from "../ui/elements.ts";
import { clock, dateTime } from "../ui/format.ts";
import { OperationProgress } from "./progress.ts";

/** What can be asked for at a row. */
export interface RowActions {
  stop(): void;
  watch(): void;
  look(): void;
  submitAgain(): void;
  tryAgain(): void;
  check(): void;
  dismiss(): void;
}

/** One operation on the page: how far it is, and in the end what came of it. It shows; the list decides. */
export class OperationRow {
  readonly element = element("li", "operation");
  readonly #article = element("article");
  readonly #progress = new OperationProgress();
  readonly #note = element("p", "operation-note");
  readonly #outcome = element("div", "operation-outcome");
  readonly #found = element("div", "found");
  readonly #facts = {
    status: new Fact("Status"),
    elapsed: new Fact("Elapsed"),
  };
  readonly #buttons: Record<keyof RowActions, HTMLButtonElement>;
  /** What the outcome was made of; it is made anew only when that changes. */
  #shown = "";

  constructor(record: OperationRecord, actions: RowActions) {
    const subject = subjectOf(record);
    const title = element("h3", "", record.machine.name);
    title.id = `operation-${record.id}`;
    this.#article.tabIndex = -1;
    this.#article.setAttribute("aria-labelledby", title.id);
    this.#buttons = {
      stop: button("Stop watching", "is-quiet", actions.stop),
      watch: button("Watch again", "", actions.watch),
      look: button("Look again", "", actions.look),
      submitAgain: button("Look, and submit if it is not there", "", actions.submitAgain),
      tryAgain: button("Try again", "", actions.tryAgain),
      check: button("Check its snapshots", "", actions.check),
      dismiss: dismissButton(actions.dismiss),
    };
    for (const made of Object.values(this.#buttons))
      made.setAttribute("aria-label", `${made.title || made.textContent} (${subject})`);
    const { dismiss, ...others } = this.#buttons;
    this.#article.append(
      element("div", "operation-head", title, dismiss),
      this.#progress.element,
      this.#note,
      this.#outcome,
      this.#found,
      element(
        "div",
        "operation-foot",
        element("dl", "facts", ...Object.values(this.#facts).map((fact) => fact.element)),
        ...Object.values(others),
      ),
    );
    this.#found.hidden = true;
    this.element.append(this.#article);
  }

  /** While what was asked for is under way, `isBusy`, the buttons wait for it. */
  show(record: OperationRecord, driver: Driver, isBusy: boolean): void {
    const { standing } = record;
    const runs = standing === "running" && driver !== "nobody";
    this.element.dataset.state = standing === "running" && !runs ? "paused" : standing;
    this.element.dataset.driver = driver;
    this.#progress.show(record, driver);
    showText(this.#note, noteOf(record, driver));
    this.#showOutcome(record);
    this.#facts.status.show(standing === "gone" ? undefined : record.status);
    // Where the service has accepted nothing, no time has passed on it.
    const timed = !isOver(record) || record.status !== undefined;
    const elapsed = (record.endedAt ?? Date.now()) - record.startedAt;
    this.#facts.elapsed.show(timed && standing !== "gone" ? clock(elapsed) : undefined);
    this.#showButtons(record, driver);
    // Not `disabled`, which would take the focus away.
    for (const made of Object.values(this.#buttons)) made.setAttribute("aria-disabled", String(isBusy));
  }

  /** Shows what a look at the machine's snapshots has found, below what there is. */
  showFound(...found: Node[]): void {
    this.#found.replaceChildren(...found);
    this.#found.hidden = false;
  }

  focus(): void {
    this.#article.scrollIntoView({ block: "nearest" });
    this.#article.focus({ preventScroll: true });
  }

  #showOutcome({ problem, snapshot, candidates, standing, kind }: OperationRecord): void {
    const shown = JSON.stringify([problem, snapshot, candidates, standing]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const parts: HTMLElement[] = [];
    if (problem) parts.push(problemElement(problem));
    if (snapshot && kind === "create") parts.push(snapshotElement(snapshot));
    parts.push(...(candidates ?? []).map(snapshotElement));
    this.#outcome.replaceChildren(...parts);
    this.#outcome.hidden = parts.length === 0;
    this.#found.hidden = true;
  }

  #showButtons(record: OperationRecord, driver: Driver): void {
    const { standing, kind, phase, errorCode } = record;
    const here = driver === "here";
    const unclear = here && standing === "unclear";
    const unknown = unclear && errorCode === "outcome_unknown";
    const again = standing === "failed" || standing === "refused";
    const shown: Record<keyof RowActions, boolean> = {
      stop: here && standing === "running" && phase === "tracking",
      watch: here && standing === "paused",
      look: unknown,
      submitAgain: unknown && kind === "create",
      // A revert discards what came after: it is asked for where it is confirmed, each time.
      tryAgain: here && again && kind !== "revert",
      check: unclear,
      dismiss: isOver(record) || (standing === "paused" && here) || driver === "nobody",
    };
    const active = document.activeElement;
    for (const [name, visible] of Object.entries(shown))
      this.#buttons[name as keyof RowActions].hidden = !visible;
    // The focus stays at the row when the button that had it goes.
    if (active instanceof HTMLButtonElement && active.hidden && this.#article.contains(active))
      this.#article.focus({ preventScroll: true });
  }
}

/** A snapshot as the service gave it: its name, when it was created, its id. */
export function snapshotElement({ id, name, createdAt }: SnapshotFacts): HTMLElement {
  const created = new Fact("Created");
  created.show(createdAt ? dateTime(createdAt) : "not told");
  const idFact = element("div", "", element("dt", "", "Id"), element("dd", "", element("code", "", id)));
  return element(
    "div",
    "snapshot",
    element("p", "snapshot-name", name || "(without a name)"),
    element("dl", "facts", created.element, idFact),
  );
}

function noteOf(record: OperationRecord, driver: Driver): string | undefined {
  const { standing, service, kind } = record;
  if (standing === "gone") {
    return "The simulated service is gone: it lived in a page that has been closed or reloaded. A real service would have gone on.";
  }
  if (isOver(record)) {
    if (standing !== "finished") return undefined;
    if (kind === "revert") return "The machine is as it was at that snapshot.";
    return kind === "delete" ? "The snapshot has been deleted." : undefined;
  }
  if (driver === "elsewhere")
    return "Another tab of this browser watches it; this one takes over when that closes.";
  if (driver === "nobody")
    return `It belongs to ${service.label}. The request goes on there; connect to it to watch.`;
  if (standing === "paused" && !record.problem) return "The request goes on at the service.";
  return undefined;
}
