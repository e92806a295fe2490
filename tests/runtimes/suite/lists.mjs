import { all, assert, connect, connectAlone, json, MACHINES, refusal, scripted } from "./bench.mjs";

export function cases(runner) {
  const { test } = runner;

  test("about, without a token, and with one where there is one", async () => {
    for (const [auth, header] of [
      [undefined, null],
      ["t", "Bearer t"],
      [() => "u", "Bearer u"],
    ]) {
      const { client, fetch } = connectAlone(runner, { auth });
      const about = await client.about();
      assert.equal(about.latestApiVersion, "2021-07-15");
      assert.equal(fetch.calls[0].headers.get("authorization"), header);
      assert.notInclude(fetch.calls[0].url, "apiVersion");
    }
  });

  test("machines, a page at a time, as they are read", async () => {
    const { client, fetch } = connectAlone(runner, {}, { machines: 23 });
    const iterator = client.listMachines({ pageSize: 5 });
    assert.equal(iterator[Symbol.asyncIterator](), iterator);
    assert.lengthOf(fetch.calls, 0);
    await iterator.next();
    assert.lengthOf(fetch.calls, 1);
    const rest = await all(iterator);
    assert.lengthOf(rest, 22);
    assert.equal(new Set(rest.map(({ id }) => id)).size, 22);
    assert.lengthOf(fetch.calls, 5);
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  });

  test("machines of a server that tells no total and ignores $skip", async () => {
    const page = { content: [{ id: "a", powerState: "ON" }], numberOfElements: 1 };
    const { client, fetch } = scripted(runner, [json(200, page)]);
    assert.lengthOf(await all(client.listMachines()), 1);
    assert.lengthOf(fetch.calls, 2);
  });

  test("machines by name, with quotes in it, and a reader that leaves", async () => {
    const client = connect(runner);
    const [machine, ...others] = await all(client.listMachines({ name: "erp-db-01" }));
    assert.equal(machine.id, MACHINES.database);
    assert.lengthOf(others, 0);
    assert.lengthOf(await all(client.listMachines({ name: "O'Hara' or name eq 'erp-db-01" })), 0);
    for await (const _ of client.listMachines({ pageSize: 1 })) break;
  });

  test("an iteration that fails throws, and is over", async () => {
    const { client } = scripted(runner, [json(403, { message: "forbidden" })]);
    const iterator = client.listMachines();
    await refusal(runner, iterator.next(), "forbidden");
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  });

  test("a machine, with the fields that nobody modelled", async () => {
    const machine = {
      id: "m",
      powerState: "HIBERNATING",
      _links: { empty: false },
      somethingNew: { a: [1] },
    };
    const { client } = scripted(runner, [json(200, machine)]);
    assert.deepEqual(await client.getMachine("m"), machine);
  });

  test("snapshots, and one of them", async () => {
    const client = connect(runner);
    const snapshots = await client.listSnapshots(MACHINES.history);
    assert.lengthOf(snapshots, 5);
    for (const { id } of snapshots) {
      assert.equal((await client.getSnapshot(MACHINES.history, id)).id, id);
    }
    await refusal(runner, client.getSnapshot(MACHINES.history, "none"), "not_found");
  });

  for (const trackerPaging of ["obeyed", "ignored"]) {
    test(`request trackers: all of them, one, and one less, paging ${trackerPaging}`, async () => {
      const { client } = connectAlone(runner, {}, { trackerPaging });
      assert.deepEqual(await client.listRequestTrackers(), []);
      const { tracker } = await client.createSnapshot(MACHINES.web);
      assert.deepEqual(
        (await client.listRequestTrackers()).map(({ id }) => id),
        [tracker.id],
      );
      assert.equal((await client.getRequestTracker(tracker.id)).id, tracker.id);
      assert.isUndefined(await client.deleteRequestTracker(tracker.id));
      assert.deepEqual(await client.listRequestTrackers(), []);
      await refusal(runner, client.getRequestTracker(tracker.id), "not_found");
    });
  }

  test("ids and a path prefix reach the service as they are", async () => {
    const { client, fetch } = scripted(runner, [json(200, [])], { baseUrl: "https://service.test/proxy/a/" });
    for (const id of ["../../x", "a/b", "é", "%2e", "a?b#c", " "]) await client.listSnapshots(id);
    const names = fetch.calls.map(({ url }) => {
      const match = /^\/proxy\/a\/iaas\/api\/machines\/([^/]+)\/snapshots$/.exec(new URL(url).pathname);
      return decodeURIComponent(match[1]);
    });
    assert.deepEqual(names, ["../../x", "a/b", "é", "%2e", "a?b#c", " "]);
    assert.equal(new URL(fetch.calls[0].url).search, "?apiVersion=2021-07-15");
  });
}
