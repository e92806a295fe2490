import { expect, MACHINES, test } from "./work/fixtures.ts";

test("a snapshot to its end", async ({ work }) => {
  const row = await work.create(MACHINES.web);
  await expect(row).toContainText("Snapshot “before-patch”");
  await expect(row.getByRole("progressbar")).toBeVisible();
  await expect(row).toContainText(/Elapsed\d:\d\d/);
  await expect(row.locator(".operation-standing")).toHaveText("Finished", { timeout: 15_000 });
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
  await expect(row).toContainText("The machine is as it was at that snapshot.", { timeout: 15_000 });
  await begin("remove");
  await expect(row).toContainText("Delete “before-upgrade”");
  await expect(row).toContainText("The snapshot has been deleted.", { timeout: 15_000 });
  expect(work.service.simulator.snapshotsOf(MACHINES.erp.id)).toHaveLength(1);
});

test("a progress that is not told is not made up", async ({ work }) => {
  await work.page.route("**/iaas/api/machines/*/snapshots?*", () => {});
  const row = await work.create(MACHINES.web);
  await expect(row).toContainText("Preparing");
  expect(await row.getByRole("progressbar").evaluate((bar: HTMLProgressElement) => bar.position)).toBe(-1);
  expect(await work.axe()).toEqual([]);
});

test("one that fails gives the service's reason, and can be tried again", async ({ work }) => {
  const row = await work.create(MACHINES.failing);
  await expect(row).toContainText("Insufficient disk space on datastore", { timeout: 15_000 });
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
  const row = await work.create({ ...MACHINES.web, name: markup }, markup);
  await expect(row.locator(".operation-standing")).toHaveText("Finished", { timeout: 15_000 });
  await expect(row.getByRole("heading")).toHaveText(markup);
  await expect(work.page.locator("img")).toHaveCount(0);
});

test("an answer that is lost: found again", async ({ work }) => {
  work.service.simulator.inject({ on: "createSnapshot", effect: "after", connection: "cut" });
  const row = await work.create(MACHINES.web);
  await expect(row.locator(".operation-standing")).toHaveText("Finished", { timeout: 20_000 });
  expect(work.made(MACHINES.web)).toBe(1);
});

test("a request that is lost: looked for, and sent only when asked", async ({ work }) => {
  work.service.simulator.inject({ on: "createSnapshot", connection: "cut" });
  const row = await work.create(MACHINES.web);
  await expect(row).toContainText("It is not known whether the snapshot was begun", { timeout: 20_000 });
  expect(await work.axe()).toEqual([]);
  await row.getByRole("button", { name: "Check its snapshots" }).click();
  await expect(row).toContainText("This machine has no snapshots now.");
  await work.reload();
  await row.getByRole("button", { name: "Look again" }).click();
  await expect(row.getByRole("button", { name: "Look again" })).toBeHidden();
  await expect(row.getByRole("button", { name: "Look again" })).toBeVisible({ timeout: 20_000 });
  expect(work.stats().calls.createSnapshot).toBe(1);
  await row.getByRole("button", { name: "Look, and submit if it is not there" }).click();
  await expect(row.locator(".operation-standing")).toHaveText("Finished", { timeout: 20_000 });
  expect(work.made(MACHINES.web)).toBe(1);
});

test("a token that ends in mid-wait loses nothing", async ({ work }) => {
  const polls = "**/iaas/api/request-tracker**";
  await work.page.route(polls, (route) => route.fulfill({ status: 401, json: { message: "expired" } }));
  const row = await work.create(MACHINES.slow);
  await expect(row).toContainText("The service does not accept the token", { timeout: 15_000 });
  await expect(row.getByRole("button", { name: "Watch again" })).toBeVisible();
  expect(await work.axe()).toEqual([]);
  await work.page.unroute(polls);
  // A new token is enough.
  await work.page.evaluate(() => window.connect("simulated-token"));
  await expect(row.locator(".operation-standing")).toHaveText("Finished", { timeout: 20_000 });
  expect(work.made(MACHINES.slow)).toBe(1);
});

test("offline, and back", async ({ work, context }) => {
  const row = await work.create(MACHINES.slow);
  await expect(row).toContainText("INPROGRESS", { timeout: 10_000 });
  await context.setOffline(true);
  await work.page.waitForTimeout(3000);
  await expect(row.getByText("Failed", { exact: true })).toBeHidden();
  await context.setOffline(false);
  await expect(row.locator(".operation-standing")).toHaveText("Finished", { timeout: 30_000 });
  expect(work.made(MACHINES.slow)).toBe(1);
});

test("watching can stop and start again", async ({ work }) => {
  const row = await work.create(MACHINES.slow);
  await row.getByRole("button", { name: "Stop watching" }).press("Enter");
  await expect(row).toContainText("The request goes on at the service.");
  await expect(row).toBeFocused();
  await row.getByRole("button", { name: "Watch again" }).press("Enter");
  await expect(row.locator(".operation-standing")).toHaveText("Finished", { timeout: 20_000 });
});

test("who is elsewhere is told by the title, once", async ({ work }) => {
  await work.page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  });
  const row = await work.create(MACHINES.web);
  await expect(row.locator(".operation-standing")).toHaveText("Finished", { timeout: 15_000 });
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
  await expect(work.page.locator("#operations .tally")).toHaveText(/under way/);
  await expect(work.page.locator("#operations .tally")).not.toHaveText(/under way/, { timeout: 60_000 });
  const told = await work.page.evaluate(() => (window as unknown as { told: string[] }).told);
  expect(told.length).toBeLessThan(40);
});
