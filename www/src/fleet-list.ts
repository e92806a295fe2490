import "./styles/fleets.css";
import type { FleetOptions, FleetPlan, SnapshotSpecification } from "vra-snapshots";
import type { Connection } from "./connection.ts";
import { FleetCard } from "./fleet-card.ts";
import { FleetModel } from "./fleet-model.ts";
import { type EntryView, type FleetRecord, noCounts, type StoredEntry } from "./fleet-record.ts";
import { FleetRun, yielded } from "./fleet-run.ts";
import { count } from "./format.ts";
import { type Release, tryLock, waitForLock } from "./locks.ts";
import { element } from "./operation-elements.ts";
import { type Driver, serviceOf } from "./operation-record.ts";
import { problemOf } from "./problem.ts";
import type { News } from "./store-channel.ts";
import type { Caution, Shared } from "./work.ts";

/**
 * Where nothing else is asked for: hundreds of requests sent at once keep the page from answering for a tenth of a
 * second, and no service is the better for them.
 */
const SUBMITS_PER_SECOND = 100;

interface Item {
  readonly model: FleetModel;
  readonly card: FleetCard;
  run?: FleetRun | undefined;
  /** Of its lock, while this tab has it. */
  release?: Release | undefined;
  waiting?: AbortController | undefined;
  /** The quarter of the way that was announced last. */
  quarter: number;
}

/** The fleets, newest first: those of this tab, those that other tabs drive, and those that earlier pages left. */
export class FleetList {
  readonly #shared: Shared;
  readonly #root: HTMLElement;
  readonly #items = new Map<string, Item>();
  /** Those being read from the store, with what was told of them meanwhile. */
  readonly #taking = new Map<string, { record: FleetRecord; changed: EntryView[] }[]>();
  readonly #list = element("ul", "fleet-cards");
  readonly #heading = element("h2", "", "Fleets");
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(root: HTMLElement, shared: Shared) {
    this.#root = root;
    this.#shared = shared;
    this.#heading.id = "fleets-title";
    this.#heading.tabIndex = -1;
    this.#heading.dataset.part = "title";
    root.replaceChildren(element("div", "panel-head", this.#heading), this.#list);
    root.setAttribute("aria-labelledby", this.#heading.id);
    this.#changed();
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

  /** What speaks against another snapshot of this machine now. */
  caution(machineId: string): Caution | undefined {
    const { baseUrl } = this.#shared.connection();
    const models = [...this.#items.values()]
      .map(({ model }) => model)
      .filter(({ record }) => record.service.baseUrl === baseUrl && record.standing !== "gone");
    const statuses = models.map((model) => model.statusOf(machineId));
    if (statuses.includes("unknown")) return "unknown";
    const open = new Set(["queued", "submitting", "inProgress"]);
    return statuses.some((status) => status && open.has(status)) ? "underWay" : undefined;
  }

  #itemOf(model: FleetModel): Item {
    const item: Item = {
      model,
      quarter: Math.floor(model.record.progress / 25),
      card: new FleetCard(model, this.#shared.painter, {
        pause: () => item.run?.pause(),
        unpause: () => item.run?.unpause(),
        goOn: () => void this.#goOn(item),
        retry: (places) => void this.#retry(item, places),
        dismiss: () => void this.#dismiss(item),
      }),
    };
    return item;
  }

  #add(item: Item): void {
    this.#items.set(item.model.record.id, item);
    this.#list.prepend(item.card.element);
    this.#draw(item);
    this.#changed();
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
    if (!isOurs() && service.kind !== "simulator") return this.#show(item, "nobody");
    const waiting = new AbortController();
    item.waiting = waiting;
    let release = await tryLock(id);
    if (!release) {
      this.#show(item, "elsewhere");
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
      this.#show(item, isOpen(item) ? "nobody" : "here");
      return;
    }
    this.#show(item, "here");
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
      this.#draw(item);
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
        return this.#show(item, "nobody");
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
        this.#draw(item);
        this.#changed();
        if (this.#items.get(record.id) !== item) return;
        this.#shared.channel.tell({ type: "fleet", record: withLastSample(record), changed });
        this.#tellProgress(item);
      },
      ended: (record: FleetRecord) => {
        this.#tellEnd(record);
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
    this.#draw(item);
    this.#changed();
  }

  #tellProgress(item: Item): void {
    const { title, progress, standing } = item.model.record;
    const quarter = Math.floor(progress / 25);
    if (quarter > item.quarter && quarter < 4 && standing === "running")
      this.#shared.voice.say(`${title}: ${quarter * 25}%`);
    item.quarter = quarter;
  }

  #tellEnd({ title, standing, counts, problem }: FleetRecord): void {
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

  #show(item: Item, driver: Driver): void {
    item.card.driver = driver;
    this.#draw(item);
  }

  #draw(item: Item): void {
    this.#shared.painter.ask(item.card.draw);
  }

  async #dismiss(item: Item): Promise<void> {
    const { id } = item.model.record;
    item.run?.end();
    this.#drop(item);
    this.#heading.focus({ preventScroll: true });
    await this.#shared.store.removeFleet(id);
    this.#shared.channel.tell({ type: "dismissed", id });
  }

  #drop(item: Item): void {
    item.waiting?.abort();
    this.#letGo(item);
    this.#items.delete(item.model.record.id);
    item.card.end();
    item.card.element.remove();
    this.#changed();
  }

  #letGo(item: Item): void {
    item.release?.();
    item.release = undefined;
  }

  #changed(): void {
    this.#root.hidden = this.#items.size === 0;
    const running = [...this.#items.values()].some(({ model }) => model.record.standing === "running");
    if (running !== (this.#clock !== undefined)) {
      clearInterval(this.#clock);
      this.#clock = running ? setInterval(() => this.#tick(), 1000) : undefined;
    }
    this.#shared.changed();
  }

  #tick(): void {
    for (const item of this.#items.values()) if (item.model.record.standing === "running") this.#draw(item);
  }
}

/** The others have the samples before it. */
function withLastSample(record: FleetRecord): FleetRecord {
  return { ...record, samples: record.samples.slice(-1) };
}

function isOpen({ model }: Item): boolean {
  return model.record.standing === "running" || model.record.standing === "resting";
}

function draftOf(plan: FleetPlan, { name }: SnapshotSpecification, connection: Connection): FleetRecord {
  const size = plan.ready.length;
  const machines = count(size, "machine");
  return {
    id: "",
    service: serviceOf(connection),
    title: name ? `“${name}” of ${machines}` : `Snapshots of ${machines}`,
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
