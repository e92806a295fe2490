import type { OperationState, SnapshotClient, SnapshotSpecification } from "vra-snapshots";
import type { Connection } from "../connection/connection.ts";
import type { Caution, Shared, Target } from "../context.ts";
import type { MachineRow } from "../machines/machine.ts";
import { problemElement } from "../problems/problem.ts";
import { problemOf } from "../problems/problem-of.ts";
import type { News } from "../storage/channel.ts";
import {
  type Driver,
  isOver,
  type OperationRecord,
  type Standing,
  serviceOf,
  subjectOf,
} from "../storage/operation-record.ts";
import { type Hold, Ownership } from "../storage/ownership.ts";
import { setText } from "../ui/dom.ts";
import { element } from "../ui/elements.ts";
import { OperationRow, snapshotElement } from "./row.ts";
import { OperationRun } from "./run.ts";

interface Item {
  record: OperationRecord;
  row: OperationRow;
  driver: Driver;
  ownership: Ownership<OperationRun>;
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
    for (const record of records) if (!this.#items.has(record.id)) this.#adopt(this.#add(record));
  }

  /** The page is connected anew: what belongs to that service goes on. */
  connected(): void {
    for (const item of this.#items.values()) {
      const { standing, errorCode } = item.record;
      const { state } = item.ownership;
      if (state === "free") this.#adopt(item);
      else if (state !== "waiting" && standing === "paused" && errorCode === "unauthorized")
        void this.#goOn(item);
    }
  }

  hear(news: News): void {
    if (news.type === "operation") {
      const item = this.#items.get(news.record.id);
      if (!item) this.#adopt(this.#add(news.record));
      else if (item.ownership.state === "free" || item.ownership.state === "waiting")
        this.#took(item, news.record);
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
    const { run } = await this.#begin(record, connection);
    await run.submit(operation);
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
    const end = new AbortController();
    let run: OperationRun | undefined;
    const checkpoint = async (state: OperationState) => {
      if (run) return run.keep(state);
      const record = recordOf(state, connection, machine);
      const named = { ...record, snapshotId: snapshot.id, snapshotName: snapshot.name };
      ({ run } = await this.#begin(named, connection, end));
    };
    const options = { checkpoint, signal: end.signal };
    try {
      const operation =
        kind === "revert"
          ? await client.revertSnapshot(machine.id, snapshot.id, options)
          : await client.deleteSnapshot(machine.id, snapshot.id, options);
      run?.follow(operation);
    } catch (error) {
      run?.refused(error);
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

  /** Stores what is about to be sent, as its owner: before it is sent, and before another tab can hear of it. */
  async #begin(
    record: OperationRecord,
    connection: Connection,
    end = new AbortController(),
  ): Promise<{ run: OperationRun }> {
    const item = this.#made(record);
    const run = this.#runOf(item, connection.client, { end });
    const outcome = await item.ownership.step(async (hold) => {
      await this.#shared.store.putOperation(record);
      await hold.replace(() => run);
    });
    if (outcome !== "done") throw new Error("another tab has the lock of a new operation");
    this.#show(this.#insert(item), "here");
    this.#shared.channel.tell({ type: "operation", record });
    return { run };
  }

  #add(record: OperationRecord): Item {
    return this.#insert(this.#made(record));
  }

  #made(record: OperationRecord): Item {
    const act = {
      stop: () => item.ownership.run?.stop(),
      watch: () => void this.#goOn(item),
      look: () => void this.#again(item, "unclear", (run) => run.look()),
      submitAgain: () => void this.#again(item, "unclear", (run) => run.submitAgain()),
      tryAgain: () => void this.#tryAgain(item),
      check: () => void this.#check(item),
      dismiss: () => void this.#dismiss(item),
    };
    const draw = () => item.row.show(item.record, item.driver, item.ownership.isBusy);
    const ownership = new Ownership<OperationRun>(record.id, {
      changed: () => this.#shared.painter.ask(draw),
      waits: () => this.#show(item, "elsewhere"),
      lost: () => this.#adopt(item),
    });
    const item: Item = { record, row: new OperationRow(record, act), driver: "here", ownership, draw };
    if (!isOver(record) && !this.#isOurs(record)) item.driver = "nobody";
    return item;
  }

  #insert(item: Item): Item {
    this.#items.set(item.record.id, item);
    this.#list.prepend(item.row.element);
    item.draw();
    this.#changed();
    return item;
  }

  /** Goes on with what another page, or another tab, has left: as soon as no other owns it. */
  #adopt(item: Item): void {
    const { standing, service } = item.record;
    if (isOver(item.record) && standing !== "unclear") {
      if (item.driver === "nobody" && this.#isOurs(item.record)) this.#show(item, "here");
      return;
    }
    // A simulator's baseUrl is its own: this page will never be connected to it again.
    if (!this.#isOurs(item.record) && service.kind !== "simulator") this.#show(item, "nobody");
    else void item.ownership.adopt((hold) => this.#takeUp(item, hold));
  }

  /** What the tab that owned it wrote last counts; then it goes on where that is for this page to do. */
  async #takeUp(item: Item, hold: Hold<OperationRun>): Promise<void> {
    const newest = await this.#shared.store.operation(item.record.id);
    if (!newest) {
      hold.forget();
      this.#drop(item);
      return;
    }
    item.record = newest;
    if (!this.#isOurs(newest)) {
      if (newest.service.kind === "simulator" && !isOver(newest)) await this.#leaveGone(item);
      this.#show(item, isOver(item.record) ? "here" : "nobody");
      return;
    }
    this.#show(item, "here");
    if (isOver(newest) && newest.standing !== "unclear") return;
    const run = await hold.replace(() => this.#runOf(item, this.#shared.connection().client));
    if (!isOver(newest)) run?.resume(false);
  }

  #runOf(
    item: Item,
    client: SnapshotClient,
    more: { end?: AbortController; failures?: number } = {},
  ): OperationRun {
    const hooks = {
      changed: (record: OperationRecord, isNews: boolean) => {
        this.#took(item, record);
        if (isNews) this.#shared.channel.tell({ type: "operation", record });
      },
      accepted: (record: OperationRecord) =>
        this.#shared.voice.say(`${subjectOf(record)} accepted by the service`),
      ended: (run: OperationRun, record: OperationRecord) => this.#ended(item, run, record),
      again: (run: OperationRun) => void this.#again(item, "paused", (next) => next.resume(false), run),
    };
    return new OperationRun(item.record, { client, store: this.#shared.store, hooks, ...more });
  }

  async #goOn(item: Item): Promise<void> {
    await this.#again(item, "paused", (run) => run.resume(true));
  }

  /**
   * Another run in the place of the present one, with the token that was entered last. It acts only on what still
   * has this standing: a second click finds that something is under way. After `failed`, it is this run that is followed.
   */
  async #again(
    item: Item,
    standing: Standing,
    act: (run: OperationRun) => void,
    failed?: OperationRun,
  ): Promise<void> {
    const outcome = await item.ownership.step(async (hold) => {
      if (failed && hold.run !== failed) return;
      if (!hold.run) await this.#takeUp(item, hold);
      if (!hold.run || item.record.standing !== standing) return;
      const client = this.#isOurs(item.record) ? this.#shared.connection().client : hold.run.client;
      const failures = failed ? failed.failures + 1 : 0;
      const next = await hold.replace(() => this.#runOf(item, client, { failures }));
      if (next) act(next);
    });
    if (outcome === "elsewhere") this.#adopt(item);
  }

  #ended(item: Item, run: OperationRun, record: OperationRecord): void {
    this.#tellEnd(record);
    const { standing, errorCode } = record;
    // What is not known can be looked at again, by one tab at a time.
    if (isOver(record) && standing !== "unclear") void this.#letGo(item);
    // There is a newer token than the one it rested with.
    else if (
      errorCode === "unauthorized" &&
      this.#isOurs(record) &&
      run.client !== this.#shared.connection().client
    )
      void this.#goOn(item);
  }

  async #letGo(item: Item): Promise<void> {
    await item.ownership.step(async (hold) => {
      if (isOver(item.record) && item.record.standing !== "unclear") await hold.replace(() => undefined);
    });
  }

  async #leaveGone(item: Item): Promise<void> {
    item.record = { ...item.record, standing: "gone", endedAt: Date.now(), problem: undefined };
    await this.#shared.store.putOperation(item.record);
    this.#shared.channel.tell({ type: "operation", record: item.record });
  }

  #took(item: Item, record: OperationRecord): void {
    item.record = record;
    if (isOver(record) && item.driver === "elsewhere" && record.standing !== "unclear") {
      item.ownership.stopWaiting();
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
    // What was asked of one service is not asked of another.
    if (!this.#isOurs(item.record)) return this.#show(item, "nobody");
    // Only who has removed it asks anew: a second click finds it gone.
    if (!(await this.#dismiss(item))) return;
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

  /** Whether it was this that removed it. The focus goes to the list's heading, not to the top of the page. */
  async #dismiss(item: Item): Promise<boolean> {
    const { id } = item.record;
    const outcome = await item.ownership.act(async (hold) => {
      await hold.replace(() => undefined);
      await this.#shared.store.removeOperation(id);
      hold.forget();
    });
    if (outcome === "elsewhere") this.#show(item, "elsewhere");
    if (outcome !== "done") return false;
    this.#drop(item);
    this.#heading.focus({ preventScroll: true });
    this.#shared.channel.tell({ type: "dismissed", id });
    return true;
  }

  #drop(item: Item): void {
    void item.ownership.leave();
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
      item.ownership.run?.refresh();
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
