import type { FleetState, SnapshotClient, SnapshotFleet } from "vra-snapshots";
import { problemOf } from "../../problems/problem-of.ts";
import {
  canRetry,
  type EntryView,
  type FleetHeader,
  type FleetRecord,
  type StoredEntry,
  viewOf,
} from "../../storage/fleet-record.ts";
import type { Run } from "../../storage/ownership.ts";
import type { Store } from "../../storage/store.ts";
import type { FleetModel } from "../model.ts";

/** So often updates are taken at the most; what changes in between comes in one. */
const UPDATE_MS = 150;
/** So many machines are asked to be tried again in one task. */
const RETRIES_IN_A_TASK = 50;

interface Hooks {
  changed(record: FleetRecord, views: EntryView[]): void;
  /** Nothing more comes of it, or it stopped for a reason. */
  ended(run: FleetRun): void;
}

/** Drives one fleet in this tab, which owns it, and keeps the store up to date with it. */
export class FleetRun implements Run {
  readonly client: SnapshotClient;
  readonly fleet: SnapshotFleet;
  readonly #model: FleetModel;
  readonly #store: Store;
  readonly #hooks: Hooks;
  readonly #end = new AbortController();
  /** With 0, before anything was stored, all machines are. */
  #keptRevision = 0;
  #watching: Promise<void> | undefined;
  /** Writes follow one another, so that none that is older comes last. */
  #writing: Promise<void> = Promise.resolve();

  /** `make` is given the options that a fleet has to have here. */
  constructor(
    model: FleetModel,
    client: SnapshotClient,
    store: Store,
    hooks: Hooks,
    make: (options: {
      checkpoint: (changes: FleetState) => Promise<void>;
      signal: AbortSignal;
    }) => SnapshotFleet,
  ) {
    this.#model = model;
    this.client = client;
    this.#store = store;
    this.#hooks = hooks;
    this.fleet = make({ checkpoint: (changes) => this.#keep(changes), signal: this.#end.signal });
  }

  /** Takes up the fleet that the store has, with what was stored last. */
  static async resume(
    model: FleetModel,
    client: SnapshotClient,
    store: Store,
    hooks: Hooks,
  ): Promise<FleetRun> {
    const { id } = model.record;
    const [newest, stored] = [await store.fleet(id), await store.entries(id)];
    model.take(stored.map(({ view }) => view));
    const entries = stored.map(({ state }) => state);
    const state = { ...newest?.header, entries } as unknown as FleetState;
    // To read a thousand states takes a while; it gets a task of its own.
    await yielded();
    const run = new FleetRun(model, client, store, hooks, (options) => client.resumeFleet(state, options));
    // A click is stored in the record at once, and in the fleet's own state only before the next request: the record is newer.
    if (model.record.paused) run.fleet.pause();
    else run.fleet.unpause();
    await yielded();
    return run;
  }

  /** Lets it run to its end. */
  watch(): void {
    if (this.#end.signal.aborted || this.#watching) return;
    this.#watching = this.#watch().finally(() => {
      this.#watching = undefined;
      if (this.#end.signal.aborted) return;
      // Asked to try some again while the end was being stored: it is not the end.
      if (this.#model.record.standing === "over" && !this.#isOver) this.watch();
      else this.#hooks.ended(this);
    });
  }

  pause(): void {
    this.fleet.pause();
    this.#change({ paused: true, etaMs: undefined });
    this.#note();
  }

  unpause(): void {
    this.fleet.unpause();
    this.#change({ paused: false });
    this.#note();
  }

  /** Tries these again, where it is safe: by what the fleet knows, not by what the page shows. */
  async retry(places: readonly number[]): Promise<void> {
    let asked = 0;
    for (const place of places) {
      const { machineId } = this.#model.entries[place] ?? {};
      const entry = machineId === undefined ? undefined : this.fleet.entry(machineId);
      if (!entry || !canRetry(entry.status)) continue;
      this.fleet.retry(entry.machineId);
      asked += 1;
      if (asked % RETRIES_IN_A_TASK === 0) await breath();
    }
    // What was stored may be further than what the page shows: asked to be tried again, and not ended yet.
    if (asked > 0 || !this.#isOver) this.watch();
  }

  get #isOver(): boolean {
    const { finished, failed, unknown, skipped } = this.fleet.counts;
    return finished + failed + unknown + skipped === this.fleet.size;
  }

  async end(): Promise<void> {
    this.#end.abort();
    await this.#watching;
    await this.#writing;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#end;
    this.#change({ standing: "running", problem: undefined, endedAt: undefined });
    try {
      const wait = { timeoutMs: Number.POSITIVE_INFINITY };
      for await (const update of this.fleet.watch(wait)) {
        if (signal.aborted) return;
        const views = this.#model.update(update);
        this.#hooks.changed(this.#model.record, views);
        await breath();
      }
      if (signal.aborted) return;
      this.#change({ standing: "over", endedAt: Date.now(), etaMs: undefined });
      await this.#keep(this.fleet.changesSince(this.#keptRevision));
    } catch (error) {
      if (signal.aborted) return;
      this.#change({ standing: "resting", problem: problemOf(error, "watch"), etaMs: undefined });
      this.#note();
      await this.#writing;
    }
  }

  /** Only what has changed is written, and with it how far the fleet is. */
  async #keep(changes: FleetState): Promise<void> {
    const { entries, ...header } = changes;
    const { id } = this.#model.record;
    const stored: StoredEntry[] = [];
    for (const state of entries) {
      const { place, machineId } = state;
      const entry = this.fleet.entry(machineId);
      if (!entry) continue;
      stored.push({ fleet: id, place, state, view: viewOf(entry, place) });
      if (stored.length % 250 === 0) await yielded();
    }
    await this.#put(stored, header);
    this.#keptRevision = changes.revision;
  }

  /** Writes the record without its machines. No request depends on that, so a write that fails is left to the next one. */
  #note(): void {
    this.#put([]).catch(() => {});
  }

  /** Writes the record, with these machines. A run that has ended writes nothing: another one may be under way. */
  #put(entries: StoredEntry[], header?: FleetHeader): Promise<void> {
    const written = this.#writing.then(() => {
      this.#end.signal.throwIfAborted();
      if (header) this.#model.record = { ...this.#model.record, header };
      return this.#store.putFleet(this.#model.record, entries);
    });
    this.#writing = written.catch(() => {});
    return written;
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
