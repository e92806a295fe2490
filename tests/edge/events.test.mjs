// What a fleet tells, as server-sent events: to many, from where they were cut, and no more than is needed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, begin, events, followed, named, raw, service, worker } from "./bench.mjs";
import { OPERATOR, READER } from "./worker.mjs";

const STREAMS = 40;
const machines = named(60);
const { url: serviceUrl, simulator, time } = await service({ extraMachines: machines });
const { url } = await worker(serviceUrl);
const some = (count) => machines.splice(0, count);

/** What a reader knows in the end: the machines by their places, as they were told last. */
class Reader {
  machines = new Map();
  ids = [];
  names = [];

  take({ id, event, data }) {
    this.ids.push(Number(id));
    this.names.push(event);
    this.fleet = data.fleet;
    for (const machine of data.machines) this.machines.set(machine.place, machine);
    this.changed = data.machines.length;
  }

  async readAll(stream) {
    for await (const event of stream) this.take(event);
    return this;
  }

  get known() {
    return [...this.machines.values()].sort((a, b) => a.place - b.place);
  }
}

const rising = (ids) => ids.every((id, index) => index === 0 || id > ids[index - 1]);

test(`${STREAMS} streams at once: each is told everything, in order, and ends with the fleet`, async () => {
  const { id } = await begin(url, some(20), { options: { concurrency: 4 } });
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, (_, count) =>
      events(url, id, undefined, { token: count % 2 ? READER : OPERATOR }),
    ),
  );
  const readers = await Promise.all(streams.map((stream) => new Reader().readAll(stream)));
  const report = await ask(url, `/fleets/${id}/report`);
  assert.equal(report.counts.finished, 20);
  for (const { known, fleet, ids, names } of readers) {
    assert.deepEqual(known, report.machines);
    assert.equal(fleet.standing, "over");
    assert.ok(rising(ids));
    assert.deepEqual(new Set(names.slice(0, -1)), new Set(["update"]));
    assert.equal(names.at(-1), "end");
  }
});

test("cut and opened again with Last-Event-ID: nothing is missed, and only what has changed is told", async () => {
  time.hold();
  const { id } = await begin(url, some(20), { options: { concurrency: 4 } });
  const reader = new Reader();
  let opened = 0;
  const changed = [];
  while (reader.fleet?.standing !== "over") {
    opened += 1;
    for await (const event of await events(url, id, reader.ids.at(-1))) {
      reader.take(event);
      changed.push(reader.changed);
      break;
    }
    // No more than those that are under way end before the next one is opened.
    time.pass();
  }
  assert.ok(opened > 3, `${opened} times`);
  assert.equal(changed[0], 20);
  assert.ok(
    changed.slice(1).some((count) => count < 20),
    `${changed}`,
  );
  time.runOn();
  assert.ok(rising(reader.ids));
  assert.deepEqual(reader.known, (await ask(url, `/fleets/${id}/report`)).machines);
});

test("of a fleet that is over: all of it, then that there is no more", async () => {
  const { id } = await begin(url, some(3));
  const { revision } = await followed(url, id);
  const late = await new Reader().readAll(await events(url, id));
  assert.deepEqual([late.names, late.ids, late.known.length], [["end"], [revision], 3]);
  const answer = await raw(url, {
    path: `/fleets/${id}/events`,
    headers: { "last-event-id": String(revision) },
  });
  assert.equal(answer.status, 204);
  // An id of another life: it is not taken for having been told.
  const ahead = await new Reader().readAll(await events(url, id, revision + 1_000));
  assert.equal(ahead.known.length, 3);
});

test("a reader that does not read is told at the end, at once, and holds up nobody", async () => {
  const { id } = await begin(url, some(12), { options: { concurrency: 2 } });
  const slow = await events(url, id);
  const { revision } = await followed(url, id);
  const reader = await new Reader().readAll(slow);
  assert.equal(reader.ids.at(-1), revision);
  assert.deepEqual(reader.known, (await ask(url, `/fleets/${id}/report`)).machines);
});

test("a retry is told to who comes back, and to who has stayed at the end", async () => {
  const [id0] = some(1);
  simulator.inject({ on: { call: "createSnapshot", machine: id0 }, operation: { fails: {} } });
  const { id } = await begin(url, [id0]);
  const { revision, counts } = await followed(url, id);
  assert.equal(counts.failed, 1);
  await ask(url, `/fleets/${id}/retry`, { method: "POST" });
  const reader = await new Reader().readAll(await events(url, id, revision));
  assert.equal(reader.fleet.counts.finished, 1);
});
