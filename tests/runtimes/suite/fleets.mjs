import { ServiceTime } from "../../service-time.mjs";
import { all, assert, MACHINES, rejection } from "./bench.mjs";
import {
  assertMadeOnce,
  estate,
  FAULT_TOLERANT,
  LIMITED,
  posted,
  STATUSES,
  sleep,
  sum,
  until,
} from "./fleet-bench.mjs";

export function cases(runner) {
  const { test } = runner;

  test("sixty machines in deployments, to the end, in the order given", async () => {
    const it = estate(runner, 60);
    const machines = it.machines.map((id, place) => ({ id, deploymentId: `d-${place % 25}` }));
    const fleet = it.client.createSnapshots(machines, { name: "before the patch" });
    assert.equal(fleet.size, 60);
    assert.equal(fleet.progress, 0);
    assert.deepEqual(Object.keys(fleet.counts), STATUSES);
    const report = await fleet.result();
    assert.deepEqual(report.counts, { ...fleet.counts, finished: 60 });
    assert.equal(sum(report.counts), 60);
    assert.deepInclude(report, { id: fleet.id, size: 60 });
    assert.deepEqual(
      report.entries.map(({ machineId }) => machineId),
      it.machines,
    );
    assertMadeOnce(it, it.machines, report);
    for (const { progress, error, reason, tracker } of report.entries) {
      assert.equal(progress, 100);
      assert.deepEqual([error, reason, tracker], [undefined, undefined, undefined]);
    }
    assert.deepEqual(fleet.entries(), report.entries);
    assert.equal(fleet.progress, 100);
    assert.isUndefined(fleet.etaMs);
    assert.lengthOf(it.posts(), 60);
    assert.instanceOf(fleet, runner.lib.SnapshotFleet);
  });

  test("no machines: an empty report", async () => {
    const { client, fetch } = estate(runner, 0);
    const fleet = client.createSnapshots([]);
    const report = await fleet.result();
    assert.deepInclude(report, { size: 0, entries: [] });
    assert.equal(fleet.progress, 100);
    assert.lengthOf(fetch.calls, 0);
  });

  test("every end of a machine, its error and what it asks of the operator", async () => {
    const it = estate(runner, ["good", "cut-before", "cut-after"], { retry: { maxAttempts: 1 } });
    const codes = {
      [MACHINES.failing]: ["failed", "operation_failed"],
      [MACHINES.denied]: ["failed", "forbidden"],
      [MACHINES.gone]: ["failed", "not_found"],
      [MACHINES.busy]: ["failed", "conflict"],
      [LIMITED]: ["failed", "service_error"],
      [FAULT_TOLERANT]: ["failed", "service_error"],
      none: ["failed", "not_found"],
      "cut-before": ["unknown", "outcome_unknown"],
      "cut-after": ["finished", undefined],
      good: ["finished", undefined],
    };
    const fleet = it.client.createSnapshots(Object.keys(codes));
    const report = await fleet.result();
    const { finished, failed, unknown } = report.counts;
    assert.deepEqual([finished, failed, unknown], [2, 7, 1]);
    for (const [machine, [status, code]] of Object.entries(codes)) {
      const entry = fleet.entry(machine);
      assert.equal(entry.machineId, machine);
      assert.equal(entry.status, status, `${machine}: ${entry.error?.message}`);
      assert.equal(entry.error?.code, code, machine);
      if (status === "finished") {
        assert.isString(entry.snapshot.id);
        continue;
      }
      assert.instanceOf(entry.error, runner.lib.SnapshotError);
      assert.isNotEmpty(entry.error.message);
      assert.match(entry.reason, /retry\(\)/);
      assert.isUndefined(entry.snapshot);
      assert.isUndefined(it.simulator.stats().made[machine]);
    }
    assert.equal(fleet.entry(MACHINES.failing).tracker.status, "FAILED");
    assert.equal(fleet.entry(MACHINES.failing).error.tracker.status, "FAILED");
    assert.isUndefined(fleet.entry("not of this fleet"));
  });

  test("updates: all machines first, then what has changed, and then none", async () => {
    const it = estate(runner, 30);
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 5 });
    const known = new Map();
    let updates = 0;
    let last;
    for await (const update of fleet) {
      const ids = update.changed.map(({ machineId }) => machineId);
      assert.equal(new Set(ids).size, ids.length);
      if (updates === 0) assert.sameMembers(ids, it.machines);
      else assert.isAbove(update.revision, last.revision);
      assert.isNotEmpty(ids);
      for (const entry of update.changed) known.set(entry.machineId, entry);
      // What was not told has not changed.
      for (const status of STATUSES) {
        const count = [...known.values()].filter((entry) => entry.status === status).length;
        assert.equal(count, update.counts[status], status);
      }
      assert.isAtLeast(update.progress, last?.progress ?? 0);
      if (updates > 0) assert.isBelow(ids.length, 30);
      updates += 1;
      last = update;
    }
    assert.isAbove(updates, 3);
    assert.equal(last.counts.finished, 30);
    assert.equal(last.progress, 100);
    assert.equal(last.revision, fleet.revision);
  });

  test("a slow reader gets it all at once, and then the end", async () => {
    const it = estate(runner, 10);
    const fleet = it.client.createSnapshots(it.machines);
    const reader = fleet.watch();
    assert.equal(reader[Symbol.asyncIterator](), reader);
    const first = await reader.next();
    assert.lengthOf(first.value.changed, 10);
    const report = await fleet.result();
    const { value } = await reader.next();
    assert.deepEqual(value.counts, report.counts);
    assert.lengthOf(value.changed, 10);
    assert.deepEqual(await reader.next(), { done: true, value: undefined });
    const [late, ...others] = await all(fleet);
    assert.lengthOf(late.changed, 10);
    assert.lengthOf(others, 0);
  });

  test("onProgress is told what has changed, and may throw", async () => {
    const it = estate(runner, 8);
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 2 });
    const updates = [];
    const told = [];
    const { error } = console;
    console.error = (...args) => told.push(args);
    try {
      const onProgress = (update) => {
        updates.push(update);
        throw new Error("of the handler");
      };
      assert.equal((await fleet.result({ onProgress })).counts.finished, 8);
    } finally {
      console.error = error;
    }
    assert.isAbove(updates.length, 1);
    assert.lengthOf(told, updates.length);
    assert.equal(updates.at(-1).counts.finished, 8);
    const over = updates.flatMap(({ changed }) => changed).filter(({ status }) => status === "finished");
    assert.sameMembers([...new Set(over.map(({ machineId }) => machineId))], it.machines);
  });

  test("nothing is sent before somebody waits; a reader that leaves stops nothing", async () => {
    const it = estate(runner, 6);
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 2 });
    await sleep(10);
    assert.lengthOf(it.fetch.calls, 0);
    assert.equal(fleet.counts.queued, 6);
    for await (const _ of fleet) break;
    await until(() => fleet.counts.finished === 6);
    assertMadeOnce(it, it.machines, await fleet.result());
  });

  test("so many at once, and all of them used", async () => {
    let sent = 0;
    let most = 0;
    // It stands still until all that may be under way is, however slow the machine.
    const time = new ServiceTime();
    time.hold();
    const before = (call, simulator) => {
      const underWay = () => sent - sum(simulator.stats().made);
      if (posted(call) !== undefined) {
        sent += 1;
        most = Math.max(most, underWay());
      } else if (call.url.includes("/request-tracker"))
        time.pass(underWay() === 7 || sent === 40 ? 8_000 : 100);
    };
    const it = estate(runner, 40, { before, simulated: { now: time.now, speed: 1 } });
    const report = await it.client.createSnapshots(it.machines, {}, { concurrency: 7 }).result();
    assert.equal(most, 7);
    assertMadeOnce(it, it.machines, report);
  });

  test("one at a time of each deployment", async () => {
    const deploymentOf = (machine) => Number(machine.split("-")[1]) % 4;
    const sent = [];
    const together = [];
    const before = (call, simulator) => {
      const machine = posted(call);
      if (machine === undefined) return;
      const { made } = simulator.stats();
      for (const other of sent)
        if (deploymentOf(other) === deploymentOf(machine) && !made[other]) together.push([machine, other]);
      sent.push(machine);
    };
    const it = estate(runner, 20, { before });
    const machines = it.machines.map((id) => ({ id, deploymentId: `d-${deploymentOf(id)}` }));
    assertMadeOnce(it, it.machines, await it.client.createSnapshots(machines).result());
    assert.deepEqual(together, []);
  });

  test("the order: as given, or the largest deployments first", async () => {
    const machines = [["a"], ["b", "two"], ["c", "three"], ["d", "two"], ["e", "three"], ["f", "three"]];
    for (const [order, expected] of Object.entries({
      given: "abcdef",
      largestDeploymentFirst: "cefbda",
    })) {
      const it = estate(
        runner,
        machines.map(([id]) => id),
      );
      const given = machines.map(([id, deploymentId]) => ({ id, deploymentId }));
      await it.client.createSnapshots(given, {}, { concurrency: 1, order }).result();
      assert.equal(it.posts().join(""), expected, order);
    }
  });

  test("submitsPerSecond: none before its time", async () => {
    const it = estate(runner, 3);
    const stop = new AbortController();
    const options = { submitsPerSecond: 0.001, signal: stop.signal };
    const fleet = it.client.createSnapshots(it.machines, {}, options);
    const pending = rejection(fleet.result());
    await until(() => fleet.counts.finished === 1);
    await sleep(5);
    assert.equal(fleet.counts.queued, 2);
    assert.deepEqual(it.posts(), ["m-0"]);
    stop.abort("enough");
    assert.equal(await pending, "enough");
  });

  test("machines as strings, objects, a Set, and what a generator gives", async () => {
    function* generated() {
      yield "m-0";
      yield { id: "m-1", name: "one" };
    }
    for (const machines of [generated(), new Set(["m-0", "m-1"]), [{ id: "m-0" }, "m-1"]]) {
      const it = estate(runner, 2);
      const report = await it.client.createSnapshots(machines).result();
      assertMadeOnce(it, it.machines, report);
      assert.deepEqual(
        report.entries.map(({ machineId }) => machineId),
        it.machines,
      );
    }
  });

  test("a specification for all, one for a machine, and names by template", async () => {
    const it = estate(runner, 3);
    const markup = "<img src=x onerror=alert(1)>";
    const machines = [
      "m-0",
      { id: "m-1", name: markup },
      { id: "m-2", name: "{date}", specification: { name: "own {machine}", description: "mine" } },
    ];
    const all = { name: "{machine} at {date}", description: "all", customProperties: { b: "2", a: "1" } };
    const fleet = it.client.createSnapshots(machines, all);
    await fleet.result();
    const bodies = it.fetch.calls.filter(posted).map(({ body }) => JSON.parse(body));
    const [plain, html, own] = it.machines.map((machine) => bodies.find(({ id }) => id === machine));
    assert.match(plain.name, /^m-0 at \d{4}-\d\d-\d\d$/);
    assert.match(plain.description, /^all \[[\w.:-]+\]$/);
    assert.deepEqual(Object.entries(plain.customProperties), [
      ["b", "2"],
      ["a", "1"],
    ]);
    assert.equal(html.name.slice(0, markup.length), markup);
    assert.equal(fleet.entry("m-1").name, markup);
    assert.equal(fleet.entry("m-1").snapshot.name, html.name);
    assert.equal(own.name, "own {date}");
    assert.match(own.description, /^mine \[/);
    assert.isUndefined(own.customProperties);
    assert.isUndefined(fleet.entry("m-0").name);
  });
}
