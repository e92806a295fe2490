// Who is compared with a whole fleet: the package, and pools of what makes one snapshot at a time.
/** The pause of the plain loops between two polls. */
export const LOOP_MS = 2_000;

/** By the name for `--only`. `load()` gives what makes a snapshot of every machine and tells how many it saw finished. */
export const FLEETS = {
  "vra-snapshots": { name: "vra-snapshots", load: () => own({}) },
  "vra-snapshots-key": { name: "vra-snapshots, keyed", load: () => own({ idempotencyKey: "night-4711" }) },
  "fetch-loop": { name: "a loop of fetch", load: () => pool(import("./bare-fetch.js")), isLoop: true },
  "core-lro": { name: "core-lro", load: () => pool(import("./core-lro.js")), isLoop: true },
  // The package as it is used for one machine: no row of the tables unless it is asked for.
  "vra-single": {
    name: "vra-snapshots, one by one",
    load: () => pool(import("./vra-snapshots.js")),
    isExtra: true,
  },
};

/** The package's own fleet. */
async function own(options) {
  const { SnapshotClient } = await import("vra-snapshots");
  return async ({ baseUrl, token, fetch, machines, concurrency, name }) => {
    const client = new SnapshotClient({ baseUrl, auth: token, fetch });
    const fleet = await client.createSnapshots(machines, { name }, { concurrency, ...options });
    // Ten thousand machines, a hundred at a time, take longer than the hour that it waits unless told.
    const { counts } = await fleet.result({ timeoutMs: Infinity });
    return counts.finished;
  };
}

/** So many workers, each with one machine at a time. */
async function pool(contestant) {
  const { connect } = await contestant;
  return async ({ baseUrl, token, fetch, machines, concurrency, name }) => {
    const client = connect({ baseUrl, token, fetch, delayMs: LOOP_MS });
    const rest = machines.values();
    let finished = 0;
    const worker = async () => {
      // They share the iterator: each machine is somebody's.
      for (const machine of rest) {
        const snapshot = await client.createSnapshot(machine, { name, snapshotMemory: false });
        if (snapshot?.name === name) finished += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return finished;
  };
}
