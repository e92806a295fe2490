// This package, by its name.
import { SnapshotClient } from "vra-snapshots";

export const name = "vra-snapshots";
export const does = "validates, retries, time-outs, abort, events; looks at the machine before it submits";
/** It takes a signal and a listener for events. */
export const reports = true;

export function connect({ baseUrl, token, fetch, delayMs, signal, onEvent }) {
  const client = new SnapshotClient({
    baseUrl,
    auth: token,
    fetch,
    polling: { initialDelayMs: delayMs, maxDelayMs: delayMs },
    onEvent,
  });
  const options = signal && { signal };
  return {
    createSnapshot: async (machineId, specification) => {
      const operation = await client.createSnapshot(machineId, specification, options);
      return operation.result(options);
    },
    getTracker: (id) => client.getRequestTracker(id, options),
  };
}
