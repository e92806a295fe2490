import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { launchOptions } from "./chromium.mjs";

/** The folder of what is built once for all processes of a run, which inherit its name: `builtOnce`. */
if (process.env.CONSOLE_BUILDS === undefined) {
  const target = fileURLToPath(new URL("../target/", import.meta.url));
  mkdirSync(target, { recursive: true });
  const folder = mkdtempSync(`${target}console-builds-`);
  process.env.CONSOLE_BUILDS = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  reporter: "list",
  fullyParallel: true,
  // They mostly wait: for the service, and for a page to settle.
  workers: 3,
  // Guards against tests that hang, and nothing else: no test may say how fast a page or a service is. On a machine that is
  // busy with other things everything takes many times as long. Tests set no limits of their own.
  timeout: 15 * 60_000,
  expect: { timeout: 3 * 60_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    browserName: "chromium",
    // What moves keeps the processor busy, and a colour on its way to another has a contrast of its own. Tests of motion ask for it.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions,
  },
  projects: [
    {
      name: "console",
      testDir: "console",
      testIgnore: ["screenshots.spec.ts", "thousand.spec.ts", "scrolling.spec.ts"],
    },
    { name: "thousand", testDir: "console", testMatch: ["thousand.spec.ts", "scrolling.spec.ts"] },
    // Minutes of pictures: `npm run screenshots`.
    { name: "screenshots", testDir: "console", testMatch: "screenshots.spec.ts" },
    { name: "package", testDir: "package", testMatch: "*.spec.mjs" },
    { name: "element", testDir: "element", testMatch: "*.spec.mjs" },
    { name: "csp", testDir: "csp", testMatch: "*.spec.mjs" },
  ],
});
