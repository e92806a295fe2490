import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const MARKUP = "<img src=x onerror=document.title='ran'>";

test.use({ simulation: { speed: 40, extraMachines: [MARKUP] } });

/** Wherever the name shows it is text: there is no picture, and nothing has run. */
async function isText(page: Page): Promise<void> {
  await expect(page.locator("img")).toHaveCount(0);
  await expect(page).toHaveTitle("Machine snapshots");
}

test("a machine named by markup, wherever its name shows", async ({ console }) => {
  const { page } = console;
  await expect(console.count).toHaveText("61 machines");
  await console.take(MARKUP, `${MARKUP} {machine}`);
  const card = console.card(MARKUP);
  await console.finish(MARKUP);
  await expect(card.getByRole("heading")).toHaveText(MARKUP);
  await isText(page);

  await console.choose(MARKUP);
  await expect(page.locator("#snapshot-form .chosen-name")).toHaveText(MARKUP);
  const kept = page.getByRole("region", { name: `Snapshots of ${MARKUP}` });
  await expect(kept.locator(".snapshot-name")).toContainText(`${MARKUP} ${MARKUP}`);
  await kept.getByRole("button", { name: /^Delete/ }).click();
  await expect(page.getByRole("dialog")).toContainText(`“${MARKUP} ${MARKUP}” of ${MARKUP}`);
  await isText(page);
  await page.keyboard.press("Escape");
  await expect(kept.getByRole("button", { name: /^Revert/ })).toBeEnabled();
  await kept.getByRole("button", { name: /^Revert/ }).click();
  await page.getByLabel(`Type ${MARKUP} to confirm`).fill(MARKUP);
  await page.keyboard.press("Enter");
  await console.finish(MARKUP, "The machine is as it was at that snapshot.");
  await isText(page);

  await console.search.clear();
  console.time.runOn();
  const fleet = await console.beginFleet("200");
  await expect(page.locator("#fleets")).toContainText("patch-night");
  await expect(fleet.locator(".operation-standing")).toHaveText(/^Over/);
  await expect(fleet.getByRole("listitem").filter({ hasText: MARKUP })).toContainText("Finished");
  await isText(page);
});
