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
