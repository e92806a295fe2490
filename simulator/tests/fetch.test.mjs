// The simulator as a user of the package meets it: `fetch`, in process. Needs `dist/`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulator } from "vra-snapshots/simulator";

const BASE = "https://simulated.test";
const WEB = "8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01";
const CREATE = `${BASE}/iaas/api/machines/${WEB}/operations/snapshots`;

function post(token, body, more) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body), ...more };
}

test("a snapshot is made and its tracker runs to its end", async () => {
  const { fetch, token } = new Simulator({ speed: 1e9 });
  const accepted = await fetch(CREATE, post(token, { name: "é 😀" }));
  assert.equal(accepted.status, 202);
  assert.ok(accepted instanceof Response);
  const { selfLink } = await accepted.json();

  const headers = new Headers({ authorization: `Bearer ${token}` });
  const tracker = await fetch(new URL(selfLink, BASE), { headers });
  assert.equal((await tracker.json()).status, "FINISHED");
  const list = await fetch(new Request(`${BASE}/iaas/api/machines/${WEB}/snapshots`, { headers }));
  assert.deepEqual(
    (await list.json()).map((snapshot) => snapshot.name),
    ["é 😀"],
  );

  const deleted = await fetch(BASE + selfLink, { method: "DELETE", headers });
  assert.deepEqual([deleted.status, deleted.body], [204, null]);
});

test("two simulators share nothing", async () => {
  const [one, other] = [new Simulator({ token: "one" }), new Simulator({ token: "other" })];
  assert.equal((await one.fetch(CREATE, post("one", {}))).status, 202);
  assert.equal((await one.fetch(CREATE, post("one", {}))).status, 409);
  assert.equal((await other.fetch(CREATE, post("other", {}))).status, 202);
  assert.equal((await other.fetch(CREATE, post("one", {}))).status, 401);
});

test("refusals are responses, and bad arguments reject as those of the global fetch do", async () => {
  const { fetch } = new Simulator();
  const response = await fetch(`${BASE}/iaas/api/machines`);
  assert.equal(response.status, 401);
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.equal((await response.json()).statusCode, 401);
  for (const bad of ["no address", undefined]) await assert.rejects(fetch(bad), TypeError);
  await assert.rejects(fetch(BASE, { method: "GET", body: "x" }), TypeError);
});

test("an abort rejects with its own reason", async () => {
  for (const reason of ["text", undefined, new Error("enough"), { why: 7 }]) {
    for (const latencyMs of [0, 60_000]) {
      const { fetch, token } = new Simulator({ latencyMs });
      const controller = new AbortController();
      const { signal } = controller;
      if (latencyMs === 0) controller.abort(reason);
      const answer = fetch(CREATE, post(token, {}, { signal }));
      const viaRequest = fetch(new Request(CREATE, post(token, {}, { signal })));
      controller.abort(reason);
      // A request has a signal of its own, that follows the given one.
      for (const promise of [answer, viaRequest]) {
        await assert.rejects(promise, (thrown) => thrown === signal.reason);
      }
    }
  }
});

test("what is aborted on the way back was carried out", async () => {
  // It is on its way back for longer than a test takes.
  const simulator = new Simulator({ faults: [{ on: "createSnapshot", delayMs: 600_000 }] });
  const { fetch, token } = simulator;
  const controller = new AbortController();
  const answer = fetch(CREATE, post(token, {}, { signal: controller.signal }));
  while (simulator.stats().calls.createSnapshot === undefined)
    await new Promise((resolve) => setTimeout(resolve, 1));
  controller.abort("on its way back");
  await assert.rejects(answer, (reason) => reason === "on its way back");
  assert.equal((await fetch(CREATE, post(token, {}))).status, 409);
});

test("the time may be given", async () => {
  let now = 1_772_352_000_000;
  const { fetch, token } = new Simulator({ now: () => now });
  const { selfLink } = await (await fetch(CREATE, post(token, {}))).json();
  const headers = { authorization: `Bearer ${token}` };
  const progress = async () => (await (await fetch(new URL(selfLink, CREATE), { headers })).json()).progress;
  assert.equal(await progress(), 0);
  now += 4_000;
  assert.equal(await progress(), 50);
  now += 4_000;
  assert.equal(await progress(), 100);
});

test("mistaken options are named", () => {
  for (const [options, named] of [
    [{ machnies: 7 }, /machnies/],
    [{ speed: "fast" }, /speed: .*fast/],
    [{ speed: Number.NaN }, /speed: /],
    [{ latencyMs: -1 }, /latencyMs/],
    [{ latencyMs: "5" }, /latencyMs/],
    [{ now: 5 }, /now/],
    [{ snapshotSpread: 1.5 }, /snapshotSpread/],
    ["speed", /simulator options/],
    [null, /null/],
  ]) {
    assert.throws(() => new Simulator(options), { name: "TypeError", message: named });
  }
  assert.equal(new Simulator({ speed: undefined }).token, "simulated-token");
});
