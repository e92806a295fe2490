import { assert, connectAlone, json, MACHINES, refusal, rejection, scripted, TRACKER } from "./bench.mjs";
import { assertMadeOnce, estate, sleep, until } from "./fleet-bench.mjs";

/** A timer that goes off when a test says so; what it was told, in order. */
function manual() {
  const told = [];
  const timer = (delayMs, wake) => told.push({ delayMs, wake });
  return { timer, told, last: () => told.at(-1) };
}

/** The platform's timers, by the interface that a user's own has. */
function platform() {
  let pending;
  return (delayMs, wake) => {
    clearTimeout(pending);
    pending = delayMs === undefined ? undefined : setTimeout(wake, delayMs);
  };
}

export function cases(runner) {
  const { test } = runner;

  test("a clock that is set forward in a callback: a reader reads on, and the fleet runs to its end", async () => {
    const platforms = globalThis.setTimeout;
    let ring;
    // As the clocks of test frameworks do it: what has been set may be called at any time.
    globalThis.setTimeout = (callback, ...more) => {
      ring = callback;
      return platforms(callback, ...more);
    };
    try {
      const it = estate(runner, 40);
      const fleet = it.client.createSnapshots(it.machines, {}, { concurrency: 40 });
      const more = [];
      const onProgress = () => {
        more.push(reader.next());
        ring?.();
      };
      const reader = fleet.watch({ onProgress });
      for await (const _ of reader);
      const report = await fleet.result({ onProgress });
      assert.isTrue((await Promise.all(more)).every(({ done }) => typeof done === "boolean"));
      assertMadeOnce(it, it.machines, report);
    } finally {
      globalThis.setTimeout = platforms;
    }
  });

  test("an operation and a fleet run to their ends by a timer of the user's", async () => {
    const { client } = connectAlone(runner, { timer: platform() });
    const operation = await client.createSnapshot(MACHINES.web, { name: "n" });
    assert.equal((await operation.result()).name, "n");
    const it = estate(runner, 12, { timer: platform() });
    assertMadeOnce(it, it.machines, await it.client.createSnapshots(it.machines).result());
  });

  test("nothing is waited for but by the timer, and one wake-up each does", async () => {
    const { timer, told, last } = manual();
    const tracker = (status) => json(200, { ...TRACKER, status, resources: ["/iaas/api/machines/m"] });
    const answers = [
      json(200, []),
      json(202, TRACKER),
      tracker("INPROGRESS"),
      tracker("FINISHED"),
      json(200, [{ id: "s1" }]),
    ];
    // So long that the first poll is not due before anybody waits for it, on a machine that is busy too.
    const pause = 1_000;
    const polling = { initialDelayMs: pause, maxDelayMs: pause };
    const { client, fetch } = scripted(runner, answers, { timer, polling });
    const operation = await client.createSnapshot("m");
    const result = operation.result();
    let isOver = false;
    result.then(() => (isOver = true));
    await sleep(pause + 50);
    assert.lengthOf(fetch.calls, 2, "the poll is due, and nobody has said so");
    assert.isAtMost(last().delayMs, pause);
    last().wake();
    await until(() => fetch.calls.length === 3 && last().delayMs <= pause);
    await sleep(pause + 50);
    last().wake();
    await until(() => isOver);
    assert.equal((await result).id, "s1");
    assert.isUndefined(last().delayMs, "there is nothing more to wait for");
    assert.lengthOf(new Set(told.map(({ wake }) => wake)), 1);
  });

  test("a wake-up that comes early, late, twice, or when all is over, changes nothing", async () => {
    const { timer, last } = manual();
    const { client, fetch } = connectAlone(runner, {
      timer,
      // Long enough for the wake-ups below to be early.
      polling: { initialDelayMs: 1500, maxDelayMs: 1500 },
    });
    const operation = await client.createSnapshot(MACHINES.web);
    const result = operation.result();
    await until(() => last()?.delayMs > 20);
    const calls = fetch.calls.length;
    for (let count = 0; count < 5; count += 1) last().wake();
    await sleep(5);
    assert.lengthOf(fetch.calls, calls);
    let isOver = false;
    result.finally(() => (isOver = true));
    while (!isOver) {
      await sleep(10);
      last().wake();
      last().wake();
    }
    await result;
    last().wake();
    client.free();
    last().wake();
    await sleep(5);
  });

  test("a timer that wakes at once, from within, does not run anything twice", async () => {
    const later = platform();
    let early = 20;
    const timer = (delayMs, wake) => {
      if (delayMs !== undefined && early-- > 0) wake();
      later(delayMs, wake);
    };
    const { client, fetch } = connectAlone(runner, { timer });
    await (await client.createSnapshot(MACHINES.web)).result();
    assert.equal(fetch.posts(), 1);
    assert.isBelow(early, 1);
  });

  test("the time limits of attempts and waits are the timer's too", async () => {
    const { client } = scripted(runner, [() => new Promise(() => {})], {
      timer: platform(),
      requestTimeoutMs: 5,
      retry: { maxAttempts: 1 },
    });
    await refusal(runner, client.listSnapshots("m"), "timeout");
    const operation = client.track("t", { machineId: "m" });
    await refusal(runner, operation.result({ timeoutMs: 5 }), "timeout");
  });

  test("what a timer throws is told, and ends nothing", async () => {
    const { console: platformConsole } = globalThis;
    const told = [];
    globalThis.console = { ...platformConsole, error: (reason) => told.push(reason) };
    try {
      const timer = () => {
        throw new Error("no timer today");
      };
      const { client } = scripted(runner, [json(200, [])], { timer });
      assert.deepEqual(await client.listSnapshots("m"), []);
    } finally {
      globalThis.console = platformConsole;
    }
    assert.isAtLeast(told.length, 1);
    assert.equal(told[0].message, "no timer today");
  });

  test("a timer that is no function is refused", async () => {
    const error = await rejection(Promise.resolve().then(() => scripted(runner, [], { timer: 5 })));
    assert.equal(error.code, "invalid_input");
    assert.include(error.message, "options.timer");
  });
}
