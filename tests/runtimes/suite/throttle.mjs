// While the client may not send - the service has asked for a pause, or 64 requests are open - only requests wait.
import { assert, json, recording, rejection } from "./bench.mjs";
import { assertMadeOnce, estate, posted, store, stored, trackerPolls, until } from "./fleet-bench.mjs";

/** A promise, and what settles it. */
function gate() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const readsSnapshots = ({ method, url }) => method === "GET" && url.includes("/snapshots");

/** An estate whose service refuses calls to the machine `foreign`, for longer than any test takes. */
function refusing(runner, count, options) {
  const it = estate(runner, count, options);
  const fetch = recording((url, init) =>
    url.includes("/machines/foreign/")
      ? json(429, { message: "later" }, { "retry-after": "600" })()
      : it.fetch(url, init),
  );
  const stop = new AbortController();
  let isClosed = false;
  const onEvent = ({ type, status }) => {
    isClosed ||= type === "response" && status === 429;
  };
  const client = it.connect({ fetch, onEvent });
  /** From then on nothing may be sent. */
  const close = async () => {
    client.listSnapshots("foreign", { signal: stop.signal }).catch(() => {});
    await until(() => isClosed);
  };
  /** Ends the call that was refused. */
  const end = () => stop.abort("the test is over");
  return { ...it, client, close, end };
}

/** A client of which so many requests are open, to a service that does not answer them, and others wait for a place. */
function crowded(runner, count, { open, waiting = 0, ...options }) {
  const it = estate(runner, count, options);
  const answered = gate();
  let unanswered = 0;
  const fetch = recording(async (url, init) => {
    if (url.includes("/machines/other/")) {
      unanswered += 1;
      await answered.opened;
      return json(200, [])();
    }
    return it.fetch(url, init);
  });
  const client = it.connect({ fetch });
  const calls = [];
  /** Opens the requests. */
  const fill = async () => {
    for (let call = 0; call < open + waiting; call += 1) calls.push(client.listSnapshots("other"));
    await until(() => unanswered === open);
  };
  /** Answers all of them, and those that waited. */
  const answer = async () => {
    answered.open();
    await Promise.all(calls);
  };
  return { ...it, client, fill, answer };
}

/** The machine has one snapshot: this one. */
function assertOnly({ simulator }, machine, { id }) {
  assert.deepEqual(
    simulator.snapshotsOf(machine).map((snapshot) => snapshot.id),
    [id],
  );
}

/** A timer that never wakes anybody. */
const never = () => {};

export function cases(runner) {
  const { test } = runner;

  test("a fleet whose machines are done gives its result while the throttle is closed", async () => {
    const answers = gate();
    const before = (call) => (readsSnapshots(call) ? answers.opened : undefined);
    const it = refusing(runner, 3, { before });
    const pending = it.client.createSnapshots(it.machines).result();
    await until(() => it.fetch.calls.filter(readsSnapshots).length === 3);
    await it.close();
    const calls = it.fetch.calls.length;
    answers.open();
    assertMadeOnce(it, it.machines, await pending);
    assert.lengthOf(it.fetch.calls, calls);
    it.end();
  });

  test("an operation that is done gives its result, and one that is accepted its tracker, while the throttle is closed", async () => {
    const accepted = gate();
    const read = gate();
    const before = (call) => {
      if (posted(call) === "m-1") return accepted.opened;
      // The first list of a machine's snapshots is the baseline.
      const reads = it.fetch.calls.filter((other) => readsSnapshots(other) && other.url.includes("/m-0/"));
      return readsSnapshots(call) && reads.length === 2 ? read.opened : undefined;
    };
    const it = refusing(runner, 2, { before });
    const operation = await it.client.createSnapshot("m-0");
    const pending = operation.result();
    const submitted = it.client.createSnapshot("m-1");
    await until(() => it.posts().length === 2);
    await until(
      () => it.fetch.calls.filter((call) => readsSnapshots(call) && call.url.includes("/m-0/")).length === 2,
    );
    await it.close();
    accepted.open();
    read.open();
    assert.equal((await submitted).phase, "tracking");
    assertOnly(it, "m-0", await pending);
    it.end();
  });

  test("a fleet calls its checkpoint while the throttle is closed; pause() is stored, and takes back what has not left", async () => {
    const it = refusing(runner, 5);
    const kept = store();
    await it.close();
    const calls = it.fetch.calls.length;
    const stop = new AbortController();
    const options = { concurrency: 3, checkpoint: kept.keep, signal: stop.signal };
    const fleet = it.client.createSnapshots(it.machines, {}, options);
    const pending = rejection(fleet.result());
    await until(() => kept.calls.length > 0);
    await until(() => fleet.counts.submitting === 3);
    fleet.pause();
    await until(() => kept.calls.at(-1).paused === true);
    assert.equal(fleet.counts.queued, 5, JSON.stringify(fleet.counts));
    assert.equal(fleet.counts.unknown, 0);
    assert.lengthOf(it.fetch.calls, calls, "nothing has left");
    stop.abort("over");
    assert.equal(await pending, "over");
    // By what was stored, each machine is submitted for the first time.
    const resumed = it.connect().resumeFleet(kept.state());
    assert.isTrue(resumed.paused);
    resumed.unpause();
    assertMadeOnce(it, it.machines, await resumed.result());
    assert.lengthOf(it.posts(), 5);
    it.end();
  });

  test("a fleet under way stores pause() while the throttle is closed", async () => {
    const answers = gate();
    const before = (call) => (posted(call) === undefined ? undefined : answers.opened);
    const it = refusing(runner, 4, { before });
    const kept = store();
    const stop = new AbortController();
    const options = { concurrency: 2, checkpoint: kept.keep, signal: stop.signal };
    const fleet = it.client.createSnapshots(it.machines, {}, options);
    const pending = rejection(fleet.result());
    await until(() => it.posts().length === 2);
    await it.close();
    answers.open();
    await until(() => fleet.counts.inProgress === 2);
    fleet.pause();
    await until(() => kept.calls.at(-1).paused === true);
    assert.deepEqual([fleet.counts.inProgress, fleet.counts.queued], [2, 2]);
    stop.abort("over");
    assert.equal(await pending, "over");
    it.end();
  });

  test("a create that has not left when its wait is aborted is `prepared`, in its stored state too", async () => {
    const baseline = gate();
    const before = (call) => (readsSnapshots(call) ? baseline.opened : undefined);
    const it = refusing(runner, 1, { before });
    const operation = it.client.prepareSnapshot("m-0");
    const stop = new AbortController();
    const states = [];
    const checkpoint = (state) => states.push(stored(state));
    const pending = rejection(operation.submit({ checkpoint, signal: stop.signal }));
    await until(() => it.fetch.calls.some(readsSnapshots));
    await it.close();
    baseline.open();
    await until(() => states.length > 0);
    stop.abort("over");
    assert.equal(await pending, "over");
    assert.equal(operation.phase, "prepared");
    assert.lengthOf(it.posts(), 0);
    const resumed = it.connect().resume(stored(operation));
    assert.equal(resumed.phase, "prepared");
    await resumed.submit();
    assertOnly(it, "m-0", await resumed.result());
    assert.lengthOf(it.posts(), 1);
    it.end();
  });

  test("with 64 requests open and others in line, a fleet that is done gives its result", async () => {
    const answers = gate();
    const before = (call) => (readsSnapshots(call) ? answers.opened : undefined);
    const it = crowded(runner, 3, { open: 61, waiting: 10, before });
    const pending = it.client.createSnapshots(it.machines).result();
    await until(() => it.fetch.calls.filter(readsSnapshots).length === 3);
    await it.fill();
    answers.open();
    assertMadeOnce(it, it.machines, await pending);
    await it.answer();
  });

  test("with 64 requests open a fleet calls its checkpoint, and sends when there is a place", async () => {
    const it = crowded(runner, 3, { open: 64 });
    await it.fill();
    const kept = store();
    const fleet = it.client.createSnapshots(it.machines, {}, { checkpoint: kept.keep });
    const pending = fleet.result();
    await until(() => kept.entries.size === 3);
    assert.lengthOf(it.posts(), 0);
    await it.answer();
    assertMadeOnce(it, it.machines, await pending);
    assert.lengthOf(it.posts(), 3);
  });

  // Whoever waits for a time waits for ever, for a list too.
  const unlisted = {
    timer: never,
    polling: { initialDelayMs: 60_000, maxDelayMs: 60_000 },
    simulated: { speed: 1, snapshotMs: 1e9 },
  };

  test("refresh() polls at once: its poll does not wait for the next list", async () => {
    const it = estate(runner, 9, unlisted);
    const operations = await Promise.all(it.machines.map((machine) => it.client.createSnapshot(machine)));
    const stop = new AbortController();
    const pending = operations.map((operation) => rejection(operation.result({ signal: stop.signal })));
    const trackers = await Promise.all(operations.map((operation) => operation.refresh()));
    assert.deepEqual(
      trackers.map(({ id }) => id),
      operations.map(({ tracker }) => tracker.id),
    );
    assert.deepEqual(trackerPolls(it.fetch), { single: 9, lists: 0 });
    stop.abort("over");
    assert.isTrue((await Promise.all(pending)).every((reason) => reason === "over"));
  });

  test("refresh() polls at once where its poll waits for a list already", async () => {
    const it = estate(runner, 9, unlisted);
    const operations = await Promise.all(it.machines.map((machine) => it.client.createSnapshot(machine)));
    const client = it.connect();
    const tracked = operations.map(({ tracker, machineId }) => client.track(tracker.id, { machineId }));
    const stop = new AbortController();
    const pending = tracked.map((operation) => rejection(operation.result({ signal: stop.signal })));
    // The first three are polled; the others wait for a list that never comes.
    await until(() => tracked.slice(0, 3).every(({ tracker }) => tracker !== undefined));
    assert.deepEqual(trackerPolls(it.fetch), { single: 3, lists: 0 });
    const last = tracked.at(-1);
    assert.isUndefined(last.tracker);
    assert.equal((await last.refresh()).id, operations.at(-1).tracker.id);
    assert.deepEqual(trackerPolls(it.fetch), { single: 4, lists: 0 });
    stop.abort("over");
    assert.isTrue((await Promise.all(pending)).every((reason) => reason === "over"));
  });

  test("a wait that is aborted while its request waits in line: the request is not sent later, and the next submit sends one", async () => {
    const baseline = gate();
    const before = (call) => (readsSnapshots(call) ? baseline.opened : undefined);
    const it = crowded(runner, 1, { open: 63, waiting: 10, before });
    const operation = it.client.prepareSnapshot("m-0");
    const stop = new AbortController();
    const states = [];
    const checkpoint = (state) => {
      states.push(state);
    };
    const pending = rejection(operation.submit({ checkpoint, signal: stop.signal }));
    await until(() => it.fetch.calls.some(readsSnapshots));
    await it.fill();
    // Its place goes to another call, and the request waits behind the rest.
    baseline.open();
    await until(() => states.length === 1);
    stop.abort("over");
    assert.equal(await pending, "over");
    assert.equal(operation.phase, "prepared");
    await it.answer();
    assert.lengthOf(it.posts(), 0);
    await operation.submit();
    assertOnly(it, "m-0", await operation.result());
    assert.lengthOf(it.posts(), 1);
  });
}
