import { init, SnapshotClient, SnapshotError } from "vra-snapshots/slim";
import { makeSnapshot } from "../../app.js";

// Awaited in the handler: a message that comes while there is no handler is lost.
const ready = init(new URL("vra-snapshots/wasm", import.meta.url));

self.onmessage = async ({ data: baseUrl }) => {
  await ready;
  postMessage(await makeSnapshot({ SnapshotClient, SnapshotError }, { baseUrl }));
};
