// The service through the worker: any `SnapshotClient` works unchanged, with a caller token in place of the service's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SnapshotClient } from "vra-snapshots";
import { ask, begin, CLIENT, followed, named, raw, service, worker } from "./bench.mjs";
import { OPERATOR, READER } from "./worker.mjs";

const machines = named(4);
const { url: serviceUrl, simulator } = await service({ extraMachines: machines });
const { url } = await worker(serviceUrl);
const connect = (auth = OPERATOR, more = {}) =>
  new SnapshotClient({ baseUrl: url, auth, ...CLIENT, ...more });
const [snapshotOf] = machines;
const logins = () => simulator.stats().calls.login ?? 0;

test("the whole life of a snapshot", async () => {
  const client = connect();
  assert.equal((await client.about()).latestApiVersion, "2021-07-15");
  const found = [];
  for await (const { id } of client.listMachines({ pageSize: 20 })) found.push(id);
  assert.equal(found.length, 64);
  for await (const { id } of client.listMachines({ name: "m-0001" })) assert.equal(id, "m-0001");
  assert.equal((await client.checkMachine(snapshotOf)).canSnapshot, true);
  const operation = await client.createSnapshot(
    snapshotOf,
    { name: "through it" },
    { idempotencyKey: "once" },
  );
  const snapshot = await operation.result();
  assert.equal(snapshot.name, "through it");
  assert.equal((await client.getSnapshot(snapshotOf, snapshot.id)).id, snapshot.id);
  const tracker = await client.getRequestTracker(operation.tracker.id);
  assert.equal(tracker.status, "FINISHED");
  assert.ok((await client.listRequestTrackers()).some(({ id }) => id === tracker.id));
  await (await client.revertSnapshot(snapshotOf, snapshot.id)).result();
  await (await client.deleteSnapshot(snapshotOf, snapshot.id)).result();
  assert.deepEqual(await client.listSnapshots(snapshotOf), []);
  await client.deleteRequestTracker(tracker.id);
  await assert.rejects(client.getRequestTracker(tracker.id), { code: "not_found" });
  assert.deepEqual(simulator.stats().made, { [snapshotOf]: 1 });
});

test("a fleet of a tab, with its lists of trackers", async () => {
  const report = await connect().createSnapshots(machines.slice(1), {}, { concurrency: 3 }).result();
  assert.equal(report.counts.finished, 3);
});

test("ids with every character that an id may have arrive as they are", async () => {
  const error = await connect()
    .getMachine("a b+c&d=é~'()!*,:@$")
    .then(assert.fail, (error) => error);
  assert.equal(error.code, "not_found");
});

test("a reader reads, and the refusal of the rest is the client's own", async () => {
  const reader = connect(READER);
  assert.equal((await reader.getMachine(snapshotOf)).id, snapshotOf);
  const error = await reader.createSnapshot(snapshotOf).then(assert.fail, (error) => error);
  assert.equal(error.code, "forbidden");
  assert.equal(error.service.code, "forbidden");
  assert.match(error.message, /reader may read only/);
  await assert.rejects(connect("nobody").listSnapshots(snapshotOf), { code: "unauthorized" });
});

test("a hundred requests whose token has run out renew it once", async () => {
  const client = connect();
  const before = logins();
  simulator.expireTokens();
  const lists = await Promise.all(
    Array.from({ length: 100 }, () => client.listSnapshots("2a4c6e8f0b1d3f57")),
  );
  assert.ok(lists.every(({ length }) => length === 5));
  assert.equal(logins(), before + 1);
});

test("a POST whose token has run out is sent again by the worker: one snapshot", async () => {
  const made = simulator.stats().made["7f8091a2b3c4d5e6"] ?? 0;
  simulator.expireTokens();
  const operation = connect().prepareSnapshot("7f8091a2b3c4d5e6", { name: "n" });
  await operation.submit();
  await operation.result();
  assert.equal(simulator.stats().made["7f8091a2b3c4d5e6"], made + 1);
});

test("the service's own words, its status and its Retry-After are passed on", async () => {
  const conflict = await connect()
    .createSnapshot("b3c4d5e6f708192a")
    .then(assert.fail, (error) => error);
  assert.equal(conflict.code, "conflict");
  assert.equal(conflict.service.documentKind, "com:vmware:xenon:common:ServiceErrorResponse");
  const path = `/iaas/api/machines/${snapshotOf}/snapshots?apiVersion=2021-07-15`;
  const answers = [
    [{ status: 429, retryAfter: 7 }, 429, "7"],
    [{ status: 503, retryAfter: "soon" }, 503, "soon"],
    [{ status: 500 }, 500, undefined],
    [{ status: 502, body: "html" }, 502, undefined],
    [{ status: 418, message: "a teapot" }, 418, undefined],
  ];
  for (const [answer, status, retryAfter] of answers) {
    simulator.inject({ on: "listSnapshots", answer });
    const got = await raw(url, { path });
    assert.equal(got.status, status);
    assert.equal(got.headers["retry-after"], retryAfter);
    assert.equal(got.headers["content-type"].startsWith("text/html"), answer.body === "html");
    if (answer.message) assert.equal(got.json().message, answer.message);
  }
});

test("no answer repeats the worker's tokens, in whatever spelling and however it is cut into chunks", async () => {
  await raw(url, { path: `/iaas/api/machines/${snapshotOf}/snapshots` });
  simulator.inject({ on: "createSnapshot", times: 2, answer: { status: 400, body: "echo" } });
  const path = `/iaas/api/machines/${snapshotOf}/operations/snapshots`;
  const headers = { "content-type": "application/json" };
  const description = "x".repeat(50_000);
  for (const body of ["{}", JSON.stringify({ description })]) {
    const got = await raw(url, { method: "POST", path, headers, body });
    assert.equal(got.status, 400);
    assert.match(got.json().message, /Cannot process .* of Bearer \*\*\*/);
    assert.deepEqual(got.json().request.known, { "***": true });
    assert.doesNotMatch(got.text, /simulated-[0-9a-f]{32}/);
  }
  assert.ok((await raw(url, { method: "POST", path, headers, body: "{}" })).status !== 400);
});

test("a login that repeats the refresh token tells it to no caller, and neither does a fleet", async () => {
  const other = await service({ extraMachines: ["m-0000"] });
  const { url } = await worker(other.url);
  other.simulator.inject({ on: "login", times: 0, answer: { status: 400, body: "echo" } });
  const { text, status } = await raw(url, { path: "/iaas/api/machines/m-0000/snapshots" });
  assert.equal(status, 403);
  assert.match(text, /Cannot process/);
  assert.doesNotMatch(text, /simulated-refresh-token/);
  const begun = await begin(url, ["m-0000"]);
  const resting = await followed(url, begun.id, ({ standing }) => standing !== "running");
  assert.match(JSON.stringify(resting), /Cannot process/);
  assert.doesNotMatch(
    JSON.stringify([resting, await ask(url, `/fleets/${begun.id}`)]),
    /simulated-refresh-token/,
  );
});

test("headers of the service stay there: no cookie, no server, nothing to be stored", async () => {
  simulator.inject({
    on: "listSnapshots",
    answer: {
      status: 200,
      body: { json: [] },
      headers: { "set-cookie": "a=b", "x-powered-by": "x", "access-control-allow-origin": "*" },
    },
  });
  const { headers } = await raw(url, { path: `/iaas/api/machines/${snapshotOf}/snapshots` });
  for (const name of ["set-cookie", "x-powered-by", "access-control-allow-origin"])
    assert.equal(headers[name], undefined);
  assert.equal(headers["cache-control"], "no-store");
});

test("no answer of the service is 502, a redirect is not followed, and neither is taken for more than it is", async () => {
  simulator.inject({ on: "listSnapshots", times: 0, connection: "refused" });
  const path = `/iaas/api/machines/${snapshotOf}/snapshots`;
  const refused = await raw(url, { path });
  assert.deepEqual([refused.status, refused.json().code], [502, "service_unreachable"]);
  simulator.clearFaults();
  simulator.inject({
    on: "listSnapshots",
    answer: { status: 307, headers: { location: "https://elsewhere.test/" } },
  });
  const redirected = await raw(url, { path });
  assert.deepEqual([redirected.status, redirected.json().code], [502, "service_unreachable"]);
  assert.equal(redirected.headers.location, undefined);
  // The answer to a POST is lost behind the worker: the client looks, and finds the snapshot.
  simulator.inject({ on: "createSnapshot", effect: "after", connection: "cut" });
  const operation = await connect().createSnapshot(machines[1], { name: "lost" }, { idempotencyKey: "lost" });
  assert.equal((await operation.result()).name, "lost");
});

test("a page of a listed origin may call: preflight, answer, and what it may read of it", async () => {
  const origin = "https://console.example.com";
  const preflight = await raw(url, {
    method: "OPTIONS",
    path: `/iaas/api/machines/${snapshotOf}/operations/snapshots?apiVersion=2021-07-15`,
    token: null,
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers["access-control-allow-origin"], origin);
  assert.match(preflight.headers["access-control-allow-methods"], /POST/);
  assert.match(preflight.headers["access-control-allow-headers"], /Authorization/);
  assert.equal(preflight.headers["access-control-allow-credentials"], undefined);
  const answer = await raw(url, { path: "/iaas/api/about", headers: { origin } });
  assert.equal(answer.headers["access-control-allow-origin"], origin);
  assert.match(answer.headers["access-control-expose-headers"], /Retry-After/);
  assert.match(answer.headers.vary, /Origin/i);
});

test("VCF Automation's endpoint is asked where an organization is set", async () => {
  const other = await worker(serviceUrl, { settings: { ORGANIZATION: "simulated" } });
  const before = simulator.stats().calls.tenantToken ?? 0;
  const client = new SnapshotClient({ baseUrl: other.url, auth: OPERATOR, ...CLIENT });
  assert.equal((await client.getMachine(snapshotOf)).id, snapshotOf);
  assert.equal(simulator.stats().calls.tenantToken, before + 1);
});

test("a refresh token that the service refuses: 403, and it says whose it is", async () => {
  const other = await worker(serviceUrl, { settings: { REFRESH_TOKEN: "revoked-refresh-token" } });
  const answer = await raw(other.url, { path: `/iaas/api/machines/${snapshotOf}` });
  assert.deepEqual([answer.status, answer.json().code], [403, "service_refused"]);
  assert.ok(!answer.text.includes("revoked-refresh-token"));
  const client = new SnapshotClient({ baseUrl: other.url, auth: OPERATOR, ...CLIENT });
  const error = await client.createSnapshot(machines[2]).then(assert.fail, (error) => error);
  assert.equal(error.code, "forbidden");
  assert.match(error.message, /worker/);
});

test("a login that fails for now: nothing was sent, and the client tries again", async () => {
  const busy = await service({ extraMachines: machines });
  const { url: other } = await worker(busy.url);
  busy.simulator.inject({ on: "login", times: 8, answer: { status: 503 } });
  const client = new SnapshotClient({
    baseUrl: other,
    auth: OPERATOR,
    ...CLIENT,
    retry: { ...CLIENT.retry, maxAttempts: 2 },
  });
  const operation = await client.createSnapshot(machines[0], {}, { idempotencyKey: "k" });
  await operation.result();
  assert.deepEqual(busy.simulator.stats().made, { [machines[0]]: 1 });
});
