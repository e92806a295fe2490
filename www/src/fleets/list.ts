import "../styles/fleets.css";
import type { Caution, Shared } from "../context.ts";
import type { Problem } from "../problems/problem.ts";
import type { FleetRecord } from "../storage/fleet-record.ts";
import type { Driver } from "../storage/operation-record.ts";
import { element } from "../ui/elements.ts";
import { type FleetActions, FleetCard } from "./card.ts";
import type { FleetModel } from "./model.ts";

/** A fleet in the list. */
export interface FleetItem {
  readonly model: FleetModel;
  readonly card: FleetCard;
  /** The quarter of the way that was announced last. */
  quarter: number;
}

/** The fleets, newest first, wherever they run: whoever adds one drives it, the list shows all in the same way. */
export class FleetList {
  /** Beside the title, and below the last fleet: for whoever has something to say of many. */
  readonly tools = element("div", "fleet-tools");
  readonly foot = element("div", "fleets-foot");
  readonly #shared: Shared;
  readonly #root: HTMLElement;
  #items: FleetItem[] = [];
  readonly #list = element("ul", "fleet-cards");
  readonly #heading = element("h2", "", "Fleets");
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(root: HTMLElement, shared: Shared) {
    this.#root = root;
    this.#shared = shared;
    this.#heading.id = "fleets-title";
    this.#heading.tabIndex = -1;
    this.#heading.dataset.part = "title";
    this.foot.hidden = true;
    root.replaceChildren(element("div", "panel-head", this.#heading, this.tools), this.#list, this.foot);
    root.setAttribute("aria-labelledby", this.#heading.id);
    this.refresh();
  }

  /** The card of a fleet; it is in the list once it is added. */
  make(model: FleetModel, actions: FleetActions): FleetItem {
    const card = new FleetCard(model, this.#shared.painter, actions);
    return { model, card, quarter: Math.floor(model.record.progress / 25) };
  }

  add(item: FleetItem): void {
    const { startedAt } = item.model.record;
    const place = this.#items.findIndex(({ model }) => model.record.startedAt <= startedAt);
    const next = this.#items[place];
    if (next) this.#items.splice(place, 0, item);
    else this.#items.push(item);
    this.#list.insertBefore(item.card.element, next?.card.element ?? null);
    this.changed(item);
  }

  remove(item: FleetItem): void {
    this.#items = this.#items.filter((other) => other !== item);
    item.card.end();
    item.card.element.remove();
    this.refresh();
  }

  /** It is shown as it is now. */
  changed(item: FleetItem): void {
    this.#shared.painter.ask(item.card.draw);
    this.refresh();
  }

  show(item: FleetItem, driver: Driver): void {
    item.card.driver = driver;
    this.changed(item);
  }

  /** What a person has asked for is under way, or no longer. */
  showBusy(item: FleetItem, isBusy: boolean): void {
    if (item.card.isBusy === isBusy) return;
    item.card.isBusy = isBusy;
    this.#shared.painter.ask(item.card.draw);
  }

  focus(): void {
    this.#heading.focus({ preventScroll: true });
  }

  /** What speaks against another snapshot of this machine now. */
  caution(machineId: string): Caution | undefined {
    const { baseUrl } = this.#shared.connection();
    const statuses = this.#items
      .map(({ model }) => model)
      .filter(({ record }) => record.service.baseUrl === baseUrl && record.standing !== "gone")
      .map((model) => model.statusOf(machineId));
    if (statuses.includes("unknown")) return "unknown";
    const open = new Set(["queued", "submitting", "inProgress"]);
    return statuses.some((status) => status && open.has(status)) ? "underWay" : undefined;
  }

  /** Announces each quarter of the way. */
  tellProgress(item: FleetItem): void {
    const { title, progress, standing } = item.model.record;
    const quarter = Math.floor(progress / 25);
    if (quarter > item.quarter && quarter < 4 && standing === "running")
      this.#shared.voice.say(`${title}: ${quarter * 25}%`);
    item.quarter = quarter;
  }

  tellEnd({ title, standing, counts, problem }: FleetRecord): void {
    const told = [
      `${counts.finished} finished`,
      ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
      ...(counts.unknown > 0 ? [`${counts.unknown} not known`] : []),
      ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ].join(", ");
    const text =
      standing === "over" ? `${title}: over, ${told}` : `${title} is at rest. ${problem?.title ?? ""}`;
    this.#shared.voice.say(text);
    this.#shared.notifier.tell(text);
  }

  /** Shows and says why what was asked of it was not done. */
  tellRefused(item: FleetItem, problem: Problem): void {
    item.card.refused = problem;
    this.#shared.voice.say(`${item.model.record.title}: ${problem.title}`);
    this.changed(item);
  }

  /** How many there are, or how one stands, is different. */
  refresh(): void {
    this.#root.hidden = this.#items.length === 0 && this.foot.hidden;
    const running = this.#items.some(({ model }) => model.record.standing === "running");
    if (running !== (this.#clock !== undefined)) {
      clearInterval(this.#clock);
      this.#clock = running ? setInterval(() => this.#tick(), 1000) : undefined;
    }
    this.#shared.changed();
  }

  #tick(): void {
    for (const { model, card } of this.#items)
      if (model.record.standing === "running") this.#shared.painter.ask(card.draw);
  }
}
