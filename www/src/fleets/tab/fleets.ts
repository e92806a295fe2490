import type { FleetOptions, FleetPlan, SnapshotSpecification } from "vra-snapshots";
import type { Connection } from "../../connection/connection.ts";
import type { Shared } from "../../context.ts";
import { problemOf } from "../../problems/problem-of.ts";
import type { News } from "../../storage/channel.ts";
import {
  type EntryView,
  type FleetRecord,
  fleetTitle,
  noCounts,
  type StoredEntry,
} from "../../storage/fleet-record.ts";
import { serviceOf } from "../../storage/operation-record.ts";
import { type Hold, Ownership } from "../../storage/ownership.ts";
import type { FleetItem, FleetList } from "../list.ts";
import { FleetModel } from "../model.ts";
import { FleetRun, yielded } from "./run.ts";

/**
 * Where nothing else is asked for: hundreds of requests sent at once keep the page from answering for a tenth of a
 * second, and no service is the better for them.
 */
const SUBMITS_PER_SECOND = 100;

interface Item extends FleetItem {
  readonly ownership: Ownership<FleetRun>;
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
      const { state } = item.ownership;
      if (!isOpen(item) || state === "waiting") continue;
      if (state === "free") this.#adopt(item);
      else void this.#goOn(item);
    }
  }

  hear(news: News): void {
    if (news.type === "fleet") {
      const item = this.#items.get(news.record.id);
      const taking = this.#taking.get(news.record.id);
      if (taking) taking.push(news);
      else if (!item) void this.#take(news.record);
      else this.#follow(item, news.record, news.changed);
    } else if (news.type === "dismissed") {
      const item = this.#items.get(news.id);
      if (item) this.#drop(item);
    }
  }

  /** Begins a fleet, and resolves when it is stored: from then on nothing can be lost. */
  async begin(plan: FleetPlan, specification: SnapshotSpecification, options: FleetOptions): Promise<void> {
    const connection = this.#shared.connection();
    const { client } = connection;
    const { store, channel, voice } = this.#shared;
    const views = plan.ready.map(
      ({ id, name }, place): EntryView => ({ place, machineId: id, name: name ?? id, status: "queued" }),
    );
    const model = new FleetModel(draftOf(plan, specification, connection), views);
    const run = new FleetRun(
      model,
      client,
      store,
      this.#hooksOf(() => item),
      (mine) =>
        client.createSnapshots(plan.ready, specification, {
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
    const stored = entries.map((state): StoredEntry => {
      const view = views[state.place] as EntryView;
      return { fleet: run.fleet.id, place: state.place, state, view };
    });
    try {
      // Another tab that finds it in the store finds its lock taken.
      const outcome = await item.ownership.step(async (hold) => {
        await store.putFleet(model.record, stored);
        await hold.replace(() => run);
      });
      if (outcome !== "done") throw new Error("another tab has the lock of a new fleet");
    } catch (error) {
      await run.end();
      throw error;
    }
    this.#add(item);
    channel.tell({ type: "fleet", record: model.record, changed: [] });
    voice.say(`${model.record.title} begun`);
    await yielded();
    run.watch();
  }

  #itemOf(model: FleetModel): Item {
    const shown = this.#list.make(model, {
      load: async () => {},
      pause: () => void this.#pause(item, true),
      unpause: () => void this.#pause(item, false),
      goOn: () => void this.#goOn(item),
      retry: (places) => void this.#retry(item, places),
      dismiss: () => void this.#dismiss(item),
    });
    const ownership = new Ownership<FleetRun>(model.record.id, {
      changed: () => this.#list.showBusy(item, ownership.isBusy),
      waits: () => this.#list.show(item, "elsewhere"),
      lost: () => this.#adopt(item),
    });
    const item: Item = Object.assign(shown, { ownership });
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
    if (isOpen(item)) this.#adopt(item);
  }

  /** Takes it up as soon as no other tab owns it. */
  #adopt(item: Item): void {
    const isGone = item.model.record.service.kind === "simulator";
    if (!this.#isOurs(item) && !isGone) this.#list.show(item, "nobody");
    else void item.ownership.adopt((hold) => this.#takeUp(item, hold));
  }

  /** What the tab that owned it wrote last counts; then it goes on where that is for this page to do. */
  async #takeUp(item: Item, hold: Hold<FleetRun>): Promise<void> {
    const { store } = this.#shared;
    const { id, service } = item.model.record;
    const newest = await store.fleet(id);
    if (!newest) {
      hold.forget();
      this.#drop(item);
      return;
    }
    item.model.record = newest;
    if (isOpen(item) && this.#isOurs(item)) return this.#resume(item, hold);
    item.model.take((await store.entries(id)).map(({ view }) => view));
    if (isOpen(item) && service.kind === "simulator") {
      item.model.record = { ...newest, standing: "gone", endedAt: Date.now() };
      await store.putFleet(item.model.record);
    }
    this.#list.show(item, isOpen(item) ? "nobody" : "here");
  }

  /** With the client of the newest connection, which has the token that was entered last. */
  async #resume(item: Item, hold: Hold<FleetRun>): Promise<void> {
    this.#list.show(item, "here");
    try {
      const run = await hold.replace(() => this.#resumed(item));
      run?.watch();
    } catch (error) {
      item.model.record = { ...item.model.record, standing: "resting", problem: problemOf(error, "watch") };
      this.#list.changed(item);
    }
  }

  #resumed(item: Item): Promise<FleetRun> {
    const { client } = this.#shared.connection();
    return FleetRun.resume(
      item.model,
      client,
      this.#shared.store,
      this.#hooksOf(() => item),
    );
  }

  /** Goes on with one that rests: a second click finds that it no longer rests. */
  async #goOn(item: Item): Promise<void> {
    const outcome = await item.ownership.step(async (hold) => {
      if (!hold.run) return this.#takeUp(item, hold);
      if (item.model.record.standing !== "resting") return;
      if (this.#isOurs(item)) await this.#resume(item, hold);
      else hold.run.watch();
    });
    if (outcome === "elsewhere") this.#adopt(item);
  }

  async #pause(item: Item, paused: boolean): Promise<void> {
    await item.ownership.act(async ({ run }) => {
      if (paused) run?.pause();
      else run?.unpause();
    });
  }

  async #retry(item: Item, places: number[]): Promise<void> {
    const outcome = await item.ownership.act(async (hold) => {
      // Another tab may have gone on with it since this one did.
      if (!hold.run) {
        const newest = await this.#shared.store.fleet(item.model.record.id);
        if (!newest || !this.#isOurs(item)) return this.#takeUp(item, hold);
        item.model.record = newest;
        try {
          await hold.replace(() => this.#resumed(item));
        } catch (error) {
          this.#list.tellRefused(item, problemOf(error, "act"));
        }
      }
      await hold.run?.retry(places);
      if (isOpen(item)) hold.run?.watch();
    });
    if (outcome === "elsewhere") this.#adopt(item);
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
      ended: (run: FleetRun) => this.#ended(itemOf(), run),
    };
  }

  #ended(item: Item, run: FleetRun): void {
    const { record } = item.model;
    this.#list.tellEnd(record);
    this.#shared.channel.tell({ type: "fleet", record: withLastSample(record), changed: [] });
    if (record.standing === "over") void this.#letGo(item);
    // There is a newer token than the one it rested with.
    else if (this.#isOurs(item) && run.client !== this.#shared.connection().client) void this.#goOn(item);
  }

  /** Unless it was asked to try some again meanwhile. */
  async #letGo(item: Item): Promise<void> {
    await item.ownership.step(async (hold) => {
      if (!isOpen(item)) await hold.replace(() => undefined);
    });
  }

  /** What the tab that owns it tells; this one may just have taken it over, and knows better then. */
  #follow(item: Item, record: FleetRecord, changed: EntryView[]): void {
    const { ownership } = item;
    if (ownership.state !== "free" && ownership.state !== "waiting") return;
    item.model.follow(record);
    item.model.take(changed);
    if (!isOpen(item)) {
      ownership.stopWaiting();
      item.card.driver = "here";
    } else if (ownership.state === "free") this.#adopt(item);
    this.#list.changed(item);
  }

  async #dismiss(item: Item): Promise<void> {
    const { id } = item.model.record;
    const outcome = await item.ownership.act(async (hold) => {
      await hold.replace(() => undefined);
      await this.#shared.store.removeFleet(id);
      hold.forget();
    });
    if (outcome === "elsewhere") this.#list.show(item, "elsewhere");
    if (outcome !== "done") return;
    this.#drop(item);
    this.#list.focus();
    this.#shared.channel.tell({ type: "dismissed", id });
  }

  #drop(item: Item): void {
    void item.ownership.leave();
    this.#items.delete(item.model.record.id);
    this.#list.remove(item);
  }

  #isOurs({ model }: Item): boolean {
    return this.#shared.connection().baseUrl === model.record.service.baseUrl;
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
