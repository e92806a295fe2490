import { readFile } from "node:fs/promises";
import { expect, OPERATOR, test } from "./edge/fixtures.ts";

const over = /^(Over|Finished)/;
const FAILING = "a2b3c4d5e6f70819";

test("a fleet goes on when its tab is closed, and another browser sees it to its end", async ({ edge }) => {
  edge.time.hold();
  const first = await edge.begun();
  await expect(first.fleet).toHaveAccessibleName(/“patch-night” of \d+ machines On the worker/);
  await expect(first.page.getByText(/\d+ snapshots begun/)).toBeVisible();
  await expect(first.announcements).toContainText("begun on the worker");
  await expect(first.fleet.getByRole("definition").filter({ hasText: "operator" })).toBeVisible();
  await expect(first.button("Dismiss")).toBeHidden();
  expect(await first.axe()).toEqual([]);
  // Nothing of it is in the browser.
  const stored = await first.page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const open = indexedDB.open("vra-snapshots");
    await new Promise((resolve) => open.addEventListener("success", resolve));
    const kept = open.result.transaction("fleets").objectStore("fleets").count();
    await new Promise((resolve) => kept.addEventListener("success", resolve));
    return { databases: databases.length, kept: kept.result, rest: { ...sessionStorage, ...localStorage } };
  });
  expect(stored).toEqual({ databases: 1, kept: 0, rest: {} });
  expect(first.page.url()).not.toContain(OPERATOR);

  const other = await edge.enter();
  await expect(other.button(/^Under way [1-9]/)).toBeVisible();
  await first.page.context().close();
  edge.time.runOn();
  await expect(other.standing).toHaveText(over);
  await expect(other.announcements).toContainText(/over, \d+ finished, \d failed/);
  await expect(other.fleet.getByText("Kept until")).toBeVisible();
  edge.madeOnce();

  // Machines of one that is over are read when they are wanted.
  const late = await edge.open();
  const reports: string[] = [];
  late.page.on("request", (request) => {
    if (/\/(report|events)$/.test(request.url())) reports.push(request.url());
  });
  await late.connect(edge.url);
  await expect(late.standing).toHaveText(over);
  await expect(late.fleet.getByRole("listitem")).toHaveCount(0);
  expect(reports).toEqual([]);
  await late.button(/^Failed/).click();
  await expect(late.fleet.getByRole("listitem").filter({ hasText: "failing-01" })).toContainText(
    "Insufficient disk space",
  );
  expect(reports).toHaveLength(1);
  expect(await late.axe()).toEqual([]);
  const [file] = await Promise.all([
    late.page.waitForEvent("download"),
    late.button("Report as CSV").click(),
  ]);
  expect(await readFile(await file.path(), "utf8")).toMatch(
    /failing-01,a2b3c4d5e6f70819,failed,,,,operation_failed,"?Insuf/,
  );
});

test("pause, go on and try again, in two tabs at once", async ({ edge }) => {
  edge.time.hold();
  const one = await edge.begun();
  const two = await edge.enter();
  await two.button("Pause submitting").click();
  for (const { standing, fleet } of [one, two]) {
    await expect(standing).toContainText("Paused");
    await expect(fleet).toContainText("No other machine is submitted.");
  }
  expect(await one.axe()).toEqual([]);
  await one.page.reload();
  await one.connect(edge.url);
  await expect(one.standing).toContainText("Paused");
  await one.button("Go on submitting").click();
  edge.time.runOn();
  for (const { standing } of [one, two]) await expect(standing).toHaveText(over);
  edge.madeOnce();

  edge.time.hold();
  await one.button(/^Failed/).click();
  await one.button("Try again (failing-01)").click();
  await expect.poll(() => edge.stats.created[FAILING]).toBe(2);
  // The other one has heard its end, and is told when it asks for the list.
  await two.page.getByRole("button", { name: "Reload the fleets" }).click();
  await expect(two.standing).toHaveText(/^\d+%$/);
  edge.time.runOn();
  for (const { standing } of [one, two]) await expect(standing).toHaveText(over);
  edge.time.hold();
  await two.button(/^Try \d machines again$/).click();
  await expect.poll(() => edge.stats.created[FAILING]).toBe(3);
  await expect(two.standing).not.toHaveText(over);
  edge.time.runOn();
  await expect(two.standing).toHaveText(over);
});

test("the worker dies and comes back: the page says so, and hears on from where it was", async ({ edge }) => {
  edge.time.hold();
  const { page, fleet, standing } = await edge.begun();
  const resumed: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/events")) resumed.push(request.headers()["last-event-id"] ?? "");
  });
  const comeBack = await edge.die();
  await expect(fleet).toContainText("The worker does not answer, and is asked again.");
  await comeBack();
  await expect(fleet).not.toContainText("The worker does not answer");
  expect(resumed.at(-1)).toMatch(/^\d+$/);
  edge.time.runOn();
  await expect(standing).toHaveText(over);
  edge.madeOnce();
});

test("a start whose answer is lost, and another press: one fleet", async ({ edge }) => {
  edge.time.hold();
  const opened = await edge.enter();
  const { page, fleets } = opened;
  const keys: string[] = [];
  await page.route(
    (url) => url.pathname === "/fleets",
    async (route) => {
      if (route.request().method() !== "POST" || keys.length > 0) return route.fallback();
      keys.push(route.request().headers()["idempotency-key"] ?? "");
      await route.fetch();
      await route.abort("connectionreset");
    },
  );
  const start = await opened.plan();
  await start.click();
  const outcome = page.locator("#form-outcome");
  await expect(outcome).toContainText("The worker does not answer");
  await expect(outcome).toContainText("the worker takes the same start once only");
  await expect(fleets.getByRole("article")).toHaveCount(1);
  const again = page.waitForRequest((asked) => asked.method() === "POST" && asked.url().endsWith("/fleets"));
  await start.click();
  expect((await again).headers()["idempotency-key"]).toBe(keys[0]);
  await expect(outcome).toContainText("snapshots begun");
  await expect(fleets.getByRole("article")).toHaveCount(1);
  edge.time.runOn();
  await expect(fleets.locator(".operation-standing")).toHaveText(over);
  edge.madeOnce();
});

test("a machine of it is under way: the form says so; and a fleet can run in the tab as before", async ({
  edge,
}) => {
  edge.time.hold();
  const opened = await edge.begun();
  const { page } = opened;
  await opened.choose("web-prod-01");
  await expect(page.getByText("Something is under way on this machine.")).toBeVisible();
  await opened.search.clear();
  edge.time.runOn();
  await expect(opened.standing).toHaveText(over);
  const start = await opened.plan();
  await page.getByRole("radio", { name: "In this tab" }).check();
  await start.click();
  await expect(opened.fleets.getByRole("article")).toHaveCount(2);
  await expect(opened.fleet).not.toContainText("On the worker");
  await expect(opened.standing).toHaveText(over);
  await opened.button("Dismiss").click();
  await expect(opened.fleets.getByRole("article")).toHaveCount(1);
  // Connected to something else, the page shows nothing of the worker.
  await opened.banner.locator("summary").click();
  await page.getByRole("radio", { name: "A simulator in this page" }).check();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(opened.fleets).toBeHidden();
});

test("more fleets than a page, and more than it hears at once", async ({ edge }) => {
  for (let number = 1; number <= 22; number += 1)
    await edge.ask("/fleets", {
      title: `fleet ${number}`,
      machines: ["slow-01", "web-prod-01"].map((name) => ({ id: `${name}-${number}` })),
    });
  const { page, fleets } = await edge.enter();
  const cards = fleets.getByRole("article");
  await expect(cards).toHaveCount(20);
  await expect(cards.first()).toHaveAccessibleName(/^fleet 22/);
  await fleets.getByRole("button", { name: "Show older" }).click();
  await expect(cards).toHaveCount(22);
  await expect(fleets.getByRole("article", { name: "fleet 2 On the worker", exact: true })).toBeFocused();
  await expect(fleets.getByRole("button", { name: "Show older" })).toBeHidden();
  await expect(fleets.locator(".operation-standing").filter({ hasText: over })).toHaveCount(22);
  // One that another has begun meanwhile.
  await edge.ask("/fleets", { title: "fleet 23", machines: ["web-prod-01"] });
  await page.getByRole("button", { name: "Reload the fleets" }).click();
  await expect(cards.first()).toHaveAccessibleName(/^fleet 23/);
});
