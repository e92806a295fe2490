// The suite in a page of Chromium.
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import * as lib from "vra-snapshots";
import { serve } from "../../simulator/serve.mjs";
import { suite } from "./suite/index.mjs";

const staticDir = fileURLToPath(new URL("../..", import.meta.url));
let server;
let page;
test.beforeAll(async ({ browser }) => {
  server = await serve({ options: { speed: 100 }, staticDir });
  page = await browser.newPage();
  await page.goto(`${server.url}/tests/runtimes/page.html`);
  await page.waitForFunction(() => "run" in window);
});
test.afterAll(() => server.close());

const run = (name) => async () => expect(await page.evaluate((name) => window.run(name), name)).toBeNull();
suite({ test: (name) => test(name, run(name)), lib, url: "", foreign: globalThis });
