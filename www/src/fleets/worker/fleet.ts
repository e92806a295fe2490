import type { FleetSummary } from "../../../../edge/src/api.ts";
import type { FleetNews, WorkerApi } from "../../connection/worker-api.ts";
import { problemOf } from "../../problems/problem-of.ts";
import { WorkerError } from "../../problems/worker-error.ts";
import { canRetry } from "../../storage/fleet-record.ts";
import type { Service } from "../../storage/operation-record.ts";
import type { FleetItem, FleetList } from "../list.ts";
import { FleetModel } from "../model.ts";
import { entryOf, toldOf, workerRecord } from "./record.ts";
import type { Turns } from "./turns.ts";

const FIRST_WAIT_MS = 1_000;
/** Unless the worker asks for more. */
const LONGEST_WAIT_MS = 15_000;
/** So long it is heard at a time, while another waits for its turn. */
const TURN_MS = 4_000;

interface Options {
  api: WorkerApi;
  turns: Turns;
  list: FleetList;
  service: Service;
  /** The worker no longer has it. */
  gone(): void;
  /** The worker does not accept the token. */
  refused(): void;
}

/** A fleet that an edge worker drives: the page hears of it, and asks. */
export class WorkerFleet {
  readonly #options: Options;
  readonly #id: string;
  readonly #item: FleetItem;
  readonly #end = new AbortController();
  /** Of the fleet as it is shown. */
  #revision: number;
  /** Of its machines as they are known. */
  #since: number | undefined;
  #isHeard = false;
  #isAsking = false;

  constructor(summary: FleetSummary, options: Options) {
    this.#options = options;
    this.#id = summary.id;
    this.#revision = summary.revision;
    const model = new FleetModel(workerRecord(summary, options.service), []);
    this.#item = options.list.make(model, {
      load: () => this.#load(),
      pause: () => void this.#ask((api) => api.pause(this.#id)),
      unpause: () => void this.#ask((api) => api.unpause(this.#id)),
      goOn: () => void this.#ask((api) => api.unpause(this.#id)),
      retry: (places) => void this.#retry(places),
    });
    options.list.add(this.#item);
    if (!this.#isOver) void this.#hear();
    // Another snapshot of a machine of which this is not known may be one too many.
    else if (summary.counts.unknown > 0) void this.#load();
  }

  /** How it is, as a list or an answer tells; what is older changes nothing. */
  take(summary: FleetSummary): void {
    if (summary.revision <= this.#revision) return;
    this.#changed(summary, () => {
      this.#model.record = { ...this.#model.record, ...toldOf(summary) };
    });
    void this.#hear();
  }

  /** With the token that was entered last. */
  goOn(): void {
    this.#item.card.refused = undefined;
    this.#options.list.changed(this.#item);
    if (!this.#isOver) void this.#hear();
  }

  focus(): void {
    this.#item.card.focus();
  }

  /** The page is connected to something else, or the worker no longer has it. */
  end(): void {
    this.#end.abort();
    this.#options.list.remove(this.#item);
  }

  get #model(): FleetModel {
    return this.#item.model;
  }

  get #isOver(): boolean {
    return this.#model.record.standing === "over";
  }

  /** Whether nothing more is to be heard: of one that was over when it was first seen, nothing is but what is asked for. */
  get #isAllHeard(): boolean {
    return this.#isOver && (this.#since === undefined || this.#since === this.#revision);
  }

  /** The machines of one that is under way are heard; those of one that is over are read when they are wanted. */
  async #load(): Promise<void> {
    if (this.#model.isComplete && (!this.#isOver || this.#isAllHeard)) return;
    await this.#call(async (api) => {
      const { machines, ...summary } = await api.report(this.#id);
      // More may have been heard meanwhile.
      if (summary.revision >= (this.#since ?? 0)) {
        this.#model.take(machines.map(entryOf));
        this.#since = summary.revision;
      }
      return summary;
    });
  }

  async #retry(places: readonly number[]): Promise<void> {
    const entries = places.map((place) => this.#model.entries[place]);
    const ids = entries.flatMap((entry) => (entry && canRetry(entry.status) ? [entry.machineId] : []));
    if (ids.length > 0) await this.#ask((api) => api.retry(this.#id, ids));
  }

  /** One thing at a time: a second press of a button is none. */
  async #ask(call: (api: WorkerApi) => Promise<FleetSummary>): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    await this.#call(call);
    this.#isAsking = false;
  }

  /** Asks the worker; what keeps it from answering is shown. */
  async #call(call: (api: WorkerApi) => Promise<FleetSummary>): Promise<void> {
    const { card } = this.#item;
    try {
      const summary = await call(this.#options.api);
      if (this.#end.signal.aborted) return;
      card.refused = undefined;
      this.take(summary);
      this.#options.list.changed(this.#item);
    } catch (error) {
      if (!this.#end.signal.aborted) this.#tellRefusal(error);
    }
  }

  #tellRefusal(error: unknown): void {
    const code = error instanceof WorkerError ? error.code : undefined;
    if (code === "not_found") {
      this.#options.gone();
      return;
    }
    if (code === "unauthorized") this.#options.refused();
    this.#options.list.tellRefused(this.#item, problemOf(error, "act"));
  }

  /** Hears of it until it is over, over cuts of the connection. */
  async #hear(): Promise<void> {
    if (this.#isHeard) return;
    this.#isHeard = true;
    const { signal } = this.#end;
    let wait = FIRST_WAIT_MS;
    while (!signal.aborted && !this.#isAllHeard) {
      try {
        const end = await this.#hearOnce();
        if (end === "over") break;
        wait = FIRST_WAIT_MS;
        if (end === "turn") continue;
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof WorkerError) || !error.isPassing) {
          this.#tellRefusal(error);
          break;
        }
        this.#showSilent(true);
        wait = Math.max(Math.min(LONGEST_WAIT_MS, wait * 2), error.retryAfterMs ?? 0);
      }
      await pause(wait, signal);
    }
    this.#isHeard = false;
  }

  /** Hears of it until that ends, and says by what; rejects if it cannot be heard at all. */
  async #hearOnce(): Promise<"cut" | "turn" | "over"> {
    const { api, turns } = this.#options;
    await turns.take();
    const turn = new AbortController();
    const timer = setInterval(() => {
      if (turns.isWanted) turn.abort();
    }, TURN_MS);
    const signal = AbortSignal.any([this.#end.signal, turn.signal]);
    let isOver = false;
    const onOpen = (isAll: boolean) => {
      isOver = isAll;
      this.#showSilent(false);
    };
    try {
      for await (const news of api.events(this.#id, this.#since, { signal, onOpen })) this.#take(news);
    } finally {
      clearInterval(timer);
      turns.give();
    }
    if (isOver) return "over";
    return turn.signal.aborted ? "turn" : "cut";
  }

  #take({ fleet, machines }: FleetNews): void {
    if (this.#end.signal.aborted) return;
    const views = machines.map(entryOf);
    this.#since = fleet.revision;
    if (fleet.revision < this.#revision) this.#model.take(views);
    else this.#changed(fleet, () => this.#model.change(toldOf(fleet), views));
  }

  #changed({ revision }: FleetSummary, change: () => void): void {
    const { list } = this.#options;
    const before = this.#model.record.standing;
    this.#revision = revision;
    change();
    list.changed(this.#item);
    list.tellProgress(this.#item);
    const { record } = this.#model;
    if (record.standing !== before && record.standing !== "running") list.tellEnd(record);
  }

  #showSilent(isSilent: boolean): void {
    const { record } = this.#model;
    if (!record.onWorker || record.onWorker.isSilent === isSilent) return;
    this.#model.record = { ...record, onWorker: { ...record.onWorker, isSilent } };
    this.#options.list.changed(this.#item);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
