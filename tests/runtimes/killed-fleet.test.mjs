// A fleet whose process dies by SIGKILL again and again, at a service where everything goes wrong that can: each machine
// has one snapshot in the end, or none and the fleet says so.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { serve } from "../../simulator/serve.mjs";
import { project } from "./project.mjs";

const CHILD = join(await project(), "killed-fleet-child.mjs");
const { FLEET_KILLED_MACHINES, FLEET_KILLED_KILLS, FLEET_KILLED_SEED } = process.env;
const MACHINES = Number(FLEET_KILLED_MACHINES ?? 50);
const KILLS = Number(FLEET_KILLED_KILLS ?? 3);
const SEED = Number(FLEET_KILLED_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Of each kind of fault, so many of the machines have one; and so many of the reads. */
const SHARE = 0.05;
/** A client that is throttled is slow for seconds, and so is the test. */
const THROTTLED = SHARE / 5;
/** A machine is read so often, about. */
const READS = 6;
/** A snapshot takes 200 ms. */
const SPEED = 40;
/** What begins late, or is listed late, is there long before the client believes that there is nothing. */
const LATE_MS = 150;
const CLIENT = {
  requestTimeoutMs: 1000,
  retry: { maxAttempts: 6, initialDelayMs: 1, maxDelayMs: 20 },
  polling: { initialDelayMs: 10, maxDelayMs: 40 },
  reconcile: { settleMs: 800, intervalMs: 20 },
};
const BEYOND_TIMEOUT_MS = 1500;

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
  "late answer": { fault: { delayMs: BEYOND_TIMEOUT_MS } },
  "late cut": { fault: { ...cut, delayMs: BEYOND_TIMEOUT_MS }, ends: LOST },
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
  { delayMs: BEYOND_TIMEOUT_MS },
];

test(`a fleet of ${MACHINES}, killed ${KILLS} times; FLEET_KILLED_SEED=${SEED}`, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "killed-fleet-"));
  const random = generator(SEED);
  const ids = Array.from({ length: MACHINES }, (_, place) => `k-${String(place).padStart(4, "0")}`);
  const { url, simulator, close } = await serve({
    options: { speed: SPEED, extraMachines: ids },
    control: true,
  });
  context.after(() => Promise.all([close(), rm(folder, { recursive: true })]));
  const kindsOf = inject(simulator, ids, random);
  const deployments = Math.ceil(MACHINES / 2.5);
  const told = {
    url,
    machines: ids.map((id) => ({ id, deploymentId: `d-${Math.floor(random() * deployments)}` })),
    file: join(folder, "state.json"),
    client: CLIENT,
    concurrency: 12,
  };

  let kills = 0;
  let report;
  for (let life = 0; report === undefined; life += 1) {
    const killAt =
      life < KILLS
        ? { over: ((life + random()) / (KILLS + 1)) * MACHINES, after: Math.floor(random() * 12) }
        : undefined;
    report = await live(told, killAt);
    if (report === undefined) kills += 1;
  }
  // What begins late has come to its end.
  await new Promise((resolve) => setTimeout(resolve, 2 * LATE_MS + 8000 / SPEED));

  const { calls, made, created } = simulator.stats();
  const counts = { finished: 0, failed: 0, unknown: 0, skipped: 0 };
  for (const { status } of report) counts[status] += 1;
  const sent = Object.values(calls).reduce((one, other) => one + other, 0);
  console.log(
    `killed fleet, seed ${SEED}: ${counts.finished} finished, ${counts.failed} failed, ${counts.unknown} unknown, ` +
      `${kills} kills, ${sent} calls, ${calls.createSnapshot} of them POST`,
  );

  assert.equal(kills, KILLS);
  assert.deepEqual(
    report.map(({ machineId }) => machineId),
    ids,
  );
  const wrong = [];
  for (const { machineId, status, snapshot, code, message } of report) {
    const kinds = kindsOf.get(machineId) ?? [];
    const own = simulator.snapshotsOf(machineId).filter(({ madeByRequest }) => madeByRequest !== null);
    const snapshots = own.map(({ id }) => id);
    const may = new Set(["finished", ...kinds.flatMap((kind) => KINDS[kind].ends ?? [])]);
    const isRight =
      may.has(status) &&
      (made[machineId] ?? 0) === snapshots.length &&
      snapshots.length === (status === "finished" ? 1 : 0) &&
      snapshots[0] === snapshot &&
      (status !== "failed" || (code === "operation_failed" && created[machineId] >= 1));
    if (!isRight)
      wrong.push({
        machineId,
        status,
        snapshot,
        code,
        message,
        kinds,
        snapshots,
        created: created[machineId],
      });
  }
  assert.deepEqual(wrong, []);
});

/** A process of the fleet; gives its report, or nothing if it was killed: so far on, and after so many lines more. */
async function live(told, killAt) {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(told)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let report;
  let left = killAt?.after;
  let isFar = false;
  for await (const text of createInterface(child.stdout)) {
    const { at, over, entries } = JSON.parse(text);
    if (at === "end") report = entries;
    if (killAt === undefined) continue;
    isFar ||= over >= killAt.over;
    if (isFar && left-- <= 0) child.kill("SIGKILL");
  }
  const [code, signal] = await ended;
  if (signal === "SIGKILL") return undefined;
  assert.deepEqual([code, signal], [0, null]);
  return report;
}

/** Draws what goes wrong; gives the kinds by machine. */
function inject(simulator, ids, random) {
  const kindsOf = new Map();
  for (const [kind, { fault, share = SHARE }] of Object.entries(KINDS))
    for (const machine of ids) {
      if (random() >= share) continue;
      const kinds = kindsOf.get(machine) ?? [];
      // One after the other: together they would be another kind.
      const nth = kinds.length + 1;
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

/** Mulberry32: the same numbers for the same seed. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
