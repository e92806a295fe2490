import type { Fault } from "vra-snapshots/simulator";
import { expect, MACHINES, test } from "./work/fixtures.ts";

// Wherever the page is reloaded: exactly one snapshot, and the row goes on to its end.

const HELD_MS = 600_000;

test.describe("the state is stored, and", () => {
  test("the request has not left", async ({ work }) => {
    // It never gets as far as the service.
    const posts = "**/operations/snapshots*";
    await work.page.route(posts, () => {});
    const asked = work.page.waitForRequest(posts);
    await work.create(MACHINES.web);
    await asked;
    await work.page.unroute(posts);
    await work.reload();
    await work.finished(MACHINES.web);
    expect(work.stats().calls.createSnapshot).toBe(1);
    expect(work.made(MACHINES.web)).toBe(1);
  });

  const deaths: { what: string; fault: Fault }[] = [
    { what: "the request is held back", fault: { on: "createSnapshot", delayMs: HELD_MS } },
    {
      what: "the request is carried out",
      fault: { on: "createSnapshot", effect: "after", delayMs: HELD_MS },
    },
    { what: "the request is lost", fault: { on: "createSnapshot", delayMs: HELD_MS, connection: "cut" } },
  ];
  for (const { what, fault } of deaths) {
    test(what, async ({ work }) => {
      work.service.simulator.inject(fault);
      await work.create(MACHINES.web);
      await expect.poll(() => work.stats().calls.createSnapshot).toBe(1);
      await work.reload();
      await work.finished(MACHINES.web);
      expect(work.made(MACHINES.web)).toBe(1);
    });
  }
});

test("before anything is sent", async ({ work }) => {
  const lists = "**/iaas/api/machines/*/snapshots?*";
  await work.page.route(lists, () => {});
  const row = await work.create(MACHINES.web);
  await expect(row).toContainText("Preparing");
  await work.page.unroute(lists);
  await work.reload();
  await work.finished(MACHINES.web);
  expect(work.made(MACHINES.web)).toBe(1);
});

test("while it is looked for", async ({ work }) => {
  work.service.simulator.inject([
    { on: "createSnapshot", effect: "after", connection: "cut" },
    { on: "listSnapshots", nth: 2, times: 0, delayMs: HELD_MS },
  ]);
  const row = await work.create(MACHINES.web);
  await expect(row).toContainText("No readable answer, looking for it");
  work.service.simulator.clearFaults();
  await work.reload();
  await work.finished(MACHINES.web);
  expect(work.made(MACHINES.web)).toBe(1);
});

test("while the request is under way", async ({ work }) => {
  const { time } = work.service;
  time.hold();
  const row = await work.create(MACHINES.slow);
  await expect(row).toContainText("INPROGRESS");
  time.pass(1000);
  await expect(row).toContainText("50%");
  await work.reload();
  await expect(row).toContainText("50%");
  time.pass();
  await work.finished(MACHINES.slow);
  expect(work.made(MACHINES.slow)).toBe(1);
});

test("while the snapshot is looked up", async ({ work }) => {
  // Longer than the test takes, however slow the machine.
  await work.open("?settleMs=6000000");
  work.service.time.hold();
  // At the speed of forty: the first step of time ends the operation, the second lists its snapshot.
  work.service.simulator.inject({ on: "createSnapshot", operation: { listedAfterMs: 20_000_000 } });
  await work.create(MACHINES.web);
  await expect(work.row(MACHINES.web)).toContainText("INPROGRESS");
  work.service.time.pass(1_000);
  await expect(work.phase(MACHINES.web)).toHaveText("Looking up the outcome");
  await work.reload();
  await expect(work.phase(MACHINES.web)).toHaveText("Looking up the outcome");
  work.service.time.pass();
  await work.finished(MACHINES.web);
  expect(work.made(MACHINES.web)).toBe(1);
});

test("after its end: kept until it is dismissed", async ({ work }) => {
  const row = await work.create(MACHINES.web);
  await work.finished(MACHINES.web);
  await work.reload();
  await work.finished(MACHINES.web);
  await expect(row.locator("code")).toHaveText(/\w{8}/);
  await row.getByRole("button", { name: "Dismiss" }).click();
  await work.reload();
  await expect(row).toBeHidden();
});

test("a deletion and a revert", async ({ work }) => {
  await work.page.evaluate(async (machine) => {
    const [snapshot] = await window.client.listSnapshots(machine.id);
    if (snapshot) await window.work.revert(machine, snapshot);
  }, MACHINES.erp);
  await work.reload();
  await work.finished(MACHINES.erp);
  expect(work.stats().calls.revertSnapshot).toBe(1);
});

test("the service in the page is gone with it, and the row says so", async ({ work }) => {
  await work.open("?kind=simulator");
  const row = await work.create(MACHINES.slow);
  await expect(row).toContainText("INPROGRESS");
  await work.reload();
  await expect(row).toContainText("The simulated service is gone");
  expect(await work.axe()).toEqual([]);
  await row.getByRole("button", { name: "Dismiss" }).click();
  await expect(row).toBeHidden();
});

test("an operation of another service waits until the page is connected to it", async ({ work }) => {
  work.service.time.hold();
  const row = await work.create(MACHINES.slow);
  await expect(row).toContainText("INPROGRESS");
  await work.open(`?baseUrl=${encodeURIComponent(work.service.url)}`);
  await expect(row).toContainText("It belongs to this origin.");
  await expect(work.phase(MACHINES.slow)).toHaveText("Not watched");
  expect(await work.axe()).toEqual([]);
  await work.open();
  work.service.time.pass();
  await work.finished(MACHINES.slow);
  expect(work.made(MACHINES.slow)).toBe(1);
});
