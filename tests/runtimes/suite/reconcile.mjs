import {
  assert,
  connectAlone,
  json,
  MACHINES,
  recording,
  refusal,
  rejection,
  scripted,
  TRACKER,
  text,
} from "./bench.mjs";

/** A simulated service whose POSTs of snapshots are answered as a fault says, carried out or not. */
export function faulty(runner, faults, options = {}, simulated = {}) {
  const simulator = new runner.lib.Simulator({ speed: 400, ...simulated });
  let next = 0;
  const fetch = recording(async (url, init) => {
    const isCreate = init.method === "POST" && url.includes("/operations/snapshots");
    const fault = isCreate ? faults[next++] : undefined;
    if (fault === undefined) return simulator.fetch(url, init);
    if (fault.effect) await simulator.fetch(url, { ...init, signal: undefined });
    return fault.answer();
  });
  const client = new runner.lib.SnapshotClient({
    baseUrl: "https://simulator.test",
    auth: simulator.token,
    fetch,
    retry: { initialDelayMs: 0, maxDelayMs: 0 },
    polling: { initialDelayMs: 5, maxDelayMs: 20 },
    reconcile: { settleMs: 60, intervalMs: 10 },
    ...options,
  });
  return { client, fetch, made: async () => client.listSnapshots(MACHINES.web) };
}

const lost = () => Promise.reject(new TypeError("fetch failed"));
const unavailable = text(503, "", { "retry-after": "0" });

export function cases(runner) {
  const { test } = runner;

  const carriedOut = {
    "a cut connection": lost,
    502: text(502, "<html>"),
    "503 with Retry-After": unavailable,
    408: text(408, ""),
    "HTML with 202": text(202, "<html>"),
    "an empty 202": () => new Response(null, { status: 202 }),
    "a redirect": text(307, ""),
  };
  for (const [what, answer] of Object.entries(carriedOut)) {
    for (const idempotencyKey of [undefined, "key-1"]) {
      test(`carried out, and answered by ${what}, ${idempotencyKey ?? "no key"}: found, one snapshot`, async () => {
        const { client, fetch, made } = faulty(runner, [{ effect: true, answer }]);
        const operation = await client.createSnapshot(MACHINES.web, { name: "n" }, { idempotencyKey });
        const snapshot = await operation.result();
        assert.equal(operation.phase, "finished");
        assert.equal(operation.progress, 100);
        assert.deepEqual(await made(), [snapshot]);
        assert.equal(fetch.posts(), 1);
      });
    }
    if (what === "503 with Retry-After") continue;
    test(`not carried out, and answered by ${what}: outcome_unknown, none made`, async () => {
      const { client, fetch, made } = faulty(runner, [{ effect: false, answer }]);
      const operation = client.prepareSnapshot(MACHINES.web, { name: "n" });
      const error = await refusal(runner, operation.submit(), "outcome_unknown");
      assert.equal(error.state.phase, "reconciling");
      await refusal(runner, operation.submit(), "invalid_input");
      await refusal(runner, operation.result(), "outcome_unknown");
      assert.equal(fetch.posts(), 1);
      assert.deepEqual(await made(), []);
    });
  }

  test("503 with Retry-After, not carried out: sent again once a look bears it out", async () => {
    const { client, fetch, made } = faulty(runner, [{ effect: false, answer: unavailable }]);
    const snapshot = await (await client.createSnapshot(MACHINES.web, { name: "n" })).result();
    assert.equal(fetch.posts(), 2);
    assert.deepEqual(await made(), [snapshot]);
  });

  test("503 after the effect and then 409: one snapshot, and it is found", async () => {
    const busy = json(409, { message: "busy" });
    const { client, made } = faulty(runner, [
      { effect: true, answer: unavailable },
      { effect: false, answer: busy },
    ]);
    const snapshot = await (await client.createSnapshot(MACHINES.web, { name: "n" })).result();
    assert.deepEqual(await made(), [snapshot]);
  });

  test("with a key it is looked, and then sent again", async () => {
    const { client, fetch, made } = faulty(runner, [{ effect: false, answer: lost }]);
    const operation = client.prepareSnapshot(MACHINES.web, { name: "n" }, { idempotencyKey: "k" });
    await refusal(runner, operation.submit(), "outcome_unknown");
    await operation.submit();
    const snapshot = await operation.result();
    assert.equal(snapshot.description, "[k]");
    assert.equal(fetch.posts(), 2);
    assert.deepEqual(await made(), [snapshot]);
  });

  test("the same key twice makes one snapshot, in this client and in another", async () => {
    const { client, fetch, simulator } = connectAlone(runner);
    const options = { idempotencyKey: "nightly:2026-11-23" };
    const make = async (by) =>
      (await by.createSnapshot(MACHINES.web, { description: "before" }, options)).result();
    const first = await make(client);
    assert.equal(first.description, "before [nightly:2026-11-23]");
    assert.deepEqual(await make(client), first);
    const other = new runner.lib.SnapshotClient({ baseUrl: "https://a.test", auth: simulator.token, fetch });
    assert.deepEqual(await make(other), first);
    assert.equal(fetch.posts(), 1);
  });

  test("a key that is none is refused", async () => {
    const { client, fetch } = connectAlone(runner);
    for (const idempotencyKey of ["", "a b", "é", "x".repeat(65), "a]", 7]) {
      const error = await refusal(
        runner,
        client.createSnapshot(MACHINES.web, {}, { idempotencyKey }),
        "invalid_input",
      );
      assert.match(error.message, /options\.idempotencyKey/);
    }
    assert.lengthOf(fetch.calls, 0);
  });

  test("a candidate that has lost its key is ambiguous, and nothing is sent again", async () => {
    const none = json(200, { content: [] });
    const { client, fetch } = scripted(runner, [
      json(200, []),
      lost,
      none,
      json(200, [{ id: "s", name: "n" }]),
    ]);
    const operation = client.prepareSnapshot("m", { name: "n" }, { idempotencyKey: "k" });
    const error = await refusal(runner, operation.submit(), "ambiguous_result");
    assert.deepEqual(error.candidates, [{ id: "s", name: "n" }]);
    assert.equal(fetch.posts(), 1);
  });

  test("somebody else's request is waited out, shown, and never taken for ours", async () => {
    const theirs = { ...TRACKER, id: "t9", name: "Power-off", resources: ["/iaas/api/machines/m"] };
    const { client } = scripted(runner, [
      json(200, []),
      lost,
      json(200, { content: [theirs], totalElements: 1 }),
      json(200, []),
      json(200, { content: [{ ...theirs, status: "FINISHED" }], totalElements: 1 }),
      json(200, [{ id: "s", name: "n" }]),
    ]);
    const operation = await client.createSnapshot("m", { name: "n" });
    assert.equal((await operation.result()).id, "s");
    assert.equal(operation.tracker.id, "t9");
  });

  test("a list of trackers that cannot be read is no empty list", async () => {
    const { client, fetch } = scripted(
      runner,
      [json(200, []), unavailable, text(200, " ".repeat(5000)), json(200, [])],
      { maxBodyBytes: 1000 },
    );
    await refusal(runner, client.createSnapshot("m", { name: "n" }), "outcome_unknown");
    assert.equal(fetch.posts(), 1);
  });

  test("once nothing is told to be certain, waiting again sends nothing", async () => {
    let twins = [
      { id: "a", name: "n" },
      { id: "b", name: "n" },
    ];
    const answer = (url) =>
      Response.json(new URL(url).pathname.endsWith("/request-tracker") ? { content: [] } : twins);
    const { client, fetch } = scripted(runner, [json(200, []), unavailable, answer]);
    const operation = client.prepareSnapshot("m", { name: "n" });
    const error = await refusal(runner, operation.submit(), "ambiguous_result");
    assert.equal(error.state.phase, "reconciling");
    // Now the looks would bear the refusal out: but the user has been told otherwise.
    twins = [];
    await refusal(runner, operation.result(), "outcome_unknown");
    assert.equal(fetch.posts(), 1);
  });

  test("a crash after the checkpoint, without and with a key", async () => {
    for (const idempotencyKey of [undefined, "k"]) {
      const { client, fetch, made } = faulty(runner, []);
      let state;
      const checkpoint = (at) => {
        state = JSON.parse(JSON.stringify(at));
        throw "crash";
      };
      const options = { checkpoint, idempotencyKey };
      assert.equal(await rejection(client.createSnapshot(MACHINES.web, { name: "n" }, options)), "crash");
      const resumed = client.resume(state);
      assert.equal(resumed.phase, "submitting");
      if (idempotencyKey === undefined) {
        await refusal(runner, resumed.submit(), "invalid_input");
        await refusal(runner, resumed.result(), "outcome_unknown");
        assert.equal(fetch.posts(), 0);
      } else {
        await resumed.submit();
        const snapshot = await resumed.result();
        assert.deepEqual(await made(), [snapshot]);
        assert.equal(fetch.posts(), 1);
      }
    }
  });

  test("a whole client waits when one call is told to", async () => {
    const limited = json(429, {}, { "retry-after": "2" });
    let sent = 0;
    const told = [];
    const onEvent = ({ type, delayMs }) => {
      if (type === "request") sent += 1;
      if (type === "wait" && delayMs > 0) told.push(sent);
    };
    const { client, fetch } = scripted(runner, [limited, json(200, [])], { onEvent });
    const first = client.listSnapshots("a");
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await Promise.all([first, client.listSnapshots("b"), client.listSnapshots("c")]);
    // Each of the three waited, while nothing but the one request had been sent.
    assert.deepEqual(told.slice(0, 3), [1, 1, 1]);
    assert.lengthOf(fetch.calls, 4);
  });
}
