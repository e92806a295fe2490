import type { FleetState, SnapshotClient, SnapshotFleet } from "vra-snapshots";
import type { FleetModel } from "./fleet-model.ts";
import { canRetry, type EntryView, type FleetRecord, type StoredEntry, viewOf } from "./fleet-record.ts";
import { problemOf } from "./problem.ts";
import type { Store } from "./store.ts";

/** So often updates are taken at the most; what changes in between comes in one. */
const UPDATE_MS = 150;
/** So many machines are asked to be tried again in one task. */
const RETRIES_IN_A_TASK = 50;

interface Hooks {
  changed(record: FleetRecord, views: EntryView[]): void;
  /** Nothing more comes of it, or it stopped for a reason. */
  ended(record: FleetRecord): void;
}

/** Drives one fleet in this tab, which has its lock, and keeps the store up to date with it. */
export class FleetRun {
  readonly #model: FleetModel;
  readonly #store: Store;
  readonly #hooks: Hooks;
  readonly #end = new AbortController();
  readonly fleet: SnapshotFleet;
  #keptRevision = -1;
  #isWatching = false;

  /** `make` is given the options that a fleet has to have here. */
  constructor(
    model: FleetModel,
    store: Store,
    hooks: Hooks,
    make: (options: {
      checkpoint: (changes: FleetState) => Promise<void>;
      signal: AbortSignal;
    }) => SnapshotFleet,
  ) {
    this.#model = model;
    this.#store = store;
    this.#hooks = hooks;
    this.fleet = make({ checkpoint: (changes) => this.#keep(changes), signal: this.#end.signal });
  }

  /** Takes up the fleet that the store has. */
  static async resume(
    model: FleetModel,
    client: SnapshotClient,
    store: Store,
    hooks: Hooks,
  ): Promise<FleetRun> {
    const stored = await store.entries(model.record.id);
    model.take(stored.map(({ view }) => view));
    const entries = stored.map(({ state }) => state);
    const state = { ...model.record.header, entries } as unknown as FleetState;
    // To read a thousand states takes a while; it gets a task of its own.
    await yielded();
    const run = new FleetRun(model, store, hooks, (options) => client.resumeFleet(state, options));
    if (model.record.paused) run.fleet.pause();
    await yielded();
    return run;
  }

  /** Lets it run to its end. */
  async watch(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#change({ standing: "running", problem: undefined, endedAt: undefined });
    try {
      const wait = { timeoutMs: Number.POSITIVE_INFINITY };
      for await (const update of this.fleet.watch(wait)) {
        const views = this.#model.update(update);
        this.#hooks.changed(this.#model.record, views);
        await breath();
      }
      this.#change({ standing: "over", endedAt: Date.now(), etaMs: undefined });
      await this.#keep(this.fleet.changesSince(this.#keptRevision));
    } catch (error) {
      if (this.#end.signal.aborted) return;
      this.#change({ standing: "resting", problem: problemOf(error, "watch"), etaMs: undefined });
      await this.#store.putFleet(this.#model.record).catch(() => {});
    } finally {
      this.#isWatching = false;
    }
    this.#hooks.ended(this.#model.record);
  }

  pause(): void {
    this.fleet.pause();
    this.#change({ paused: true, etaMs: undefined });
    void this.#store.putFleet(this.#model.record);
  }

  unpause(): void {
    this.fleet.unpause();
    this.#change({ paused: false });
    void this.#store.putFleet(this.#model.record);
  }

  /** Tries these again, where it is safe; the library refuses where it is not. */
  async retry(places: readonly number[]): Promise<void> {
    let asked = 0;
    for (const place of places) {
      const entry = this.#model.entries[place];
      if (!entry || !canRetry(entry.status)) continue;
      this.fleet.retry(entry.machineId);
      asked += 1;
      if (asked % RETRIES_IN_A_TASK === 0) await breath();
    }
    if (asked > 0) void this.watch();
  }

  /** Nothing is done with it any more in this tab. */
  end(): void {
    this.#end.abort();
  }

  /** Only what has changed is written, and with it how far the fleet is. */
  async #keep(changes: FleetState): Promise<void> {
    const { entries, ...header } = changes;
    this.#model.record = { ...this.#model.record, header };
    const { id } = this.#model.record;
    const stored: StoredEntry[] = [];
    for (const state of entries) {
      const { place, machineId } = state;
      const entry = this.fleet.entry(machineId);
      if (!entry) continue;
      stored.push({ fleet: id, place, state, view: viewOf(entry, place) });
      if (stored.length % 250 === 0) await yielded();
    }
    await this.#store.putFleet(this.#model.record, stored);
    this.#keptRevision = changes.revision;
  }

  #change(change: Partial<FleetRecord>): void {
    this.#model.record = { ...this.#model.record, ...change };
    this.#hooks.changed(this.#model.record, []);
  }
}

/** A moment for the page, and in a hidden tab, which has no frames, the same. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, UPDATE_MS));
}

/** Ends the task, so that the page can answer in between. */
export function yielded(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
