import type { OperationState, SnapshotSpecification } from "vra-snapshots";
import type { Connection } from "./connection.ts";
import { setText } from "./dom.ts";
import { tryLock, waitForLock } from "./locks.ts";
import type { MachineRow } from "./machine.ts";
import { element } from "./operation-elements.ts";
import { type Driver, isOver, type OperationRecord, serviceOf, subjectOf } from "./operation-record.ts";
import { OperationRow, snapshotElement } from "./operation-row.ts";
import { OperationRun } from "./operation-run.ts";
import { problemElement, problemOf } from "./problem.ts";
import type { News } from "./store-channel.ts";
import type { Caution, Shared } from "./work.ts";

/** A snapshot that is reverted to or deleted. */
export interface Target {
  id: string;
  name?: string;
}

interface Item {
  record: OperationRecord;
  row: OperationRow;
  driver: Driver;
  /** What drives it, in this tab. */
  run?: OperationRun;
  /** Ends the waiting for its lock. */
  waiting?: AbortController;
  draw: () => void;
}

/** The operations, newest first: those of this tab, those that other tabs drive, and those that earlier pages left. */
export class OperationList {
  readonly #shared: Shared;
  readonly #items = new Map<string, Item>();
  readonly #list = element("ul", "operation-cards");
  readonly #tally = element("p", "tally");
  readonly #heading = element("h2", "", "Operations");
  readonly #empty = element(
    "div",
    "empty",
    element("p", "empty-title", "Nothing under way"),
    element("p", "", "What you begin appears here with its progress, and stays until you dismiss it."),
  );
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(root: HTMLElement, shared: Shared, foot: HTMLElement) {
    this.#shared = shared;
    this.#heading.id = "operations-title";
    this.#heading.tabIndex = -1;
    this.#heading.dataset.part = "title";
    const head = element("div", "panel-head", this.#heading, this.#tally);
    root.replaceChildren(head, this.#list, this.#empty, foot);
    root.setAttribute("aria-labelledby", this.#heading.id);
  }

  /** Takes up what the store has. */
  async load(): Promise<void> {
    const records = await this.#shared.store.operations();
    records.sort((a, b) => a.startedAt - b.startedAt);
    for (const record of records) if (!this.#items.has(record.id)) void this.#adopt(this.#add(record));
  }

  /** The page is connected anew: what belongs to that service goes on. */
  connected(): void {
    for (const item of this.#items.values()) {
      const { record, run } = item;
      if (run && record.standing === "paused" && record.errorCode === "unauthorized") this.#goOn(item);
      else if (!run && !item.waiting && !isOver(record)) void this.#adopt(item);
    }
  }

  hear(news: News): void {
    if (news.type === "operation") {
      const item = this.#items.get(news.record.id);
      if (item?.run) return;
      if (item) this.#took(item, news.record);
      else void this.#adopt(this.#add(news.record));
    } else if (news.type === "dismissed") {
      const item = this.#items.get(news.id);
      if (item) this.#drop(item);
    }
  }

  /** Asks for a snapshot, and resolves when the service has accepted. */
  async create(machine: MachineRow, specification: SnapshotSpecification): Promise<void> {
    const connection = this.#shared.connection();
    // With a key it can be told, whatever happens to this page, whether the snapshot was made.
    const idempotencyKey = `console-${randomKey()}`;
    const operation = connection.client.prepareSnapshot(machine.id, specification, { idempotencyKey });
    const record = {
      ...recordOf(operation.toJSON(), connection, machine),
      snapshotName: specification.name,
      specification,
    };
    const item = await this.#begin(record);
    await item.run?.submit(operation);
  }

  async revert(machine: MachineRow, snapshot: Target): Promise<void> {
    await this.#act("revert", machine, snapshot);
  }

  async remove(machine: MachineRow, snapshot: Target): Promise<void> {
    await this.#act("delete", machine, snapshot);
  }

  /** The library prepares and sends these in one; its checkpoint is where they become known here. */
  async #act(kind: "revert" | "delete", machine: MachineRow, snapshot: Target): Promise<void> {
    const connection = this.#shared.connection();
    const { client } = connection;
    let item: Item | undefined;
    const checkpoint = async (state: OperationState) => {
      if (item) return item.run?.keep(state);
      const begun = recordOf(state, connection, machine);
      item = await this.#begin({ ...begun, snapshotId: snapshot.id, snapshotName: snapshot.name });
    };
    try {
      const operation =
        kind === "revert"
          ? await client.revertSnapshot(machine.id, snapshot.id, { checkpoint })
          : await client.deleteSnapshot(machine.id, snapshot.id, { checkpoint });
      item?.run?.follow(operation);
    } catch (error) {
      item?.run?.refused(error);
      throw error;
    }
  }

  /** What speaks against another snapshot of this machine now. */
  caution(machineId: string): Caution | undefined {
    const standings = [...this.#items.values()]
      .filter(({ record }) => record.machine.id === machineId && this.#isOurs(record))
      .map(({ record }) => record.standing);
    if (standings.includes("unclear")) return "unknown";
    return standings.some((standing) => standing === "running" || standing === "paused")
      ? "underWay"
      : undefined;
  }

  async #begin(record: OperationRecord): Promise<Item> {
    const release = await tryLock(record.id);
    // Before it is sent, and before another tab can hear of it.
    await this.#shared.store.putOperation(record).catch((error) => {
      release?.();
      throw error;
    });
    const item = this.#add(record);
    this.#drive(item, release, this.#shared.connection());
    this.#shared.channel.tell({ type: "operation", record });
    return item;
  }

  #add(record: OperationRecord): Item {
    const act = {
      stop: () => item.run?.stop(),
      watch: () => this.#goOn(item),
      look: () => item.run?.look(),
      submitAgain: () => item.run?.submitAgain(),
      tryAgain: () => void this.#tryAgain(item),
      check: () => void this.#check(item),
      dismiss: () => void this.#dismiss(item),
    };
    const draw = () => item.row.show(item.record, item.driver);
    const item: Item = { record, row: new OperationRow(record, act), driver: "here", draw };
    if (!isOver(record) && !this.#isOurs(record)) item.driver = "nobody";
    this.#items.set(record.id, item);
    this.#list.prepend(item.row.element);
    draw();
    this.#changed();
    return item;
  }

  /** Goes on with what another page, or another tab, has left: as soon as no other has its lock. */
  async #adopt(item: Item): Promise<void> {
    const { id, service } = item.record;
    if (item.run || item.waiting || (isOver(item.record) && item.record.standing !== "unclear")) return;
    // A simulator's baseUrl is its own: this page will never be connected to it again.
    if (!this.#isOurs(item.record) && service.kind !== "simulator") {
      this.#show(item, "nobody");
      return;
    }
    item.waiting = new AbortController();
    let release = await tryLock(id);
    if (!release) {
      this.#show(item, "elsewhere");
      try {
        release = await waitForLock(id, item.waiting.signal);
      } catch {
        return;
      }
    }
    delete item.waiting;
    // The tab that had the lock has gone; what it wrote last counts.
    const newest = await this.#shared.store.operation(id);
    if (!newest || !this.#items.has(id)) {
      release();
      if (!newest) this.#drop(item);
      return;
    }
    item.record = newest;
    const connection = this.#shared.connection();
    if (connection.baseUrl !== service.baseUrl) {
      if (service.kind === "simulator" && !isOver(newest)) await this.#leaveGone(item);
      release();
      this.#show(item, isOver(newest) ? "here" : "nobody");
      return;
    }
    const run = this.#drive(item, release, connection);
    if (!isOver(newest)) run.resume(false);
    else if (newest.standing !== "unclear") release();
  }

  #drive(item: Item, release: (() => void) | undefined, connection: Connection): OperationRun {
    item.driver = "here";
    const run = new OperationRun(item.record, connection.client, this.#shared.store, {
      changed: (record, isNews) => {
        this.#took(item, record);
        if (isNews) this.#shared.channel.tell({ type: "operation", record });
      },
      accepted: (record) => this.#shared.voice.say(`${subjectOf(record)} accepted by the service`),
      ended: (record) => this.#tellEnd(record),
      over: () => release?.(),
    });
    item.run = run;
    this.#took(item, item.record);
    return run;
  }

  #goOn(item: Item): void {
    const { baseUrl, client } = this.#shared.connection();
    // With the token that was entered last.
    item.run?.resume(true, baseUrl === item.record.service.baseUrl ? client : undefined);
  }

  async #leaveGone(item: Item): Promise<void> {
    item.record = { ...item.record, standing: "gone", endedAt: Date.now(), problem: undefined };
    await this.#shared.store.putOperation(item.record);
    this.#shared.channel.tell({ type: "operation", record: item.record });
  }

  #took(item: Item, record: OperationRecord): void {
    item.record = record;
    if (isOver(record) && item.driver === "elsewhere" && record.standing !== "unclear") {
      item.waiting?.abort();
      delete item.waiting;
      item.driver = "here";
    }
    this.#shared.painter.ask(item.draw);
    this.#changed();
  }

  #show(item: Item, driver: Driver): void {
    item.driver = driver;
    this.#shared.painter.ask(item.draw);
    this.#changed();
  }

  #tellEnd(record: OperationRecord): void {
    const { standing, problem } = record;
    const subject = subjectOf(record);
    const said =
      standing === "finished"
        ? "finished"
        : `${problem?.title ?? "ended"}. ${problem?.detail ?? problem?.next ?? ""}`;
    this.#shared.voice.say(standing === "finished" ? `${subject} finished` : `${subject}: ${said}`);
    if (standing !== "paused")
      this.#shared.notifier.tell(`${subject} ${standing === "finished" ? "finished" : "needs a look"}`);
  }

  /** A new request in place of one of which nothing came. */
  async #tryAgain(item: Item): Promise<void> {
    const { kind, machine, specification, snapshotId, snapshotName } = item.record;
    const row = { ...machine, powerState: "UNKNOWN" };
    await this.#dismiss(item);
    const begun =
      kind === "create"
        ? this.create(row, specification ?? {})
        : this.remove(row, { id: snapshotId ?? "", ...(snapshotName && { name: snapshotName }) });
    // Its row tells.
    await begun.catch(() => {});
  }

  /** Lists the machine's snapshots in the row, for a person to find theirs. */
  async #check({ record, row }: Item): Promise<void> {
    try {
      const snapshots = await this.#shared.connection().client.listSnapshots(record.machine.id);
      const title =
        snapshots.length > 0 ? "Snapshots of this machine now" : "This machine has no snapshots now.";
      row.showFound(element("p", "found-title", title), ...snapshots.map(snapshotElement));
    } catch (error) {
      row.showFound(problemElement(problemOf(error, "list")));
    }
  }

  /** The focus goes to the list's heading, not to the top of the page. */
  async #dismiss(item: Item): Promise<void> {
    const { id } = item.record;
    this.#drop(item);
    this.#heading.focus({ preventScroll: true });
    await item.run?.end();
    await this.#shared.store.removeOperation(id);
    this.#shared.channel.tell({ type: "dismissed", id });
  }

  #drop(item: Item): void {
    item.waiting?.abort();
    this.#items.delete(item.record.id);
    item.row.element.remove();
    this.#changed();
  }

  #isOurs({ service }: OperationRecord): boolean {
    return service.baseUrl === this.#shared.connection().baseUrl;
  }

  #changed(): void {
    const records = [...this.#items.values()].map(({ record }) => record);
    const running = records.filter(({ standing }) => standing === "running").length;
    const over = records.filter(isOver).length;
    const words = [...(running > 0 ? [`${running} under way`] : []), ...(over > 0 ? [`${over} over`] : [])];
    setText(this.#tally, words.join(", "));
    this.#empty.hidden = this.#items.size > 0;
    this.#runClock(running > 0);
    this.#shared.changed();
  }

  #runClock(needed: boolean): void {
    if (needed === (this.#clock !== undefined)) return;
    clearInterval(this.#clock);
    this.#clock = needed ? setInterval(() => this.#tick(), 1000) : undefined;
  }

  #tick(): void {
    for (const item of this.#items.values()) {
      if (item.record.standing !== "running") continue;
      item.run?.refresh();
      this.#shared.painter.ask(item.draw);
    }
  }
}

function recordOf(state: OperationState, connection: Connection, machine: MachineRow): OperationRecord {
  return {
    id: state.id,
    kind: state.kind,
    phase: state.phase,
    service: serviceOf(connection),
    machine: { id: machine.id, name: machine.name },
    startedAt: Date.now(),
    standing: "running",
    state,
  };
}

/** Sixty bits are enough for keys that only have to differ on one machine. */
function randomKey(): string {
  const letters = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(letters, (byte) => "abcdefghjkmnpqrstuvwxyz0123456789"[byte % 32]).join("");
}
