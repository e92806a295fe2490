import { expect, MACHINES, test } from "./work/fixtures.ts";

test("a snapshot to its end", async ({ work }) => {
  const { time } = work.service;
  time.hold();
  const row = await work.create(MACHINES.web);
  const bar = row.getByRole("progressbar", { name: "Snapshot “before-patch”" });
  await expect(work.phase(MACHINES.web)).toHaveText("Under way");
  // Of a service whose time stands still.
  await expect(bar).toHaveJSProperty("value", 0);
  await expect(row).toContainText(/Elapsed\d:\d\d/);
  // Two thirds of the eight seconds that it takes, forty times as fast.
  time.pass(133);
  await expect(bar).toHaveJSProperty("value", 66);
  await expect(row).toContainText("66%");
  await expect(row).toContainText(/\d s left/);
  await expect(row).toContainText("Creating the snapshot");
  expect(await work.axe()).toEqual([]);
  time.pass();
  await work.finished(MACHINES.web);
  await expect(row.locator(".snapshot-name")).toHaveText("before-patch");
  await expect(row.locator("code")).toHaveText(/\w{8}/);
  await expect(work.log).toContainText("Snapshot of web-prod-01 accepted");
  await expect(work.log).toContainText("Snapshot of web-prod-01 finished");
  expect(await work.axe()).toEqual([]);
  await row.getByRole("button", { name: "Dismiss" }).press("Enter");
  await expect(row).toBeHidden();
  await expect(work.page.getByRole("heading", { name: "Operations" })).toBeFocused();
  await work.reload();
  await expect(work.page.getByText("Nothing under way")).toBeVisible();
});

test("a revert and a deletion", async ({ work }) => {
  const begin = (kind: "revert" | "remove") =>
    work.page.evaluate(
      async ([machine, asked]) => {
        const [snapshot] = await window.client.listSnapshots(machine.id);
        if (snapshot) await window.work[asked](machine, snapshot);
      },
      [MACHINES.erp, kind] as const,
    );
  await begin("revert");
  const row = work.row(MACHINES.erp);
  await expect(row).toContainText("Revert to “before-upgrade”");
  await expect(row).toContainText("The machine is as it was at that snapshot.");
  await begin("remove");
  await expect(row).toContainText("Delete “before-upgrade”");
  await expect(row).toContainText("The snapshot has been deleted.");
  expect(work.service.simulator.snapshotsOf(MACHINES.erp.id)).toHaveLength(1);
});

test("a progress that is not told is not made up", async ({ work }) => {
  await work.page.route("**/iaas/api/machines/*/snapshots?*", () => {});
  const row = await work.create(MACHINES.web);
  await expect(row).toContainText("Preparing");
  await expect(row.getByRole("progressbar")).toHaveJSProperty("position", -1);
  expect(await work.axe()).toEqual([]);
});

test("one that fails gives the service's reason, and can be tried again", async ({ work }) => {
  const row = await work.create(MACHINES.failing);
  await expect(row).toContainText("Insufficient disk space on datastore");
  await expect(row).toContainText("FAILED");
  await expect(work.log).toContainText("Insufficient disk space");
  expect(await work.axe()).toEqual([]);
  await row.getByRole("button", { name: "Try again" }).click();
  await expect(work.page.locator("#operations article")).toHaveCount(1);
  await expect.poll(() => work.stats().created[MACHINES.failing.id]).toBe(2);
});

test("refused: nothing was begun", async ({ work }) => {
  const row = await work.create(MACHINES.denied);
  await expect(row).toContainText("Not begun");
  await expect(row).toContainText("The service says: “");
  await expect(row).toContainText("Nothing was begun.");
  await expect(row.getByRole("progressbar")).toBeHidden();
  expect(await work.axe()).toEqual([]);
});

test("markup from the service is text", async ({ work }) => {
  const markup = "<img src=x onerror=alert(1)>";
  const machine = { ...MACHINES.web, name: markup };
  const row = await work.create(machine, markup);
  await work.finished(machine);
  await expect(row.getByRole("heading")).toHaveText(markup);
  await expect(work.page.locator("img")).toHaveCount(0);
});

test("an answer that is lost: found again", async ({ work }) => {
  work.service.simulator.inject({ on: "createSnapshot", effect: "after", connection: "cut" });
  await work.create(MACHINES.web);
  await work.finished(MACHINES.web);
  expect(work.made(MACHINES.web)).toBe(1);
});

test("a request that is lost: looked for, and sent only when asked", async ({ work }) => {
  work.service.simulator.inject({ on: "createSnapshot", connection: "cut" });
  await work.open("?settleMs=300");
  const row = await work.create(MACHINES.web);
  await expect(row).toContainText("It is not known whether the snapshot was begun");
  expect(await work.axe()).toEqual([]);
  await row.getByRole("button", { name: "Check its snapshots" }).click();
  await expect(row).toContainText("This machine has no snapshots now.");
  await work.reload();
  // Held back, so that it is seen how it looks.
  const lists = "**/iaas/api/machines/*/snapshots?*";
  const { promise: released, resolve: release } = promiseWithResolvers();
  await work.page.route(lists, async (route) => {
    await released;
    await route.fallback();
  });
  await row.getByRole("button", { name: "Look again" }).click();
  await expect(row.getByRole("button", { name: "Look again" })).toBeHidden();
  release();
  await expect(row.getByRole("button", { name: "Look again" })).toBeVisible();
  expect(work.stats().calls.createSnapshot).toBe(1);
  await row.getByRole("button", { name: "Look, and submit if it is not there" }).click();
  await work.finished(MACHINES.web);
  expect(work.made(MACHINES.web)).toBe(1);
});

test("a token that ends in mid-wait loses nothing", async ({ work }) => {
  work.service.time.hold();
  const polls = "**/iaas/api/request-tracker**";
  await work.page.route(polls, (route) => route.fulfill({ status: 401, json: { message: "expired" } }));
  const row = await work.create(MACHINES.slow);
  await expect(row).toContainText("The service does not accept the token");
  await expect(row.getByRole("button", { name: "Watch again" })).toBeVisible();
  expect(await work.axe()).toEqual([]);
  await work.page.unroute(polls);
  // A new token is enough.
  await work.page.evaluate(() => window.connect("simulated-token"));
  await expect(row.getByRole("button", { name: "Stop watching" })).toBeVisible();
  work.service.time.pass();
  await work.finished(MACHINES.slow);
  expect(work.made(MACHINES.slow)).toBe(1);
});

test("offline, and back", async ({ work, context }) => {
  const { page, service } = work;
  service.time.hold();
  const row = await work.create(MACHINES.slow);
  await expect(row).toContainText("INPROGRESS");
  const failed = page.waitForEvent("requestfailed");
  await context.setOffline(true);
  await failed;
  // A poll that was lost is sent again, and lost again.
  await page.waitForEvent("requestfailed");
  await expect(work.phase(MACHINES.slow)).toHaveText("Under way");
  await context.setOffline(false);
  service.time.pass();
  await work.finished(MACHINES.slow);
  expect(work.made(MACHINES.slow)).toBe(1);
});

test("watching can stop and start again", async ({ work }) => {
  const { page, service } = work;
  service.time.hold();
  await work.openWithClock();
  const row = await work.create(MACHINES.slow);
  await row.getByRole("button", { name: "Stop watching" }).press("Enter");
  await expect(work.phase(MACHINES.slow)).toHaveText("Not watched");
  await expect(row).toContainText("The request goes on at the service.");
  await expect(row).toBeFocused();
  let polls = 0;
  page.on("request", (request) => {
    if (request.url().includes("request-tracker")) polls += 1;
  });
  for (let minute = 0; minute < 3; minute += 1) await page.clock.fastForward(60_000);
  expect(polls).toBe(0);
  service.time.pass();
  await row.getByRole("button", { name: "Watch again" }).press("Enter");
  await work.finished(MACHINES.slow);
  expect(polls).toBeGreaterThan(0);
});

test("who is elsewhere is told by the title, once", async ({ work }) => {
  await work.page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  });
  await work.create(MACHINES.web);
  await work.finished(MACHINES.web);
  await expect(work.page).toHaveTitle(/^● Snapshot of web-prod-01 finished/);
  await work.page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(work.page).not.toHaveTitle(/●/);
});

test("notifications are asked for by the switch only", async ({ work, context }) => {
  const notify = work.page.getByRole("switch", { name: "Notify me when something ends" });
  await expect(notify).not.toBeChecked();
  await context.grantPermissions(["notifications"]);
  await work.page.evaluate(() => {
    Notification.requestPermission = async () => "granted";
  });
  await notify.check();
  await expect(notify).toBeChecked();
  await work.page.evaluate(() => {
    Notification.requestPermission = async () => "denied";
  });
  await notify.uncheck();
  await notify.click();
  await expect(notify).not.toBeChecked();
  await expect(work.page.getByText("does not allow notifications")).toBeVisible();
});

test("what is announced of many is no flood", async ({ work }) => {
  // The page's time passes by the test's steps, so that what comes together does so on a slow machine too.
  await work.openWithClock();
  await work.time.pause();
  work.service.time.hold();
  await work.page.evaluate(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const node of addedNodes) told.push(node.textContent ?? "");
    }).observe(document.querySelector("#announcements") as Node, { childList: true });
  });
  await work.page.evaluate(async () => {
    let begun = 0;
    for await (const { id, name = id, powerState } of window.client.listMachines({
      filter: "powerState eq 'ON'",
    })) {
      void window.work.create({ id, name, powerState }, { name: "many" }).catch(() => {});
      begun += 1;
      if (begun === 25) break;
    }
  });
  await expect(work.page.locator("#operations article")).toHaveCount(25);
  await expect.poll(() => work.stats().calls.createSnapshot).toBe(25);
  work.service.time.pass();
  await work.time.passUntil(work.page.locator("#operations .tally", { hasNotText: "under way" }));
  const told = await work.page.evaluate(() => (window as unknown as { told: string[] }).told);
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(20);
});

/** As `Promise.withResolvers`, which Node.js 20 has not. */
function promiseWithResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
