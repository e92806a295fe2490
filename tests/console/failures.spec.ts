import { expect, test } from "./fixtures.ts";

const refusals = [
  {
    machine: "denied-01",
    title: "You may not take snapshots of this machine",
    service: "forbidden",
    next: "Nothing was begun. Ask an administrator",
  },
  {
    machine: "gone-01",
    title: "The service no longer has this machine",
    service: "not found",
    next: "Nothing was begun. Reload the machine list",
  },
  {
    machine: "busy-01",
    title: "The machine is busy with something else",
    service: "Another operation is in progress",
    next: "Nothing was begun. The service runs one operation at a time",
  },
];

for (const { machine, title, service, next } of refusals) {
  test(`refused: ${machine}`, async ({ console }) => {
    const card = await console.take(machine);
    await expect(card).toContainText("Not begun");
    await expect(card).toContainText(title);
    await expect(card).toContainText(`The service says: “`);
    await expect(card).toContainText(service);
    await expect(card).toContainText(next);
    await expect(card.getByText("Reference for support")).toContainText(/[0-9a-f-]{36}/);
    await expect(card.getByRole("progressbar")).toBeHidden();
    await expect(console.announcements).toContainText(title);
    // Nothing began, so the choice stays and can be corrected.
    await console.isChosen(machine);
    await expect(console.submitButton).toBeEnabled();
  });
}

test("an operation that fails gives the service's reason", async ({ console }) => {
  const card = await console.take("failing-01");
  await console.finish("failing-01", "The service could not make the snapshot");
  await expect(card).toContainText("Insufficient disk space on datastore 'ds-nvme-02'");
  await expect(card).toContainText("Remove the cause it names, then submit again.");
  await expect(card).toContainText("FAILED");
  await expect(console.announcements).toContainText("Insufficient disk space");
  await card.getByRole("button", { name: "Dismiss" }).click();
  await expect(card).toBeHidden();
});

test("a refusal without a body is as clear", async ({ console }) => {
  await console.page.route("**/operations/snapshots*", (route) => route.fulfill({ status: 403, body: "" }));
  const card = await console.take("web-prod-01");
  await expect(card).toContainText("You may not take snapshots of this machine");
  await expect(card.getByText("Reference for support")).toBeHidden();
});

test("an answer that is lost is not submitted again", async ({ console }) => {
  const bodies = console.submitted();
  const { page } = console;
  await page.route("**/operations/snapshots*", (route) => route.abort("connectionreset"));
  const card = await console.take("erp-db-01");
  await expect(card).toContainText("No readable answer, looking for it");
  await console.passTimeUntil(card.getByRole("button", { name: "Check its snapshots" }));
  await expect(card).toContainText("It is not known whether the snapshot was begun");
  await expect(card).toContainText("Do not submit again: check the machine's snapshots first.");
  await console.isChosen("erp-db-01", false);
  await card.getByRole("button", { name: "Check its snapshots" }).click();
  await expect(card).toContainText("before-upgrade");
  await expect(card).toContainText("after-upgrade");
  expect(bodies).toHaveLength(1);
});

test("a wrong token, and then the right one", async ({ console }) => {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  await page.locator("summary").click();
  const token = page.getByLabel("Access token");
  await token.fill("wrong");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const machines = page.getByRole("region", { name: "Machines" });
  await expect(page.getByText("Token refused")).toBeVisible();
  await expect(machines).toContainText("The service does not accept the token");
  await expect(machines).toContainText("Enter a token that is valid now");
  await console.search.fill("web");
  await expect(machines).toContainText("The service does not accept the token");
  await console.search.clear();
  await machines.getByRole("button", { name: "Change the token" }).click();
  await expect(token).toBeFocused();
  await token.fill("simulated-token");
  await token.press("Enter");
  await expect(console.count).toHaveText("60 machines");
  await expect(page.getByText("Connected", { exact: true })).toBeVisible();
});

test("a token that ends in mid-wait loses nothing", async ({ console }) => {
  const { page } = console;
  const polls = "**/iaas/api/request-tracker/*";
  const card = await console.take("web-prod-01");
  await expect(card).toContainText("INPROGRESS");
  await page.route(polls, (route) =>
    route.fulfill({ status: 401, json: { message: "The token has expired" } }),
  );
  await console.passTimeUntil(card.getByText("The service does not accept the token").first());
  await expect(card).toContainText("The request goes on at the service. Enter a token that is valid now");
  await page.unroute(polls);
  await card.getByRole("button", { name: "Watch again" }).click();
  await console.finish("web-prod-01");
});

test("a base URL that is none", async ({ console }) => {
  const { page } = console;
  await page.locator("summary").click();
  await page.getByLabel("Base URL", { exact: true }).fill("http://service.example");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByRole("banner")).toContainText("This cannot be connected to");
  await expect(page.getByRole("banner")).toContainText("https");
  // What was connected to before still is.
  await expect(page.getByText("Connected", { exact: true })).toBeVisible();
  await expect(console.count).toHaveText("60 machines");
});
