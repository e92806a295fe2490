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

/** A fetch that never answers, and notes when it is told to stop. */
function hanging() {
  const ended = [];
  const fetch = (_, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        ended.push(signal.reason);
        reject(signal.reason);
      });
    });
  return { fetch, ended };
}

/** A signal that counts those who listen. */
function counting() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  signal.addEventListener = (...args) => {
    listeners += 1;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args) => {
    listeners -= 1;
    removeEventListener.apply(signal, args);
  };
  return { controller, signal, listeners: () => listeners };
}

export function cases(runner) {
  const { test, skip } = runner;
  const { SnapshotClient } = runner.lib;

  test("several wait for one operation and share its polls", async () => {
    const { client, fetch } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web, { name: "n" });
    const progress = [];
    const [first, second, trackers, others] = await Promise.all([
      operation.result({ onProgress: (tracker) => progress.push(tracker) }),
      operation.result(),
      all(operation),
      all(operation.watch()),
    ]);
    assert.equal(first, second);
    assert.deepEqual(trackers, others);
    assert.deepEqual(progress, trackers.slice(1));
    const polls = fetch.calls.filter(({ url }) => url.includes("/request-tracker/"));
    assert.isAtMost(trackers.length - 1, polls.length);
    assert.equal(fetch.posts(), 1);
  });

  test("a reader that leaves ends nothing but itself; nobody waits, nothing is sent", async () => {
    const { client, fetch } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web);
    for await (const _ of operation) break;
    const calls = fetch.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.lengthOf(fetch.calls, calls);
    assert.isString((await operation.result()).id);
  });

  test("a slow reader gets the newest, and the last", async () => {
    const { client } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web);
    const reader = operation.watch();
    assert.equal(reader[Symbol.asyncIterator](), reader);
    await reader.next();
    await operation.result();
    const { value } = await reader.next();
    assert.equal(value.status, "FINISHED");
    assert.deepEqual(await reader.next(), { done: true, value: undefined });
  });

  test("return ends a read that is under way", async () => {
    const { client } = scripted(runner, [json(200, []), json(202, TRACKER), json(200, TRACKER)]);
    const reader = (await client.createSnapshot("m")).watch();
    await reader.next();
    const pending = reader.next();
    await reader.return();
    assert.deepEqual(await pending, { done: true, value: undefined });
  });

  test("refresh polls now, and gives what it saw", async () => {
    const { client, fetch } = connectAlone(runner, { polling: { initialDelayMs: 60_000 } });
    const operation = await client.createSnapshot(MACHINES.web);
    const calls = fetch.calls.length;
    const tracker = await operation.refresh();
    assert.equal(tracker, operation.tracker);
    assert.isAbove(fetch.calls.length, calls);
  });

  const inPage = "document" in globalThis ? test : skip("it is no page");
  for (const type of ["online", "visibilitychange"]) {
    inPage(`${type}: looked at once`, async () => {
      const { client } = connectAlone(runner, { polling: { initialDelayMs: 60_000, maxDelayMs: 60_000 } });
      const operation = await client.createSnapshot(MACHINES.web);
      const pending = operation.result();
      const target = type === "online" ? globalThis : document;
      while (operation.phase !== "finished") {
        target.dispatchEvent(new Event(type));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assert.isString((await pending).id);
    });
  }

  test("a time-out ends the wait, not the operation", async () => {
    const { client, finish } = held(runner);
    const operation = await client.createSnapshot("m", { name: "n" });
    const error = await refusal(runner, operation.result({ timeoutMs: 20 }), "timeout");
    assert.isTrue(error.retryable);
    assert.equal(error.state.phase, "tracking");
    assert.equal(operation.phase, "tracking");
    await refusal(runner, all(operation.watch({ timeoutMs: 0 })), "timeout");
    finish();
    assert.equal((await operation.result({ timeoutMs: Number.POSITIVE_INFINITY })).name, "n");
  });

  test("an attempt that takes too long is given up, its fetch aborted", async () => {
    const { fetch, ended } = hanging();
    const options = {
      baseUrl: "https://service.test",
      fetch,
      requestTimeoutMs: 5,
      retry: { maxAttempts: 2, initialDelayMs: 0 },
    };
    const client = new SnapshotClient(options);
    const error = await refusal(runner, client.about(), "timeout");
    assert.isTrue(error.retryable);
    assert.lengthOf(ended, 2);
  });

  test("a body that never ends is given up", async () => {
    const stalled = () =>
      new Response(new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode("[")) }));
    const { client } = scripted(runner, [stalled], { requestTimeoutMs: 5, retry: { maxAttempts: 1 } });
    await refusal(runner, client.listSnapshots("m"), "timeout");
  });

  const reasons = { "an Error": new Error("stop"), "a text": "text", null: null, "an object": { why: 1 } };
  for (const [what, reason] of Object.entries(reasons)) {
    test(`aborted before, with ${what}: nothing is sent, and that is the rejection`, async () => {
      const { client, fetch } = scripted(runner, [json(200, [])]);
      const signal = AbortSignal.abort(reason);
      assert.equal(await rejection(client.listSnapshots("m", { signal })), reason);
      assert.equal(await rejection(client.createSnapshot("m", {}, { signal })), reason);
      assert.equal(await rejection(client.listRequestTrackers({ signal })), reason);
      assert.equal(await rejection(all(client.listMachines({}, { signal }))), reason);
      assert.lengthOf(fetch.calls, 0);
    });

    test(`aborted while it sends, with ${what}: the fetch ends, nobody listens any more`, async () => {
      const { fetch, ended } = hanging();
      const client = new SnapshotClient({ baseUrl: "https://service.test", fetch });
      const { controller, signal, listeners } = counting();
      const pending = [client.listSnapshots("m", { signal }), client.about({ signal })].map(rejection);
      await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(reason);
      assert.deepEqual(await Promise.all(pending), [reason, reason]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.lengthOf(ended, 2);
      assert.equal(listeners(), 0);
    });
  }

  test("aborted while it sleeps: the operation can be waited on again", async () => {
    const { client } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web);
    const { controller, signal, listeners } = counting();
    const pending = rejection(operation.result({ signal }));
    const reading = rejection(all(operation.watch({ signal })));
    controller.abort("enough");
    assert.equal(await pending, "enough");
    assert.equal(await reading, "enough");
    assert.equal(listeners(), 0);
    assert.isString((await operation.result({ signal: counting().signal })).id);
  });

  test("a long-lived signal keeps no listener after a wait that went well", async () => {
    const { client } = connectAlone(runner);
    const { signal, listeners } = counting();
    await (await client.createSnapshot(MACHINES.web, {}, { signal })).result({ signal });
    await all(client.listMachines({}, { signal }));
    assert.equal(listeners(), 0);
  });

  test("a submit aborted after the POST has left is not sent again", async () => {
    const { fetch } = hanging();
    const controller = new AbortController();
    const { client, fetch: recorded } = scripted(runner, [
      json(200, []),
      (url, init) => {
        setTimeout(() => controller.abort("too late"), 1);
        return fetch(url, init);
      },
      json(200, []),
    ]);
    const operation = client.prepareSnapshot("m");
    assert.equal(await rejection(operation.submit({ signal: controller.signal })), "too late");
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(operation.phase, "reconciling");
    const error = await refusal(runner, operation.result(), "outcome_unknown");
    assert.equal(error.state.phase, "reconciling");
    assert.equal((await rejection(operation.submit())).code, "invalid_input");
    assert.equal(recorded.posts(), 1);
  });

  test("a submit aborted before the POST may be made again", async () => {
    const controller = new AbortController();
    const { client, fetch } = connectAlone(runner);
    const operation = client.prepareSnapshot(MACHINES.web);
    const checkpoint = () => {
      controller.abort("not yet");
      return new Promise(() => {});
    };
    assert.equal(await rejection(operation.submit({ signal: controller.signal, checkpoint })), "not yet");
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(operation.phase, "prepared");
    assert.equal(fetch.posts(), 0);
    await operation.submit();
    assert.equal(fetch.posts(), 1);
  });

  test("a hundred operations at rest have one timer, and none is left when nobody waits", async () => {
    const { setTimeout, clearTimeout } = globalThis;
    const timers = new Set();
    // The long ones: the short are those of this test.
    globalThis.setTimeout = (callback, ms) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        callback();
      }, ms);
      if (ms > 1000) timers.add(timer);
      return timer;
    };
    globalThis.clearTimeout = (timer) => {
      timers.delete(timer);
      clearTimeout(timer);
    };
    try {
      const resting = { initialDelayMs: 60_000, maxDelayMs: 60_000 };
      let asked = 0;
      const answer = () => {
        asked += 1;
        return json(200, TRACKER)();
      };
      const { client } = scripted(runner, [answer], { polling: resting });
      // One of its own for each: Node warns of a signal that more than ten listen to.
      const stops = Array.from({ length: 100 }, () => new AbortController());
      const waits = stops.map(({ signal }, place) => {
        const operation = client.track(`t${place}`, { machineId: "m", kind: "delete" });
        return operation.result({ signal });
      });
      // Each has had its first answer, and has come to rest.
      while (asked < 100) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(timers.size, 1);
      for (const stop of stops) stop.abort();
      await Promise.allSettled(waits);
      assert.equal(timers.size, 0);
    } finally {
      Object.assign(globalThis, { setTimeout, clearTimeout });
    }
  });
}
