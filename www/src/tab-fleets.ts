import type { FleetOptions, FleetPlan, SnapshotSpecification } from "vra-snapshots";
import type { Connection } from "./connection.ts";
import type { FleetItem, FleetList } from "./fleet-list.ts";
import { FleetModel } from "./fleet-model.ts";
import { type EntryView, type FleetRecord, fleetTitle, noCounts, type StoredEntry } from "./fleet-record.ts";
import { FleetRun, yielded } from "./fleet-run.ts";
import { type Release, tryLock, waitForLock } from "./locks.ts";
import { serviceOf } from "./operation-record.ts";
import { problemOf } from "./problem.ts";
import type { News } from "./store-channel.ts";
import type { Shared } from "./work.ts";

/**
 * Where nothing else is asked for: hundreds of requests sent at once keep the page from answering for a tenth of a
 * second, and no service is the better for them.
 */
const SUBMITS_PER_SECOND = 100;

interface Item extends FleetItem {
  run?: FleetRun | undefined;
  /** Of its lock, while this tab has it. */
  release?: Release | undefined;
  waiting?: AbortController | undefined;
}

/** The fleets that tabs of this browser drive: this one, others, and those that earlier pages left. */
export class TabFleets {
  readonly #shared: Shared;
  readonly #list: FleetList;
  readonly #items = new Map<string, Item>();
  /** Those being read from the store, with what was told of them meanwhile. */
  readonly #taking = new Map<string, { record: FleetRecord; changed: EntryView[] }[]>();

  constructor(list: FleetList, shared: Shared) {
    this.#list = list;
    this.#shared = shared;
  }

  async load(): Promise<void> {
    const records = await this.#shared.store.fleets();
    records.sort((a, b) => a.startedAt - b.startedAt);
    for (const record of records) await this.#take(record);
  }

  /** The page is connected anew: what belongs to that service goes on. */
  connected(): void {
    for (const item of this.#items.values()) {
      if (!item.run && !item.waiting && isOpen(item)) void this.#adopt(item);
      else if (item.run && item.model.record.standing === "resting") void this.#goOn(item);
    }
  }

  hear(news: News): void {
    if (news.type === "fleet") {
      const item = this.#items.get(news.record.id);
      const taking = this.#taking.get(news.record.id);
      if (taking) taking.push(news);
      else if (!item) void this.#take(news.record);
      else if (!item.release) this.#follow(item, news.record, news.changed);
    } else if (news.type === "dismissed") {
      const item = this.#items.get(news.id);
      if (item) this.#drop(item);
    }
  }

  /** Begins a fleet, and resolves when it is stored: from then on nothing can be lost. */
  async begin(plan: FleetPlan, specification: SnapshotSpecification, options: FleetOptions): Promise<void> {
    const connection = this.#shared.connection();
    const { store, channel, voice } = this.#shared;
    const views = plan.ready.map(
      ({ id, name }, place): EntryView => ({ place, machineId: id, name: name ?? id, status: "queued" }),
    );
    const model = new FleetModel(draftOf(plan, specification, connection), views);
    const run = new FleetRun(
      model,
      store,
      this.#hooksOf(() => item),
      (mine) =>
        connection.client.createSnapshots(plan.ready, specification, {
          submitsPerSecond: SUBMITS_PER_SECOND,
          ...options,
          ...mine,
        }),
    );
    await yielded();
    const { entries, ...header } = run.fleet.toJSON();
    await yielded();
    model.record = { ...model.record, id: run.fleet.id, header };
    const item = this.#itemOf(model);
    item.release = await tryLock(run.fleet.id);
    const stored = entries.map((state): StoredEntry => {
      const view = views[state.place] as EntryView;
      return { fleet: run.fleet.id, place: state.place, state, view };
    });
    try {
      await store.putFleet(model.record, stored);
    } catch (error) {
      item.release?.();
      run.end();
      throw error;
    }
    item.run = run;
    this.#add(item);
    channel.tell({ type: "fleet", record: model.record, changed: [] });
    voice.say(`${model.record.title} begun`);
    await yielded();
    void run.watch();
  }

  #itemOf(model: FleetModel): Item {
    const item: Item = this.#list.make(model, {
      load: async () => {},
      pause: () => item.run?.pause(),
      unpause: () => item.run?.unpause(),
      goOn: () => void this.#goOn(item),
      retry: (places) => void this.#retry(item, places),
      dismiss: () => void this.#dismiss(item),
    });
    return item;
  }

  #add(item: Item): void {
    this.#items.set(item.model.record.id, item);
    this.#list.add(item);
  }

  /** Shows one that the store has, and goes on with it where that is for this tab to do. */
  async #take(record: FleetRecord): Promise<void> {
    if (this.#items.has(record.id) || this.#taking.has(record.id)) return;
    const missed: { record: FleetRecord; changed: EntryView[] }[] = [];
    this.#taking.set(record.id, missed);
    const entries = await this.#shared.store.entries(record.id);
    this.#taking.delete(record.id);
    const model = new FleetModel(
      missed.at(-1)?.record ?? record,
      entries.map(({ view }) => view),
    );
    for (const { changed } of missed) model.take(changed);
    const item = this.#itemOf(model);
    this.#add(item);
    if (isOpen(item)) void this.#adopt(item);
  }

  /** Takes it up as soon as no other tab has its lock. */
  async #adopt(item: Item): Promise<void> {
    const { id, service } = item.model.record;
    const { store } = this.#shared;
    const isOurs = () => this.#shared.connection().baseUrl === service.baseUrl;
    if (!isOurs() && service.kind !== "simulator") return this.#list.show(item, "nobody");
    const waiting = new AbortController();
    item.waiting = waiting;
    let release = await tryLock(id);
    if (!release) {
      this.#list.show(item, "elsewhere");
      try {
        release = await waitForLock(id, waiting.signal);
      } catch {
        return;
      }
    }
    item.waiting = undefined;
    // The tab that had the lock has gone; what it wrote last counts.
    const newest = await store.fleet(id);
    if (!newest) {
      release();
      this.#drop(item);
      return;
    }
    item.model.record = newest;
    item.release = release;
    if (!isOpen(item) || !isOurs()) {
      item.model.take((await store.entries(id)).map(({ view }) => view));
      if (isOpen(item) && service.kind === "simulator") {
        item.model.record = { ...newest, standing: "gone", endedAt: Date.now() };
        await store.putFleet(item.model.record);
      }
      this.#letGo(item);
      this.#list.show(item, isOpen(item) ? "nobody" : "here");
      return;
    }
    this.#list.show(item, "here");
    await this.#goOn(item);
  }

  /** With the client of the newest connection, which has the token that was entered last. */
  async #goOn(item: Item): Promise<void> {
    const { client, baseUrl } = this.#shared.connection();
    if (item.run && baseUrl !== item.model.record.service.baseUrl) return void item.run.watch();
    try {
      item.run?.end();
      item.run = await FleetRun.resume(
        item.model,
        client,
        this.#shared.store,
        this.#hooksOf(() => item),
      );
      void item.run.watch();
    } catch (error) {
      item.model.record = { ...item.model.record, standing: "resting", problem: problemOf(error, "watch") };
      this.#list.changed(item);
    }
  }

  async #retry(item: Item, places: number[]): Promise<void> {
    const { id } = item.model.record;
    item.release ??= await tryLock(id);
    // Another tab is trying it again at this moment.
    if (!item.release) return;
    if (!item.run) {
      const { client, baseUrl } = this.#shared.connection();
      if (baseUrl !== item.model.record.service.baseUrl) {
        this.#letGo(item);
        return this.#list.show(item, "nobody");
      }
      item.run = await FleetRun.resume(
        item.model,
        client,
        this.#shared.store,
        this.#hooksOf(() => item),
      );
    }
    await item.run.retry(places);
  }

  #hooksOf(itemOf: () => Item) {
    return {
      changed: (record: FleetRecord, changed: EntryView[]) => {
        const item = itemOf();
        this.#list.changed(item);
        if (this.#items.get(record.id) !== item) return;
        this.#shared.channel.tell({ type: "fleet", record: withLastSample(record), changed });
        this.#list.tellProgress(item);
      },
      ended: (record: FleetRecord) => {
        this.#list.tellEnd(record);
        if (record.standing === "over") this.#letGo(itemOf());
        this.#shared.channel.tell({ type: "fleet", record: withLastSample(record), changed: [] });
      },
    };
  }

  #follow(item: Item, record: FleetRecord, changed: EntryView[]): void {
    item.model.follow(record);
    item.model.take(changed);
    if (isOpen(item) && !item.waiting && !item.run) void this.#adopt(item);
    if (!isOpen(item)) {
      item.waiting?.abort();
      item.waiting = undefined;
      item.card.driver = "here";
      // Another tab has gone on with it since this one did.
      item.run?.end();
      item.run = undefined;
    }
    this.#list.changed(item);
  }

  async #dismiss(item: Item): Promise<void> {
    const { id } = item.model.record;
    item.run?.end();
    this.#drop(item);
    this.#list.focus();
    await this.#shared.store.removeFleet(id);
    this.#shared.channel.tell({ type: "dismissed", id });
  }

  #drop(item: Item): void {
    item.waiting?.abort();
    this.#letGo(item);
    this.#items.delete(item.model.record.id);
    this.#list.remove(item);
  }

  #letGo(item: Item): void {
    item.release?.();
    item.release = undefined;
  }
}

/** The others have the samples before it. */
function withLastSample(record: FleetRecord): FleetRecord {
  return { ...record, samples: record.samples.slice(-1) };
}

function isOpen({ model }: Item): boolean {
  return model.record.standing === "running" || model.record.standing === "resting";
}

function draftOf(plan: FleetPlan, specification: SnapshotSpecification, connection: Connection): FleetRecord {
  const size = plan.ready.length;
  return {
    id: "",
    service: serviceOf(connection),
    title: fleetTitle(specification, size),
    startedAt: Date.now(),
    size,
    header: { version: 1, id: "", baseUrl: connection.baseUrl, revision: 0, size },
    standing: "running",
    paused: false,
    counts: noCounts(size),
    progress: 0,
    samples: [],
    leftOut: plan.machines
      .filter(({ canSnapshot }) => !canSnapshot)
      .map(({ machineId, name: its, reasons }) => ({
        machineId,
        name: its ?? machineId,
        reason: reasons.map(({ message }) => message).join(" "),
      })),
  };
}
