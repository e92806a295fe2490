// The process of the worker dies, by SIGKILL, and another one takes up what it has stored.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ask, begin, CLIENT, followed, named, raw, service, sum, until } from "./bench.mjs";
import { start, vars } from "./worker.mjs";

/** A service, and a worker whose storage outlives it. */
async function bench(context, machines, options = {}) {
  const storage = await mkdtemp(join(tmpdir(), "edge-restarts-"));
  const running = await service({ extraMachines: machines, ...options });
  const settings = (more) => vars(running.url, { CLIENT: JSON.stringify(CLIENT), ...more });
  let worker = await start({ storage, vars: settings() });
  context.after(async () => {
    await worker.kill();
    await rm(storage, { recursive: true });
  });
  return {
    storage,
    simulator: running.simulator,
    time: running.time,
    url: () => worker.url,
    kill: () => worker.kill(),
    async startAgain(more) {
      worker = await start({ storage, vars: settings(more) });
    },
  };
}

/** All bytes that have been stored. */
async function contentsOf(folder) {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const read = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath ?? file.path, file.name), "latin1"));
  return (await Promise.all(read)).join("\n");
}

const madeOnce = (simulator, ids) =>
  assert.deepEqual(simulator.stats().made, Object.fromEntries(ids.map((id) => [id, 1])));

test("an alarm that is overdue goes off by itself: nobody asks, and the fleet ends", async (context) => {
  const ids = named(6);
  const it = await bench(context, ids);
  it.time.hold();
  const { id } = await begin(it.url(), ids, { options: { concurrency: 3 } });
  await followed(it.url(), id, ({ counts }) => counts.inProgress === 3);
  await it.kill();
  // Nobody polls; what runs at the service ends there.
  const before = sum(it.simulator.stats().calls);
  it.time.pass();
  it.time.runOn();
  await until(() => it.simulator.snapshotsOf(ids[0]).length > 0);
  assert.equal(sum(it.simulator.stats().calls), before);
  await it.startAgain();
  // No request is made to the worker: its own alarm is all there is.
  await until(() => sum(it.simulator.stats().made) === 6);
  madeOnce(it.simulator, ids);
  const over = await followed(it.url(), id);
  assert.equal(over.counts.finished, 6);
  assert.ok(over.usage.alarms > 0);
});

test("a pause outlives the process", async (context) => {
  const ids = named(6);
  const it = await bench(context, ids);
  it.time.hold();
  const { id } = await begin(it.url(), ids, { options: { concurrency: 1 } });
  await followed(it.url(), id, ({ counts }) => counts.inProgress === 1);
  await ask(it.url(), `/fleets/${id}/pause`, { method: "POST" });
  await it.kill();
  await it.startAgain();
  it.time.runOn();
  const paused = await followed(it.url(), id, ({ counts }) => counts.inProgress + counts.submitting === 0);
  assert.deepEqual([paused.paused, paused.standing], [true, "running"]);
  assert.deepEqual([paused.counts.finished, paused.counts.queued], [1, 5]);
  await ask(it.url(), `/fleets/${id}/unpause`, { method: "POST" });
  await followed(it.url(), id);
  madeOnce(it.simulator, ids);
});

test("the token outlives the process, sealed; it is not asked for again, and not to be read", async (context) => {
  const it = await bench(context, ["m-1"]);
  const read = () => raw(it.url(), { path: "/iaas/api/machines/m-1" });
  assert.equal((await read()).status, 200);
  await it.kill();
  const stored = await contentsOf(it.storage);
  assert.ok(stored.includes("SQLite"));
  for (const secret of [/simulated-[0-9a-f]{8}/, /simulated-refresh-token/, /-token-of-the-tests/])
    assert.ok(!secret.test(stored), `${secret} is stored`);
  await it.startAgain();
  assert.equal((await read()).status, 200);
  assert.equal(it.simulator.stats().calls.login, 1);
  // With another refresh token what is stored is of no use.
  await it.kill();
  await it.startAgain({ REFRESH_TOKEN: "another-refresh-token" });
  assert.equal((await read()).status, 403);
  assert.equal(it.simulator.stats().calls.login, 2);
});

/** Settings that go wrong, and what can be seen of it. */
const BROKEN = {
  "of another service": [
    { SERVICE_URL: "https://elsewhere.test" },
    async (url, id) => {
      const { problem } = await followed(url, id, ({ standing }) => standing === "resting");
      assert.deepEqual([problem.code, /another service/.test(problem.message)], ["invalid_input", true]);
    },
  ],
  "that are missing": [
    { REFRESH_TOKEN: undefined },
    async (url, id) => {
      const unready = await raw(url, { path: `/fleets/${id}` });
      assert.deepEqual([unready.status, unready.json().code], [503, "not_configured"]);
    },
  ],
};
for (const [what, [broken, see]] of Object.entries(BROKEN))
  test(`settings ${what} stop a fleet, and lose nothing: mended, it goes on`, async (context) => {
    const ids = named(4);
    const it = await bench(context, ids);
    it.time.hold();
    const { id } = await begin(it.url(), ids, { options: { concurrency: 1 } });
    await followed(it.url(), id, ({ counts }) => counts.inProgress === 1);
    await it.kill();
    await it.startAgain(broken);
    await see(it.url(), id);
    await it.kill();
    it.time.runOn();
    await it.startAgain();
    assert.equal((await ask(it.url(), `/fleets/${id}/unpause`, { method: "POST" })).standing, "running");
    assert.equal((await followed(it.url(), id)).counts.finished, 4);
    madeOnce(it.simulator, ids);
  });

test("a request whose answer is lost with the process begins one fleet, however often it is repeated", async (context) => {
  const ids = named(5);
  const it = await bench(context, ids);
  const headers = { "idempotency-key": "k" };
  const lost = begin(it.url(), ids, { headers }).catch(() => undefined);
  await until(() => sum(it.simulator.stats().calls) > 0);
  await it.kill();
  await lost;
  await it.startAgain();
  const again = await begin(it.url(), ids, { headers, status: 200 });
  assert.equal((await begin(it.url(), ids, { headers, status: 200 })).id, again.id);
  await followed(it.url(), again.id);
  madeOnce(it.simulator, ids);
  const { content } = await ask(it.url(), "/fleets");
  assert.deepEqual(
    content.map(({ id }) => id),
    [again.id],
  );
});
