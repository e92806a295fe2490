// One object drives a stored state in a process: what is being driven cannot be resumed, and what rests is taken over.
import { generator } from "../../generator.mjs";
import { ServiceTime } from "../../service-time.mjs";
import { all, assert, connectAlone, HURRIED, held, MACHINES, refusal, rejection } from "./bench.mjs";
import { assertMadeOnce, estate, posted, sleep, store, stored, sum, thrown, until } from "./fleet-bench.mjs";

/** A promise, and what settles it. */
function gate() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Every call that would make this object drive its operation is refused. */
async function assertOperationIsLost(runner, operation) {
  const calls = [
    operation.result(),
    operation.refresh(),
    operation.watch().next(),
    all(operation),
    operation.submit(),
  ];
  await assertLost(runner, calls);
}

async function assertLost(runner, calls) {
  for (const { message } of await Promise.all(calls.map((call) => refusal(runner, call, "invalid_input"))))
    assert.match(message, /another object/);
}

/** What holds a fleet up, so that it can be ended there; `open` lets it go on. */
const HELD_UP = {
  "its checkpoint is awaited": () => {
    const { open, opened } = gate();
    return { open, hold: () => opened, isThere: ({ kept }) => kept.calls.length > 0 };
  },
  "its requests wait for a token": () => {
    const { open, opened } = gate();
    let asked = 0;
    const auth = async () => {
      asked += 1;
      await opened;
      return "simulated-token";
    };
    return { open, client: { auth }, isThere: () => asked > 0 };
  },
  "its requests wait for a place among 64": () => {
    const { open, opened } = gate();
    let isThere = false;
    const hold = async ({ client, fetch }) => {
      for (let call = 0; call < 64; call += 1) client.listSnapshots("m-0").catch(() => {});
      await until(() => fetch.calls.length === 64);
      // By then the fleet has gone on, and has found no place.
      setTimeout(() => (isThere = true));
    };
    const before = (call) => (posted(call) === undefined && !isThere ? opened : undefined);
    return { open, before, hold, isThere: () => isThere };
  },
};

export function cases(runner) {
  const { test } = runner;

  test("an operation that is waited for cannot be resumed, by another client neither", async () => {
    const { client, fetch, finish } = held(runner);
    const other = new runner.lib.SnapshotClient({
      baseUrl: "https://service.test",
      auth: "token-of-the-test",
      fetch,
      ...HURRIED,
    });
    const operation = await client.createSnapshot("m", { name: "n" });
    const pending = operation.result();
    for (const one of [client, other])
      assert.match(thrown(runner, () => one.resume(stored(operation))).message, /^state: another object/);
    finish();
    assert.equal((await pending).id, "s1");
    assert.equal((await other.resume(stored(operation)).result()).id, "s1");
    assert.equal(fetch.posts(), 1);
  });

  test("an operation that awaits its checkpoint, or its request, cannot be resumed", async () => {
    const sent = gate();
    const { client, fetch } = estate(runner, 1, {
      before: (call) => (posted(call) === undefined ? undefined : sent.opened),
    });
    const kept = gate();
    const reached = gate();
    const checkpoint = (state) => {
      reached.open(stored(state));
      return kept.opened;
    };
    const pending = client.createSnapshot("m-0", {}, { checkpoint });
    const state = await reached.opened;
    thrown(runner, () => client.resume(state));
    kept.open();
    await until(() => fetch.posts() === 1);
    thrown(runner, () => client.resume(state));
    sent.open();
    const operation = await pending;
    assert.deepEqual([await client.resume(stored(operation)).result()], await client.listSnapshots("m-0"));
    assert.equal(fetch.posts(), 1);
  });

  test("an operation that rests is taken over: the older object can be read, and drives no more", async () => {
    const { client, fetch, finish } = held(runner);
    const operation = await client.createSnapshot("m", { name: "n" });
    const reader = operation.watch();
    await reader.next();
    const resumed = client.resume(stored(operation));
    const calls = fetch.calls.length;
    await assertOperationIsLost(runner, operation);
    await refusal(runner, reader.next(), "invalid_input");
    assert.lengthOf(fetch.calls, calls);
    assert.deepEqual(
      [operation.id, operation.phase, operation.tracker, operation.toJSON()],
      [resumed.id, resumed.phase, resumed.tracker, resumed.toJSON()],
    );
    finish();
    assert.equal((await resumed.result()).id, "s1");
    await assertOperationIsLost(runner, operation);
  });

  test("a prepared operation resumed twice: the last object submits, and one snapshot is made", async () => {
    const { client, fetch, simulator } = connectAlone(runner);
    const prepared = client.prepareSnapshot(MACHINES.web, { name: "n" });
    const first = client.resume(stored(prepared));
    const last = client.resume(stored(prepared));
    const submits = [prepared, first, last, first, prepared].map((operation) => operation.submit());
    const ends = await Promise.allSettled(submits);
    assert.deepEqual(
      ends.map(({ reason }) => reason?.code),
      ["invalid_input", "invalid_input", undefined, "invalid_input", "invalid_input"],
    );
    await last.result();
    assert.equal(fetch.posts(), 1);
    assert.equal(simulator.stats().made[MACHINES.web], 1);
  });

  test("reverts, deletions and tracked requests have one owner too", async () => {
    const { client } = connectAlone(runner);
    const [first, second] = await client.listSnapshots(MACHINES.database);
    const revert = await client.revertSnapshot(MACHINES.database, first.id);
    const reverting = revert.result();
    thrown(runner, () => client.resume(stored(revert)));
    await reverting;
    const removal = await client.deleteSnapshot(MACHINES.database, second.id);
    const tracked = client.track(removal.tracker.id, { machineId: MACHINES.database, kind: "delete" });
    const again = client.resume(stored(tracked));
    await refusal(runner, tracked.result(), "invalid_input");
    const tracking = again.result();
    thrown(runner, () => client.resume(stored(again)));
    await tracking;
    const resumed = client.resume(stored(removal));
    await refusal(runner, removal.result(), "invalid_input");
    await resumed.result();
  });

  test("an aborted wait lets its operation go at once", async () => {
    const { client, fetch, finish } = held(runner);
    const operation = await client.createSnapshot("m", { name: "n" });
    const stop = new AbortController();
    const pending = rejection(operation.result({ signal: stop.signal }));
    await until(() => fetch.calls.length > 3);
    thrown(runner, () => client.resume(stored(operation)));
    stop.abort("enough");
    const resumed = client.resume(stored(operation));
    const ended = resumed.result();
    assert.equal(await pending, "enough");
    finish();
    assert.equal((await ended).id, "s1");
    await assertOperationIsLost(runner, operation);
  });

  test("what is over, left or freed can be resumed", async () => {
    const { client, fetch } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web, { name: "n" });
    for await (const _ of operation) break;
    const second = client.resume(stored(operation));
    const state = stored(second);
    second.free();
    const third = client.resume(state);
    const snapshot = await third.result();
    assert.deepEqual(await client.resume(stored(third)).result(), snapshot);
    assert.equal(fetch.posts(), 1);
  });

  test("a callback may use the object that calls it, and cannot resume it", async () => {
    const { client, finish } = held(runner);
    const operation = await client.createSnapshot("m", { name: "n" });
    const more = [];
    const refused = [];
    const onProgress = () => {
      refused.push(thrown(runner, () => client.resume(stored(operation))));
      more.push(reader.next(), operation.watch().next(), operation.refresh());
      finish();
    };
    const reader = operation.watch({ onProgress });
    assert.equal((await reader.next()).value.id, "t1");
    await Promise.all(more);
    assert.isNotEmpty(refused);
    assert.equal((await operation.result({ onProgress })).id, "s1");
  });

  test("a fleet that runs cannot be resumed: one snapshot of each machine, however often it is tried", async () => {
    const it = estate(runner, 12);
    const kept = store();
    const options = { concurrency: 3, checkpoint: kept.keep };
    const fleet = it.client.createSnapshots(it.machines, {}, options);
    const pending = fleet.result();
    let refused = 0;
    while (fleet.counts.finished < 12) {
      for (const state of [stored(fleet), kept.state()])
        for (const client of [it.client, it.connect()])
          if (state.entries.length === 12 && fleet.counts.finished < 12) {
            assert.match(thrown(runner, () => client.resumeFleet(state)).message, /^state: another object/);
            refused += 1;
          }
      await sleep(1);
    }
    assert.isAbove(refused, 0);
    assertMadeOnce(it, it.machines, await pending);
    const resumed = it.connect().resumeFleet(kept.state());
    assertMadeOnce(it, it.machines, await resumed.result());
    assert.lengthOf(it.posts(), 12);
  });

  test("a fleet that rests is taken over by the last who resumes it, and by no other", async () => {
    const it = estate(runner, 2);
    const fleet = it.client.createSnapshots([MACHINES.denied, ...it.machines]);
    const first = it.client.resumeFleet(stored(fleet));
    const last = it.connect().resumeFleet(stored(fleet));
    const lost = [fleet, first];
    const assertLosers = async () => {
      for (const one of lost) {
        for (const change of [() => one.pause(), () => one.unpause(), () => one.retry(MACHINES.denied)])
          assert.match(thrown(runner, change).message, /another object/);
        await assertLost(runner, [one.result(), all(one), one.watch().next()]);
      }
    };
    await assertLosers();
    assert.lengthOf(it.fetch.calls, 0);
    assert.deepEqual(stored(fleet), stored(last));
    const report = await last.result();
    assert.equal(report.counts.finished, 2);
    await assertLosers();
    // It is over, and goes on if it is asked to, as long as it is the owner.
    last.retry(MACHINES.denied);
    thrown(runner, () => it.client.resumeFleet(stored(last)));
    await last.result();
    const again = it.client.resumeFleet(stored(last));
    lost.push(last);
    await assertLosers();
    again.free();
    await assertLosers();
    for (const machine of it.machines) assert.equal(it.simulator.stats().made[machine], 1);
  });

  test("a fleet whose checkpoint fails rests, and can be resumed", async () => {
    const it = estate(runner, 3);
    const fleet = it.client.createSnapshots(it.machines, {}, { checkpoint: () => Promise.reject("full") });
    assert.equal(await rejection(fleet.result()), "full");
    const resumed = it.client.resumeFleet(stored(fleet));
    await refusal(runner, fleet.result(), "invalid_input");
    assertMadeOnce(it, it.machines, await resumed.result());
  });

  for (const [where, make] of Object.entries(HELD_UP))
    test(`a fleet ended while ${where} and resumed in the same tick: nothing of the old one is sent or kept`, async () => {
      const { open, isThere, hold, before, client: options } = make();
      const it = estate(runner, 6, { before });
      const kept = store();
      const stop = new AbortController();
      const client = it.connect(options);
      const checkpoint = (changes) => {
        kept.keep(changes);
        return hold?.({ client, fetch: it.fetch });
      };
      const fleet = client.createSnapshots(it.machines, {}, { checkpoint, signal: stop.signal });
      const pending = rejection(fleet.result());
      await until(() => isThere({ kept }));
      const checkpoints = kept.calls.length;
      const state = kept.state();
      stop.abort("over");
      const resumed = it.connect().resumeFleet(state);
      open();
      assert.equal(await pending, "over");
      assertMadeOnce(it, it.machines, await resumed.result());
      assert.lengthOf(it.posts(), 6);
      assert.lengthOf(kept.calls, checkpoints);
      thrown(runner, () => fleet.retry("m-0"));
    });

  test("a fleet ended from its own event, as a request is about to leave: the request does not leave", async () => {
    const it = estate(runner, 4);
    const stop = new AbortController();
    let resumed;
    const onEvent = ({ type, method }) => {
      if (type !== "request" || method !== "POST" || resumed) return;
      stop.abort("over");
      resumed = it.client.resumeFleet(stored(fleet));
    };
    const fleet = it.connect({ onEvent }).createSnapshots(it.machines, {}, { signal: stop.signal });
    assert.equal(await rejection(fleet.result()), "over");
    assert.lengthOf(it.posts(), 0);
    assertMadeOnce(it, it.machines, await resumed.result());
    assert.lengthOf(it.posts(), 4);
  });

  test("one machine of a fleet has one owner: its operation and the fleet are not both driven", async () => {
    // What is under way stays so until each of the two has been refused.
    const time = new ServiceTime();
    time.hold();
    const it = estate(runner, 2, { simulated: { now: time.now } });
    const stop = new AbortController();
    const fleet = it.client.createSnapshots(it.machines, {}, { signal: stop.signal });
    const pending = rejection(fleet.result());
    await until(() => fleet.counts.inProgress === 2);
    const [{ operation }] = stored(fleet).entries;
    thrown(runner, () => it.client.resume(operation));
    stop.abort("over");
    const one = it.client.resume(operation);
    const alone = one.result();
    assert.equal(await pending, "over");
    thrown(runner, () => it.client.resumeFleet(stored(fleet)));
    time.pass();
    await alone;
    const resumed = it.client.resumeFleet(stored(fleet));
    await refusal(runner, one.result(), "invalid_input");
    assertMadeOnce(it, it.machines, await resumed.result());
  });

  for (let seed = 1; seed <= 6; seed += 1)
    test(`random resumes, ends and retries of a fleet by two clients, seed ${seed}: each machine is made once`, async () => {
      const random = generator(seed);
      const pick = (items) => items[Math.floor(random() * items.length)];
      const it = estate(runner, 10);
      const clients = [it.client, it.connect()];
      const kept = store();
      const checkpoint = async (changes) => {
        kept.keep(changes);
        await sleep(random() * 3);
      };
      const objects = [];
      const resume = () => {
        const stop = new AbortController();
        const options = { checkpoint, signal: stop.signal };
        const fleet = objects.length
          ? pick(clients).resumeFleet(kept.state(), options)
          : it.client.createSnapshots(it.machines, {}, { ...options, concurrency: 3 });
        if (objects.length === 0) kept.keep(fleet.toJSON());
        objects.push({ fleet, stop });
      };
      let refused = 0;
      const attempted = async (act) => {
        try {
          await act();
        } catch (error) {
          if (error === "ended") return;
          assert.equal(error.code, "invalid_input", String(error));
          refused += 1;
        }
      };
      resume();
      const waits = [];
      for (let step = 0; step < 60; step += 1) {
        const { fleet, stop } = pick(objects.slice(-3));
        const action = pick(["resume", "resume", "wait", "wait", "wait", "abort", "retry", "pause", "sleep"]);
        if (action === "resume") await attempted(resume);
        if (action === "wait") waits.push(attempted(() => fleet.result()));
        if (action === "abort") stop.abort("ended");
        if (action === "retry") await attempted(() => fleet.retry(pick(it.machines)));
        if (action === "pause") {
          await attempted(() => fleet.pause());
          await attempted(() => fleet.unpause());
        }
        if (action === "sleep") await sleep(random() * 4);
      }
      for (const { stop } of objects) stop.abort("ended");
      await Promise.all(waits);
      const last = it.client.resumeFleet(kept.state());
      last.unpause();
      assertMadeOnce(it, it.machines, await last.result());
      assert.equal(sum(it.simulator.stats().made), 10);
      assert.isAbove(refused, 0, "no call was refused: the sequence tries nothing");
    });
}
