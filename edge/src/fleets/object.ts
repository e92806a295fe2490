import { DurableObject } from "cloudflare:workers";
import {
  type FleetState,
  type MachineStatus,
  SnapshotClient,
  SnapshotError,
  type SnapshotFleet,
} from "vra-snapshots";
import { configOf } from "../config.ts";
import { type Env, objectOf } from "../env.ts";
import { Problem } from "../http/problem.ts";
import { type Answer, answered } from "../http/remote.ts";
import { authOf } from "../tokens/tokens.ts";
import { AlarmClock } from "./alarm-clock.ts";
import { directoryOf } from "./directory.ts";
import { FleetEvents, type News } from "./events.ts";
import { type FleetOrder, type FleetRecord, recordOf, seenOf, summaryOf } from "./record.ts";
import { FleetStore, type KeptMachine } from "./store.ts";
import { type FleetReport, type FleetSummary, type MachineView, type Usage, viewOf } from "./view.ts";

/** After this a fleet that has stopped for a reason is woken again: the reason may have gone. */
const REST_MS = 300_000;
const RETRIABLE: ReadonlySet<MachineStatus> = new Set(["failed", "unknown", "skipped"]);
const NONE: Usage = { calls: 0, alarms: 0, rowsRead: 0, rowsWritten: 0, storedBytes: 0 };

/**
 * One fleet. The library's fleet decides; the object keeps what it says before anything is sent, wakes it when it asks
 * to be woken, and tells what has been kept. Whatever ends the process, the alarm goes on from there.
 */
export class FleetObject extends DurableObject<Env> {
  readonly #store: FleetStore;
  readonly #clock: AlarmClock;
  readonly #events = new FleetEvents((since) => this.#newsSince(since));
  /** What earlier lives of this object have counted. */
  readonly #before: Usage;
  #client: SnapshotClient | undefined;
  /** The fleet, while it runs in this process, ... */
  #fleet: SnapshotFleet | undefined;
  /** ... and what ends it here for good: the next one is taken up from what is kept. */
  #stop = new AbortController();
  #isExpired = false;

  /** It asks for no settings: if they are wrong, the alarm must still be there when they are mended. */
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new FleetStore(ctx.storage);
    this.#clock = new AlarmClock(ctx.storage);
    this.#before = this.#store.record?.usage ?? NONE;
  }

  /** Begins it, once: the same order again gives what there is. */
  begin(order: FleetOrder): Promise<Answer<{ summary: FleetSummary; isNew: boolean }>> {
    return answered(async () => {
      const known = this.#store.record;
      if (known && known.fingerprint !== order.fingerprint)
        throw new Problem("key_reused", "A fleet was begun with this key by a request with another body.");
      if (known) return { summary: this.#summary(), isNew: false };
      this.#keepNew(order);
      // From here on it runs, whether the caller hears of it or not.
      this.#clock.set(Date.now());
      this.#goOn();
      await this.#tellDirectory();
      return { summary: this.#summary(), isNew: true };
    });
  }

  summary(): Promise<Answer<FleetSummary>> {
    return answered(async () => this.#summary());
  }

  report(): Promise<Answer<FleetReport>> {
    return answered(async () => {
      const summary = this.#summary();
      return {
        ...summary,
        machines: this.#store.viewsSince(-1).map((view): MachineView => JSON.parse(view)),
      };
    });
  }

  pause(): Promise<Answer<FleetSummary>> {
    return this.#change(mustRun, (fleet) => fleet.pause());
  }

  /** Goes on after a pause; one that rests tries again now. */
  unpause(): Promise<Answer<FleetSummary>> {
    return this.#change(mustRun, (fleet) => fleet.unpause());
  }

  /** Tries these machines again; without any, all that can be. */
  retry(machineIds?: string[]): Promise<Answer<FleetSummary>> {
    return this.#change(mustHaveRetriable, (fleet) => {
      for (const machineId of retriable(fleet, machineIds)) fleet.retry(machineId);
    });
  }

  /** The events, from the one that the reader had last. */
  override async fetch(request: Request): Promise<Response> {
    const given = Number(request.headers.get("last-event-id") ?? -1);
    const answer = await answered(async () => {
      const { standing, revision } = this.#kept();
      // An event that has not been is of another life of this id.
      const last = given > revision ? -1 : given;
      // There is nothing to come back for.
      return standing === "over" && last === revision ? undefined : this.#events.open(last);
    });
    if ("problem" in answer) return Problem.of(answer.problem).response();
    if (!answer.value) return new Response(null, { status: 204 });
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    return new Response(answer.value, { headers });
  }

  /** Never throws: the platform would give an alarm that fails up after a few attempts. */
  override async alarm(): Promise<void> {
    this.#clock.ring();
    try {
      if (this.#store.record?.isListed === false) await this.#tellDirectory();
      await this.#look();
    } catch (error) {
      console.error(error);
      this.#clock.set(Date.now() + REST_MS);
    }
  }

  /** Does what its standing asks for. */
  async #look(): Promise<void> {
    const record = this.#store.record;
    if (!record) return;
    const { standing, retryAt = 0, expiresAt = 0 } = record;
    const due = standing === "over" ? expiresAt : retryAt;
    if (Date.now() < due) return this.#clock.set(due);
    if (standing === "over") await this.#expire(record);
    else this.#goOn();
  }

  #keepNew(order: FleetOrder): void {
    const fleet = this.#made(order);
    try {
      const { entries, ...header } = fleet.toJSON();
      this.#store.begin(recordOf(order, fleet, header, this.#usage()), kept(fleet, entries));
    } finally {
      fleet.free();
    }
  }

  #made({ machines, specification, options }: FleetOrder): SnapshotFleet {
    return judged(() => this.#connected().createSnapshots(machines, specification, options));
  }

  #connected(): SnapshotClient {
    this.#client ??= new SnapshotClient({
      ...configOf(this.env).client,
      baseUrl: configOf(this.env).serviceUrl,
      auth: authOf(this.env),
      timer: this.#clock.timer,
      onEvent: this.#clock.hear,
    });
    return this.#client;
  }

  /** Takes it up where it was kept, if it does not run. */
  #goOn(): void {
    if (this.#fleet) return;
    try {
      this.#run(this.#resumed());
    } catch (error) {
      this.#rest(error);
    }
  }

  #resumed(): SnapshotFleet {
    this.#stop = new AbortController();
    const checkpoint = (changes: FleetState) => this.#checkpoint(changes);
    const options = { checkpoint, signal: this.#stop.signal };
    return judged(() => this.#connected().resumeFleet(this.#store.state(this.#kept()), options));
  }

  /** Lets it run to its end, or until it stops for a reason. */
  async #run(fleet: SnapshotFleet): Promise<void> {
    this.#fleet = fleet;
    try {
      await fleet.result({ timeoutMs: Number.POSITIVE_INFINITY });
      this.#end(fleet);
    } catch (error) {
      this.#rest(error);
    } finally {
      this.#fleet = undefined;
      this.#stop.abort();
      fleet.free();
    }
  }

  /** Nothing is sent that is not kept, and nothing told. */
  async #checkpoint(changes: FleetState): Promise<void> {
    if (!this.#fleet) throw new Error("A fleet that does not run has changed");
    this.#keep(this.#fleet, changes);
    await this.ctx.storage.sync();
  }

  #keep(fleet: SnapshotFleet, { entries, ...header }: FleetState, more: Partial<FleetRecord> = {}): void {
    this.#put({ header, ...seenOf(fleet), ...more }, kept(fleet, entries));
  }

  /**
   * Changes what the fleet is to do, stores and publishes the change at once, and lets the fleet go on. `check` throws if the
   * record alone shows that the change is refused: then no machine is read from storage.
   */
  #change(
    check: (record: FleetRecord) => void,
    change: (fleet: SnapshotFleet) => void,
  ): Promise<Answer<FleetSummary>> {
    return answered(async () => {
      // The record of a fleet that runs is older than the fleet itself, but not in what the checks read.
      check(this.#kept());
      const running = this.#fleet;
      const fleet = running ?? this.#resumed();
      try {
        this.#apply(fleet, change);
      } catch (error) {
        // Nobody else would free it: it has never run.
        if (fleet !== running) fleet.free();
        throw error;
      }
      if (fleet !== running) this.#run(fleet);
      return this.#summary();
    });
  }

  #apply(fleet: SnapshotFleet, change: (fleet: SnapshotFleet) => void): void {
    const { header, standing } = this.#kept();
    change(fleet);
    const goesOn = {
      standing: "running",
      problem: undefined,
      retryAt: undefined,
      endedAt: undefined,
      expiresAt: undefined,
      // The directory knows how it ended; the alarm tells it that it goes on.
      ...(standing === "over" && { isListed: false }),
    } as const;
    this.#keep(fleet, fleet.changesSince(header.revision), goesOn);
    this.#clock.set(Date.now());
  }

  #end(fleet: SnapshotFleet): void {
    const endedAt = Date.now();
    const over = {
      standing: "over",
      endedAt,
      expiresAt: endedAt + configOf(this.env).retentionMs,
      isListed: false,
    } as const;
    this.#keep(fleet, fleet.changesSince(this.#kept().header.revision), over);
    // To be listed, and then to be deleted.
    this.#clock.set(endedAt);
  }

  /** It has stopped for a reason that may pass: a token that cannot be had, settings that do not fit. */
  #rest(error: unknown): void {
    console.error(error);
    const isTold = error instanceof SnapshotError || error instanceof Problem;
    const problem = isTold
      ? { code: error.code, message: error.message }
      : { code: "internal", message: "The worker failed; its log says more." };
    const retryAt = Date.now() + REST_MS;
    this.#put({ standing: "resting", problem, retryAt, etaMs: undefined });
    this.#clock.set(retryAt);
  }

  /** Deletes what is no longer wanted. Nobody can ask anything of it from the beginning of that. */
  async #expire({ id }: FleetRecord): Promise<void> {
    this.#isExpired = true;
    try {
      await directoryOf(this.env).remove(id);
      await this.#store.clear();
    } finally {
      this.#isExpired = false;
    }
  }

  /** A directory that does not answer is told by the alarm. */
  async #tellDirectory(): Promise<void> {
    const summary = this.#summary();
    try {
      await directoryOf(this.env).put(summary);
      if (this.#kept().standing === summary.standing) this.#store.put({ ...this.#kept(), isListed: true });
    } catch (error) {
      console.error(error);
      this.#clock.set(Date.now() + REST_MS);
    }
  }

  #put(change: Partial<FleetRecord>, machines: readonly KeptMachine[] = []): void {
    const record = this.#kept();
    const revision = record.revision + 1;
    this.#store.put({ ...record, ...change, revision, usage: this.#usage() }, machines);
    this.#events.publish(record.revision, () => this.#news(machines.map(({ view }) => view)));
  }

  /** @throws Problem `not_found` */
  #kept(): FleetRecord {
    const record = this.#store.record;
    if (!record || this.#isExpired) throw new Problem("not_found", "There is no fleet of this id.");
    return record;
  }

  /** How it stands; if it should run and does not, whoever asks has also woken it. */
  #summary(): FleetSummary {
    const record = this.#kept();
    if (record.standing === "running" && !this.#fleet) this.#clock.set(Date.now());
    return summaryOf({ ...record, usage: this.#usage() });
  }

  #usage(): Usage {
    const { calls, alarms, rowsRead, rowsWritten } = this.#before;
    return {
      calls: calls + this.#clock.calls,
      alarms: alarms + this.#clock.alarms,
      rowsRead: rowsRead + this.#store.rowsRead,
      rowsWritten: rowsWritten + this.#store.rowsWritten + this.#clock.sets,
      storedBytes: this.#store.bytes,
    };
  }

  #newsSince(since: number): News | undefined {
    return this.#kept().revision > since ? this.#news(this.#store.viewsSince(since)) : undefined;
  }

  /** What is told with these machines. */
  #news(views: readonly string[]): News {
    const record = this.#kept();
    const isLast = record.standing === "over";
    const data = `{"fleet":${JSON.stringify(this.#summary())},"machines":[${views.join(",")}]}`;
    const text = `event: ${isLast ? "end" : "update"}\nid: ${record.revision}\ndata: ${data}\n\n`;
    return { revision: record.revision, text, isLast };
  }
}

/** @throws Problem for what the library refuses. */
function judged<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof SnapshotError ? new Problem("invalid_input", error.message) : error;
  }
}

function kept(fleet: SnapshotFleet, entries: FleetState["entries"]): KeptMachine[] {
  return entries.map((entry) => {
    const { place, machineId } = entry;
    const seen = fleet.entry(machineId) ?? { machineId, status: entry.status };
    return { place, state: JSON.stringify(entry), view: JSON.stringify(viewOf(seen, place)) };
  });
}

/** @throws Problem `conflict` for a fleet that is over. */
function mustRun({ standing }: FleetRecord): void {
  if (standing === "over") throw new Problem("conflict", "The fleet is over.");
}

/** @throws Problem `conflict` for a fleet that is over and has no machine to be tried again. */
function mustHaveRetriable({ standing, counts }: FleetRecord): void {
  // Of a fleet that runs the record may be behind.
  if (standing !== "over") return;
  let count = 0;
  for (const status of RETRIABLE) count += counts[status];
  if (count === 0) throw nothingToRetry();
}

function nothingToRetry(): Problem {
  return new Problem("conflict", "There is no machine that can be tried again.");
}

/** @throws Problem `conflict` if one of these cannot be tried again, or none can. */
function retriable(fleet: SnapshotFleet, machineIds?: readonly string[]): readonly string[] {
  const can = new Set<string>();
  for (const { machineId, status } of fleet.entries()) if (RETRIABLE.has(status)) can.add(machineId);
  const other = machineIds?.find((machineId) => !can.has(machineId));
  if (other !== undefined)
    throw new Problem(
      "conflict",
      `Only what has failed, is unknown or was skipped can be tried again: not ${other}.`,
    );
  if (can.size === 0) throw nothingToRetry();
  // A machine that a caller names twice is tried again once.
  return [...new Set(machineIds ?? can)];
}

/** The object of this fleet. */
export function fleetOf(env: Env, id: string): DurableObjectStub<FleetObject> {
  return objectOf<FleetObject>(env.FLEETS, id);
}
