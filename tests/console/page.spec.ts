import { expect, test } from "./fixtures.ts";

const MARKUP = "<img src=x onerror=document.title='ran'>";

test("says which API it speaks", async ({ console }) => {
  const banner = console.page.getByRole("banner");
  await expect(banner).toContainText("Connected");
  await expect(banner).toContainText("API 2021-07-15");
  await console.page.locator("summary").click();
  await expect(banner).toContainText("the service's latest is 2021-07-15");
});

test("no machines at all", async ({ console }) => {
  await console.page.route("**/iaas/api/machines?*", (route) =>
    route.fulfill({ json: { content: [], numberOfElements: 0, totalElements: 0 } }),
  );
  await console.page.getByRole("button", { name: "Reload" }).click();
  await expect(console.page.getByText("This token sees no machines here.")).toBeVisible();
});

test("markup from the service is text", async ({ console }) => {
  const { page } = console;
  await page.route("**/iaas/api/machines?*", async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.content[0].name = MARKUP;
    await route.fulfill({ response, json: body });
  });
  await page.route("**/iaas/api/request-tracker/*", async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    await route.fulfill({ response, json: { ...body, message: `${MARKUP} ${body.message}` } });
  });
  await page.getByRole("button", { name: "Reload" }).click();
  const card = await console.take(MARKUP, MARKUP);
  await expect(card).toContainText("INPROGRESS");
  // Half of the two seconds that it takes at this speed.
  console.time.pass(1_000);
  await console.passTimeUntil(card.getByText(`${MARKUP} Creating the snapshot`).first());
  await console.finish(MARKUP);
  await expect(card.getByRole("heading")).toHaveText(MARKUP);
  await expect(page.locator("img")).toHaveCount(0);
  await expect(page).toHaveTitle("Machine snapshots");
});

test("a progress that is not told is not made up", async ({ console }) => {
  const { page } = console;
  await page.route("**/iaas/api/machines/*/snapshots?*", () => {});
  const card = await console.take("web-prod-01");
  await expect(card).toContainText("Preparing");
  await expect(card.getByRole("progressbar")).toBeVisible();
  expect(await card.getByRole("progressbar").evaluate((bar: HTMLProgressElement) => bar.position)).toBe(-1);
});

test("a page that cannot start says so", async ({ console }) => {
  await console.page.route("**/*.wasm", (route) => route.abort());
  await console.page.reload();
  await expect(console.page.getByRole("alert")).toContainText("This page could not start");
});

test("a click on Connect before the script has started does not load the page anew", async ({ console }) => {
  const { page } = console;
  await page.route("**/*.js", () => {});
  await page.reload({ waitUntil: "commit" });
  await page.locator("#connection summary").click();
  const url = page.getByRole("textbox", { name: "Base URL" });
  await url.fill("https://aria.example");
  // A page that is about to be left knows it before it knows anything of the next one, however slow the machine.
  await page.evaluate(() => addEventListener("beforeunload", () => sessionStorage.setItem("left", "yes")));
  await page.getByRole("button", { name: "Connect", exact: true }).click({ noWaitAfter: true });
  // A form is submitted in a task of its own, which is due before this one.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100))).catch(() => {});
  expect(await page.evaluate(() => sessionStorage.getItem("left"))).toBeNull();
  await expect(url).toHaveValue("https://aria.example");
});
