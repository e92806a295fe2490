// The runtime of the worker dies by SIGKILL again and again, in the midst of a fleet, at a service where everything goes
// wrong that can: each machine has one snapshot in the end, or none and the fleet says so.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CLIENT, inject, judge, SPEED, settled } from "../fleet-faults.mjs";
import { generator } from "../generator.mjs";
import { ask, begin, followed, named, service, sum, until } from "./bench.mjs";
import { start, vars } from "./worker.mjs";

const { EDGE_KILLED_MACHINES, EDGE_KILLED_KILLS, EDGE_KILLED_SEED } = process.env;
const MACHINES = Number(EDGE_KILLED_MACHINES ?? 30);
const KILLS = Number(EDGE_KILLED_KILLS ?? 3);
/** The last kill comes before the service was asked for this share of the machines. */
const LAST_KILL = 0.6;
/** A kill comes within so many calls after that. */
const CALLS_BEFORE_A_KILL = 20;
const SEED = Number(EDGE_KILLED_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`a fleet of ${MACHINES}, the runtime killed ${KILLS} times; EDGE_KILLED_SEED=${SEED}`, async (context) => {
  const random = generator(SEED);
  const ids = named(MACHINES, "k");
  const { url: serviceUrl, simulator } = await service({ speed: SPEED, extraMachines: ids });
  const kindsOf = inject(simulator, ids, random);
  const storage = await mkdtemp(join(tmpdir(), "edge-killed-"));
  const told = { storage, vars: vars(serviceUrl, { CLIENT: JSON.stringify(CLIENT) }) };
  let worker = await start(told);
  context.after(async () => {
    await worker.kill();
    await rm(storage, { recursive: true });
  });

  const deployments = Math.ceil(MACHINES / 2.5);
  const deploymentOf = new Map(ids.map((id) => [id, `d-${Math.floor(random() * deployments)}`]));
  const machines = ids.map((id) => ({ id, deploymentId: deploymentOf.get(id) }));
  const { id } = await begin(worker.url, machines, { options: { concurrency: 12 } });
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Counted at the service, in this process: what the worker says comes late on a machine that is busy. Machines that are
    // skipped are never asked for, so that the last kill comes early enough for any share of them.
    const far = ((kill + random()) / (KILLS + 1)) * LAST_KILL * MACHINES;
    await until(() => (simulator.stats().calls.createSnapshot ?? 0) >= far);
    // Anywhere in what it does next.
    const last = sum(simulator.stats().calls) + Math.floor(random() * CALLS_BEFORE_A_KILL);
    await until(() => sum(simulator.stats().calls) >= last);
    await worker.kill();
    worker = await start(told);
  }
  const over = await followed(worker.url, id);
  await settled();

  const report = await ask(worker.url, `/fleets/${id}/report`);
  const { calls } = simulator.stats();
  const { finished, failed, unknown, skipped } = over.counts;
  console.log(
    `killed worker, seed ${SEED}: ${finished} finished, ${failed} failed, ${unknown} unknown, ${skipped} skipped, ${KILLS} kills, ` +
      `${sum(calls)} calls, ${calls.createSnapshot} of them POST, ${over.usage.alarms} alarms since the last kill was kept`,
  );
  assert.equal(over.standing, "over");
  assert.deepEqual(
    report.machines.map(({ machineId }) => machineId),
    ids,
  );
  judge(
    report.machines.map(({ machineId, status, snapshot, error }) => {
      return { machineId, status, snapshot: snapshot?.id, code: error?.code, message: error?.message };
    }),
    kindsOf,
    (machineId) => deploymentOf.get(machineId),
    simulator,
  );
});
