import { defineConfig } from "@playwright/test";

const args = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  reporter: "list",
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium", args },
  },
  projects: [
    { name: "console", testDir: "console" },
    { name: "package", testDir: "package", testMatch: "*.spec.mjs" },
    { name: "csp", testDir: "csp", testMatch: "*.spec.mjs" },
  ],
});
