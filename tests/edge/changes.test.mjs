// What a change of a fleet that does not run costs, and what it leaves in memory: nothing, if it is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask, begin, followed, named, raw, service, worker } from "./bench.mjs";

const SCRIPT = fileURLToPath(new URL("counting-worker.mjs", import.meta.url));
const ids = named(30);
const { url: serviceUrl, simulator } = await service({ extraMachines: ids });
const { url } = await worker(serviceUrl, { script: SCRIPT });

/** How many fleets of the library the worker holds in memory. */
const held = () => ask(url, "/held");
const change = async (id, what, json) => {
  const answer = await raw(url, {
    method: "POST",
    path: `/fleets/${id}/${what}`,
    ...(json && { headers: { "content-type": "application/json" }, body: JSON.stringify(json) }),
  });
  return [answer.status, answer.json().code];
};
const rowsRead = async (id) => (await ask(url, `/fleets/${id}`)).usage.rowsRead;

test("what an ended fleet refuses is refused without reading its machines", async () => {
  const { id } = await begin(url, ids.slice(0, 20));
  await followed(url, id);
  const before = await rowsRead(id);
  for (const what of ["pause", "unpause", "retry"])
    assert.deepEqual(await change(id, what), [409, "conflict"], what);
  assert.equal(await rowsRead(id), before);
  assert.equal(await held(), 0);
});

test("a change that is refused leaves no fleet in memory, and one that is made none when it has ended", async () => {
  const machines = ids.slice(20);
  const [failing, fine] = machines;
  const fails = { operation: { fails: { message: "Out of space" } } };
  simulator.inject({ ...fails, on: { call: "createSnapshot", machine: failing } });
  const { id } = await begin(url, machines);
  assert.equal((await followed(url, id)).counts.failed, 1);
  assert.equal(await held(), 0);
  for (const refused of [[fine], [failing, fine], ["of no fleet"]])
    assert.deepEqual(await change(id, "retry", { machines: refused }), [409, "conflict"]);
  assert.equal(await held(), 0);
  // Named twice, it is tried again once.
  assert.deepEqual(await change(id, "retry", { machines: [failing, failing] }), [200, undefined]);
  assert.equal((await followed(url, id)).counts.finished, 10);
  assert.equal(await held(), 0);
  assert.equal(simulator.stats().made[failing], 1);
});

test("a fleet that is refused as it is begun is not in memory, and not known", async () => {
  const answer = await raw(url, {
    method: "POST",
    path: "/fleets",
    headers: { "content-type": "application/json", "idempotency-key": "twice" },
    body: JSON.stringify({ machines: ["m-0000", "m-0000"] }),
  });
  assert.deepEqual([answer.status, answer.json().code], [400, "invalid_input"]);
  assert.equal(await held(), 0);
});
