// What a fleet on the edge worker takes: counts, processor and memory of a real workerd, and what Cloudflare would ask
// for them. In real time: 1,000 machines take eleven minutes.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { serve } from "../simulator/serve.mjs";
import { ask, begin, events, named, sum } from "../tests/edge/bench.mjs";
import { start, vars } from "../tests/edge/worker.mjs";

const USAGE = `npm run bench:edge -- [options]
  --machines N     how many machines the fleet has (1000)
  --concurrency N  how many are under way at a time (100)
  --streams N      how many consoles watch it (1)
  --speed N        how many times faster than 60 s an operation is (1); the client's patience stays
  --help           prints this`;

const OPERATION_MS = 60_000;
const LATENCY_MS = 40;
const SAMPLE_MS = 2_000;

/** An object has so much, and V8 itself is in ours. */
const OBJECT_BYTES = 128e6;

/** US dollars a million, on the Workers Paid plan, without what is included in it: Cloudflare's pages, 2026-11. */
const PRICES = {
  workerRequests: 0.3,
  objectRequests: 0.15,
  gigabyteSeconds: 12.5,
  rowsRead: 0.001,
  rowsWritten: 1,
};
/** What an object is billed for, whatever it uses. */
const OBJECT_GB = 0.128;
/** US dollars for a gigabyte of storage in a month. */
const STORED = 0.2;

const option = (value) => ({ type: "string", default: value });
const { values } = parseArgs({
  options: {
    machines: option("1000"),
    concurrency: option("100"),
    streams: option("1"),
    speed: option("1"),
    help: { type: "boolean" },
  },
});
if (values.help) console.log(USAGE);
else await main(Object.fromEntries(Object.entries(values).map(([name, text]) => [name, Number(text)])));

async function main({ machines, concurrency, streams, speed }) {
  const ids = named(machines + 1);
  const service = await serve({
    options: {
      machines: 10,
      extraMachines: ids,
      speed,
      snapshotMs: OPERATION_MS,
      snapshotSpread: 0.1,
      latencyMs: LATENCY_MS,
      tokenLifetimeMs: 86_400_000,
    },
  });
  const storage = await mkdtemp(join(tmpdir(), "edge-bench-"));
  const worker = await start({ storage, vars: vars(service.url) });
  try {
    // Whatever is made once is made by now.
    await watched(worker.url, (await begin(worker.url, ids.slice(machines))).id);
    const measured = await run(worker, service, ids.slice(0, machines), concurrency, streams);
    print(measured, { machines, concurrency, streams, speed });
  } finally {
    await worker.kill();
    await service.close();
    await rm(storage, { recursive: true });
  }
}

async function run(worker, { simulator }, ids, concurrency, streams) {
  const rest = usageOf(worker.group);
  const before = sum(simulator.stats().calls);
  let peak = rest.bytes;
  const sampling = setInterval(() => {
    peak = Math.max(peak, usageOf(worker.group).bytes);
  }, SAMPLE_MS);
  const { id } = await begin(worker.url, ids, { options: { concurrency } });
  const told = await Promise.all(Array.from({ length: streams }, () => watched(worker.url, id)));
  clearInterval(sampling);
  const end = usageOf(worker.group);
  const report = await ask(worker.url, `/fleets/${id}/report`);
  const { made } = simulator.stats();
  const wrong = report.machines.filter(
    ({ machineId, status }) => status !== "finished" || made[machineId] !== 1,
  );
  if (wrong.length > 0) throw new Error(`not made once: ${JSON.stringify(wrong.slice(0, 3))}`);
  if (peak - rest.bytes > OBJECT_BYTES) throw new Error(`${peak - rest.bytes} bytes more than at rest`);
  return {
    report,
    seconds: (Date.parse(report.endedAt) - Date.parse(report.createdAt)) / 1000,
    calls: sum(simulator.stats().calls) - before,
    cpuSeconds: end.seconds - rest.seconds,
    restBytes: rest.bytes,
    peakBytes: peak,
    events: told[0].events,
    kilobytes: told[0].bytes / 1000,
    // Of this script: to begin it, to watch it, to read the report.
    workerRequests: streams + 2,
  };
}

/** Reads all events of a fleet; gives how many there were, and their size. */
async function watched(url, id) {
  let last;
  let count = 0;
  let bytes = 0;
  while (last?.event !== "end") {
    for await (const event of await events(url, id, last?.id)) {
      last = event;
      count += 1;
      bytes += JSON.stringify(event.data).length;
    }
  }
  return { events: count, bytes };
}

/** What workerd, in the group of this process, has used of the processor, and uses of memory. */
function usageOf(group) {
  const fields = ["-o", "pgid=", "-o", "pid=", "-o", "rss=", "-o", "time=", "-o", "comm="];
  const lines = execFileSync("ps", ["-A", ...fields], { encoding: "utf8" }).split("\n");
  const of = lines
    .map((line) => line.trim().split(/\s+/))
    .find(([id, , , , name]) => Number(id) === group && /workerd/.test(name));
  if (!of) throw new Error("there is no workerd");
  const [, pid, rss, time] = of;
  return { bytes: 1024 * Number(rss), seconds: ticksOf(pid) ?? secondsOf(time) };
}

/** Linux tells hundredths of a second. */
function ticksOf(pid) {
  try {
    const [, after] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    const fields = after.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

/** `[[days-]hours:]minutes:seconds` */
function secondsOf(time) {
  const parts = time.split(/[-:]/).map(Number);
  const units = [1, 60, 3_600, 86_400];
  return parts.reverse().reduce((all, part, at) => all + part * units[at], 0);
}

function print(measured, { machines, concurrency, streams, speed }) {
  const { report, seconds, calls, cpuSeconds, restBytes, peakBytes, events, kilobytes, workerRequests } =
    measured;
  const { alarms, rowsRead, rowsWritten, storedBytes } = report.usage;
  // Besides alarms: what this script asks it, the token, and what the directory is told.
  const objectRequests = alarms + workerRequests + 4;
  const counts = {
    workerRequests,
    objectRequests,
    // As if it never slept.
    gigabyteSeconds: Math.round(seconds * OBJECT_GB),
    rowsRead,
    // The directory's, and the token's.
    rowsWritten: rowsWritten + 3,
  };
  const number = (value, digits = 0) =>
    value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
  console.log(
    `${number(machines)} machines, ${concurrency} at a time, operations of ${60 / speed} s, ${streams} watching`,
  );
  console.log(
    `\n${number(seconds, 1)} s; ${number(calls)} calls of the service, ${number(calls / machines, 2)} a machine`,
  );
  console.log(
    `workerd: ${number(cpuSeconds, 1)} s of the processor, ${number((1000 * cpuSeconds) / machines, 1)} ms a machine`,
  );
  console.log(
    `memory of workerd: ${number(restBytes / 1e6, 1)} MB before, ${number((peakBytes - restBytes) / 1e6, 1)} MB more at the most; stored: ${number(storedBytes / 1000)} KB`,
  );
  console.log(`a console is told ${number(events)} events, ${number(kilobytes)} KB\n`);
  row("what is billed", "count", "US$");
  row("---", "---:", "---:");
  let all = 0;
  for (const [name, count] of Object.entries(counts)) {
    const price = (count * PRICES[name]) / 1e6;
    all += price;
    row(
      name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
      number(count),
      price.toFixed(6),
    );
  }
  const kept = (storedBytes / 1e9) * STORED;
  row("stored for a month, KB", number(storedBytes / 1000), kept.toFixed(6));
  row("all", "", (all + kept).toFixed(6));
  const day = (86_400 * OBJECT_GB * PRICES.gigabyteSeconds) / 1e6;
  console.log(
    `\nAn object that is kept awake, by a console that watches it, costs US$ ${day.toFixed(2)} a day.`,
  );
}
