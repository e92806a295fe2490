import { ServiceTime } from "../../service-time.mjs";
import { assert, connectAlone, json, MACHINES, scripted, text } from "./bench.mjs";

/** What `console.error` is told while this runs. */
async function complaints(body) {
  const told = [];
  const { error } = console;
  console.error = (...args) => told.push(args[0]);
  try {
    await body();
  } finally {
    console.error = error;
  }
  return told;
}

export function cases(runner) {
  const { test } = runner;

  test("what happens is told, in order", async () => {
    const events = [];
    const { client } = scripted(
      runner,
      [text(503, ""), () => Promise.reject(new TypeError("x")), json(200, [])],
      { onEvent: (event) => events.push(event) },
    );
    await client.listSnapshots("m");
    assert.deepEqual(
      events.filter(({ type }) => type !== "wait").map(({ type, attempt }) => `${type} ${attempt}`),
      ["request 1", "response 1", "retry 2", "request 2", "response 2", "retry 3", "request 3", "response 3"],
    );
    const [first, second, third] = events.filter(({ type }) => type === "response");
    assert.equal(first.status, 503);
    assert.equal(second.failure, "network");
    assert.equal(third.status, 200);
    assert.isAtLeast(third.durationMs, 0);
    assert.equal(third.method, "GET");
    assert.equal(third.path, "/iaas/api/machines/m/snapshots");
  });

  test("a renewal and a wait are told", async () => {
    const types = new Set();
    // The operation is under way until a wait for it has been told.
    const time = new ServiceTime();
    time.hold();
    const auth = (stale) => (stale === undefined ? "expired" : "simulated-token");
    const onEvent = ({ type }) => {
      types.add(type);
      if (type === "wait") time.pass();
    };
    const { client } = connectAlone(runner, { auth, onEvent }, { now: time.now });
    await (await client.createSnapshot(MACHINES.web)).result();
    assert.sameMembers([...types], ["request", "response", "renewal", "wait"]);
  });

  test("callbacks that throw change no outcome", async () => {
    const told = await complaints(async () => {
      const { client } = connectAlone(runner, {
        onEvent: () => {
          throw "from onEvent";
        },
      });
      const operation = await client.createSnapshot(MACHINES.web);
      const onProgress = () => {
        throw "from onProgress";
      };
      assert.isString((await operation.result({ onProgress })).id);
    });
    assert.include(told, "from onEvent");
    assert.include(told, "from onProgress");
  });

  test("methods may be called from callbacks", async () => {
    const { client } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web);
    const onProgress = () => {
      JSON.stringify(operation);
      operation.refresh().catch(() => {});
      assert.isString(operation.phase);
    };
    assert.isString((await operation.result({ onProgress })).id);
  });

  test("a freed object throws; what it began settles", async () => {
    const { client } = connectAlone(runner);
    const operation = await client.createSnapshot(MACHINES.web);
    const pending = operation.result();
    operation.free();
    client.free();
    assert.throws(() => operation.phase);
    assert.throws(() => client.about());
    assert.isString((await pending).id);
  });
}
