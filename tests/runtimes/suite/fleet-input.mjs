import { assert, json, refusal, scripted } from "./bench.mjs";
import { thrown } from "./fleet-bench.mjs";

export function cases(runner) {
  const { test } = runner;

  test("what cannot be meant is refused at once, naming the place", () => {
    const { client, fetch } = scripted(runner, [json(200, [])]);
    const machines = [
      [undefined, /machines/],
      [null, /machines/],
      [7, /machines/],
      [{}, /machines/],
      ["m", /machines/],
      [["m", null], /machines\[1\]/],
      [["m", undefined], /machines\[1\]/],
      [["m", 7], /machines\[1\]/],
      [["m", ""], /machines\[1\]/],
      [["m", "."], /machines\[1\]/],
      [["m", {}], /machines\[1\]\.id/],
      [[{ id: ".." }], /machines\[0\]\.id/],
      [[{ id: 7 }], /machines\[0\]\.id/],
      [[{ id: "m", name: 7 }], /machines\[0\]\.name/],
      [[{ id: "m", deploymentId: 7 }], /machines\[0\]\.deploymentId/],
      [[{ id: "m", deployment: "d" }], /machines\[0\].*deployment/],
      [[{ id: "m", specification: { name: 7 } }], /specification\.name/],
      [["m", "n", "m"], /machines.* m /],
      [["m", { id: "m" }], /machines.* m /],
      [["m", "x".repeat(2000)].fill("m"), /machines/],
    ];
    for (const [given, place] of machines)
      assert.match(thrown(runner, () => client.createSnapshots(given)).message, place);

    const options = {
      concurrency: [0, 1001, 1.5, "5", -1, Number.NaN],
      submitsPerSecond: [0, -1, 1001, "1", Number.NaN],
      stopAfterFailures: [0, -1, 1.5, "1", Number.NaN],
      order: ["", "random", 1],
      idempotencyKey: ["", "a b", "é", 7, "k".repeat(56)],
      checkpoint: ["store", {}, 1],
      signal: [{}, "now"],
      concurency: [5],
      timeoutMs: [5],
    };
    for (const [name, values] of Object.entries(options))
      for (const value of values) {
        const { message } = thrown(runner, () => client.createSnapshots(["m"], {}, { [name]: value }));
        assert.match(message, new RegExp(`options.*${name}`), String(value));
      }
    assert.match(thrown(runner, () => client.createSnapshots(["m"], {}, 7)).message, /options/);
    assert.match(thrown(runner, () => client.createSnapshots(["m"], { name: 7 })).message, /specification/);
    assert.lengthOf(fetch.calls, 0);
  });

  test("what cannot be meant of a fleet is refused too", async () => {
    const { client, fetch } = scripted(runner, [json(200, [])]);
    const fleet = client.createSnapshots(["m"]);
    for (const revision of [-1, 1.5, "1", undefined, Number.NaN])
      assert.match(thrown(runner, () => fleet.changesSince(revision)).message, /revision/);
    for (const machine of ["n", undefined, 7, ""]) thrown(runner, () => fleet.retry(machine));
    assert.match(thrown(runner, () => fleet.retry("m")).message, /queued/);
    for (const options of [{ timeoutMs: -1 }, { timeoutMs: "1" }, { onProgress: 1 }, { patience: 1 }]) {
      await refusal(runner, fleet.result(options), "invalid_input");
      thrown(runner, () => fleet.watch(options));
    }
    assert.lengthOf(fetch.calls, 0);
  });
}
