import { SnapshotClient, SnapshotError } from "vra-snapshots";
import { Simulator } from "vra-snapshots/simulator";
import { makeSnapshot } from "../../app.js";

const simulator = new Simulator({ speed: 100 });
const options = { baseUrl: "https://vra.example.com", fetch: simulator.fetch };
const result = await makeSnapshot({ SnapshotClient, SnapshotError }, options);
const snapshots = result.made.flatMap(({ machine }) => simulator.snapshotsOf(machine));
globalThis.result = { ...result, snapshots };
