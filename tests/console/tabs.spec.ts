import { expect, MACHINES, test, Work } from "./work/fixtures.ts";

test("one tab drives, the other shows it, and takes over when the first closes", async ({
  work,
  context,
}) => {
  const second = new Work(await context.newPage(), work.service);
  const { time } = work.service;
  time.hold();
  const row = await work.create(MACHINES.slow);
  await expect(row).toContainText("INPROGRESS");
  const asked = { first: 0, second: 0 };
  work.page.on("request", (request) => {
    if (request.url().includes("request-tracker")) asked.first += 1;
  });
  second.page.on("request", (request) => {
    if (request.url().includes("request-tracker")) asked.second += 1;
  });
  await second.open();
  const shown = second.row(MACHINES.slow);
  await expect(shown).toContainText("Another tab of this browser watches it");
  await expect(shown.getByRole("button", { name: "Stop watching" })).toBeHidden();
  time.pass(1000);
  await expect(shown).toContainText("50%");
  expect(await second.axe()).toEqual([]);
  expect(asked.first).toBeGreaterThan(0);
  expect(asked.second).toBe(0);

  await work.page.close();
  await expect(shown).not.toContainText("Another tab");
  time.pass();
  await second.finished(MACHINES.slow);
  expect(asked.second).toBeGreaterThan(0);
  expect(work.made(MACHINES.slow)).toBe(1);
  expect(second.wrong).toEqual([]);
});

test("what one tab begins, ends and dismisses the other shows", async ({ work, context }) => {
  const second = new Work(await context.newPage(), work.service);
  await second.open();
  work.service.time.hold();
  const row = await work.create(MACHINES.web);
  const shown = second.row(MACHINES.web);
  await expect(shown).toContainText("Another tab of this browser watches it");
  await expect(shown).toContainText("INPROGRESS");
  work.service.time.pass();
  await work.finished(MACHINES.web);
  await second.finished(MACHINES.web);
  await expect(shown.locator("code")).toHaveText(/\w{8}/);
  await shown.getByRole("button", { name: "Dismiss" }).click();
  await expect(row).toBeHidden();
  expect(work.made(MACHINES.web)).toBe(1);
});

test("a fleet: one tab drives, the other shows it and takes over", async ({ work, context }) => {
  const second = new Work(await context.newPage(), work.service);
  await second.open();
  work.service.time.hold();
  await work.begin({ concurrency: 20 });
  const shown = second.fleet;
  await expect(shown).toContainText("Another tab of this browser drives it");
  await expect.poll(() => work.stats().mostUnderWay).toBe(20);
  work.service.time.pass();
  await expect(shown.locator(".operation-standing")).toHaveText(/[1-9]\d?%/);
  await expect(shown.getByRole("button", { name: "Pause submitting" })).toBeHidden();
  await work.page.close();
  work.service.time.runOn();
  await expect(shown).not.toContainText("Another tab");
  await expect(shown).toHaveAttribute("aria-labelledby", /fleet-/);
  await expect(shown.locator(".operation-standing")).toHaveText(/^(Over|Finished)/);
  for (const [machine, made] of Object.entries(work.stats().made)) expect(made, machine).toBe(1);
  expect(second.wrong).toEqual([]);
});
