import {
  all,
  assert,
  connectAlone,
  held,
  json,
  MACHINES,
  refusal,
  rejection,
  scripted,
  TRACKER,
} from "./bench.mjs";

/** A state that has been stored and read again. */
const stored = (operation) => JSON.parse(JSON.stringify(operation));

export function cases(runner) {
  const { test } = runner;

  test("prepared, stored, resumed, submitted", async () => {
    const { client, fetch } = connectAlone(runner);
    const prepared = client.prepareSnapshot(MACHINES.web, {
      name: "n",
      customProperties: { b: "2", a: "1" },
    });
    const operation = client.resume(stored(prepared));
    assert.equal(operation.id, prepared.id);
    assert.equal(operation.phase, "prepared");
    await operation.submit();
    assert.equal((await operation.result()).name, "n");
    const { body } = fetch.calls.find(({ method }) => method === "POST");
    assert.deepEqual(Object.entries(JSON.parse(body).customProperties), [
      ["b", "2"],
      ["a", "1"],
    ]);
  });

  test("tracking, stored, resumed in another client, finished", async () => {
    const { client, fetch } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web, { name: "n" });
    const { lib } = runner;
    const options = { baseUrl: "https://simulator.test/", auth: "simulated-token", fetch };
    const resumed = new lib.SnapshotClient({ ...options, polling: { initialDelayMs: 0 } }).resume(
      stored(operation),
    );
    assert.deepEqual(resumed.toJSON(), operation.toJSON());
    assert.deepEqual(resumed.tracker, operation.tracker);
    assert.equal((await resumed.result()).name, "n");
    assert.equal(fetch.posts(), 1);
  });

  test("finished and failed, stored, resumed: nothing is sent", async () => {
    const { client, fetch } = connectAlone(runner);
    const finished = await client.createSnapshot(MACHINES.web);
    const snapshot = await finished.result();
    const failed = await client.createSnapshot(MACHINES.failing);
    await rejection(failed.result());
    const calls = fetch.calls.length;
    assert.deepEqual(await client.resume(stored(finished)).result(), snapshot);
    const again = client.resume(stored(failed));
    const error = await refusal(runner, again.result(), "operation_failed");
    assert.equal(error.message, failed.error.message);
    assert.deepEqual(error.tracker, failed.tracker);
    assert.lengthOf(await all(again), 1);
    assert.lengthOf(fetch.calls, calls);
  });

  test("submitting, stored at the checkpoint, resumed: never sent again", async () => {
    const { client, fetch } = connectAlone(runner);
    let state;
    await client.createSnapshot(MACHINES.web, {}, { checkpoint: (at) => (state = stored(at)) });
    const resumed = client.resume(state);
    await refusal(runner, resumed.submit(), "invalid_input");
    assert.deepEqual([await resumed.result()], await client.listSnapshots(MACHINES.web));
    assert.equal(fetch.posts(), 1);
  });

  test("what is no state of this service is invalid_input", async () => {
    const { client, fetch } = scripted(runner, [json(200, []), json(202, TRACKER)]);
    const good = stored(await client.createSnapshot("m"));
    assert.equal(client.resume(good).phase, "tracking");
    const bad = [
      undefined,
      null,
      "",
      7,
      [],
      {},
      "garbage",
      { ...good, baseUrl: "https://evil.test" },
      { ...good, version: 2 },
      { ...good, version: "1" },
      { ...good, phase: "dreaming" },
      { ...good, kind: "clone" },
      { ...good, machineId: ".." },
      { ...good, machineId: 7 },
      { ...good, trackerId: "." },
      { ...good, trackerId: undefined },
      { ...good, tracker: { id: 7 } },
      { ...good, id: "" },
      { ...good, baseline: "none" },
      { ...good, phase: "finished" },
      { ...good, phase: "failed" },
      { ...good, phase: "submitting", baseline: undefined },
      { ...good, specification: { name: 7 } },
    ];
    const calls = fetch.calls.length;
    for (const state of bad) {
      const error = await refusal(runner, (async () => client.resume(state))(), "invalid_input");
      assert.match(error.message, /state/, JSON.stringify(state));
    }
    assert.lengthOf(fetch.calls, calls);
  });

  test("track: what somebody else began, with and without its machine", async () => {
    const { client, finish } = held(runner);
    const begun = await client.createSnapshot("m", { name: "n" });
    const known = client.track(begun.tracker.id, { machineId: "m" });
    const unknown = client.track(begun.tracker.id);
    assert.equal(known.phase, "tracking");
    assert.equal(unknown.machineId, "");
    for (const tracked of [known, unknown]) assert.equal((await tracked.refresh()).id, begun.tracker.id);
    assert.equal(unknown.machineId, "m");
    finish();
    const snapshots = await Promise.all([begun, known, unknown].map((operation) => operation.result()));
    assert.deepEqual(
      snapshots.map(({ id }) => id),
      ["s1", "s1", "s1"],
    );
  });

  test("track: where it cannot be told which snapshot is new, that is said", async () => {
    const late = scripted(runner, [
      json(200, []),
      json(200, { ...TRACKER, status: "FINISHED" }),
      json(200, [{ id: "a" }, { id: "b" }]),
    ]);
    const tracked = late.client.track("t1", { machineId: "m" });
    const error = await refusal(runner, tracked.result(), "ambiguous_result");
    assert.lengthOf(error.candidates, 2);
  });
}
