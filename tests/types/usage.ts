// The public types, as users write against them. Compiled on every platform, never run.
import {
  type ClientEvent,
  type FleetEntry,
  type FleetEntryState,
  type FleetMachine,
  type FleetOptions,
  type FleetPlan,
  type FleetReport,
  type FleetState,
  type Machine,
  type MachineCheck,
  type OperationState,
  type RequestTracker,
  type Snapshot,
  SnapshotClient,
  SnapshotError,
  type SnapshotErrorCode,
  type SnapshotFleet,
  type SnapshotOperation,
} from "vra-snapshots";
import { type Fault, Simulator, type SnapshotRecord } from "vra-snapshots/simulator";
import { init, initSync, SnapshotClient as SlimClient } from "vra-snapshots/slim";
import wasm from "vra-snapshots/wasm";

const simulator = new Simulator({ speed: 10, faults: [{ on: "createSnapshot", effect: "after" }] });
export const client = new SnapshotClient({
  baseUrl: "https://a.test",
  auth: simulator.token,
  fetch: simulator.fetch,
});

export const sources: SnapshotClient[] = [
  new SnapshotClient({ baseUrl: "/" }),
  new SnapshotClient({ baseUrl: "/", auth: async (stale) => stale ?? "token" }),
  new SnapshotClient({ baseUrl: "/", auth: { refreshToken: "r", organization: "o" } }),
  new SnapshotClient({ baseUrl: "/", polling: { initialDelayMs: 0 }, retry: { maxAttempts: 1 } }),
];

export const sameClass: typeof SnapshotClient = SlimClient;
export const loading: Promise<void>[] = [init("/core_bg.wasm"), init(wasm)];
initSync(new Uint8Array());

export async function create(store: (state: OperationState) => Promise<void>): Promise<Snapshot> {
  const operation = await client.createSnapshot("m", { name: "n" }, { checkpoint: store });
  const narrowed: SnapshotOperation<"create"> = operation;
  for await (const tracker of narrowed.watch({ timeoutMs: Number.POSITIVE_INFINITY })) {
    const seen: RequestTracker = tracker;
    const percent: number | undefined = operation.progress;
    seen.message?.concat(percent?.toFixed() ?? "");
  }
  return operation.result();
}

export async function wholeLife(): Promise<void> {
  for await (const machine of client.listMachines({ name: "n" })) {
    const seen: Machine = machine;
    // A status that nobody documented is a text like the others.
    if (seen.powerState === "ON" || seen.powerState === "DREAMING") continue;
  }
  const check: MachineCheck = await client.checkMachine("m", { snapshotMemory: true });
  check.reasons.map(({ code, message }) => code + message);
  const reverted: undefined = await (await client.revertSnapshot("m", "s")).result();
  const deleted: undefined = await (await client.deleteSnapshot("m", "s")).result();
  const pruned: Snapshot[] = await client.pruneSnapshots("m", { keep: 0 });
  const state = client.track("t", { kind: "delete" }).toJSON();
  const either: Snapshot | undefined = await client.resume(state).result();
  // What the state holds beyond its names is read by `resume` alone.
  const unread: unknown = state.baseline;
  JSON.stringify([reverted, deleted, pruned, either, unread]);
}

export async function fleet(store: (changes: FleetState) => Promise<void>): Promise<string[]> {
  const plan: FleetPlan = await client.planFleet(new Set(["m"]), { name: "n" }, { expectedMs: 1 });
  const blocked = plan.machines.filter(({ canSnapshot }) => !canSnapshot);
  const machines: (string | FleetMachine)[] = [
    ...plan.ready,
    "m2",
    { id: "m3", specification: { name: "o" } },
  ];
  const options: FleetOptions = { concurrency: 5, stopAfterFailures: 0.1, checkpoint: store };
  const fleet: SnapshotFleet = client.createSnapshots(machines, { name: "{machine}" }, options);
  for await (const { counts, changed, etaMs } of fleet.watch({ onProgress: ({ revision }) => revision })) {
    const waiting: number = counts.queued + counts.submitting;
    const seen: FleetEntry[] = changed;
    JSON.stringify([waiting, seen.at(0)?.tracker?.status, etaMs?.toFixed()]);
    if (fleet.entry("m")?.status === "failed") fleet.retry("m");
  }
  const { entries }: FleetReport = await client.resumeFleet(fleet.toJSON(), { checkpoint: store }).result();
  const known: FleetEntryState | undefined = fleet.changesSince(fleet.revision).entries.at(0);
  return [...entries, ...blocked].map(({ machineId }) => machineId + known?.operation?.phase);
}

/** An operation is its own reader, and so is each of its watches. */
export const readers: AsyncIterable<RequestTracker>[] = [client.track("t"), client.track("t").watch()];

export function explain(error: unknown): SnapshotErrorCode | undefined {
  if (!(error instanceof SnapshotError)) return undefined;
  const { status, service, state, candidates } = error;
  JSON.stringify([status?.toFixed(), service?.serverErrorId, state?.phase, candidates?.at(0)?.id]);
  return error.code;
}

export function trace(event: ClientEvent): string {
  switch (event.type) {
    case "request":
    case "retry":
      return `${event.method} ${event.path} ${event.attempt}`;
    case "response":
      return `${event.status ?? event.failure} ${event.durationMs}`;
    case "wait":
      return `${event.operationId} ${event.delayMs}`;
    case "renewal":
      return event.type;
  }
}

export const faults: readonly Fault[] = [
  { on: { machine: "web-*", method: "POST" }, times: 0, answer: { status: 503, retryAfter: { inMs: 1 } } },
  { connection: { cutInBody: 3 }, operation: { fails: { message: "no", done: true } } },
];
simulator.inject(faults);
export const records: SnapshotRecord[] = simulator.snapshotsOf("m");
