// What a client that only makes calls leaves to its user: the waiting, as plain as can be and still be right.

/** The whole operation, of the three calls that it is made of. */
export function waiting({ submit, getTracker, listSnapshots }, delayMs) {
  return async (machineId, specification) => {
    let tracker = await submit(machineId, specification);
    while (tracker.status !== "FINISHED") {
      if (tracker.status === "FAILED") throw new Error(tracker.message);
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      tracker = await getTracker(tracker.id);
    }
    const snapshots = await listSnapshots(machineId);
    return snapshots.find(({ name }) => name === specification.name);
  };
}
