import type { FleetOptions, FleetPlan, SnapshotSpecification } from "vra-snapshots";
import type { FleetSummary } from "../../../../edge/src/api.ts";
import type { FleetPage, WorkerApi } from "../../connection/worker-api.ts";
import type { Shared } from "../../context.ts";
import { problemElement } from "../../problems/problem.ts";
import { problemOf } from "../../problems/problem-of.ts";
import { WorkerError } from "../../problems/worker-error.ts";
import { fleetTitle } from "../../storage/fleet-record.ts";
import { serviceOf } from "../../storage/operation-record.ts";
import { showText } from "../../ui/dom.ts";
import { button, element } from "../../ui/elements.ts";
import type { FleetList } from "../list.ts";
import { WorkerFleet } from "./fleet.ts";
import { Turns } from "./turns.ts";

/** So often it is asked for fleets that others have begun, while the page is looked at. */
const LIST_MS = 20_000;
/** Of a title, for the worker. */
const LONGEST_TITLE = 200;

/** The worker that the page is connected to. */
interface Connected {
  api: WorkerApi;
  baseUrl: string;
  turns: Turns;
  /** By id; all that have been listed. */
  fleets: Map<string, WorkerFleet>;
  /** What asks for older ones, if there are any. */
  after?: string | undefined;
  isListed: boolean;
  isRefused: boolean;
}

/** The fleets that the edge worker drives which the page is connected to, whoever began them. The worker keeps them, the browser nothing. */
export class WorkerFleets {
  readonly #list: FleetList;
  readonly #shared: Shared;
  readonly #reload = button("Reload", "is-quiet", () => void this.#refresh());
  readonly #older = button("Show older", "", () => void this.#showOlder());
  readonly #status = element("p", "fleets-status");
  readonly #problem = element("div", "operation-outcome");
  #connected: Connected | undefined;
  /** A start of which it is not known whether it was one. */
  #unclear: { order: string; key: string } | undefined;

  constructor(list: FleetList, shared: Shared) {
    this.#list = list;
    this.#shared = shared;
    this.#reload.setAttribute("aria-label", "Reload the fleets");
    this.#status.setAttribute("role", "status");
    list.tools.append(this.#reload);
    list.foot.append(this.#status, this.#problem, this.#older);
    setInterval(() => this.#look(), LIST_MS);
    document.addEventListener("visibilitychange", () => this.#look());
    this.#show();
  }

  /** The page is connected anew: to a worker, or not. */
  connected(): void {
    const { worker: api, baseUrl } = this.#shared.connection();
    if (this.#connected && this.#connected.baseUrl === baseUrl && api) {
      this.#connected.isRefused = false;
      for (const fleet of this.#connected.fleets.values()) fleet.goOn();
    } else {
      for (const fleet of this.#connected?.fleets.values() ?? []) fleet.end();
      this.#unclear = undefined;
      this.#problem.replaceChildren();
      const turns = new Turns(api?.mostStreams ?? 0);
      this.#connected = api && { api, baseUrl, turns, fleets: new Map(), isListed: false, isRefused: false };
    }
    this.#show();
    void this.#refresh();
  }

  /** Begins a fleet, and resolves when the worker has it: from then on it depends on no tab. */
  async begin(
    { ready }: FleetPlan,
    specification: SnapshotSpecification,
    options: FleetOptions,
  ): Promise<void> {
    const connected = this.#connected;
    if (!connected) throw new Error("not connected to a worker");
    const title = fleetTitle(specification, ready.length).slice(0, LONGEST_TITLE);
    const order = { title, machines: ready, specification, options };
    const text = JSON.stringify(order);
    // The same start again, after one without an answer, is the same fleet.
    const earlier = this.#unclear?.order === text ? this.#unclear : undefined;
    const key = earlier?.key ?? crypto.randomUUID();
    this.#unclear = { order: text, key };
    try {
      const summary = await connected.api.begin(order, key);
      this.#unclear = undefined;
      this.#take(connected, [summary]);
      this.#shared.voice.say(`${title} begun on the worker`);
    } catch (error) {
      // A refusal says nothing of an earlier attempt.
      if (!earlier && error instanceof WorkerError && !error.isUnclear) this.#unclear = undefined;
      this.#tellIfRefused(error);
      // It may be there nevertheless.
      void this.#refresh();
      throw error;
    }
  }

  #look(): void {
    if (document.visibilityState === "visible" && !this.#connected?.isRefused) void this.#refresh();
  }

  /** The newest ones. */
  async #refresh(): Promise<void> {
    const connected = this.#connected;
    if (!connected) return;
    const page = await this.#page(connected);
    if (!page) return;
    const isNew = !page.content.some(({ id }) => connected.fleets.has(id));
    // Else those that are older than what is known follow on what was asked for last.
    if (isNew) connected.after = page.after;
    this.#take(connected, page.content);
  }

  async #showOlder(): Promise<void> {
    const connected = this.#connected;
    if (!connected?.after) return;
    const page = await this.#page(connected, connected.after);
    if (!page) return;
    connected.after = page.after;
    const [first] = page.content.filter(({ id }) => !connected.fleets.has(id));
    this.#take(connected, page.content);
    // The button may be gone, and the reader goes on with what it has brought.
    if (first) connected.fleets.get(first.id)?.focus();
  }

  /** A page of them; what keeps it from being read is shown. */
  async #page(connected: Connected, after?: string): Promise<FleetPage | undefined> {
    try {
      const page = await connected.api.list(after);
      if (connected !== this.#connected) return undefined;
      connected.isListed = true;
      this.#problem.replaceChildren();
      return page;
    } catch (error) {
      if (connected !== this.#connected) return undefined;
      this.#problem.replaceChildren(problemElement(problemOf(error, "list")));
      this.#tellIfRefused(error);
      this.#show();
      return undefined;
    }
  }

  #take(connected: Connected, summaries: readonly FleetSummary[]): void {
    if (connected !== this.#connected) return;
    for (const summary of summaries) {
      const known = connected.fleets.get(summary.id);
      if (known) known.take(summary);
      else connected.fleets.set(summary.id, this.#made(connected, summary));
    }
    this.#show();
  }

  #made({ api, turns, fleets }: Connected, summary: FleetSummary): WorkerFleet {
    return new WorkerFleet(summary, {
      api,
      turns,
      list: this.#list,
      service: serviceOf(this.#shared.connection()),
      gone: () => {
        fleets.get(summary.id)?.end();
        fleets.delete(summary.id);
        this.#show();
      },
      refused: () => this.#refused(),
    });
  }

  /** Nothing more is asked by itself until there is another token. */
  #refused(): void {
    if (this.#connected) this.#connected.isRefused = true;
    this.#shared.tokenRefused();
  }

  #tellIfRefused(error: unknown): void {
    if (error instanceof WorkerError && error.code === "unauthorized") this.#refused();
  }

  #show(): void {
    const connected = this.#connected;
    this.#reload.hidden = !connected;
    this.#list.foot.hidden = !connected;
    this.#older.hidden = !connected?.after;
    this.#problem.hidden = this.#problem.childElementCount === 0;
    showText(this.#status, connected && this.#problem.hidden ? statusOf(connected) : undefined);
    this.#list.refresh();
  }
}

function statusOf({ fleets, isListed }: Connected): string | undefined {
  if (!isListed) return "Reading the worker’s fleets";
  return fleets.size === 0 ? "The worker has no fleets." : undefined;
}
