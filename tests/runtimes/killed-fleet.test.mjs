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
import { CLIENT, inject, judge, SPEED, settled } from "../fleet-faults.mjs";
import { generator } from "../generator.mjs";
import { project } from "./project.mjs";

const CHILD = join(await project(), "killed-fleet-child.mjs");
const { FLEET_KILLED_MACHINES, FLEET_KILLED_KILLS, FLEET_KILLED_SEED } = process.env;
const MACHINES = Number(FLEET_KILLED_MACHINES ?? 50);
const KILLS = Number(FLEET_KILLED_KILLS ?? 3);
const SEED = Number(FLEET_KILLED_SEED ?? Math.floor(Math.random() * 2 ** 31));

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
  const deploymentOf = new Map(ids.map((id) => [id, `d-${Math.floor(random() * deployments)}`]));
  const told = {
    url,
    machines: ids.map((id) => ({ id, deploymentId: deploymentOf.get(id) })),
    file: join(folder, "state.json"),
    client: CLIENT,
    concurrency: 12,
  };

  for (let kill = 0; kill < KILLS; kill += 1) {
    const over = ((kill + random()) / (KILLS + 1)) * MACHINES;
    assert.equal(await live({ ...told, killAt: { over, steps: Math.floor(random() * 12) } }), undefined);
  }
  const report = await live(told);
  await settled();

  const { calls } = simulator.stats();
  const counts = { finished: 0, failed: 0, unknown: 0, skipped: 0 };
  for (const { status } of report) counts[status] += 1;
  const sent = Object.values(calls).reduce((one, other) => one + other, 0);
  console.log(
    `killed fleet, seed ${SEED}: ${counts.finished} finished, ${counts.failed} failed, ${counts.unknown} unknown, ` +
      `${counts.skipped} skipped, ${KILLS} kills, ${sent} calls, ${calls.createSnapshot} of them POST`,
  );

  assert.deepEqual(
    report.map(({ machineId }) => machineId),
    ids,
  );
  judge(report, kindsOf, (id) => deploymentOf.get(id), simulator);
});

/** A process of the fleet; gives its report, or nothing if it was killed. */
async function live(told) {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(told)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let report;
  for await (const text of createInterface(child.stdout)) report = JSON.parse(text);
  const [code, signal] = await ended;
  if (signal === "SIGKILL") return undefined;
  assert.deepEqual([code, signal], [0, null]);
  return report;
}
