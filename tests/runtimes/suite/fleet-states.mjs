import { all, assert, MACHINES, rejection } from "./bench.mjs";
import {
  assertMadeOnce,
  estate,
  inOrder,
  named,
  posted,
  sleep,
  store,
  stored,
  thrown,
} from "./fleet-bench.mjs";

export function cases(runner) {
  const { test } = runner;

  test("checkpoint: nothing is sent that is not stored, and only changes are given", async () => {
    const kept = store();
    const missing = [];
    const before = (call) => {
      const machine = posted(call);
      if (machine === undefined) return;
      const entry = [...kept.entries.values()].find(({ machineId }) => machineId === machine);
      if (entry?.status !== "submitting" || entry.operation?.machineId !== machine) missing.push(machine);
    };
    const it = estate(runner, 40, { before });
    const checkpoint = async (changes) => {
      const copy = stored(changes);
      await sleep(3);
      kept.keep(copy);
    };
    const fleet = it.client.createSnapshots(it.machines, { name: "n" }, { concurrency: 6, checkpoint });
    const report = await fleet.result();
    assertMadeOnce(it, it.machines, report);
    assert.deepEqual(missing, []);
    const [first, ...later] = kept.calls;
    assert.lengthOf(first.entries, 40);
    assert.deepEqual(first.entries.filter(({ status }) => status === "submitting").length, 6);
    assert.isNotEmpty(later);
    for (const { entries, size } of later) {
      assert.equal(size, 40);
      assert.isBelow(entries.length, 40);
      assert.equal(new Set(entries.map(({ place }) => place)).size, entries.length);
    }
    assert.deepEqual(inOrder(kept.state()), inOrder(fleet.toJSON()));
  });

  for (const [how, fails] of Object.entries({
    throws: () => {
      throw "the disk is full";
    },
    rejects: () => Promise.reject("the disk is full"),
  }))
    test(`checkpoint that ${how}: nothing is sent, and another wait tries again`, async () => {
      const it = estate(runner, 5);
      let isFull = true;
      const checkpoint = () => (isFull ? fails() : undefined);
      const fleet = it.client.createSnapshots(it.machines, {}, { checkpoint });
      const waits = [fleet.result(), all(fleet), fleet.result()].map(rejection);
      assert.deepEqual(await Promise.all(waits), Array(3).fill("the disk is full"));
      assert.equal(await rejection(fleet.result()), "the disk is full");
      assert.equal(fleet.counts.queued, 5);
      await sleep(5);
      assert.lengthOf(it.fetch.calls, 0);
      isFull = false;
      assertMadeOnce(it, it.machines, await fleet.result());
    });

  test("a checkpoint that fails later: what was sent is not lost, and nothing is made twice", async () => {
    const it = estate(runner, 10);
    let calls = 0;
    const checkpoint = async () => {
      calls += 1;
      if (calls === 2) throw new Error("the disk is full");
    };
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 2, checkpoint });
    assert.equal((await rejection(fleet.result())).message, "the disk is full");
    const posts = it.posts().length;
    await sleep(60);
    assert.equal(it.posts().length, posts, "it rests");
    assertMadeOnce(it, it.machines, await fleet.result());
    assert.lengthOf(it.posts(), 10);
  });

  test("changesSince gives what has changed, for a store that has the rest", async () => {
    const it = estate(runner, [MACHINES.denied, ...named(9)]);
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 3 });
    const kept = store();
    kept.keep(fleet.toJSON());
    const { revision } = fleet;
    assert.lengthOf(fleet.changesSince(revision).entries, 0);
    for await (const _ of fleet) kept.keep(fleet.changesSince(kept.calls.at(-1).revision));
    kept.keep(fleet.changesSince(kept.calls.at(-1).revision));
    assert.deepEqual(inOrder(kept.state()), inOrder(fleet.toJSON()));
    assert.deepEqual(inOrder(fleet.changesSince(0)), inOrder(fleet.toJSON()));
    assert.deepEqual(stored(fleet), fleet.toJSON());
  });

  for (const stopAt of [1, 2, 4, 7])
    test(`ended at checkpoint ${stopAt}, stored, resumed elsewhere: each is made once`, async () => {
      const it = estate(runner, 12);
      const kept = store();
      const stop = new AbortController();
      const checkpoint = (changes) => {
        kept.keep(changes);
        if (kept.calls.length === stopAt) stop.abort("killed");
      };
      const machines = it.machines.map((id, place) => ({
        id,
        name: `n-${id}`,
        deploymentId: `d-${place % 5}`,
      }));
      const options = { concurrency: 3, checkpoint, signal: stop.signal };
      const fleet = it.client.createSnapshots(machines, { name: "{machine}" }, options);
      assert.equal(await rejection(fleet.result()), "killed");
      const sent = it.posts().length;
      await sleep(60);
      assert.equal(it.posts().length, sent, "nothing more is sent");
      const text = JSON.stringify(kept.state());
      assert.notInclude(text, it.simulator.token);
      const shuffled = JSON.parse(text);
      shuffled.entries.reverse();
      const resumed = it.connect().resumeFleet(shuffled, { checkpoint: kept.keep });
      assert.equal(resumed.id, fleet.id);
      assert.equal(resumed.size, 12);
      const calls = it.fetch.calls.length;
      await sleep(5);
      assert.lengthOf(it.fetch.calls, calls, "nothing is sent before somebody waits");
      const report = await resumed.result();
      assertMadeOnce(it, it.machines, report);
      assert.deepEqual(
        report.entries.map(({ machineId, snapshot }) => [machineId, snapshot.name]),
        it.machines.map((machine) => [machine, `n-${machine}`]),
      );
      assert.deepEqual(inOrder(kept.state()), inOrder(resumed.toJSON()));
    });

  test("ended before it was sent, and again while it was looked for: it is sent in the end", async () => {
    const again = new AbortController();
    // The second one ends as it sends the second of its reads.
    const before = () => {
      if (it.fetch.calls.length === 2) again.abort("killed again");
    };
    const it = estate(runner, 1, { before });
    const kept = store();
    const stop = new AbortController();
    const checkpoint = (changes) => {
      kept.keep(changes);
      stop.abort("killed");
    };
    const fleet = it.client.createSnapshots(it.machines, {}, { checkpoint, signal: stop.signal });
    assert.equal(await rejection(fleet.result()), "killed");
    assert.equal(kept.state().entries[0].status, "submitting");
    assert.lengthOf(it.posts(), 0);

    assert.lengthOf(it.fetch.calls, 0);
    const second = it.connect().resumeFleet(kept.state(), { signal: again.signal });
    assert.equal(await rejection(second.result()), "killed again");
    assert.lengthOf(it.posts(), 0);
    const third = it.connect().resumeFleet(stored(second.toJSON()));
    assertMadeOnce(it, it.machines, await third.result());
  });

  test("an ended fleet, stored and resumed: the same report, and nothing is sent", async () => {
    const it = estate(runner, ["m-0", "cut-before"]);
    const machines = ["m-0", "cut-before", MACHINES.failing, MACHINES.denied];
    const fleet = it.client.createSnapshots(machines);
    const report = await fleet.result();
    const calls = it.fetch.calls.length;
    const resumed = it.client.resumeFleet(stored(fleet.toJSON()));
    const again = await resumed.result();
    const shown = ({ entries, ...rest }) => ({
      ...rest,
      entries: entries.map(({ error, ...entry }) => ({ ...entry, code: error?.code, why: error?.message })),
    });
    assert.deepEqual(shown(again), shown(report));
    assert.lengthOf(it.fetch.calls, calls);
    resumed.retry("cut-before");
    assert.equal((await resumed.result()).counts.finished, 2);
  });

  test("what is no state of this service's fleets is invalid_input", async () => {
    const it = estate(runner, 3);
    const fleet = it.client.createSnapshots(it.machines);
    await fleet.result();
    const good = stored(fleet.toJSON());
    assert.equal(it.client.resumeFleet(good).size, 3);
    const [first, second, third] = good.entries;
    const bad = [
      undefined,
      null,
      "",
      7,
      [],
      {},
      { ...good, baseUrl: "https://evil.test" },
      { ...good, version: 2 },
      { ...good, id: "" },
      { ...good, size: 4 },
      { ...good, entries: undefined },
      { ...good, entries: [] },
      { ...good, entries: [first, second] },
      { ...good, entries: [first, second, second] },
      { ...good, entries: [first, second, { ...third, machineId: second.machineId }] },
      { ...good, entries: [first, second, { ...third, place: 3 }] },
      { ...good, entries: [first, second, { ...third, machineId: ".." }] },
      { ...good, entries: [first, second, { ...third, status: "dreaming" }] },
      { ...good, entries: [first, second, { ...third, snapshot: undefined }] },
      { ...good, concurrency: 0 },
      { ...good, specification: { name: 7 } },
    ];
    const calls = it.fetch.calls.length;
    for (const state of bad) thrown(runner, () => it.client.resumeFleet(state));
    for (const options of [7, { checkpoint: 1 }, { concurrency: 5 }])
      assert.match(thrown(runner, () => it.client.resumeFleet(good, options)).message, /options/);
    const state = (await it.client.createSnapshot("m-0")).toJSON();
    thrown(runner, () => it.client.resumeFleet(state));
    thrown(runner, () => it.client.resume(good));
    assert.isAbove(it.fetch.calls.length, calls);
  });

  test("idempotencyKey: the same fleet, asked for twice, makes one snapshot a machine", async () => {
    const it = estate(runner, 6);
    const options = { idempotencyKey: "patch-2026.11" };
    const first = await it.client.createSnapshots(it.machines, { name: "n" }, options).result();
    const posts = it.posts().length;
    const second = await it
      .connect()
      .createSnapshots([...it.machines].reverse(), {}, options)
      .result();
    assert.equal(it.posts().length, posts);
    assertMadeOnce(it, it.machines, first);
    assertMadeOnce(it, it.machines, second);
    const other = { idempotencyKey: "patch-2026.12" };
    await it.client.createSnapshots(["m-0"], {}, other).result();
    assert.equal(it.simulator.stats().made["m-0"], 2);
  });
}
