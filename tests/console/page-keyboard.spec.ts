import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

/** By the Tab key alone, as far as it takes. */
async function tabTo(page: Page, goal: Locator, key = "Tab"): Promise<void> {
  await expect(goal).toBeEnabled();
  for (let step = 0; step < 90; step++) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  await expect(goal).toBeFocused();
}

test("connect, choose, snapshot, watch, revert and delete by keyboard", async ({ console }) => {
  const { page } = console;
  const { keyboard } = page;
  await expect(console.count).toHaveText("60 machines");

  await tabTo(page, page.locator("summary").first());
  await keyboard.press("Enter");
  const token = page.getByLabel("Access token");
  await tabTo(page, token);
  await keyboard.press("Control+a");
  await keyboard.type("simulated-token");
  await keyboard.press("Enter");
  await expect(page.getByText("Connected", { exact: true })).toBeVisible();
  await expect(console.count).toHaveText("60 machines");

  await tabTo(page, console.search);
  await keyboard.type("web-prod-01");
  await keyboard.press("Enter");
  await console.isChosen("web-prod-01");
  await tabTo(page, console.name);
  await keyboard.type("by keyboard");
  await keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Show it" }));
  await keyboard.press("Enter");
  const card = console.card("web-prod-01");
  await expect(card).toBeFocused();
  await console.finish("web-prod-01");

  await tabTo(page, console.search, "Shift+Tab");
  await keyboard.press("Enter");
  await console.isChosen("web-prod-01");
  const kept = page.getByRole("region", { name: "Snapshots of web-prod-01" });
  await expect(kept.getByRole("button", { name: "Revert by keyboard" })).toBeEnabled();
  await tabTo(page, page.getByRole("button", { name: "Revert to a snapshot" }));
  await keyboard.press("Enter");
  await expect(kept.getByRole("heading")).toBeFocused();
  await tabTo(page, kept.getByRole("button", { name: "Revert by keyboard" }));
  await keyboard.press("Enter");
  await expect(page.getByLabel("Type web-prod-01 to confirm")).toBeFocused();
  await keyboard.type("web-prod-01");
  await keyboard.press("Enter");
  await console.finish("web-prod-01", "The machine is as it was at that snapshot.");

  await tabTo(page, kept.getByRole("button", { name: "Delete by keyboard" }));
  await keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Delete this snapshot?" });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await tabTo(page, dialog.getByRole("button", { name: "Delete the snapshot" }));
  await keyboard.press("Enter");
  await console.finish("web-prod-01", "The snapshot has been deleted.");
  await expect(kept).toContainText("It has no snapshots.");
});

test("a fleet is begun, paused, and its report taken by keyboard", async ({ console }) => {
  const { page } = console;
  const { keyboard } = page;
  await expect(console.count).toHaveText("60 machines");
  await tabTo(page, console.list);
  await keyboard.press("Control+a");
  const atOnce = page.getByLabel("At once, at most");
  await tabTo(page, atOnce);
  await keyboard.press("Control+a");
  await keyboard.type("5");
  await keyboard.press("Enter");
  await expect(page.locator(".plan").getByRole("heading")).toBeFocused();
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Show it" })).toBeFocused();
  await keyboard.press("Enter");
  const fleet = page.locator("#fleets article");
  await expect(fleet).toBeFocused();
  const pause = fleet.getByRole("button", { name: "Pause submitting" });
  await tabTo(page, pause);
  await keyboard.press("Space");
  await expect(fleet).toContainText("No other machine is submitted.");
  // The focus is still on it, and it does the opposite now.
  await expect(fleet.getByRole("button", { name: "Go on submitting" })).toBeFocused();
  for (const report of ["Report as CSV", "Report as JSON"]) {
    await tabTo(page, fleet.getByRole("button", { name: report }));
    const [file] = await Promise.all([page.waitForEvent("download"), keyboard.press("Enter")]);
    expect(file.suggestedFilename()).toMatch(/^snapshots-[\d-]+\.(csv|json)$/);
  }
});
