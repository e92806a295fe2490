import { type Problem, problemElement } from "../problems/problem.ts";
import { canRetry, type FleetRecord } from "../storage/fleet-record.ts";
import type { Driver } from "../storage/operation-record.ts";
import { setText, showText } from "../ui/dom.ts";
import { button, dismissButton, element, Fact } from "../ui/elements.ts";
import { clock, count, dateTime, estimate } from "../ui/format.ts";
import type { Painter } from "../ui/painter.ts";
import { FleetChart } from "./chart.ts";
import { FleetCounts } from "./counts.ts";
import { FleetMachines } from "./machines.ts";
import type { FleetModel } from "./model.ts";
import { download, reportCsv, reportJson, reportRows } from "./report.ts";

export interface FleetActions {
  /** Resolves once its machines are known, or it has been told why they are not. */
  load(): Promise<void>;
  pause(): void;
  unpause(): void;
  goOn(): void;
  retry(places: number[]): void;
  /** Without it, it is not for this page to dismiss. */
  dismiss?(): void;
}

/** One fleet on the page. It shows; the list decides. */
export class FleetCard {
  readonly element = element("li", "fleet");
  readonly draw = () => this.#draw();
  driver: Driver = "here";
  /** Whether what was asked for last is under way: the buttons wait for it. */
  isBusy = false;
  /** Why what was asked of it last was not done. */
  refused: Problem | undefined;
  readonly #model: FleetModel;
  readonly #actions: FleetActions;
  readonly #article = element("article");
  readonly #standing = element("p", "operation-standing");
  readonly #note = element("p", "operation-note");
  readonly #problem = element("div", "operation-outcome");
  readonly #counts: FleetCounts;
  readonly #chart = new FleetChart();
  readonly #machines: FleetMachines;
  readonly #leftOut = element("details", "fleet-left-out");
  readonly #facts = {
    elapsed: new Fact("Elapsed"),
    left: new Fact("Left, about"),
    service: new Fact("Service"),
    begun: new Fact("Begun"),
    by: new Fact("By"),
    kept: new Fact("Kept until"),
  };
  readonly #pause: HTMLButtonElement;
  readonly #goOn: HTMLButtonElement;
  readonly #retry: HTMLButtonElement;
  readonly #load: HTMLButtonElement;
  readonly #dismiss: HTMLButtonElement;
  #shownProblem = "";

  constructor(model: FleetModel, painter: Painter, actions: FleetActions) {
    this.#model = model;
    this.#actions = actions;
    const { id, title, leftOut, onWorker } = model.record;
    const heading = element("h3", "", title);
    if (onWorker) heading.append(" ", element("span", "mark", "On the worker"));
    heading.id = `fleet-${id}`;
    this.#article.tabIndex = -1;
    this.#article.setAttribute("aria-labelledby", heading.id);
    this.#counts = new FleetCounts(() => void this.#choose());
    this.#machines = new FleetMachines({ model, painter, retry: (place) => actions.retry([place]) });
    this.#pause = button("Pause", "", () => (model.record.paused ? actions.unpause() : actions.pause()));
    this.#goOn = button("Go on", "", actions.goOn);
    this.#retry = button("", "", () => void this.#retryAll());
    this.#load = button("Show its machines", "", () => void this.#showMachines());
    this.#dismiss = dismissButton(() => actions.dismiss?.());
    this.#dismiss.setAttribute("aria-label", `Dismiss (${title})`);
    const csv = button("Report as CSV", "is-quiet", () => void this.#export("csv"));
    const json = button("Report as JSON", "is-quiet", () => void this.#export("json"));
    this.#showLeftOut(leftOut);
    this.#article.append(
      element("div", "operation-head", heading, this.#standing, this.#dismiss),
      this.#counts.element,
      this.#note,
      this.#problem,
      element("dl", "facts", ...Object.values(this.#facts).map((fact) => fact.element)),
      this.#chart.element,
      element("div", "fleet-buttons", this.#pause, this.#goOn, this.#retry, this.#load, csv, json),
      this.#machines.element,
      this.#leftOut,
    );
    this.element.append(this.#article);
  }

  focus(): void {
    this.#article.focus();
  }

  end(): void {
    this.#chart.end();
    this.#machines.end();
  }

  #draw(): void {
    const { record } = this.#model;
    const { standing, counts, samples, startedAt, onWorker } = record;
    const { isComplete } = this.#model;
    const here = this.driver === "here";
    const runs = standing === "running" && this.driver !== "nobody";
    const lost = counts.failed + counts.unknown;
    const over = standing === "over";
    this.element.dataset.state = stateOf(record, this.driver, lost);
    setText(this.#standing, standingWords(record, this.driver));
    showText(this.#note, noteOf(record, this.driver));
    this.#showProblem();
    this.#counts.show(counts, record.size);
    this.#facts.elapsed.show(clock((record.endedAt ?? Date.now()) - startedAt));
    const left = runs && !record.paused && record.etaMs !== undefined ? estimate(record.etaMs) : undefined;
    this.#facts.left.show(left);
    this.#facts.service.show(this.driver === "nobody" ? record.service.label : undefined);
    this.#facts.begun.show(onWorker && dateTime(startedAt));
    this.#facts.by.show(onWorker?.createdBy);
    this.#facts.kept.show(onWorker?.expiresAt === undefined ? undefined : dateTime(onWorker.expiresAt));
    this.#chart.show(samples, startedAt);
    this.#pause.hidden = !here || standing !== "running";
    setText(this.#pause, record.paused ? "Go on submitting" : "Pause submitting");
    this.#goOn.hidden = !here || standing !== "resting";
    const retriable = counts.failed + counts.unknown + (over ? counts.skipped : 0);
    const canAct = here && standing !== "gone";
    this.#retry.hidden = !canAct || retriable === 0;
    setText(this.#retry, `Try ${count(retriable, "machine")} again`);
    // Not `disabled`, which would take the focus away.
    for (const made of [this.#pause, this.#goOn, this.#retry, this.#dismiss])
      made.setAttribute("aria-disabled", String(this.isBusy));
    this.#load.hidden = isComplete || !over;
    this.#dismiss.hidden = !this.#actions.dismiss || runs || (here && standing === "resting");
    this.#machines.element.hidden = !isComplete;
    this.#machines.show(this.#model.placesWith(this.#counts.chosen), canAct);
  }

  async #choose(): Promise<void> {
    await this.#actions.load();
    this.#draw();
  }

  /** The focus goes on to what was asked for; its button is gone. */
  async #showMachines(): Promise<void> {
    await this.#actions.load();
    if (!this.#model.isComplete) return;
    this.#draw();
    this.#machines.element.focus();
  }

  async #retryAll(): Promise<void> {
    await this.#actions.load();
    const places = this.#retriable();
    if (places.length > 0) this.#actions.retry(places);
  }

  #retriable(): number[] {
    const isOver = this.#model.record.standing === "over";
    return this.#model.entries
      .filter(({ status }) => canRetry(status) && (isOver || status !== "skipped"))
      .map(({ place }) => place);
  }

  #showProblem(): void {
    const problems = [this.#model.record.problem, this.refused].filter((problem) => problem !== undefined);
    const shown = JSON.stringify(problems);
    if (shown === this.#shownProblem) return;
    this.#shownProblem = shown;
    this.#problem.replaceChildren(...problems.map(problemElement));
    this.#problem.hidden = problems.length === 0;
  }

  #showLeftOut(leftOut: FleetRecord["leftOut"]): void {
    this.#leftOut.hidden = leftOut.length === 0;
    const rows = leftOut.map(({ name, reason }) =>
      element("li", "", element("strong", "", name), ` ${reason}`),
    );
    const summary = element("summary", "", `${count(leftOut.length, "machine")} left out before the start`);
    const list = element("ul", "", ...rows);
    // It scrolls, by keyboard too.
    list.tabIndex = 0;
    list.setAttribute("aria-label", "Machines left out");
    this.#leftOut.append(summary, list);
  }

  async #export(as: "csv" | "json"): Promise<void> {
    await this.#actions.load();
    const { record, entries, isComplete } = this.#model;
    if (!isComplete) return;
    const rows = reportRows(record, entries);
    const name = `snapshots-${new Date(record.startedAt).toISOString().slice(0, 16).replace(/[:T]/g, "-")}`;
    if (as === "csv") download(`${name}.csv`, "text/csv;charset=utf-8", reportCsv(rows));
    else download(`${name}.json`, "application/json", reportJson(record, rows));
  }
}

function stateOf({ standing, paused }: FleetRecord, driver: Driver, lost: number): string {
  if (standing === "gone") return "gone";
  if (standing === "over") return lost > 0 ? "failed" : "finished";
  return paused || standing === "resting" || driver === "nobody" ? "paused" : "running";
}

function standingWords({ standing, paused, progress, counts, size }: FleetRecord, driver: Driver): string {
  if (standing === "gone") return "Gone";
  if (standing === "over")
    return counts.finished === size
      ? "Finished"
      : `Over: ${counts.finished.toLocaleString()} of ${size.toLocaleString()} finished`;
  const percent = `${Math.floor(progress)}%`;
  if (driver === "nobody" || standing === "resting") return `At rest, ${percent}`;
  return paused ? `Paused, ${percent}` : percent;
}

function noteOf({ standing, paused, service, onWorker }: FleetRecord, driver: Driver): string | undefined {
  if (standing === "gone") {
    return "The simulated service is gone: it lived in a page that has been closed or reloaded. A real service would have gone on.";
  }
  if (standing === "over") return undefined;
  if (driver === "elsewhere")
    return "Another tab of this browser drives it; this one takes over when that closes.";
  if (driver === "nobody") return `It belongs to ${service.label}. Connect to it to go on.`;
  if (onWorker?.isSilent)
    return "The worker does not answer, and is asked again. The fleet goes on there, whether this page hears of it or not.";
  if (onWorker?.retryAt !== undefined)
    return `The worker tries again by itself, ${dateTime(onWorker.retryAt)}. “Go on” tries now.`;
  if (paused) return "No other machine is submitted. Those under way go on.";
  return undefined;
}
