import { type Console, expect, test } from "./fixtures.ts";

test.describe("thousands", () => {
  test.use({ simulation: { machines: 3_000 } });

  test("pages are read as the end comes into sight", async ({ console }) => {
    await expect(console.count).toHaveText("200 machines loaded; there are more");
    await console.list.evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await expect(console.count).toHaveText("400 machines loaded; there are more");
    await console.page.getByRole("button", { name: "Load all" }).click();
    await expect(console.count).toHaveText("3,000 machines");
    // The button is gone, and the focus did not go with it.
    await expect(console.list).toBeFocused();
  });

  test("only the machines in sight are elements, and a step of scrolling changes no others", async ({
    console,
  }) => {
    const { page } = console;
    await page.getByRole("button", { name: "Load all" }).click();
    await expect(console.count).toHaveText("3,000 machines");
    const work = await workOfScrolling(console, 60);
    // How long that takes is told by `npm run test:long`: here it is counted, for the machine may be busy with other things.
    expect(work.mostOptions).toBeLessThan(60);
    expect(work.mostChanges).toBeGreaterThan(0);
    expect(work.mostChanges).toBeLessThan(500);
    expect(work.layouts / work.steps).toBeLessThan(4);
    const last = console.list.getByRole("option").last();
    await expect(last).toHaveAttribute("aria-posinset", "3000");
    await expect(last).toHaveAttribute("aria-setsize", "3000");
    const places = await console.list
      .getByRole("option")
      .evaluateAll((options) => options.map((option) => Number(option.getAttribute("aria-posinset"))));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("a search looks through what is not loaded yet", async ({ console }) => {
    await console.search.fill("no such machine");
    await expect(console.count).toHaveText("0 of 3,000 machines");
    await expect(console.page.getByText("Try a part of the name, or another filter.")).toBeVisible();
  });

  test("to the end and back by keyboard", async ({ console }) => {
    await expect(console.count).toContainText("200 machines");
    await console.search.press("ArrowDown");
    await expect(console.list).toBeFocused();
    await expect(console.page.locator("#machine-at-0")).toHaveAttribute("aria-selected", "true");
    await console.list.press("End");
    await expect(console.list).toHaveAttribute("aria-activedescendant", "machine-at-199");
    await expect(console.page.locator("#machine-at-199")).toBeInViewport();
    await console.list.press("Home");
    await expect(console.list).toHaveAttribute("aria-activedescendant", "machine-at-0");
    await expect(console.page.locator("#machine-at-0")).toBeInViewport();
    await console.list.press("PageDown");
    await expect(console.page.locator(".machine.is-active")).toBeInViewport();
  });

  test("all of them chosen at once", async ({ console }) => {
    const { page } = console;
    await page.getByRole("button", { name: "Load all" }).click();
    await expect(console.count).toHaveText("3,000 machines");
    await console.list.press("Control+a");
    await expect(page.getByText("3,000 selected", { exact: true })).toBeVisible();
    await expect(console.submitButton).toHaveText("Check 3,000 machines");
    await console.list.press("Escape");
    await expect(console.submitButton).toHaveText("Take snapshot");
  });
});

test("rows stand one below the other, whatever was searched before", async ({ console }) => {
  await expect(console.count).toHaveText("60 machines");
  const gaps = () =>
    console.list.getByRole("option").evaluateAll((options) => {
      const boxes = options.map((option) => option.getBoundingClientRect());
      return boxes.slice(1).map(({ top }, index) => Math.round(top - (boxes[index]?.bottom ?? 0)));
    });
  const stacked = async () => {
    await expect.poll(async () => (await gaps()).filter((gap) => gap !== 0)).toEqual([]);
  };
  await stacked();
  for (const search of ["limited-01", "", "web", "01", ""]) {
    await console.search.fill(search);
    await stacked();
  }
  // What a look at a machine tells makes its row higher.
  await console.search.fill("m");
  await console.machine("limited-01").click();
  await expect(console.machine("limited-01")).toContainText("no more are allowed");
  await stacked();
  await console.page.setViewportSize({ width: 400, height: 900 });
  await stacked();
});

test("filters by power state and project", async ({ console }) => {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  await page.getByLabel("Power state").selectOption("Suspended");
  await expect(console.count).toHaveText(/^\d+ of 60 machines$/);
  const powers = console.list.locator(".power");
  await expect.poll(async () => new Set(await powers.allTextContents())).toEqual(new Set(["Suspended"]));
  await page.getByLabel("Power state").selectOption("Any power");
  const projects = page.getByLabel("Project");
  const project = await projects.locator("option").nth(1).textContent();
  await projects.selectOption({ index: 1 });
  const shown = console.list.locator(".machine-project");
  await expect
    .poll(async () => new Set(await shown.allTextContents()))
    .toEqual(new Set([`Project ${project}`]));
});

test("several by mouse", async ({ console }) => {
  const { page } = console;
  await console.machine("aws-batch-01").click();
  await console.machine("backup-prod-03").click({ modifiers: ["Shift"] });
  await expect(page.getByText("4 selected", { exact: true })).toBeVisible();
  await console.machine("backup-prod-01").locator("[data-part=check]").click();
  await expect(page.getByText("3 selected", { exact: true })).toBeVisible();
  await console.isChosen("backup-prod-01", false);
  await console.machine("busy-01").click({ modifiers: ["Control"] });
  await expect(page.getByText("4 selected", { exact: true })).toBeVisible();
  // A click without more is for one.
  await console.machine("artifacts-test-01").click();
  await expect(page.getByText("1 selected", { exact: true })).toBeVisible();
});

test("several by keyboard", async ({ console }) => {
  const { page } = console;
  // Keys that come before the machines do choose none of them.
  await expect(console.count).toHaveText("60 machines");
  await console.search.press("ArrowDown");
  await console.list.press("Shift+ArrowDown");
  await console.list.press("Shift+ArrowDown");
  await expect(page.getByText("3 selected", { exact: true })).toBeVisible();
  // Back again: what the range had reached is given up.
  await console.list.press("Shift+ArrowUp");
  await expect(page.getByText("2 selected", { exact: true })).toBeVisible();
  await console.list.press("Shift+ArrowDown");
  await expect(page.getByText("3 selected", { exact: true })).toBeVisible();
  await console.list.press("ArrowDown");
  await console.list.press("ArrowDown");
  await console.list.press("Space");
  await console.isChosen("backup-prod-03");
  await expect(page.getByText("4 selected", { exact: true })).toBeVisible();
  await console.list.press("Space");
  await expect(page.getByText("3 selected", { exact: true })).toBeVisible();
  await console.list.press("Enter");
  await expect(page.getByText("1 selected", { exact: true })).toBeVisible();
});

test("what is chosen stays so when a search hides it", async ({ console }) => {
  await console.machine("aws-batch-01").click();
  await console.search.fill("busy");
  await console.machine("busy-01").locator("[data-part=check]").click();
  await console.search.clear();
  await console.isChosen("aws-batch-01");
  await console.isChosen("busy-01");
});

test("a range that is drawn is told of once", async ({ console }) => {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  const spoken = page.locator("#machines [role=status]");
  await expect(spoken).toHaveText("60 machines");
  // The page's time stands still: the pause that ends a range is not one of the machine's making.
  await console.pauseTime();
  const told = spoken.evaluate(
    (status) =>
      new Promise<string[]>((resolve) => {
        const all: string[] = [];
        new MutationObserver(() => all.push(status.textContent ?? "")).observe(status, { childList: true });
        setTimeout(() => resolve(all), 3_000);
      }),
  );
  await console.search.press("ArrowDown");
  for (let step = 0; step < 8; step++) await console.list.press("Shift+ArrowDown");
  await page.clock.fastForward(1_000);
  await page.clock.fastForward(3_000);
  expect(await told).toEqual(["60 machines, 9 selected"]);
});

test("what cannot be snapshot says why", async ({ console }) => {
  const { page } = console;
  await console.choose("limited-01");
  await expect(page.locator("#snapshot-form .notice")).toContainText("2 snapshots");
  await expect(console.machine("limited-01")).toContainText(/snapshots/);
});

test("a page that fails leaves those before it", async ({ console }) => {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  await page.route("**/iaas/api/machines?*", (route) =>
    route.fulfill({ status: 403, json: { message: "forbidden", statusCode: 403 } }),
  );
  await page.getByRole("button", { name: "Reload", exact: true }).click();
  const machines = page.getByRole("region", { name: "Machines" });
  await expect(machines).toContainText("You may not do this");
  await expect(console.count).toHaveText("No machines loaded");
  await page.unroute("**/iaas/api/machines?*");
  await machines.getByRole("button", { name: "Try again" }).click();
  await expect(console.count).toHaveText("60 machines");
});

/** Scrolls through the whole list in so many steps; gives the work that each asks of the page. */
async function workOfScrolling({ page, list }: Console, steps: number) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const layouts = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "LayoutCount")?.value ?? Number.NaN;
  };
  const before = await layouts();
  const most = await list.evaluate(async (list, steps) => {
    let [mostChanges, mostOptions] = [0, 0];
    // Its records come together for all that was changed in one go.
    const observer = new MutationObserver(({ length }) => {
      mostChanges = Math.max(mostChanges, length);
    });
    observer.observe(list, { subtree: true, childList: true, characterData: true, attributes: true });
    for (let step = 1; step <= steps; step += 1) {
      list.scrollTo(0, (list.scrollHeight * step) / steps);
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      mostOptions = Math.max(mostOptions, list.querySelectorAll("[role=option]").length);
    }
    observer.disconnect();
    return { mostChanges, mostOptions };
  }, steps);
  const work = { ...most, layouts: (await layouts()) - before, steps };
  await session.detach();
  return work;
}
