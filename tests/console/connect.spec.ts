import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "../../simulator/serve.mjs";
import { expect, test } from "./fixtures.ts";

const connect = { name: "Connect", exact: true } as const;

test("the simulator in the page", async ({ console }) => {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  await page.locator("summary").click();
  await page.getByRole("radio", { name: "A simulator in this page" }).check();
  await page.getByLabel("Simulated machines").fill("33");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByRole("button", connect).click();
  await expect(page.getByRole("banner")).toContainText("Simulator in this page");
  await expect(console.count).toHaveText("33 machines");
  await console.take("web-prod-01");
  // The simulator in the page has the page's time.
  await console.finish("web-prod-01");
  expect(asked.filter((url) => url.includes("/iaas/"))).toEqual([]);
});

test("a refresh token, and one that is wrong", async ({ console }) => {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  await page.locator("summary").click();
  await page.getByLabel("Sign in with").selectOption("a refresh token");
  await page.getByLabel("Refresh token", { exact: true }).fill("wrong");
  await page.getByRole("button", connect).click();
  await expect(page.getByText("Token refused")).toBeVisible();
  await page.getByLabel("Refresh token", { exact: true }).fill("simulated-refresh-token");
  await page.getByRole("button", connect).click();
  await expect(console.count).toHaveText("60 machines");
  await expect(page.getByText("Connected", { exact: true })).toBeVisible();
  await page.getByLabel("Organization").fill("simulated");
  await page.getByRole("button", connect).click();
  await expect(console.count).toHaveText("60 machines");
});

test("nothing is remembered unless it is asked for", async ({ console }) => {
  const { page } = console;
  const stored = () => page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
  await page.locator("summary").click();
  await page.getByLabel("Access token").fill("simulated-read-only-token");
  await page.getByRole("button", connect).click();
  await expect(console.count).toHaveText("60 machines");
  expect(await stored()).not.toContain("simulated-read-only-token");

  await page.getByLabel("Remember for this tab").check();
  await page.getByRole("button", connect).click();
  await expect.poll(stored).toContain("simulated-read-only-token");
  await page.reload();
  await page.locator("summary").click();
  await expect(page.getByLabel("Access token")).toHaveValue("simulated-read-only-token");
  await expect(page.getByLabel("Remember for this tab")).toBeChecked();

  await page.getByLabel("Remember for this tab").uncheck();
  await page.getByRole("button", connect).click();
  await expect.poll(stored).not.toContain("simulated-read-only-token");
});

test("a token that may only read", async ({ console }) => {
  const { page } = console;
  await page.locator("summary").click();
  await page.getByLabel("Access token").fill("simulated-read-only-token");
  await page.getByRole("button", connect).click();
  await page.locator("summary").click();
  await console.take("web-prod-01");
  await expect(console.card("web-prod-01")).toContainText("You may not take snapshots of this machine");
});

test("a version that is deprecated", async ({ console }) => {
  const { page } = console;
  await page.route("**/iaas/api/about*", (route) =>
    route.fulfill({
      json: {
        latestApiVersion: "2027-01-01",
        supportedApis: [
          {
            apiVersion: "2021-07-15",
            documentationLink: "/docs",
            deprecationPolicy: {
              deprecatedAt: "2026-10-01T00:00:00Z",
              expiresAt: "2027-10-01T00:00:00Z",
              description: "Move on to 2027-01-01.",
            },
          },
        ],
      },
    }),
  );
  await page.reload();
  const banner = page.getByRole("banner");
  await expect(banner).toContainText("API 2021-07-15, deprecated");
  await page.locator("summary").click();
  await expect(banner).toContainText("the service's latest is 2027-01-01");
  await expect(banner).toContainText("It is deprecated since");
  await expect(banner).toContainText("Move on to 2027-01-01.");
});

test("an answer of another page is not mistaken for the service's", async ({ console }) => {
  const { page } = console;
  await page.route("**/iaas/api/about*", (route) =>
    route.fulfill({ contentType: "text/html", body: "<h1>Sign in</h1>" }),
  );
  await page.locator("summary").click();
  await page.getByRole("button", connect).click();
  await expect(page.getByText("The answer is not one of this service's")).toBeVisible();
  await expect(page.getByText("No answer", { exact: true })).toBeVisible();
});

test("offline, and online again", async ({ console, context }) => {
  const { page } = console;
  await expect(console.count).toHaveText("60 machines");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Reload", exact: true }).click();
  const machines = page.getByRole("region", { name: "Machines" });
  await console.passTimeUntil(machines.getByText("This computer is offline"));
  await context.setOffline(false);
  await machines.getByRole("button", { name: "Try again" }).click();
  await expect(console.count).toHaveText("60 machines");
});

test.describe("another origin", () => {
  test.use({ beyond: true });

  test("one that does not allow this page: what to do is told", async ({ console }) => {
    const { page } = console;
    const silent = createServer((_, response) => response.end("{}"));
    const url = await listening(silent);
    await page.locator("summary").click();
    await page.getByLabel("Base URL", { exact: true }).fill(url);
    await page.getByRole("button", connect).click();
    const banner = page.getByRole("banner");
    await console.passTimeUntil(banner.getByText("The likely cause: another origin"));
    await expect(banner).toContainText(`proxy_pass ${url};`);
    await expect(banner).toContainText(`Access-Control-Allow-Origin: ${console.origin}`);
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(await console.axe()).toEqual([]);
    silent.close();
  });

  test("an edge worker: the same client, by other words", async ({ console }) => {
    const { page } = console;
    // The simulator allows every page, as a worker allows its own.
    const worker = await serve({ options: { token: "caller" } });
    await page.locator("summary").click();
    await page.getByRole("radio", { name: "An edge worker" }).check();
    await page.getByLabel("Worker URL").fill(worker.url);
    await page.getByLabel("Caller token").fill("caller");
    await expect(page.getByLabel("Sign in with")).toBeHidden();
    await page.getByRole("button", connect).click();
    await expect(page.getByRole("banner")).toContainText(worker.url);
    await expect(console.count).toHaveText("60 machines");
    await worker.close();
  });
});

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}
