// The README's examples in a page, as written.
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { serve } from "../../simulator/serve.mjs";
import { examples, together } from "./readme.mjs";

const staticDir = fileURLToPath(new URL("../..", import.meta.url));
let server;
test.beforeAll(async () => {
  server = await serve({ staticDir });
});
test.afterAll(() => server.close());

/** What the module logs, up to its end. */
async function runModule(page, code) {
  const lines = [];
  page.on("console", (message) => lines.push(message.text()));
  page.on("pageerror", (error) => lines.push(`uncaught: ${error.message}`));
  await page.goto(`${server.url}/tests/package/page.html`);
  await page.addScriptTag({ type: "module", content: `${code}\nconsole.log("the end");` });
  await expect
    .poll(() => lines.find((line) => /^(the end|uncaught)/.test(line)), { timeout: 20_000 })
    .toBeDefined();
  return lines;
}

test("the README's first example", async ({ page }) => {
  const lines = await runModule(page, examples[0]);
  expect(lines.slice(-3)).toEqual([
    expect.stringMatching(/^\d+ % Finished$/),
    expect.stringMatching(/^before-upgrade \S+$/),
    "the end",
  ]);
});

test("all of the README's examples", async ({ page }) => {
  const wasm = `globalThis.wasmOfThePackage = new URL("/dist/core_bg.wasm", location.href);`;
  const lines = await runModule(page, `${wasm}\n${together}`);
  expect(lines).toContain("forbidden 403 false");
  expect(lines.at(-1)).toBe("the end");
});
