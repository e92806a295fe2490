import { ServiceTime } from "../../service-time.mjs";
import { assert, refusal, rejection, scripted } from "./bench.mjs";
import { assertMadeOnce, estate, named, sleep, sum, trackerPolls, until } from "./fleet-bench.mjs";

/** After so many single polls of each an operation ends, where no list of trackers was asked for. */
const SINGLE_POLLS = 20;
/** A list that takes longer to be answered than lists are apart, twice this, leaves polls to be sent singly. */
const PATIENT = { initialDelayMs: 250, maxDelayMs: 250 };

/**
 * An estate whose time passes by what is asked of it, so that counts of calls do not depend on how fast the machine is: an
 * operation, of eight seconds, ends after three lists of trackers, or after as many single polls.
 */
function estateByCalls(runner, count) {
  const time = new ServiceTime();
  time.hold();
  const before = ({ url, method }) => {
    const { pathname } = new URL(url);
    if (method !== "GET" || !pathname.includes("/request-tracker")) return;
    time.pass(pathname.endsWith("/request-tracker") ? 3_000 : 8_000 / (SINGLE_POLLS * count));
  };
  return estate(runner, count, { before, polling: PATIENT, simulated: { now: time.now, speed: 1 } });
}

export function cases(runner) {
  const { test } = runner;

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
    const time = new ServiceTime();
    time.hold();
    const it = estate(runner, 6, { auth: () => (isOver ? "expired" : token), simulated: { now: time.now } });
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
    time.runOn();
    assertMadeOnce(it, it.machines, await fleet.result());
    assert.lengthOf(new Set(it.posts()), 6);
  });

  test("sixty machines are polled by lists, and hardly any singly", async () => {
    const it = estateByCalls(runner, 60);
    const report = await it.client.createSnapshots(it.machines, {}, { concurrency: 60 }).result();
    assertMadeOnce(it, it.machines, report);
    const { single, lists } = trackerPolls(it.fetch);
    assert.isAbove(lists, 1);
    assert.isBelow(single, (60 * SINGLE_POLLS) / 2);
  });

  test("a hundred single operations share lists too", async () => {
    const it = estateByCalls(runner, 100);
    const results = it.machines.map(async (machine) => (await it.client.createSnapshot(machine)).result());
    assert.lengthOf(new Set((await Promise.all(results)).map(({ id }) => id)), 100);
    const { single, lists } = trackerPolls(it.fetch);
    assert.isAbove(lists, 1);
    assert.isBelow(single, (100 * SINGLE_POLLS) / 2);
  });

  test("refresh polls singly, at once, however many others wait for a list", async () => {
    const resting = { initialDelayMs: 60_000, maxDelayMs: 60_000 };
    const it = estate(runner, 9, { polling: resting, simulated: { speed: 1 } });
    const operations = await Promise.all(it.machines.map((machine) => it.client.createSnapshot(machine)));
    const stop = new AbortController();
    const waits = operations.map((operation) => rejection(operation.result({ signal: stop.signal })));
    await sleep(5);
    for (const operation of [operations[3], operations[8]]) {
      const calls = it.fetch.calls.length;
      const tracker = await operation.refresh();
      assert.equal(tracker, operation.tracker);
      const paths = it.fetch.calls.slice(calls).map(({ url }) => new URL(url).pathname);
      assert.include(paths, `/iaas/api/request-tracker/${tracker.id}`);
    }
    stop.abort();
    await Promise.all(waits);
  });

  test("two hundred machines, all of them at once: no more than 64 requests are open", async () => {
    let open = 0;
    let most = 0;
    const { Simulator } = runner.lib;
    const machines = named(200);
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
    const report = await client.createSnapshots(machines, {}, { concurrency: 200 }).result();
    assert.equal(report.counts.finished, 200);
    assert.equal(sum(simulator.stats().made), 200);
    assert.equal(most, 64);
    assert.equal(open, 0);
  });
}
