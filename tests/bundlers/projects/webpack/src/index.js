import { SnapshotClient, SnapshotError } from "vra-snapshots";
import { makeSnapshot } from "../../app.js";

const baseUrl = new URLSearchParams(location.search).get("service");
globalThis.result = await makeSnapshot({ SnapshotClient, SnapshotError }, { baseUrl });
