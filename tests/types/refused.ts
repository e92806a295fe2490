// What the types refuse, each with the reason. Compiled on every platform, never run.
import {
  type ClientOptions,
  type FleetEntry,
  type FleetState,
  type OperationState,
  type RequestTracker,
  type Snapshot,
  SnapshotClient,
  SnapshotError,
  type SnapshotErrorCode,
  SnapshotFleet,
  SnapshotOperation,
} from "vra-snapshots";
import { Simulator } from "vra-snapshots/simulator";
import { init } from "vra-snapshots/slim";

const baseUrl = "https://a.test";
const client = new SnapshotClient({ baseUrl });
const operation = client.track("t");
const created = client.prepareSnapshot("m");
const simulator = new Simulator();

// The client and its options.

// @ts-expect-error: a client needs options
new SnapshotClient();
// @ts-expect-error: a client needs a service
new SnapshotClient({});
// @ts-expect-error: a client is a class
SnapshotClient({ baseUrl });
// @ts-expect-error: a typo in an option
new SnapshotClient({ baseUrl, auht: "token" });
// @ts-expect-error: a typo in an option of an option
new SnapshotClient({ baseUrl, retry: { attempts: 3 } });
// @ts-expect-error: durations are numbers
new SnapshotClient({ baseUrl, requestTimeoutMs: "30s" });
// @ts-expect-error: pauses are grouped
new SnapshotClient({ baseUrl, polling: 1_000 });
// @ts-expect-error: a refresh token says that it is one
new SnapshotClient({ baseUrl, auth: { token: "t" } });
// @ts-expect-error: a function gives a token
new SnapshotClient({ baseUrl, auth: () => undefined });
// @ts-expect-error: bodies are conformant or minimal
new SnapshotClient({ baseUrl, body: "maximal" });
// @ts-expect-error: `fetch` is a function
new SnapshotClient({ baseUrl, fetch: "https://proxy.test" });
// @ts-expect-error: left out is not the same as undefined, under exactOptionalPropertyTypes
new SnapshotClient({ baseUrl, apiVersion: undefined });
// @ts-expect-error: an event has one of the known types
new SnapshotClient({ baseUrl, onEvent: (event) => event.type === "sent" });
// @ts-expect-error: only an answer has a status
new SnapshotClient({ baseUrl, onEvent: (event) => event.type === "wait" && event.status });
// @ts-expect-error: the base URL is a text
export const options: ClientOptions = { baseUrl: { href: baseUrl } };

// Calls.

// @ts-expect-error: an id is a string
client.listSnapshots(7);
// @ts-expect-error: a snapshot has the id of its machine, and its own
client.getSnapshot("m");
// @ts-expect-error: a typo in a specification
client.createSnapshot("m", { nmae: "n" });
// @ts-expect-error: custom properties are texts
client.createSnapshot("m", { customProperties: { attempts: 3 } });
// @ts-expect-error: an owner is a user or a group
client.createSnapshot("m", { ownerType: "robot" });
// @ts-expect-error: a key is a string
client.createSnapshot("m", {}, { idempotencyKey: 7 });
// @ts-expect-error: a key is for what is created
client.deleteSnapshot("m", "s", { idempotencyKey: "k" });
// @ts-expect-error: a checkpoint may be awaited for its end, not for a value
client.createSnapshot("m", {}, { checkpoint: async () => "stored" });
// @ts-expect-error: a checkpoint is given the state
client.createSnapshot("m", {}, { checkpoint: (state: string) => JSON.parse(state) });
// @ts-expect-error: a read has no checkpoint
client.about({ checkpoint: () => {} });
// @ts-expect-error: how many to keep must be said
client.pruneSnapshots("m", { namePrefix: "nightly" });
// @ts-expect-error: a typo in a query
client.listMachines({ project: "p" });
// @ts-expect-error: a list is read as it comes, it is no promise
client.listMachines().then();
// @ts-expect-error: what is tracked has a known kind
client.track("t", { kind: "powerOff" });
// @ts-expect-error: a state is an object, not its text
client.resume(JSON.stringify(operation));
// @ts-expect-error: a state has all of its names
client.resume({ version: 1, id: "o" });
// @ts-expect-error: states have one version so far
export const version: 2 = operation.toJSON().version;

// Operations.

// @ts-expect-error: operations come from a client
new SnapshotOperation();
// @ts-expect-error: an operation is no promise
operation.then();
// @ts-expect-error: a phase that there is not
export const over: boolean = operation.phase === "done";
// @ts-expect-error: progress is not known from the start
operation.progress.toFixed();
// @ts-expect-error: no snapshot before the end
operation.snapshot.id;
// @ts-expect-error: neither is there an error
operation.error.code;
// @ts-expect-error: what an operation tells is its own to change
operation.phase = "finished";
// @ts-expect-error: ditto
operation.progress = 100;
// @ts-expect-error: a state is kept as it is
operation.toJSON().phase = "prepared";
// @ts-expect-error: what only `resume` reads has no type
operation.toJSON().baseline.length;
// @ts-expect-error: a wait has a limit in milliseconds
operation.result({ timeout: 1_000 });
// @ts-expect-error: progress is told by trackers
operation.result({ onProgress: (percent: number) => percent });
// @ts-expect-error: a refresh is one call
operation.refresh({ timeoutMs: 1_000 });
// @ts-expect-error: an operation that is not known to create need not have a snapshot
export const unsure: Promise<Snapshot> = operation.result();
// @ts-expect-error: one that creates has one
export const sure: Promise<undefined> = created.result();
// @ts-expect-error: of a deletion nothing is left
client.deleteSnapshot("m", "s").then(async (deletion) => (await deletion.result()).id);
// @ts-expect-error: a revert gives no snapshot
client.revertSnapshot("m", "s").then((revert): Promise<Snapshot> => revert.result());
// @ts-expect-error: a create is no deletion
export const other: SnapshotOperation<"delete"> = created;
// @ts-expect-error: there are three kinds
export type Fourth = SnapshotOperation<"clone">;
// @ts-expect-error: reading is asynchronous
for (const tracker of operation) tracker.id;

// What the service sends.

// @ts-expect-error: a tracker has a progress
export const tracker: RequestTracker = { id: "t", status: "FINISHED" };
// @ts-expect-error: a snapshot need not have a name
client.getSnapshot("m", "s").then(({ name }) => name.length);
// @ts-expect-error: a link is an object or a mark
client.getMachine("m").then(({ _links }) => _links?.operations?.hrefs);

// Fleets.

// @ts-expect-error: a number is no list of machines
client.createSnapshots(5);
// @ts-expect-error: a machine has an id
client.createSnapshots([{ name: "n" }]);
// @ts-expect-error: a typo in an option
client.createSnapshots(["m"], {}, { concurency: 5 });
// @ts-expect-error: an order that there is not
client.createSnapshots(["m"], {}, { order: "smallestFirst" });
// @ts-expect-error: fleets come from the client
new SnapshotFleet();
// @ts-expect-error: no status has that name
export const skip = (entry: FleetEntry) => entry.status === "skip";
// @ts-expect-error: not every machine has a snapshot
export const made = (entry: FleetEntry) => entry.snapshot.id;
// @ts-expect-error: a state is read only
export const age = (state: FleetState) => (state.revision = 0);
// @ts-expect-error: what is planned is not what is made
client.createSnapshots(client.planFleet(["m"]));

// Errors.

// @ts-expect-error: errors come from the library
new SnapshotError();
// @ts-expect-error: no such code
export const code: SnapshotErrorCode = "oops";
// @ts-expect-error: an error says what happened; it is not told
export const rename = (error: SnapshotError) => (error.code = "timeout");
// @ts-expect-error: not every error has an answer
export const status = (error: SnapshotError): number => error.status;
// @ts-expect-error: nor a state
export const state = (error: SnapshotError): OperationState => error.state;

// The other entries.

// @ts-expect-error: loading takes a source
init();
// @ts-expect-error: a typo in an option
new Simulator({ sped: 10 });
// @ts-expect-error: a call that there is not
simulator.inject({ on: "renameSnapshot" });
// @ts-expect-error: a connection ends in one of the known ways
simulator.inject({ connection: "slow" });
// @ts-expect-error: the tokens are fixed
simulator.token = "other";
