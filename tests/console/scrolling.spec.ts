// How long a step through thousands of machines keeps the page's thread busy. A budget of time, in time of the processor: it is run
// by `npm run test:long`, on a machine with nothing else to do. What a step changes is counted in machines.spec.ts.
import { expect, test } from "./fixtures.ts";
import { LongTasks } from "./work/long-tasks.ts";

test.use({ simulation: { machines: 3_000 } });
// Caches are shared with other processes too, so processor time is steady, but not the same each time.
test.describe.configure({ retries: 2 });

test("scrolling stays smooth", async ({ console }, { annotations }) => {
  await console.page.getByRole("button", { name: "Load all" }).click();
  await expect(console.count).toHaveText("3,000 machines");
  const watched = await LongTasks.watch(console.page);
  await console.list.evaluate(async (list) => {
    for (let step = 1; step <= 60; step += 1) {
      list.scrollTo(0, (list.scrollHeight * step) / 60);
      await new Promise(requestAnimationFrame);
    }
  });
  const { tasks, guilty } = await watched.end();
  const description = JSON.stringify(tasks);
  annotations.push({ type: "long tasks by the clock", description });
  process.stdout.write(`long tasks while 3,000 machines are scrolled through: ${description}\n`);
  expect(guilty).toEqual([]);
});
