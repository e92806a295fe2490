import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test, type Work } from "./work/fixtures.ts";

const standing = (work: Work) => work.fleet.locator(".operation-standing");
const over = /^(Over|Finished)/;

test("a fleet to its end: counts, filter, retry, left out, report", async ({ work }) => {
  const fleet = await work.begin();
  await expect(fleet.getByRole("heading")).toHaveText(/“nightly-\{machine\}” of \d+ machines/);
  await expect(standing(work)).toHaveText(over);
  await expect(fleet.getByRole("img")).toHaveAccessibleName(/\d+ finished, \d failed/);
  await expect(work.log).toContainText(/over, \d+ finished/);
  await expect(fleet.getByText(/left out before the start/)).toBeVisible();
  await expect(fleet.locator(".fleet-chart canvas")).toBeVisible();
  expect(await work.axe()).toEqual([]);

  await fleet.getByRole("button", { name: /^Failed/ }).click();
  const failing = fleet.getByRole("listitem").filter({ hasText: "failing-01" });
  await expect(failing).toContainText("Insufficient disk space");
  await expect(fleet.getByRole("listitem").filter({ hasText: "web-prod-01" })).toBeHidden();
  expect(await work.axe()).toEqual([]);
  work.service.time.hold();
  await failing.getByRole("button", { name: "Try again (failing-01)" }).click();
  await expect.poll(() => work.stats().created.a2b3c4d5e6f70819).toBe(2);
  await expect(standing(work)).not.toHaveText(over);
  work.service.time.runOn();
  await expect(standing(work)).toHaveText(over);

  const csv = await exported(work.page, "Report as CSV");
  expect(csv.name).toMatch(/^snapshots-[\d-]+\.csv$/);
  const lines = csv.text.split("\r\n");
  expect(lines[0]).toBe("machine,machineId,status,snapshotId,snapshotName,createdAt,errorCode,reason");
  expect(lines.find((line) => line.startsWith("failing-01,"))).toContain(
    'failed,,,,operation_failed,"Insufficient',
  );
  expect(lines.find((line) => line.startsWith("web-prod-01,"))).toContain(",finished,");
  expect(lines.find((line) => line.startsWith("aws-batch-01,"))).toContain(",leftOut,");
  const json = JSON.parse((await exported(work.page, "Report as JSON")).text);
  expect(json.size).toBeLessThan(json.machines.length);
  expect(json.counts.failed).toBeGreaterThan(0);

  await work.reload();
  await expect(standing(work)).toHaveText(over);
  await expect(fleet.locator(".fleet-chart canvas")).toBeVisible();
  // Also after a reload, without a client that knows it.
  work.service.time.hold();
  await fleet.getByRole("button", { name: /^Try \d+ machines? again/ }).click();
  await expect.poll(() => work.stats().created.a2b3c4d5e6f70819).toBe(3);
  await expect(standing(work)).not.toHaveText(over);
  work.service.time.runOn();
  await expect(standing(work)).toHaveText(over);
  await fleet.getByRole("button", { name: "Dismiss" }).click();
  await work.reload();
  await expect(work.page.locator("#fleets")).toBeHidden();
});

test.describe("machines with names from anybody", () => {
  const names = ["=HYPERLINK(1)", '@"quoted", and', "+1", "-1", "<img src=x onerror=alert(1)>"];
  test.use({ simulation: { speed: 40, extraMachines: names } });

  test("are text in the page and in a spreadsheet", async ({ work }) => {
    await work.page.evaluate(async (ids) => {
      const plan = await window.client.planFleet(ids.map((id) => ({ id, name: id })));
      await window.work.fleet(plan, { name: "n" }, {});
    }, names);
    await expect(standing(work)).toHaveText(over);
    await expect(work.page.locator("img")).toHaveCount(0);
    await expect(work.fleet.getByText("<img src=x onerror=alert(1)>")).toBeVisible();
    const { text } = await exported(work.page, "Report as CSV");
    expect(text).toContain("\r\n'=HYPERLINK(1),'=HYPERLINK(1),finished,");
    expect(text).toContain('\r\n"\'@""quoted"", and",');
    expect(text).toContain("\r\n'+1,'+1,");
    expect(text).toContain("\r\n'-1,'-1,");
  });
});

test.describe("paused", () => {
  test("submits no other machine, in another page too", async ({ work }) => {
    const { time } = work.service;
    time.hold();
    const fleet = await work.begin({ concurrency: 20 });
    await expect.poll(() => work.stats().calls.createSnapshot ?? 0).toBeGreaterThan(3);
    await fleet.getByRole("button", { name: "Pause submitting" }).click();
    await expect(standing(work)).toContainText("Paused");
    await expect(fleet).toContainText("No other machine is submitted.");
    expect(await work.axe()).toEqual([]);
    time.pass();
    time.runOn();
    await expect(fleet.getByRole("button", { name: /^Under way/ })).toContainText(/ 0$/);
    const { createSnapshot } = work.stats().calls;
    await work.openWithClock();
    await expect(standing(work)).toContainText("Paused");
    await expect(fleet.getByRole("button", { name: "Go on submitting" })).toBeVisible();
    for (let minute = 0; minute < 3; minute += 1) await work.page.clock.fastForward(60_000);
    expect(work.stats().calls.createSnapshot).toBe(createSnapshot);
    await fleet.getByRole("button", { name: "Go on submitting" }).click();
    await expect(standing(work)).toHaveText(over);
    for (const [machine, made] of Object.entries(work.stats().made)) expect(made, machine).toBe(1);
  });

  test("a token that ends puts it to rest, a new one takes it up", async ({ work }) => {
    const { time } = work.service;
    time.hold();
    await work.begin({ concurrency: 20 });
    await expect.poll(() => work.stats().calls.createSnapshot ?? 0).toBeGreaterThan(3);
    await work.page.route("**/iaas/api/**", (route) =>
      route.fulfill({ status: 401, json: { message: "expired" } }),
    );
    await expect(standing(work)).toContainText("At rest");
    await expect(work.fleet).toContainText("The service does not accept the token");
    expect(await work.axe()).toEqual([]);
    await work.page.unroute("**/iaas/api/**");
    time.runOn();
    await work.page.evaluate(() => window.connect("simulated-token"));
    await expect(standing(work)).toHaveText(over);
    for (const [machine, made] of Object.entries(work.stats().made)) expect(made, machine).toBe(1);
  });
});

async function exported(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}
