// The work of the page's thread over a thousand machines. It takes a minute, and a machine with nothing else to do: it is run
// by `npm run test:long`.
import type { Page } from "@playwright/test";
import { expect, test } from "./work/fixtures.ts";
import { LongTasks } from "./work/long-tasks.ts";

test.describe("a thousand machines", () => {
  test.use({ simulation: { machines: 1300, speed: 5 } });
  // Caches are shared with other processes too, so processor time is steady, but not the same each time.
  test.describe.configure({ retries: 2 });

  test("no long task, a list that stays small, and a reload that makes nothing twice", async ({ work }, {
    annotations,
  }) => {
    const begin = await work.plan();
    const beginning = await LongTasks.watch(work.page);
    const fleet = await begin({ concurrency: 300 });
    await reaches(work.page, 20);
    expect(await fleet.getByRole("listitem").count()).toBeLessThan(60);
    const machines = fleet.getByRole("region", { name: "Machines of this fleet" });
    await machines.evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await expect(fleet.locator(".fleet-machine").last()).toHaveAttribute("aria-posinset", /^1\d\d\d$/);
    const before = await beginning.end();
    await work.reload();
    const goingOn = await LongTasks.watch(work.page);
    await reaches(work.page, 100);
    const after = await goingOn.end();
    const { made, created } = work.stats();
    expect(Object.keys(made).length).toBeGreaterThan(1000);
    expect(Object.values(made).filter((times) => times !== 1)).toEqual([]);
    expect(Object.values(created).filter((times) => times !== 1)).toEqual([]);
    for (const { tasks, guilty, mostChanges } of [before, after]) {
      annotations.push({ type: "long tasks by the clock", description: JSON.stringify(tasks) });
      // Of a thousand machines that change those are drawn that are in sight.
      expect(mostChanges).toBeLessThan(500);
      expect(guilty).toEqual([]);
    }
  });
});

test("a long task would be seen", async ({ work }) => {
  const watched = await LongTasks.watch(work.page);
  await work.page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve));
    const end = performance.now() + 500;
    while (performance.now() < end);
  });
  expect((await watched.end()).guilty).toHaveLength(1);
});

/** Waits for so much of a fleet, with less work for the page than an assertion, which describes what it sees instead. */
async function reaches(page: Page, percent: number): Promise<void> {
  await page.waitForFunction(
    (percent) => {
      const standing = document.querySelector("#fleets .operation-standing")?.textContent ?? "";
      return /^(Over|Finished)/.test(standing) || Number.parseInt(standing, 10) >= percent;
    },
    percent,
    { polling: 200, timeout: 0 },
  );
}
