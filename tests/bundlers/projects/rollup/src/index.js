import { init, SnapshotClient, SnapshotError } from "vra-snapshots/slim";
import wasm from "vra-snapshots/wasm";
import { makeSnapshot } from "../../app.js";

await init(new URL(wasm, import.meta.url));

const baseUrl = new URLSearchParams(location.search).get("service");
globalThis.result = await makeSnapshot({ SnapshotClient, SnapshotError }, { baseUrl });
