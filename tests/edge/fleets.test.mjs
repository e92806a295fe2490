// Fleets that run on the worker: begun once, told of, changed, and brought to their ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, begin, followed, named, raw, service, until, worker } from "./bench.mjs";
import { OPERATOR, READER, vars } from "./worker.mjs";

const machines = named(80);
const { url: serviceUrl, simulator, time } = await service({ extraMachines: machines });
const { url } = await worker(serviceUrl);
/** Machines that no other test has. */
const some = (count) => machines.splice(0, count);
const madeOnce = (ids) => {
  const { made } = simulator.stats();
  assert.deepEqual(
    ids.map((id) => [id, made[id]]),
    ids.map((id) => [id, 1]),
  );
};
const post = (path, more) => ask(url, path, { method: "POST", ...more });

test("begun, told of, reported: each machine has one snapshot", async () => {
  const ids = some(12);
  const wanted = {
    machines: ids.map((id) => ({ id, name: `vm ${id}` })),
    specification: { name: "patch {machine}" },
    title: "Night",
  };
  const answer = await raw(url, {
    method: "POST",
    path: "/fleets",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ ...wanted, options: { concurrency: 5 } }),
  });
  assert.equal(answer.status, 201);
  const begun = answer.json();
  assert.equal(answer.headers.location, `/fleets/${begun.id}`);
  assert.deepEqual(
    [begun.title, begun.createdBy, begun.size, begun.standing, begun.paused],
    ["Night", "operator", 12, "running", false],
  );
  const over = await followed(url, begun.id);
  assert.deepEqual([over.standing, over.counts.finished, over.progress], ["over", 12, 100]);
  assert.ok(Date.parse(over.expiresAt) - Date.parse(over.endedAt) === 30 * 86_400_000);
  const { usage: _, ...told } = await ask(url, `/fleets/${begun.id}`, { token: READER });
  const { usage, ...ended } = over;
  assert.deepEqual(told, ended);
  const report = await ask(url, `/fleets/${begun.id}/report`, { token: READER });
  assert.deepEqual(
    report.machines.map(({ place, machineId, name, status }) => [place, machineId, name, status]),
    ids.map((id, place) => [place, id, `vm ${id}`, "finished"]),
  );
  for (const { machineId, snapshot } of report.machines) {
    assert.equal(snapshot.name, `patch vm ${machineId}`);
    assert.deepEqual(
      simulator.snapshotsOf(machineId).map(({ id }) => id),
      [snapshot.id],
    );
  }
  madeOnce(ids);
  assert.ok(simulator.stats().mostUnderWay <= 5);
  const { calls, alarms, rowsRead, rowsWritten } = usage;
  for (const counted of [calls, alarms, rowsRead, rowsWritten]) assert.ok(counted > 0);
});

test("the same request with the same key begins nothing, at once or later", async () => {
  const ids = some(4);
  const headers = { "content-type": "application/json", "idempotency-key": 'night of "the" 27th' };
  const body = JSON.stringify({ machines: ids });
  const send = (more) => raw(url, { method: "POST", path: "/fleets", headers, body, ...more });
  const answers = await Promise.all(Array.from({ length: 8 }, () => send()));
  const [id, ...others] = new Set(answers.map((answer) => answer.json().id));
  assert.deepEqual(others, []);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(7).fill(200), 201]);
  for (const { status, headers } of answers)
    assert.equal(headers["idempotency-replayed"], status === 200 ? "true" : undefined);
  await followed(url, id);
  const later = await send();
  assert.deepEqual([later.status, later.json().id, later.json().standing], [200, id, "over"]);
  const different = await send({ body: JSON.stringify({ machines: ids.slice(1) }) });
  assert.deepEqual([different.status, different.json().code], [422, "key_reused"]);
  madeOnce(ids);
});

test("without a key each request begins a fleet; lists tell of them, the newest first, a page at a time", async () => {
  const ids = some(2);
  const first = await begin(url, ids);
  await followed(url, first.id);
  const second = await begin(url, ids);
  assert.notEqual(first.id, second.id);
  await followed(url, second.id);
  const all = [];
  let after = "";
  do {
    const page = await ask(url, `/fleets?limit=2${after}`, { token: READER });
    assert.ok(page.content.length <= 2);
    all.push(...page.content);
    after = page.after && `&after=${encodeURIComponent(page.after)}`;
  } while (after);
  const known = all.map(({ id }) => id);
  assert.equal(new Set(known).size, known.length);
  assert.deepEqual(known.slice(0, 2), [second.id, first.id]);
  const times = all.map(({ createdAt }) => createdAt);
  assert.deepEqual(times, [...times].sort().reverse());
});

test("paused, nothing more is submitted; unpaused, it goes on to its end", async () => {
  const ids = some(12);
  time.hold();
  const { id } = await begin(url, ids, { options: { concurrency: 2 } });
  await followed(url, id, ({ counts }) => counts.inProgress === 2);
  assert.equal((await post(`/fleets/${id}/pause`)).paused, true);
  time.runOn();
  const rests = await followed(url, id, ({ counts }) => counts.inProgress + counts.submitting === 0);
  assert.equal(rests.standing, "running");
  assert.deepEqual([rests.counts.finished, rests.counts.queued], [2, 10]);
  const before = simulator.stats().calls.createSnapshot;
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(simulator.stats().calls.createSnapshot, before);
  assert.equal((await post(`/fleets/${id}/unpause`)).paused, false);
  assert.equal((await followed(url, id)).counts.finished, 12);
  madeOnce(ids);
});

test("what failed is tried again, alone or all of it, and the end is told anew", async () => {
  const ids = some(3);
  simulator.inject(
    ids.slice(0, 2).map((machine) => ({
      on: { call: "createSnapshot", machine },
      operation: { fails: { message: "Out of space" } },
    })),
  );
  const { id } = await begin(url, ids);
  const failed = await followed(url, id);
  assert.deepEqual([failed.counts.finished, failed.counts.failed], [1, 2]);
  const { machines: before } = await ask(url, `/fleets/${id}/report`);
  const [{ status, error, message, reason }] = before;
  assert.deepEqual([status, error.code, message], ["failed", "operation_failed", "Out of space"]);
  assert.match(reason, /./);
  const again = await post(`/fleets/${id}/retry`, { json: { machines: [ids[0]] } });
  assert.deepEqual([again.standing, again.endedAt, again.counts.failed], ["running", undefined, 1]);
  assert.equal((await followed(url, id)).counts.finished, 2);
  await post(`/fleets/${id}/retry`);
  assert.equal((await followed(url, id)).counts.finished, 3);
  madeOnce(ids);
});

test("tokens that run out in the middle of it are renewed", async () => {
  const ids = some(15);
  const before = simulator.stats().calls.login;
  // The first time something is under way, however late that is told.
  time.hold();
  const { id } = await begin(url, ids, { options: { concurrency: 3 } });
  await followed(url, id, ({ counts }) => counts.inProgress === 3);
  simulator.expireTokens();
  time.runOn();
  for (const finished of [5, 9]) {
    await followed(url, id, ({ counts }) => counts.finished >= finished);
    simulator.expireTokens();
  }
  assert.equal((await followed(url, id)).counts.finished, 15);
  madeOnce(ids);
  const renewals = simulator.stats().calls.login - before;
  assert.ok(renewals >= 1 && renewals <= 4, `${renewals} renewals`);
});

test("a service that gives no token any more: the fleet rests, says why, and goes on when it is told to", async () => {
  const ids = some(6);
  time.hold();
  const { id } = await begin(url, ids, { options: { concurrency: 2 } });
  await followed(url, id, ({ counts }) => counts.inProgress === 2);
  const refusedSince = Date.now();
  simulator.inject({ on: "login", times: 0, answer: { status: 403 } });
  simulator.expireTokens();
  const resting = await followed(url, id, ({ standing }) => standing === "resting");
  assert.equal(resting.problem.code, "unauthorized");
  assert.ok(!JSON.stringify(resting).includes("simulated-refresh-token"));
  assert.ok(Date.parse(resting.retryAt) > refusedSince);
  simulator.clearFaults();
  time.runOn();
  assert.equal((await post(`/fleets/${id}/unpause`)).standing, "running");
  const over = await followed(url, id);
  assert.deepEqual([over.counts.finished, over.problem, over.retryAt], [6, undefined, undefined]);
  madeOnce(ids);
});

test("after the time it is kept for nothing is left of it", async () => {
  const ids = some(2);
  const short = await worker(serviceUrl, { settings: { RETENTION_DAYS: String(1_000 / 86_400_000) } });
  const { id } = await begin(short.url, ids);
  // Its end is not waited for: on a machine that is busy it may be gone before anybody reads of it.
  await until(async () => (await raw(short.url, { path: `/fleets/${id}` })).status === 404);
  assert.deepEqual((await ask(short.url, "/fleets")).content, []);
  assert.equal((await raw(short.url, { path: `/fleets/${id}/report` })).status, 404);
  madeOnce(ids);
});

/** What is set, and what the answer has to name. */
const UNREADY = {
  "nothing at all": [
    { SERVICE_URL: undefined, REFRESH_TOKEN: undefined, CALLERS: undefined },
    [/SERVICE_URL is not set/, /REFRESH_TOKEN is not set/, /CALLERS is not set/],
  ],
  "empty texts": [
    { SERVICE_URL: " ", REFRESH_TOKEN: "", CALLERS: "" },
    [/SERVICE_URL is not set/, /REFRESH_TOKEN is not set/, /CALLERS is not set/],
  ],
  "what cannot be used": [
    {
      SERVICE_URL: "http://vra.example.com",
      REFRESH_TOKEN: "two words",
      CALLERS: "[]",
      ALLOWED_ORIGINS: "*",
      CLIENT: "{",
      RETENTION_DAYS: "-1",
    },
    [
      /SERVICE_URL/,
      /allowInsecure/,
      /REFRESH_TOKEN must/,
      /CALLERS must/,
      /ALLOWED_ORIGINS must/,
      /CLIENT is no JSON/,
      /RETENTION_DAYS must/,
    ],
  ],
  "callers that are not right": [
    {
      CALLERS: JSON.stringify([{ name: "a", role: "admin", sha256: "0".repeat(64) }]),
      CLIENT: '{"auth":"x"}',
    },
    [/CALLERS must be as in/, /CLIENT takes apiVersion/],
  ],
};

for (const [what, [settings, named]] of Object.entries(UNREADY))
  test(`a worker with ${what} serves nobody, and says what is missing`, async () => {
    const unready = await worker(serviceUrl, { settings });
    for (const request of [
      { path: "/fleets" },
      { path: "/iaas/api/about", token: null },
      { path: "/fleets", method: "OPTIONS", headers: { origin: "https://console.example.com" } },
    ]) {
      const answer = await raw(unready.url, request);
      assert.deepEqual([answer.status, answer.json().code], [503, "not_configured"]);
      for (const name of named) assert.match(answer.json().detail, name);
      const given = Object.values(vars(serviceUrl, settings)).filter((text) =>
        /refresh|words|[0-9a-f]{64}/.test(text),
      );
      for (const text of [OPERATOR, ...given]) assert.ok(!answer.text.includes(text), "it repeats a setting");
    }
  });
