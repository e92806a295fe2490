import { expect, test } from "./fixtures.ts";

const today = new Date().toISOString().slice(0, 10);

test("a name with the machine and the date in it", async ({ console }) => {
  const { page } = console;
  const bodies = console.submitted();
  await console.choose("web-prod-01");
  await console.name.fill("before ");
  await page.getByRole("button", { name: "Insert the machine’s name" }).click();
  await console.name.press("End");
  await console.name.pressSequentially(" on ");
  await page.getByRole("button", { name: "Insert the date" }).click();
  await expect(console.name).toHaveValue("before {machine} on {date}");
  await expect(console.name).toHaveAccessibleDescription(`Becomes “before web-prod-01 on ${today}”.`);
  await console.submitButton.click();
  await expect
    .poll(() => bodies)
    .toEqual([expect.objectContaining({ name: `before web-prod-01 on ${today}` })]);
});

test("a selection is looked at before it starts", async ({ console }) => {
  const { page } = console;
  const bodies = console.submitted();
  for (const machine of ["web-prod-01", "aws-batch-01", "limited-01", "erp-db-01"]) {
    await console.search.fill(machine);
    await console.machine(machine).locator("[data-part=check]").click();
  }
  await expect(console.submitButton).toHaveText("Check 4 machines");
  await console.name.fill("{machine}-{date}");
  await console.submitButton.click();
  const plan = page.locator(".plan");
  await expect(plan.getByRole("heading", { name: "2 of 4 machines ready" })).toBeFocused();
  await expect(plan).toContainText(/About \d+ calls to the service, in about/);
  await expect(plan).toContainText("aws-batch-01");
  await expect(plan).toContainText("No more snapshots are allowed of it");
  await expect(console.announcements).toContainText("2 of 4 machines ready");
  expect(bodies).toEqual([]);

  // Whatever is changed is to be looked at again.
  await console.name.fill("{machine}");
  await expect(plan).toBeHidden();
  await page.getByLabel("Key", { exact: true }).fill("patch-1");
  await console.submitButton.click();
  await expect(plan.getByRole("heading")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(plan.getByRole("button", { name: "Start 2 snapshots" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(() => bodies.length).toBe(2);
  const names = bodies.map((body) => (body as { name: string }).name).sort();
  expect(names).toEqual(["erp-db-01", "web-prod-01"]);
  await expect(page.getByRole("region", { name: "Fleets" })).toBeVisible();
  // The choice is taken back: nothing starts twice by a second Enter.
  await expect(console.submitButton).toHaveText("Take snapshot");
  await expect(page.getByRole("button", { name: "Show it" })).toBeFocused();
});

test("how a selection is worked through is checked at the field", async ({ console }) => {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  await console.choose("erp-db-01");
  await console.chooseAlso("files-01");
  const atOnce = page.getByLabel("At once, at most");
  await atOnce.fill("0");
  await console.submitButton.click();
  await expect(atOnce).toBeFocused();
  await expect(page.getByText("At once: a whole number from 1 to 1,000.")).toBeVisible();
  await atOnce.fill("2");
  await page.getByLabel("Stop after failures").fill("-1");
  await console.submitButton.click();
  await expect(page.getByText("Failures: a whole number from 1")).toBeVisible();
  await page.getByLabel("Stop after failures").fill("3");
  await page.getByLabel("Key", { exact: true }).fill("not a key");
  await console.submitButton.click();
  await expect(page.getByLabel("Key", { exact: true })).toBeFocused();
  await expect(page.locator(".plan")).toBeHidden();
});

test("memory of a selection", async ({ console }) => {
  await expect(console.count).toHaveText("60 machines");
  await console.choose("web-prod-01");
  await console.chooseAlso("files-01");
  await expect(console.memory).toBeEnabled();
  await expect(console.memory).toHaveAccessibleDescription(
    /1 of these is not on: with memory, the check leaves it out/,
  );
  await console.memory.check();
  await console.submitButton.click();
  await expect(console.page.locator(".plan")).toContainText("1 of 2 machines ready");
  await expect(console.page.locator(".plan")).toContainText("files-01");
});

test("a check that is refused", async ({ console }) => {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  await console.choose("web-prod-01");
  await console.chooseAlso("files-01");
  await page.route("**/iaas/api/machines/*", (route) =>
    route.fulfill({ status: 401, json: { message: "expired" } }),
  );
  await console.submitButton.click();
  await expect(page.locator("#form-outcome")).toContainText("The service does not accept the token");
});

test.describe("snapshots there are", () => {
  test("one is deleted, after a question", async ({ console }) => {
    const { page } = console;
    await console.choose("erp-db-01");
    const kept = page.getByRole("region", { name: "Snapshots of erp-db-01" });
    await expect(kept.getByRole("listitem")).toHaveCount(2);
    await expect(kept.getByRole("listitem").first()).toContainText("after-upgrade");
    await kept.getByRole("button", { name: "Delete before-upgrade" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete this snapshot?" });
    await expect(dialog).toContainText("“before-upgrade” of erp-db-01 is deleted for good.");
    await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
    expect(await console.axe()).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(kept.getByRole("button", { name: "Delete before-upgrade" })).toBeFocused();
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Delete the snapshot" }).click();
    await console.finish("erp-db-01", "The snapshot has been deleted.");
    await expect(kept.getByRole("listitem")).toHaveCount(1);
  });

  test("a machine is reverted only by its name", async ({ console }) => {
    const { page } = console;
    const posts = console.submitted();
    await console.choose("erp-db-01");
    await page.getByRole("button", { name: "Revert before-upgrade" }).click();
    const dialog = page.getByRole("dialog", { name: "Revert erp-db-01?" });
    const typed = dialog.getByLabel("Type erp-db-01 to confirm");
    await expect(typed).toBeFocused();
    await typed.press("Enter");
    await expect(typed).toHaveAccessibleDescription("Type the name first.");
    await typed.fill("erp-db-02");
    await dialog.getByRole("button", { name: "Revert the machine" }).click();
    await expect(dialog).toContainText("This is not its name.");
    await expect(typed).toBeFocused();
    expect(await console.axe()).toEqual([]);
    expect(posts).toHaveLength(0);
    await typed.fill("erp-db-01");
    await typed.press("Enter");
    await expect(dialog).toBeHidden();
    await expect.poll(() => posts.length).toBe(1);
    await console.finish("erp-db-01", "The machine is as it was at that snapshot.");
    const kept = page.getByRole("region", { name: "Snapshots of erp-db-01" }).getByRole("listitem");
    const current = kept.filter({ has: page.locator(".mark:visible") });
    await expect(current).toContainText("before-upgrade");
  });

  test("a new one appears by itself", async ({ console }) => {
    await console.choose("web-prod-01");
    const kept = console.page.getByRole("region", { name: "Snapshots of web-prod-01" });
    await expect(kept).toContainText("It has no snapshots.");
    await console.name.fill("mine");
    await console.submitButton.click();
    // The choice is taken back with it.
    await expect(console.page.locator("#form-outcome")).toContainText("accepted");
    await console.choose("web-prod-01");
    await console.finishUntil(kept.getByRole("listitem"));
    await expect(kept.getByRole("listitem")).toContainText("mine");
  });

  test("a machine that cannot be reverted says why", async ({ console }) => {
    await console.choose("gcp-web-01");
    const kept = console.page.getByRole("region", { name: "Snapshots of gcp-web-01" });
    await expect(kept).toContainText("It cannot be reverted");
  });

  test("a deletion that is refused", async ({ console }) => {
    const { page } = console;
    await page.route("**/snapshots/*", (route) =>
      route.request().method() === "DELETE"
        ? route.fulfill({ status: 403, json: { message: "forbidden" } })
        : route.fallback(),
    );
    await console.choose("erp-db-01");
    const kept = page.getByRole("region", { name: "Snapshots of erp-db-01" });
    await kept.getByRole("button", { name: "Delete before-upgrade" }).click();
    await page.getByRole("button", { name: "Delete the snapshot" }).click();
    await expect(kept.getByRole("status")).toContainText("You may not do this");
    await expect(kept.getByRole("listitem")).toHaveCount(2);
  });
});

test.describe("soon over", () => {
  test("another snapshot of a machine where something is under way: the form says so", async ({
    console,
  }) => {
    const notice = console.page.locator("#snapshot-form .notice");
    await console.take("slow-01");
    await expect(console.card("slow-01")).toContainText("INPROGRESS");
    await console.choose("slow-01");
    await expect(notice).toContainText("Something is under way on this machine.");
    await console.choose("web-prod-01");
    await expect(notice).toBeHidden();
    await console.choose("slow-01");
    await expect(notice).toBeVisible();
    // It goes when the operation is over, without a new choice.
    await console.finish("slow-01");
    await expect(notice).toBeHidden();
  });
});
