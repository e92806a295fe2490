import { expect, MACHINES, test } from "./work/fixtures.ts";

// One owner of a stored state, whatever is pressed in the same tick. What nobody thought of: actions.spec.ts.

const over = /^(Over|Finished)/;

test("a reconnect and two clicks on “Go on” in one tick resume a fleet once", async ({ work }) => {
  const { time, simulator } = work.service;
  time.hold();
  await work.begin({ concurrency: 20 });
  await expect.poll(() => work.stats().calls.createSnapshot ?? 0).toBeGreaterThan(3);
  simulator.inject({ on: "any", times: 0, answer: { status: 401 } });
  const goOn = work.fleet.getByRole("button", { name: "Go on", exact: true });
  await expect(goOn).toBeVisible();
  simulator.clearFaults();
  time.runOn();
  await goOn.evaluate((button: HTMLButtonElement) => {
    window.connect("simulated-token");
    button.click();
    button.click();
    window.connect("simulated-token");
  });
  await expect(work.fleet.locator(".operation-standing")).toHaveText(over);
  const { made } = work.stats();
  expect(Object.values(made).filter((count) => count !== 1)).toEqual([]);
  expect(Object.keys(made).length).toBeGreaterThan(20);
});

test("two clicks on “Try again” after a reload make one request for each machine", async ({ work }) => {
  const { simulator } = work.service;
  simulator.inject({ on: "createSnapshot", times: 0, answer: { status: 403 } });
  await work.begin();
  await expect(work.fleet.locator(".operation-standing")).toHaveText(over);
  await work.reload();
  const retry = work.fleet.getByRole("button", { name: /^Try \d+ machines again$/ });
  await expect(retry).toBeVisible();
  simulator.clearFaults();
  const before = work.stats().calls.createSnapshot ?? 0;
  const machines = Number(/\d+/.exec((await retry.textContent()) ?? "")?.[0]);
  await retry.evaluate(async (button: HTMLButtonElement) => {
    button.click();
    button.click();
    // The lock is had by now, and the fleet is being read.
    await new Promise((resolve) => setTimeout(resolve, 3));
    button.click();
  });
  await expect.poll(() => work.stats().calls.createSnapshot ?? 0).toBeGreaterThanOrEqual(before + machines);
  await expect(work.fleet.locator(".operation-standing")).toHaveText(over);
  expect((work.stats().calls.createSnapshot ?? 0) - before).toBe(machines);
});

test("two clicks on an operation's “Try again” make one snapshot", async ({ work }) => {
  work.service.simulator.inject({ on: "createSnapshot", answer: { status: 403 } });
  const row = await work.create(MACHINES.web);
  const again = row.getByRole("button", { name: /^Try again/ });
  await expect(again).toBeVisible();
  await again.evaluate((button: HTMLButtonElement) => {
    button.click();
    button.click();
  });
  await work.finished(MACHINES.web);
  await expect(work.page.locator("#operations article")).toHaveCount(1);
  expect(work.stats().calls.createSnapshot).toBe(2);
  expect(work.made(MACHINES.web)).toBe(1);
});

test("two clicks on “Look, and submit if it is not there” send one request", async ({ work }) => {
  work.service.simulator.inject({ on: "createSnapshot", answer: { status: 502 } });
  await work.open("?settleMs=300");
  const row = await work.create(MACHINES.web);
  const again = row.getByRole("button", { name: "Look, and submit if it is not there" });
  await expect(again).toBeVisible();
  await again.evaluate((button: HTMLButtonElement) => {
    button.click();
    button.click();
  });
  await work.finished(MACHINES.web);
  expect(work.stats().calls.createSnapshot).toBe(2);
  expect(work.made(MACHINES.web)).toBe(1);
});

test("a fleet that was resumed by a click goes on after a reload, however far its state was stored", async ({
  work,
}) => {
  const { time } = work.service;
  time.hold();
  await work.begin({ concurrency: 1 });
  await expect.poll(() => work.stats().calls.createSnapshot ?? 0).toBe(1);
  // The click is stored with the state of the request before it, which was written while the fleet was paused.
  await work.page.evaluate(async () => {
    const asked = indexedDB.open("vra-snapshots");
    await new Promise((resolve) => asked.addEventListener("success", resolve));
    const change = asked.result.transaction("fleets", "readwrite");
    const read = change.objectStore("fleets").getAll();
    read.onsuccess = () => {
      const [record] = read.result;
      change
        .objectStore("fleets")
        .put({ ...record, paused: false, header: { ...record.header, paused: true } });
    };
    await new Promise((resolve) => change.addEventListener("complete", resolve));
    asked.result.close();
  });
  await work.reload();
  await expect(work.fleet.getByRole("button", { name: "Pause submitting" })).toBeVisible();
  time.pass();
  await expect.poll(() => work.stats().calls.createSnapshot ?? 0).toBeGreaterThan(1);
});

test("a machine that is tried again while the fleet's end is being stored", async ({ work }) => {
  const { simulator, time } = work.service;
  time.hold();
  simulator.inject({ on: "createSnapshot", operation: { fails: { message: "no space" } } });
  await work.page.evaluate(
    async (machines) => {
      await window.work.fleet(await window.client.planFleet(machines.map(({ id }) => id)), {}, {});
    },
    [MACHINES.web, MACHINES.erp],
  );
  await expect.poll(() => work.stats().calls.createSnapshot).toBe(2);
  // A click at the moment when the end is being stored.
  await work.page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (record, ...key) {
      if (record.standing === "over") {
        IDBObjectStore.prototype.put = put;
        const buttons = [...document.querySelectorAll<HTMLButtonElement>("#fleets button")];
        buttons.find(({ textContent }) => textContent === "Try 1 machine again")?.click();
      }
      return put.call(this, record, ...key);
    };
  });
  time.pass();
  await expect.poll(() => work.stats().calls.createSnapshot).toBe(3);
});
