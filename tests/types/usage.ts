// The public types, as users write against them. Compiled under every module resolution, never run.
import {
  type Machine,
  type OperationState,
  type RequestTracker,
  type Snapshot,
  SnapshotClient,
  SnapshotError,
  type SnapshotErrorCode,
  SnapshotOperation,
} from "vra-snapshots";
import { Simulator } from "vra-snapshots/simulator";
import { init, SnapshotClient as SlimClient } from "vra-snapshots/slim";

const simulator = new Simulator({ speed: 10 });
const client = new SnapshotClient({
  baseUrl: "https://a.test",
  auth: simulator.token,
  fetch: simulator.fetch,
});
new SnapshotClient({ baseUrl: "/", auth: async (stale) => stale ?? "token" });
export const sameClass: typeof SnapshotClient = SlimClient;
export const loading: Promise<void> = init(new URL("https://a.test/core_bg.wasm"));

export async function use(
  signal: AbortSignal,
  store: (state: OperationState) => Promise<void>,
): Promise<Snapshot> {
  const operation = await client.createSnapshot("m", { name: "n" }, { signal, checkpoint: store });
  const narrowed: SnapshotOperation<"create"> = operation;
  for await (const tracker of narrowed.watch({ timeoutMs: Number.POSITIVE_INFINITY })) {
    const seen: RequestTracker = tracker;
    const percent: number | undefined = operation.progress;
    console.log(seen.message?.length, percent?.toFixed());
  }
  for await (const machine of client.listMachines({ name: "n" })) {
    const seen: Machine = machine;
    console.log(seen.powerState === "ON");
  }
  const resumed = client.resume(operation.toJSON());
  const anything: Snapshot | undefined = await resumed.result();
  console.log(anything);
  return operation.result({ signal });
}

export function explain(error: unknown): SnapshotErrorCode | undefined {
  if (!(error instanceof SnapshotError)) return undefined;
  const { status, service, state } = error;
  console.log(status?.toFixed(), service?.serverErrorId, state?.phase);
  return error.code;
}

// @ts-expect-error: a client needs a service
new SnapshotClient({});
// @ts-expect-error: a typo in an option
new SnapshotClient({ baseUrl: "https://a.test", auht: "token" });
// @ts-expect-error: a typo in a specification
client.createSnapshot("m", { nmae: "n" });
// @ts-expect-error: an id is a string
client.listSnapshots(7);
// @ts-expect-error: operations come from a client
new SnapshotOperation();
// @ts-expect-error: errors come from the library
new SnapshotError();
// @ts-expect-error: what an operation tells is its own to change
client.track("t").phase = "finished";
// @ts-expect-error: no such code
export const code: SnapshotErrorCode = "oops";
// @ts-expect-error: an operation is no promise
client.track("t").then();
