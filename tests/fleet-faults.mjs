// What goes wrong at the service of a fleet that is killed again and again: everything that can. Each machine has one
// snapshot in the end, or none and the fleet says so.
import assert from "node:assert/strict";

/** Of each kind of fault, so many of the machines have one; and so many of the reads. */
const SHARE = 0.05;
/** A client that is throttled is slow for seconds, and so is the test. */
const THROTTLED = SHARE / 5;
/** A machine is read so often, about. */
const READS = 6;
/** A snapshot takes 200 ms. */
export const SPEED = 40;
/** What begins late, or is listed late, is there long before the client believes that there is nothing. */
const LATE_MS = 150;
/** The patience of the client. A call that is answered at all is answered well within its limit, however busy the machine is. */
export const CLIENT = {
  requestTimeoutMs: 5000,
  retry: { maxAttempts: 6, initialDelayMs: 1, maxDelayMs: 20 },
  polling: { initialDelayMs: 10, maxDelayMs: 40 },
  reconcile: { settleMs: 800, intervalMs: 20 },
};
/** Longer than a test takes: what is held back so long is never answered. */
const HELD_MS = 600_000;

const cut = { connection: "cut" };
const html = { status: 200, body: "html" };
/** What goes wrong with a request for a snapshot, and how the machine may end for it; else it must be finished. */
const LOST = ["finished", "unknown"];
const KINDS = {
  "lost before": { fault: cut, ends: LOST },
  "lost after": { fault: { ...cut, effect: "after" } },
  "cut in the body": { fault: { connection: { cutInBody: 20 } } },
  "refused connection": { fault: { connection: "refused" }, ends: LOST },
  429: { share: THROTTLED, fault: { times: 2, answer: { status: 429 } } },
  "429 with Retry-After": { share: THROTTLED, fault: { answer: { status: 429, retryAfter: 1 } } },
  "503 before": { share: THROTTLED, fault: { answer: { status: 503 } }, ends: LOST },
  "503 after": { share: THROTTLED, fault: { effect: "after", answer: { status: 503 } } },
  // A refusal is believed only if the looks bear it out, and they may fail.
  "503 with Retry-After before": {
    share: THROTTLED,
    fault: { answer: { status: 503, retryAfter: 1 } },
    ends: LOST,
  },
  "503 with Retry-After after": {
    share: THROTTLED,
    fault: { effect: "after", answer: { status: 503, retryAfter: 1 } },
  },
  "5xx before": { fault: { answer: { status: 500 } }, ends: LOST },
  "5xx after": { fault: { effect: "after", answer: { status: 504 } } },
  "a page before": { fault: { answer: html }, ends: LOST },
  "a page after": { fault: { effect: "after", answer: html } },
  "no answer": { fault: { delayMs: HELD_MS } },
  "no answer, and no effect": { fault: { ...cut, delayMs: HELD_MS }, ends: LOST },
  "late effect": { fault: { effect: { afterMs: LATE_MS } } },
  "failing operation": {
    fault: { operation: { fails: { message: "Out of space" } } },
    ends: ["finished", "failed"],
  },
  "missing tracker": { fault: { operation: { tracker: [{ untilMs: 2000, missing: true }] } } },
  "listed late": { fault: { operation: { listedAfterMs: LATE_MS * SPEED } } },
};
const READ_FAULTS = [
  { answer: { status: 500 } },
  { answer: { status: 502, body: "html" } },
  { answer: html },
  { connection: "cut" },
  { connection: { cutInBody: 20 } },
  { delayMs: HELD_MS },
];

/** Waits until what begins late has come to its end. */
export function settled() {
  return new Promise((resolve) => setTimeout(resolve, 2 * LATE_MS + 8000 / SPEED));
}

/** Whether a machine may end so, by what has happened to it at the service. */
const MAY = {
  finished: ({ snapshots }) => snapshots.length === 1,
  failed: ({ ends, snapshots, code, created }) =>
    ends.has("failed") && snapshots.length === 0 && code === "operation_failed" && created >= 1,
  unknown: ({ ends, snapshots }) => ends.has("unknown") && snapshots.length === 0,
  // Another machine of its deployment has an unknown end, and may be under way still: this one was never asked for.
  skipped: ({ unknownElsewhere, snapshots, created }) =>
    unknownElsewhere && snapshots.length === 0 && created === 0,
};

/**
 * Each machine ended as it may: `{ machineId, status, snapshot, code }`, the snapshot by its id. `deploymentOf` gives the
 * deployment of a machine.
 */
export function judge(report, kindsOf, deploymentOf, simulator) {
  const stats = simulator.stats();
  const unknown = report.filter(({ status }) => status === "unknown");
  const wrong = [];
  for (const { machineId, status, snapshot, code, message } of report) {
    const kinds = kindsOf.get(machineId) ?? [];
    const own = simulator.snapshotsOf(machineId).filter(({ madeByRequest }) => madeByRequest !== null);
    const snapshots = own.map(({ id }) => id);
    const created = stats.created[machineId] ?? 0;
    const happened = {
      ends: new Set(kinds.flatMap((kind) => KINDS[kind].ends ?? [])),
      snapshots,
      code,
      created,
      unknownElsewhere: unknown.some((other) => deploymentOf(other.machineId) === deploymentOf(machineId)),
    };
    const isRight =
      MAY[status](happened) && snapshots[0] === snapshot && (stats.made[machineId] ?? 0) === snapshots.length;
    if (!isRight)
      wrong.push({
        machineId,
        status,
        snapshot,
        code,
        message,
        kinds,
        snapshots,
        created,
      });
  }
  assert.deepEqual(wrong, []);
}

/** Draws what goes wrong; gives the kinds by machine. */
export function inject(simulator, ids, random) {
  const kindsOf = new Map();
  for (const [kind, { fault, share = SHARE }] of Object.entries(KINDS))
    for (const machine of ids) {
      if (random() >= share) continue;
      const kinds = kindsOf.get(machine) ?? [];
      // One after the other: together they would be another kind.
      const nth = kinds.reduce((next, kind) => next + (KINDS[kind].fault.times ?? 1), 1);
      kindsOf.set(machine, [...kinds, kind]);
      simulator.inject({ ...fault, nth, on: { call: "createSnapshot", machine } });
    }
  const reads = READS * ids.length;
  for (let count = 0; count < SHARE * reads; count += 1) {
    const fault = READ_FAULTS[Math.floor(random() * READ_FAULTS.length)];
    simulator.inject({ ...fault, nth: 1 + Math.floor(random() * reads), on: { method: "GET" } });
  }
  return kindsOf;
}
