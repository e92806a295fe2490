import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Locator } from "@playwright/test";
import { type Console, expect, test } from "./fixtures.ts";
import { keep, looks, shoot } from "./screenshots-looks.ts";

test.use({ held: false });

const connect = { name: "Connect", exact: true } as const;

for (const { look, colorScheme, width, height } of looks) {
  test.describe(look, () => {
    test.use({ colorScheme, viewport: { width, height } });

    test("connecting", async ({ console }) => {
      const { page } = console;
      await expect(console.count).toHaveText("60 machines");
      await page.locator("summary").click();
      await shoot(page, `${look}-connect-service`, false);
      await page.getByLabel("Sign in with").selectOption("a refresh token");
      await page.getByRole("radio", { name: "A service" }).focus();
      await shoot(page, `${look}-connect-refresh`, false);
      await page.getByRole("radio", { name: "An edge worker" }).check();
      await shoot(page, `${look}-connect-edge`, false);
      await page.getByRole("radio", { name: "A simulator in this page" }).check();
      await shoot(page, `${look}-connect-simulator`, false);
      await page.getByRole("radio", { name: "A service" }).check();
      await page.getByLabel("Sign in with").selectOption("a token");
      await page.getByLabel("Access token").fill("wrong");
      await page.getByRole("button", connect).click();
      await expect(page.getByText("The service does not accept the token")).toBeVisible();
      await shoot(page, `${look}-connect-refused`, false);
    });

    test.describe("another origin", () => {
      test.use({ beyond: true });

      test("that does not allow this page", async ({ console }) => {
        const { page } = console;
        const silent = createServer((_, response) => response.end("{}"));
        await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
        await page.locator("summary").click();
        const { port } = silent.address() as AddressInfo;
        await page.getByLabel("Base URL", { exact: true }).fill(`http://127.0.0.1:${port}`);
        await page.getByRole("button", connect).click();
        await console.passTimeUntil(page.getByText("The likely cause: another origin"));
        await shoot(page, `${look}-connect-cors`);
        silent.close();
      });
    });

    test("choosing and asking", async ({ console }) => {
      const { page } = console;
      await expect(console.count).toHaveText("60 machines");
      await shoot(page, `${look}-empty`);
      await console.choose("limited-01");
      await expect(page.locator("#snapshot-form .notice")).toContainText("2 snapshots");
      await console.choose("erp-db-01");
      await page.getByRole("button", { name: "Add property" }).click();
      await page.getByRole("textbox", { name: "Key of property 1" }).fill("ticket");
      await console.name.fill("{machine} before patch {date}");
      await expect(page.getByRole("button", { name: "Revert before-upgrade" })).toBeEnabled();
      await shoot(page, `${look}-one`);
      await page.getByRole("button", { name: "Delete before-upgrade" }).click();
      await shoot(page, `${look}-delete`, false);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Revert before-upgrade" }).click();
      await page.keyboard.press("Enter");
      await shoot(page, `${look}-revert`, false);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Select all shown" }).click();
      await shoot(page, `${look}-selection`);
      await console.submitButton.click();
      await expect(page.locator(".plan")).toBeVisible();
      await shoot(page, `${look}-plan`);
      await console.search.fill("no such machine");
      await shoot(page, `${look}-no-match`, false);
    });

    test("operations", async ({ console }) => {
      const { page } = console;
      for (const machine of ["failing-01", "denied-01", "web-prod-01"]) await console.take(machine);
      await expect(console.card("web-prod-01")).toContainText("Finished");
      await expect(console.card("failing-01")).toContainText("Failed");
      await page.route("**/operations/snapshots*", (route) => route.abort("connectionreset"), { times: 1 });
      const lost = await console.take("gcp-web-01");
      const check = lost.getByRole("button", { name: "Check its snapshots" });
      await console.passTimeUntil(check);
      await console.take("slow-01");
      await expect(console.card("slow-01")).toContainText("INPROGRESS");
      await console.search.clear();
      await shoot(page, `${look}-operations`);
      await check.click();
      await expect(lost.locator(".found")).toBeVisible();
      await console.choose("gcp-web-01");
      await shoot(page, `${look}-unknown`);
    });

    test.describe("a fleet", () => {
      test.use({ simulation: { machines: 400, speed: 6, snapshotSpread: 0.6 } });

      test("of some hundred", async ({ console }) => {
        const fleet = await beginFleet(console, "100");
        await until(fleet, 40);
        await shoot(console.page, `${look}-fleet`);
        await fleet.getByRole("button", { name: "Pause submitting" }).click();
        await expect(fleet).toContainText("No other machine is submitted.");
        await shoot(console.page, `${look}-fleet-paused`);
        await fleet.getByRole("button", { name: "Go on submitting" }).click();
        await expect(fleet.locator(".operation-standing")).toHaveText(/^Over/);
        await fleet.getByRole("button", { name: /^Failed/ }).click();
        await shoot(console.page, `${look}-fleet-over`);
      });
    });
  });
}

test.describe("for the README", () => {
  test.describe("operations", () => {
    test.use({ viewport: { width: 1280, height: 860 }, simulation: { speed: 0.8, snapshotSpread: 0.4 } });

    test("overview", async ({ console }) => {
      await prepareOverview(console);
      await keep(console.page, "operations");
    });
  });

  test.describe("fleet", () => {
    const viewport = { width: 1280, height: 940 };
    test.use({ viewport, simulation: { machines: 400, speed: 3, snapshotSpread: 0.6 } });

    test("chart", async ({ console }) => {
      const fleet = await beginFleet(console, "60");
      await until(fleet, 62);
      await keep(console.page, "fleet");
    });

    test.describe("dark", () => {
      test.use({ colorScheme: "dark" });

      test("at its end", async ({ console }) => {
        const fleet = await beginFleet(console, "60");
        await expect(fleet.locator(".operation-standing")).toHaveText(/^Over/);
        await fleet.getByRole("button", { name: /^Failed/ }).click();
        await console.choose("erp-db-01");
        await expect(console.page.getByRole("button", { name: "Revert before-upgrade" })).toBeEnabled();
        await keep(console.page, "dark");
      });
    });
  });
});

/** Some under way, some over, and a machine chosen. */
async function prepareOverview(console: Console): Promise<void> {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  for (const machine of ["failing-01", "web-prod-01"]) await console.take(machine, "before-patch");
  await expect(console.card("web-prod-01")).toContainText("Finished");
  await expect(console.card("failing-01")).toContainText("Failed");
  await console.take("gcp-web-01", "before-patch");
  await expect(console.card("gcp-web-01")).toContainText(/[3-9]\d%/);
  await console.take("slow-01", "nightly");
  await console.search.clear();
  await console.choose("erp-db-01");
  await console.name.fill("{machine} before patch");
  await expect(page.getByRole("button", { name: "Revert before-upgrade" })).toBeEnabled();
  await expect(console.card("slow-01")).toContainText("INPROGRESS");
}

async function beginFleet(console: Console, concurrency: string): Promise<Locator> {
  await console.page.getByRole("button", { name: "Load all" }).click();
  await expect(console.count).toHaveText("400 machines");
  return console.beginFleet(concurrency);
}

async function until(fleet: Locator, percent: number): Promise<void> {
  await expect
    .poll(async () => Number.parseInt((await fleet.locator(".operation-standing").textContent()) ?? "", 10), {
      intervals: [100],
    })
    .toBeGreaterThanOrEqual(percent);
}
