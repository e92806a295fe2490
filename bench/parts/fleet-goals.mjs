// What a fleet was meant to cost, and what came out.
import { fixed, table } from "../lib/table.mjs";

const KEYED = "vra-snapshots-key";
const LOOPS = ["fetch-loop", "core-lro"];

/** A goal whose fleets were not measured is left out. */
export function goals(results) {
  const find = (contestant, machines, concurrency) =>
    results.find(
      (one) => one.contestant === contestant && one.machines === machines && one.concurrency === concurrency,
    );
  const thousand = find("vra-snapshots", 1_000, 100);
  const tenThousand = find("vra-snapshots", 10_000, 1_000);
  const calls = ({ requests, machines }) => requests / machines;

  const rows = [];
  /** `value` of these results, if all of them are there. */
  const goal = (text, limit, digits, value, ...needed) => {
    if (needed.includes(undefined)) return;
    const measured = value(...needed);
    rows.push([text, `≤ ${limit}`, fixed(measured, digits), measured <= limit ? "met" : "missed"]);
  };

  goal("calls for a snapshot, 1,000 machines", 2.5, 2, calls, thousand);
  goal("… with the user's keys", 3.5, 2, calls, find(KEYED, 1_000, 100));
  for (const [size, ours] of [
    ["1,000", thousand],
    ["10,000", tenThousand],
  ]) {
    for (const loop of LOOPS) {
      const peer = ours && find(loop, ours.machines, ours.concurrency);
      goal(`CPU ÷ that of ${loop}, ${size}`, 0.05, 3, (a, b) => a.cpuMs / b.cpuMs, ours, peer);
    }
    goal(`time ÷ best, ${size}`, 1.03, 3, ({ timeMs, bestMs }) => timeMs / bestMs, ours);
  }
  for (const [what, of] of [
    ["CPU", ({ cpuMs }) => cpuMs],
    ["heap, above that of an idle process", ({ heap }) => heap.grown],
    ["wasm memory, all of it", ({ wasm }) => wasm.peak],
  ]) {
    goal(`1,000 → 10,000, ${what}, ×`, 11, 1, (a, b) => of(b) / of(a), thousand, tenThousand);
  }
  return table("Goals", ["", "goal", "measured", ""], rows);
}
