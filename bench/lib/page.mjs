// Chromium, and what a page there costs.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const SYSTEM = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The one named in `CHROMIUM_PATH`, else the system's, else Playwright's own. */
export function launch() {
  const executablePath = process.env.CHROMIUM_PATH ?? (existsSync(SYSTEM) ? SYSTEM : undefined);
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A page in a context of its own, which is a process of its own; what fails in it fails the bench. */
export async function openPage(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(url);
  return { context, page };
}

/** A clock of the CPU time that the page's main thread has used, in ms. */
export async function cpuClockOf(context, page) {
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * metrics.find(({ name }) => name === "ThreadTime").value;
  };
}
