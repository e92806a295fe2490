import { SnapshotClient, SnapshotError } from "vra-snapshots";
import { makeSnapshot } from "../../app.js";

const [, , baseUrl] = process.argv;
console.log(JSON.stringify(await makeSnapshot({ SnapshotClient, SnapshotError }, { baseUrl })));
