import {
  all,
  assert,
  connect,
  connectAlone,
  json,
  MACHINES,
  refusal,
  rejection,
  scripted,
  TRACKER,
  text,
} from "./bench.mjs";

const FINISHED = { ...TRACKER, status: "FINISHED", progress: 100 };

export function cases(runner) {
  const { test } = runner;

  test("the whole life: create, revert, delete", async () => {
    const { client, fetch } = connectAlone(runner);
    const created = await (await client.createSnapshot(MACHINES.web, { name: "n" })).result();
    const revert = await client.revertSnapshot(MACHINES.web, created.id);
    assert.equal(revert.kind, "revert");
    assert.isUndefined(await revert.result());
    assert.equal(revert.phase, "finished");
    const url = fetch.calls.find(({ url }) => url.includes("/operations/revert/")).url;
    assert.equal(new URL(url).searchParams.get("apiVersion"), "2021-07-15");
    const removal = await client.deleteSnapshot(MACHINES.web, created.id);
    assert.isAbove((await all(removal)).length, 0);
    assert.isUndefined(await removal.result());
    assert.deepEqual(await client.listSnapshots(MACHINES.web), []);
  });

  test("a delete answered by 204 is finished at once, without trackers", async () => {
    const { client } = connectAlone(runner, {}, { deleteAnswer: "none" });
    const [snapshot] = await client.listSnapshots(MACHINES.database);
    const operation = await client.deleteSnapshot(MACHINES.database, snapshot.id);
    assert.equal(operation.phase, "finished");
    assert.deepEqual(await all(operation), []);
    assert.isUndefined(await operation.result());
    await refusal(runner, client.deleteSnapshot(MACHINES.database, snapshot.id), "not_found");
  });

  test("revert and delete are stored and resumed", async () => {
    const { client, fetch } = connectAlone(runner);
    const [first, second] = await client.listSnapshots(MACHINES.database);
    const stored = [];
    const checkpoint = (state) => stored.push(state.phase, state.snapshotId);
    const revert = await client.revertSnapshot(MACHINES.database, first.id, { checkpoint });
    const resumed = client.resume(JSON.parse(JSON.stringify(revert)));
    assert.equal(resumed.kind, "revert");
    await resumed.result();
    const removal = await client.deleteSnapshot(MACHINES.database, second.id, { checkpoint });
    await client.resume(JSON.parse(JSON.stringify(removal))).result();
    assert.deepEqual(stored, ["submitting", first.id, "submitting", second.id]);
    assert.equal(fetch.posts(), 1);
    assert.lengthOf(await client.listSnapshots(MACHINES.database), 1);
  });

  test("a delete without an answer is looked for, and sent again while the snapshot is there", async () => {
    const none = json(200, { content: [], totalElements: 0 });
    const { client, fetch } = scripted(runner, [
      text(502, ""),
      none,
      json(200, [{ id: "s" }]),
      () => Promise.reject(new TypeError("fetch failed")),
      none,
      json(200, [{ id: "s" }]),
      json(404, { message: "no such snapshot" }),
    ]);
    const operation = await client.deleteSnapshot("m", "s");
    assert.equal(operation.phase, "finished");
    assert.lengthOf(
      fetch.calls.filter(({ method }) => method === "DELETE"),
      3,
    );
  });

  test("a revert without an answer is waited out, and never sent again", async () => {
    const running = { ...TRACKER, resources: ["/iaas/api/machines/m"] };
    const { client, fetch } = scripted(runner, [
      text(502, ""),
      json(200, { content: [running], totalElements: 1 }),
      json(200, { content: [{ ...FINISHED, resources: running.resources }], totalElements: 1 }),
    ]);
    const error = await refusal(runner, client.revertSnapshot("m", "s"), "outcome_unknown");
    assert.equal(error.state.phase, "reconciling");
    assert.equal(fetch.posts(), 1);
    assert.isAbove(fetch.calls.length, 3);
  });

  test("checkMachine tells what can be done, and why not", async () => {
    const { client, fetch } = connectAlone(runner);
    const fine = await client.checkMachine(MACHINES.database);
    assert.deepInclude(fine, { canSnapshot: true, canRevert: true, reasons: [], snapshotCount: 2 });
    const full = await client.checkMachine("3b5d7f90-1c2e-4a6b-8d0f-2e4a6c8b0d1f");
    assert.deepInclude(full, { canSnapshot: false, snapshotLimit: 2, snapshotCount: 2 });
    assert.include(
      full.reasons.map(({ code }) => code),
      "snapshot_limit",
    );
    const off = await client.checkMachine(MACHINES.files, { snapshotMemory: true });
    assert.isFalse(off.canSnapshot);
    assert.match(off.reasons.find(({ code }) => code === "no_memory").message, /OFF/);
    assert.isTrue((await client.checkMachine(MACHINES.files)).canSnapshot);
    await refusal(runner, client.checkMachine("none"), "not_found");
    assert.isTrue(fetch.calls.every(({ method }) => method === "GET"));
  });

  test("pruneSnapshots deletes the oldest beyond those to keep", async () => {
    const { client } = connectAlone(runner);
    const before = await client.listSnapshots(MACHINES.history);
    const byAge = before.toSorted
      ? before.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
      : [...before].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
    const ids = (snapshots) => snapshots.map(({ id }) => id);
    const deleted = await client.pruneSnapshots(MACHINES.history, { keep: 2 });
    assert.deepEqual(ids(deleted), ids(byAge.slice(0, 3)));
    assert.sameMembers(ids(await client.listSnapshots(MACHINES.history)), ids(byAge.slice(3)));
    assert.deepEqual(await client.pruneSnapshots(MACHINES.history, { keep: 2 }), []);
    assert.deepEqual(await client.pruneSnapshots(MACHINES.history, { keep: 0, namePrefix: "no such" }), []);
    assert.lengthOf(await client.pruneSnapshots(MACHINES.history, { keep: 0 }), 2);
    for (const options of [{}, { keep: -1 }, { keep: 1.5 }, { keep: "1" }, undefined]) {
      await refusal(runner, client.pruneSnapshots(MACHINES.history, options), "invalid_input");
    }
  });

  test("one snapshot at a time: prune to none, then create", async () => {
    const { client } = connectAlone(runner);
    await client.pruneSnapshots(MACHINES.database, { keep: 0 });
    const { id } = await (await client.createSnapshot(MACHINES.database, { name: "only" })).result();
    assert.deepEqual(
      (await client.listSnapshots(MACHINES.database)).map((snapshot) => snapshot.id),
      [id],
    );
  });

  test("refused over HTTP: revert and delete", async () => {
    const client = connect(runner);
    await refusal(runner, client.revertSnapshot(MACHINES.denied, "s"), "forbidden");
    await refusal(runner, client.deleteSnapshot(MACHINES.denied, "s"), "forbidden");
    await refusal(runner, client.deleteSnapshot(MACHINES.web, "none"), "not_found");
    assert.equal((await rejection(client.revertSnapshot(MACHINES.web, ".."))).code, "invalid_input");
  });
}
