import { ServiceTime } from "../../service-time.mjs";
import { all, assert, MACHINES, refusal, rejection } from "./bench.mjs";
import { assertMadeOnce, estate, posted, sleep, stored, thrown, until } from "./fleet-bench.mjs";

export function cases(runner) {
  const { test } = runner;

  for (const [what, stopAfterFailures] of Object.entries({ "a number": 2, "a share": 0.4 }))
    test(`stopAfterFailures, ${what}: what runs is finished, the others are skipped`, async () => {
      const it = estate(runner, 3);
      const machines = [MACHINES.denied, "m-0", MACHINES.gone, "m-1", "m-2"];
      const fleet = it.client.createSnapshots(machines, {}, { concurrency: 1, stopAfterFailures });
      const { counts } = await fleet.result();
      assert.deepInclude(counts, { finished: 1, failed: 2, skipped: 2, queued: 0 });
      assert.deepEqual(it.posts(), [MACHINES.denied, "m-0", MACHINES.gone]);
      for (const machine of ["m-1", "m-2"]) {
        const { status, reason, error } = fleet.entry(machine);
        assert.equal(status, "skipped");
        assert.match(reason, /stopAfterFailures.*retry\(\)/);
        assert.isUndefined(error);
      }
      fleet.retry("m-1");
      assert.equal((await fleet.result()).counts.finished, 2);
      assert.equal(fleet.entry("m-2").status, "skipped");
    });

  test("pause: what is under way goes on, and no other is submitted before unpause", async () => {
    // It stands still until the fleet is paused.
    const time = new ServiceTime();
    time.hold();
    const it = estate(runner, 8, { simulated: { now: time.now } });
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 2 });
    fleet.pause();
    assert.isTrue(fleet.paused);
    const pending = fleet.result();
    await sleep(10);
    assert.lengthOf(it.fetch.calls, 0);
    fleet.unpause();
    assert.isFalse(fleet.paused);
    await until(() => fleet.counts.inProgress === 2);
    fleet.pause();
    time.runOn();
    await until(() => fleet.counts.finished === 2);
    await sleep(10);
    assert.lengthOf(it.posts(), 2);
    assert.equal(fleet.counts.queued, 6);
    assert.isTrue(fleet.toJSON().paused);
    fleet.unpause();
    assertMadeOnce(it, it.machines, await pending);
  });

  test("retry of what failed makes another request; of what is finished it is refused", async () => {
    const it = estate(runner, 3);
    const on = (machine) => ({ call: "createSnapshot", machine });
    it.simulator.inject([
      { on: on("m-0"), operation: { fails: { message: "Out of space" } } },
      { on: on("m-1"), answer: { status: 403 } },
    ]);
    const fleet = it.client.createSnapshots(it.machines);
    assert.equal((await fleet.result()).counts.failed, 2);
    assert.equal(fleet.entry("m-0").error.code, "operation_failed");
    assert.include(fleet.entry("m-0").error.message, "Out of space");
    assert.match(thrown(runner, () => fleet.retry("m-2")).message, /m-2.*finished/);
    fleet.retry("m-0");
    assert.match(thrown(runner, () => fleet.retry("m-0")).message, /m-0/);
    assert.isUndefined((await fleet.result()).entries[0].error);
    // The end is over, and nobody waits.
    fleet.retry("m-1");
    await until(() => fleet.counts.finished === 3);
    assertMadeOnce(it, it.machines, await fleet.result());
    const keys = it.fetch.calls
      .filter((call) => posted(call) === "m-0")
      .map(({ body }) => JSON.parse(body).description);
    assert.equal(new Set(keys).size, 2);
  });

  test("retry of what is unknown looks first, and sends again only if nothing is there", async () => {
    const time = new ServiceTime();
    const it = estate(runner, 2, { simulated: { now: time.now } });
    const on = (machine) => ({ call: "createSnapshot", machine });
    const lateMs = 3_600_000;
    it.simulator.inject([
      { on: on("m-0"), connection: "cut" },
      { on: on("m-1"), effect: { afterMs: lateMs } },
    ]);
    const fleet = it.client.createSnapshots(it.machines);
    const report = await fleet.result();
    assert.equal(report.counts.unknown, 2);
    time.pass(lateMs);
    await until(() => it.simulator.stats().made["m-1"] === 1);
    for (const machine of it.machines) fleet.retry(machine);
    assertMadeOnce(it, it.machines, await fleet.result());
    assert.lengthOf(
      it.posts().filter((machine) => machine === "m-1"),
      1,
    );
  });

  test("where nobody knows whether a machine is still under way, its deployment is left alone", async () => {
    const it = estate(runner, 3);
    const faulty = (call) => ({
      on: { call, machine: "m-0" },
      times: 0,
      answer: { status: 403 },
    });
    it.simulator.inject(faulty("getTracker"));
    const machines = it.machines.map((id) => ({ id, deploymentId: "one" }));
    const fleet = it.client.createSnapshots(machines);
    const { counts } = await fleet.result();
    assert.deepInclude(counts, { unknown: 1, skipped: 2 });
    assert.deepEqual(it.posts(), ["m-0"]);
    assert.match(fleet.entry("m-1").reason, /deployment/);
    it.simulator.clearFaults();
    const resumed = it.connect().resumeFleet(stored(fleet.toJSON()));
    for (const machine of it.machines) resumed.retry(machine);
    assertMadeOnce(it, it.machines, await resumed.result());
  });

  test("signal: aborted before, nothing is sent; aborted, every wait rejects with its reason", async () => {
    const time = new ServiceTime();
    time.hold();
    const it = estate(runner, 6, { simulated: { now: time.now } });
    const reason = { why: "the page is left" };
    const before = it.client.createSnapshots(it.machines, {}, { signal: AbortSignal.abort(reason) });
    assert.equal(await rejection(before.result()), reason);
    assert.lengthOf(it.fetch.calls, 0);

    const stop = new AbortController();
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 2, signal: stop.signal });
    const waits = [fleet.result(), all(fleet)].map(rejection);
    await until(() => fleet.counts.inProgress > 0);
    stop.abort(reason);
    time.runOn();
    assert.deepEqual(await Promise.all(waits), [reason, reason]);
    const calls = it.fetch.calls.length;
    assert.equal(await rejection(fleet.result()), reason);
    await sleep(60);
    assert.lengthOf(it.fetch.calls, calls);
    const resumed = it.connect().resumeFleet(stored(fleet.toJSON()));
    assertMadeOnce(it, it.machines, await resumed.result());
    assert.lengthOf(it.posts(), 6);
  });

  test("a wait that ends leaves the fleet running", async () => {
    const time = new ServiceTime();
    time.hold();
    const it = estate(runner, 6, { simulated: { now: time.now } });
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 2 });
    const error = await refusal(runner, fleet.result({ timeoutMs: 5 }), "timeout");
    assert.isTrue(error.retryable);
    const stop = new AbortController();
    const waits = [fleet.result({ signal: stop.signal }), all(fleet.watch({ signal: stop.signal }))];
    stop.abort("enough");
    assert.deepEqual(await Promise.all(waits.map(rejection)), ["enough", "enough"]);
    time.runOn();
    await until(() => fleet.counts.finished === 6);
    assertMadeOnce(it, it.machines, await fleet.result({ timeoutMs: Number.POSITIVE_INFINITY }));
  });

  test("a freed fleet throws, and what has begun runs on", async () => {
    const it = estate(runner, 3);
    const fleet = it.client.createSnapshots(it.machines);
    const pending = fleet.result();
    fleet.free();
    for (const use of [
      () => fleet.size,
      () => fleet.counts,
      () => fleet.entries(),
      () => fleet.toJSON(),
      () => fleet.pause(),
      () => fleet.retry("m-0"),
    ])
      assert.throws(use);
    assertMadeOnce(it, it.machines, await pending);
  });
}
