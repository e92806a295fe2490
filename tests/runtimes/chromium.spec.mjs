// The suite in a page of Chromium.
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import * as lib from "vra-snapshots";
import { serve } from "../../simulator/serve.mjs";
import { startServices } from "./services.mjs";
import { suite } from "./suite/index.mjs";

const staticDir = fileURLToPath(new URL("../..", import.meta.url));
let server;
let faulty;
let page;
test.beforeAll(async ({ browser }) => {
  server = await serve({ options: { speed: 100 }, staticDir });
  faulty = await startServices();
  page = await browser.newPage();
  page.on("console", (message) => message.type() === "log" && console.log(message.text()));
  const services = new URLSearchParams(faulty.services);
  await page.goto(`${server.url}/tests/runtimes/page.html?${services}`);
  await page.waitForFunction(() => "run" in window);
});
test.afterAll(() => Promise.all([server.close(), faulty.close()]));

const run = (name) => async () => expect(await page.evaluate((name) => window.run(name), name)).toBeNull();
suite({ test: (name) => test(name, run(name)), lib, url: "", services: {}, foreign: globalThis });
