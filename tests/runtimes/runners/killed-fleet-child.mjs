// A process that is killed: it makes the snapshots of a fleet, keeps its state in a file, and tells how far it is. The
// one that comes after it goes on from the file, if there is one, and the last one tells the report.
import { open, readFile, rename } from "node:fs/promises";
import { SnapshotClient } from "vra-snapshots";

const { url, machines, file, client: options, concurrency } = JSON.parse(process.argv[2]);
const client = new SnapshotClient({ baseUrl: url, auth: "simulated-token", ...options });
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

/** What is stored: the newest state, and each machine as it was when it changed last. */
let newest = await stored();
const entries = new Map(newest?.entries.map((entry) => [entry.place, entry]));

async function stored() {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function checkpoint(changes) {
  tell({ at: "keeping" });
  newest = changes;
  for (const entry of changes.entries) entries.set(entry.place, entry);
  const written = await open(`${file}.new`, "w");
  await written.writeFile(JSON.stringify({ ...newest, entries: [...entries.values()] }));
  await written.sync();
  await written.close();
  await rename(`${file}.new`, file);
  tell({ at: "kept" });
}

const fleet =
  newest === undefined
    ? client.createSnapshots(machines, { name: "{machine}" }, { concurrency, checkpoint })
    : client.resumeFleet(newest, { checkpoint });
for await (const { counts } of fleet)
  tell({ at: "update", over: counts.finished + counts.failed + counts.unknown + counts.skipped });
const report = await fleet.result();
tell({
  at: "end",
  entries: report.entries.map(({ machineId, status, snapshot, error }) => {
    return { machineId, status, snapshot: snapshot?.id, code: error?.code, message: error?.message };
  }),
});
