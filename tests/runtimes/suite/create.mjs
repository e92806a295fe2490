import {
  all,
  assert,
  connect,
  connectAlone,
  json,
  MACHINES,
  rejection,
  scripted,
  TRACKER,
} from "./bench.mjs";

export function cases(runner) {
  const { test } = runner;

  test("create, track, resolve, over HTTP", async () => {
    const client = connect(runner);
    const operation = await client.createSnapshot(MACHINES.web, { name: "over http", description: "one" });
    assert.equal(operation.kind, "create");
    assert.equal(operation.machineId, MACHINES.web);
    assert.equal(operation.phase, "tracking");
    assert.isUndefined(operation.snapshot);
    const percents = [];
    for await (const tracker of operation) {
      assert.include(["INPROGRESS", "FINISHED"], tracker.status);
      percents.push(operation.progress);
    }
    assert.deepEqual(percents, percents.toSorted?.((a, b) => a - b) ?? [...percents].sort((a, b) => a - b));
    const snapshot = await operation.result();
    assert.equal(snapshot.name, "over http");
    assert.equal(snapshot.description, "one");
    assert.equal(operation.phase, "finished");
    assert.equal(operation.progress, 100);
    assert.equal(operation.tracker.status, "FINISHED");
    assert.equal(operation.snapshot, snapshot);
    assert.isUndefined(operation.error);
    assert.deepInclude(await client.listSnapshots(MACHINES.web), snapshot);
  });

  test("one POST, with what the description requires", async () => {
    const { client, fetch } = connectAlone(runner, {}, { strictBodies: true });
    const specification = { name: "n", snapshotMemory: false, customProperties: { b: "2", a: "1" } };
    await (await client.createSnapshot(MACHINES.web, specification)).result();
    const posts = fetch.calls.filter(({ method }) => method === "POST");
    assert.lengthOf(posts, 1);
    const [{ body, headers }] = posts;
    assert.deepEqual(JSON.parse(body), { id: MACHINES.web, _links: {}, ...specification });
    assert.equal(headers.get("content-type"), "application/json");
  });

  test("one POST, with what the user gave and no more", async () => {
    const { client, fetch } = connectAlone(runner, { body: "minimal" });
    await client.createSnapshot(MACHINES.web, { name: "n" });
    await client.createSnapshot(MACHINES.files);
    const posts = fetch.calls.filter(({ method }) => method === "POST");
    assert.deepEqual(
      posts.map(({ body }) => JSON.parse(body)),
      [{ name: "n" }, {}],
    );
  });

  test("prepared: nothing is sent before submit, and only once", async () => {
    const { client, fetch } = connectAlone(runner);
    const operation = client.prepareSnapshot(MACHINES.web, { name: "n" });
    assert.equal(operation.phase, "prepared");
    assert.equal((await rejection(operation.result())).code, "invalid_input");
    assert.equal((await rejection(all(operation))).code, "invalid_input");
    assert.equal((await rejection(operation.refresh())).code, "invalid_input");
    assert.lengthOf(fetch.calls, 0);
    const twice = await Promise.allSettled([operation.submit(), operation.submit()]);
    assert.deepEqual(
      twice.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
    assert.equal(twice[1].reason.code, "invalid_input");
    await operation.result();
    assert.equal((await rejection(operation.submit())).code, "invalid_input");
    assert.equal(fetch.posts(), 1);
  });

  test("checkpoint: awaited before the POST, with a state that can be stored", async () => {
    const { client, fetch } = connectAlone(runner);
    const states = [];
    const checkpoint = async (state) => {
      assert.equal(fetch.posts(), 0);
      await new Promise((resolve) => setTimeout(resolve, 1));
      assert.equal(fetch.posts(), 0);
      states.push(state);
    };
    const operation = await client.createSnapshot(MACHINES.web, { name: "n" }, { checkpoint });
    assert.lengthOf(states, 1);
    assert.equal(states[0].phase, "submitting");
    assert.equal(states[0].id, operation.id);
    assert.equal(states[0].baseUrl, "https://simulator.test");
    assert.deepEqual(JSON.parse(JSON.stringify(states[0])), states[0]);
  });

  for (const [how, checkpoint] of Object.entries({
    throws: () => {
      throw "the disk is full";
    },
    rejects: async () => {
      throw "the disk is full";
    },
  })) {
    test(`checkpoint that ${how}: nothing is sent, and it can be submitted again`, async () => {
      const { client, fetch } = connectAlone(runner);
      assert.equal(
        await rejection(client.createSnapshot(MACHINES.web, {}, { checkpoint })),
        "the disk is full",
      );
      const operation = client.prepareSnapshot(MACHINES.web, {}, { checkpoint });
      assert.equal(await rejection(operation.submit()), "the disk is full");
      assert.equal(operation.phase, "prepared");
      assert.equal(fetch.posts(), 0);
      await operation.submit({ checkpoint: () => {} });
      assert.equal(fetch.posts(), 1);
    });
  }

  test("many at once, each its own snapshot", async () => {
    const { client, fetch } = connectAlone(runner);
    const machines = [MACHINES.web, MACHINES.files, MACHINES.database, MACHINES.cloud];
    const snapshots = await Promise.all(
      machines.map(async (machine) =>
        (await client.createSnapshot(machine, { name: `of ${machine}` })).result(),
      ),
    );
    assert.deepEqual(
      snapshots.map(({ name }) => name),
      machines.map((machine) => `of ${machine}`),
    );
    assert.equal(fetch.posts(), 4);
  });

  test("FINISHED is finished whatever progress says, and a late list is waited for", async () => {
    const finished = { ...TRACKER, status: "FINISHED", progress: 90, message: "In Progress" };
    const { client } = scripted(
      runner,
      [json(200, []), json(202, finished), json(200, []), json(200, [{ id: "s1", name: "n", _links: {} }])],
      { polling: { initialDelayMs: 0, maxDelayMs: 0 } },
    );
    const operation = await client.createSnapshot("m", { name: "n" });
    assert.equal(operation.phase, "resolving");
    assert.equal((await operation.result()).id, "s1");
    assert.equal(operation.progress, 100);
  });
}
