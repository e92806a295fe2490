// Fleets: what it costs to make a snapshot of each of many machines, and how long it takes.
import { FLEETS, LOOP_MS } from "../contestants/fleets.js";
import { fleetOf } from "../lib/fleet.mjs";
import { fixed, table } from "../lib/table.mjs";
import { goals } from "./fleet-goals.mjs";

const OPERATION_MS = 60_000;

/** The fleets of the table. */
export const SIZES = [
  { machines: 100, concurrency: 100 },
  { machines: 1_000, concurrency: 100 },
  // Minutes of calls for a loop; and at this concurrency there is nothing to learn from one.
  { machines: 10_000, concurrency: 1_000, loops: "asked" },
  { machines: 10_000, concurrency: 100, loops: "never" },
];

/** What makes it hard to look at many request trackers at a time. */
const OTHERS = [
  ["none of others", {}],
  ["2,000 of others, after ours", { pastTrackers: 2_000 }],
  ["2,000 of others, before ours", { pastTrackers: 2_000, trackerOrder: "oldestFirst" }],
  ["2,000 of others, paging ignored", { pastTrackers: 2_000, trackerPaging: "ignored" }],
  ["2,000 of others, paging refused", { pastTrackers: 2_000, trackerPaging: "refused" }],
];
const CROWDED = { machines: 1_000, concurrency: 100 };
const OURS = "vra-snapshots";

/** Gives the tables one by one. `only`, `machines`: names and sizes; `all`: what takes minutes too. */
export async function* fleets({ only, machines, concurrency, all }) {
  const contestants = Object.entries(FLEETS).filter(([name, { isExtra }]) =>
    only ? only.includes(name) : !isExtra,
  );
  const results = [];
  for (const size of sizesOf(machines, concurrency)) {
    for (const [contestant, { isLoop = false }] of contestants) {
      if (isLoop && (size.loops === "never" || (size.loops === "asked" && !all))) continue;
      const result = { contestant, ...size, ...(await fleetOf(contestant, settings(size))) };
      // Others may take minutes.
      console.error(rowOf(results)(result).join("  "));
      results.push(result);
    }
  }
  yield table("Fleets, in virtual time", COLUMNS, results.map(rowOf(results)), NOTES);
  if (only === undefined || only.includes(OURS)) {
    if (machines === undefined || machines.includes(CROWDED.machines)) yield await crowded();
    yield goals(results);
  }
}

function sizesOf(machines, concurrency) {
  if (machines === undefined) return SIZES;
  const known = SIZES.filter((size) => machines.includes(size.machines));
  const others = machines.filter((count) => SIZES.every((size) => size.machines !== count));
  return [...known, ...others.map((count) => ({ machines: count, concurrency }))];
}

function settings({ machines, concurrency }, options) {
  return { machines, concurrency, operationMs: OPERATION_MS, options };
}

const COLUMNS = [
  "machines",
  "at a time",
  "",
  "calls each",
  "KB each",
  "CPU s",
  "× ours",
  "heap MB",
  "wasm MB",
  "time s",
  "÷ best",
  "÷ plain",
];

function rowOf(results) {
  return (result) => {
    const { contestant, machines, concurrency } = result;
    const isOurs = (other) =>
      other.contestant === OURS && other.machines === machines && other.concurrency === concurrency;
    const ours = results.find(isOurs);
    const ratio = ours ? fixed(result.cpuMs / ours.cpuMs, 1) : "";
    return [grouped(machines), grouped(concurrency), FLEETS[contestant].name, ...costs(result, ratio)];
  };
}

function costs({ machines, requests, bytes, cpuMs, heap, wasm, timeMs, bestMs, plainMs }, ...ratio) {
  return [
    fixed(requests / machines, 2),
    fixed(bytes / machines / 1000, 2),
    fixed(cpuMs / 1000, 2),
    ...ratio,
    fixed(heap.peak / 1e6, 1),
    fixed(wasm.peak / 1e6, 1),
    fixed(timeMs / 1000, 1),
    fixed(timeMs / bestMs, 3),
    fixed(timeMs / plainMs, 3),
  ];
}

async function crowded() {
  const rows = [];
  for (const [listed, options] of OTHERS) {
    const result = await fleetOf(OURS, settings(CROWDED, options));
    rows.push([listed, ...costs({ ...CROWDED, ...result })]);
  }
  const columns = ["request trackers listed", ...COLUMNS.slice(3).filter((column) => column !== "× ours")];
  const title = `${FLEETS[OURS].name}, ${grouped(CROWDED.machines)} machines, ${CROWDED.concurrency} at a time`;
  return table(title, columns, rows, []);
}

const grouped = (count) => count.toLocaleString("en");

const NOTES = [
  `Operations take ${OPERATION_MS / 1000} s, each machine's 10 % more or less; every call takes 40 ms. The loops poll every ${LOOP_MS / 1000} s.`,
  "Best: each place is filled at the moment at which it is free, and calls take no time. Plain: machines ÷ at a time × 60 s.",
  "CPU: of the whole process, all of its threads, Node's fetch included; the virtual clock is about 10 µs of each call. Heap: what is alive.",
  "The loops with 10,000 machines run with --all.",
];
