// The runtime of the worker dies by SIGKILL again and again, in the midst of a fleet, at a service where everything goes
// wrong that can: each machine has one snapshot in the end, or none and the fleet says so.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CLIENT, inject, judge, SPEED, settled } from "../fleet-faults.mjs";
import { generator } from "../generator.mjs";
import { ask, begin, followed, named, service, sum } from "./bench.mjs";
import { start, vars } from "./worker.mjs";

const { EDGE_KILLED_MACHINES, EDGE_KILLED_KILLS, EDGE_KILLED_SEED } = process.env;
const MACHINES = Number(EDGE_KILLED_MACHINES ?? 30);
const KILLS = Number(EDGE_KILLED_KILLS ?? 3);
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
  const machines = ids.map((id) => ({ id, deploymentId: `d-${Math.floor(random() * deployments)}` }));
  const { id } = await begin(worker.url, machines, { options: { concurrency: 12 } });
  for (let kill = 0; kill < KILLS; kill += 1) {
    const far = ((kill + random()) / (KILLS + 1)) * MACHINES;
    const { standing } = await followed(
      worker.url,
      id,
      ({ counts }) => counts.finished + counts.failed + counts.unknown >= far,
    );
    assert.equal(standing, "running");
    // Anywhere in what it does next.
    await new Promise((resolve) => setTimeout(resolve, random() * 200));
    await worker.kill();
    worker = await start(told);
  }
  const over = await followed(worker.url, id);
  await settled();

  const report = await ask(worker.url, `/fleets/${id}/report`);
  const { calls } = simulator.stats();
  const { finished, failed, unknown } = over.counts;
  console.log(
    `killed worker, seed ${SEED}: ${finished} finished, ${failed} failed, ${unknown} unknown, ${KILLS} kills, ` +
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
    simulator,
  );
});
