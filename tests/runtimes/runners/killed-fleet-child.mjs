// A process that is killed: it makes the snapshots of a fleet and stores its state in a file. The process after it resumes from
// that file, and the last one prints the report.
import { open, readFile, rename } from "node:fs/promises";
import { SnapshotClient } from "vra-snapshots";

const { url, machines, file, client: options, concurrency, killAt } = JSON.parse(process.argv[2]);
const client = new SnapshotClient({ baseUrl: url, auth: "simulated-token", ...options });

/** How many machines are over, as far as this process knows. */
let over = 0;
let stepsLeft = killAt?.steps;

/**
 * Dies here, if the fleet is far enough and so many steps more are done. It does so by itself: a signal of another process would
 * come at a time that depends on how busy the machine is, or after the end.
 */
function step(isLast = false) {
  if (killAt === undefined) return;
  if (isLast || (over >= killAt.over && stepsLeft-- <= 0)) process.kill(process.pid, "SIGKILL");
}

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
  step();
  newest = changes;
  for (const entry of changes.entries) entries.set(entry.place, entry);
  const written = await open(`${file}.new`, "w");
  await written.writeFile(JSON.stringify({ ...newest, entries: [...entries.values()] }));
  await written.sync();
  await written.close();
  await rename(`${file}.new`, file);
  step();
}

const fleet =
  newest === undefined
    ? client.createSnapshots(machines, { name: "{machine}" }, { concurrency, checkpoint })
    : client.resumeFleet(newest, { checkpoint });
for await (const { counts } of fleet) {
  over = counts.finished + counts.failed + counts.unknown + counts.skipped;
  step();
}
const report = await fleet.result();
step(true);
const ends = report.entries.map(({ machineId, status, snapshot, error }) => {
  return { machineId, status, snapshot: snapshot?.id, code: error?.code, message: error?.message };
});
console.log(JSON.stringify(ends));
