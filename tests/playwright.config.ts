import { defineConfig } from "@playwright/test";
import { launchOptions } from "./chromium.mjs";

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  reporter: "list",
  fullyParallel: true,
  // They mostly wait: for the service, and for a page to settle.
  workers: 3,
  forbidOnly: Boolean(process.env.CI),
  use: {
    browserName: "chromium",
    launchOptions,
  },
  projects: [
    { name: "console", testDir: "console", testIgnore: ["screenshots.spec.ts", "thousand.spec.ts"] },
    { name: "thousand", testDir: "console", testMatch: "thousand.spec.ts" },
    // Minutes of pictures: `npm run screenshots`.
    { name: "screenshots", testDir: "console", testMatch: "screenshots.spec.ts" },
    { name: "package", testDir: "package", testMatch: "*.spec.mjs" },
    { name: "element", testDir: "element", testMatch: "*.spec.mjs" },
    { name: "csp", testDir: "csp", testMatch: "*.spec.mjs" },
  ],
});
