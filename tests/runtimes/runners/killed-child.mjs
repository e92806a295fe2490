// A process that is killed: it makes a snapshot, writes the operation's state to a file, and tells where it is.
// With `resume` it is the one that comes after: it goes on from the file and tells how it ends.
import { readFile, rename, writeFile } from "node:fs/promises";
import { SnapshotClient } from "vra-snapshots";

const { url, machine, file, key, stopAt, resume } = JSON.parse(process.argv[2]);
const client = new SnapshotClient({
  baseUrl: url,
  auth: "simulated-token",
  retry: { initialDelayMs: 1, maxDelayMs: 5 },
  polling: { initialDelayMs: 5, maxDelayMs: 20 },
  reconcile: { settleMs: 300, intervalMs: 10 },
});
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const forever = () => new Promise(() => setInterval(() => {}, 1000));

async function store(state) {
  await writeFile(`${file}.new`, JSON.stringify(state));
  await rename(`${file}.new`, file);
}

async function checkpoint(state) {
  await store(state);
  tell("checkpoint");
  if (stopAt === "checkpoint") await forever();
}

async function first() {
  const options = { checkpoint, idempotencyKey: key };
  const operation = await client.createSnapshot(machine, { name: "n" }, options);
  await store(operation.toJSON());
  tell("accepted");
  if (stopAt === "accepted") await forever();
  const stored = async () => {
    await store(operation.toJSON());
    tell("progress");
  };
  await operation.result({ onProgress: stored });
  tell("finished");
}

/** Goes on to the end: with a key what is not known to have been sent is submitted again. */
async function after() {
  const operation = client.resume(JSON.parse(await readFile(file, "utf8")));
  const from = operation.phase;
  try {
    if (key !== undefined && from === "submitting") await operation.submit({ checkpoint: store });
    const { id } = await operation.result();
    tell({ from, outcome: "finished", id });
  } catch (error) {
    tell({ from, outcome: error.code ?? String(error) });
  }
}

await (resume ? after() : first());
