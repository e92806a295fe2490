import { all, assert, HURRIED, json, MACHINES, recording, refusal, rejection, scripted } from "./bench.mjs";

const LIMITED = "3b5d7f90-1c2e-4a6b-8d0f-2e4a6c8b0d1f";
const FAULT_TOLERANT = "5d6e7f8091a2b3c4";
const STATUSES = ["queued", "submitting", "inProgress", "finished", "failed", "unknown", "skipped"];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const named = (count, prefix = "m") => Array.from({ length: count }, (_, place) => `${prefix}-${place}`);
const sum = (counts) => Object.values(counts).reduce((one, other) => one + other, 0);
const stored = (state) => JSON.parse(JSON.stringify(state));

/** The machine of a request for a snapshot; none for other calls. */
const posted = ({ url, method }) =>
  method === "POST"
    ? decodeURIComponent(/machines\/([^/]+)\/operations/.exec(new URL(url).pathname)?.[1] ?? "")
    : undefined;

/** So many machines that can be snapshot; `before` is called, and awaited, ahead of each request. */
function estate({ lib }, count, { simulated, before, ...options } = {}) {
  const machines = typeof count === "number" ? named(count) : count;
  const simulator = new lib.Simulator({ speed: 200, extraMachines: machines, ...simulated });
  const fetch = recording(async (url, init) => {
    await before?.({ url, method: init.method }, simulator);
    return simulator.fetch(url, init);
  });
  const connect = (more) =>
    new lib.SnapshotClient({
      baseUrl: "https://simulator.test",
      auth: simulator.token,
      fetch,
      ...HURRIED,
      ...options,
      ...more,
    });
  const posts = () => fetch.calls.map(posted).filter((machine) => machine !== undefined);
  return { machines, simulator, fetch, posts, connect, client: connect() };
}

/** A store as a user has it: what has changed takes the place of what was there. */
function store() {
  const entries = new Map();
  const calls = [];
  let newest;
  return {
    calls,
    entries,
    keep: (changes) => {
      newest = stored(changes);
      calls.push(newest);
      for (const entry of newest.entries) entries.set(entry.place, entry);
    },
    state: () => ({ ...newest, entries: [...entries.values()] }),
  };
}

const inOrder = (state) => ({
  ...stored(state),
  entries: [...stored(state).entries].sort((a, b) => a.place - b.place),
});

/** Nobody waits for it: it must come to this by itself. */
async function until(condition) {
  while (!condition()) await sleep(1);
}

/** Each of these machines has one snapshot, and the fleet tells which. */
function assertMadeOnce({ simulator }, machines, report) {
  for (const machine of machines) {
    const entry = report.entries.find(({ machineId }) => machineId === machine);
    assert.equal(entry?.status, "finished", `${machine}: ${entry?.error?.message}`);
    assert.equal(simulator.stats().made[machine], 1, machine);
    assert.deepEqual(
      simulator.snapshotsOf(machine).map(({ id }) => id),
      [entry.snapshot.id],
    );
  }
}

/** What a call throws; fails if it gives a promise or anything else. */
function thrown({ lib }, call) {
  try {
    call();
  } catch (error) {
    assert.instanceOf(error, lib.SnapshotError, String(error));
    assert.equal(error.code, "invalid_input", error.message);
    return error;
  }
  throw new Error("it did not throw");
}

const trackerPolls = ({ calls }) => {
  const paths = calls
    .filter(({ method }) => method === "GET")
    .map(({ url }) => new URL(url).pathname)
    .filter((path) => path.includes("/request-tracker"));
  const single = paths.filter((path) => path.includes("/request-tracker/"));
  return { single: single.length, lists: paths.length - single.length };
};

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
    const before = (call, simulator) => {
      if (posted(call) === undefined) return;
      sent += 1;
      most = Math.max(most, sent - sum(simulator.stats().made));
    };
    const it = estate(runner, 40, { before });
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

  test("what cannot be meant is refused at once, naming the place", () => {
    const { client, fetch } = scripted(runner, [json(200, [])]);
    const machines = [
      [undefined, /machines/],
      [null, /machines/],
      [7, /machines/],
      [{}, /machines/],
      ["m", /machines/],
      [["m", null], /machines\[1\]/],
      [["m", undefined], /machines\[1\]/],
      [["m", 7], /machines\[1\]/],
      [["m", ""], /machines\[1\]/],
      [["m", "."], /machines\[1\]/],
      [["m", {}], /machines\[1\]\.id/],
      [[{ id: ".." }], /machines\[0\]\.id/],
      [[{ id: 7 }], /machines\[0\]\.id/],
      [[{ id: "m", name: 7 }], /machines\[0\]\.name/],
      [[{ id: "m", deploymentId: 7 }], /machines\[0\]\.deploymentId/],
      [[{ id: "m", deployment: "d" }], /machines\[0\].*deployment/],
      [[{ id: "m", specification: { name: 7 } }], /specification\.name/],
      [["m", "n", "m"], /machines.* m /],
      [["m", { id: "m" }], /machines.* m /],
      [["m", "x".repeat(2000)].fill("m"), /machines/],
    ];
    for (const [given, place] of machines)
      assert.match(thrown(runner, () => client.createSnapshots(given)).message, place);

    const options = {
      concurrency: [0, 1001, 1.5, "5", -1, Number.NaN],
      submitsPerSecond: [0, -1, 1001, "1", Number.NaN],
      stopAfterFailures: [0, -1, 1.5, "1", Number.NaN],
      order: ["", "random", 1],
      idempotencyKey: ["", "a b", "é", 7, "k".repeat(56)],
      checkpoint: ["store", {}, 1],
      signal: [{}, "now"],
      concurency: [5],
      timeoutMs: [5],
    };
    for (const [name, values] of Object.entries(options))
      for (const value of values) {
        const { message } = thrown(runner, () => client.createSnapshots(["m"], {}, { [name]: value }));
        assert.match(message, new RegExp(`options.*${name}`), String(value));
      }
    assert.match(thrown(runner, () => client.createSnapshots(["m"], {}, 7)).message, /options/);
    assert.match(thrown(runner, () => client.createSnapshots(["m"], { name: 7 })).message, /specification/);
    assert.lengthOf(fetch.calls, 0);
  });

  test("what cannot be meant of a fleet is refused too", async () => {
    const { client, fetch } = scripted(runner, [json(200, [])]);
    const fleet = client.createSnapshots(["m"]);
    for (const revision of [-1, 1.5, "1", undefined, Number.NaN])
      assert.match(thrown(runner, () => fleet.changesSince(revision)).message, /revision/);
    for (const machine of ["n", undefined, 7, ""]) thrown(runner, () => fleet.retry(machine));
    assert.match(thrown(runner, () => fleet.retry("m")).message, /queued/);
    for (const options of [{ timeoutMs: -1 }, { timeoutMs: "1" }, { onProgress: 1 }, { patience: 1 }]) {
      await refusal(runner, fleet.result(options), "invalid_input");
      thrown(runner, () => fleet.watch(options));
    }
    assert.lengthOf(fetch.calls, 0);
  });

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
    const it = estate(runner, 8);
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 2 });
    fleet.pause();
    assert.isTrue(fleet.paused);
    const pending = fleet.result();
    await sleep(10);
    assert.lengthOf(it.fetch.calls, 0);
    fleet.unpause();
    assert.isFalse(fleet.paused);
    await until(() => fleet.counts.finished > 0);
    fleet.pause();
    await until(() => fleet.counts.submitting + fleet.counts.inProgress === 0);
    const posts = it.posts().length;
    await sleep(10);
    assert.equal(it.posts().length, posts);
    assert.equal(fleet.counts.finished, posts);
    assert.equal(fleet.counts.queued, 8 - posts);
    assert.isAbove(fleet.counts.queued, 0);
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
    const it = estate(runner, 2);
    const on = (machine) => ({ call: "createSnapshot", machine });
    it.simulator.inject([
      { on: on("m-0"), connection: "cut" },
      { on: on("m-1"), effect: { afterMs: 400 } },
    ]);
    const fleet = it.client.createSnapshots(it.machines);
    const report = await fleet.result();
    assert.equal(report.counts.unknown, 2);
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
    const it = estate(runner, 1);
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

    const again = new AbortController();
    const second = it.connect().resumeFleet(kept.state(), { signal: again.signal });
    const pending = rejection(second.result());
    await until(() => it.fetch.calls.length > 1);
    again.abort("killed again");
    assert.equal(await pending, "killed again");
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

  test("signal: aborted before, nothing is sent; aborted, every wait rejects with its reason", async () => {
    const it = estate(runner, 6);
    const reason = { why: "the page is left" };
    const before = it.client.createSnapshots(it.machines, {}, { signal: AbortSignal.abort(reason) });
    assert.equal(await rejection(before.result()), reason);
    assert.lengthOf(it.fetch.calls, 0);

    const stop = new AbortController();
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 2, signal: stop.signal });
    const waits = [fleet.result(), all(fleet)].map(rejection);
    await until(() => fleet.counts.inProgress > 0);
    stop.abort(reason);
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
    const it = estate(runner, 6);
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 2 });
    const error = await refusal(runner, fleet.result({ timeoutMs: 5 }), "timeout");
    assert.isTrue(error.retryable);
    const stop = new AbortController();
    const waits = [fleet.result({ signal: stop.signal }), all(fleet.watch({ signal: stop.signal }))];
    stop.abort("enough");
    assert.deepEqual(await Promise.all(waits.map(rejection)), ["enough", "enough"]);
    await until(() => fleet.counts.finished === 6);
    assertMadeOnce(it, it.machines, await fleet.result({ timeoutMs: Number.POSITIVE_INFINITY }));
  });

  test("without a token to be had nothing is sent, and the next wait goes on", async () => {
    let token;
    const auth = () => token ?? Promise.reject(new Error("signed out"));
    const it = estate(runner, 6, { auth });
    const fleet = it.client.createSnapshots(it.machines);
    await refusal(runner, fleet.result(), "unauthorized");
    const { counts } = fleet;
    assert.lengthOf(it.fetch.calls, 0);
    token = it.simulator.token;
    assertMadeOnce(it, it.machines, await fleet.result());
    assert.equal(counts.queued, 6);
  });

  test("without a token to be had an iteration ends with that", async () => {
    let asked = 0;
    const auth = () => {
      asked += 1;
      throw new Error("signed out");
    };
    const { client } = estate(runner, 6, { auth });
    // One that tried again and again would never let go of the event loop.
    const read = async () => {
      for await (const _ of client.createSnapshots(["m-0", "m-1"])) assert.isBelow(asked, 20);
    };
    await refusal(runner, read(), "unauthorized");
  });

  test("a token refused for all: they stay queued, and the next wait goes on", async () => {
    let token = "expired";
    const it = estate(runner, 6, { auth: () => token });
    const fleet = it.client.createSnapshots(it.machines);
    const error = await refusal(runner, fleet.result(), "unauthorized");
    assert.equal(error.status, 401);
    assert.deepEqual(it.simulator.stats().created, {});
    assert.notInclude(JSON.stringify(fleet.toJSON()), "expired");
    const { counts } = fleet;
    token = it.simulator.token;
    assertMadeOnce(it, it.machines, await fleet.result());
    assert.equal(counts.queued, 6);
  });

  test("a token that ends under way loses nothing", async () => {
    let isOver = false;
    let token;
    const it = estate(runner, 6, { auth: () => (isOver ? "expired" : token) });
    token = it.simulator.token;
    const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 3 });
    const pending = rejection(fleet.result());
    await until(() => fleet.counts.inProgress === 3);
    isOver = true;
    it.simulator.inject({ times: 0, answer: { status: 401 } });
    assert.equal((await pending).code, "unauthorized");
    assert.deepInclude(fleet.counts, { failed: 0, unknown: 0, skipped: 0 });
    isOver = false;
    it.simulator.clearFaults();
    assertMadeOnce(it, it.machines, await fleet.result());
    assert.lengthOf(new Set(it.posts()), 6);
  });

  test("sixty machines are polled by lists, and hardly any singly", async () => {
    const it = estate(runner, 60, { simulated: { speed: 20 } });
    const report = await it.client.createSnapshots(it.machines, {}, { concurrency: 60 }).result();
    assertMadeOnce(it, it.machines, report);
    const { single, lists } = trackerPolls(it.fetch);
    assert.isAbove(lists, 1);
    // Alone, each would be polled twenty times.
    assert.isBelow(single, 120);
  });

  test("a hundred single operations share lists too", async () => {
    const it = estate(runner, 100, { simulated: { speed: 20 } });
    const results = it.machines.map(async (machine) => (await it.client.createSnapshot(machine)).result());
    assert.lengthOf(new Set((await Promise.all(results)).map(({ id }) => id)), 100);
    const { single, lists } = trackerPolls(it.fetch);
    assert.isAbove(lists, 1);
    assert.isBelow(single, 200);
  });

  test("refresh polls singly, at once, however many others wait for a list", async () => {
    const resting = { initialDelayMs: 60_000, maxDelayMs: 60_000 };
    const it = estate(runner, 12, { polling: resting, simulated: { speed: 1 } });
    const operations = await Promise.all(it.machines.map((machine) => it.client.createSnapshot(machine)));
    const stop = new AbortController();
    const waits = operations.map((operation) => rejection(operation.result({ signal: stop.signal })));
    await sleep(5);
    for (const operation of [operations[3], operations[11]]) {
      const calls = it.fetch.calls.length;
      const tracker = await operation.refresh();
      assert.equal(tracker, operation.tracker);
      const paths = it.fetch.calls.slice(calls).map(({ url }) => new URL(url).pathname);
      assert.include(paths, `/iaas/api/request-tracker/${tracker.id}`);
    }
    stop.abort();
    await Promise.all(waits);
  });

  test("a thousand machines, a thousand at once: no more than 64 requests are open", async () => {
    let open = 0;
    let most = 0;
    const { Simulator } = runner.lib;
    const machines = named(1000);
    const simulator = new Simulator({ speed: 100, extraMachines: machines });
    const fetch = async (url, init) => {
      open += 1;
      most = Math.max(most, open);
      try {
        await sleep(1);
        return await simulator.fetch(url, init);
      } finally {
        open -= 1;
      }
    };
    const { client } = scripted(runner, [], { fetch, auth: simulator.token });
    const report = await client.createSnapshots(machines, {}, { concurrency: 1000 }).result();
    assert.equal(report.counts.finished, 1000);
    assert.equal(sum(simulator.stats().made), 1000);
    assert.equal(most, 64);
    assert.equal(open, 0);
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
