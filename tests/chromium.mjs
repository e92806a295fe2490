// The Chromium of all that needs one: named in `CHROMIUM_PATH`, else the system's, else Playwright's own.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const SYSTEM = "/usr/bin/chromium";

export const launchOptions = {
  executablePath: process.env.CHROMIUM_PATH ?? (existsSync(SYSTEM) ? SYSTEM : undefined),
  // It looks for nothing outside of this machine.
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
};

export const launch = () => chromium.launch(launchOptions);
