// What the README promises under "What happens when ...": the titles are its lines, and a test holds them to each other.
import {
  assert,
  connectAlone,
  held,
  json,
  MACHINES,
  refusal,
  rejection,
  scripted,
  TRACKER,
  text,
} from "./bench.mjs";
import { faulty } from "./reconcile.mjs";

const lost = () => Promise.reject(new TypeError("fetch failed"));
const stored = (operation) => JSON.parse(JSON.stringify(operation));
const FINISHED = { ...TRACKER, status: "FINISHED" };

/** By the line of the README. */
export const promises = {
  "the answer is lost after the service has begun": async (runner) => {
    const { client, fetch, made } = faulty(runner, [{ effect: true, answer: lost }]);
    const snapshot = await (await client.createSnapshot(MACHINES.web, { name: "n" })).result();
    assert.deepEqual(await made(), [snapshot]);
    assert.equal(fetch.posts(), 1);
  },
  "the request is lost before the service sees it": async (runner) => {
    const { client, fetch, made } = faulty(runner, [{ effect: false, answer: lost }]);
    await refusal(runner, client.createSnapshot(MACHINES.web, { name: "n" }), "outcome_unknown");
    assert.equal(fetch.posts(), 1);
    assert.deepEqual(await made(), []);
  },
  "a proxy answers for the service, with 502 or a page of HTML": async (runner) => {
    for (const answer of [text(502, "<html>"), text(202, "<html>")]) {
      const { client, made } = faulty(runner, [{ effect: true, answer }]);
      const snapshot = await (await client.createSnapshot(MACHINES.web, { name: "n" })).result();
      assert.deepEqual(await made(), [snapshot]);
    }
  },
  "the same idempotency key is used again": async (runner) => {
    const { client, fetch } = connectAlone(runner);
    const make = async () =>
      (await client.createSnapshot(MACHINES.web, {}, { idempotencyKey: "nightly" })).result();
    assert.deepEqual(await make(), await make());
    assert.equal(fetch.posts(), 1);
  },
  "the tab reloads during the wait": async (runner) => {
    const { client, fetch } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web, { name: "n" });
    assert.equal((await client.resume(stored(operation)).result()).name, "n");
    assert.equal(fetch.posts(), 1);
  },
  "the tab dies between the checkpoint and the answer": async (runner) => {
    const { client, made } = faulty(runner, []);
    let state;
    await client.createSnapshot(MACHINES.web, { name: "n" }, { checkpoint: (at) => (state = stored(at)) });
    const snapshot = await client.resume(state).result();
    assert.deepEqual(await made(), [snapshot]);
  },
  "a state is resumed while another object of the process drives it": async (runner) => {
    const { client, simulator } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web, { name: "n" });
    const pending = operation.result();
    await refusal(runner, (async () => client.resume(stored(operation)))(), "invalid_input");
    await pending;
    assert.equal(simulator.stats().made[MACHINES.web], 1);
  },
  "the token runs out during the wait": async (runner) => {
    let token = "simulated-token";
    const { client, fetch } = connectAlone(runner, { auth: () => token });
    const operation = await client.createSnapshot(MACHINES.web);
    token = "expired";
    const renewing = connectAlone(runner, {
      auth: (stale) => (stale === undefined ? "expired" : "simulated-token"),
      fetch,
    });
    assert.isString((await renewing.client.resume(stored(operation)).result()).id);
  },
  "the service is gone for a while": async (runner) => {
    const outage = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? lost : text(503, "")));
    const answers = [
      json(200, []),
      json(202, TRACKER),
      ...outage,
      json(200, FINISHED),
      json(200, [{ id: "s" }]),
    ];
    const { client } = scripted(runner, answers);
    assert.equal((await (await client.createSnapshot("m")).result()).id, "s");
  },
  "a gateway answers 404 for want of a handler, as it does under load": async (runner) => {
    const noHandler = { timestamp: "2026-03-01T08:00:00Z", path: "/iaas", status: 404, error: "Not Found" };
    const gateway = Array(2).fill(json(404, noHandler));
    const { client, fetch } = scripted(runner, [
      ...gateway,
      json(200, []),
      ...gateway,
      json(202, TRACKER),
      ...gateway,
      json(200, FINISHED),
      ...gateway,
      json(200, [{ id: "s" }]),
    ]);
    assert.equal((await (await client.createSnapshot("m")).result()).id, "s");
    assert.equal(fetch.posts(), 3);
  },
  "the request tracker is gone": async (runner) => {
    const { client } = scripted(runner, [
      json(200, []),
      json(202, TRACKER),
      json(404, {}),
      json(200, { content: [] }),
      json(200, [{ id: "s" }]),
    ]);
    assert.equal((await (await client.createSnapshot("m")).result()).id, "s");
  },
  "the service asks to slow down": async (runner) => {
    const slow = json(429, {}, { "retry-after": "0" });
    const { client, fetch } = scripted(runner, [json(200, []), slow, json(202, TRACKER)]);
    await client.createSnapshot("m");
    assert.equal(fetch.posts(), 2);
  },
  "the machine is busy": async (runner) => {
    const { client } = connectAlone(runner);
    const error = await refusal(runner, client.createSnapshot(MACHINES.busy), "conflict");
    assert.isString(error.service.message);
  },
  "the service tries and fails": async (runner) => {
    const { client } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.failing);
    const error = await refusal(runner, operation.result(), "operation_failed");
    assert.include(error.message, error.tracker.message);
  },
  "the wait takes too long": async (runner) => {
    const { client, finish } = held(runner);
    const operation = await client.createSnapshot("m");
    const error = await refusal(runner, operation.result({ timeoutMs: 10 }), "timeout");
    assert.equal(error.state.phase, "tracking");
    finish();
    assert.isString((await operation.result()).id);
  },
  "the user aborts while the request is on its way": async (runner) => {
    const controller = new AbortController();
    const abort = () => {
      controller.abort("enough");
      return lost();
    };
    const { client, made } = faulty(runner, [{ effect: true, answer: abort }]);
    const operation = client.prepareSnapshot(MACHINES.web, { name: "n" });
    assert.equal(await rejection(operation.submit({ signal: controller.signal })), "enough");
    const snapshot = await operation.result();
    assert.deepEqual(await made(), [snapshot]);
  },
  "two new snapshots bear the name": async (runner) => {
    const twins = [
      { id: "a", name: "n" },
      { id: "b", name: "n" },
    ];
    const { client } = scripted(runner, [json(200, []), json(202, FINISHED), json(200, twins)]);
    const error = await refusal(
      runner,
      (await client.createSnapshot("m", { name: "n" })).result(),
      "ambiguous_result",
    );
    assert.deepEqual(error.candidates, twins);
  },
};

export function cases(runner) {
  for (const [line, keep] of Object.entries(promises)) runner.test(line, () => keep(runner));
}
