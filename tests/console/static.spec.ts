import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("../../www", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** The strictest that the page bears; a host may send it as a header as well. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

// One build for all of them.
test.describe.configure({ mode: "serial" });

let folder: string;
let host: Server;
let origin: string;

test.beforeAll(async () => {
  const outDir = join(ROOT, "static");
  await build({ root: ROOT, configFile: join(ROOT, "vite.config.ts"), mode: "static", logLevel: "warn" });
  folder = outDir;
  host = createServer(async (request, response) => {
    // Below a path, as such hosts serve projects.
    const path = normalize(new URL(request.url ?? "/", "http://host").pathname.replace(/^\/console/, ""));
    const file = path.endsWith("/") ? `${path}index.html` : path;
    try {
      const body = await readFile(join(folder, file));
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
});

test.afterAll(() => {
  host.close();
});

test("a snapshot on a static host, under its policy, without a call to anywhere else", async ({ page }) => {
  const wrong: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/console/`)) wrong.push(`left: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (!response.ok()) wrong.push(`${response.status()} ${response.url()}`);
  });
  // The simulator in the page has the page's time, and that can be put forward.
  await page.clock.install();
  await page.goto(`${origin}/console/`);
  await expect(page.getByRole("banner")).toContainText("Simulator in this page");
  await expect(page.getByText("Connected", { exact: true })).toBeVisible();
  await expect(page.locator("#machines-count")).toHaveText("60 machines");
  await page.getByRole("searchbox").fill("web-prod-01");
  await page.getByRole("option", { name: /^web-prod-01 / }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("static");
  await page.getByRole("button", { name: "Take snapshot" }).click();
  const card = page.getByRole("article", { name: /web-prod-01/ }).first();
  await expect(card).toContainText("INPROGRESS");
  await page.clock.fastForward(16_000);
  await expect(card).toContainText("Finished");
  expect(wrong).toEqual([]);
});

test("no script or style stands in the page, and the policy before all else", async () => {
  const html = await readFile(join(folder, "index.html"), "utf8");
  expect(html).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|javascript:/);
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.search(/<script|<link/));
});

test("markup cannot be made from text, not even by the page's own scripts", async ({ page }) => {
  await page.goto(`${origin}/console/`);
  const refused = await page.evaluate(() => {
    try {
      document.createElement("p").innerHTML = "<b>markup</b>";
      return false;
    } catch (error) {
      return error instanceof TypeError;
    }
  });
  expect(refused).toBe(true);
});

test("it is ready soon", async ({ page }) => {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("#machines [role=option]")) return;
      performance.mark("machines-shown");
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${origin}/console/`);
  await expect(page.locator("#machines-count")).toHaveText("60 machines");
  // Since the navigation began; the rows are there by then.
  const ready = await page.evaluate(() => performance.getEntriesByName("machines-shown")[0]?.startTime);
  // The budget on loopback is a second. It is told, not asserted: other processes may have the processor.
  test.info().annotations.push({ type: "ready", description: `${Math.round(ready ?? 0)} ms of 1,000` });
  process.stdout.write(`page ready after ${Math.round(ready ?? 0)} ms; the budget is 1,000\n`);
  expect(ready).toBeGreaterThan(0);
});
