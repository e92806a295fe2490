import { fileURLToPath } from "node:url";
import { expect, test } from "./fixtures.ts";

const FOLDER = fileURLToPath(new URL("../../test-results/screenshots", import.meta.url));

const looks = [
  { look: "light", colorScheme: "light", width: 1440, height: 900 },
  { look: "dark", colorScheme: "dark", width: 1440, height: 900 },
  { look: "middle", colorScheme: "light", width: 900, height: 1000 },
  { look: "narrow", colorScheme: "light", width: 320, height: 720 },
  { look: "narrow-dark", colorScheme: "dark", width: 320, height: 720 },
] as const;

for (const { look, colorScheme, width, height } of looks) {
  test.describe(look, () => {
    test.use({ colorScheme, viewport: { width, height } });

    test("has room for everything", async ({ console }) => {
      const { page } = console;
      const fits = async () => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      };
      await expect(console.count).toHaveText("60 machines");
      await fits();
      await page.screenshot({ path: `${FOLDER}/${look}-empty.png` });

      for (const machine of ["failing-01", "denied-01", "slow-01", "erp-db-01"]) await console.take(machine);
      await expect(console.card("erp-db-01")).toContainText("Finished", { timeout: 15_000 });
      await expect(console.card("failing-01")).toContainText("Failed", { timeout: 15_000 });
      await page.route("**/operations/snapshots*", (route) => route.abort("connectionreset"), { times: 1 });
      const lost = await console.take("gcp-web-01");
      const check = lost.getByRole("button", { name: "Check its snapshots" });
      await console.passTimeUntil(check);
      await check.click();
      await expect(lost).toContainText("Snapshots of this machine now");
      await console.choose("history-01");
      await page.getByRole("button", { name: "Add property" }).click();
      await page.getByRole("textbox", { name: "Key of property 1" }).fill("ticket");
      await console.search.clear();
      await fits();
      await page.screenshot({ path: `${FOLDER}/${look}.png`, fullPage: true });

      await page.locator("summary").click();
      await page.getByLabel("Access token").fill("wrong");
      await page.getByRole("button", { name: "Connect", exact: true }).click();
      await expect(page.getByText("The service does not accept the token")).toBeVisible();
      await fits();
      await page.screenshot({ path: `${FOLDER}/${look}-refused.png` });
    });
  });
}
