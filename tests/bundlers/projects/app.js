// What every project does: the README's first example, and an error. Iterators, errors and class names are what a
// bundler breaks that drops or renames too much.
export async function makeSnapshot({ SnapshotClient, SnapshotError }, options) {
  const client = new SnapshotClient({
    auth: "simulated-token",
    polling: { initialDelayMs: 10, maxDelayMs: 100 },
    ...options,
  });
  const made = [];
  for await (const machine of client.listMachines({ name: "web-prod-01" })) {
    const operation = await client.createSnapshot(machine.id, { name: "before-upgrade" });
    let last;
    for await (const { status } of operation) last = status;
    const { id } = await operation.result();
    made.push({ machine: machine.id, status: last, snapshot: id });
  }
  const error = await client.getMachine("").catch((reason) => reason);
  return { made, error: error instanceof SnapshotError && `${error.name}: ${error.code}` };
}
